"""Whatever a message holds, it is read as a question or refused as none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axissim.lab.asked import KINDS, Asked, MalformedError, asked, read
from axissim.lab.limits import DOSES, OUTPUTS, POINTS

leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["eda", "Vd", "__class__", "../x", "\x00", "constructor"])
)
anything = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)  # fmt: skip
dose = st.fixed_dictionaries(
    {"target": leaves, "amount": leaves, "at": leaves}, optional={"every": leaves, "count": leaves}
)
messages = st.fixed_dictionaries(
    {"kind": st.sampled_from(KINDS) | anything},
    optional={
        "n": anything,
        "model": st.just("dopamine_terminal") | anything,
        "params": st.dictionaries(st.text(max_size=5), leaves, max_size=4) | anything,
        "before": anything,
        "doses": st.lists(dose | anything, max_size=3) | anything,
        "t": st.just([0, 24, 49]) | st.lists(leaves, min_size=3, max_size=3) | anything,
        "outputs": st.lists(st.text(min_size=1, max_size=5), max_size=20) | anything,
        "over": anything,
        "spread": anything,
        "axes": anything,
        "else": anything,
    },
)


@settings(max_examples=600, deadline=None)
@given(messages)
def test_a_message_is_a_question_within_bounds_or_is_refused(message: dict[str, Any]) -> None:
    try:
        said = asked(message)
    except MalformedError:
        return
    assert isinstance(said, Asked)
    assert said.kind in KINDS
    assert -1e308 < said.start < said.stop < 1e309
    assert 2 <= said.points <= POINTS
    assert len(said.doses) <= DOSES
    assert len(said.outputs) <= OUTPUTS
    assert all(isinstance(value, float) for value in said.params.values())


@settings(max_examples=300, deadline=None)
@given(st.text() | anything.map(lambda value: json.dumps(value, default=str)))
def test_a_text_is_an_object_or_is_refused(text: str) -> None:
    try:
        assert isinstance(read(text), dict)
    except MalformedError:
        return


def test_a_question_is_read_whole() -> None:
    said = asked(
        {
            "kind": "fan", "n": 7, "model": "m", "params": {"k": 2}, "before": {"k": 1},
            "doses": [{"target": "x", "amount": 1, "at": 2, "every": 3, "count": 4}],
            "t": [0, 10, 11], "outputs": ["a", "b", "a"], "over": ["k"], "spread": 2,
            "axes": ["x", "y"],
        }
    )  # fmt: skip
    assert (said.kind, said.number, said.model) == ("fan", 7, "m")
    assert said.params == {"k": 2.0}
    assert said.before == {"k": 1.0}
    assert (said.doses[0].every, said.doses[0].count) == (3.0, 4.0)
    assert (said.start, said.stop, said.points) == (0.0, 10.0, 11)
    assert said.outputs == ("a", "b")
    assert (said.over, said.spread, said.axes) == (("k",), 2.0, ("x", "y"))


def test_other_kinds_are_for_other_doors() -> None:
    with pytest.raises(MalformedError, match="kind"):
        asked({"kind": "csv"})
