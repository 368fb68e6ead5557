"""Summaries: closed forms, whatever the order of runs, and one line for what is none."""

from __future__ import annotations

import time
import warnings
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

import axissim as ax
from axissim.model.model import ModelError
from axissim.study.measures import MEASURES
from axissim.study.summaries import reduced, summaries, unit_of

T = np.linspace(0.0, 10.0, 2001)
COURSES = {
    "ramp": np.array([T, 2.0 * T]),
    "wave": np.array([np.sin(2 * np.pi * T / 2.5), 3.0 + np.cos(2 * np.pi * T)]),
    "decay": np.array([np.exp(-T), np.exp(-T / 2)]),
}


def chords(frequency: float) -> float:
    """The standard deviation of a sine's chords, which is a little less than the sine's own."""
    return float(np.sqrt((2.0 + np.cos(frequency * (T[1] - T[0]))) / 6.0))


def rising(rate: float) -> float:
    """How long 1 - exp(-rate t) takes from a tenth to nine tenths of its height at t = 10."""
    height = 1.0 - np.exp(-10.0 * rate)
    return float(np.log((1.0 - 0.1 * height) / (1.0 - 0.9 * height)) / rate)


def found(text: str, courses: dict[str, Any] = COURSES, times: Any = T) -> Any:
    (summary,) = summaries([text], courses)
    return reduced([summary], times, courses)[summary.name]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("max(ramp)", [10, 20]),
        ("min(wave)", [-1, 2]),
        ("range(ramp)", [10, 20]),
        ("std(ramp)", [10 / np.sqrt(12), 20 / np.sqrt(12)]),
        ("std(wave)", [chords(2 * np.pi / 2.5), chords(2 * np.pi)]),
        ("rise(ramp)", [8, 8]),
        ("rise(1 - decay)", [rising(1.0), rising(0.5)]),
        ("mean(ramp)", [5, 10]),
        ("auc(decay)", [1 - np.exp(-10), 2 * (1 - np.exp(-5))]),
        ("first(decay) - last(ramp)", [-9, -19]),
        ("at(ramp, 2.5)", [2.5, 5]),
        ("at(ramp, 2.5025)", [2.5025, 5.005]),
        ("t_max(ramp) + t_min(decay)", [20, 20]),
        ("time_above(ramp, 4)", [6, 8]),
        ("time_below(ramp, 4)", [4, 2]),
        ("time_above(wave, 0)", [5, 10]),
        ("peaks(wave)", [4, 9]),
        ("period(wave)", [2.5, 1]),
        ("max(ramp)/mean(ramp)", [2, 2]),
        ("auc(ramp*2 - 1)", [90, 190]),
        ("max(-ramp)**2", [0, 0]),
        ("time_above(ramp, mean(ramp))", [5, 5]),
        ("2*max(ramp - mean(ramp))", [10, 20]),
    ],
)
def test_closed_forms(text: str, expected: list[float]) -> None:
    np.testing.assert_allclose(found(text), expected, rtol=1e-5, atol=1e-12)


def test_a_run_with_a_nan_has_no_summary() -> None:
    broken = {key: values.copy() for key, values in COURSES.items()}
    broken["ramp"][1, 700:] = np.nan
    for text in ("max(ramp)", "auc(ramp)", "first(ramp)", "period(ramp)", "time_above(ramp, 1)"):
        values = found(text, broken)
        assert np.isnan(values[1])
        np.testing.assert_array_equal(values[0], found(text)[0])
    for text in ("mean(ramp**0)", "max(wave) + 0*max(ramp)", "t_max(1/ramp)"):
        assert np.isnan(found(text, broken)[1])  # though NaN**0 is 1


def test_a_trajectory_without_a_value_somewhere_has_no_summary() -> None:
    for text in ("t_max(ramp/ramp)", "time_above(ramp/ramp, 0)", "peaks((ramp - 1)**0.5)"):
        assert np.isnan(found(text)).all()  # 0/0 at the start; the root of what is negative


def test_no_period_without_two_rises() -> None:
    assert np.isnan(found("period(ramp)")).all()


def above_exactly(knots: list[int], level: int) -> Fraction:
    """How long straight lines between whole numbers, a time unit apart, lie above a level."""
    whole = Fraction(0)
    for left, right in pairwise(knots):
        cut = {Fraction(0), Fraction(1)}
        if left != right and 0 <= (crossing := Fraction(level - left, right - left)) <= 1:
            cut.add(crossing)
        for start, end in pairwise(sorted(cut)):
            whole += (end - start) * (left + (right - left) * (start + end) / 2 > level)
    return whole


