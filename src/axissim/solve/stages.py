"""What a step is made of, beside the sums that `axissim.solve.steps` writes out."""

from __future__ import annotations

from typing import Any

from numba import njit

from axissim.compile.calls import call, moved
from axissim.compile.lanes import broadcast, load, maximum, minimum, store
from axissim.solve.agenda import LOOK_FROM_STAGE, occur


@njit(error_model="numpy", forceinline=True)
def factorise(m: Any, w: Any, diagonal: Any) -> None:
    """Factorise the Jacobian less `diagonal`; nothing is added to the rates yet."""
    store(w.clock, 0, diagonal)
    call(m.factor, w.clock, w.jac, w.lu)
    for i in range(m.states):
        store(w.shift, i, broadcast(0.0))


@njit(error_model="numpy", forceinline=True)
def look(w: Any, moment: Any) -> None:
    """Set the time of the equations, within what a step may see."""
    store(w.clock, 0, minimum(maximum(moment, load(w.lo, 0)), load(w.hi, 0)))


@njit(error_model="numpy", forceinline=True)
def rates(m: Any, w: Any, into: Any) -> None:
    """The rates at a stage."""
    if m.delayed:
        occur(w, LOOK_FROM_STAGE, 0)
    call(m.rhs, w.clock, w.stage, w.q, into)


@njit(error_model="numpy", forceinline=True)
def add_slope(m: Any, w: Any, factor: Any) -> None:
    """Add `factor` times the rates' slope in time."""
    if not m.autonomous:
        for i in range(m.states):
            store(w.shift, i, load(w.shift, i) + factor * load(w.ft, i))


@njit(error_model="numpy", forceinline=True)
def constrain(m: Any, w: Any) -> None:
    """Nothing of other stages is added to the residuals of implicit quantities."""
    for i in range(m.differential, m.states):
        store(w.shift, i, broadcast(0.0))


@njit(error_model="numpy", forceinline=True)
def solve_stage(m: Any, w: Any, stage: int) -> None:
    """Solve the linear system of a stage."""
    call(m.solve, w.lu, w.f, w.shift, moved(w.k, stage * m.states))
