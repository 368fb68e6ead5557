"""Levodopa by mouth: 25 patients' plasma, and the laws of the two compartments."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from scipy.linalg import expm

import axissim as ax

MODEL = ax.load("levodopa")
Settings = tuple[tuple[str, float], ...]
SETS = {0.0: (11.9, 0.60, 1.90, 2.21), 1.0: (10.5, 0.611, 2.10, 2.43)}  # lag, CL, k21, k12


@lru_cache
def dosed(
    params: Settings = (), at: float = 0.0, amount: float = 100.0, per_minute: int = 1
) -> dict[str, np.ndarray]:
    """Ten hours, minute by minute or finer, with 100 mg in them."""
    ds = ax.simulate(
        MODEL,
        t=(0, 600, 600 * per_minute + 1),
        params=dict(params),
        protocol=[ax.dose("tablet", amount, at=at)],
        rtol=1e-9,
    )
    return {str(key): ds[key].values for key in (*ds.data_vars, "time")}


def rates(mean_curve: float) -> np.ndarray:
    """The matrix of the two compartments, in amounts."""
    _, clearance, k21, k12 = SETS[mean_curve]
    return np.array([[-(clearance + k21) / 12, k12 / 32], [k21 / 12, -k12 / 32]])


def slope(path: dict[str, np.ndarray], start: int, stop: int) -> float:
    """Half-life of plasma between two minutes."""
    return float((stop - start) * np.log(2) / np.log(path["C1"][start] / path["C1"][stop]))


@pytest.mark.finding("levodopa")
@pytest.mark.reference("levodopa", "plasma")
def test_mean_plasma_of_the_patients(row):
    minute = int(row.condition.split()[-1])
    params = tuple(pair for pair in row.settings if pair[0] == "mean_curve")
    assert row.holds(dosed(params)[row.quantity][minute])


@pytest.mark.reference("levodopa", "summary")
def test_peak_area_and_half_lives(row):
    path, fine = dosed(row.settings), dosed(row.settings, per_minute=10)
    found = {
        "peak": lambda: fine["C1"].max(),
        "peak LD": lambda: fine["LD"].max(),
        "area to 180 min": lambda: np.trapezoid(path["C1"][:181]),
        "terminal half-life": lambda: slope(path, 300, 420),
        "first half-life": lambda: np.log(2) / -np.linalg.eigvals(rates(1.0)).min(),
    }
    assert row.holds(float(found[row.quantity]()))


@pytest.mark.parametrize("mean_curve", [0.0, 1.0])
def test_plasma_is_the_closed_form(mean_curve):
    """A constant input for half an hour after the lag, into two compartments."""
    path, lag, matrix = dosed((("mean_curve", mean_curve),)), SETS[mean_curve][0], rates(mean_curve)
    inverse = np.linalg.inv(matrix)

    def amounts(minute: float) -> np.ndarray:
        into = min(max(minute - lag, 0.0), 30.0)
        filled = inverse @ (expm(matrix * into) - np.eye(2)) @ np.array([100 / 30, 0.0])
        return expm(matrix * max(minute - lag - 30.0, 0.0)) @ filled

    for minute in (5, 20, 45, 60, 120, 300):
        first, second = amounts(minute)
        assert path["A1"][minute] == pytest.approx(first, rel=1e-6, abs=1e-9)
        assert path["A2"][minute] == pytest.approx(second, rel=1e-6, abs=1e-9)


def test_the_drug_is_conserved_and_a_later_dose_does_the_same_later():
    path, later = dosed(), dosed(at=40.0)
    lost = np.concatenate(([0.0], np.cumsum((path["C1"][1:] + path["C1"][:-1]) / 2))) * 0.60
    total = path["tablet"] + path["gut"] + path["A1"] + path["A2"] + lost
    assert total == pytest.approx(np.full(601, 100.0), abs=0.3)  # the sum of minutes is coarse
    for key in ("C1", "C3_G1", "E_G2"):
        assert later[key][40:] == pytest.approx(path[key][:-40], rel=1e-6, abs=1e-7)


def test_doses_add_up_even_when_they_overlap():
    """All of what is swallowed arrives, and plasma is in proportion to the dose."""
    both = [ax.dose("tablet", 50, at=0), ax.dose("tablet", 50, at=20)]
    ds = ax.simulate(MODEL, t=(0, 2000, 4001), protocol=both, rtol=1e-9)
    area = np.trapezoid(ds["C1"].values, ds["time"].values)
    assert area == pytest.approx(100 / 0.60, rel=1e-3)
    assert dosed(amount=200.0)["C1"] == pytest.approx(2 * dosed()["C1"], rel=1e-6, abs=1e-8)


def test_nothing_taken_nothing_there():
    ds = ax.simulate(MODEL, t=(0, 240, 25))
    assert all(np.all(ds[key].values == 0.0) for key in ("C1", "LD", "E_G1", "E_G2"))


@pytest.mark.finding("levodopa")
def test_the_second_group_forgets_faster_and_is_steeper():
    """ModelDB 261624: ke3 0.0124 against 0.0525 L/min, exponent 0.64 against 2.81."""
    path = dosed()
    lasts = [np.sum(path[f"C3_{g}"] > path[f"C3_{g}"].max() / 2) for g in ("G1", "G2")]
    assert lasts[0] > 2 * lasts[1]
    double = dosed(amount=200.0)
    gain = [double[f"E_{g}"].max() / path[f"E_{g}"].max() for g in ("G1", "G2")]
    assert gain[0] < 1.5 < 2.0 < gain[1]


@pytest.mark.parametrize(("group", "ke3"), [("G1", 0.0124), ("G2", 0.0525)])
def test_the_effect_fades_with_its_own_half_time(group, ke3):
    """From a full effect compartment, without any drug."""
    ds = ax.simulate(MODEL, t=(0, 240, 241), init={f"C3_{group}": 2.0}, rtol=1e-9)
    assert ds[f"C3_{group}"].values == pytest.approx(
        2 * np.exp(-ke3 / 2 * np.arange(241)), rel=1e-6
    )
