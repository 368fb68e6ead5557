"""Male axis: the composite at rest, without gonads, infused and blocked; men beside it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("hpg_male")
NAMES = ["G", "LH", "T", "T_ng", "T_total", "t_next", "size"]
DAYS, DAY, STEP = 31, 1440, 2  # the first day is left out; min; min

Settings = tuple[tuple[str, float], ...]


@lru_cache
def course(settings: Settings = ()) -> dict[str, np.ndarray]:
    """Thirty days by name, after one to settle; ``T_held`` clamps testosterone."""
    params = dict(settings)
    held = params.pop("T_held", None)
    protocol = () if held is None else (ax.protocol.clamp("T", held, start=0),)
    times = STEP * np.arange(DAYS * DAY // STEP + 1)
    result = ax.simulate(MODEL, t=times, params=params, protocol=protocol, outputs=NAMES, rtol=1e-8)
    return {"time": times[times >= DAY]} | {
        name: result[name].values[times >= DAY] for name in NAMES
    }


def interval(settings: Settings = ()) -> float:
    """Mean minutes between pulses."""
    steps = np.diff(course(settings)["t_next"])
    return float(steps[steps > 1.0].mean())


def hourly(settings: Settings = ()) -> np.ndarray:
    """Mean testosterone in each hour of the day."""
    return course(settings)["T"][:-1].reshape(-1, 24, 60 // STEP).mean((0, 2))


def found(quantity: str, settings: Settings) -> float:
    """A quantity of the reference table."""
    known = {
        "interval": lambda: interval(settings),
        "pulses": lambda: DAY / interval(settings),
        "T hourly max": lambda: hourly(settings).max(),
        "T hourly min": lambda: hourly(settings).min(),
        "T at 16 h over 8 h": lambda: hourly(settings)[16] / hourly(settings)[8],
    }
    if quantity in known:
        return float(known[quantity]())
    name, statistic = quantity.split()
    values = course(settings)[name]
    return float({"mean": np.mean, "min": np.min, "max": np.max}[statistic](values))


@pytest.mark.reference("hpg_male", "men")
def test_men(row):
    assert row.holds(found(row.quantity, row.settings))


@pytest.mark.finding("hpg_male")
def test_interval_between_pulses_is_men_s():
    """Veldhuis 1987: 95 +- 11 min."""
    assert abs(interval() - 95) <= 11


@pytest.mark.finding("hpg_male")
def test_mean_lh_is_men_s():
    """Men with normal cortisol (Hangaard): 4.49 +- 0.83 IU/L."""
    assert abs(found("LH mean", ()) - 4.49) <= 0.83


@pytest.mark.finding("hpg_male")
def test_testosterone_peaks_in_the_morning_and_is_least_in_the_evening():
    """Men: peak at 6 to 8 h, trough at 19 to 20 h."""
    assert hourly().argmax() in (6, 7)
    assert hourly().argmin() == 19


@pytest.mark.finding("hpg_male")
def test_more_testosterone_means_less_lh():
    """Men infused with testosterone: mean LH falls with the dose (PMC2758726)."""
    doses = (0.0, 0.1, 0.2, 0.4, 0.8)
    levels = [found("LH mean", (("T_infusion", dose),) if dose else ()) for dose in doses]
    assert np.all(np.diff(levels) < 0)


@pytest.mark.finding("hpg_male")
def test_without_gonads_pulses_are_more_than_twice_as_many():
    """Genazzani 1990: 27.5 against 10.2 pulses in 12 h, fewer on testosterone."""
    agonadal = (("T_secretion", 0.0),)
    given = (*agonadal, ("T_held", 18.5))
    assert interval() > 2 * interval(agonadal)
    assert interval(given) > interval(agonadal)


@pytest.mark.finding("hpg_male")
def test_without_basal_secretion_a_block_castrates():
    """Castrate men have less than 1.7 nmol/L."""
    whole = (("Lb", 0.0), ("gL", 0.87), ("bT", 1.06))
    assert found("T mean", (*whole, ("GnRH_action", 0.058))) < 1.7 < found("T mean", whole)


@pytest.mark.parametrize("settings", [(), (("T_secretion", 0.5),), (("GnRH_action", 0.5),)])
def test_means_obey_the_balance(settings):
    """LH is secreted as it is lost, GnRH comes in pulses as it is lost."""
    path, action = course(settings), dict(settings).get("GnRH_action", 1.0)
    coming = np.flatnonzero(np.diff(path["t_next"]) > 1.0)
    whole = slice(coming[0], coming[-1])
    released = path["size"][coming[:-1]].sum() / (path["time"][whole][-1] - path["time"][whole][0])
    gnrh = released / (np.log(2) / 3)
    lh = (0.010 + action * 0.85 * gnrh) / (np.log(2) / 60)
    assert path["LH"][whole].mean() == pytest.approx(lh, rel=5e-3)


def test_links_act_as_named():
    clamped = (("T_secretion", 0.0), ("T_held", 18.5))
    assert interval((*clamped, ("GnRH_frequency", 2.0))) == pytest.approx(95 / 2, rel=1e-9)
    assert interval((*clamped, ("GnRH_frequency", 20.0))) == pytest.approx(15, rel=1e-9)
    basal = 0.010 / (np.log(2) / 60)
    plain = found("LH mean", clamped) - basal
    half = found("LH mean", (*clamped, ("GnRH_amplitude", 0.5))) - basal
    assert half == pytest.approx(plain / 2, rel=1e-3)


def test_shbg_reaches_only_the_totals():
    plain, bound = course(), course((("SHBG", 2.0),))
    np.testing.assert_array_equal(bound["T"], plain["T"])
    np.testing.assert_array_equal(plain["T_total"], plain["T"])
    np.testing.assert_allclose(bound["T_total"] / bound["T"], 1.44)
