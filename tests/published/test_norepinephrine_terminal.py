"""Norepinephrine terminal: its resting state, its behaviour, and findings not used to build it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

import axissim as ax

MODEL = ax.load("norepinephrine_terminal")
STATES = [state.id for state in MODEL.states]
FLUXES = ["V_TH", "V_DBH", "V_RELN", "V_NN", "V_MAON", "V_LOST", "V_MAOD", "V_CD", "tissue"]
SETTLED = 1500.0  # h

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


def fold(name: str, params: Settings) -> float:
    return at_rest(params)[name] / at_rest()[name]


@lru_cache
def half_life(params: Settings) -> float:
    """Seconds until half of 1 nM put outside is gone again."""
    rest = at_rest(params)
    init = {name: rest[name] for name in STATES} | {"ene": rest["ene"] + 1e-3}
    left = run((0.0, 60 / 3600, 601), params, init, ["ene"])["ene"] - rest["ene"] - 0.5e-3
    return float(CubicSpline(np.linspace(0.0, 60.0, 601), left).roots()[0])


@pytest.mark.reference("norepinephrine_terminal", "steady_state")
def test_steady_state(row):
    assert row.holds(at_rest()[row.quantity])


def test_reuptake_takes_back_most_of_what_is_released():
    assert 100 * at_rest()["V_NN"] / at_rest()["V_RELN"] == pytest.approx(84.6, abs=0.1)


def test_the_file_starts_at_the_steady_state():
    start = run((0.0, 1.0, 2))
    for name in STATES:
        assert start[name][0] == pytest.approx(at_rest()[name], rel=1e-6)


@pytest.mark.parametrize("scale", [0.02, 0.5, 5.0])
def test_one_attractor(scale):
    """From far away, with the same total of biopterin, the terminal comes home."""
    rest = at_rest()
    init = {name: scale * rest[name] for name in STATES}
    init["bh4"] = rest["bh2"] + rest["bh4"] - init["bh2"]
    end = run((0.0, SETTLED, 2), init=init)
    for name in STATES:
        assert end[name][-1] == pytest.approx(rest[name], rel=1e-6)


@pytest.mark.reference("norepinephrine_terminal", "behaviour")
def test_behaviour(row):
    if row.quantity == "half-life":
        assert row.holds(half_life(row.settings))
    else:
        assert row.holds(fold(row.quantity, row.settings))


def test_biopterin_is_conserved():
    path = run((0.0, 48.0, 97), (("TH_activity", 1.7), ("btyr", 200.0)))
    total = path["bh2"] + path["bh4"]
    assert np.abs(total / total[0] - 1).max() < 1e-9


@pytest.mark.parametrize(
    "params",
    [(), (("NET", 0.3), ("fire", 2.0)), (("Cu", 0.1), ("MAO", 0.5)), (("TH_activity", 2.0),)],
)
def test_what_is_made_is_lost(params):
    """At steady state synthesis equals oxidation inside and loss outside, of both amines."""
    rest = at_rest(params)
    outside = rest["V_LOST"] + (rest["V_CD"] + 100 * rest["eda"]) / 0.025
    assert rest["V_TH"] == pytest.approx(rest["V_MAON"] + rest["V_MAOD"] + outside, rel=1e-6)


@pytest.mark.finding("norepinephrine_terminal")
def test_autoreceptor_at_the_concentration_of_the_synapse():
    """Feuerstein 2000: 24.5 nM occupies 0.706 of the receptors and inhibits release by 58.6 %."""
    found = [run((0.0, 1e-9, 2), (), {"ene": x}, ["o", "R"]) for x in (0.0, 10**-7.61 * 1e6)]
    assert found[1]["o"][0] == pytest.approx(0.706, abs=0.001)
    inhibited = 1 - found[1]["R"][0] / found[0]["R"][0]
    assert 100 * inhibited == pytest.approx(58.6, abs=0.1)


@pytest.mark.finding("norepinephrine_terminal")
def test_without_transporter_norepinephrine_stays_longer_and_is_higher():
    """Xu 2000, knock-out mice; tissue stores fall, for reuptake feeds them."""
    gone = (("NET", 0.0),)
    assert half_life(gone) > 2 * half_life(())
    assert fold("ene", gone) > 1.2
    assert fold("tissue", gone) < 0.8


@pytest.mark.finding("norepinephrine_terminal")
@pytest.mark.parametrize("dial", [("Cu", 0.1), ("asc", 0.1), ("O2", 5.0)])
def test_blocked_hydroxylase_swaps_norepinephrine_for_dopamine(dial):
    """Devoto 2013, nepicastat in prefrontal cortex; want of any of the cofactors does it here."""
    assert fold("ene", (dial,)) < 0.8
    assert fold("eda", (dial,)) > 1.2


def test_cofactors_of_dopamine_beta_hydroxylase():
    """1 at rest; the enzyme wants all three; half of the ascorbate costs less than half."""

    def effect(*given: tuple[str, float]) -> float:
        return run((0.0, 1e-9, 2), given, outputs=["h_DBH"])["h_DBH"][0]

    rest = run((0.0, 1e-9, 2), outputs=["asc", "O2", "Cu"])
    assert effect() == pytest.approx(1.0, rel=1e-12)
    assert [effect((key, 0.0)) for key in rest] == [0.0, 0.0, 0.0]
    half = [effect((key, float(values[0]) / 2)) for key, values in rest.items()]
    assert 0.5 < half[1] < half[0] < 1.0
    assert half[2] == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize("dial", [("TH_activity", 0.5), ("TH_activity", 2.0), ("fire", 2.0)])
def test_autoreceptors_dampen(dial):
    off = (("autoreceptor", 0.0), ("release_autoreceptor", 0.0))
    felt = [abs(np.log(fold("ene", (dial, *more)))) for more in ((), off)]
    assert felt[0] < felt[1]


def test_the_loop_over_the_cell_bodies():
    """It leaves rest alone, dampens firing, and blocking both kinds of receptor does most."""
    assert fold("ene", (("soma_loop", 1.0),)) == pytest.approx(1.0, abs=1e-4)
    assert fold("ene", (("fire", 2.0), ("soma_loop", 1.0))) < fold("ene", (("fire", 2.0),))
    block = (("alpha2_block", 1e6),)
    both = (*block, ("alpha2_block_LC", 1e6), ("soma_loop", 1.0))
    assert 1.0 < fold("ene", block) < fold("ene", both)


@pytest.mark.parametrize("dial", ["BH4_supply", "BH4_activity", "iron_TH", "O2"])
def test_want_of_a_cofactor_lowers_norepinephrine(dial):
    assert fold("ene", ((dial, 20.0 if dial == "O2" else 0.5),)) < 1.0
