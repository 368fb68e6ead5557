"""Where in a step a relation changes: bits looked at along the dense output, then bisected.

Each relation inside a trigger is followed on its own, for a trigger that is true for less than a
step is false at both its ends.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from axissim.compile.calls import call
from axissim.compile.lanes import (
    absolute,
    anywhere,
    both,
    broadcast,
    either,
    gt,
    load,
    lt,
    maximum,
    minimum,
    ne,
    negated,
    store,
    where,
)
from axissim.solve.past import look_back
from axissim.solve.saving import along

_NEAR = 0.1  # of a relation's greatest size in a step: how near to 0 its extremum is looked at
_HALVINGS = 60
_EPS = float(np.finfo(np.float64).eps)


@njit(error_model="numpy")
def cross(m: Any, vectors: int, w: Any, a: Any) -> None:
    """Find out whether a relation changes within each lane's accepted step: ``w.found``.

    Leaves in ``w.theta`` the share of the step after which the first one has changed.
    """
    t, h, accept = load(w.t, 0), load(w.tried, 0), load(w.accepted, 0)
    if m.delayed:
        look_back(m, w, a, w.lo, w.y)
    call(m.relations, w.lo, w.y, w.q, a.sign)
    found = broadcast(0.0)
    store(a.low, 0, broadcast(0.0))
    store(w.theta, 0, broadcast(1.0))
    for quarter in range(1, 5):
        share = broadcast(0.25 * quarter)
        changed = _changed(m, vectors, w, a, t, h, share)
        for r in range(m.compared):
            if quarter == 2:
                store(a.middle, r, load(a.now, r))
            if quarter == 4:
                store(a.final, r, load(a.now, r))
        found = _noted(w, a, accept, found, changed, share - 0.25, share)
    found = _at_extrema(m, vectors, w, a, accept, found, t, h)
    if anywhere(found):
        _bisect(m, vectors, w, a, found, t, h)
    store(w.found, 0, found)


@njit(error_model="numpy")
def shorten(m: Any, vectors: int, w: Any) -> None:
    """End the step of the lanes in which a relation changes there."""
    found = load(w.found, 0)
    if anywhere(found):
        along(m.states, vectors, w, load(w.theta, 0))
        for i in range(m.states):
            store(w.y1, i, where(found, load(w.stage, i), load(w.y1, i)))


@njit(error_model="numpy", forceinline=True)
def _noted(w: Any, a: Any, accept: Any, found: Any, changed: Any, low: Any, high: Any) -> Any:
    """Keep the bracket of each lane's first change."""
    first = both(both(accept, changed), negated(found))
    store(a.low, 0, where(first, low, load(a.low, 0)))
    store(w.theta, 0, where(first, high, load(w.theta, 0)))
    return either(found, first)


@njit(error_model="numpy")
def _changed(m: Any, vectors: int, w: Any, a: Any, t: Any, h: Any, share: Any) -> Any:
    """Whether any relation is not as at the start of the step, at a share of it."""
    along(m.states, vectors, w, share)
    moment = minimum(maximum(t + share * h, load(w.lo, 0)), load(w.hi, 0))
    store(a.moment, 0, moment)
    if m.delayed:
        look_back(m, w, a, a.moment, w.stage)
    call(m.relations, a.moment, w.stage, w.q, a.now)
    changed = broadcast(0.0)
    for r in range(m.compared):
        changed = either(changed, ne(gt(load(a.sign, r), 0.0), gt(load(a.now, r), 0.0)))
    return changed


@njit(error_model="numpy")
def _at_extrema(
    m: Any, vectors: int, w: Any, a: Any, accept: Any, found: Any, t: Any, h: Any
) -> Any:
    """Look also where a parabola through three looks comes near zero and turns."""
    for r in range(m.compared):
        g0, half, g1 = load(a.sign, r), load(a.middle, r), load(a.final, r)
        bend, slope = 2.0 * (g0 - 2.0 * half + g1), 4.0 * half - 3.0 * g0 - g1
        share = -0.5 * slope / bend
        size = maximum(absolute(g0), maximum(absolute(half), absolute(g1)))
        height = g0 + 0.5 * share * slope
        inside = both(gt(share, 0.0), lt(share, 1.0))
        near = either(lt(absolute(height), _NEAR * size), lt(height * g0, 0.0))
        wanted = both(both(accept, negated(found)), both(inside, near))
        if anywhere(wanted):
            share = where(wanted, share, 1.0)
            changed = _changed(m, vectors, w, a, t, h, share)
            found = _noted(w, a, wanted, found, changed, broadcast(0.0), share)
    return found


@njit(error_model="numpy")
def _bisect(m: Any, vectors: int, w: Any, a: Any, found: Any, t: Any, h: Any) -> None:
    """Halve the brackets until the moments at their ends can hardly be told apart."""
    fine = _EPS * maximum(1.0, absolute(t) / h)
    for _ in range(_HALVINGS):
        low, high = load(a.low, 0), load(w.theta, 0)
        open_ = both(found, gt(high - low, fine * high))
        if not anywhere(open_):
            break
        middle = 0.5 * (low + high)
        changed = _changed(m, vectors, w, a, t, h, middle)
        store(w.theta, 0, where(both(open_, changed), middle, high))
        store(a.low, 0, where(both(open_, negated(changed)), middle, low))
    # the time must move, and the states with it, or a run could stand at one moment for ever
    store(w.theta, 0, maximum(load(w.theta, 0), minimum(_EPS * absolute(t) / h, 1.0)))
