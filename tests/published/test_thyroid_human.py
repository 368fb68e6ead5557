"""Human thyroid axis: the euthyroid day and a dose of T4, as Han 2016's equations give them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("thyroid_human")
STATES = [f"q{i}" for i in range(1, 20)]
OUTPUTS = ["T4", "T3", "TSH", "FT4", "FT3"]
T4_UG, T3_UG = 777.0, 651.0  # ug in a umol
EVERY = 10  # samples an hour


def run(times, outputs, init=None, params=None, protocol=()):
    """Trajectories as a dictionary from id to array."""
    result = ax.simulate(
        MODEL, t=times, init=init, params=params, protocol=protocol, outputs=outputs, rtol=1e-8
    )
    return {name: result[name].values for name in outputs}


@lru_cache
def day(gain_one: bool = False) -> dict[str, np.ndarray]:
    """A euthyroid day of 240 samples, its first hour not counted twice."""
    params, init = None, None
    if gain_one:  # the chain of the later versions, settled for 600 days
        params = {"k_in": 0.625}
        end = run((0.0, 600 * 24.0, 2), STATES, params=params)
        init = {name: values[-1] for name, values in end.items()}
    names = [*OUTPUTS, "SR4", "SR3", "NL", "SL", "q2", "q3"]
    path = run((0.0, 24.0, 24 * EVERY + 1), names, init, params)
    return {name: values[:-1] for name, values in path.items()}


def cosinor(values: np.ndarray) -> tuple[float, float]:
    """Mesor and amplitude of the cosine of 24 hours that fits best."""
    angle = 2 * np.pi * np.arange(len(values)) / len(values)
    terms = np.column_stack([np.ones_like(angle), np.cos(angle), np.sin(angle)])
    mesor, cosine, sine = np.linalg.lstsq(terms, values, rcond=None)[0]
    return float(mesor), float(np.hypot(cosine, sine))


def daily(rate: np.ndarray) -> float:
    """T3 in ug a day, from a rate in umol/h."""
    return float(rate.mean() * T3_UG * 24)


def figure(quantity: str, d: dict[str, np.ndarray]) -> float:
    """One number of the day, by the name the reference table gives it."""
    production = {
        "T3 secretion": daily(d["SR3"]),
        "T3 from fast tissue": daily(d["NL"] * d["q2"]),
        "T3 from slow tissue": daily(d["SL"] * d["q3"]),
    }
    figures = production | {
        "T3 production": sum(production.values()),
        "T4 secretion": float(d["SR4"].mean() * T4_UG * 24),
        "TSH peak": d["TSH"].argmax() / EVERY,
        "TSH nadir": d["TSH"].argmin() / EVERY,
        "TSH mesor": cosinor(d["TSH"])[0],
        "TSH amplitude": cosinor(d["TSH"])[1],
    }
    if quantity in figures:
        return figures[quantity]
    name, statistic = quantity.split()
    return float({"mean": np.mean, "min": np.min, "max": np.max}[statistic](d[name]))


@pytest.mark.reference("thyroid_human", "euthyroid_day")
def test_euthyroid_day(row):
    assert row.holds(figure(row.quantity, day(gain_one="k_in" in row.condition)))


@pytest.mark.reference("thyroid_human", "initial_state")
def test_initial_state_is_periodic(row):
    """Only the delay chain of gain 1.6 keeps the published initial state over a year."""
    path = run(24.0 * np.arange(366), STATES)
    drift = max(np.abs(values / values[0] - 1).max() for values in path.values() if values[0] != 0)
    assert row.holds(drift)


@lru_cache
def no_dose() -> dict[str, np.ndarray]:
    """Every hour of the first day."""
    return run((0.0, 24.0, 25), OUTPUTS)


@pytest.mark.reference("thyroid_human", "no_dose")
def test_no_dose(row):
    assert row.holds(no_dose()[row.quantity][int(dict(row.settings)["t"])])


def after_pill(dose: float, times) -> dict[str, np.ndarray]:
    """The course of a run in which so many ug of T4 are taken by mouth at 24 h."""
    pill = [ax.dose("q10", dose / T4_UG, at=24)]
    return run(times, OUTPUTS, protocol=pill)


@lru_cache
def after_400_ug() -> dict[str, np.ndarray]:
    """Every hour to 120 h."""
    return after_pill(400, (0.0, 120.0, 121))


@pytest.mark.reference("thyroid_human", "t4_400ug")
def test_400_ug_of_t4(row):
    assert row.holds(after_400_ug()[row.quantity][int(dict(row.settings)["t"])])


# TSH after 600 ug is a misfit of the model (1.27) and stands in the card.
@pytest.mark.parametrize(
    ("name", "doses"), [("T4", (400, 450, 600)), ("T3", (400, 450, 600)), ("TSH", (400, 450))]
)
def test_volunteers(reference, name, doses):
    """Blakesley 2004: 33 volunteers, group means, geometric error of the whole series."""
    table = [row for row in reference("thyroid_human", "blakesley_2004") if row.quantity == name]
    for dose in doses:
        means = [
            (dict(row.settings)["t"], row.value) for row in table if f"={dose};" in row.condition
        ]
        hours, seen = np.array(means).T
        made = after_pill(dose, hours)[name]
        assert np.exp(np.sqrt((np.log(made / seen) ** 2).mean())) < 1.2


def test_infusion_delivers_its_dose():
    """A short infusion of T4 adds to the body what was put in."""
    pools = ["q1", "q2", "q3"]
    without, infused = (run((0.0, 0.01, 2), pools, params={"u1": rate}) for rate in (0.0, 1.0))
    gain = sum(infused[pool][-1] - without[pool][-1] for pool in pools)
    assert gain == pytest.approx(0.01, rel=1e-3)


def test_links_of_1_are_none_and_of_half_halve():
    """TSH_secretion and deiodination multiply their fluxes."""
    names = ["SRTSH", "NL", "SL"]
    links = {"TSH_secretion": 0.5, "deiodination": 0.5}
    whole, half = (run((0.0, 1e-6, 2), names, params=given) for given in (None, links))
    for name in names:
        assert half[name][0] == pytest.approx(whole[name][0] / 2, rel=1e-12)


def test_indices_are_those_of_the_laboratory():
    """SPINA and Jostel's index of the day, as thyroid_spina makes them of the same samples."""
    names = ["TSH", "FT4", "FT3", "FT4_molar", "FT3_molar", "GT", "GD", "JTI"]
    path = run((0.0, 24.0, 9), names)
    np.testing.assert_allclose(path["FT4_molar"], path["FT4"] * 1.287, rtol=1e-4)
    np.testing.assert_allclose(path["FT3_molar"], path["FT3"] * 1.536, rtol=1e-4)
    for k in range(9):
        sample = {name: path[f"{name}_molar"][k] for name in ("FT4", "FT3")}
        sample["TSH"] = path["TSH"][k]
        made = ax.simulate(ax.load("thyroid_spina"), t=(0.0, 1.0, 2), params=sample)
        for name in ("GT", "GD", "JTI"):
            assert path[name][k] == pytest.approx(float(made[name][0]), rel=1e-10)


