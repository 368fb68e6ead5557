"""Switch times known beforehand are landed on: square waves, pulses, clocks, with exact answers."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import xarray as xr
from mpmath import mp, mpf

import axissim as ax
from axissim.solve.work import OK

RTOL = 1e-6
PERIODS = [(2.0, 0.5), (0.1, 0.03), (0.7, 0.35), (1 / 3, 0.1), (24.0, 8.0)]


@cache
def filtered_wave(comparison="<", clock="time - P*floor(time/P)"):
    """A low-pass filter that is fed 1 for the first D of every P."""
    return ax.load(
        f"""model filtered_wave()
          P = 2; D = 0.5; k = 3
          clock := {clock}
          x' = k*(piecewise(1, clock {comparison} D, 0) - x); x = 0
        end"""
    )


def exact_wave(times, period, on, rate=3.0):
    """The filter's course, interval by interval, to 30 digits."""
    found, x = [], mpf(0)
    with mp.workdps(30):
        period, on, rate, now = map(mpf, (period, on, rate, times[0]))
        for moment in map(mpf, times):
            while now < moment:
                turn = mp.floor(now / period)
                high = now - turn * period < on
                end = min(turn * period + (on if high else period), moment)
                x = high + (x - high) * mp.exp(-rate * (end - now))
                now = end
            found.append(float(x))
    return np.array(found)


def fault(result, times, period, on):
    assert int(result.status) == OK
    return np.max(np.abs(result.x.values - exact_wave(times, period, on)))


@pytest.mark.parametrize(("period", "on"), PERIODS)
def test_square_wave(method, period, on):
    """Edges at times that floats cannot hold too; save points on the edges and between them."""
    times = np.linspace(0.0, 12 * period, 73)
    result = ax.simulate(
        filtered_wave(), t=times, params={"P": period, "D": on}, method=method, rtol=RTOL
    )
    assert fault(result, times, period, on) < RTOL


@pytest.mark.parametrize(
    "clock", ["time - P*floor(time/P)", "time % P", "P*(time/P - floor(time/P))"]
)
@pytest.mark.parametrize("comparison", ["<", "<="])
def test_however_the_clock_is_written(method, clock, comparison):
    """What holds at the edge itself is of no length, and changes nothing."""
    times = np.linspace(0.0, 10.0, 11)
    model = filtered_wave(comparison, clock)
    result = ax.simulate(model, t=times, method=method, rtol=RTOL)
    assert fault(result, times, 2.0, 0.5) < RTOL
    assert int(result.n_rejected) <= 12  # a switch stepped over shows as rejected steps


def test_switch_times_swept(method):
    """Each run has its own edges."""
    times = np.linspace(0.0, 10.0, 6)
    periods, shares = np.meshgrid([0.3, 0.7, 1.0, 2.9], [0.1, 0.5, 0.9])
    design = xr.Dataset(
        {"P": ("sample", periods.ravel()), "D": ("sample", (periods * shares).ravel())}
    )
    result = ax.sweep(filtered_wave(), design, t=times, method=method, rtol=RTOL)
    for at in range(periods.size):
        expected = exact_wave(times, float(design.P[at]), float(design.D[at]))
        np.testing.assert_allclose(result.x[at], expected, atol=RTOL)


@cache
def step(condition):
    """Falls or rises a thousandfold where `condition` changes, at time `a`."""
    return ax.load(f"model m()\n a = 0; x' = piecewise(1000, {condition}, 1); x = 0\nend")


@pytest.mark.parametrize("condition", ["time < a", "time <= a", "time > a", "time >= a"])
@pytest.mark.parametrize(
    ("start", "stop", "switch"),
    [
        (0.0, 2.0, 0.0),  # at the start, where a run begins at 0
        (-1.0, 1.0, 0.0),  # at 0, where rounding is no length to measure by
        (1.0, 3.0, 1.0),
        (0.0, 2.0, 2.0),  # at the end
        (0.0, 2.0, 1.0),  # at a save point
        (0.0, 2.0, 0.7),
        (0.0, 2.0, 5.0),  # never reached
        (-3.0, -1.0, -2.3),
    ],
)
def test_one_switch(method, condition, start, stop, switch):
    result = ax.simulate(
        step(condition), t=(start, stop, 5), params={"a": switch}, method=method, rtol=RTOL
    )
    times = result.time.values
    first, last = (1000.0, 1.0) if "<" in condition else (1.0, 1000.0)
    before = np.minimum(times, switch) - min(start, switch)
    expected = first * before + last * (times - start - before)
    np.testing.assert_allclose(result.x, expected, rtol=1e-10, atol=1e-10)
    assert int(result.n_rejected) == 0