@given(st.lists(st.integers(-5, 5), min_size=2, max_size=12), st.integers(-6, 6))
def test_time_above_is_exact_for_straight_lines(knots: list[int], level: int) -> None:
    times, courses = np.arange(len(knots), dtype=float), {"x": np.array([knots], float)}
    above = found(f"time_above(x, {level})", courses, times)[0]
    below = found(f"time_below(x, {level})", courses, times)[0]
    assert above == pytest.approx(float(above_exactly(knots, level)), abs=1e-12)
    assert below == pytest.approx(float(above_exactly([-k for k in knots], -level)), abs=1e-12)


@given(st.lists(st.integers(-3, 3), min_size=2, max_size=12))
def test_peaks_are_tops_between_a_rise_and_a_fall(knots: list[int]) -> None:
    times, courses = np.arange(len(knots), dtype=float), {"x": np.array([knots], float)}
    ways = [b > a for a, b in pairwise(knots) if a != b]
    assert found("peaks(x)", courses, times)[0] == sum(a and not b for a, b in pairwise(ways))


def test_at_a_time_kept_is_the_value_kept_and_outside_is_nothing() -> None:
    times = np.linspace(0.0, 0.7, 8)
    courses = {"x": np.random.default_rng(2).normal(size=(9, 8))}
    for at, moment in enumerate(times):
        values = found(f"at(x, {float(moment)!r})", courses, times)
        np.testing.assert_array_equal(values, courses["x"][:, at])
    assert np.isnan(found("at(x, 0.71)", courses, times)).all()
    own = found("at(x, t_max(x))", courses, times)  # a moment of each run's own
    np.testing.assert_array_equal(own, courses["x"].max(axis=1))


def test_arithmetic_without_an_answer_raises_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(found("max(ramp) + 1/0"), [np.inf, np.inf])
        np.testing.assert_array_equal(found("max(ramp)*10.0**400"), [np.inf, np.inf])
        values = found("max(ramp)*(-1)**0.5")
    assert values.dtype == float
    assert np.isnan(values).all()


def test_no_rise_where_nothing_is_greater_than_the_first() -> None:
    assert np.isnan(found("rise(decay)")).all()


def test_many_runs_take_moments() -> None:
    """A hundred thousand runs, every function: seconds, where a loop over runs takes minutes."""
    rng, runs = np.random.default_rng(3), 100_000
    times = np.linspace(0.0, 24.0, 25)
    courses = {"x": rng.normal(size=(runs, 25))}
    texts = [f"{name}(x)" for name in MEASURES if not MEASURES[name][1]]
    texts += [f"{name}(x, 0.5)" for name in MEASURES if MEASURES[name][1]]
    of = summaries(texts, courses)
    start = time.perf_counter()
    values = reduced(of, times, courses)
    assert time.perf_counter() - start < 10.0
    assert {array.shape for array in values.values()} == {(runs,)}
    some = rng.permutation(runs)[:100]
    for name, alone in reduced(of, times, {"x": courses["x"][some]}).items():
        np.testing.assert_array_equal(alone, values[name][some], err_msg=name)


