"""Impulsive Goodwin oscillator: its stable cycle, and the exact map from pulse to pulse."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from scipy.linalg import expm

import axissim as ax

MODEL = ax.load("gnrh_goodwin")
STATES = ["x", "y", "z"]
FLOW = np.array([[-0.03, 0.0, 0.0], [2.0, -0.15, 0.0], [0.0, 0.5, -0.2]])  # 1/min
SETTLED = 1500.0  # min
FAR = [(2.2, 25.0, 20.0), (0.0, 0.0, 0.0), (50.0, 1.0, 300.0)]


def run(times, start=(2.2, 25.0, 20.0), first=50.0, **params: float) -> dict[str, np.ndarray]:
    """Trajectories by name; the first pulse comes at `first`."""
    init = dict(zip(STATES, start, strict=True)) | {"t_next": first}
    names = [*STATES, "t_next"]
    result = ax.simulate(MODEL, t=times, params=params, init=init, outputs=names, rtol=1e-10)
    return {name: result[name].values for name in names}


def intervals(found: dict[str, np.ndarray]) -> np.ndarray:
    """Minutes between pulses."""
    steps = np.diff(found["t_next"])
    return steps[steps > 1.0]


def at_pulse(z: float) -> tuple[float, float]:
    """Interval and size as testosterone has them."""
    q = (z / 2.7) ** 2
    return 60 + 40 * q / (1 + q), 3 + 2 / (1 + q)


def map_of(start: np.ndarray, pulses: int) -> tuple[np.ndarray, np.ndarray]:
    """Times after the first pulse, and states right before each."""
    times, states = [0.0], [np.asarray(start)]
    for _ in range(pulses):
        interval, size = at_pulse(states[-1][2])
        times.append(times[-1] + interval)
        states.append(expm(FLOW * interval) @ (states[-1] + [size, 0.0, 0.0]))
    return np.array(times), np.array(states)


@lru_cache
def cycle() -> dict[str, np.ndarray]:
    """From far, and then settled, once a tenth of a minute."""
    times = 0.1 * np.arange(round((SETTLED + 500.0) * 10) + 1)
    found = run(times) | {"time": times}
    return {name: values[times >= SETTLED] for name, values in found.items()}


@pytest.mark.reference("gnrh_goodwin", "cycle")
def test_stable_cycle(row):
    found = cycle()
    name, what = row.quantity.split(" ", 1) if " " in row.quantity else (row.quantity, "")
    first = int(np.flatnonzero(np.diff(found["t_next"]) > 1.0)[0])
    known = {
        "interval": lambda: intervals(found)[-1],
        "size": lambda: at_pulse(found["z"][first])[1],
        "min": lambda: found[name].min(),
        "max": lambda: found[name].max(),
        "before a pulse": lambda: settled_state()[name],
    }
    assert row.holds(known[what or row.quantity]())


def settled_state() -> dict[str, float]:
    """The state at the very moment before a pulse: run on to just there."""
    late = run((0.0, 3000.0, 2))
    moment = float(late["t_next"][-1]) - 1e-6
    return {name: float(run((0.0, moment, 2))[name][-1]) for name in STATES}


@pytest.mark.parametrize("start", FAR)
def test_every_pulse_is_where_the_map_says(start):
    """Twelve pulses, from far: their moments, and the states just before them."""
    moments, states = map_of(np.array(start), 12)
    found = run([0.0, *(moments[1:] - 1e-6)], start, first=0.0)
    np.testing.assert_allclose(found["t_next"][1:], moments[1:], rtol=1e-8)
    for i, name in enumerate(STATES):
        np.testing.assert_allclose(found[name][1:], states[1:, i], rtol=1e-5)


def test_between_pulses_the_states_follow_their_closed_form():
    times = np.arange(0.0, 49.0, 1.0)
    found = run(times, first=50.0)
    for time, *state in zip(times, *(found[name] for name in STATES), strict=True):
        np.testing.assert_allclose(state, expm(FLOW * time) @ [2.2, 25.0, 20.0], rtol=1e-7)


def test_without_feedback_the_interval_is_constant():
    found = run((0.0, 1000.0, 1001), k2=0.0, k4=0.0)
    np.testing.assert_allclose(intervals(found), 60.0, rtol=1e-9)


def test_testosterone_makes_pulses_smaller_and_rarer():
    """A more sensitive feedback, a tenth of the half effect, has longer intervals and less GnRH."""
    plain, felt = (run((0.0, 2000.0, 20001), h=h) for h in (27.0, 2.7))
    assert intervals(felt)[-1] > intervals(plain)[-1] + 1
    assert felt["x"][10_000:].max() < plain["x"][10_000:].max()
