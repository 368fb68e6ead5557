"""Branches of cycles in a parameter: from a Hopf point, or from a cycle that a run settles on."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from axissim.analysis.continuation.branch import HOPF, Special
from axissim.analysis.continuation.conditions import Rest, Singular
from axissim.analysis.continuation.follow import Point, Walk, corrected, follow, located, tangent
from axissim.analysis.orbit.collocation import Collocation
from axissim.analysis.orbit.mesh import Mesh
from axissim.analysis.orbit.multipliers import multipliers

TURNS = ("point", "fold", "period_doubling", "torus")
POINT, FOLD, PERIOD_DOUBLING, TORUS = range(len(TURNS))

_BETWEEN = 5  # points on one mesh
_SLOWEST = 200.0  # so many times its first period: a cycle is about to become a homoclinic orbit
_FIRST = 0.02  # the first cycle's distance from a Hopf point
_CLOSE = 0.2  # how near to 1 the second multiplier is found at a fold
_GONE = 1e-2  # of a state's size: where a cycle turns this small, it has shrunk to a rest


@dataclass(eq=False)
class Tube:
    """Neighbouring cycles.

    Attributes
    ----------
    of : list of Collocation
        The equations that each solves, for its mesh.
    w : list of arrays
    values : list of (r,) arrays
        Floquet multipliers.
    kinds : list of int
        Indices of `TURNS`: a torus lies just before its point, the others are the point itself.
    born, ended : array or None
        The rest, and the parameter's coordinate, where the cycles are born, and where they end in
        another Hopf point.
    """

    of: list[Collocation] = field(default_factory=list)
    w: list[Any] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    born: Any = None
    ended: Any = None

    def add(self, of: Collocation, w: Any, values: Any, kind: int = POINT) -> None:
        self.of.append(of)
        self.w.append(w)
        self.values.append(values)
        self.kinds.append(kind)


def tube(of: Rest, special: Special, walk: Walk, intervals: int) -> Tube:
    """The cycles that are born at a Hopf point."""
    problem, w, towards = _birth(of, special, intervals)
    found = Tube(born=special.w)
    rounds, first, _ = corrected(problem, w + _FIRST * towards, towards)
    if not rounds:
        return found
    longest = float(np.exp(w[problem.size])) * _SLOWEST
    _follow(found, problem, first, first - w, walk, longest)
    return found


def tube_through(of: Rest, mesh: Mesh, x: Any, period: float, free: float, walk: Walk) -> Tube:
    """The cycles beside one, both ways.

    Parameters
    ----------
    x : (N m, r) array
        The cycle's coordinates at the points of `mesh`.
    free : float
        The parameter's coordinate.
    """
    problem = Collocation(of.of, mesh, of.held, of.which)
    w = problem.packed(x, period, free)
    along = np.zeros(len(w))
    along[-1] = 1.0
    problem.settle(w)
    rounds, w, _ = corrected(problem, w, along)
    ways = []
    for sign in (1.0, -1.0):
        way = Tube()
        if rounds:
            problem.settle(w)
            _follow(way, problem, w, sign * along, walk, period * _SLOWEST)
        ways.append(way)
    ahead, back = ways
    return Tube(
        back.of[:0:-1] + ahead.of,
        back.w[:0:-1] + ahead.w,
        back.values[:0:-1] + ahead.values,
        back.kinds[:0:-1] + ahead.kinds,
    )


def _birth(of: Rest, special: Special, intervals: int) -> tuple[Collocation, Any, Any]:
    """The equations of cycles, the Hopf point as a cycle without size, and where they grow to."""
    r = of.of.r
    assert special.kind == HOPF
    condition = Singular(of.of, True, [of.which], of.held, special.omega**2)
    _, mode = condition.vectors(np.r_[special.w, 1.0])
    mesh = Mesh(np.linspace(0.0, 1.0, intervals + 1))
    problem = Collocation(of.of, mesh, of.held, of.which)
    turn = (np.exp(2j * np.pi * mesh.points)[:, None] * mode[None]).real
    rest = np.repeat(special.w[None, :r], len(mesh.points), axis=0)
    w = problem.packed(rest, 2.0 * np.pi / special.omega, special.w[r])
    towards = np.r_[turn.ravel(), 0.0, 0.0]
    towards /= np.sqrt(np.sum(problem.weights * towards**2))
    problem.reference = mesh.slope(turn, mesh.places)
    return problem, w, towards


def _follow(
    found: Tube, problem: Collocation, w: Any, towards: Any, walk: Walk, longest: float
) -> None:
    """Follow cycles, on a mesh that is fitted anew every few points."""
    values, step = multipliers(problem, w), walk.step
    found.add(problem, w, values)
    while len(found.w) < walk.most:
        part = Walk(step, walk.least, walk.longest, _BETWEEN)
        last: Point | None = None
        inside = partial(_inside, problem, longest)
        for point in follow(problem, w, towards, part, inside):
            if last is not None:
                if _turned(found, problem, last, point):
                    return
                values = multipliers(problem, point.w)
                if not inside(point.w):
                    _end(found, problem, last, point)
                    return
                kind = _kind(found, values)
                if kind == PERIOD_DOUBLING and _doubled(found, problem, last, point):
                    kind = POINT
                found.add(problem, point.w, values, kind)
            previous, last = last, point
        if last is None or previous is None:
            return
        step = last.step
        problem, w, towards = _fitted(problem, last, previous)
        rounds, w, _ = corrected(problem, w, towards)
        if not rounds:
            return


def _fitted(problem: Collocation, last: Point, previous: Point) -> tuple[Collocation, Any, Any]:
    """The same cycle and direction on a mesh that suits it."""
    x, period, free = problem.split(last.w)
    mesh = problem.mesh.fitted(x, problem.mesh.intervals)
    finer = Collocation(problem.of, mesh, problem.held, problem.which)
    assert problem.which is not None
    w = finer.packed(problem.mesh.at(x, mesh.points), period, free[problem.which])
    y, before, other = problem.split(previous.w)
    back = finer.packed(problem.mesh.at(y, mesh.points), before, other[problem.which])
    finer.settle(w)
    towards = w - back
    return finer, w, towards / np.sqrt(np.sum(finer.weights * towards**2))


def _inside(problem: Collocation, longest: float, w: Any) -> bool:
    return bool(0.0 <= w[-1] <= 1.0 and np.exp(w[problem.size]) < longest)


def _turned(found: Tube, problem: Collocation, before: Point, after: Point) -> bool:
    """Add a fold of cycles between two neighbours, if there is one; whether it is a Hopf point.

    Cycles that shrink to a rest come out of it again half a period later, so that the parameter
    turns there, too.
    """
    if before.tangent[-1] * after.tangent[-1] >= 0.0:
        return False

    def turning(w: Any, slopes: Any) -> float:
        return float(tangent(slopes, before.tangent, problem.weights)[-1])

    place = located(problem, before, after, turning)
    if place is None:
        return False
    x, _, _ = problem.split(place[0])
    if np.ptp(x, axis=0).max() < _GONE:
        found.ended = np.r_[x.mean(axis=0), place[0][-1]]
        return True
    values = multipliers(problem, place[0])
    if 0.0 <= place[0][-1] <= 1.0 and _twice_one(values):
        found.add(problem, place[0], values, FOLD)
    return False


def _twice_one(values: Any) -> bool:
    """Whether two multipliers are 1, as at a fold; else the mesh is too coarse for a verdict."""
    return len(values) > 1 and bool(np.sort(np.abs(values - 1.0))[1] < _CLOSE)


def _kind(found: Tube, values: Any) -> int:
    """What a cycle has gone through since the one before."""
    early = found.values[-1]
    if found.kinds[-1] == FOLD or not (np.isfinite(early).all() and np.isfinite(values).all()):
        return POINT
    change = _outside(values) - _outside(early)
    if abs(change) == 1 and _real_below(values) != _real_below(early):
        near = [np.min(np.abs(np.log(-v.real[v.real < 0.0])), initial=9.0) for v in (early, values)]
        return PERIOD_DOUBLING if max(near) < 1.5 else POINT
    return TORUS if abs(change) == 2 else POINT


def _doubled(found: Tube, problem: Collocation, before: Point, after: Point) -> bool:
    """Add the cycle at which a multiplier is -1 between two neighbours; whether it was found."""

    def away(w: Any, slopes: Any) -> float:
        return float(np.prod(1.0 + multipliers(problem, w)).real)

    place = located(problem, before, after, away)
    if place is None or not 0.0 <= place[0][-1] <= 1.0:
        return False
    found.add(problem, place[0], multipliers(problem, place[0]), PERIOD_DOUBLING)
    return True


def _outside(values: Any) -> int:
    others = np.delete(values, np.argmin(np.abs(values - 1.0)))
    return int(np.sum(np.abs(others) > 1.0))


def _real_below(values: Any) -> int:
    return int(np.sum((values.real < -1.0) & (np.abs(values.imag) < 1e-9)))


def _end(found: Tube, problem: Collocation, last: Point, beyond: Point) -> None:
    """The last cycle, at the end of the range itself."""
    if 0.0 <= beyond.w[-1] <= 1.0:
        return
    border = float(beyond.w[-1] > 0.5)
    share = (border - last.w[-1]) / (beyond.w[-1] - last.w[-1])
    guess = last.w + share * (beyond.w - last.w)
    guess[-1] = border
    row = np.zeros(len(guess))
    row[-1] = 1.0
    rounds, w, _ = corrected(problem, guess, row)
    if rounds:
        found.add(problem, w, multipliers(problem, w))
