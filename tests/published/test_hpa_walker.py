"""Ultradian pulses of Walker 2010, measured in lags, and the fit scaled to people."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("hpa_walker")
STATES = ["a", "r", "o"]
UNIT = float(np.log(2))  # a half-life that makes the model's own unit of time one minute
LAG = 1.4441  # 15 min of the rat in that unit
Settings = tuple[tuple[str, float], ...]


@lru_cache
def run(params: Settings, last: float, points: int) -> dict[str, np.ndarray]:
    """The second half of a run."""
    times = np.linspace(0.0, last, points)
    ds = ax.simulate(MODEL, t=times, params=dict(params), outputs=STATES, rtol=1e-8)
    half = points // 2
    return {"t": times[half:]} | {key: ds[key].values[half:] for key in STATES}


def rat(*params: tuple[str, float]) -> dict[str, np.ndarray]:
    return run((("half_life", UNIT), ("tau", LAG), *params), 200.0, 20_001)


def peaks(found: dict[str, np.ndarray], name: str) -> np.ndarray:
    y, step = found[name], found["t"][1] - found["t"][0]
    tops = 1 + np.flatnonzero((y[1:-1] > y[:-2]) & (y[1:-1] >= y[2:]))
    slope, bend = (y[tops + 1] - y[tops - 1]) / 2, y[tops + 1] - 2 * y[tops] + y[tops - 1]
    return found["t"][tops] - step * slope / bend


def period(found: dict[str, np.ndarray]) -> float:
    return float(np.diff(peaks(found, "o")).mean())


def behind(found: dict[str, np.ndarray]) -> float:
    """How long the steroid's peaks come after those of ACTH."""
    first, second = peaks(found, "a"), peaks(found, "o")
    return float(np.mean([late - first[first < late][-1] for late in second[1:]]))


def measure(found: dict[str, np.ndarray], quantity: str) -> float:
    name, statistic = quantity.split()
    return float(found[name].min() if statistic == "min" else found[name].max())


@pytest.mark.reference("hpa_walker", "pulses")
def test_pulses(row):
    found = rat(*row.settings)
    if row.quantity == "period":
        assert row.holds(period(found) / LAG)
    elif row.quantity == "o after a":
        assert row.holds(behind(found) / LAG)
    else:
        assert row.holds(measure(found, row.quantity))


@pytest.mark.reference("hpa_walker", "human")
def test_fit_scaled_to_people(row):
    found = run(row.settings, 8000.0, 16_001)
    assert row.holds(period(found) if row.quantity == "period" else measure(found, row.quantity))


def test_only_the_ratio_of_lag_and_half_life_counts():
    """Twice both: the same course, at half the pace."""
    slow = run((("half_life", 2 * UNIT), ("tau", 2 * LAG)), 400.0, 20_001)
    for name in STATES:
        np.testing.assert_allclose(slow[name], rat()[name], rtol=1e-4)


@pytest.mark.finding("hpa_walker")
def test_pulses_without_a_source_of_pulses():
    """Walker 2010: under constant CRH pituitary and adrenal swing by themselves."""
    for p1 in (20.0, 30.0, 40.0):
        assert np.ptp(rat(("p1", p1))["o"]) > 1.0


@pytest.mark.finding("hpa_walker")
@pytest.mark.parametrize("change", [("tau", 0.2), ("p2", 0.0)])
def test_no_pulses_without_lag_or_feedback(change):
    """Walker 2010: both the lag of the adrenal gland and the feedback are needed."""
    assert np.ptp(rat(change)["o"]) < 1e-6


@pytest.mark.finding("hpa_walker")
@pytest.mark.parametrize("p1", [5.0, 100.0])
def test_too_much_or_too_little_crh_ends_the_pulses(p1):
    """Walker 2010: constant CRH above its range gives a steady level (below it as well)."""
    assert np.ptp(rat(("p1", p1))["o"]) < 1e-6


@pytest.mark.parametrize("p1", [5.0, 100.0])
def test_steady_level_solves_the_equations(p1):
    end = {name: values[-1] for name, values in rat(("p1", p1)).items()}
    square = (end["o"] * end["r"]) ** 2
    assert end["a"] == pytest.approx(end["o"], rel=1e-7)
    assert p1 / (1 + 15 * end["r"] * end["o"]) == pytest.approx(7.2 * end["a"], rel=1e-7)
    assert square / (0.05 + square) + 0.11 == pytest.approx(2.9 * end["r"], rel=1e-7)


def test_a_day_of_crh_moves_the_pulses():
    """Its envelope repeats itself each day, and pulses are higher by day than by night."""
    human = (("p1", 73.94247), ("p2", 62.7663), ("p3", 0.75), ("p4", 0.199744), ("p5", 0.2229925))
    human = (*human, ("p6", 5.843837), ("tau", 24.22779), ("half_life", 15.0), ("envelope", 1.0))
    found = run(human, 8640.0, 8641)
    clock = found["t"] % 1440
    day = found["o"][(clock > 360) & (clock < 720)]
    night = found["o"][(clock > 1080) & (clock < 1440)]
    assert day.mean() > 1.2 * night.mean()
