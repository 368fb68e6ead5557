"""Where in a step a relation changes: by signs at samples of its course, then by bisection."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

Course = Callable[[float], Any]  # the relations at a time
Samples = list[tuple[float, Any]]

_PARTS = 8
_FRESH = 2.0 ** -np.arange(45.0, 3.0, -1.0)  # of a step behind a jump: a bounce may be that short
_TOUCH = 0.125  # of how far a relation moves in the step: so near to 0 it begins, if it may bounce
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


def _sampled(course: Course, held: Any, start: float, stop: float, fresh: float) -> Samples:
    """Times and relations, rising, up to the first that differs from `held`."""
    length, begin = stop - start, start if np.isnan(fresh) else fresh
    seen = [(begin, course(begin))]
    _sample(
        course, held, seen, [stop - length * (1.0 - k / _PARTS) for k in range(1, _PARTS)], stop
    )
    if not np.isnan(fresh) and _touches(seen):
        early = seen[:1]
        _sample(course, held, early, start + length * _FRESH, seen[1][0])
        seen = early + ([] if _differs(early[-1][1], held) else seen[1:])
    return seen


def _sample(course: Course, held: Any, seen: Samples, points: Any, stop: float) -> None:
    """Go on with those of `points` that lie before `stop`, and it, up to the first that differs."""
    for t in [*(t for t in points if seen[0][0] < t < stop), stop]:
        seen.append((t, course(t)))
        if _differs(seen[-1][1], held):
            return


def _touches(seen: Samples) -> bool:
    """Whether a relation begins nearer to 0 than it could be if it were to get there later."""
    first = np.abs(seen[0][1])
    moved = np.max([np.abs(g - seen[0][1]) for _, g in seen[1:]], axis=0)
    return bool(np.any(first < _TOUCH * moved))


def _vertices(triple: Samples) -> Any:
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
