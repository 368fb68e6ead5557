"""What a lane's run has to remember and to look forward to: doses, events, delayed values."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from axissim.compile.calls import call, pointer, spread

_PENDING = 64  # executions that wait in a run, beside some of each event; of more, it is given up
BREAKS = 64  # moments waiting at which a delayed value has a kink
HISTORY = 2**15  # steps that a run remembers at the most
BEGIN, SETTLE, LOOK_FROM_START, LOOK_FROM_STAGE, LIMIT, WATCH, SHORTEN = range(7)  # to be asked


class Agenda(NamedTuple):
    """One thread's memory of happenings, as pointers to vectors of lanes.

    Of events: what each trigger was, what it is, its actions; relations at the start of a step, in
    its middle, at its end, and where it is looked at; the moment that is looked at, and from
    where on in a step a relation may change.  Of each run: its next jump and the one behind its
    last, how many executions wait, when events last happened, how often in a row close by and at
    falling intervals, the last interval and the last event, and how many were executed at this
    moment and in all.
    ``queue``: of each waiting execution its time, its event and its values.  Of delays: how long
    ago each value is, the greatest such time, each value before the start, kinks ahead (their time
    and order) and how many, the newest step remembered, how many are, for how many there is room,
    and when the run began.  ``past``: the steps of each lane, `entry` numbers each.
    """

    was: Any
    holds: Any
    act: Any
    sign: Any
    middle: Any
    final: Any
    now: Any
    moment: Any
    low: Any
    jump: Any
    jump_end: Any
    waiting: Any
    last: Any
    near: Any
    falling: Any
    interval: Any
    latest: Any
    executed: Any
    drawn: Any
    queue: Any
    ago: Any
    greatest: Any
    begun: Any
    breaks: Any
    break_count: Any
    newest: Any
    kept: Any
    room: Any
    origin: Any
    past: Any
    entry: int


@njit
def agenda_sizes(m: Any) -> Any:
    """How many vectors each pointer of `Agenda` needs, but for the last."""
    r = m.compared
    of_events = (m.events, m.events, m.acting, r, r, r, r, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
    of_queue = (room_to_wait(m) * (2 + m.assigned),)
    of_delays = (m.delayed, 1, m.delayed, 2 * BREAKS if m.delayed else 0, 1, 1, 1, 1, 1)
    return of_events + of_queue + of_delays


@njit
def room_to_wait(m: Any) -> Any:
    """How many executions may wait in a run."""
    return _PENDING + 4 * m.events if m.events else 0


@njit
def lot(drawn: int, event: int) -> Any:
    """What is drawn for an event where several are due with one priority: the least goes first.

    SBML asks for an order by chance (Level 3 Version 2, section 4.11.3).  Chance is here a hash of
    how many executions the run has had, so that a run is the same alone and in any sweep.
    """
    mixed = np.uint64(drawn + 1) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= np.uint64(event + 1) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0x94D049BB133111EB)
    return np.int64((mixed ^ (mixed >> np.uint64(27))) >> np.uint64(2))


@njit
def history(m: Any, vectors: int) -> Any:
    """Room for what is remembered, which the system gives as it is used."""
    return np.empty(8 * HISTORY * entry_size(m, vectors) if m.delayed else 0)


@njit
def entry_size(m: Any, vectors: int) -> Any:
    """Numbers of one remembered step: when, how long, and each delayed value's dense output."""
    return 2 + m.delayed * (2 + vectors)


@njit
def agenda_of(m: Any, vectors: int, room: Any, past: Any) -> Agenda:
    """`Agenda` in `room` and `past`, which must be kept alive."""
    pointers = spread(pointer(room), agenda_sizes(m))
    everything = pointers + (pointer(past), entry_size(m, vectors))  # noqa: RUF005, for Numba
    return Agenda(*everything)


class Jumps(NamedTuple):
    """The jumps of `axissim.solve.work.Runs`, as pointers."""

    first: Any
    last: Any
    time: Any
    state: Any
    scale: Any
    shift: Any


@njit
def jumps_of(runs: Any) -> Jumps:
    """The jumps of `runs`, whose arrays must be kept alive."""
    return Jumps(
        pointer(runs.jump_first), pointer(runs.jump_last), pointer(runs.jump_time),
        pointer(runs.jump_state), pointer(runs.jump_scale), pointer(runs.jump_shift),
    )  # fmt: skip


@njit(error_model="numpy", forceinline=True)
def occur(w: Any, what: int, lane: int) -> Any:
    """Ask `axissim.solve.occasions` for something; its answer."""
    w.ask[0], w.ask[1] = float(what), float(lane)
    call(w.occasions, w.frame)
    return int(w.ask[2])
