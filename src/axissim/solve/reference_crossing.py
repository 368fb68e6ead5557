"""Where in a step a relation changes: by signs at samples of its course, then by bisection."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

Course = Callable[[float], Any]  # the relations at a time

_PARTS = 8
_FRESH = 2.0 ** -np.arange(45.0, 3.0, -1.0)  # of a step behind a jump: a bounce may be that short
_NEAR = 0.25  # a turning point is looked at if it comes that near to 0, or beyond
_ROUNDS = 2


def crossing(course: Course, held: Any, start: float, stop: float, fresh: float) -> float | None:
    """The first float in (start, stop] at which the bits `relations > 0` are not `held`.

    Parameters
    ----------
    course : callable
    held : (relations,) array of bool
    fresh : float
        Not NaN if the step begins at a jump: before this time nothing is looked at, and just
        behind it very closely.
    """
    if stop <= fresh:
        return None
    seen = _sampled(course, held, start, stop, fresh)
    for _ in range(_ROUNDS):
        turning = sorted({t for k in range(len(seen) - 2) for t in _vertices(seen[k : k + 3])})
        if not turning:
            break
        seen = sorted([*seen, *((t, course(t)) for t in turning)], key=lambda sample: sample[0])
    for before, after in pairwise(seen):
        if _differs(after[1], held):
            return _bisected(course, held, before[0], after[0])
    return None


def _differs(relations: Any, held: Any) -> bool:
    return bool(np.any((relations > 0.0) != held))


def _sampled(
    course: Course, held: Any, start: float, stop: float, fresh: float
) -> list[tuple[float, Any]]:
    """Times and relations, rising, up to the first that differs from `held`."""
    length = stop - start
    shares = np.arange(1, _PARTS) / _PARTS
    if not np.isnan(fresh):
        shares = np.concatenate([_FRESH, shares])
        start = fresh
    points = [t for t in stop - length * (1.0 - shares) if start < t < stop]
    seen = [(start, course(start))]
    for t in [*points, stop]:
        seen.append((t, course(t)))
        if _differs(seen[-1][1], held):
            break
    return seen


def _vertices(triple: list[tuple[float, Any]]) -> Any:
    """Where parabolas through three samples of one sign turn, if that is near or beyond 0.

    Newton's form: g0 + s01 (t - t0) + c (t - t0) (t - t1).
    """
    (t0, g0), (t1, g1), (t2, g2) = triple
    s01, s12 = (g1 - g0) / (t1 - t0), (g2 - g1) / (t2 - t1)
    curve = (s12 - s01) / (t2 - t0)
    at = 0.5 * (t0 + t1) - 0.5 * s01 / curve
    value = g0 + s01 * (at - t0) + curve * (at - t0) * (at - t1)
    samples = np.array([g0, g1, g2])
    alike = np.all(samples > 0.0, axis=0) | np.all(samples <= 0.0, axis=0)
    toward = np.where(g0 > 0.0, 1.0, -1.0) * value  # how far from 0 on the samples' side
    near = toward <= _NEAR * np.abs(samples).min(axis=0)
    inside = (at > t0) & (at < t2) & (at != t1)
    return at[alike & near & inside]


def _bisected(course: Course, held: Any, low: float, high: float) -> float:
    """The first float behind `low` at which the bits differ, as they do at `high`."""
    while True:
        middle = 0.5 * (low + high)
        if not low < middle < high:
            return high
        if _differs(course(middle), held):
            high = middle
        else:
            low = middle
