"""Delays against closed forms and against a method of steps of their own."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import factorial

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import axissim as ax
from axissim.solve.work import OK

Polynomial = list[Fraction]  # coefficients, lowest first


def run(text, end, points=101, start=0.0, **options):
    options = {"rtol": 1e-9, "atol": 1e-12} | options
    result = ax.simulate(ax.load(text), t=(start, end, points), **options)
    assert int(result.status) == OK
    return result


def integral(p: Polynomial, start: Fraction) -> Polynomial:
    return [start, *(c / (k + 1) for k, c in enumerate(p))]


def at(p: Polynomial, s: Fraction) -> Fraction:
    return sum((c * s**k for k, c in enumerate(p)), Fraction(0))


def piecewise(pieces, width, times):
    """Values of polynomials, each in its own piece's time."""
    found = []
    for t in times:
        piece = min(int(float(t) / float(width)), len(pieces) - 1)
        found.append(float(at(pieces[piece], Fraction(float(t)) - piece * width)))
    return np.array(found)


def decay_with_delay(pieces):
    """x' = -x(t - 1), x = 1 before 0, on each interval of length 1."""
    found, history = [], [Fraction(1)]
    for _ in range(pieces):
        start = at(history, Fraction(1))
        history = integral([-c for c in history], start)
        found.append(history)
    return found


@pytest.mark.parametrize("rtol", [1e-5, 1e-9])
def test_decay_with_delay(method, rtol):
    text = "model m()\n x' = -delay(x, 1); x = 1\nend"
    result = run(text, 10.0, method=method, rtol=rtol, atol=1e-3 * rtol)
    exact = piecewise(decay_with_delay(10), Fraction(1), result.time.values)
    assert np.max(np.abs(result.x.values - exact)) < 20 * rtol


def wille_baker(end):
    """y1' = y1(t-1), y2' = y1(t-1) + y2(t-0.2), y3' = y2; all 1 before 0; pieces of 1/5."""
    width = Fraction(1, 5)
    one = [Fraction(1)]
    y1, y2, y3 = [], [], []

    def before(column, back):
        return column[len(y3) - back] if len(y3) >= back else one

    def value(column):
        return at(column[-1], width) if column else Fraction(1)

    for _ in range(int(end / width)):
        late1, late2 = before(y1, 5), before(y2, 1)
        size = max(len(late1), len(late2))
        both = [
            (late1[k] if k < len(late1) else Fraction(0))
            + (late2[k] if k < len(late2) else Fraction(0))
            for k in range(size)
        ]
        new1, new2 = integral(late1, value(y1)), integral(both, value(y2))
        new3 = integral(new2, value(y3))
        for column, new in ((y1, new1), (y2, new2), (y3, new3)):
            column.append(new)
    return {"y1": y1, "y2": y2, "y3": y3}


def test_wille_and_baker(method):
    """The first example of dde23; exact by rational polynomials."""
    text = """model m()
      y1' = delay(y1, 1); y2' = delay(y1, 1) + delay(y2, 0.2); y3' = y2
      y1 = 1; y2 = 1; y3 = 1
    end"""
    result = run(text, 5.0, 51, method=method)
    for name, pieces in wille_baker(5).items():
        exact = piecewise(pieces, Fraction(1, 5), result.time.values)
        np.testing.assert_allclose(result[name].values, exact, rtol=1e-8)


@cache
def mackey_glass(end, start=1.2, lag=17.0):
    """By the method of steps: DOP853 on each interval, the last interval's interpolant read."""
    past, pieces, y = (lambda t: start), [], start
    for k in range(int(np.ceil(end / lag))):

        def rate(t, x, past=past):
            late = past(t - lag)
            return 0.2 * late / (1 + late**10) - 0.1 * x

        ends = (k * lag, (k + 1) * lag)
        solved = solve_ivp(
            rate, ends, [y], "DOP853", dense_output=True, rtol=1e-13, atol=1e-14, max_step=0.25
        )
        pieces.append(solved.sol)
        past, y = (lambda t, sol=solved.sol: float(sol(t)[0])), float(solved.y[0, -1])
    return pieces


def test_mackey_and_glass(method):
    """beta 0.2, gamma 0.1, n 10, tau 17: chaotic, so an error grows; 150 d is short enough."""
    text = "model m()\n x' = 0.2*delay(x, 17)/(1 + delay(x, 17)^10) - 0.1*x; x = 1.2\nend"
    result = run(text, 150.0, 151, method=method, rtol=1e-10)
    pieces = mackey_glass(150.0)
    times = result.time.values
    exact = np.array([float(pieces[min(int(t / 17), len(pieces) - 1)](t)[0]) for t in times])
    assert np.max(np.abs(result.x.values - exact)) < 1e-7


def test_a_delay_that_vanishes(method):
    """The pantograph, x' = -x(t/2): its power series converges everywhere; the lag at 0 is 0."""
    text = "model m()\n x' = -delay(x, time/2); x = 1\nend"
    result = run(text, 4.0, 41, method=method)
    t = result.time.values
    exact = sum((-t) ** n / (2.0 ** (n * (n - 1) / 2) * factorial(n)) for n in range(40))
    np.testing.assert_allclose(result.x.values, exact, atol=1e-8)


def test_a_delay_that_depends_on_the_state(method):
    """x' = exp(x(x - ln 2 + 1))/t from t = 1, 0 before: ln t up to 2, past its own kink a line."""
    text = """model m()
      x' = exp(delay(x, time - (x - ln(2) + 1)))/time; x = 0
    end"""
    result = run(text, 3.6, 53, start=1.0, method=method)
    t = result.time.values
    exact = np.where(t <= 2, np.log(t), t / 2 - 1 + np.log(2))
    np.testing.assert_allclose(result.x.values, exact, atol=1e-7)


