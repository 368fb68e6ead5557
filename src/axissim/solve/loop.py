"""The stepping loop: steps, dense output, landing on switch times, refilling of lanes.

Written once for every model and method.  A model is the addresses of its equations; a method is
the functions of `axissim.solve.steps`.  Eight runs go side by side, each with its own time, step,
parameters and fate; nothing one computes depends on its neighbours.  Runs are taken eight by
eight from a counter that all threads share, so that a slow run holds nobody up.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from axissim.compile.calls import call, fetch_add, pointer
from axissim.compile.lanes import (
    absolute,
    anywhere,
    both,
    broadcast,
    either,
    ge,
    get,
    gt,
    le,
    load,
    lt,
    minimum,
    negated,
    put,
    store,
    where,
)
from axissim.solve.agenda import (
    BEGIN,
    CROSS,
    KEEP,
    LIMIT,
    LOOK_FROM_START,
    SETTLE,
    agenda_of,
    agenda_sizes,
    history,
    jumps_of,
    occur,
)
from axissim.solve.control import first_step, next_factor, next_landing, norm
from axissim.solve.occasions import FRAME_SIZE, Frame, packed
from axissim.solve.saving import along, save_observed, save_states
from axissim.solve.work import (
    MAX_STEPS,
    NON_FINITE,
    OK,
    STEP_TOO_SMALL,
    memory,
    sizes,
    task_of,
    workspace,
)

_EPS = float(np.finfo(np.float64).eps)
_LOST = 1e9  # a sum of pivots, each relative to 1/(h gamma), that has lost too many digits
_EARLY = 1e4  # error of a step that asked for what has not happened yet
_BLIND = 40.0  # rejections in a row for want of a finite value before a run is given up


def drive_of(method: Any, take_step: Any, interpolants: Any) -> Any:
    """The compiled function ``drive(m, task)`` that takes runs until none is left."""

    # Inlined, for its symbol holds no method's name: of two methods read from the cache, each
    # compiled in its own process, the linker took the first one's loop for both.
    @njit(error_model="numpy", forceinline=True)
    def drive(m: Any, runs: Any) -> None:
        task = task_of(runs, m, method.vectors)
        notes, past, frame = (
            memory(agenda_sizes(m)),
            history(m, method.vectors),
            np.zeros(FRAME_SIZE),
        )
        room = memory(sizes(m, method, task.width))
        w = workspace(m, method, task.width, room, runs.occasions, frame)
        agenda = agenda_of(m, method.vectors, notes, past)
        packed(pointer(frame), Frame(m, task, w, agenda, jumps_of(runs)))
        w.group_at[0] = 8.0
        for lane in range(8):
            refill(m, task, method, w, lane)
        while anywhere(load(w.active, 0)):
            if m.delayed:
                occur(w, LIMIT, 0)
                store(w.h, 0, minimum(load(w.h, 0), load(w.least, 0)))
            t, h, target = load(w.t, 0), load(w.h, 0), load(w.target, 0)
            lands = le(target - t, 1.0001 * h)
            h = where(lands, target - t, h)
            end = where(lands, target, t + h)
            sharp = task.eventful or m.switches > 0
            store(w.hi, 0, where(lands, target - task.blur, end) if sharp else end)
            if method.implicit:
                if m.delayed:
                    occur(w, LOOK_FROM_START, 0)
                call(m.rhs_jacobian, w.lo, w.y, w.q, w.f, w.ft, w.jac)
            take_step(m, w, t, h)
            error = norm(m.states, w.error, w.y, w.y1, task.rtol, task.atol)
            if method.implicit:
                error = where(gt(load(w.lu, m.lu), _LOST), np.inf, error)
            if m.delayed:
                error = where(load(w.ahead, 0), _EARLY, error)
            accept = judge(task, method, w, h, error)
            stops = both(accept, both(lands, lt(target, task.stop)))
            if m.delayed + m.compared > 0:
                interpolants(task, m.states, h, w.k, w.dense)
                found = watched(m, w, accept, h)
                end = where(found, t + load(w.theta, 0) * h, end)
                stops = either(stops, found)
            before = end
            if task.eventful:
                before = where(either(stops, lands), end - 0.5 * task.blur, end)
            store(w.end, 0, where(accept, before, -np.inf))
            need = le(load(w.next_save, 0), load(w.end, 0))
            if anywhere(need):
                interpolants(task, m.states, h, w.k, w.dense)
                if task.observed:
                    save_observed(m, task, method.vectors, w, need, t, h)
                else:
                    save_states(m, task, method.vectors, w, h)
            if m.compared:
                shorten(m, method.vectors, w)
            commit(m, method, w, accept, end)
            turn(m, task, method, w, accept, stops)
        # a use of the memory, so that it lives until here
        room[0] = notes[0] = frame[0] = float(runs.counter.size + past.size)

    return drive


@njit(error_model="numpy", forceinline=True)
def judge(task: Any, method: Any, w: Any, h: Any, error: Any) -> Any:
    """Accept or reject each lane's step and set the next step to try."""
    finite = lt(error, 1e300)
    active = load(w.active, 0)
    accept = both(active, finite if task.fixed_step > 0.0 else le(error, 1.0))
    factor, logarithm = next_factor(error, load(w.last, 0), method.order)
    after_rejection = load(w.rejecting, 0)
    factor = where(both(accept, after_rejection), minimum(factor, 1.0), factor)
    factor = where(finite, factor, 0.1)
    if task.fixed_step > 0.0:
        store(w.h, 0, broadcast(task.fixed_step))
    else:
        store(w.h, 0, where(active, h * factor, load(w.h, 0)))
    reject = both(active, negated(accept))
    store(w.last, 0, where(accept, logarithm, load(w.last, 0)))
    store(w.rejecting, 0, reject)
    store(w.steps, 0, load(w.steps, 0) + accept)
    store(w.rejected, 0, load(w.rejected, 0) + reject)
    store(w.blind, 0, where(finite, 0.0, load(w.blind, 0) + 1.0))
    return accept


