"""Between steps: a run begins in a lane, passes a switch, or ends, well or badly."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from axissim.compile.calls import call, fetch_add
from axissim.compile.lanes import (
    absolute,
    anywhere,
    both,
    broadcast,
    either,
    ge,
    get,
    load,
    lt,
    store,
)
from axissim.solve.agenda import BEGIN, SETTLE, occur
from axissim.solve.control import first_step, next_landing
from axissim.solve.work import MAX_STEPS, NON_FINITE, NOT_RUN, OK, STEP_TOO_SMALL

_EPS = float(np.finfo(np.float64).eps)
_BLIND = 40.0  # rejections in a row for want of a finite value before a run is given up


@njit(error_model="numpy", forceinline=True)
def turn(m: Any, task: Any, w: Any, accept: Any, switched: Any) -> None:
    """What becomes of a lane between steps: its run ends, is given up, or passes a switch.

    `switched` are the lanes that stand where something switches or happens.
    """
    t, active = load(w.t, 0), load(w.active, 0)
    small = lt(load(w.h, 0), 4.0 * _EPS * absolute(t))
    long = ge(load(w.steps, 0) + load(w.rejected, 0), task.max_steps)
    ended = both(accept, ge(t, task.stop))
    bad = both(active, either(either(small, long), ge(load(w.blind, 0), _BLIND)))
    store(w.stale, 0, switched)
    if not anywhere(either(either(ended, bad), switched)):
        return
    for lane in range(8):
        status, passes = NOT_RUN, get(switched, lane) != 0.0
        if task.eventful and (passes or get(ended, lane) != 0.0):
            happened = occur(w, SETTLE, lane)
            status = happened if happened != OK else status
        if status == NOT_RUN and get(ended, lane) != 0.0:
            status = OK
        elif status == NOT_RUN and get(bad, lane) != 0.0:
            blind = w.blind[lane] > 0.0
            full = get(long, lane) != 0.0 and get(small, lane) == 0.0
            status = MAX_STEPS if full else (NON_FINITE if blind else STEP_TOO_SMALL)
        if status != NOT_RUN:
            record(task, w, lane, status)
        elif passes:
            go_on(m, task, w, lane)


@njit(error_model="numpy", forceinline=True)
def go_on(m: Any, task: Any, w: Any, lane: int) -> None:
    """A lane's run starts from where it stands, at which something switches or happens."""
    w.lo[lane] = w.t[lane] + task.blur
    coming = w.ask[3] if task.eventful else np.inf
    w.target[lane] = next_landing(m, task, w.q, lane, w.t[lane], coming)


@njit(error_model="numpy", forceinline=True)
def record(task: Any, w: Any, lane: int, status: int) -> None:
    """The end of a run, well or badly; what was not reached is missing."""
    run = int(w.run[lane])
    w.vacant[lane] = 1.0
    task.status[run] = status
    task.n_steps[run] = int(w.steps[lane])
    task.n_rejected[run] = int(w.rejected[lane])
    if status != OK:
        task.t_fail[run] = w.t[lane]
        size = task.points * task.width
        for i in range(int(w.saved[lane]) * task.width, size):
            task.out[run * size + i] = np.nan


@njit(error_model="numpy", forceinline=True)
def fill(m: Any, task: Any, method: Any, w: Any, lane: int) -> None:
    """Put the next run into a lane, or leave the lane idle if there is none."""
    if w.group_at[0] == 8.0:
        prepare_group(m, task, method.order, w)
    slot = int(w.group_at[0])
    run = w.group_run[slot]
    w.vacant[lane] = 0.0
    w.active[lane] = 1.0 if run >= 0.0 else 0.0
    if run < 0.0:
        w.target[lane] = np.inf
        w.hi[lane] = w.t[lane]
        return
    w.group_at[0] = slot + 1.0
    w.run[lane] = run
    for i in range(m.fixed + 2 * m.switches + 2 * m.delayed):
        w.q[i * 8 + lane] = w.group_q[i * 8 + slot]
    for i in range(m.states):
        w.y[i * 8 + lane] = w.group_y[i * 8 + slot]
        w.peak[i * 8 + lane] = abs(w.group_y[i * 8 + slot])
        w.k[i * 8 + lane] = w.group_f[i * 8 + slot]
    w.t[lane] = w.next_save[lane] = task.start
    w.h[lane] = task.fixed_step if task.fixed_step > 0.0 else w.group_h[slot]
    w.saved[lane] = w.rejecting[lane] = w.stale[lane] = 0.0
    w.steps[lane] = w.rejected[lane] = w.blind[lane] = w.last[lane] = 0.0
    if task.eventful:
        status = occur(w, BEGIN, lane)
        w.stale[lane] = 1.0
        if status != OK:
            record(task, w, lane, status)
    go_on(m, task, w, lane)
    if m.switches == 0 and not task.eventful:
        w.lo[lane] = task.start


@njit(error_model="numpy")
def prepare_group(m: Any, task: Any, order: float, w: Any) -> None:
    """Take eight task: their inputs, fixed quantities, initial values and first steps."""
    count = task.members
    first = fetch_add(task.counter, 8)
    for slot in range(8):
        w.group_run[slot] = first + slot if first + slot < count else -1.0
    w.group_at[0] = 0.0
    if first >= count:
        return
    for i in range(m.inputs):
        store(w.group_p, i, broadcast(task.defaults[i]))
    for c in range(task.varied):
        for slot in range(8):
            row = min(first + slot, count - 1)
            w.group_p[task.columns[c] * 8 + slot] = task.design[row * task.varied + c]
    call(m.prepare, w.group_p, w.group_q, w.group_y)
    store(w.group_h, 0, first_step(m, task, order, w))
