"""Dopamine terminal: the numbers of Best 2009 and of its mended equations, made again."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

import axissim as ax

MODEL = ax.load("dopamine_terminal")
FLUXES = [
    "V_TYRin",
    "V_TH",
    "V_DRR",
    "V_AADC",
    "V_MAT",
    "V_REL",
    "V_DAT",
    "V_CATAB",
    "V_REM",
    "V_MAO",
    "A_TH",
]
STATES = ["bh2", "bh4", "tyr", "ldopa", "cda", "vda", "eda", "hva", "tyrpool"]
SETTLED = 1000.0  # h; the slowest mode of the terminal has long died out by then

Settings = tuple[tuple[str, float], ...]


def run(times, params: Settings = (), init=None, outputs=STATES):
    """Trajectories as a dictionary from id to array."""
    result = ax.simulate(
        MODEL, t=times, params=dict(params), init=init, outputs=list(outputs), rtol=1e-8
    )
    return {name: result[name].values for name in outputs}


@lru_cache
def at_rest(params: Settings = ()) -> dict[str, float]:
    """Steady state and fluxes after a long run."""
    end = run((0.0, SETTLED, 2), params, outputs=STATES + FLUXES)
    return {name: float(values[-1]) for name, values in end.items()}


@lru_cache
def last_day(params: Settings, per_hour: int) -> dict[str, np.ndarray]:
    """The seventh day of a run, by which time a daily rhythm repeats itself."""
    path = run((0.0, 168.0, 168 * per_hour + 1), params)
    return {name: values[144 * per_hour :] for name, values in path.items()}


def fold(quantity: str, found: dict[str, float]) -> float:
    """A state, a flux or a sum of states over its value at rest."""
    parts = quantity.split(" + ")
    rest = at_rest()
    return sum(found[part] for part in parts) / sum(rest[part] for part in parts)


@pytest.mark.reference("dopamine_terminal", "steady_state")
def test_steady_state(row):
    assert row.holds(at_rest()[row.quantity])


def test_the_file_starts_at_the_steady_state():
    start = run((0.0, 1.0, 2))
    for name in STATES:
        assert start[name][0] == pytest.approx(at_rest()[name], rel=1e-6)


@pytest.mark.parametrize("scale", [0.02, 0.5, 3.0, 20.0])
def test_one_attractor(scale):
    """From far away, with the same total of biopterin, the terminal comes home."""
    rest = at_rest()
    init = {name: scale * rest[name] for name in STATES}
    init["bh2"] = rest["bh2"] * scale / 10
    init["bh4"] = rest["bh2"] + rest["bh4"] - init["bh2"]
    end = run((0.0, SETTLED, 2), init=init)
    for name in STATES:
        assert end[name][-1] == pytest.approx(rest[name], rel=1e-6)


@pytest.mark.reference("dopamine_terminal", "folds")
def test_fold_of_rest(row):
    assert row.holds(fold(row.quantity, at_rest(row.settings)))


@pytest.mark.reference("dopamine_terminal", "th_velocity")
def test_velocity_of_tyrosine_hydroxylase(row):
    """Its rate as tyrosine alone departs from rest: inhibited by its own substrate."""
    if row.quantity == "V_TH":
        (name, value) = row.settings[0]
        assert row.holds(run((0.0, 1e-6, 2), init={name: value}, outputs=["V_TH"])["V_TH"][0])
        return
    tyrosine = np.arange(85.0, 103.0, 1.0)
    start = [run((0.0, 1e-6, 2), init={"tyr": t}, outputs=["V_TH"])["V_TH"][0] for t in tyrosine]
    fine = np.arange(85.0, 102.0, 0.01)
    assert row.holds(fine[CubicSpline(tyrosine, start)(fine).argmax()])


def measure(values: np.ndarray, statistic: str) -> float:
    """Least, greatest, or greatest less least in percent of the mean over the day."""
    if statistic == "range":
        return 100 * float(np.ptp(values) / values.mean())
    return float({"min": np.min, "max": np.max}[statistic](values))


@pytest.mark.reference("dopamine_terminal", "meals")
def test_three_meals_a_day(row):
    name, statistic = row.quantity.split()
    day = last_day((("meals", 1.0), *row.settings), per_hour=4)
    assert row.holds(measure(day[name], statistic))


@pytest.mark.reference("dopamine_terminal", "th_wave")
def test_daily_wave_of_tyrosine_hydroxylase(row):
    name, statistic = row.quantity.split()
    day = last_day((("TH_amplitude", 0.5), *row.settings), per_hour=20)
    if statistic == "lag":  # the wave itself is greatest at six o'clock
        assert row.holds(day[name].argmax() / 20 - 6)
    else:
        assert row.holds(measure(day[name], statistic) / at_rest()[name])


def test_biopterin_is_conserved():
    path = run((0.0, 48.0, 481), (("meals", 1.0), ("TH_activity", 1.7)))
    total = path["bh2"] + path["bh4"]
    assert np.abs(total / total[0] - 1).max() < 1e-9


def test_substrate_inhibition_steadies_cytosolic_dopamine():
    """Best 2009, abstract: meals hardly reach it as long as tyrosine inhibits its enzyme."""
    swing = [
        measure(last_day((("meals", 1.0), ("substrate_inhibition", on)), 4)["cda"], "range")
        for on in (1.0, 0.0)
    ]
    assert swing[0] < swing[1] / 4


@pytest.mark.parametrize("dial", ["TH_activity", "fire"])
@pytest.mark.parametrize("value", [0.5, 2.0])
def test_autoreceptor_dampens_extracellular_dopamine(dial, value):
    """Best 2009, abstract: changes of expression and of firing are felt less with it."""
    felt = [
        abs(np.log(fold("eda", at_rest(((dial, value), ("autoreceptor", on))))))
        for on in (1.0, 0.0)
    ]
    assert felt[0] < felt[1]
