"""Binding of T4 and T3 (Bagga 2023): levels at rest, half-lives, what carriers do and do not."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("thyroid_binding")
DAY = 86400.0
POOLS = {"B": "VB", "T": "VTB", "RB": "VRBB", "L": "VLB"}
CARRIERS = {"TBG": 3.515e5, "TTR": 5.35e6, "ALB": 6.45e8}
HORMONES = [state.id for state in MODEL.states if state.id.startswith(("fT", "T4", "T3"))]
NONE = {"k20": 0.0, "k22": 0.0}


def run(days, outputs=None, **settings):
    return ax.simulate(MODEL, t=DAY * np.asarray(days), outputs=outputs, rtol=1e-9, **settings)


@lru_cache
def rest(**params: float) -> dict[str, float]:
    """The levels 400 days after a start without any hormone."""
    empty = dict.fromkeys(HORMONES, 0.0)
    found = run([0, 400], init=empty, params=params)
    return {str(name): float(values[-1]) for name, values in found.items() if values.ndim}


@pytest.mark.reference("thyroid_binding", "steady_state")
def test_levels_at_rest_from_nothing(row):
    assert row.holds(rest()[row.quantity])


def test_the_start_is_at_rest():
    """To 1e-7: the start stands in the file to eleven digits."""
    names = [state.id for state in MODEL.states]
    found = run([0, 30], names)
    for name in names:
        assert found[name].values[-1] == pytest.approx(found[name].values[0], rel=1e-7), name


def half_life(values: np.ndarray) -> float:
    """In days, from values a day apart."""
    return float(np.log(2) / np.log(values[0] / values[1]))


def excess_half_life(hormone: str, day: float) -> float:
    """That of a little more hormone than at rest, so many days on."""
    level = rest()[hormone]
    more = [ax.dose(f"f{hormone}_B", 100 * level, at=0)]  # nmol/L is 1000 pmol/L
    found = run([0, day, day + 1], [hormone], protocol=more)[hormone].values
    return half_life(found[1:] - level)


@pytest.mark.reference("thyroid_binding", "half_lives")
def test_half_lives(row):
    """Of total hormone: while all of it decays, and of a little more than at rest."""
    day, hormone = dict(row.settings)["from"], row.quantity[:2]
    if "excess" in row.quantity:
        assert row.holds(excess_half_life(hormone, day))
    else:
        assert row.holds(half_life(run([0, day, day + 1], ["T4"], params=NONE)["T4"].values[1:]))


@pytest.mark.reference("thyroid_binding", "people")
def test_people(row):
    if row.quantity in rest():
        assert row.holds(rest()[row.quantity])
    else:
        assert row.holds(excess_half_life("T3", dict(row.settings)["from"]))


def test_no_hormone_and_no_carrier_is_lost_in_the_blood():
    """Secretion and tissue shut off, plasma keeps its T4 and T3, each pool its carriers."""
    shut = NONE | {f"k{number}": 0.0 for number in (21, 23, 25, 27, 28, 29, 30, 31)}
    start = {"fT4_B": 1e5, "fT3_T": 1e5}
    found = run([0, 0.001, 0.1, 1], params=shut, init=start)
    for hormone in ("T4", "T3"):
        total = sum(
            found[volume]
            * (found[f"f{hormone}_{pool}"] + sum(found[f"{hormone}{c}_{pool}"] for c in CARRIERS))
            for pool, volume in POOLS.items()
        )
        np.testing.assert_allclose(total, total[0], rtol=1e-8)
    for pool in POOLS:
        for carrier, amount in CARRIERS.items():
            kinds = (f"{carrier}_{pool}", f"T4{carrier}_{pool}", f"T3{carrier}_{pool}")
            np.testing.assert_allclose(sum(found[kind] for kind in kinds), amount, rtol=1e-8)


def test_what_is_made_is_lost():
    """At rest: T4 secreted is T4 converted or lost; T3 secreted or made is T3 lost."""
    now = rest()
    gone = now["VRBT"] * (4.271e-6 + 1.2813e-5) * 0.1 * now["T4R"]
    gone += now["VLT"] * (3.6e-6 + 1.08e-5) * 0.1 * now["T4L"]
    assert gone == pytest.approx(1.6, rel=1e-7)
    lost = now["VRBT"] * 6.3349e-4 * 0.01 * now["T3R"] + now["VLT"] * 3.4229e-3 * 0.01 * now["T3L"]
    assert lost * 650.97e-6 * DAY == pytest.approx(now["T3_made"], rel=1e-7)


def test_mass_action_within_plasma():
    """The great vessels are near the balance of binding and unbinding, flow being slow."""
    now = rest()
    for carrier, half in {"TBG": 60.0, "TTR": 5000.0, "ALB": 1.33e6}.items():
        bound = now["fT4_B"] * now[f"{carrier}_B"] / half
        assert now[f"T4{carrier}_B"] == pytest.approx(bound, rel=0.01)


@pytest.mark.finding("thyroid_binding")
@pytest.mark.parametrize("fold", [0.0, 0.5, 2.0])
def test_carriers_set_total_hormone_and_not_free(fold):
    """Production and what tissue takes set free T4 and T3; TBG sets how much is borne."""
    now, before = rest(TBG=fold * CARRIERS["TBG"]), rest()
    for hormone in ("T4", "T3"):
        assert now[f"f{hormone}_B"] == pytest.approx(before[f"f{hormone}_B"], rel=0.01)
        borne = now[f"{hormone}TBG_B"] / before[f"{hormone}TBG_B"]
        assert borne == pytest.approx(fold, rel=0.01)


@pytest.mark.finding("thyroid_binding")
def test_blood_leaves_the_thyroid_with_more_and_the_liver_with_less():
    now = rest()
    for hormone in ("fT4", "fT3"):
        assert (
            now[f"{hormone}_T"] > now[f"{hormone}_B"] > now[f"{hormone}_RB"] > now[f"{hormone}_L"]
        )
