"""Dopamine neurons that fire: steady states, blocked uptake, cell loss, bursts and pauses."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("dopamine_firing")
KEYS = ["Cs", "Ct", "os", "ot", "nu", "nu_in", "RELEASE_t", "UPTAKE_t"]

Settings = tuple[tuple[str, float], ...]


def run(times, params: Settings = (), keys=KEYS, init=None) -> dict[str, np.ndarray]:
    path = ax.simulate(MODEL, t=times, params=dict(params), init=init, outputs=keys, rtol=1e-9)
    return {key: path[key].values for key in keys}


@lru_cache
def at_rest(params: Settings = ()) -> dict[str, float]:
    """Steady state after 300 s; the slowest process takes a few seconds."""
    return {key: float(values[-1]) for key, values in run((0.0, 300.0, 2), params).items()}


def closed_form(nu: float, release: float, speed: float, half: float, gain: float) -> float:
    """Dopamine at which release under the terminal autoreceptor (EC50 100 nM) equals uptake."""
    out = nu * release
    roots = np.roots([out - speed * (1 + gain), out * (100 + half) - 100 * speed, out * half * 100])
    (found,) = [root.real for root in roots if root.real > 0]
    return float(found)


@pytest.mark.reference("dopamine_firing", "steady_state")
def test_steady_state(row):
    assert row.holds(at_rest(row.settings)[row.quantity])


@pytest.mark.parametrize("nu", [0.5, 1.0, 2.0, 4.0, 5.0, 8.0, 12.0])
@pytest.mark.parametrize(("region", "release", "speed"), [(0.0, 200, 1500), (1.0, 400, 4000)])
@pytest.mark.parametrize("block", [0.0, 0.5, 0.75])
def test_mean_in_closed_form(nu, region, release, speed, block):
    """The program's own analytic mean, to 1e-6."""
    settings = (("nu_mean", nu), ("region", region), ("evoked", 1.0), ("DAT_block", block))
    wanted = closed_form(nu, release, speed, 160 / (1 - block), 3.0)
    assert at_rest(settings)["Ct"] == pytest.approx(wanted, rel=1e-6)


def test_the_autoreceptor_on_cell_bodies_finds_its_balance():
    rest = at_rest()
    assert rest["nu"] == pytest.approx(5 - 10 * rest["Cs"] / (rest["Cs"] + 1000), rel=1e-9)
    assert 20 * rest["nu"] == pytest.approx(200 * rest["Cs"] / (160 + rest["Cs"]), rel=1e-9)
    assert rest["RELEASE_t"] == pytest.approx(rest["UPTAKE_t"], rel=1e-9)


@pytest.mark.parametrize("region", [0.0, 1.0])
@pytest.mark.parametrize("left", [50.0, 10.0])
def test_cell_loss_leaves_tonic_dopamine(region, left):
    """Release and uptake fall alike; with removal of another kind dopamine falls, the more so."""
    intact, lost = ((("region", region), ("cells", cells)) for cells in (100.0, left))
    assert at_rest(lost)["Ct"] == pytest.approx(at_rest(intact)["Ct"], rel=1e-6)
    other = (("k_non", 0.5), ("evoked", 1.0))
    assert at_rest(lost + other)["Ct"] < 0.999 * at_rest(intact + other)["Ct"]


def test_after_cell_loss_dopamine_comes_back_slowly():
    """Same balance, slower clearance: after 1 s of silence more is left."""
    silent = (("pause_start", 20.0), ("pause_length", 1.0), ("evoked", 1.0))
    left = [run((0.0, 21.0, 2), (*silent, ("cells", n)))["Ct"][-1] for n in (100.0, 20.0)]
    assert left[1] > 5 * left[0]


