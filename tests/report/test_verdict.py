"""Criteria: statistics against their formulas, intervals, and the three verdicts."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from axissim.report.stated import Criterion, expectation
from axissim.report.verdict import AGAINST, SUPPORTED, UNDECIDED, judged, overall


def found(compare, expect, *rows, statistic="median", level=0.0, against="", **changes):
    names = tuple("abcdefg"[: len(rows)])
    test = Criterion("", "y", names, compare, statistic, level, against, expectation(expect))
    design = xr.Dataset({"dose": ("sample", np.arange(len(rows[0]), dtype=float))})
    study = SimpleNamespace(
        **{"tests": (test,), "seed": 1, "resamples": 400, "tolerate": 0.05, "design": design}
        | changes
    )
    ran = [
        SimpleNamespace(arm=SimpleNamespace(name=name), values={"y": np.asarray(row, float)})
        for name, row in zip(names, rows, strict=True)
    ]
    (one,) = judged(study, ran)
    return one


X = np.random.default_rng(0).normal(10.0, 2.0, 200)


def test_numbers_are_those_of_the_formulas():
    assert found("value", "> 0", X).number == pytest.approx(np.median(X))
    assert found("value", "> 0", X, statistic="mean").number == pytest.approx(X.mean())
    share = found("value", "> 0", X, statistic="share", level=11.0)
    assert share.number == pytest.approx((X > 11.0).mean())
    assert found("difference", "> 0", X + 1.0, X).number == pytest.approx(1.0)
    assert found("ratio", "> 0", 3.0 * X, X).number == pytest.approx(3.0)
    assert found("trend", "rising", X, X + 1.0, X + 4.0).number == pytest.approx(1.0)
    assert found("trend", "falling", X, X + 1.0, X + 4.0).number == pytest.approx(-3.0)
    rising = found("correlation", "> 0", np.exp(np.arange(20.0)), against="dose")
    assert rising.number == pytest.approx(1.0)


def test_the_interval_of_a_mean_is_that_of_its_standard_error():
    one = found("value", "> 0", X, statistic="mean", resamples=4000)
    half = 1.96 * X.std() / np.sqrt(len(X))
    assert one.low == pytest.approx(X.mean() - half, abs=0.1 * half)
    assert one.high == pytest.approx(X.mean() + half, abs=0.1 * half)


def test_people_are_kept_together_across_arms():
    """A shift that is alike in everybody is certain, however different people are."""
    one = found("difference", "0.9..1.1", X + 1.0, X, statistic="mean")
    assert one.high - one.low < 1e-12
    assert one.verdict == SUPPORTED


@pytest.mark.parametrize(
    ("expect", "verdict"),
    [("> 9", SUPPORTED), ("< 9", AGAINST), ("> 10", UNDECIDED), ("5..20", SUPPORTED),
     ("20..30", AGAINST), ("9.9..9.95", UNDECIDED)],
)  # fmt: skip
def test_the_interval_decides(expect, verdict):
    row = X - np.mean(X) + 10.0
    assert found("value", expect, row, statistic="mean").verdict == verdict


def test_a_bound_that_belongs_to_what_is_expected_is_not_against_it():
    row = [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    one = found("value", ">= 1", row)
    assert (one.low, one.high) == (0.0, 1.0)
    assert one.verdict == UNDECIDED
    assert found("value", "> 1", row).verdict == AGAINST


def test_an_interval_that_is_none_decides_nothing():
    """Some draws of three people are one person thrice, in whom nothing is correlated."""
    one = found("correlation", "> 0.9", [1.0, 2.0, 3.0], against="dose")
    assert one.number == pytest.approx(1.0)
    assert one.verdict == UNDECIDED


def test_a_single_run_decides_without_chance():
    one = found("value", "> 2", [3.0])
    assert (one.verdict, one.people) == (SUPPORTED, 1)
    assert np.isnan(one.low)
    assert found("value", "> 2", [1.0]).verdict == AGAINST


def test_failed_runs_are_left_out_in_every_arm_and_too_many_decide_nothing():
    hurt = X.copy()
    hurt[:5] = np.nan
    one = found("difference", "> 0", hurt + 1.0, X, statistic="mean")
    assert (one.people, one.verdict) == (195, SUPPORTED)
    assert "5 of 200 runs gave no number and are left out" in one.why
    assert one.number == pytest.approx(1.0)
    hurt[:20] = np.nan
    one = found("difference", "> 0", hurt + 1.0, X)
    assert one.verdict == UNDECIDED
    assert "20 of 200 runs" in one.why
    one = found("value", "> 0", np.full(4, np.nan))
    assert (one.verdict, one.people) == (UNDECIDED, 0)


def test_the_whole():
    def verdicts(*words):
        return overall([SimpleNamespace(verdict=word) for word in words])

    assert verdicts(SUPPORTED, SUPPORTED) == SUPPORTED
    assert verdicts(SUPPORTED, UNDECIDED) == UNDECIDED
    assert verdicts(SUPPORTED, UNDECIDED, AGAINST) == AGAINST
