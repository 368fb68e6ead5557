"""Tyrosine by mouth: plasma and ratio two hours after a dose, and the shared carrier."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("tyrosine_oral")


@lru_cache
def dosed(mg_per_kg: float, others: float = 1.0, weight: float = 70.0) -> dict[str, np.ndarray]:
    """Twelve hours after one dose, every hundredth of an hour."""
    ds = ax.simulate(
        MODEL,
        t=(0, 12, 1201),
        params={"LNAA_fold": others, "weight": weight},
        protocol=[ax.dose("gut", mg_per_kg * weight, at=0)],
        rtol=1e-9,
    )
    return {str(key): ds[key].values for key in (*ds.data_vars, "time")}


@pytest.mark.finding("tyrosine_oral")
@pytest.mark.reference("tyrosine_oral", "plasma")
def test_two_hours_after_a_dose(row):
    at = dict(row.settings)
    assert row.holds(dosed(at["mg_per_kg"], at.get("LNAA_fold", 1.0))[row.quantity][200])


@pytest.mark.finding("tyrosine_oral")
@pytest.mark.parametrize("mg_per_kg", [100.0, 150.0])
def test_raised_from_2_to_8_hours(mg_per_kg):
    """Glaeser 1979: above rest by more than its spread (3.9 umol/L) all the while."""
    assert dosed(mg_per_kg)["tyrosine"][200:801].min() > 69 + 3.9


@pytest.mark.finding("tyrosine_oral")
def test_more_tyrosine_a_higher_ratio():
    ratio = [dosed(dose)["ratio"][200] for dose in (0.0, 100.0, 150.0)]
    assert 2 * ratio[0] < ratio[1] < ratio[2]


@pytest.mark.parametrize("weight", [50.0, 70.0, 90.0])
def test_plasma_is_the_closed_form_per_kg(weight):
    path = dosed(100.0, weight=weight)
    t = path["time"]
    rise = 5.5191 * 100 / 2.37 * 0.5 * t * np.exp(-0.5 * t)
    assert path["tyrosine"] == pytest.approx(69 + rise, rel=1e-7)
    assert t[path["tyrosine"].argmax()] == 2.0


def test_the_volume_is_what_the_two_levels_say():
    """Rise per mg/kg at 2 h, weighted by the spread of both levels."""
    rise, spread = np.array([85 / 100, 134 / 150]), np.hypot([9.5, 31.5], 3.9) / [100, 150]
    mean = np.average(rise, weights=spread**-2)
    assert 5.5191 * np.exp(-1) / mean == pytest.approx(2.37, abs=0.005)


@pytest.mark.parametrize("others", [0.5, 1.0, 1.5])
@pytest.mark.parametrize("levodopa", [0.0, 11.9])
def test_the_carrier_is_shared(others, levodopa):
    params = {"LNAA_fold": others, "levodopa": levodopa}
    ds = ax.simulate(MODEL, t=(0, 1, 2), params=params)
    expected = 64 * (1 + 82 * others / 15 + levodopa / 32)
    assert ds["Kin_eff"].values[0] == pytest.approx(expected, rel=1e-12)
    assert ds["Kin_fold"].values[0] == pytest.approx(expected / (64 * (1 + 82 / 15)), rel=1e-12)


def test_at_rest_nothing_is_changed():
    ds = ax.simulate(MODEL, t=(0, 12, 13))
    for key in ("tyrosine_fold", "Kin_fold"):
        assert ds[key].values == pytest.approx(np.ones(13), abs=1e-12)
