"""Sapropterin: the typical patient of Feillet 2008 beside the prescribing information."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from scipy.linalg import expm

import axissim as ax

MODEL = ax.load("sapropterin")


@lru_cache
def dosed(amount: float, weight: float = 70.0, at: float = 0.0) -> dict[str, np.ndarray]:
    """Three days with one dose, every twentieth of an hour."""
    ds = ax.simulate(
        MODEL,
        t=(0, 72, 1441),
        params={"weight": weight},
        protocol=[ax.dose("tablet", amount, at=at)],
        rtol=1e-9,
    )
    return {str(key): ds[key].values for key in (*ds.data_vars, "time")}


def half_life(path: dict[str, np.ndarray]) -> float:
    """Of what was added, from 24 to 36 h."""
    return float(12 * np.log(2) / np.log(path["added"][480] / path["added"][720]))


@pytest.mark.finding("sapropterin")
@pytest.mark.reference("sapropterin", "clearance")
def test_clearance_per_kg_by_age(row):
    ((_, weight),) = row.settings
    assert row.holds(dosed(700.0, weight)["CL"][0] / weight)


@pytest.mark.finding("sapropterin")
@pytest.mark.parametrize("weight", [30.0, 50.0, 70.0, 100.0])
def test_half_life_within_the_patients_range(weight):
    """Prescribing information: 3.9 to 17 h, mean 6.7."""
    assert 3.9 < half_life(dosed(700.0, weight)) < 17


@pytest.mark.parametrize("mg_per_kg", [5.0, 10.0, 20.0])
def test_area_is_dose_over_clearance(mg_per_kg):
    path = dosed(70 * mg_per_kg)
    area = np.trapezoid(path["added"], path["time"])
    assert area == pytest.approx(1000 * 70 * mg_per_kg / 2100, rel=1e-3)


@pytest.mark.parametrize("weight", [30.0, 70.0])
def test_plasma_is_the_closed_form(weight):
    """Lag, absorption, two compartments: the exponential of a matrix."""
    clearance, volume = 2100 * (weight / 70) ** 0.586, 8350 * (weight / 70) ** 1.13
    matrix = np.array(
        [
            [-0.518, 0, 0],
            [0.518, -(clearance + 862) / volume, 862 / 4240],
            [0, 862 / volume, -862 / 4240],
        ]
    )
    path = dosed(700.0, weight)
    for hour in (0.25, 1.0, 3.0, 12.0, 24.0):
        since = max(hour - 0.275, 0.0)
        amounts = expm(matrix * since) @ np.array([700.0 if since else 0.0, 0.0, 0.0])
        found = path["BH4"][round(20 * hour)]
        assert found == pytest.approx(13.5 + 1000 * amounts[1] / volume, rel=1e-6)


@pytest.mark.finding("sapropterin")
def test_a_daily_dose_is_all_but_gone_after_a_day():
    """10 mg/kg: half of it within the first hours, 2 ug/L above rest the next morning."""
    path = dosed(700.0)
    assert 2.0 < path["time"][path["BH4"].argmax()] < 4.0
    assert path["BH4_fold"].max() > 3
    assert 0 < path["added"][480] < 5


def test_a_later_dose_does_the_same_later_and_daily_doses_add_up():
    once, later = dosed(700.0)["added"], dosed(700.0, at=10.0)["added"]
    assert later[200:] == pytest.approx(once[:-200], rel=1e-6, abs=1e-6)
    daily = ax.dose("tablet", 700, at=0, every=24, count=3)
    ds = ax.simulate(MODEL, t=(0, 72, 1441), protocol=[daily], rtol=1e-9)
    summed = once.copy()
    summed[480:] += once[:-480]
    summed[960:] += once[:-960]
    assert ds["added"].values == pytest.approx(summed, rel=1e-6, abs=1e-6)


def test_at_rest_only_own_bh4():
    ds = ax.simulate(MODEL, t=(0, 24, 25))
    assert ds["BH4"].values == pytest.approx(np.full(25, 13.5), abs=1e-12)
