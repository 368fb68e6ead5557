"""The thyroid loop of Berberich 2018: its equilibrium, its day, what the short way to T3 does."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from scipy.optimize import brentq

import axissim as ax

MODEL = ax.load("thyroid_berberich")
DAY, EVERY = 86400.0, 288  # s, samples a day
SOURCES = ["J_D1", "J_D2", "J_gland", "J_shunt_D1", "J_shunt_D2"]
LEVELS = ["TSH", "TSHz", "T4", "T3P", "T3c", "T4_nM", "T3_nM", "FT4_pM", "FT3_pM", "J_T3"]
FAR = {"TSH": 3.0, "TSHz": 1.0, "T4": 8e-8, "T3P": 5e-9, "T3c": 2e-8}
NO_SHUNT = {"GT3": 0.0, "k": 1e15}


def end(init=None, **params: float) -> dict[str, float]:
    """Where a run of 130 days without a daily rhythm comes to rest."""
    run = ax.simulate(
        MODEL,
        t=(0.0, 130 * DAY, 2),
        init=FAR if init is None else init,
        params={"rhythm": 0.0} | params,
        outputs=[*LEVELS, *SOURCES],
        rtol=1e-9,
    )
    return {name: float(run[name].values[-1]) for name in [*LEVELS, *SOURCES]}


rest = lru_cache(end)


@lru_cache
def day(*params: tuple[str, float]) -> dict[str, np.ndarray]:
    """The fourteenth day of the rhythm, from the equilibrium."""
    names = ["TSH", "FT4_pM", "FT3_pM"]
    run = ax.simulate(
        MODEL, t=(0.0, 14 * DAY, 14 * EVERY + 1), params=dict(params), outputs=names, rtol=1e-8
    )
    return {name: run[name].values[-EVERY - 1 :] for name in names}


def swing(values: np.ndarray) -> float:
    return float(np.ptp(values) / values.mean())


@pytest.mark.reference("thyroid_berberich", "steady_state")
def test_steady_state_from_afar(row):
    found = rest()[row.quantity]
    assert row.holds(100 * found / rest()["J_T3"] if "share" in row.condition else found)


@pytest.mark.reference("thyroid_berberich", "day")
def test_day(row):
    name, what = row.quantity.split()
    found = {"min": np.min, "max": np.max, "peak": np.argmax}[what](day()[name])
    assert row.holds(float(found) * (24 / EVERY if what == "peak" else 1))


def imbalance(tsh: float, gland: float) -> float:
    """Secretion less loss of TSH at rest, with all else in its balance; written apart."""
    free = 0.1 / 1.1e-6 * gland * tsh / (tsh + 2.75) / (1 + 2e10 * 3e-7 + 2e8 * 4.5e-6)
    inner = 1.3e5 / 8.3e-4 * 4.3e-15 * free / (free + 1e-9) / (1 + 2e9 * 8e-6)
    stored = tsh * (2.6e5 / 140) / (0.4 / 2.3e-4)
    brake = (1 + 100 * stored / (stored + 50)) * (1 + 1.6879e6 * inner / (inner + 1e-10))
    return 0.4 / 2.3e-4 * 473.0214 * 6.9e-9 / (6.9e-9 + 47e-9) / brake - tsh


@pytest.mark.parametrize("fold", [0.1, 0.5, 1.0, 3.0])
def test_equilibrium_is_the_fixed_point(fold):
    gland = 3.375e-12 * fold
    root = brentq(imbalance, 1e-3, 300.0, args=(gland,), xtol=1e-13)
    assert end(GT=gland)["TSH"] == pytest.approx(root, rel=2e-5)


def test_lags_do_not_move_the_equilibrium():
    short = end(t_S=600.0, t_S2=600.0, t_T=600.0, t_T3c=600.0)
    for name in LEVELS:
        assert short[name] == pytest.approx(rest()[name], rel=2e-5)


def test_the_day_comes_late_by_as_much_as_trh():
    """TRH six hours later, and after two weeks all hormones are six hours later."""
    late = day(("peak", 18000.0 + 6 * 3600))
    for name, values in day().items():
        shifted = np.roll(values[:-1], EVERY // 4)
        np.testing.assert_allclose(late[name][:-1], shifted, rtol=0.01)


@pytest.mark.finding("thyroid_berberich")
def test_the_shunt_makes_a_rhythm_of_ft3():
    """Abstract of the paper: with the shunt, FT3 has a daily rhythm; FT4 hardly has one."""
    with_it, without = day(), day(*NO_SHUNT.items())
    assert swing(with_it["FT3_pM"]) > 1.5 * swing(with_it["FT4_pM"])
    assert swing(without["FT3_pM"]) < 0.7 * swing(without["FT4_pM"])
    assert swing(with_it["FT3_pM"]) > 2 * swing(without["FT3_pM"])


@pytest.mark.finding("thyroid_berberich")
def test_a_failing_gland_keeps_ft3_longer_than_ft4():
    """More TSH drives the shunt, so that the share of T3 made under TSH grows."""
    failing = end(GT=3.375e-12 / 2)
    share = [
        (found["J_gland"] + found["J_shunt_D1"]) / found["J_T3"] for found in (failing, rest())
    ]
    assert share[0] > share[1]
    assert failing["FT3_pM"] / rest()["FT3_pM"] > 1.1 * failing["FT4_pM"] / rest()["FT4_pM"]


def test_all_t3_comes_from_its_sources():
    assert sum(rest()[name] for name in SOURCES) == pytest.approx(rest()["J_T3"], rel=1e-12)
    assert rest()["J_T3"] == pytest.approx(8e-6 * rest()["T3P"], rel=1e-5)
