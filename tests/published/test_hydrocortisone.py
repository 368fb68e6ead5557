"""Hydrocortisone: patients' peaks and half-lives, and the law of binding."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("hydrocortisone")
NS, KD, CAPACITY = 4.15, 9.71, 431.0


@lru_cache
def dosed(amount: float = 20.0, **params: float) -> dict[str, np.ndarray]:
    """A day after one dose, every minute."""
    ds = ax.simulate(
        MODEL, t=(0, 24, 1441), params=params, protocol=[ax.dose("gut", amount, at=0)], rtol=1e-9
    )
    return {str(key): ds[key].values for key in (*ds.data_vars, "time")}


def measure(path: dict[str, np.ndarray], quantity: str) -> float:
    total = path["total"]
    found = {
        "minute of peak": lambda: total.argmax(),
        "minutes to 100 nmol/L": lambda: np.flatnonzero(total > 100)[-1],
        "peak": lambda: total.max(),
        "area": lambda: np.trapezoid(total, path["time"]),
        "half-life": lambda: 60 * np.log(2) * path["V"][0] / path["CL"][0],
        "CL per kg": lambda: path["CL"][0] / 70,
    }
    return float(found[quantity]())


@pytest.mark.finding("hydrocortisone")
@pytest.mark.reference("hydrocortisone", "patients")
def test_patients(row):
    """20 mg at 70 kg, unless the row says otherwise."""
    assert row.holds(measure(dosed(**dict(row.settings)), row.quantity))


@pytest.mark.finding("hydrocortisone")
def test_free_in_proportion_to_the_dose_total_not():
    """Werumeus Buning 2017, abstract, where free cortisol is what is cleared."""
    low, high = (dosed(dose, free_kinetics=1.0) for dose in (10.0, 20.0))
    assert high["free"] == pytest.approx(2 * low["free"], rel=1e-6, abs=1e-8)
    areas = [np.trapezoid(path["total"]) for path in (low, high)]
    assert 1.2 < areas[1] / areas[0] < 1.8


@pytest.mark.finding("hydrocortisone")
def test_binding_globulin_raises_total_and_leaves_free_alone():
    """As under oral estrogen: total cortisol up, salivary (free) cortisol unchanged."""
    usual, more = dosed(free_kinetics=1.0), dosed(free_kinetics=1.0, CBG=1.75)
    assert more["free"] == pytest.approx(usual["free"], rel=1e-9, abs=1e-10)
    assert 1.3 < more["total"].max() / usual["total"].max() < 1.75


@pytest.mark.parametrize("free_kinetics", [0.0, 1.0])
@pytest.mark.parametrize("globulin", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("own", [0.0, 15.5, 300.0])
def test_total_and_free_obey_the_law_of_binding(free_kinetics, globulin, own):
    path = dosed(free_kinetics=free_kinetics, CBG=globulin, own=own)
    free = path["free"]
    law = (1 + NS) * free + globulin * CAPACITY * free / (KD + free)
    assert path["total"] == pytest.approx(law, rel=1e-9, abs=1e-9)
    assert path["bound"] == pytest.approx(path["total"] - free, rel=1e-9, abs=1e-9)
    assert np.all(free >= 0)
    assert path["total"][0] == pytest.approx(own, rel=1e-9, abs=1e-9)


def test_free_share_rises_as_the_globulin_fills():
    """From 2 % at little to 19 %, the share of albumin's binding alone, at very much."""
    shares = []
    for own in (1e-6, 300.0, 1e7):
        ds = ax.simulate(MODEL, t=(0, 1, 2), params={"own": own})
        shares.append(ds["free"].values[0] / ds["total"].values[0])
    assert shares[0] == pytest.approx(1 / (1 + NS + CAPACITY / KD), rel=1e-6)
    assert shares[0] < shares[1] < shares[2]
    assert shares[2] == pytest.approx(1 / (1 + NS), rel=1e-4)


@pytest.mark.parametrize("weight", [29.0, 70.0, 100.0])
def test_total_is_the_closed_form(weight):
    path = dosed(10.0, weight=weight)
    volume, k = 41.1 * weight / 70, 22.9 / 41.1 * (weight / 70) ** -0.25
    t = path["time"]
    amount = 10 * 1.1 / (1.1 - k) * (np.exp(-k * t) - np.exp(-1.1 * t))
    assert path["total"] == pytest.approx(2759 * amount / volume, rel=1e-6, abs=1e-6)


def test_units_of_mass():
    path = dosed()
    assert path["total_ug"] == pytest.approx(path["total"] * 362.46 * 1e-4, rel=1e-4)
    assert path["free_ug"] == pytest.approx(path["free"] * 362.46 * 1e-4, rel=1e-4)


def test_doses_add_up_in_the_body():
    """Three times a day, 10, 5 and 5 mg."""
    doses = [(10, 7), (5, 12), (5, 17)]
    protocol = [ax.dose("gut", amount, at=at) for amount, at in doses]
    ds = ax.simulate(MODEL, t=(0, 24, 1441), protocol=protocol, rtol=1e-9)
    summed = np.zeros(1441)
    for amount, at in doses:
        summed[60 * at :] += dosed(float(amount))["A"][: 1441 - 60 * at]
    assert ds["A"].values == pytest.approx(summed, rel=1e-6, abs=1e-7)