def test_each_run_is_alone() -> None:
    rng = np.random.default_rng(1)
    courses = {"x": rng.normal(size=(50, 301)).cumsum(axis=1)}
    times, order = np.linspace(0.0, 1.0, 301), rng.permutation(50)
    for text in ("max(x)", "auc(x)", "period(x)", "time_above(x, 0)", "peaks(x)", "at(x, 0.3)",
                 "std(x)", "rise(x)", "mean(x)", "time_below(x, max(x)/2)"):  # fmt: skip
        whole = found(text, courses, times)
        np.testing.assert_array_equal(found(text, {"x": courses["x"][order]}, times), whole[order])
        np.testing.assert_array_equal(found(text, {"x": courses["x"][:1]}, times), whole[:1])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("max(ramb)", "names 'ramb', which is not there; did you mean 'ramp'"),
        ("maxx(ramp)", "calls 'maxx', which is no summary; did you mean 'max'"),
        ("ramp", r"keeps the trajectory of ramp; say which number: max\(ramp\)"),
        ("max(ramp", "cannot be read"),
        ("ramb", "names 'ramb', which is not there; did you mean 'ramp'"),
        ("max", r"does not say of what; write max\(x\)"),
        ("max()", r"does not give max what it needs; write max\(x\)"),
        ("at(ramp, t=3)", r"does not give at what it needs; write at\(x, number\)"),
        ("at(ramp, ramp)", "keeps the trajectory of ramp"),
        ("max(*ramp)", "holds more than"),
        ("max(ramp[0])", "holds more than"),
        ("(lambda: 0)()", "holds more than"),
        ("1 + 2", "is the same for every run"),
        ("max(ramp)*1e999", "holds a number that is too large"),
        ("max(ramp)*1" + "0" * 400, "holds a number that is too large"),
        ("max(ramp)*True", "holds what is no number"),
        ("max(ramp) + 1and 2", "holds more than"),
        ("max(\n ramb\n)", r"the summary 'max\( ramb \)' names 'ramb'"),
        ("(" * 300 + "max(ramp)" + ")" * 100, "cannot be read"),
        ("", "cannot be read"),
        (3, "is the same for every run"),
        ("max(ramp, 3)", r"does not give max what it needs; write max\(x\)"),
        ("at(ramp)", r"write at\(x, number\)"),
        ("max(3)", "gives max no trajectory"),
        ("max(ramp).real", "holds more than"),
        ("__import__('os')", "calls '__import__', which is no summary"),
        ("max(ramp) + 'a'", "holds what is no number"),
        ("max(ramp) if 1 else 2", "holds more than"),
        ("-" * 40 + "max(ramp)", "nested over 20 deep"),
        ("max(ramp)" + "+1" * 300, "cannot be read"),
    ],
)
def test_what_is_no_summary_is_named(text: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said) as wrong:
        summaries([text], COURSES)
    assert "\n" not in str(wrong.value)


def test_names() -> None:
    made = summaries(["max(ramp)", "at(ramp, 2.5)/2"], COURSES)
    assert [summary.name for summary in made] == ["max_ramp", "at_ramp_2_5_2"]
    assert summaries({"top": "max(ramp*wave)"}, COURSES)[0].outputs == ("ramp", "wave")
    with pytest.raises(ValueError, match="two summaries are called 'max_ramp'"):
        summaries(["max(ramp)", "max( ramp )"], COURSES)
    with pytest.raises(ValueError, match="is no name for"):
        summaries({"2x": "max(ramp)"}, COURSES)
    with pytest.raises(ValueError, match="is no name for"):
        summaries({"class": "max(ramp)"}, COURSES)
    with pytest.raises(ValueError, match="every result has its own 'status'"):
        summaries({"status": "max(ramp)"}, COURSES)
    with pytest.raises(ValueError, match=r"summaries are a list: \['max\(ramp\)'\]"):
        summaries("max(ramp)", COURSES)
    (spaced,) = summaries(["  max( ramp )\n"], COURSES)
    np.testing.assert_array_equal(reduced([spaced], T, COURSES)["max_ramp"], [10, 20])


def test_units() -> None:
    units = {"ramp": "umol/L", "wave": "1"}
    told = {text: unit_of(summaries([text], COURSES)[0], units, "h") for text in (
        "max(ramp)", "auc(ramp)", "period(ramp)", "peaks(ramp)", "max(ramp)/mean(ramp)",
        "auc(wave)", "std(ramp)", "rise(ramp)",
    )}  # fmt: skip
    assert list(told.values()) == ["umol/L", "umol/L*h", "h", "", "", "", "umol/L", "h"]


def test_a_sweep_keeps_summaries(tmp_path: Path) -> None:
    model = ax.load("model m()\n  var x = 3; const k = 0.5\n  x' = -k*x\nend\n")
    grid = ax.design.grid({"k": [0.1, 0.5, 1.0], "x": [1.0, 2.0]})
    how: dict[str, Any] = {"t": (0.0, 8.0, 801), "summaries": {"top": "max(x)", "area": "auc(x)"}}
    ds = ax.sweep(model, grid, **how)
    assert "time" not in ds.variables
    exact = grid["x"] * (1 - np.exp(-8 * grid["k"])) / grid["k"]
    np.testing.assert_allclose(ds["area"], exact.transpose("k", "x"), rtol=2e-5)
    np.testing.assert_array_equal(ds["top"], np.broadcast_to([1.0, 2.0], (3, 2)))
    stored = ax.sweep(model, grid, store=tmp_path / "a.zarr", audit=0.0, **how)
    xr.testing.assert_identical(stored.load(), ds)
    with pytest.raises(ModelError, match="outputs or summaries; leave one"):
        ax.sweep(model, grid, outputs=["x"], **how)