def test_a_jump_comes_again_after_the_lag(method):
    """A step of x at 2 is a kink of y at 3 and of z's slope at 4.5, both landed on."""
    text = """model m()
      x = 0; at time >= 2: x = 1
      y' = delay(x, 1); y = 0; z' = delay(y, 1.5); z = 0
    end"""
    result = run(text, 8.0, 81, method=method, rtol=1e-6)
    t = result.time.values
    np.testing.assert_allclose(result.y.values, np.maximum(t - 3, 0), atol=1e-11)
    np.testing.assert_allclose(result.z.values, np.maximum(t - 4.5, 0) ** 2 / 2, atol=1e-11)


def test_delayed_observables_and_time():
    text = """model m()
      x' = 1; x = 0; a := 2*x + time; b := delay(a, 0.5); c := delay(time, 0.5); d := delay(x, 0)
    end"""
    result = run(text, 3.0, 31)
    t = result.time.values
    np.testing.assert_allclose(result.b, 2 * np.maximum(t - 0.5, 0) + t - 0.5, atol=1e-12)
    np.testing.assert_allclose(result.c, t - 0.5, atol=1e-12)
    np.testing.assert_allclose(result.d, t, atol=1e-12)


def test_a_delay_in_a_trigger():
    text = "model m()\n x' = 1; x = 0; n = 0; at delay(x, 0.75) > 2: n = time\nend"
    assert run(text, 5.0).n.values[-1] == pytest.approx(2.75, abs=1e-10)


def test_a_negative_lag_ends_the_run():
    model = ax.load("model m()\n x' = -delay(x, k); x = 1; k = 1\nend")
    result = ax.simulate(model, t=(0.0, 2.0, 11), params={"k": -1.0})
    assert int(result.status) != OK


def test_a_long_run_keeps_its_past():
    """x' = -pi/2 x(t-1) has cos(pi t/2) for a solution; after 200 d its height still stands."""
    text = "model m()\n p = 3.141592653589793; x' = -p/2*delay(x, 1); x = 1\nend"
    result = run(text, 200.0, 2001)
    last = np.abs(result.x.values[-100:])
    before = np.abs(result.x.values[-500:-400])
    assert np.max(last) == pytest.approx(np.max(before), rel=1e-5)


WALKER = """model walker()
  a' = p1/(1 + p2*r*o) - p3*a
  r' = (o*r)^2/(p4 + (o*r)^2) + p5 - p6*r
  o' = delay(a, tau) - o
  p1 = 30; p2 = 15; p3 = 7.2; p4 = 0.05; p5 = 0.11; p6 = 2.9; tau = 1.4441
  a = 1; r = 0.1; o = 1
end"""


@pytest.mark.parametrize(("drive", "period"), [(20, 63.5), (30, 61.7), (40, 60.5)])
def test_walker_s_stress_axis(drive, period):
    """Walker, Terry & Lightman 2010: pulses without a source of pulses.

    `period` is in minutes where the lag is 15 min; their ratio needs no half-life of cortisol.
    """
    model = ax.load(WALKER)
    result = ax.simulate(model, t=(0.0, 120.0, 12001), params={"p1": drive}, rtol=1e-8)
    assert int(result.status) == OK
    t, o = result.time.values, result.o.values
    peaks = np.flatnonzero((o[1:-1] > o[:-2]) & (o[1:-1] >= o[2:])) + 1
    peaks = peaks[t[peaks] > 60]
    lag = float(model.by_id["tau"].value.value)
    assert np.mean(np.diff(t[peaks])) / lag == pytest.approx(period / 15, abs=0.15 / 15)
    if drive == 30:
        settled = o[t > 60]
        assert settled.min() == pytest.approx(0.615, rel=0.01)
        assert settled.max() == pytest.approx(2.116, rel=0.01)


def test_a_run_with_delays_is_the_same_alone_and_in_a_sweep(method):
    """Bit for bit, each with its own lag, in any order, with one thread or two."""
    import xarray as xr

    model = ax.load(WALKER)
    lags = np.linspace(0.9, 2.3, 19)
    order = np.random.default_rng(2).permutation(len(lags))
    options = {"t": (0.0, 20.0, 41), "method": method, "rtol": 1e-6, "atol": 1e-9}
    swept = ax.sweep(model, xr.Dataset({"tau": ("sample", lags)}), threads=1, **options)
    mixed = xr.Dataset({"tau": ("sample", lags[order])})
    shuffled = ax.sweep(model, mixed, threads=2, **options)
    assert np.all(swept.status == OK)
    assert np.array_equal(swept.o.values[order], shuffled.o.values)
    for which in range(0, len(lags), 6):
        alone = ax.simulate(model, params={"tau": lags[which]}, **options)
        assert np.array_equal(alone.o.values, swept.o.values[which])


@pytest.mark.parametrize(
    "text",
    [
        "model m()\n x' = -delay(x, 1); x = 1\nend",
        WALKER,
        "model m()\n x' = -delay(x, 1); x = 1; at x < -0.5: x = 0.5\nend",
        "model m()\n x' = -delay(x, time/2); x = 1\nend",
    ],
    ids=["decay", "walker", "reset", "vanishing"],
)
def test_lanes_agree_with_the_reference(text):
    ours = run(text, 9.0, 46, rtol=1e-9)
    theirs = run(text, 9.0, 46, rtol=1e-9, method="scipy:RK45")
    for state in ax.load(text).states:
        np.testing.assert_allclose(ours[state.id], theirs[state.id], rtol=2e-6, atol=2e-6)