PULSE = (
    "model m()\n a = 3; w = 0.001; x' = piecewise(1/w, time >= a && time < a + w, 0); x = 0\nend"
)


@pytest.mark.parametrize("start", [0.0, 1e-9, 1 / 3, 3.3, 5.0, 9.999])
def test_a_narrow_pulse_counts_once(method, start):
    """A ten-thousandth of the run."""
    model = ax.load(PULSE)
    result = ax.simulate(model, t=(0.0, 10.0, 2), params={"a": start}, method=method)
    assert float(result.x[-1]) == pytest.approx(1.0, abs=1e-11)


def test_narrow_pulses_swept(method):
    """Anywhere in the run; those at its ends count for the part that lies in it."""
    starts = np.linspace(-0.0005, 9.9995, 101)
    result = ax.sweep(
        ax.load(PULSE), xr.Dataset({"a": ("sample", starts)}), t=(0.0, 10.0, 3), method=method
    )
    inside = np.clip(starts + 0.001, 0.0, 10.0) - np.clip(starts, 0.0, 10.0)
    np.testing.assert_allclose(result.x[:, -1], inside / 0.001, atol=1e-9)


def test_two_clocks_that_meet(method):
    """Edges of one lie within rounding of edges of the other."""
    model = ax.load(
        """model m()
          c := time - 0.1*floor(time/0.1); d := time - 0.7*floor(time/0.7)
          x' = piecewise(1, c < 0.05 && d < 0.2, 0); x = 0
        end"""
    )
    result = ax.simulate(model, t=(0.0, 10.5, 2), method=method)
    # In hundredths, so in whole numbers: 10.5 is 15 turns of 0.7.
    hundredths = np.arange(1050)
    on = (hundredths % 10 < 5) & (hundredths % 70 < 20)
    assert float(result.x[-1]) == pytest.approx(on.sum() / 100, abs=1e-10)


@pytest.mark.parametrize("span", [(-30.0, 100.0), (0.0, 72.0), (-80.0, -10.0), (13.5, 200.25)])
def test_a_night_by_a_clock_with_an_offset(method, span):
    """22 to 6 o'clock, where the run starts at 5:30; before the first turn of the clock too."""
    model = ax.load(
        """model m()
          P = 24; tod := time + 5.5 - P*floor((time + 5.5)/P)
          x' = piecewise(1, tod >= 22 || tod < 6, 0); x = 0
        end"""
    )
    times = np.linspace(*span, 14)
    result = ax.simulate(model, t=times, method=method)

    def slept(moment):  # since 6 o'clock of the first day
        turns, rest = np.divmod(moment + 5.5 - 6.0, 24.0)
        return 8.0 * turns + np.maximum(rest - 16.0, 0.0)

    np.testing.assert_allclose(result.x, slept(times) - slept(times[0]), atol=1e-9)


@pytest.mark.parametrize("reference", ["scipy:LSODA", "scipy:Radau", "scipy:DOP853"])
def test_the_reference_lands_too(reference):
    times = np.linspace(0.0, 10.0, 11)
    params = {"P": 0.7, "D": 0.35}
    result = ax.simulate(filtered_wave(), t=times, params=params, method=reference, rtol=1e-10)
    assert fault(result, times, 0.7, 0.35) < 1e-9
    for start in (0.0, 3.3, 9.999):
        pulse = ax.simulate(ax.load(PULSE), t=(0.0, 10.0, 2), params={"a": start}, method=reference)
        assert float(pulse.x[-1]) == pytest.approx(1.0, abs=1e-9)


def test_a_read_out_at_a_switch_has_its_value_from_there_on():
    """At a time that floats hold."""
    model = ax.load("model m()\n u := piecewise(1, time >= 1 && time < 3, 0); x' = u; x = 0\nend")
    result = ax.simulate(model, t=[0.0, 1.0, 2.0, 3.0, 4.0])
    np.testing.assert_array_equal(result.u, [0.0, 1.0, 1.0, 0.0, 0.0])