@njit(error_model="numpy", forceinline=True)
def watched(m: Any, w: Any, accept: Any, h: Any) -> Any:
    """Remember a step for delayed values; whether a relation changes in it, in each lane."""
    store(w.accepted, 0, accept)
    store(w.tried, 0, h)
    store(w.found, 0, broadcast(0.0))
    if m.delayed:
        occur(w, KEEP, 0)
    if m.compared:
        occur(w, CROSS, 0)
    return load(w.found, 0)


@njit(error_model="numpy", forceinline=True)
def shorten(m: Any, vectors: int, w: Any) -> None:
    """End the step of some lanes where a relation changes."""
    found = load(w.found, 0)
    if anywhere(found):
        along(m.states, vectors, w, load(w.theta, 0))
        for i in range(m.states):
            store(w.y1, i, where(found, load(w.stage, i), load(w.y1, i)))


@njit(error_model="numpy", forceinline=True)
def commit(m: Any, method: Any, w: Any, accept: Any, end: Any) -> None:
    """Move the lanes whose step was accepted."""
    n, last = m.states, (method.stages - 1) * m.states
    for i in range(n):
        store(w.y, i, where(accept, load(w.y1, i), load(w.y, i)))
    if method.reuses_last:
        for i in range(n):
            store(w.k, i, where(accept, load(w.k, last + i), load(w.k, i)))
    store(w.t, 0, where(accept, end, load(w.t, 0)))
    store(w.lo, 0, where(accept, end, load(w.lo, 0)))


