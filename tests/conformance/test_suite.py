"""A spread sample of the SBML Test Suite in lanes, and all of it read; run.py does the whole."""

from __future__ import annotations

import hashlib
from pathlib import Path

from apart import Worker, answers
from report import tags
from run import HERE, verdicts
from suite import Case, classes

_EACH = 6  # cases a tag
_JOBS = 2


def spread(cases: tuple[Case, ...]) -> list[Case]:
    """A fixed sample that holds `_EACH` cases of every tag (or all, if there are fewer)."""
    order = sorted(cases, key=lambda case: hashlib.sha256(case.number.encode()).digest())
    short = {tag: min(_EACH, len(numbers)) for tag, numbers in tags(cases).items()}
    chosen = []
    # Cases with rare tags first: those bring the common tags with them.
    for tag in sorted(short, key=lambda tag: len(tags(cases)[tag])):
        for case in order:
            if short[tag] > 0 and tag in case.tags and case not in chosen:
                chosen.append(case)
                for other in case.tags:
                    short[other] -= 1
    return sorted(chosen, key=lambda case: case.number)


def test_a_spread_sample_passes(suite):
    """Every tag: passed, or refused by name where the class may be."""
    chosen = spread(suite)
    pure = classes().get("pure ODE", frozenset())
    found = dict(verdicts("lanes", chosen, _JOBS))
    bad = {
        number: one
        for number, one in found.items()
        if one.verdict not in ("pass", "refused") or (number in pure and one.verdict != "pass")
    }
    assert not bad
    assert {tag for case in chosen for tag in case.tags} == set(tags(suite))


def test_every_case_is_read_or_refused_by_name(suite):
    def make() -> Worker:
        return Worker(f"{HERE / 'engine.py'}:read", 10.0)

    pure = classes().get("pure ODE", frozenset())
    numbers = {str(case.path): case.number for case in suite}
    kinds = {"ok": 0, "refused": 0}
    for (path,), answer in answers(make, [(path,) for path in numbers], _JOBS):
        assert answer.kind in kinds, f"{numbers[path]}: {answer.value}"
        kinds[answer.kind] += 1
        if answer.kind == "refused":
            assert numbers[path] not in pure, answer.value
            assert Path(path).name in answer.value
    assert kinds["ok"] + kinds["refused"] == len(suite)
