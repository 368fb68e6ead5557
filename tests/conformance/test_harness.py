"""The harness itself: the suite's rule, the tight distance, dead and slow workers, the sample."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest
from apart import Worker, answers
from judge import distance, fault
from open_suite import Case, numbered, tight
from report import Findings, Verdict, markdown, text
from test_suite import spread

NAN, INF = float("nan"), float("inf")


def case(expected, absolute=0.1, relative=0.01):
    settings = {"variables": ["x"], "absolute": absolute, "relative": relative}
    return Case("00001", Path("00001-sbml-l3v2.xml"), settings, {"x": np.array(expected)}, ("T",))


@pytest.mark.parametrize(
    ("expected", "found", "good"),
    [
        ([100.0], [101.0], True),
        ([100.0], [101.2], False),
        ([0.0], [0.1], True),
        ([NAN, INF, -INF], [NAN, INF, -INF], True),
        ([NAN], [0.0], False),
        ([0.0], [NAN], False),
        ([INF], [-INF], False),
        ([1.0], [INF], False),
        ([INF], [1e308], False),
        ([1.0, 1.0], [1.0], False),
    ],
)
def test_the_rule(expected, found, good):
    assert (fault(case(expected), {"x": found}) == "") is good


def test_a_missing_column_is_a_fault():
    assert "no column" in fault(case([1.0]), {"X": [1.0]})


def test_distance():
    assert distance({"x": [1.0, 2.0]}, {"x": [1.0, 2.0]}) == 0.0
    assert distance({"x": [0.0, 1.0]}, {"x": [1e-6, 1.0]}) == pytest.approx(1e-3)
    assert distance({"x": [NAN, 1.0]}, {"x": [0.0, 1.0]}) == INF
    assert distance({"x": [0.0]}, {"x": [1e-300]}) == INF
    assert distance({"x": [1.0]}, {}) == INF


def test_case_lists():
    assert numbered("1-3,01500") == {"00001", "00002", "00003", "01500"}


def lazy(seconds):
    time.sleep(seconds)
    return seconds


def mortal(code):
    if code:
        os._exit(code)
    return "alive"


def unwilling():
    raise NotImplementedError("not this one")


def test_a_slow_worker_is_replaced():
    worker = Worker(f"{__file__}:lazy", 0.5)
    assert worker(60.0).kind == "timeout"
    assert worker(0.0)[:2] == ("ok", 0.0)
    worker.end()


def test_a_dead_worker_is_replaced():
    calls = [(code,) for code in (0, 3, 0, 0, 7, 0)]
    found = list(answers(lambda: Worker(f"{__file__}:mortal", 10.0), calls, 2))
    assert [call for call, _ in found] == calls
    assert [answer.kind for _, answer in found] == ["ok", "crash", "ok", "ok", "crash", "ok"]
    assert found[1][1].value == "exit code 3"


def test_words_of_a_refusal_and_of_an_error():
    refusing, wrong = Worker(f"{__file__}:unwilling", 10.0), Worker(f"{__file__}:lazy", 10.0)
    assert refusing()[:2] == ("refused", "not this one")
    assert wrong("x").kind == "error"
    assert "TypeError" in wrong("x").value
    for worker in (refusing, wrong):
        worker.end()


def test_the_report_counts():
    verdicts = {"lanes": {"00001": Verdict("wrong", "x[0] is 2, not 1", 0.1, 1e-3)}}
    findings = Findings([case([1.0])], verdicts, {"00001": {"l2v4": "same", "l1v2": "refused: L1"}})
    page = markdown(findings, "run.py")
    assert "| `T` | 1 | 0 | 0 | 1 |" in page
    assert "00001 lanes wrong: x[0] is 2, not 1" in page
    assert "Of 2 files" in page
    assert "within 1e-06" in text(findings)


def test_the_sample_is_fixed_and_small(suite):
    chosen = spread(suite)
    assert chosen == spread(tuple(reversed(suite)))
    assert len(chosen) < 160


def test_the_suite_is_understood(suite):
    """Each case's expected values obey its settings, and pass as an answer to it."""
    for one in suite:
        rows = {len(column) for column in one.expected.values()}
        assert rows == {one.settings["steps"] + 1}, one.number
        assert fault(one, one.expected) == ""


def test_the_tight_reference_passes(suite):
    for one in suite:
        if one.number in tight():
            assert fault(one, tight()[one.number]) == "", one.number
