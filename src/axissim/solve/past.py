"""Delayed values: the steps behind a run are kept, and looked up by their dense output.

The method of steps: no step is longer than the least delay, so that what is asked for is known.
A kink (the start, a dose, an event) comes back after each delay, smoother by one order each time;
such moments are landed on until the method no longer notices.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from axissim.compile.calls import call, integers
from axissim.solve.agenda import BREAKS, HISTORY

_SMOOTH = 5  # how often a kink comes back before it is too smooth to matter
_FEW = 64  # steps remembered before more room is taken
_EPS = float(np.finfo(np.float64).eps)


@njit(error_model="numpy")
def forget(m: Any, task: Any, w: Any, a: Any, lane: int) -> None:
    """A run begins: nothing is behind it but its values at the start."""
    a.kept[lane], a.newest[lane], a.room[lane] = 0.0, -1.0, float(_FEW)
    a.break_count[lane], w.ahead[lane], a.greatest[lane] = 0.0, 0.0, 0.0
    a.origin[lane] = task.start
    for k in range(m.delayed):
        a.begun[k * 8 + lane] = w.y[integers(m.lag_states)[k] * 8 + lane]


@njit(error_model="numpy")
def limit(m: Any, w: Any, a: Any) -> None:
    """Find each lane's least delay, which no step may be longer than."""
    call(m.lags, w.lo, w.y, w.q, a.ago)
    for lane in range(8):
        least, greatest = np.inf, a.greatest[lane]
        for k in range(m.delayed):
            lag = a.ago[k * 8 + lane]
            greatest = max(greatest, lag)
            if lag > 4.0 * _EPS * abs(w.t[lane]):
                least = min(least, lag)
        w.least[lane], a.greatest[lane], w.ahead[lane] = least, greatest, 0.0


@njit(error_model="numpy")
def look_back(m: Any, w: Any, a: Any, clock: Any, y: Any) -> None:
    """Put the delayed values at the moments `clock` and states `y`, and their slopes, into w.q."""
    for _ in range(m.lag_depth):
        call(m.lags, clock, y, w.q, a.ago)
        _look_back(m, w, a, clock, y)


@njit(error_model="numpy")
def _look_back(m: Any, w: Any, a: Any, clock: Any, y: Any) -> None:
    """The same, as long ago as ``a.ago`` says."""
    first = m.fixed + 2 * m.switches
    for lane in range(8):
        if w.active[lane] == 0.0:
            continue
        for k in range(m.delayed):
            lag, moment = a.ago[k * 8 + lane], clock[lane]
            value, slope = a.begun[k * 8 + lane], 0.0
            if abs(lag) <= 4.0 * _EPS * abs(moment):
                value = y[integers(m.lag_states)[k] * 8 + lane]
            elif not lag > 0.0:
                value = np.nan
            elif moment - lag > a.origin[lane]:
                value, slope = _looked_up(m, w, a, lane, k, moment - lag)
            w.q[(first + k) * 8 + lane] = value
            w.q[(first + m.delayed + k) * 8 + lane] = slope


@njit(error_model="numpy")
def _looked_up(m: Any, w: Any, a: Any, lane: int, k: int, moment: float) -> Any:
    """The value and slope of one delayed state at a moment behind the run's start."""
    kept, newest, room = int(a.kept[lane]), int(a.newest[lane]), int(a.room[lane])
    blur = w.lo[lane] - w.t[lane]  # a run begins that much behind a kink
    if moment > w.t[lane] + 4.0 * blur + (0.1 * w.least[lane] if kept else 0.0):
        w.ahead[lane] = 1.0
    if kept == 0:
        return a.begun[k * 8 + lane], 0.0
    late, early = 0, kept  # how many steps back: the first that begins in time lies between
    while late < early:
        middle = (late + early) // 2
        if a.past[_place(a, lane, (newest - middle) % room)] <= moment:
            early = middle
        else:
            late = middle + 1
    if late == kept:  # dropped for want of room
        return np.nan, 0.0
    return _interpolated(m, w, a, lane, k, _place(a, lane, (newest - late) % room), moment)


@njit(error_model="numpy")
def _place(a: Any, lane: int, slot: int) -> Any:
    return (lane * HISTORY + slot) * a.entry


