"""Thyroid axis of a person: the body's scaling, the euthyroid day and doses."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("thyroid_person")
STATES = [f"q{i}" for i in range(1, 20)]
OUTPUTS = ["T4", "T3", "TSH", "FT4", "FT3"]
T4_UG, T3_UG = 777.0, 651.0  # ug in a umol
EVERY = 4  # samples an hour
WARM = 100  # days until the rhythm repeats itself

Settings = tuple[tuple[str, float], ...]


def person(settings: Settings) -> dict[str, float]:
    """Parameters of a body that a table tells by its index."""
    given = dict(settings)
    height = given.get("height", 1.63)
    if "BMI" in given:
        given["weight"] = given.pop("BMI") * height**2
    return given


def run(times, outputs, settings: Settings = (), protocol=(), init=None):
    """Trajectories as a dictionary from id to array."""
    result = ax.simulate(
        MODEL, t=times, params=person(settings), outputs=outputs, protocol=protocol, init=init,
        rtol=1e-8,
    )  # fmt: skip
    assert int(result["status"]) == 1
    return {name: result[name].values for name in outputs}


@lru_cache
def settled(settings: Settings) -> dict[str, float]:
    """The states at 09:00, once the rhythm repeats itself."""
    end = run((0.0, 24.0 * WARM, 2), STATES, settings)
    return {name: float(values[-1]) for name, values in end.items()}


@lru_cache
def day(settings: Settings) -> dict[str, np.ndarray]:
    """A settled day, its first sample not counted twice."""
    init = settled(settings)
    path = run((0.0, 24.0, 24 * EVERY + 1), OUTPUTS, settings, init=init)
    return {name: values[:-1] for name, values in path.items()}


@pytest.mark.reference("thyroid_person", "plasma_volume")
def test_plasma_volume(row):
    assert row.holds(run((0.0, 1e-6, 2), ["Vp"], row.settings)["Vp"][0])


@pytest.mark.reference("thyroid_person", "euthyroid_day")
def test_euthyroid_day(row):
    name, statistic = row.quantity.split()
    found = {"mean": np.mean, "min": np.min, "max": np.max}[statistic](day(row.settings)[name])
    assert row.holds(float(found))


@pytest.mark.reference("thyroid_person", "periodic_state")
def test_periodic_state(row):
    assert row.holds(settled(row.settings)[row.quantity])


def test_the_file_starts_in_its_own_rhythm():
    path = run((0.0, 240.0, 11), STATES)
    for values in path.values():
        assert np.abs(values - values[0]).max() <= 1e-4 * abs(values[0])


# TSH after a dose is a misfit and stands in the card.
@pytest.mark.finding("thyroid_person")
@pytest.mark.parametrize(("name", "doses"), [("T4", (400, 450, 600)), ("T3", (400, 450, 600))])
def test_volunteers(reference, name, doses):
    """Blakesley 2004: 33 volunteers, group means, geometric error of the whole series."""
    table = [row for row in reference("thyroid_person", "blakesley_2004") if row.quantity == name]
    for dose in doses:
        means = [
            (dict(row.settings)["t"], row.value) for row in table if f"={dose};" in row.condition
        ]
        hours, seen = np.array(means).T
        pill = [ax.dose("q10", dose / T4_UG, at=24)]
        made = run(hours, OUTPUTS, protocol=pill)[name]
        assert np.exp(np.sqrt((np.log(made / seen) ** 2).mean())) < 1.2


def replaced(sex: float, index: float, t4: float, t3: float) -> dict[str, float]:
    """Means of the last day of 120 on daily tablets, without a gland."""
    height = 1.77 if sex else 1.63
    body = (("sex", sex), ("height", height), ("BMI", index), ("d1", 0.0), ("d3", 0.0))
    tablets = [
        ax.dose("q10", t4 / T4_UG, at=24, every=24, count=120),
        ax.dose("q12", t3 / T3_UG, at=24, every=24, count=120),
    ]
    path = run((0.0, 2880.0, 2880 * EVERY + 1), ["T4", "T3", "TSH"], body, tablets)
    return {name: float(values[-24 * EVERY - 1 : -1].mean()) for name, values in path.items()}


@pytest.mark.finding("thyroid_person")
@pytest.mark.parametrize(
    ("sex", "index", "t4", "t3"),
    [
        (0.0, 20.0, 62.5, 5.0),
        (0.0, 35.0, 100.0, 7.5),
        (1.0, 20.0, 75.0, 5.0),
        (1.0, 35.0, 125.0, 7.5),
    ],
)
def test_both_hormones_replace_the_gland(sex, index, t4, t3):
    """Cruz-Loya 2022: doses by sex and body mass index that keep hormones in their bands."""
    mean = replaced(sex, index, t4, t3)
    assert 0.45 < mean["TSH"] < 4.5
    assert 45.0 < mean["T4"] < 120.0
    assert 0.6 < mean["T3"] < 1.8


@pytest.mark.finding("thyroid_person")
def test_no_rhythm_of_tsh_in_severe_hypothyroidism():
    """Weeke 1976, Eisenberg 2010: without hormone TSH is high and its rhythm is gone."""
    without = (("d1", 0.0), ("d3", 0.0))
    tsh = {settings: day(settings)["TSH"] for settings in ((), without)}
    relative = {settings: np.ptp(values) / values.mean() for settings, values in tsh.items()}
    assert tsh[without].mean() > 100.0
    assert relative[without] < relative[()] / 3


def test_a_link_of_1_is_none_and_of_half_halves_secretion():
    start = run((0.0, 1e-6, 2), ["SRTSH", "NL", "SL"])
    halved = run(
        (0.0, 1e-6, 2), ["SRTSH", "NL", "SL"], (("TSH_secretion", 0.5), ("deiodination", 0.5))
    )
    for name, values in start.items():
        assert halved[name][0] == pytest.approx(values[0] / 2, rel=1e-12)
