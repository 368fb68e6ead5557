"""Pseudo-arclength continuation of the curve that m equations in m + 1 unknowns define.

Keller HB (1977), Numerical solution of bifurcation and nonlinear eigenvalue problems.  A point is
predicted along the tangent and corrected by Newton's method across it, so that a fold in the
parameter is passed as any other point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

_ROUNDS = 10
_STRAIGHT = 0.97  # the cosine between neighbours' tangents, at least


class Equations(Protocol):
    """What is followed: residuals (m,) and their slopes (m, m + 1), dense or sparse."""

    @property
    def weights(self) -> Any:
        """What each unknown's square counts for in a length, (m + 1,)."""

    def both(self, w: Any) -> tuple[Any, Any]:
        """The residuals and the slopes at `w`."""

    def settle(self, w: Any) -> None:
        """Take `w` as the point from which the next is sought."""


@dataclass(frozen=True)
class Walk:
    """How long the steps along a curve are, in units of the unknowns' weights."""

    step: float = 0.01
    least: float = 1e-7
    longest: float = 0.04
    most: int = 2000


@dataclass(frozen=True, eq=False)
class Point:
    """A point of a curve, the tangent there, and the step that led to it."""

    w: Any
    tangent: Any
    step: float


def follow(
    of: Equations,
    w: Any,
    towards: Any,
    walk: Walk,
    inside: Callable[[Any], bool],
    agreed: Callable[[Point, Point], bool] = lambda before, after: True,
) -> Iterator[Point]:
    """The points of a curve from `w` on, in the direction `towards`, while they are `inside`.

    Parameters
    ----------
    of : Equations
    w : (m + 1,) array
        A solution.
    towards : (m + 1,) array
    walk : Walk
    inside : callable
        Whether a point is to be kept; the first that is not ends the curve, and is given, too.
    agreed : callable
        Told two neighbours; where it says no, a shorter step is tried.

    Yields
    ------
    Point
    """
    of.settle(w)
    _, slopes = of.both(w)
    last = Point(w, tangent(slopes, towards, of.weights), 0.0)
    yield last
    step = walk.step
    for _ in range(walk.most):
        found = _next(of, last, step, walk, agreed)
        if found is None:
            return
        point, rounds = found
        of.settle(point.w)
        yield point
        if not inside(point.w):
            return
        step = float(np.clip(point.step * (1.4 if rounds <= 3 else 0.8), walk.least, walk.longest))
        last = point


def _next(
    of: Equations,
    last: Point,
    step: float,
    walk: Walk,
    agreed: Callable[[Point, Point], bool],
) -> tuple[Point, int] | None:
    """The point a step on, the step halved until it is found; None where there is none."""
    while step >= walk.least:
        rounds, w, slopes = corrected(of, last.w + step * last.tangent, last.tangent)
        if rounds:
            point = Point(w, tangent(slopes, last.tangent, of.weights), step)
            along = float(np.sum(of.weights * point.tangent * last.tangent))
            gone = float(np.sum(of.weights * (w - last.w) ** 2)) ** 0.5
            short = step < 4.0 * walk.least
            good = along > _STRAIGHT and gone < 1.5 * step and gone > 0.5 * step
            if (good and agreed(last, point)) or (short and along > 0.0):
                return point, rounds
        step *= 0.5
    return None


def tangent(slopes: Any, towards: Any, weights: Any) -> Any:
    """The direction in which no residual changes, of length 1, not against `towards`."""
    row = weights * towards
    found = solved(slopes, row, np.r_[np.zeros(slopes.shape[0]), 1.0])
    length = float(np.sum(weights * found**2)) ** 0.5
    return found / length if np.isfinite(length) and length > 0.0 else np.full_like(found, np.nan)


def corrected(of: Equations, w: Any, row: Any, tol: float = 1e-10) -> tuple[int, Any, Any]:
    """Newton's method from `w`, across `row`.

    Returns
    -------
    int, array, array
        How many rounds it took (0: it failed), the solution, the slopes there.
    """
    held, weighted, last = w, of.weights * row, np.inf
    for rounds in range(1, _ROUNDS + 1):
        residual, slopes = of.both(w)
        if not np.isfinite(residual).all():
            return 0, w, slopes
        across = float(np.sum(weighted * (w - held)))
        move = solved(slopes, weighted, -np.r_[residual, across])
        size = float(np.abs(move).max(initial=0.0))
        if not np.isfinite(size) or size > 10.0 * max(1.0, last):
            return 0, w, slopes
        w = w + move
        if size <= tol * max(1.0, float(np.abs(w).max())):
            return rounds, w, of.both(w)[1]
        last = size
    return 0, w, slopes


def solved(slopes: Any, row: Any, right: Any) -> Any:
    """The solution of the equations with one more row below; NaN where there is none."""
    if isinstance(slopes, np.ndarray):
        matrix = np.vstack([slopes, row])
        sizes = np.abs(matrix).max(axis=1)
        sizes = np.where((sizes > 0.0) & np.isfinite(sizes), sizes, 1.0)
        try:
            return np.linalg.solve(matrix / sizes[:, None], right / sizes)
        except np.linalg.LinAlgError:
            return np.full(len(right), np.nan)
    return _sparse(slopes, row, right)


def _sparse(slopes: Any, row: Any, right: Any) -> Any:
    import scipy.sparse as sparse
    from scipy.sparse.linalg import splu

    matrix = sparse.vstack([slopes, sparse.csr_array(row[None, :])]).tocsc()
    try:
        return splu(matrix).solve(right)
    except (RuntimeError, ValueError):
        return np.full(len(right), np.nan)


def located(
    of: Equations, before: Point, after: Point, sign: Callable[[Any, Any], float]
) -> tuple[Any, Any] | None:
    """Where between two neighbours a quantity is zero.

    Parameters
    ----------
    sign : callable
        The quantity, of a point and the slopes there.

    Returns
    -------
    (w, tangent), or None
        If it is not of opposite sign at both ends, or the way between is not found.
    """
    from scipy.optimize import brentq

    def value(step: float) -> float:
        rounds, w, slopes = corrected(of, before.w + step * before.tangent, before.tangent)
        found = sign(w, slopes) if rounds else np.nan
        if not np.isfinite(found):
            raise ArithmeticError
        return found

    try:
        step = brentq(value, 0.0, after.step, xtol=1e-12, rtol=1e-12)
    except (ArithmeticError, ValueError):
        return None
    _, w, slopes = corrected(of, before.w + step * before.tangent, before.tangent)
    return w, tangent(slopes, before.tangent, of.weights)
