"""Testosterone feedback: Tornoe 2007's men after triptorelin, and after degarelix."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("testosterone_feedback")
STEP = 0.1  # h
CASTRATE = 0.5  # ng/mL
NAMES = ["F", "P", "LH", "Te", "C_tri", "C_deg", "tri_central"]


def run(until: float, step: float = STEP, init=None, **params: float) -> dict[str, np.ndarray]:
    """Times, and trajectories by name."""
    times = step * np.arange(round(until / step) + 1)
    result = ax.simulate(MODEL, t=times, params=params, init=init, outputs=NAMES, rtol=1e-9)
    return {"time": times} | {name: result[name].values for name in NAMES}


@lru_cache
def injected(drug: float) -> dict[str, np.ndarray]:
    """A hundred days after the injection."""
    return run(2400.0, drug=drug)


@pytest.mark.reference("testosterone_feedback", "one_injection")
def test_one_injection(row):
    found = injected(dict(row.settings)["drug"])
    if row.quantity.startswith("castrate"):
        below = found["time"][found["Te"] < CASTRATE]
        assert row.holds(below[0] if row.quantity == "castrate from" else below[-1])
        return
    name, what = row.quantity.split(" ", 1)
    values = found[name]
    known = {"max": values.max(), "max time": found["time"][values.argmax()]}
    known["flare"] = found["Te"].max() / found["Te"][0]
    assert row.holds(known[what])


@pytest.mark.finding("testosterone_feedback")
def test_agonist_flares_before_it_castrates():
    """Tornoe 2007: triptorelin releases the LH that is ready, then there is none."""
    found = injected(0.0)
    flare = found["time"] < 72
    assert found["LH"][flare].max() > 2 * found["LH"][0]
    spent = (found["time"] > 24) & (found["time"] < 1000)
    assert np.all(found["P"][spent] < 0.1 * found["P"][0])
    assert found["Te"].min() < CASTRATE


@pytest.mark.finding("testosterone_feedback")
def test_antagonist_castrates_without_a_flare():
    """Tornoe 2007: degarelix blocks the release from the start."""
    found = injected(1.0)
    assert found["LH"].max() <= found["LH"][0]
    assert found["Te"].max() <= found["Te"][0]
    assert found["time"][found["Te"] < CASTRATE][0] < 72


@pytest.mark.parametrize(("drug", "lh", "te"), [(0.0, 4.76, 4.85), (1.0, 6.98, 3.21)])
def test_without_a_drug_the_axis_rests_at_its_base(drug, lh, te):
    found = run(2400.0, 24.0, drug=drug, tri_dose=0.0, deg_dose=0.0)
    for name, base in (("F", 1.0), ("LH", lh), ("Te", te)):
        np.testing.assert_allclose(found[name], base, rtol=1e-6)


@pytest.mark.parametrize(("drug", "dose"), [(0.0, "tri_dose"), (1.0, "deg_dose")])
def test_only_the_drug_of_the_study_acts(drug, dose):
    alone = run(240.0, 24.0, drug=drug, **{dose: 0.0})
    np.testing.assert_allclose(alone["Te"], alone["Te"][0], rtol=1e-6)


def test_pushed_the_axis_comes_back():
    pushed = run(40_000.0, 1000.0, init={"Te": 2.0, "LH": 9.0, "F": 0.6}, tri_dose=0.0)
    for name, base in (("F", 1.0), ("LH", 4.76), ("Te", 4.85)):
        assert abs(pushed[name][0] / base - 1) > 0.3
        assert pushed[name][-1] == pytest.approx(base, rel=1e-3)


@pytest.mark.parametrize(
    ("name", "area"), [("C_tri", 1000 * 3.75 / 63.2), ("C_deg", 1000 * 0.240 * 240 / 2.54)]
)
def test_area_under_the_curve_is_dose_over_clearance(name, area):
    early, late = injected(0.0), run(40_000.0, 5.0)
    split = late["time"] >= 240
    inside = early["time"] <= 240
    found = np.trapezoid(early[name][inside], early["time"][inside])
    found += np.trapezoid(late[name][split], late["time"][split])
    assert found == pytest.approx(area, rel=1e-3)


def test_the_burst_fills_two_compartments_as_in_closed_form():
    """With no slow share, the central amount during the burst is a sum of two exponentials."""
    burst = run(1.7, 0.1, Fr_tri=1.0)
    k10, k12, k21 = 63.2 / 640, 76.3 / 640, 76.3 / 698
    total, product = k10 + k12 + k21, k10 * k21
    fast, slow = (total + sign * np.sqrt(total**2 - 4 * product) for sign in (1, -1))
    fast, slow = fast / 2, slow / 2
    weights = {fast: (fast - k21) / (fast - slow), slow: (k21 - slow) / (fast - slow)}
    rate = 3.75 / 1.77
    level = sum(
        rate * weight * (1 - np.exp(-k * burst["time"])) / k for k, weight in weights.items()
    )
    np.testing.assert_allclose(burst["tri_central"], level, rtol=1e-6, atol=1e-9)
