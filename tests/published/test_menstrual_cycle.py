"""Menstrual cycle: peaks, period and ranges of GynCycle without drugs."""

from __future__ import annotations

from functools import lru_cache

import axissim as ax
import numpy as np
import pytest

MODEL = ax.load("menstrual_cycle")
HORMONES = ["LH", "FSH", "E2", "P4", "freq"]
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


def test_no_drug_appears_of_itself():
    drugs = "Ago_d Ago_c AgoR_a AgoR_i Ant_d Ant_c Ant_p Ant_R".split()
    result = ax.simulate(MODEL, t=(0.0, 30.0, 31), outputs=drugs)
    for drug in drugs:
        assert np.all(result[drug].values == 0.0)
