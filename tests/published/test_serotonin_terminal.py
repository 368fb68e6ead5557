"""Serotonin terminal: the end state of the group's code, and laws the equations keep."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("serotonin_terminal")
STATES = [state.id for state in MODEL.states]
FLUXES = ["V_SYN", "V_REL", "VSERT", "V_GLIA", "TC_cht", "TC_ght", "isyn", "irel", "iHA", "H1"]
SETTLED = 1000.0  # h

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


@pytest.mark.reference("serotonin_terminal", "steady_state")
def test_steady_state(row):
    assert row.holds(at_rest()[row.quantity])


def test_the_file_starts_at_the_steady_state():
    start = run((0.0, 1.0, 2))
    for name in STATES:
        assert start[name][0] == pytest.approx(at_rest()[name], rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("scale", [0.1, 0.5, 3.0])
def test_one_attractor(scale):
    """From far away, with the same total of biopterin, the terminal comes home."""
    rest = at_rest()
    init = {name: scale * rest[name] for name in STATES}
    init["bh4"] = rest["bh2"] + rest["bh4"] - init["bh2"]
    init["gHA"] = min(init["gHA"], 1.0)
    end = run((0.0, SETTLED, 2), init=init)
    for name in STATES:
        assert end[name][-1] == pytest.approx(rest[name], rel=1e-6, abs=1e-9)


def test_effects_of_receptors_are_one_at_rest():
    rest = at_rest()
    assert rest["isyn"] == pytest.approx(1.0, abs=1e-4)
    assert rest["irel"] == pytest.approx(1.89, abs=1e-4)
    assert rest["iHA"] == pytest.approx(1.0, abs=1e-4)


def test_bound_receptors_in_closed_form():
    rest = at_rest()
    bound = 10 * 36000 * rest["eht"] / (36000 * rest["eht"] + 20000)
    assert rest["B"] == pytest.approx(bound, rel=1e-8)
    assert rest["BH"] == pytest.approx(10 * 432 * 1.39 / (432 * 1.39 + 1440), rel=1e-8)


@pytest.mark.parametrize(
    ("eht", "share"),
    [(0.0, 0.0), (0.0605, 0.0), (0.0655, 0.25), (0.0705, 0.5), (0.0804, 0.995), (0.09, 1.0)],
)
def test_the_pieces_of_the_glial_switch(eht, share):
    found = run((0.0, 1e-12, 2), init={"eht": eht}, outputs=["H1"])["H1"][0]
    assert found == pytest.approx(share, abs=1e-9)


def test_biopterin_is_conserved():
    path = run((0.0, 48.0, 97), (("TPH_activity", 1.7), ("SERT", 0.3)))
    total = path["bh2"] + path["bh4"]
    assert np.abs(total / total[0] - 1).max() < 1e-9


@pytest.mark.parametrize(
    "params", [(), (("SERT", 0.2),), (("MAO", 0.3), ("fire", 2.0)), (("btrp", 40.0),)]
)
def test_what_is_made_is_lost(params):
    """At steady state synthesis equals oxidation in neuron and glia and removal outside."""
    rest = at_rest(params)
    lost = rest["TC_cht"] + rest["TC_ght"] + 40 * rest["eht"]
    assert rest["V_SYN"] == pytest.approx(lost, rel=1e-6)
    assert rest["hia"] == pytest.approx(rest["TC_cht"] + rest["TC_ght"], rel=1e-6)


@pytest.mark.parametrize("dial", [("TPH_activity", 0.5), ("fire", 0.5)])
def test_autoreceptors_dampen(dial):
    off = (("autoreceptor", 0.0), ("release_autoreceptor", 0.0))
    felt = [abs(np.log(at_rest((dial, *more))["eht"] / at_rest(more)["eht"])) for more in ((), off)]
    assert felt[0] < felt[1]


def test_less_histamine_more_release():
    """Half of the histamine: the H3 receptor's G protein falls, and with it its brake."""
    found = run((0.0, 0.5, 51), (("eHA", 0.695),), outputs=["gHA", "iHA", "eht"])
    assert found["gHA"][-1] < found["gHA"][0]
    assert found["iHA"][-1] > 1.0
    assert found["eht"].max() > found["eht"][0]
    held = run((0.0, 0.5, 51), (("eHA", 0.695), ("H3", 0.0)), outputs=["eht"])["eht"]
    assert held == pytest.approx(np.full(51, held[0]), rel=1e-3)


def test_an_uptake_inhibitor_raises_serotonin_until_the_vesicles_are_empty():
    path = run((0.0, 200.0, 2001), (("SERT", 0.2),), outputs=["eht", "vht", "H1"])
    assert path["eht"].max() > 2 * path["eht"][0]
    assert path["H1"].max() == 1.0
    assert path["eht"][-1] < 1.1 * path["eht"][0]
    assert path["vht"][-1] < 0.5 * path["vht"][0]


def test_biopterin_supplied_is_a_start_with_that_total():
    start = {"bh2": 0.4 * 0.09953595, "bh4": 0.4 * 0.9004640}
    begun = run((0.0, 30.0, 31), init=start, outputs=["bh4", "eht"])
    supplied = run((0.0, 30.0, 31), (("BH4_supply", 0.4),), outputs=["bh4_s", "eht"])
    np.testing.assert_allclose(supplied["bh4_s"], begun["bh4"], rtol=1e-6)
    np.testing.assert_allclose(supplied["eht"], begun["eht"], rtol=1e-6)
