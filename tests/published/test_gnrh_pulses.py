"""GnRH pulse generator: Voliotis 2019's pulses against basal drive."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from scipy.optimize import fsolve

import axissim as ax

MODEL = ax.load("gnrh_pulses")
STATES = ["D", "N", "v"]
STEP = 0.1  # min
SETTLED = 100.0  # min
PULSE = 1500.0  # spikes/min

Settings = tuple[tuple[str, float], ...]


@lru_cache
def run(settings: Settings, until: float = 400.0) -> dict[str, np.ndarray]:
    """Times, and trajectories by name."""
    times = STEP * np.arange(round(until / STEP) + 1)
    result = ax.simulate(MODEL, t=times, params=dict(settings), outputs=STATES, rtol=1e-8)
    return {"time": times} | {name: result[name].values for name in STATES}


def pulses(settings: Settings, until: float = 400.0) -> np.ndarray:
    """When firing rises through `PULSE`, once settled."""
    found = run(settings, until)
    above = found["v"] > PULSE
    rises = found["time"][1:][above[1:] & ~above[:-1]]
    return rises[rises > SETTLED]


def rate(settings: Settings, until: float = 400.0) -> float:
    """Pulses an hour, 0 where there is none."""
    times = pulses(settings, until)
    return 60 * (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 0.0


@pytest.mark.reference("gnrh_pulses", "drive")
def test_pulses_an_hour(row):
    assert row.holds(rate(row.settings))


@pytest.mark.finding("gnrh_pulses")
def test_pulses_begin_abruptly():
    """Voliotis 2019, abstract: robust pulses emerge at once as basal activity rises."""
    silent, first = (run((("I_0", drive),)) for drive in (0.07, 0.08))
    late = first["time"] > SETTLED
    assert silent["v"].max() <= 300.0  # the value it starts at
    assert first["v"][late].max() > 2900.0


@pytest.mark.finding("gnrh_pulses")
def test_more_drive_makes_pulses_faster_and_then_ends_them():
    """Voliotis 2019, abstract."""
    rates = [rate((("I_0", drive),)) for drive in (0.08, 0.10, 0.14, 0.18, 0.21, 0.24)]
    assert np.all(np.diff(rates[:-1]) > 0)
    assert rates[-1] == 0.0


@pytest.mark.finding("gnrh_pulses")
@pytest.mark.parametrize("without", ["p_v", "k_N", "k_D"])
def test_both_feedbacks_are_needed(without):
    """Voliotis 2019, abstract: neurokinin B's positive and dynorphin's negative one."""
    assert rate(()) > 3.0
    assert rate(((without, 0.0),)) == 0.0


@pytest.mark.parametrize("drive", [0.04, 0.24])
def test_a_silent_network_rests_where_the_equations_say(drive):
    def balance(state):
        d, n, v = state
        gate = v**2 / (v**2 + 1200.0**2)
        push = drive + v * n**2 / (n**2 + 32.0**2)
        return [
            0.175 + 4.5 * gate - 0.25 * d,
            320 * gate * 0.3**2 / (d**2 + 0.3**2) - n,
            30000 * np.tanh(push / 2) - 10 * v,
        ]

    found = run((("I_0", drive),))
    rest = fsolve(balance, [found[name][-1] for name in STATES])
    for name, value in zip(STATES, rest, strict=True):
        assert found[name][-1] == pytest.approx(value, rel=1e-4)


def test_slowness_stretches_time():
    plain, slow = run(()), run((("slowness", 2.0),), 800.0)
    assert rate((("slowness", 2.0),), 800.0) == pytest.approx(rate(()) / 2, rel=5e-3)
    np.testing.assert_allclose(slow["D"][::2], plain["D"], rtol=1e-3)


def test_nothing_becomes_negative():
    for name in STATES:
        assert run(())[name].min() >= 0.0
