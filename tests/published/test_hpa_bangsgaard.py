"""Cortisol over the day: the first day of Bangsgaard 2017, the settled one, and the links."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("hpa_bangsgaard")
OUTPUTS = ["x1", "x2", "x3", "C", "cortisol", "free_cortisol"]
DAY = 1440  # min
SETTLED = 29  # the day from which the rhythm is measured; it repeats itself long before

Settings = tuple[tuple[str, float], ...]


@lru_cache
def one_day(params: Settings = (), number: int = 0) -> dict[str, np.ndarray]:
    """Day `number` of a run, minute by minute."""
    minutes = np.arange((number + 1) * DAY + 1, dtype=float)
    ds = ax.simulate(MODEL, t=minutes, params=dict(params), outputs=OUTPUTS, rtol=1e-8)
    return {key: ds[key].values[number * DAY :] for key in OUTPUTS}


def measure(day: dict[str, np.ndarray], quantity: str) -> float:
    name, statistic = quantity.split()
    values = day[name]
    if statistic == "time":
        return float(values.argmax()) / (60 if name == "x3" else 1)
    return float({"max": np.max, "min": np.min, "mean": np.mean}[statistic](values[:-1]))


@pytest.mark.reference("hpa_bangsgaard", "first_day")
def test_first_day(row):
    assert row.holds(measure(one_day(), row.quantity))


@pytest.mark.reference("hpa_bangsgaard", "settled_day")
def test_settled_day(row):
    assert row.holds(measure(one_day(row.settings, SETTLED), row.quantity))


def test_the_days_settle():
    last, before = one_day((), SETTLED), one_day((), SETTLED - 1)
    for name in ("x1", "x2", "x3"):
        np.testing.assert_allclose(last[name], before[name], rtol=1e-3)
    assert last["free_cortisol"].mean() == pytest.approx(1.0, abs=1e-3)


def test_the_clock_is_exact():
    """It repeats itself every 1440 min, and is what its formula says at any time."""
    minutes = np.arange(0.0, 4 * DAY, 7.0)
    found = ax.simulate(MODEL, t=minutes, outputs=["C"], rtol=1e-6)["C"].values
    tm = np.mod(minutes - 83.8, DAY)
    rise, fall = tm**5 / (tm**5 + 300.0**5), (DAY - tm) ** 6 / ((DAY - tm) ** 6 + 950.0**6)
    np.testing.assert_allclose(found, (rise * fall + 0.01) / 0.5217, rtol=1e-9)


def test_hormones_stay_positive():
    for params in ((), (("CRH_drive", 0.0),), (("stress", 5.0),)):
        day = one_day(params)
        assert min(day[name].min() for name in ("x1", "x2", "x3")) > 0.0


@pytest.mark.finding("hpa_bangsgaard")
def test_cortisol_peaks_in_the_morning_and_is_low_at_night():
    """The record of the control subject: high at about 8 o'clock, low about midnight."""
    for number in (0, SETTLED):
        cortisol = one_day((), number)["cortisol"]
        assert 6 <= cortisol.argmax() / 60 <= 10
        night = np.concatenate([cortisol[: 4 * 60], cortisol[22 * 60 :]])
        assert night.max() < 0.5 * cortisol.max()


@pytest.mark.parametrize("link", ["CRH_drive", "stress"])
def test_a_link_that_drives_crh_raises_cortisol(link):
    mean = [one_day(((link, value),), SETTLED)["x3"].mean() for value in (1.0, 2.0)]
    assert mean[1] > mean[0]


@pytest.mark.finding("hpa_bangsgaard")
def test_binding_globulin_raises_total_cortisol_alone():
    """Oral estrogen: morning cortisol up by about the fold of its globulin, free as before."""
    rest, more = one_day(), one_day((("CBG", 1.75),))
    np.testing.assert_allclose(more["cortisol"], 1.75 * rest["cortisol"], rtol=1e-9)
    for name in ("x1", "x2", "x3", "free_cortisol"):
        np.testing.assert_array_equal(more[name], rest[name])
