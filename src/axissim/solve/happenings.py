"""What happens to a run at a moment: doses, events, and what implicit quantities make of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from axissim.compile.calls import call, integers
from axissim.compile.lanes import broadcast, load, store
from axissim.solve.agenda import lot, room_to_wait
from axissim.solve.past import forget, kink, look_back
from axissim.solve.saving import save_now
from axissim.solve.work import EVENT_ERROR, NON_FINITE, OK

_MOST_EXECUTIONS = 1000  # at one moment
_MOST_NEAR = 50  # moments of events in a row, each nearer to the last than _NEAR of the span
_NEAR = 1e-9
_MOST_FALLING = 4  # moments in a row at falling intervals, with less than _FALLING of the span left
_FALLING = 3e-7
_NEWTON = 50
_STIFF = 1e30  # 1/(h gamma) of so short a step that only implicit quantities move
INITIALLY, PERSISTENT, AT_TRIGGER, ACTIONS, FIRST, LAST = range(6)  # columns of m.firing
_EPS = float(np.finfo(np.float64).eps)


@njit(error_model="numpy")
def _told(m: Any, e: int, column: int) -> Any:
    """What `axissim.compile.kernel.Equations` says of an event."""
    return integers(m.firing)[6 * e + column]


@njit(error_model="numpy")
def begin(m: Any, task: Any, w: Any, a: Any, jumps: Any, lane: int) -> Any:
    """A run begins: its agenda is made new, and what happens at the start happens."""
    run = int(w.run[lane])
    a.jump[lane] = float(jumps.first[run])
    a.jump_end[lane] = float(jumps.last[run])
    a.waiting[lane] = a.near[lane] = a.falling[lane] = a.drawn[lane] = 0.0
    a.last[lane], a.interval[lane] = -np.inf, np.inf
    for e in range(m.events):
        a.was[e * 8 + lane] = float(_told(m, e, INITIALLY))
    if m.delayed:
        forget(m, task, w, a, lane)
    return settle(m, task, w, a, jumps, lane, True)


@njit(error_model="numpy")
def settle(m: Any, task: Any, w: Any, a: Any, jumps: Any, lane: int, fresh: bool) -> Any:
    """All that happens to a lane's run where it stands; its status after that.

    The moment is looked at twice, itself and just after it: ``time > 5`` is false at 5.  What is
    saved of the moment is what the first look leaves.  `fresh`: a kink is certain.
    """
    t = w.t[lane]
    store(a.moment, 0, load(w.t, 0))
    jumped = _jump(task, w, a, jumps, lane, t)
    if not _reconciled(m, task, w, a, lane):
        return NON_FINITE
    a.executed[lane] = 0.0
    status = _happen(m, task, w, a, lane, t) if m.events else OK
    save_now(m, task, w, a, lane, t)
    if m.events and status == OK:
        status = _happen(m, task, w, a, lane, t + task.blur)
    acted = a.executed[lane] > 0.0
    if m.delayed:
        kink(m, task, w, a, lane, t, fresh or jumped or acted)
    if acted and status == OK and _endless(task, a, lane, t):
        status = EVENT_ERROR
    return status


@njit(error_model="numpy")
def _endless(task: Any, a: Any, lane: int, t: float) -> Any:
    """Whether events come so thick that there will be no end of them, as of a ball come to rest.

    They do if many in a row lie too near to be told apart.  A few may: where intervals halve, a
    model may come to an end of them and go on (the SBML Test Suite's 00374 does).  But not where
    each leaves its trigger true: a ball that is below the floor must rise to bounce again, and
    soon cannot be seen to.
    """
    interval, span = t - a.last[lane], max(abs(t), task.stop - task.start)
    before = a.interval[lane]
    shrinks = interval < 0.95 * before and a.was[int(a.latest[lane]) * 8 + lane] != 0.0
    if shrinks and before < np.inf:  # all that is left, if it goes on as it does
        shrinks = interval * interval / (before - interval) < _FALLING * span
    a.near[lane] = a.near[lane] + 1.0 if interval < _NEAR * span else 0.0
    a.falling[lane] = a.falling[lane] + 1.0 if shrinks else 0.0
    a.last[lane], a.interval[lane] = t, interval
    return a.near[lane] > _MOST_NEAR or a.falling[lane] > _MOST_FALLING


@njit(error_model="numpy")
def coming(m: Any, a: Any, jumps: Any, lane: int) -> Any:
    """When something is next known to happen to a lane's run."""
    moment = np.inf
    if a.jump[lane] < a.jump_end[lane]:
        moment = jumps.time[int(a.jump[lane])]
    for slot in range(int(a.waiting[lane])):
        moment = min(moment, a.queue[slot * (2 + m.assigned) * 8 + lane])
    for b in range(int(a.break_count[lane])):
        moment = min(moment, a.breaks[2 * b * 8 + lane])
    return moment


@njit(error_model="numpy")
def _jump(task: Any, w: Any, a: Any, jumps: Any, lane: int, t: float) -> bool:
    """Make the jumps that are due."""
    at, end = int(a.jump[lane]), int(a.jump_end[lane])
    first = at
    while at < end and jumps.time[at] <= t + 0.5 * task.blur:
        i = int(jumps.state[at]) * 8 + lane
        w.y[i] = jumps.scale[at] * w.y[i] + jumps.shift[at]
        at += 1
    a.jump[lane] = float(at)
    return at > first


@njit(error_model="numpy")
def _reconciled(m: Any, task: Any, w: Any, a: Any, lane: int) -> bool:
    """Newton's method for the implicit quantities of one lane, at ``a.moment``."""
    if m.differential == m.states:
        return True
    done = good = False
    for i in range(m.states):
        store(w.shift, i, broadcast(0.0))
    for _ in range(_NEWTON):
        if m.delayed:
            look_back(m, w, a, a.moment, w.y)
        call(m.rhs_jacobian, a.moment, w.y, w.q, w.f, w.ft, w.jac)
        store(w.clock, 0, broadcast(_STIFF))
        call(m.factor, w.clock, w.jac, w.lu)
        call(m.solve, w.lu, w.f, w.shift, w.k)
        done, good = True, True
        for i in range(m.differential, m.states):
            move, size = abs(w.k[i * 8 + lane]), abs(w.y[i * 8 + lane])
            done = done and move <= 4.0 * _EPS * size
            good = good and move <= 1e-8 * (size + abs(task.atol[i]))
        if done:  # what meets its constraints stays as it is, to the last bit
            return True
        for i in range(m.differential, m.states):
            w.y[i * 8 + lane] += w.k[i * 8 + lane]
    return good


@njit(error_model="numpy")
def _happen(m: Any, task: Any, w: Any, a: Any, lane: int, moment: float) -> Any:
    """Fire and execute events at `moment` until nothing more is due."""
    a.moment[lane] = moment
    status = _fire(m, task, w, a, lane)
    while status == OK:
        slot = _due(m, task, w, a, lane, moment)
        if slot < 0:
            break
        a.executed[lane] += 1.0
        a.drawn[lane] += 1.0
        _execute(m, w, a, lane, slot)
        if not _reconciled(m, task, w, a, lane):
            status = NON_FINITE
        else:
            status = (
                EVENT_ERROR if a.executed[lane] > _MOST_EXECUTIONS else _fire(m, task, w, a, lane)
            )
    return status


@njit(error_model="numpy")
def _fire(m: Any, task: Any, w: Any, a: Any, lane: int) -> Any:
    """Look at every trigger; those that turned true wait from now on, others may be dropped."""
    if m.delayed:
        look_back(m, w, a, a.moment, w.y)
    if m.compared:
        call(m.relations, a.moment, w.y, w.q, a.now)
    call(m.triggers, a.moment, w.y, w.q, a.now, a.holds)
    known = False
    for e in range(m.events):
        holds = a.holds[e * 8 + lane] != 0.0
        rose = holds and a.was[e * 8 + lane] == 0.0
        a.was[e * 8 + lane] = 1.0 if holds else 0.0
        if not holds and not _told(m, e, PERSISTENT):
            _drop(m, w, a, lane, e)
        if rose and not known:
            call(m.actions, a.moment, w.y, w.q, a.act)
            known = True
        if rose and not _wait(m, w, a, lane, e):
            return EVENT_ERROR
    return OK


@njit(error_model="numpy")
def _wait(m: Any, w: Any, a: Any, lane: int, e: int) -> bool:
    """Put an event among those that wait; False if its delay is none, or too many wait."""
    first, count, width = _told(m, e, ACTIONS), int(a.waiting[lane]), 2 + m.assigned
    delay = a.act[first * 8 + lane]
    if count == room_to_wait(m) or not delay >= 0.0:
        return False
    row = count * width
    a.queue[row * 8 + lane] = w.t[lane] + delay
    a.queue[(row + 1) * 8 + lane] = float(e)
    for j in range(_told(m, e, LAST) - _told(m, e, FIRST)):
        a.queue[(row + 2 + j) * 8 + lane] = a.act[(first + 2 + j) * 8 + lane]
    a.waiting[lane] = count + 1.0
    return True


@njit(error_model="numpy")
def _drop(m: Any, w: Any, a: Any, lane: int, e: int) -> None:
    """Drop what waits of an event whose trigger turned false."""
    width = 2 + m.assigned
    for slot in range(int(a.waiting[lane]) - 1, -1, -1):
        if a.queue[(slot * width + 1) * 8 + lane] == e:
            _remove(a, lane, slot, width)


@njit(error_model="numpy")
def _remove(a: Any, lane: int, slot: int, width: int) -> None:
    count = int(a.waiting[lane])
    for i in range(slot * width, (count - 1) * width):
        a.queue[i * 8 + lane] = a.queue[(i + width) * 8 + lane]
    a.waiting[lane] = count - 1.0


@njit(error_model="numpy")
def _due(m: Any, task: Any, w: Any, a: Any, lane: int, moment: float) -> Any:
    """Of what is due the one with the highest priority, of equals one by lot; -1 if none is.

    Leaves the actions of all events as they are now in ``a.act``.
    """
    width, best, highest, least = 2 + m.assigned, -1, -np.inf, 0
    for slot in range(int(a.waiting[lane])):
        if a.queue[slot * width * 8 + lane] > moment + 0.5 * task.blur:
            continue
        if best < 0:
            call(m.actions, a.moment, w.y, w.q, a.act)
        e = int(a.queue[(slot * width + 1) * 8 + lane])
        priority = a.act[(_told(m, e, ACTIONS) + 1) * 8 + lane]
        priority = priority if priority == priority else -np.inf
        drawn = lot(int(a.drawn[lane]), e)
        if best < 0 or priority > highest or (priority == highest and drawn < least):
            best, highest, least = slot, priority, drawn
    return best


@njit(error_model="numpy")
def _execute(m: Any, w: Any, a: Any, lane: int, slot: int) -> None:
    """Make the assignments of what waits in `slot`, and take it out."""
    width = 2 + m.assigned
    e = int(a.queue[(slot * width + 1) * 8 + lane])
    first, target = _told(m, e, ACTIONS), _told(m, e, FIRST)
    a.latest[lane] = float(e)
    for j in range(_told(m, e, LAST) - target):
        early = a.queue[(slot * width + 2 + j) * 8 + lane]
        late = a.act[(first + 2 + j) * 8 + lane]
        w.y[integers(m.targets)[target + j] * 8 + lane] = early if _told(m, e, AT_TRIGGER) else late
    _remove(a, lane, slot, width)
