"""The deterministic part of Grosskopf 2026: cortisol over the day, and its closed forms."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from scipy.optimize import brentq

import axissim as ax

MODEL = ax.load("hpa_grosskopf")
STATES = ["x1", "x2", "x3"]
DAY = 1440  # min

Settings = tuple[tuple[str, float], ...]


@lru_cache
def last_day(params: Settings = ()) -> dict[str, np.ndarray]:
    """The fifth day; x3 forgets where it started within one."""
    minutes = np.arange(5 * DAY + 1, dtype=float)
    keys = [*STATES, "u"]
    ds = ax.simulate(MODEL, t=minutes, params=dict(params), outputs=keys, rtol=1e-8)
    return {key: ds[key].values[4 * DAY :] for key in keys}


@pytest.mark.reference("hpa_grosskopf", "day")
def test_day(row):
    name, statistic = row.quantity.split()
    values = last_day()[name]
    if statistic == "time":
        assert row.holds(float(values.argmax()))
    else:
        assert row.holds(float(values.min() if statistic == "min" else values.max()))


@pytest.mark.parametrize("fold", [0.5, 1.0, 3.0])
def test_steady_state_without_a_day(fold):
    """x1 = x2/GR = x3/GR and x3^2 (1 + (x3/5)^3)^2 = input."""
    found = last_day((("amp_1", 0.0), ("amp_2", 0.0), ("input", fold)))
    x3 = brentq(lambda x: (x * (1 + (x / 5) ** 3)) ** 2 - fold, 1e-6, 10)
    assert found["x3"][-1] == pytest.approx(x3, rel=1e-6)
    assert found["x2"][-1] == pytest.approx(x3, rel=1e-6)
    assert found["x1"][-1] == pytest.approx(x3 * (1 + (x3 / 5) ** 3), rel=1e-6)


@pytest.mark.finding("hpa_grosskopf")
def test_without_noise_there_is_no_pulse():
    """Grosskopf 2026 has pulses from noise: what is left peaks once, after its input."""
    day = last_day()
    tops = np.flatnonzero((day["x3"][1:-1] > day["x3"][:-2]) & (day["x3"][1:-1] >= day["x3"][2:]))
    assert len(tops) == 1
    assert 0 < day["x3"].argmax() - day["u"].argmax() < 60


def test_the_days_repeat_themselves():
    day = last_day()
    for name in STATES:
        assert day[name][0] == pytest.approx(day[name][-1], rel=1e-6)
        assert day[name].min() > 0.0


def test_floor_of_what_is_felt():
    """CRH secretion stays finite when cortisol is 0."""
    ds = ax.simulate(MODEL, t=(0, 1, 2), init={"x3": 0.0}, outputs=["felt", "V_x1", "u"], rtol=1e-8)
    start = {key: ds[key].values[0] for key in ("felt", "V_x1", "u")}
    assert start["felt"] == 0.01
    assert start["V_x1"] == pytest.approx(0.138629 * start["u"] / 0.01, rel=1e-6)
