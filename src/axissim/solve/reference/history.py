"""What a run has been: the course of each step, kept to be looked up by delayed values."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

# As many nodes as the highest order of SciPy's methods (12, of LSODA) needs.
_COUNT = 13
_NODES = 0.5 - 0.5 * np.cos(np.pi * np.arange(_COUNT) / (_COUNT - 1))
_WEIGHTS = np.where(np.arange(_COUNT) % 2, -1.0, 1.0)
_WEIGHTS[[0, -1]] *= 0.5
_NEAR = 1e-4  # of a step: over how much its slope is measured


class Piece(NamedTuple):
    """A step's course: a polynomial through the whole states at Chebyshev's nodes."""

    start: float
    length: float
    states: Any

    def value(self, state: int, t: float) -> float:
        """By the barycentric formula (Berrut and Trefethen 2004, 4.2)."""
        away = (t - self.start) / self.length - _NODES
        if not away.all():
            return float(self.states[away == 0.0, state][0])
        share = _WEIGHTS / away
        return float(share @ self.states[:, state] / share.sum())


class History:
    """The course of a run up to `last`, its latest moment, and its constant past.

    Attributes
    ----------
    start : float
    before : (n,) array
        The whole state at the start, and at every moment before it.
    last, at_last : float, (n,) array
        How far the run has come, and its whole state there once all has happened.
    draft : list of Piece
        What the way from `last` on was when it was gone before.
    ahead : bool
        Whether a value behind `last` was looked up since.
    """

    def __init__(self, start: float, before: Any) -> None:
        self.start, self.before = start, before
        self.last, self.at_last = start, before
        self.pieces: list[Piece] = []
        self.draft: list[Piece] = []
        self.ahead = False

    def add(self, start: float, stop: float, whole: Callable[[float], Any]) -> None:
        """Keep a step, whose whole state at a time is `whole`."""
        length = stop - start
        self.pieces.append(
            Piece(start, length, np.array([whole(start + length * node) for node in _NODES]))
        )

    def back(self, t: float, y: Any) -> None:
        """Go back to `t`, where it was `y`; what came after is a draft now."""
        kept = bisect_left(self.pieces, t, key=_start)
        self.pieces, self.draft = self.pieces[:kept], self.pieces[kept:]
        self.ahead = False
        self.reach(t, y)

    def reach(self, t: float, y: Any) -> None:
        """The run has come to `t`, where it is now `y`."""
        self.last, self.at_last = t, y.copy()

    def lookup(self, state: int, ago: float, now: float, y: Any) -> tuple[float, float]:
        """A state's value and slope `ago` before `now`, when all states are `y`.

        A negative `ago` gives NaN, 0 the present.
        """
        t = now - ago
        if ago == 0.0:
            return float(y[state]), 0.0
        if not ago > 0.0:
            return np.nan, np.nan
        if t < self.start:
            return float(self.before[state]), 0.0
        if t < self.last:
            return _looked_up(self.pieces, state, t)
        if t > self.last + _NEAR * (now - self.last):
            self.ahead = True
        if self.draft and t > self.last:
            return _looked_up(self.draft, state, t)
        slope = (y[state] - self.at_last[state]) / (now - self.last) if now > self.last else 0.0
        return float(self.at_last[state] + slope * (t - self.last)), float(slope)


def _start(piece: Piece) -> float:
    return piece.start


def _looked_up(pieces: list[Piece], state: int, t: float) -> tuple[float, float]:
    """Value and slope, by the last of `pieces` that begins by `t`."""
    piece = pieces[max(bisect_right(pieces, t, key=_start) - 1, 0)]
    near = _NEAR * piece.length
    rise = piece.value(state, t + near) - piece.value(state, t - near)
    return piece.value(state, t), rise / (2.0 * near)


def hermite(
    start: float, stop: float, first: Any, last: Any, slope: Any, end_slope: Any
) -> Callable[[float], Any]:
    """The cubic through two values with two slopes; near `start` it keeps every digit."""
    length = stop - start
    rise = last - first
    b = 3.0 * rise - length * (2.0 * slope + end_slope)
    c = length * (slope + end_slope) - 2.0 * rise

    def cubic(t: float) -> Any:
        s = (t - start) / length if length > 0.0 else 1.0
        return first + s * (length * slope + s * (b + s * c))

    return cubic
