"""The smallest oscillator of GnRH, LH and testosterone: Smith 1980's limit cycle."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("gnrh_smith")
STEP = 0.002  # h
SETTLED = 60.0  # h
STATES = ["R", "L", "T"]
B1, G1, B2, G2, B3, C = 1.29, 10.0, 0.97, 0.7, 1.39, 100.0


def run(until: float, step: float, init=None, **params: float) -> dict[str, np.ndarray]:
    """Times, and trajectories by name."""
    times = step * np.arange(round(until / step) + 1)
    result = ax.simulate(MODEL, t=times, params=params, init=init, outputs=STATES, rtol=1e-9)
    return {"time": times} | {name: result[name].values for name in STATES}


@lru_cache
def cycle() -> dict[str, np.ndarray]:
    """The settled cycle, for twenty hours."""
    found = run(SETTLED + 20.0, STEP)
    return {name: values[found["time"] >= SETTLED] for name, values in found.items()}


def peaks(name: str) -> np.ndarray:
    """Hours of the maxima, by the parabola through three samples."""
    time, y = cycle()["time"], cycle()[name]
    top = 1 + np.flatnonzero((y[1:-1] > y[:-2]) & (y[1:-1] >= y[2:]))
    return time[top] - STEP * (y[top + 1] - y[top - 1]) / 2 / (y[top + 1] - 2 * y[top] + y[top - 1])


@pytest.mark.reference("gnrh_smith", "limit_cycle")
def test_limit_cycle(row):
    if row.quantity == "period":
        assert row.holds(np.diff(peaks("T")).mean())
    elif row.quantity.startswith("lag"):
        _, later, _, first = row.quantity.split()
        start = peaks(first)[0]
        assert row.holds(peaks(later)[peaks(later) > start][0] - start)
    else:
        name, statistic = row.quantity.split()
        assert row.holds({"min": np.min, "max": np.max}[statistic](cycle()[name]))


@pytest.mark.parametrize("start", [(0.0, 0.0, 0.0), (20.0, 100.0, 1.0), (0.0, 0.0, 60.0)])
def test_one_cycle_attracts_far_starts(start):
    found = run(100.0, 0.01, init=dict(zip(STATES, start, strict=True)))
    for name in STATES:
        assert found[name].min() >= 0.0
        late = found[name][found["time"] >= 80.0]
        assert late.max() == pytest.approx(cycle()[name].max(), rel=1e-3)
        assert late.min() == pytest.approx(cycle()[name].min(), rel=1e-3)


def test_over_a_cycle_secretion_is_loss():
    first, last = np.searchsorted(cycle()["time"], peaks("T")[[0, -1]])
    mean = {name: cycle()[name][first:last].mean() for name in STATES}
    assert G1 * mean["R"] == pytest.approx(B2 * mean["L"], rel=1e-3)
    assert G2 * mean["L"] == pytest.approx(B3 * mean["T"], rel=1e-3)


def test_weak_feedback_rests_strong_feedback_pulses():
    weak = run(200.0, 1.0, h=1.0)
    rest = C * G1 * G2 / (B1 * B2 * B3 + 1.0 * G1 * G2)
    assert weak["T"][-1] == pytest.approx(rest, rel=1e-6)
    assert np.ptp(cycle()["T"]) > 7.0
