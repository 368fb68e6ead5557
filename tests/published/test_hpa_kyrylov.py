"""The limit cycle of Kyrylov 2005: period, ranges, and the bounds it was built to keep."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("hpa_kyrylov")
STATES = ["y0", "y1", "y2", "y3", "y4"]
STEP = 0.25  # min
SETTLED = 1000.0  # min; y4 alone, with 7000 min, is slower
VALUES = {
    "a00": -0.00843,
    "a02": -0.44,
    "a10": 0.082,
    "a12": -0.0668,
    "a21": 0.031,
    "a22": -0.0957,
    "c0": 0.443,
    "epsilon": 0.5,
}

Settings = tuple[tuple[str, float], ...]


@lru_cache
def run(params: Settings = (), last: float = 5000.0) -> dict[str, np.ndarray]:
    times = np.arange(round(last / STEP) + 1) * STEP
    ds = ax.simulate(MODEL, t=times, params=dict(params), outputs=STATES, rtol=1e-8)
    kept = times >= SETTLED
    return {"t": times[kept]} | {key: ds[key].values[kept] for key in STATES}


def period(found: dict[str, np.ndarray]) -> float:
    y = found["y2"]
    tops = 1 + np.flatnonzero((y[1:-1] > y[:-2]) & (y[1:-1] >= y[2:]))
    slope, bend = (y[tops + 1] - y[tops - 1]) / 2, y[tops + 1] - 2 * y[tops] + y[tops - 1]
    return float(np.diff(found["t"][tops] - STEP * slope / bend).mean())


@pytest.mark.reference("hpa_kyrylov", "cycle")
def test_cycle(row):
    if row.quantity == "period":
        assert row.holds(period(run()))
        return
    name, statistic = row.quantity.split()
    values = run()[name]
    assert row.holds(float(values.min() if statistic == "min" else values.max()))


@pytest.mark.finding("hpa_kyrylov")
@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("fold", [0.5, 2.0])
def test_no_hormone_falls_below_zero(name, fold):
    """Kyrylov 2005, abstract: parameters may be off by -50 or +100 %."""
    found = run(((name, fold * VALUES[name]),), 3000.0)
    assert min(found[key].min() for key in STATES) > 0.0
    assert max(found[key].max() for key in STATES) < 100.0


@pytest.mark.finding("hpa_kyrylov")
def test_pulses_without_clock_or_delay():
    """Kyrylov 2005, abstract: an oscillation by the axis itself."""
    late = run((), 20_000.0)
    half = late["t"] > 15_000
    assert np.ptp(late["y2"][half]) == pytest.approx(np.ptp(run()["y2"]), rel=0.01)


def test_cortisol_given_holds_back_acth():
    given = run((("e2", 0.05),))
    assert given["y1"].mean() < 0.9 * run()["y1"].mean()


def test_bound_cortisol_follows_the_free():
    """y3 and y4 are driven to a32/a33 and a42/a44 of the mean free cortisol."""
    late = run((), 60_000.0)
    half = late["t"] > 50_000
    assert late["y3"][half].mean() < 0.00869 / 0.00857 * late["y2"][half].mean()
    assert 0.0 < late["y4"][half].mean() < 0.000139 / 0.000143 * late["y2"][half].mean()
