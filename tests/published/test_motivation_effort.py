"""Willingness to work: the weights and drives of Moller & Bogacz 2019, made again."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("motivation_effort")
WEIGHTS = ["G", "N", "G_chow", "N_chow"]
KEYS = [*WEIGHTS, "T", "T_chow", "prefers_work", "done"]

Settings = tuple[tuple[str, float], ...]


@lru_cache
def course(params: Settings = (), start: Settings = ()) -> dict[str, np.ndarray]:
    """Every minute of four hours; trials lie between full minutes."""
    path = ax.simulate(
        MODEL, t=(0.0, 240.0, 241), params=dict(params), init=dict(start), outputs=KEYS, rtol=1e-8
    )
    assert int(path["status"]) == 1
    return {key: path[key].values for key in KEYS}


def learned(params: Settings = ()) -> dict[str, float]:
    return {key: float(values[-1]) for key, values in course(params).items()}


@pytest.mark.reference("motivation_effort", "weights_given")
def test_drive_from_given_weights(row):
    start = tuple(pair for pair in row.settings if pair[0] in WEIGHTS)
    params = tuple(pair for pair in row.settings if pair[0] not in WEIGHTS)
    assert row.holds(course((*params, ("trials", 0.0)), start)[row.quantity][-1])


@pytest.mark.reference("motivation_effort", "weights_learned")
def test_learned(row):
    assert row.holds(learned(row.settings)[row.quantity])


@pytest.mark.finding("motivation_effort")
def test_blocked_receptors_turn_from_work_to_free_food():
    """Moller 2019, abstract: a D2 antagonist changes willingness to work."""
    assert learned()["prefers_work"] > 0.5
    assert learned((("kN", 0.7507),))["prefers_work"] < -0.5


@pytest.mark.finding("motivation_effort")
def test_blocked_receptors_do_not_turn_from_pellets_that_cost_nothing():
    """Moller 2019, Fig 8, the condition without a cost."""
    free = (("effort", 0.0),)
    intact, blocked = learned(free), learned((*free, ("kN", 0.7507)))
    assert intact["prefers_work"] > 5
    assert blocked["prefers_work"] > 0.95 * intact["prefers_work"]


@pytest.mark.finding("motivation_effort")
def test_payoffs_and_costs_are_learned_apart():
    """Moller 2019, abstract; a tenth is lost to decay."""
    found = learned()
    assert found["G"] == pytest.approx(15.51, rel=0.15)
    assert found["N"] == pytest.approx(14.51, rel=0.15)
    dearer = learned((("effort", 20.0),))
    assert dearer["N"] - found["N"] > 4 > abs(dearer["G"] - found["G"])


@pytest.mark.finding("motivation_effort")
def test_dopamine_lends_weight_to_payoffs():
    """Moller 2019, abstract: it controls to what extent payoffs and costs count."""
    drive = [learned((("tone", tone),))["T"] for tone in (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)]
    weights = learned()
    assert np.all(np.diff(drive[:5]) > 0)
    assert drive[0] == pytest.approx(-weights["N"], rel=1e-12)  # costs alone
    assert drive[4] == pytest.approx(weights["G"], rel=1e-12)  # payoffs alone
    assert drive[5] == drive[4]


def written_down(
    trials: int, alpha: float, decay: float, epsilon: float, effort: float, payoff: float
) -> np.ndarray:
    """Go and No-Go after each trial, by the paper's rule and nothing else."""
    go, stop, after = 0.1, 0.1, [(0.1, 0.1)]
    for _ in range(trials):
        for reward in (-effort, payoff):
            error = reward - (go - stop) / 2
            up, down = (x if x > 0 else epsilon * x for x in (error, -error))
            go = max(go + alpha * up - decay * go, 0.0)
            stop = max(stop + alpha * down - decay * stop, 0.0)
        after.append((go, stop))
    return np.array(after).T


@pytest.mark.parametrize("constants", [(0.1, 0.0204, 0.6327), (0.4, 0.1013, 0.519)])
@pytest.mark.parametrize(("effort", "payoff"), [(14.510517, 15.511751), (0.0, 3.0), (2.0, 0.5)])
def test_trial_by_trial(constants, effort, payoff):
    names = ("alpha", "lambda", "epsilon")
    dials = (*zip(names, constants, strict=True), ("effort", effort), ("payoff", payoff))
    found = course(dials)
    wanted = written_down(180, *constants, effort, payoff)
    np.testing.assert_allclose(found["G"][:181], wanted[0], rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(found["N"][:181], wanted[1], rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(found["done"], np.minimum(np.arange(241), 180), rtol=1e-12)
    for key in WEIGHTS:
        assert found[key].min() >= 0
        np.testing.assert_allclose(found[key][181:], found[key][180], rtol=1e-12)


def test_no_trials_no_learning():
    found = course((("trials", 0.0),), (("G", 3.0), ("N", 2.0)))
    assert np.all(found["G"] == 3.0)
    assert np.all(found["N"] == 2.0)


def test_trials_keep_their_interval():
    path = ax.simulate(MODEL, t=(0.0, 101.0, 102), params={"interval": 10.0}, outputs=["done"])
    np.testing.assert_allclose(path["done"], (np.arange(102) - 0.75) // 10 + 1, rtol=1e-12)
