"""Dopamine rhythm of four hours: the numbers of Zhang 2024, made again."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("dopamine_ultradian")
KEYS = ["D", "T", "V", "F", "F_rel", "DA"]
STEP = 0.005  # h, between samples

Settings = tuple[tuple[str, float], ...]


@lru_cache
def late(params: Settings = (), start: Settings = ()) -> dict[str, np.ndarray]:
    """Samples of the hours 120 to 240, when a run has long forgotten its start."""
    times = (0.0, 240.0, round(240 / STEP) + 1)
    path = ax.simulate(
        MODEL, t=times, params=dict(params), init=dict(start), outputs=KEYS, rtol=1e-9
    )
    return {key: path[key].values[round(120 / STEP) :] for key in KEYS}


def rises(values: np.ndarray, level: float) -> np.ndarray:
    """Hours at which values rise through a level, between samples by a straight line."""
    at = np.flatnonzero((values[:-1] < level) & (values[1:] >= level))
    share = (level - values[at]) / (values[at + 1] - values[at])
    return (at + share) * STEP


def period(values: np.ndarray) -> float:
    return float(np.diff(rises(values, values.mean())).mean())


@pytest.mark.reference("dopamine_ultradian", "rhythm")
def test_rhythm(row):
    if row.quantity == "period":
        assert row.holds(period(late()["DA"]))
        return
    key, statistic = row.quantity.split()
    first, *_, last = rises(late()["DA"], 0.05)  # whole cycles, for the mean
    cycles = late()[key][round(first / STEP) : round(last / STEP)]
    assert row.holds({"min": np.min, "max": np.max, "mean": np.mean}[statistic](cycles))


@pytest.mark.reference("dopamine_ultradian", "transporter")
def test_less_transporter(row):
    key, statistic = row.quantity.split()
    values = late(row.settings)[key]
    assert row.holds({"min": np.min, "max": np.max}[statistic](values))


@pytest.mark.finding("dopamine_ultradian")
def test_the_rhythm_has_a_period_of_four_hours():
    """Zhang 2024, Fig 2."""
    between = np.diff(rises(late()["DA"], 0.05))
    assert len(between) > 25
    assert np.all(np.abs(between - 4.0) < 0.1)


@pytest.mark.finding("dopamine_ultradian")
@pytest.mark.parametrize("fold", [0.5, 0.7])
def test_less_transporter_ends_the_rhythm(fold):
    """Rhythm without it swings by more than 100 nM."""
    assert np.ptp(late()["DA"]) > 0.1
    assert np.ptp(late((("DAT", fold),))["DA"]) < 1e-6


def test_a_fold_on_the_transporter_is_a_fold_on_its_speed():
    dial, number = late((("DAT", 0.7),)), late((("kVmax", 0.7 * 9468),))
    np.testing.assert_allclose(dial["DA"], number["DA"], rtol=1e-7)


def test_dopamine_balances_release_and_removal():
    found = late()
    removed = 144 * found["DA"] + 9468 * found["T"] * found["DA"] / (0.2 + found["DA"])
    np.testing.assert_allclose(removed, 0.09 * found["F"], rtol=1e-11)
    assert found["DA"].min() > 0
    assert 0 < found["D"].min() < found["D"].max() < 0.1


@pytest.mark.parametrize("start", [(0.0, 1.0, 40.0), (0.035, 1.329, 43.45), (0.09, 1.8, -50.0)])
def test_one_rhythm_from_far_starts(start):
    found = late(start=tuple(zip(("D", "T", "V"), start, strict=True)))["DA"]
    assert period(found) == pytest.approx(period(late()["DA"]), rel=1e-5)
    assert np.ptp(found) == pytest.approx(np.ptp(late()["DA"]), rel=1e-4)


def test_a_daily_inhibition_shows_as_a_day():
    found = late((("circadian", 100.0),))["DA"]
    day = round(24 / STEP)
    np.testing.assert_allclose(found[:day], found[day : 2 * day], rtol=1e-3)
    assert found.mean() < late()["DA"].mean()


def test_a_stimulus_acts_on_the_potential_alone():
    start = {"D": 0.02, "T": 1.2, "V": 10.0}
    keys = ["rate(D)", "rate(T)", "rate(V)"]
    slopes = [
        ax.simulate(MODEL, t=(0, 1e-9, 2), params={"stimulus": mV}, init=start, outputs=keys)
        for mV in (0.0, 70.0)
    ]
    gained = [float(slopes[1][key][0] - slopes[0][key][0]) for key in keys]
    assert gained == pytest.approx([0, 0, 70], abs=1e-9)
