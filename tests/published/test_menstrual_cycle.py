"""Menstrual cycle: GynCycle's peaks, period and ranges, and its published example of two drugs."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("menstrual_cycle")
HORMONES = ["LH", "FSH", "E2", "P4", "freq"]
DRUGS = ["Ago_d", "Ago_c", "AgoR_a", "AgoR_i", "Ant_d", "Ant_c", "Ant_p", "Ant_R"]
OTHERS = [
    "LH_pit",
    "R_LH",
    "LH_R",
    "R_LH_des",
    "FSH_pit",
    "R_FSH",
    "FSH_R",
    "R_FSH_des",
    "s",
    "AF1",
    "AF2",
    "AF3",
    "AF4",
    "PrF",
    "OvF",
    "Sc1",
    "Sc2",
    "Lut1",
    "Lut2",
    "Lut3",
    "Lut4",
    "IhA",
    "IhA_e",
    "IhB",
    "G",
    "R_a",
    "R_i",
    "GR_a",
    "GR_i",
]
STATES = HORMONES[:4] + OTHERS + DRUGS
STEP = 0.02  # d
LAST = 400.0  # d, fourteen cycles
SETTLED = 250.0  # d, from here on the cycle repeats itself to four digits

Peaks = list[tuple[float, float]]


@lru_cache
def cycles() -> dict[str, np.ndarray]:
    """Fourteen cycles, and the days."""
    days = STEP * np.arange(round(LAST / STEP) + 1)
    result = ax.simulate(MODEL, t=days, outputs=HORMONES, rtol=1e-8)
    return {"day": days} | {name: result[name].values for name in HORMONES}


def peaks(name: str, height: float) -> Peaks:
    """Day and value of each maximum above `height`, by the parabola through three samples."""
    days, y = cycles()["day"], cycles()[name]
    inner = y[1:-1]
    tops = 1 + np.flatnonzero((inner > y[:-2]) & (inner >= y[2:]) & (inner > height))
    found = []
    for i in tops:
        slope, bend = (y[i + 1] - y[i - 1]) / 2, y[i + 1] - 2 * y[i] + y[i - 1]
        found.append((float(days[i] - STEP * slope / bend), float(y[i] - slope**2 / (2 * bend))))
    return found


def of_cycle(number: int) -> dict[str, float]:
    """The figures of one cycle, by the names the reference table gives them."""
    surges = peaks("LH", 50.0)
    surge, level = surges[number - 1]
    follicular, midcycle = (
        min(peaks("FSH", 5.0), key=lambda peak: abs(peak[0] - surge - wanted))
        for wanted in (-8.5, 0.0)
    )
    return {
        "LH peak time": surge,
        "LH peak": level,
        "period": surges[number][0] - surge,
        "FSH first peak": follicular[1],
        "FSH first peak after LH": follicular[0] - surge,
        "FSH peak": midcycle[1],
        "FSH peak after LH": midcycle[0] - surge,
    }


@pytest.mark.reference("menstrual_cycle", "natural_cycle")
def test_natural_cycle(row):
    if row.condition.startswith("cycle "):
        number = int(row.condition.split()[1])
        assert row.holds(of_cycle(number)[row.quantity])
        return
    name, statistic = row.quantity.split()
    values = cycles()[name][cycles()["day"] >= SETTLED]
    assert row.holds(float({"min": np.min, "max": np.max}[statistic](values)))


def test_every_cycle_ovulates():
    assert len(peaks("LH", 50.0)) == 14


def leg(first: int, last: int, init: dict[str, float] | None = None) -> dict[str, np.ndarray]:
    """Every state on every day from `first` to `last`."""
    times = (float(first), float(last), last - first + 1)
    result = ax.simulate(MODEL, t=times, init=init, outputs=STATES, rtol=1e-8)
    return {name: result[name].values for name in STATES}


@lru_cache
def two_drugs() -> dict[str, np.ndarray]:
    """Days 0 to 140 with the antagonist on day 34 and the agonist on day 91."""
    plain = leg(0, 34)
    state = {name: values[-1] for name, values in plain.items()}
    antagonist = leg(34, 91, state | {"Ant_d": state["Ant_d"] + 500})
    agonist = leg(91, 140, {name: v[-1] for name, v in antagonist.items()} | {"Ago_d": 100.0})
    legs = (plain, antagonist, agonist)
    return {
        name: np.concatenate([*(part[name][:-1] for part in legs[:2]), agonist[name]])
        for name in STATES
    }


@pytest.mark.reference("menstrual_cycle", "analogues")
def test_antagonist_and_agonist(row):
    assert row.holds(two_drugs()[row.quantity][int(dict(row.settings)["t"])])


def test_no_drug_appears_of_itself():
    undosed = leg(0, 30)
    for drug in DRUGS:
        assert np.all(undosed[drug] == 0.0)


def with_links(**links: float) -> np.ndarray:
    """LH over 120 days, ten times a day, with links to other axes set."""
    result = ax.simulate(MODEL, t=(0.0, 120.0, 1201), params=links, outputs=["LH"], rtol=1e-8)
    return result["LH"].values


@pytest.mark.parametrize("link", ["GnRH_frequency", "GnRH_mass"])
def test_without_gnrh_no_surge(link):
    assert with_links(**{link: 0.0})[100:].max() < with_links().max() / 10


@pytest.mark.parametrize("link", ["GnRH_frequency", "GnRH_mass"])
def test_less_gnrh_makes_longer_cycles(link):
    surges = np.flatnonzero(np.diff(np.sign(with_links(**{link: 0.7}) - 50)) > 0) / 10
    assert len(surges) >= 3
    assert np.all(np.diff(surges) > 29)
