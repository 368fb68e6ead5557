"""How far off a step is, and how long the first and the next should be."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from axissim.compile.calls import call, integers
from axissim.compile.lanes import (
    absolute,
    broadcast,
    either,
    exp,
    gt,
    load,
    log,
    lt,
    maximum,
    minimum,
    power,
    sqrt,
    store,
    where,
)
from axissim.solve.work import LEAST_SIZE

_TINY = 1e-200  # floor of an error weight, where a state and its tolerance are both 0
_FIRST = 1.0  # error aimed at in the first step, in units of the tolerance
_SAFETY, _SHRINK, _GROW = 0.9, 0.2, 6.0
_PRESENT, _HISTORY = 1.25, 0.5  # exponents of this error and of the last, times the order


@njit(error_model="numpy")
def norm(n: int, error: Any, y: Any, y1: Any, peak: Any, rtol: float, atol: Any) -> Any:
    """Mean square of the error in units of the tolerance, in each lane.

    `peak` is the greatest size of each state so far: see `axissim.solve.work.Runs.atol`.
    """
    total = broadcast(0.0)
    for i in range(n):
        size = maximum(absolute(load(y, i)), absolute(load(y1, i)))
        floor = broadcast(atol[i])
        if atol[i] < 0.0:
            floor = -atol[i] * maximum(maximum(size, load(peak, i)), LEAST_SIZE)
        ratio = load(error, i) / (floor + _TINY + rtol * size)
        total = total + ratio * ratio + 0.0 * size  # NaN where a value is infinite
    return total / max(n, 1)


@njit(error_model="numpy")
def root_norm(n: int, error: Any, y: Any, rtol: float, atol: Any) -> Any:
    """The root of `norm` where a run begins."""
    return sqrt(norm(n, error, y, y, y, rtol, atol))


@njit(error_model="numpy")
def first_step(m: Any, task: Any, order: float, w: Any) -> Any:
    """A first step from the equations: Hairer, Norsett & Wanner, Solving ODEs I, section II.4.

    Unlike there, nothing in it depends on units: with T the time in which the rates change, the
    error of a step is taken as (h/T)^order times the change in T, and where the start tells
    nothing, the step is a millionth of the span.  Leaves the rates at the start in ``w.group_f``.
    """
    n, y, f, at, f1 = m.states, w.group_y, w.group_f, w.stage, w.shift
    first = m.fixed + 2 * m.switches
    for k in range(m.delayed):  # nothing is in the past yet but the values at the start
        store(w.group_q, first + k, load(y, integers(m.lag_states)[k]))
        store(w.group_q, first + m.delayed + k, broadcast(0.0))
    start, span = task.start, task.stop - task.start
    store(w.clock, 0, start + (task.blur if m.switches else 0.0))
    call(m.rhs, w.clock, y, w.group_q, f)
    size = root_norm(n, y, y, task.rtol, task.atol)
    speed = root_norm(n, f, y, task.rtol, task.atol)
    small = either(lt(size, 1e-5), lt(speed, 1e-5 / span))
    h = minimum(where(small, 1e-6 * span, 0.01 * size / speed), 0.1 * span)
    for i in range(n):
        store(at, i, load(y, i) + h * load(f, i))
    call(m.rhs, w.clock, at, w.group_q, f1)
    for i in range(n):
        store(f1, i, load(f1, i) - load(f, i))
    scale = speed * h / root_norm(n, f1, y, task.rtol, task.atol)  # time in which the rates change
    reach = speed * scale
    guess = where(lt(scale, span), scale * power(_FIRST / reach, 1.0 / order), span)
    h = minimum(minimum(100.0 * h, guess), span)
    return where(gt(h, 0.0), h, 1e-6 * span)


@njit(error_model="numpy")
def next_factor(error: Any, last: Any, order: float) -> Any:
    """By what to multiply the step, and the logarithm of the error to remember.

    A proportional-integral controller: Gustafsson, ACM TOMS 1991;17:533, doi:10.1145/210232.210242.
    """
    logarithm = 0.5 * log(maximum(error, 1e-16))
    factor = _SAFETY * exp((_HISTORY * last - _PRESENT * logarithm) / order)
    return minimum(maximum(factor, _SHRINK), _GROW), logarithm


@njit(error_model="numpy")
def next_landing(m: Any, task: Any, q: Any, lane: int, t: float, coming: float) -> Any:
    """The next known switch time of one lane's run after `t`, what is `coming`, or the end."""
    target, after, before = float(task.stop), t + task.blur, task.stop - task.blur
    for s in range(m.switches):
        moment = q[(m.fixed + 2 * s) * 8 + lane]
        period = q[(m.fixed + 2 * s + 1) * 8 + lane]
        if period > 0.0:
            moment += period * (np.floor((t - moment) / period) + 1.0)
            if moment <= after:
                moment += period
        if after < moment < min(target, before):
            target = moment
    return min(target, max(coming, after))
