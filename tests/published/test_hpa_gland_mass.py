"""Glands that grow under stress: the steady state in closed form, and the weeks after stress."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from scipy.optimize import brentq

import axissim as ax

MODEL = ax.load("hpa_gland_mass")
STATES = ["x1", "x2", "x3", "P", "A"]
STRESSED = 60.0  # d
STEP = 0.1  # d

Settings = tuple[tuple[str, float], ...]


@lru_cache
def after(params: Settings, days: float = 300.0) -> dict[str, np.ndarray]:
    """The course from the start of stress on."""
    times = np.linspace(0.0, days, round(days / STEP) + 1)
    block = {"stress_start": 0.0, "stress_end": STRESSED} | dict(params)
    ds = ax.simulate(MODEL, t=times, params=block, outputs=STATES, rtol=1e-9)
    return {"t": times} | {key: ds[key].values for key in STATES}


def settled(*params: tuple[str, float]) -> dict[str, float]:
    ds = ax.simulate(MODEL, t=(0, 20_000, 2), params=dict(params), outputs=STATES, rtol=1e-9)
    return {key: float(ds[key].values[-1]) for key in STATES}


def closed(u: float = 1.0, felt: float = 1.0) -> dict[str, float]:
    """The steady state without drugs but C3 (`felt`), far below the greatest mass of the glands."""
    x3 = brentq(lambda x: x * felt * (1 + (felt * x / 4) ** 3) - u, 1e-6, 1e6)
    return {"x1": 1.0, "x2": 1.0, "x3": x3, "P": 1 + (felt * x3 / 4) ** 3, "A": x3}


def measure(params: Settings, quantity: str) -> float:
    name, statistic = quantity.split()
    course = after(params)
    fold = course[name] / course[name][0]
    end = round(STRESSED / STEP)
    if statistic == "end":
        return float(fold[end])
    if statistic == "back":  # days until it stays within 5 % of rest
        return float(course["t"][np.flatnonzero(np.abs(fold - 1) > 0.05)[-1]] - STRESSED)
    return float(fold[end + round(1 / STEP) :].min())


@pytest.mark.reference("hpa_gland_mass", "steady_state")
def test_steady_state(row):
    assert row.holds(settled()[row.quantity])


@pytest.mark.reference("hpa_gland_mass", "after_stress")
def test_stress_and_after(row):
    assert row.holds(measure(row.settings, row.quantity))


@pytest.mark.parametrize("u", [0.3, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("felt", [0.5, 1.0, 2.0])
def test_closed_form(u, felt):
    found = settled(("u_0", u), ("C3", felt))
    for name, value in closed(u, felt).items():
        assert found[name] == pytest.approx(value, rel=2e-5)


def test_at_rest_nothing_moves():
    course = after((("stress", 1.0),), 100.0)
    for name in STATES:
        np.testing.assert_allclose(course[name], course[name][0], rtol=1e-6)


@pytest.mark.finding("hpa_gland_mass")
@pytest.mark.parametrize("dial", ["I2", "I3", "A2", "A3", "C2"])
@pytest.mark.parametrize("value", [0.5, 2.0])
def test_dynamical_compensation(dial, value):
    """Karin 2020, abstract: steady cortisol does not depend on how fast the glands secrete."""
    found = settled((dial, value))
    assert found["x3"] == pytest.approx(closed()["x3"], rel=1e-4)
    masses = [found["P"] / closed()["P"], found["A"] / closed()["A"]]
    assert max(abs(np.log(masses))) > 0.5  # the glands make up for it


def test_input_and_feedback_do_set_cortisol():
    assert settled(("u_0", 2.0))["x3"] > 1.7 * closed()["x3"]
    assert settled(("C3", 2.0))["x3"] < 0.6 * closed()["x3"]


@pytest.mark.finding("hpa_gland_mass")
@pytest.mark.parametrize("rates", [0.0, 1.0, 2.0])
def test_acth_is_blunted_for_weeks_after_cortisol_is_normal(rates):
    """Karin 2020, abstract: long after stress ACTH answers less, while cortisol is normal."""
    params = (("stress", 2.0), ("rates", rates))
    assert measure(params, "x2 back") > measure(params, "x3 back") + 14
    assert measure(params, "x2 least") < 0.9
    course = after(params)
    cortisol, acth = (course[name] / course[name][0] for name in ("x3", "x2"))
    later = course["t"] > STRESSED + measure(params, "x3 back")
    assert acth[later][0] < 0.95
    assert cortisol[later][0] > 0.95


@pytest.mark.finding("hpa_gland_mass")
@pytest.mark.parametrize("rates", [0.0, 1.0, 2.0])
def test_the_glands_grow_under_stress_and_shrink_after(rates):
    """Karin 2020: the adrenal cortex is still too large when cortisol is normal again."""
    params = (("stress", 2.0), ("rates", rates))
    course = after(params)
    end = round(STRESSED / STEP)
    for name in ("P", "A"):
        assert course[name][end] > 1.1 * course[name][0]
        assert course[name][-1] == pytest.approx(course[name][0], rel=0.02)
    back = end + round(measure(params, "x3 back") / STEP)
    assert course["A"][back] > 1.05 * course["A"][0]


def test_stress_is_a_block_of_the_input():
    times = [-1.0, 4.0, 5.0, 9.99, 10.0]
    params = {"stress": 3.0, "stress_start": 5.0, "stress_end": 10.0, "u_0": 0.5}
    ds = ax.simulate(MODEL, t=times, params=params, outputs=["u"], rtol=1e-8)
    assert ds["u"].values.tolist() == [0.5, 0.5, 1.5, 1.5, 0.5]
