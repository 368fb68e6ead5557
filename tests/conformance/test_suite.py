"""The SBML Test Suite, all of it in lanes and a spread sample by the reference."""

from __future__ import annotations

import hashlib

from open_suite import Case, classes
from report import tags
from run import verdicts

_EACH = 3  # cases a tag
_JOBS = 2
_LONG = {"00952", "00964", "01590", "01591", "01593", "01605"}  # 10,000 events, in plain Python
_FEWEST = {  # passes wanted of each class; each other case is to be refused by name
    "pure ODE": 871,
    "algebraic rules": 68,
    "delay()": 28,
    "fast reactions": 14,
    "hierarchical": 71,
}


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


def test_the_suite_in_lanes(suite):
    """Every case passes, or is refused by the name of what it needs; none is wrong."""
    found = dict(verdicts("lanes", suite, _JOBS))
    assert {n: one for n, one in found.items() if one.verdict not in ("pass", "refused")} == {}
    passed = {number for number, one in found.items() if one.verdict == "pass"}
    for title, numbers in classes().items():
        fewest = min(_FEWEST[title], len(numbers))
        assert len(passed & numbers) >= fewest, title


def test_a_sample_of_the_suite_by_the_reference(suite):
    """The same equations in plain Python, by SciPy: every tag, nothing compiled."""
    chosen = spread(tuple(case for case in suite if case.number not in _LONG))
    assert {tag for case in chosen for tag in case.tags} == set(tags(suite))
    found = dict(verdicts("plain", chosen, _JOBS))
    assert {n: one for n, one in found.items() if one.verdict not in ("pass", "refused")} == {}
