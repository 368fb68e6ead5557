"""Vigour from tonic dopamine: the optimum of Niv 2007, and the loop that finds it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

import axissim as ax

MODEL = ax.load("motivation_vigour")
KEYS = ["R", "Rbar", "latency", "vigour", "vigour_fold", "haste_cost", "time_cost", "Q"]


def run(times, params=(), init=None, keys=(*KEYS, "earned", "earned_best")):
    path = ax.simulate(
        MODEL, t=times, params=dict(params), init=init, outputs=list(keys), rtol=1e-9
    )
    assert int(path["status"]) == 1
    return {key: path[key].values for key in keys}


def now(params=()) -> dict[str, float]:
    return {key: float(values[0]) for key, values in run((0.0, 1.0, 2), params).items()}


@pytest.mark.reference("motivation_vigour", "latency")
def test_latency(row):
    assert row.holds(now(row.settings)[row.quantity] / now()[row.quantity])


@pytest.mark.parametrize("tone", [0.1, 0.7, 1.0, 5.0])
@pytest.mark.parametrize("cost", [0.2, 3.0])
def test_it_is_the_latency_of_greatest_worth(tone, cost):
    """Found by search among latencies, without the closed form."""
    found = now((("tone", tone), ("Cv", cost), ("p", 0.8), ("U", 2.0), ("Cu", 0.3)))

    def loss(log_latency: float) -> float:
        latency = np.exp(log_latency)
        return cost / latency + latency * 0.5 * tone - (0.8 * 2.0 - 0.3)

    best = minimize_scalar(loss, bounds=(-8, 8), method="bounded", options={"xatol": 1e-10})
    assert found["latency"] == pytest.approx(np.exp(best.x), rel=1e-6)
    assert found["Q"] == pytest.approx(-best.fun, rel=1e-9)
    assert found["haste_cost"] == pytest.approx(found["time_cost"], rel=1e-12)


@pytest.mark.finding("motivation_vigour")
def test_more_dopamine_more_vigour():
    """Niv 2007, abstract: higher tonic dopamine goes with more vigorous action."""
    vigour = [now((("tone", tone),))["vigour"] for tone in (0.1, 0.5, 0.9, 1.0, 2.0, 10.0)]
    assert np.all(np.diff(vigour) > 0)


@pytest.mark.finding("motivation_vigour")
def test_dopamine_alters_vigour_at_once():
    """Hamid 2016: not by way of learning; the average of rewards has not moved yet."""
    rest = ax.simulate(MODEL, t=(0, 1e-6, 2), params={"learned": 1.0}, outputs=["vigour", "R"])
    more = ax.simulate(
        MODEL, t=(0, 1e-6, 2), params={"learned": 1.0, "tone": 2.0}, outputs=["vigour", "R"]
    )
    assert float(more["vigour"][-1] / rest["vigour"][-1]) == pytest.approx(2**0.5, rel=1e-6)
    assert float(more["R"][-1]) == pytest.approx(float(rest["R"][-1]), rel=1e-6)


@pytest.mark.finding("motivation_vigour")
def test_where_rewards_are_richer_actions_are_faster():
    """Niv 2007: the average rate of reward mediates motivation's effect on vigour."""
    path = run((0.0, 1200.0, 1201), (("learned", 1.0), ("rich", 2.0)))
    assert path["vigour"][299] == pytest.approx(1.0, rel=1e-6)
    assert 1.0 < path["vigour"][330] < path["vigour"][420] < path["vigour"][899]
    assert path["vigour"][899] == pytest.approx(2.0, rel=1e-3)
    assert path["vigour"][1199] < path["vigour"][899]


@pytest.mark.parametrize("start", [0.001, 0.1, 5.0])
@pytest.mark.parametrize(("p", "utility", "cost", "haste"), [(1, 1, 0, 0.5), (0.25, 12, 1, 3)])
def test_the_loop_finds_the_greatest_rate_of_reward(start, p, utility, cost, haste):
    dials = {"learned": 1.0, "p": p, "U": utility, "Cu": cost, "Cv": haste}
    found = run((0.0, 3000.0, 2), dials, {"R": start})

    def loss(latency: float) -> float:
        return -(p * utility - cost - haste / latency) / latency

    best = minimize_scalar(loss, bounds=(1e-3, 50), method="bounded", options={"xatol": 1e-12})
    assert found["R"][-1] == pytest.approx(-best.fun, rel=1e-6)
    assert found["latency"][-1] == pytest.approx(best.x, rel=1e-5)
    assert found["earned_best"][-1] == pytest.approx(-best.fun, rel=1e-9)


@pytest.mark.parametrize("tone", [0.5, 2.0])
def test_a_wrong_tone_earns_less(tone):
    """Dopamine that overstates or understates the average costs reward."""
    assert now((("tone", tone),))["earned"] < now()["earned"]
    assert now()["earned"] == pytest.approx(now()["earned_best"], rel=1e-12)


def test_the_average_is_a_trace_of_first_order():
    path = run((0.0, 300.0, 31), (), {"R": 2.0})
    wanted = 0.5 + 1.5 * np.exp(-np.linspace(0, 300, 31) / 60)
    np.testing.assert_allclose(path["R"], wanted, rtol=1e-7)


def test_without_reward_latency_stays_finite():
    path = run((0.0, 5000.0, 51), (("learned", 1.0), ("p", 0.0)))
    assert np.all(np.isfinite(path["latency"]))
    assert path["latency"].max() == pytest.approx((0.5 / 1e-4) ** 0.5, rel=1e-9)
