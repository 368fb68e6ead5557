"""The set point of Leow and Goede 2014, found on the curve itself, and Horvath's way back to it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

import axissim as ax

MODEL = ax.load("thyroid_setpoint")
PHI, ALPHA, A = 1 / (np.sqrt(2) * 1.5), np.log(2) / 1.5, 30.0
S = 1.5 * np.exp(15 * PHI)


def end(days: float = 60.0, init=None, **params: float) -> dict[str, float]:
    run = ax.simulate(MODEL, t=(0.0, days, 2), init=init, params=params, rtol=1e-10)
    return {name: float(run[name].values[-1]) for name in ("TSH", "FT4", "TSH_set", "FT4_set")}


@pytest.mark.reference("thyroid_setpoint", "set_points")
def test_set_points(row):
    assert row.holds(end(1.0, **dict(row.settings))[row.quantity])


@pytest.mark.parametrize("fold", [0.5, 1.0, 2.0])
def test_the_set_point_is_where_the_curve_bends_most(fold):
    """The curve, drawn by a sweep over free T4, and its curvature by differences."""
    free = np.linspace(2.0, 40.0, 3801)
    person = {"S": S, "phi": PHI * fold}
    drawn = ax.sweep(MODEL, ax.design.grid({"FT4": free}), t=(0.0, 1e-9, 2), params=person)
    tsh = drawn["pituitary"].values[:, 0]
    slope = np.gradient(tsh, free)
    curvature = np.gradient(slope, free) / (1 + slope**2) ** 1.5
    best = curvature.argmax()
    assert free[best] == pytest.approx(drawn["FT4_set"].values[0, 0], abs=0.02)
    assert tsh[best] == pytest.approx(drawn["TSH_set"].values[0, 0], rel=0.01)
    inner = slice(5, -5)
    np.testing.assert_allclose(curvature[inner], drawn["curvature"].values[inner, 0], rtol=0.02)


@pytest.mark.parametrize("gland", [0.1, 0.4, 1.0, 2.0])
def test_rest_is_where_the_curves_cross(gland):
    def apart(tsh: float) -> float:
        return float(S * np.exp(-PHI * A * gland * (1 - np.exp(-ALPHA * tsh))) - tsh)

    far = {"TSH": 5.0, "FT4": 4.0}
    root = brentq(apart, 1e-6, 2000.0, xtol=1e-12)
    assert end(init=far, A=A * gland)["TSH"] == pytest.approx(root, rel=1e-6)


def test_the_example_rests_at_its_set_point():
    found = end(init={"TSH": 3.0, "FT4": 10.0})
    assert found["TSH"] == pytest.approx(found["TSH_set"], rel=1e-8)
    assert found["FT4"] == pytest.approx(found["FT4_set"], rel=1e-8)


def test_a_small_push_turns_and_fades():
    """Near the crossing the way back is exp(-t) times a turn at the root of the loop gain."""
    push = 1e-4
    run = ax.simulate(MODEL, t=(0.0, 4.0, 41), init={"FT4": 15.0 + push}, rtol=1e-11, atol=1e-12)
    days, gain = run["time"].values, float(run["gain"].values[-1])
    assert gain == pytest.approx(PHI * 1.5 * ALPHA * 15, rel=1e-3)
    expected = push * np.exp(-days) * np.cos(np.sqrt(gain) * days)
    np.testing.assert_allclose(run["FT4"].values - 15.0, expected, atol=2e-3 * push)


@pytest.mark.finding("thyroid_setpoint")
def test_normal_levels_are_not_ones_own():
    """Leow & Goede 2014: levels within the normal range may lie far from a person's set point."""
    weak = end(A=A * 0.75)
    assert 0.4 < weak["TSH"] < 4.5
    assert 9.0 < weak["FT4"] < 25.0
    assert weak["TSH"] > 1.25 * weak["TSH_set"]
