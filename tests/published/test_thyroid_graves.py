"""Graves' disease by Pandiyan 2018: the untreated patients, and what the drug does to them."""

from __future__ import annotations

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("thyroid_graves")
STATES = ["x", "y", "z", "w"]
PATIENT_20 = {"k3": 0.085, "kd": 0.067, "N": 0.25, "k7": 0.26, "kb": 4.95}
FAR = {"w": 3.0, "z": 10.0, "y": 5.0}


def run(days, init=None, **params: float) -> dict[str, np.ndarray]:
    found = ax.simulate(MODEL, t=days, init=init, params=params, outputs=STATES, rtol=1e-9)
    return {name: found[name].values for name in STATES}


@pytest.mark.reference("thyroid_graves", "untreated")
def test_untreated_from_afar(row):
    found = run((0.0, 500.0, 2), FAR, **dict(row.settings))
    assert row.holds(found[row.quantity][-1])


@pytest.mark.reference("thyroid_graves", "untreated")
def test_a_run_starts_untreated_at_rest(row):
    """The start follows the patient's own parameters."""
    found = run((0.0, 100.0, 2), **dict(row.settings))[row.quantity]
    assert row.holds(found[0])
    assert found[1] == pytest.approx(found[0], rel=1e-7)


@pytest.mark.finding("thyroid_graves")
@pytest.mark.parametrize(
    "start", [{"w": 0.1, "z": 1.0, "y": 1.0}, {"w": 90.0, "z": 90.0, "y": 99.0}]
)
def test_untreated_there_is_one_rest_and_it_is_hyperthyroid(start):
    """Abstract of the paper: a unique, asymptotically stable hyperthyroid state."""
    found = run((0.0, 600.0, 2), start)
    rest = run((0.0, 1.0, 2))
    for name in ("y", "z", "w"):
        assert found[name][-1] == pytest.approx(rest[name][0], rel=1e-5)
    assert found["y"][-1] > 18


@pytest.mark.finding("thyroid_graves")
def test_methimazole_brings_free_t4_to_normal():
    """Abstract of the paper: from hyper- to euthyroid; gland and antibodies fall as well."""
    found = run((0.0, 60.0, 601), **PATIENT_20, s=0.93 * 30)
    assert 7 < found["y"][-1] < 18
    for name in ("y", "z", "w"):
        assert (np.diff(found[name])[1:] < 0).all()
    assert 24 < (found["y"] < 18).argmax() / 10 < 32


def test_methimazole_at_rest_solves_its_equation():
    found = run((0.0, 600.0, 2), **PATIENT_20, s=20.0)
    x, z, w = (found[name][-1] for name in ("x", "z", "w"))
    assert 8.374e-3 * z * x / (0.358068 + x) + 3.3271 * x == pytest.approx(20.0, rel=1e-6)
    assert 0.035 * w == pytest.approx(0.26 * (1 - x / (4.95 + x)), rel=1e-6)


def test_the_disease_returns_when_the_drug_stops():
    treated = run((0.0, 90.0, 2), **PATIENT_20, s=0.93 * 30)
    held = {name: values[-1] for name, values in treated.items()}
    after = run((0.0, 400.0, 2), held, **PATIENT_20)
    assert after["y"][-1] == pytest.approx(25.28, abs=0.01)
