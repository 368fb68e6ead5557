"""Dense output: the values of a step's interior at the times to be saved."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from axissim.compile.calls import call, moved, store_first
from axissim.compile.lanes import anywhere, both, broadcast, get, le, load, minimum, store


@njit(error_model="numpy", forceinline=True)
def save_states(m: Any, task: Any, vectors: int, w: Any, need: Any, end: Any) -> None:
    """Write the save points of the step just taken where only states are asked for.

    Each lane's interpolants are laid side by side, so that the states of one moment are computed
    eight at a time and written in one go.
    """
    chunks = (task.width + 7) // 8
    for lane in range(8):
        if get(need, lane) != 0.0:
            _lay_out(m.states, task, vectors, w, lane, chunks)
    for lane in range(8):
        if get(need, lane) != 0.0:
            _write_states(task, vectors, w, lane, chunks, get(end, lane))


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
def _write_states(task: Any, vectors: int, w: Any, lane: int, chunks: int, end: float) -> None:
    """All save points of one lane up to `end`, eight states at a time."""
    start, length = w.t[lane], end - w.t[lane]
    first = int(w.saved[lane])
    row = (int(w.run[lane]) * task.points + first) * task.width
    past = first
    while past < task.points and task.times[past] <= end:
        past += 1
    for c in range(chunks):
        rows = moved(w.rows, lane * (2 + vectors) * chunks + c)
        y, y1 = load(rows, 0), load(rows, chunks)
        d1, d2 = load(rows, 2 * chunks), load(rows, 3 * chunks)
        d3 = load(rows, 4 * chunks) if vectors == 3 else broadcast(0.0)
        for at in range(first, past):
            when = task.times[at]
            theta = broadcast(1.0 if when == end else (when - start) / length)
            rest = 1.0 - theta
            value = rest * y + theta * (y1 + rest * (d1 + theta * (d2 + theta * d3)))
            column = row + (at - first) * task.width + 8 * c
            store_first(task.out, column, value, task.width - 8 * c)
    w.saved[lane] = float(past)
    w.next_save[lane] = task.times[past] if past < task.points else np.inf


@njit(error_model="numpy", forceinline=True)
def save_observed(
    m: Any, task: Any, vectors: int, w: Any, need: Any, t: Any, h: Any, end: Any
) -> None:
    """The same where observables are asked for: one save point a lane at a time, all lanes."""
    n = m.states
    while anywhere(need):
        when = load(w.next_save, 0)
        theta = minimum((when - t) / h, 1.0)
        rest = 1.0 - theta
        for i in range(n):
            inner = load(w.dense, (vectors - 1) * n + i)
            for d in range(vectors - 2, -1, -1):
                inner = load(w.dense, d * n + i) + theta * inner
            value = rest * load(w.y, i) + theta * (load(w.y1, i) + rest * inner)
            store(w.stage, i, value)
        store(w.clock, 0, when)
        call(m.observe, w.clock, w.stage, w.q, w.v)
        for lane in range(8):
            if get(need, lane) != 0.0:
                _write_observed(n, task, w, lane)
        need = both(need, le(load(w.next_save, 0), end))


@njit(error_model="numpy", forceinline=True)
def _write_observed(n: int, task: Any, w: Any, lane: int) -> None:
    at = int(w.saved[lane])
    row = (int(w.run[lane]) * task.points + at) * task.width
    for o in range(task.width):
        i = task.picked[o]
        task.out[row + o] = w.stage[i * 8 + lane] if i < n else w.v[(i - n) * 8 + lane]
    w.saved[lane] = at + 1.0
    w.next_save[lane] = task.times[at + 1] if at + 1 < task.points else np.inf
