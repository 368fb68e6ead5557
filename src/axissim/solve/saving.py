"""Dense output: the values of a step's interior at the times to be saved."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from axissim.compile.calls import call, moved, shifted, store_first
from axissim.compile.lanes import anywhere, broadcast, get, le, load, minimum, store
from axissim.solve.agenda import LOOK_FROM_STAGE, occur
from axissim.solve.past import look_back


@njit(error_model="numpy", forceinline=True)
def save_states(m: Any, task: Any, vectors: int, w: Any, h: Any) -> None:
    """Write the save points of the step just taken where only states are asked for.

    Each lane's interpolants are laid side by side, so that the states of one moment are computed
    eight at a time and written in one go.
    """
    chunks = (task.width + 7) // 8
    store(w.clock, 0, 1.0 / h)
    for lane in range(8):
        if w.next_save[lane] <= w.end[lane]:
            _lay_out(m.states, task, vectors, w, lane, chunks)
    for lane in range(8):
        _write_states(task, vectors, w, lane, chunks)


@njit(error_model="numpy", forceinline=True)
def _lay_out(n: int, task: Any, vectors: int, w: Any, lane: int, chunks: int) -> None:
    row = lane * (2 + vectors) * chunks * 8
    for o in range(task.width):
        i = task.picked[o]
        w.rows[row + o] = w.y[i * 8 + lane]
        w.rows[row + chunks * 8 + o] = w.y1[i * 8 + lane]
        for d in range(vectors):
            w.rows[row + (2 + d) * chunks * 8 + o] = w.dense[(d * n + i) * 8 + lane]


@njit(error_model="numpy", forceinline=True)
def _write_states(task: Any, vectors: int, w: Any, lane: int, chunks: int) -> None:
    """All save points of one lane up to ``w.end``, eight states at a time.

    Eight are written even where fewer are left: what spills over lies in the run's next row,
    which comes next.  Only at the end of a run must it not.
    """
    start, end, per_length = w.t[lane], w.end[lane], w.clock[lane]
    at, when = int(w.saved[lane]), w.next_save[lane]
    rows = moved(w.rows, lane * (2 + vectors) * chunks)
    size = task.points * task.width
    run = shifted(task.out, int(w.run[lane]) * size)
    while when <= end:
        theta = broadcast(1.0 if when == end else (when - start) * per_length)
        rest = 1.0 - theta
        for c in range(chunks):
            inner = load(rows, (1 + vectors) * chunks + c)
            for d in range(vectors - 1, 0, -1):
                inner = load(rows, (1 + d) * chunks + c) + theta * inner
            value = rest * load(rows, c) + theta * (load(rows, chunks + c) + rest * inner)
            column = at * task.width + 8 * c
            if column + 8 <= size:
                store(shifted(run, column), 0, value)
            else:
                store_first(run, column, value, size - column)
        at += 1
        when = task.times[at] if at < task.points else np.inf
    w.saved[lane], w.next_save[lane] = float(at), when


@njit(error_model="numpy", forceinline=True)
def save_observed(m: Any, task: Any, vectors: int, w: Any, need: Any, t: Any, h: Any) -> None:
    """The same where observables are asked for: one save point a lane at a time, all lanes."""
    while anywhere(need):
        when = load(w.next_save, 0)
        along(m.states, vectors, w, minimum((when - t) / h, 1.0))
        store(w.clock, 0, when)
        if m.delayed:
            occur(w, LOOK_FROM_STAGE, 0)
        call(m.observe, w.clock, w.stage, w.q, w.v)
        for lane in range(8):
            if get(need, lane) != 0.0:
                _write_observed(m.states, task, w, w.stage, lane)
        need = le(load(w.next_save, 0), load(w.end, 0))


@njit(error_model="numpy", forceinline=True)
def along(n: int, vectors: int, w: Any, share: Any) -> None:
    """The dense output at a share of the step, into ``w.stage``."""
    rest = 1.0 - share
    for i in range(n):
        inner = load(w.dense, (vectors - 1) * n + i)
        for d in range(vectors - 2, -1, -1):
            inner = load(w.dense, d * n + i) + share * inner
        value = rest * load(w.y, i) + share * (load(w.y1, i) + rest * inner)
        store(w.stage, i, value)


@njit(error_model="numpy")
def save_now(m: Any, task: Any, w: Any, a: Any, lane: int, t: float) -> None:
    """Write one lane's save points up to `t`, where it stands; `a` is its agenda."""
    if w.next_save[lane] > t:
        return
    if m.delayed:
        look_back(m, w, a, a.moment, w.y)
    call(m.observe, a.moment, w.y, w.q, w.v)
    while w.next_save[lane] <= t:
        _write_observed(m.states, task, w, w.y, lane)


@njit(error_model="numpy", forceinline=True)
def _write_observed(n: int, task: Any, w: Any, y: Any, lane: int) -> None:
    at = int(w.saved[lane])
    row = (int(w.run[lane]) * task.points + at) * task.width
    for o in range(task.width):
        i = task.picked[o]
        task.out[row + o] = y[i * 8 + lane] if i < n else w.v[(i - n) * 8 + lane]
    w.saved[lane] = at + 1.0
    w.next_save[lane] = task.times[at + 1] if at + 1 < task.points else np.inf