@njit(error_model="numpy")
def _interpolated(m: Any, w: Any, a: Any, lane: int, k: int, at: int, moment: float) -> Any:
    """The dense output of a remembered step (see `axissim.solve.tableaus`) and its slope."""
    width = (a.entry - 2) // m.delayed
    row, theta = at + 2 + k * width, (moment - a.past[at]) / a.past[at + 1]
    inner, inner_slope = 0.0, 0.0
    for d in range(width - 1, 1, -1):
        inner_slope = inner + theta * inner_slope
        inner = a.past[row + d] + theta * inner
    y, y1 = a.past[row], a.past[row + 1]
    outer, outer_slope = y1 + (1.0 - theta) * inner, (1.0 - theta) * inner_slope - inner
    value = (1.0 - theta) * y + theta * outer
    return value, (outer - y + theta * outer_slope) / a.past[at + 1]


@njit(error_model="numpy")
def remember(m: Any, w: Any, a: Any) -> None:
    """Keep the step just taken of the lanes that accepted it."""
    for lane in range(8):
        if w.accepted[lane] != 0.0:
            slot = _made_room(m, w, a, lane, w.t[lane])
            _keep(m, w, a, lane, slot, w.t[lane], w.tried[lane])


@njit(error_model="numpy")
def _keep(m: Any, w: Any, a: Any, lane: int, slot: int, t: float, h: float) -> None:
    at, width = _place(a, lane, slot), (a.entry - 2) // m.delayed
    a.past[at], a.past[at + 1] = t, h
    for k in range(m.delayed):
        i, row = integers(m.lag_states)[k], at + 2 + k * width
        a.past[row], a.past[row + 1] = w.y[i * 8 + lane], w.y1[i * 8 + lane]
        for d in range(width - 2):
            a.past[row + 2 + d] = w.dense[(d * m.states + i) * 8 + lane]


@njit(error_model="numpy")
def _made_room(m: Any, w: Any, a: Any, lane: int, t: float) -> Any:
    """The slot for one more step: in place of one out of sight, or in more room."""
    kept, newest, room = int(a.kept[lane]), int(a.newest[lane]), int(a.room[lane])
    if kept == room:
        second = _place(a, lane, (newest - kept + 2) % room)
        seen = not m.steady_lags or a.past[second] > t - a.greatest[lane]
        if seen and room < HISTORY:
            _widen(a, lane, newest, room)
            a.room[lane] = float(2 * room)
            room = 2 * room
            newest = int(a.newest[lane])
        else:
            kept -= 1
    slot = (newest + 1) % room
    a.newest[lane], a.kept[lane] = float(slot), float(kept + 1)
    return slot


@njit(error_model="numpy")
def _widen(a: Any, lane: int, newest: int, room: int) -> None:
    """Double a ring that is full: what lies before its oldest step is moved behind its last."""
    for slot in range(newest + 1):
        here, there = _place(a, lane, slot), _place(a, lane, slot + room)
        for i in range(a.entry):
            a.past[there + i] = a.past[here + i]
    a.newest[lane] = float(newest + room)


@njit(error_model="numpy")
def kink(m: Any, task: Any, w: Any, a: Any, lane: int, t: float, fresh: bool) -> None:
    """A run stands at a kink: note when each delay brings it back.

    Not `fresh` is one that may itself have come back, and is the smoother for it.
    """
    order = 0.0
    for b in range(int(a.break_count[lane])):
        if not fresh and abs(a.breaks[2 * b * 8 + lane] - t) <= task.blur:
            order = max(order, a.breaks[(2 * b + 1) * 8 + lane])
    _drop_passed(task, a, lane, t)
    if order >= _SMOOTH or not m.steady_lags:
        return
    call(m.lags, a.moment, w.y, w.q, a.ago)
    for k in range(m.delayed):
        count, lag = int(a.break_count[lane]), a.ago[k * 8 + lane]
        if count < BREAKS and lag > task.blur and t + lag < task.stop:
            a.breaks[2 * count * 8 + lane] = t + lag
            a.breaks[(2 * count + 1) * 8 + lane] = order + 1.0
            a.break_count[lane] = count + 1.0


@njit(error_model="numpy")
def _drop_passed(task: Any, a: Any, lane: int, t: float) -> None:
    left = 0
    for b in range(int(a.break_count[lane])):
        if a.breaks[2 * b * 8 + lane] > t + task.blur:
            for part in range(2):
                a.breaks[(2 * left + part) * 8 + lane] = a.breaks[(2 * b + part) * 8 + lane]
            left += 1
    a.break_count[lane] = float(left)
