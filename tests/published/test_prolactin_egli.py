"""Prolactin of the rat, Egli 2004: its two surges and what each of them needs."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("prolactin_egli")
STATES = ["PRL", "DA", "OT"]
STEP = 0.01  # h

Settings = tuple[tuple[str, float], ...]


@lru_cache
def run(params: Settings = (), days: int = 1) -> dict[str, np.ndarray]:
    hours = np.arange(days * round(24 / STEP) + 1) * STEP
    ds = ax.simulate(MODEL, t=hours, params=dict(params), outputs=STATES, rtol=1e-8)
    return {"t": hours} | {key: ds[key].values for key in STATES}


def surge(found: dict[str, np.ndarray], which: str) -> tuple[float, float]:
    """Hour and height of the prolactin surge by night (2 to 12 h) or after 15 h."""
    low, high = (2, 12) if which == "night" else (15, 24)
    at = np.flatnonzero((found["t"] > low) & (found["t"] < high))
    top = at[found["PRL"][at].argmax()]
    return float(found["t"][top]), float(found["PRL"][top])


@pytest.mark.reference("prolactin_egli", "first_day")
def test_first_day(row):
    name, statistic = row.quantity.split()
    found = run(row.settings)
    if name in STATES:
        assert row.holds(float(found[name].min() if statistic == "min" else found[name].max()))
    else:
        assert row.holds(surge(found, name)[0 if statistic == "time" else 1])


@pytest.mark.finding("prolactin_egli")
def test_two_surges_a_day():
    """Egli 2004: one by night, one in the afternoon, the night's the higher."""
    found = run()
    between = found["PRL"][(found["t"] > 12) & (found["t"] < 16)].min()
    assert surge(found, "night")[1] > surge(found, "afternoon")[1] > 1.4 * between


@pytest.mark.finding("prolactin_egli")
def test_without_the_clocks_drive_of_oxytocin_no_afternoon_surge():
    """Egli 2004, abstract: antisense to VIP abolished the afternoon rise of both hormones."""
    found = run((("oxytocin_drive", 0.0),))
    afternoon = (found["t"] > 15) & (found["t"] < 24)
    assert np.diff(found["PRL"][afternoon]).max() <= 1e-9
    assert np.ptp(found["OT"][afternoon]) < 0.5
    assert surge(found, "night") == pytest.approx(surge(run(), "night"), rel=1e-4)


def test_relief_from_dopamine_makes_the_night_surge():
    assert surge(run((("dopamine_relief", 0.0),)), "night")[1] < 0.4 * surge(run(), "night")[1]


def test_level_at_rest_in_closed_form():
    found = run((("x_high", 1.0), ("dopamine_relief", 0.0), ("vObar", 0.0)), 3)
    oxytocin = 1100 / 51
    assert found["OT"][-1] == pytest.approx(oxytocin, rel=1e-6)
    level = 3e5 / 20_300 * (oxytocin / (9 + oxytocin)) ** 2 / 0.5
    assert found["PRL"][-1] == pytest.approx(level, rel=1e-6)


def test_the_days_repeat_themselves():
    found = run((), 4)
    day = round(24 / STEP)
    for name in STATES:
        third, fourth = found[name][2 * day : 3 * day], found[name][3 * day : 4 * day]
        np.testing.assert_allclose(third, fourth, rtol=1e-4)
        assert found[name].min() > 0.0