@njit(error_model="numpy", forceinline=True)
def turn(m: Any, task: Any, method: Any, w: Any, accept: Any, switched: Any) -> None:
    """What happens to a lane between steps: its run ends, is given up, or passes a switch.

    `switched` are the lanes that stand where something switches or happens.
    """
    t, active = load(w.t, 0), load(w.active, 0)
    small = lt(load(w.h, 0), 4.0 * _EPS * absolute(t))
    long = ge(load(w.steps, 0) + load(w.rejected, 0), task.max_steps)
    ended = both(accept, ge(t, task.stop))
    bad = both(active, either(either(small, long), ge(load(w.blind, 0), _BLIND)))
    if not anywhere(either(either(ended, bad), switched)):
        return
    for lane in range(8):
        status = OK
        stands = get(ended, lane) != 0.0 or get(switched, lane) != 0.0
        if task.eventful and stands:
            status = occur(w, SETTLE, lane)
        if get(ended, lane) != 0.0 or status != OK:
            record(task, w, lane, status)
            refill(m, task, method, w, lane)
        elif get(bad, lane) != 0.0:
            blind = w.blind[lane] > 0.0
            stuck = NON_FINITE if blind else STEP_TOO_SMALL
            full = get(long, lane) != 0.0 and get(small, lane) == 0.0
            record(task, w, lane, MAX_STEPS if full else stuck)
            refill(m, task, method, w, lane)
        elif get(switched, lane) != 0.0:
            w.lo[lane] = w.t[lane] + task.blur
            coming = w.ask[3] if task.eventful else np.inf
            w.target[lane] = next_landing(m, task, w.q, lane, w.t[lane], coming)
    if method.reuses_last and anywhere(switched):
        renew(m, w, switched)


@njit(error_model="numpy", forceinline=True)
def renew(m: Any, w: Any, lanes: Any) -> None:
    """The rates that a step begins with, where they are not those that the last one ended with."""
    if m.delayed:
        occur(w, LOOK_FROM_START, 0)
    call(m.rhs, w.lo, w.y, w.q, w.f)
    for i in range(m.states):
        store(w.k, i, where(lanes, load(w.f, i), load(w.k, i)))


@njit(error_model="numpy", forceinline=True)
def record(task: Any, w: Any, lane: int, status: int) -> None:
    """The end of a run, well or badly; what was not reached is missing."""
    run = int(w.run[lane])
    task.status[run] = status
    task.n_steps[run] = int(w.steps[lane])
    task.n_rejected[run] = int(w.rejected[lane])
    if status != OK:
        task.t_fail[run] = w.t[lane]
        size = task.points * task.width
        for i in range(int(w.saved[lane]) * task.width, size):
            task.out[run * size + i] = np.nan


@njit(error_model="numpy")
def refill(m: Any, task: Any, method: Any, w: Any, lane: int) -> None:
    """Put the next run that can begin into a lane, or leave the lane idle if there is none."""
    while _filled(m, task, method, w, lane) and task.eventful:
        w.active[lane] = 1.0
        status = occur(w, BEGIN, lane)
        if status == OK:
            if method.reuses_last:
                renew(m, w, put(broadcast(0.0), lane, 1.0))
            w.target[lane] = next_landing(m, task, w.q, lane, task.start, w.ask[3])
            return
        record(task, w, lane, status)


@njit(error_model="numpy")
def _filled(m: Any, task: Any, method: Any, w: Any, lane: int) -> bool:
    """Put the next run into a lane as it was made ready."""
    if w.group_at[0] == 8.0:
        prepare_group(m, task, method.order, w)
    slot = int(w.group_at[0])
    run = w.group_run[slot]
    w.active[lane] = 1.0 if run >= 0.0 else 0.0
    if run < 0.0:
        w.target[lane] = np.inf
        w.hi[lane] = w.t[lane]
        return False
    w.group_at[0] = slot + 1.0
    w.run[lane] = run
    for i in range(m.fixed + 2 * m.switches + 2 * m.delayed):
        w.q[i * 8 + lane] = w.group_q[i * 8 + slot]
    for i in range(m.states):
        w.y[i * 8 + lane] = w.group_y[i * 8 + slot]
        w.k[i * 8 + lane] = w.group_f[i * 8 + slot]
    start = task.start
    w.t[lane] = start
    w.lo[lane] = start + (task.blur if m.switches or task.eventful else 0.0)
    w.h[lane] = task.fixed_step if task.fixed_step > 0.0 else w.group_h[slot]
    w.saved[lane] = 0
    w.next_save[lane] = start
    w.rejecting[lane] = 0.0
    w.steps[lane] = w.rejected[lane] = w.blind[lane] = w.last[lane] = 0.0
    if not task.eventful:
        w.target[lane] = next_landing(m, task, w.q, lane, start, np.inf)
    return True


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
