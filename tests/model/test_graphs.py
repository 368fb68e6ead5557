"""Graphs of who reads whom, against what the words mean."""

from collections.abc import Mapping
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from axissim.model.graphs import circle, components, in_turn, reached

GRAPHS = st.dictionaries(
    st.sampled_from("abcdefgh"), st.lists(st.sampled_from("abcdefghxyz"), max_size=4)
)


def reaches(reads: Mapping[str, list[str]], start: str) -> set[str]:
    """What `start` reads, by repetition until nothing is added."""
    found = set(reads.get(start, ()))
    while True:
        more = found | {k for key in found for k in reads.get(key, ())}
        if more == found:
            return found
        found = more


@given(GRAPHS)
def test_a_circle_is_one_and_is_found_if_there_is_one(reads: dict[str, list[str]]) -> None:
    found = circle(reads)
    assert bool(found) == any(key in reaches(reads, key) for key in reads)
    for key, following in pairwise(found):
        assert following in reads[key]
    assert not found or found[0] == found[-1]


@given(GRAPHS)
def test_everything_comes_after_what_it_reads(reads: dict[str, list[str]]) -> None:
    if not circle(reads):
        order = in_turn(reads, reads)
        assert sorted(order) == sorted(reads)
        for key in reads:
            assert all(order.index(k) < order.index(key) for k in reads[key] if k in reads)


@given(GRAPHS)
def test_components_are_those_who_read_each_other(reads: dict[str, list[str]]) -> None:
    groups = components(reads)
    assert sorted(key for group in groups for key in group) == sorted(reads)
    for at, group in enumerate(groups):
        for key in group:
            assert all(k in reaches(reads, key) for k in group if k != key)
            later = {k for other in groups[at + 1 :] for k in other}
            assert not reaches(reads, key) & later


@given(GRAPHS, st.sampled_from("abcdefgh"))
def test_reached(reads: dict[str, list[str]], start: str) -> None:
    assert reached(reads, [start]) == reaches(reads, start) | {start}


def test_a_long_chain_needs_no_recursion() -> None:
    reads = {str(k): [str(k + 1)] for k in range(50_000)}
    assert circle(reads) == []
    assert in_turn(reads, ["0"])[0] == "49999"
    assert len(components(reads)) == 50_000