@pytest.mark.finding("thyroid_human")
def test_the_euthyroid_day_is_healthy_by_all_indices():
    """Dietrich 2016: GT 1.41 to 8.67 pmol/s, GD 20 to 60 nmol/s, JTI 1.3 to 4.1 in health."""
    path = run((0.0, 24.0, 49), ["GT", "GD", "JTI"])
    for name, (least, most) in {"GT": (1.41, 8.67), "GD": (20, 60), "JTI": (1.3, 4.1)}.items():
        assert least < path[name].min() <= path[name].max() < most


@lru_cache
def without_gland(t4: float, t3: float) -> dict[str, np.ndarray]:
    """The last of 140 days without a gland, on daily tablets of so many ug."""
    tablets = [
        ax.dose(gut, dose / weight, at=0, every=24, count=140)
        for gut, dose, weight in (("q10", t4, T4_UG), ("q12", t3, T3_UG))
        if dose
    ]
    times = np.concatenate(([0.0], 139 * 24.0 + np.arange(96) / 4))
    path = run(times, ["T4", "T3", "TSH"], params={"d1": 0.0, "d3": 0.0}, protocol=tablets)
    return {name: values[1:] for name, values in path.items()}


@pytest.mark.finding("thyroid_human")
@pytest.mark.parametrize(("t4", "t3"), [(145.0, 0.0), (165.0, 0.0), (105.0, 9.0)])
def test_tablets_replace_the_gland(t4, t3):
    """Eisenberg 2008: 145 or 165 ug of T4, or 105 with 9 of T3, keep the means in their bands."""
    day = without_gland(t4, t3)
    assert 0.5 < day["TSH"].mean() < 5
    assert 50 < day["T4"].mean() < 120
    assert 0.8 < day["T3"].mean() < 1.9


@pytest.mark.finding("thyroid_human")
def test_no_rhythm_of_tsh_in_severe_hypothyroidism():
    """Eisenberg 2010: without hormone the daily rhythm of TSH vanishes."""
    tsh = without_gland(0.0, 0.0)["TSH"]
    assert tsh.mean() > 100
    assert np.ptp(tsh) < 0.02 * tsh.mean()
