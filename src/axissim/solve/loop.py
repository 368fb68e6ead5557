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

from axissim.compile.calls import call, pointer
from axissim.compile.lanes import (
    absolute,
    anywhere,
    both,
    broadcast,
    either,
    gt,
    le,
    load,
    lt,
    maximum,
    minimum,
    negated,
    store,
    where,
)
from axissim.solve.agenda import (
    LIMIT,
    LOOK_FROM_START,
    SHORTEN,
    WATCH,
    agenda_of,
    agenda_sizes,
    history,
    jumps_of,
    occur,
)
from axissim.solve.control import next_factor, norm
from axissim.solve.occasions import Frame, packed
from axissim.solve.saving import save_observed, save_states
from axissim.solve.turns import fill, turn
from axissim.solve.work import (
    memory,
    sizes,
    task_of,
    workspace,
)

_LOST = 1e9  # a sum of pivots, each relative to 1/(h gamma), that has lost too many digits
_EARLY = 1e4  # error of a step that asked for what has not happened yet


def drive_of(method: Any, take_step: Any, interpolants: Any) -> Any:
    """The compiled function ``drive(m, task)`` that takes runs until none is left."""

    # Inlined, for its symbol holds no method's name: of two methods read from the cache, each
    # compiled in its own process, the linker took the first one's loop for both.
    @njit(error_model="numpy", forceinline=True)
    def drive(m: Any, runs: Any) -> None:
        task = task_of(runs, m, method.vectors)
        notes, past, frame = memory(agenda_sizes(m)), history(m, method.vectors), memory((64,))
        room = memory(sizes(m, method, task.width))
        w = workspace(m, method, task.width, room, runs.occasions, frame)
        agenda = agenda_of(m, method.vectors, notes, past)
        packed(pointer(frame), Frame(m, task, w, agenda, jumps_of(runs)))
        w.group_at[0] = 8.0
        store(w.vacant, 0, broadcast(1.0))
        while True:
            while anywhere(load(w.vacant, 0)):
                for lane in range(8):
                    if w.vacant[lane] != 0.0:
                        fill(m, task, method, w, lane)
            if not anywhere(load(w.active, 0)):
                break
            if method.reuses_last and anywhere(load(w.stale, 0)):
                renew(m, w)
            t, h, end, lands = aim(m, task, w)
            if method.implicit:
                if m.delayed:
                    occur(w, LOOK_FROM_START, 0)
                call(m.rhs_jacobian, w.lo, w.y, w.q, w.f, w.ft, w.jac)
            take_step(m, w, t, h)
            accept = judge(m, task, method, w, h)
            stops = both(accept, both(lands, lt(end, task.stop)))
            store(w.end, 0, where(accept, end, -np.inf))
            need = le(load(w.next_save, 0), load(w.end, 0))
            if task.watchful or anywhere(need):
                interpolants(task, m.states, h, w.k, w.dense)
            if task.watchful:
                found = watched(w, accept, h)
                end = where(found, t + load(w.theta, 0) * h, end)
                stops = either(stops, found)
            if task.eventful:  # what is saved of a moment is told after what happens then
                before = where(either(stops, lands), end - 0.5 * task.blur, end)
                store(w.end, 0, where(accept, before, -np.inf))
                need = le(load(w.next_save, 0), load(w.end, 0))
            if anywhere(need):
                save(m, task, method, w, need, t, h)
            if task.watchful:
                occur(w, SHORTEN, 0)
            commit(m, task, method, w, accept, end)
            turn(m, task, w, accept, stops)
        # a use of the memory, so that it lives until here
        room[0] = notes[0] = frame[0] = float(runs.counter.size + past.size)

    return drive


@njit(error_model="numpy", forceinline=True)
def aim(m: Any, task: Any, w: Any) -> Any:
    """From where to where each lane's next step goes: start, length, end, whether it lands there.

    A step that lands is as long as it has to be, and the equations are not asked across the moment.
    """
    if m.delayed:
        occur(w, LIMIT, 0)
        store(w.h, 0, minimum(load(w.h, 0), load(w.least, 0)))
    t, h, target = load(w.t, 0), load(w.h, 0), load(w.target, 0)
    lands = le(target - t, 1.0001 * h)
    h = where(lands, target - t, h)
    end = where(lands, target, t + h)
    sharp = task.eventful or m.switches > 0
    store(w.hi, 0, where(lands, target - task.blur, end) if sharp else end)
    return t, h, end, lands


@njit(error_model="numpy", forceinline=True)
def judge(m: Any, task: Any, method: Any, w: Any, h: Any) -> Any:
    """Accept or reject each lane's step and set the next step to try."""
    error = norm(m.states, w.error, w.y, w.y1, w.peak, task.rtol, task.atol)
    if method.implicit:
        error = where(gt(load(w.lu, m.lu), _LOST), np.inf, error)
    if m.delayed:
        error = where(load(w.ahead, 0), _EARLY, error)
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
def watched(w: Any, accept: Any, h: Any) -> Any:
    """Have a step remembered and looked through; whether a relation changes in it, in each lane."""
    store(w.accepted, 0, accept)
    store(w.tried, 0, h)
    occur(w, WATCH, 0)
    return load(w.found, 0)


@njit(error_model="numpy", forceinline=True)
def commit(m: Any, task: Any, method: Any, w: Any, accept: Any, end: Any) -> None:
    """Move the lanes whose step was accepted."""
    n, last = m.states, (method.stages - 1) * m.states
    for i in range(n):
        store(w.y, i, where(accept, load(w.y1, i), load(w.y, i)))
        if task.atol[i] < 0.0:
            store(w.peak, i, maximum(load(w.peak, i), absolute(load(w.y, i))))
    if method.reuses_last:
        for i in range(n):
            store(w.k, i, where(accept, load(w.k, last + i), load(w.k, i)))
    store(w.t, 0, where(accept, end, load(w.t, 0)))
    store(w.lo, 0, where(accept, end, load(w.lo, 0)))


@njit(error_model="numpy", forceinline=True)
def save(m: Any, task: Any, method: Any, w: Any, need: Any, t: Any, h: Any) -> None:
    """Write the save points within the step just taken."""
    if task.observed:
        save_observed(m, task, method.vectors, w, need, t, h)
    else:
        save_states(m, task, method.vectors, w, h)


@njit(error_model="numpy", forceinline=True)
def renew(m: Any, w: Any) -> None:
    """The rates that a step begins with, where they are not those that the last one ended with."""
    if m.delayed:
        occur(w, LOOK_FROM_START, 0)
    call(m.rhs, w.lo, w.y, w.q, w.f)
    for i in range(m.states):
        store(w.k, i, where(load(w.stale, 0), load(w.f, i), load(w.k, i)))
    store(w.stale, 0, broadcast(0.0))