@pytest.mark.parametrize("region", [0.0, 1.0])
def test_a_blocker_of_uptake_is_dampened_by_the_autoreceptor(region):
    def rise(gain: float) -> float:
        dials = (("region", region), ("nu_mean", 3.0), ("evoked", 1.0), ("terminal_gain", gain))
        return at_rest((*dials, ("DAT_block", 0.5)))["Ct"] / at_rest(dials)["Ct"]

    assert 1.5 < rise(3.0) < rise(0.0)


def test_an_antagonist_at_the_autoreceptors_takes_the_brakes_off():
    rest, blocked = at_rest(), at_rest((("D2_block", 1.0),))
    assert blocked["os"] == pytest.approx(0, abs=1e-12)
    assert blocked["nu"] == pytest.approx(5.0, rel=1e-9)
    assert blocked["Ct"] == pytest.approx(1000 * 160 / 500, rel=1e-6)  # G*nu = V*C/(Km + C)
    assert rest["Ct"] < at_rest((("D2_block", 0.7),))["Ct"] < blocked["Ct"]


@pytest.mark.parametrize("fold", [0.5, 2.0])
def test_a_fold_of_the_transporter_is_one_of_its_speed(fold):
    dial = at_rest((("DAT", fold), ("evoked", 1.0), ("nu_mean", 2.0)))["Ct"]
    assert dial == pytest.approx(closed_form(2.0, 200, 1500 * fold, 160, 3.0), rel=1e-6)


@pytest.mark.parametrize("k_non", [0.04, 1.0])
def test_removal_without_the_transporter_is_first_order(k_non):
    """After firing stops and with no transporter, dopamine falls by exp(-k t)."""
    dials = (("nu_mean", 0.0), ("evoked", 1.0), ("DAT", 0.0), ("k_non", k_non))
    path = run((0.0, 4.0, 5), dials)
    np.testing.assert_allclose(path["Ct"], 50 * np.exp(-k_non * np.arange(5.0)), rtol=1e-7)
    np.testing.assert_allclose(path["Cs"], path["Ct"], rtol=1e-7)


def test_bursts_and_silences_keep_the_mean_rate():
    """A quarter of each second at 20 Hz is 5 Hz."""
    times = np.arange(10, 40, 0.01) + 0.003
    path = run(np.concatenate([[0.0], times]), (("phasic", 1.0),))
    rate = path["nu_in"][1:]
    assert set(np.unique(rate)) == {0.0, 20.0}
    assert rate.mean() == pytest.approx(5.0, abs=0.01)
    assert path["nu"].min() == 0.0  # the autoreceptor takes nothing from a silent neuron
    assert path["Ct"][1:].max() > 3 * at_rest()["Ct"]
    assert path["Ct"][1:].min() < 0.1 * at_rest()["Ct"]


def test_a_burst_and_a_pause_begin_and_end_on_time():
    """From rest; dopamine moves up until the burst's end and down until the pause's."""
    rest = {key: at_rest()[key] for key in ("Cs", "Ct", "os", "ot")}
    dials = (
        ("burst_start", 1.05),
        ("burst_length", 0.3),
        ("pause_start", 4.05),
        ("pause_length", 0.5),
    )
    path = run((0.0, 6.0, 601), dials, init=rest)
    seconds = np.arange(601) / 100
    assert path["Ct"][:105] == pytest.approx(rest["Ct"], rel=1e-6)
    assert seconds[path["Ct"].argmax()] == pytest.approx(1.35)
    assert seconds[path["Ct"].argmin()] == pytest.approx(4.55)
    assert np.all(path["nu_in"][(seconds > 1.051) & (seconds < 1.349)] == 20)
    assert np.all(path["nu_in"][(seconds > 4.051) & (seconds < 4.549)] == 0)
    assert path["Ct"].min() > 0


def test_occupancies_stay_between_none_and_all():
    path = run((0.0, 30.0, 3001), (("phasic", 1.0), ("DAT_block", 0.9)))
    for key in ("os", "ot"):
        assert 0 <= path[key].min() <= path[key].max() <= 1
