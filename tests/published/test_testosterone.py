"""Testosterone undecanoate: Pastuszak 2021's comparison of intervals, and the closed forms."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("testosterone")
WEEK = 168


@lru_cache
def tenth_interval(weeks: int) -> np.ndarray:
    """Serum testosterone, hour by hour, after the tenth injection of 750 mg."""
    start = (4 + 8 * weeks) * WEEK
    protocol = [
        ax.dose("depot", 750, at=0),
        ax.dose("depot", 750, at=4 * WEEK, every=weeks * WEEK, count=9),
    ]
    stop = start + weeks * WEEK
    ds = ax.simulate(MODEL, t=(0, stop, stop + 1), protocol=protocol, rtol=1e-8, outputs=["T"])
    return np.asarray(ds["T"].values[start:])


def measure(path: np.ndarray, statistic: str) -> float:
    """Average, last or greatest concentration of an interval."""
    return float({"average": path.mean(), "last": path[-1], "greatest": path.max()}[statistic])


@lru_cache
def once(**params: float) -> dict[str, np.ndarray]:
    """Half a year after 750 mg, hour by hour."""
    hours = 26 * WEEK
    ds = ax.simulate(
        MODEL,
        t=(0, hours, hours + 1),
        params=params,
        protocol=[ax.dose("depot", 750, at=0)],
        rtol=1e-9,
    )
    return {str(key): ds[key].values for key in (*ds.data_vars, "time")}


@pytest.mark.finding("testosterone")
@pytest.mark.reference("testosterone", "intervals")
def test_every_8_against_every_10_weeks(row):
    if row.quantity == "at rest":
        assert row.holds(ax.simulate(MODEL, t=(0, 1, 2))["T"].values[0])
        return
    eight, ten = (measure(tenth_interval(weeks), row.quantity) for weeks in (8, 10))
    assert row.holds(eight / ten)


@pytest.mark.finding("testosterone")
@pytest.mark.parametrize("weeks", [8, 10])
def test_average_and_peak_where_most_men_are(weeks):
    """Pastuszak 2021, abstract: averages in the normal range, peaks below 2500 ng/dL."""
    path = tenth_interval(weeks)
    assert path.mean() > 300
    assert path.max() < 2500


@pytest.mark.parametrize("weight", [80.0, 101.0, 130.0])
@pytest.mark.parametrize("globulin", [10.0, 20.0, 40.0])
def test_without_injection_nothing_moves(weight, globulin):
    ds = ax.simulate(MODEL, t=(0, 5000, 6), params={"weight": weight, "SHBG": globulin}, rtol=1e-9)
    clearance = 197 * (weight / 101) ** 0.75 * (globulin / 20) ** -0.219
    assert ds["T"].values == pytest.approx(np.full(6, 0.445 / clearance * 1e5), rel=1e-8)
    assert ds["secretion"].values == pytest.approx(np.full(6, 0.445), rel=1e-12)


def test_own_secretion_is_silenced_and_comes_back():
    path = once()
    t = path["time"]
    expected = 0.445 * np.exp(-10 * t) + 0.572 * (1 - np.exp(-0.000727 * t))
    assert path["secretion"] == pytest.approx(expected, rel=1e-6, abs=1e-7)


def test_serum_is_the_closed_form():
    """A depot, and an input that rises exponentially, into one compartment."""
    path, k, ka, k2 = once(), 197 / 12300, 0.001, 0.000727

    def filled(rate, time):
        return (np.exp(-rate * time) - np.exp(-k * time)) / (k - rate)

    for hour in (24, 168, 700, 3000):
        drug = 750 * ka * filled(ka, hour)
        own = 0.445 / k * np.exp(-k * hour) + 0.445 * filled(10, hour)
        own += 0.572 * ((1 - np.exp(-k * hour)) / k - filled(k2, hour))
        assert path["A"][hour] == pytest.approx(drug + own, rel=1e-6)
        assert path["depot"][hour] + path["released"][hour] == pytest.approx(750, rel=1e-9)


def test_a_later_first_injection_does_the_same_later():
    """The clock of the silenced secretion starts with the first injection, whenever that is."""
    ds = ax.simulate(MODEL, t=(0, 1000, 1001), protocol=[ax.dose("depot", 750, at=200)], rtol=1e-9)
    assert ds["T"].values[:200] == pytest.approx(np.full(200, once()["T"][0]), rel=1e-8)
    assert ds["T"].values[200:] == pytest.approx(once()["T"][:801], rel=1e-6)


def test_weight_shbg_and_testes():
    """Table 2: more weight or less SHBG, less testosterone; without testes only the drug."""
    middle = once()["T"].mean()
    assert once(weight=130.0)["T"].mean() < middle < once(weight=80.0)["T"].mean()
    assert once(SHBG=10.0)["T"].mean() < middle < once(SHBG=40.0)["T"].mean()
    without = once(own=0.0)
    assert without["T"][0] == 0.0
    assert np.all(without["secretion"] == 0.0)
    assert without["T"].max() == pytest.approx(750 * 0.001 / 197 * 1e5, rel=0.2)


def test_nmol_per_litre():
    path = once()
    assert path["T_nM"] == pytest.approx(path["T"] * 1e-8 / 288.42 * 1e9, rel=1e-4)
