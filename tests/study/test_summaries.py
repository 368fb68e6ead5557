"""Summaries: closed forms, whatever the order of runs, and one line for what is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

import axissim as ax
from axissim.study.summaries import reduced, summaries, unit_of

T = np.linspace(0.0, 10.0, 2001)
COURSES = {
    "ramp": np.array([T, 2.0 * T]),
    "wave": np.array([np.sin(2 * np.pi * T / 2.5), 3.0 + np.cos(2 * np.pi * T)]),
    "decay": np.array([np.exp(-T), np.exp(-T / 2)]),
}


def found(text: str, courses: dict[str, Any] = COURSES, times: Any = T) -> Any:
    (summary,) = summaries([text], courses)
    return reduced([summary], times, courses)[summary.name]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("max(ramp)", [10, 20]),
        ("min(wave)", [-1, 2]),
        ("range(ramp)", [10, 20]),
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
        assert values[0] == found(text)[0] or np.isnan(found(text)[0])


def test_no_period_without_two_rises() -> None:
    assert np.isnan(found("period(ramp)")).all()


@given(
    st.lists(st.floats(-5, 5), min_size=2, max_size=12),
    st.floats(-5, 5),
)
def test_time_above_and_below_make_the_whole(values: list[float], level: float) -> None:
    times = np.linspace(0.0, 3.0, len(values))
    courses = {"x": np.array([values])}
    above = found(f"time_above(x, {level!r})", courses, times)[0]
    below = found(f"time_below(x, {level!r})", courses, times)[0]
    fine = np.interp(np.linspace(0.0, 3.0, 30_001), times, values)
    assert above == pytest.approx(3.0 * np.mean(fine > level), abs=1e-2)
    assert above + below <= 3.0 + 1e-9


def test_each_run_is_alone() -> None:
    rng = np.random.default_rng(1)
    courses = {"x": rng.normal(size=(50, 301)).cumsum(axis=1)}
    times, order = np.linspace(0.0, 1.0, 301), rng.permutation(50)
    for text in ("max(x)", "auc(x)", "period(x)", "time_above(x, 0)", "peaks(x)", "at(x, 0.3)"):
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
def test_what_is_no_summary_is_named(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        summaries([text], COURSES)


def test_names() -> None:
    made = summaries(["max(ramp)", "at(ramp, 2.5)/2"], COURSES)
    assert [summary.name for summary in made] == ["max_ramp", "at_ramp_2_5_2"]
    assert summaries({"top": "max(ramp*wave)"}, COURSES)[0].outputs == ("ramp", "wave")
    with pytest.raises(ValueError, match="two summaries are called 'max_ramp'"):
        summaries(["max(ramp)", "max( ramp )"], COURSES)
    with pytest.raises(ValueError, match="is no name for"):
        summaries({"2x": "max(ramp)"}, COURSES)


def test_units() -> None:
    units = {"ramp": "umol/L", "wave": "1"}
    told = {text: unit_of(summaries([text], COURSES)[0], units, "h") for text in (
        "max(ramp)", "auc(ramp)", "period(ramp)", "peaks(ramp)", "max(ramp)/mean(ramp)", "auc(wave)"
    )}  # fmt: skip
    assert list(told.values()) == ["umol/L", "umol/L*h", "h", "", "", ""]


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
    with pytest.raises(ax.ModelError, match="outputs or summaries; leave one"):
        ax.sweep(model, grid, outputs=["x"], **how)
