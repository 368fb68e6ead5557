"""Curves of folds and of Hopf points in two parameters, with the points where they change kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from axissim.analysis.continuation.conditions import Singular
from axissim.analysis.continuation.follow import (
    Point,
    Walk,
    corrected,
    follow,
    located,
)
from axissim.analysis.continuation.normal_form import fold_coefficient, lyapunov, twofold

CORNERS = ("point", "cusp", "bogdanov_takens", "generalised_hopf")
POINT, CUSP, BOGDANOV_TAKENS, GENERALISED_HOPF = range(len(CORNERS))


@dataclass(eq=False)
class Curve:
    """Neighbouring folds or Hopf points.

    Attributes
    ----------
    hopf : bool
    w : list of (r + 2,) arrays
        Coordinates, then those of the two parameters.
    kinds : list of int
        Indices of `CORNERS`.
    omega, coefficient : list of float
        Of Hopf points; the first Lyapunov coefficient, or the quadratic one of a fold.
    """

    hopf: bool
    w: list[Any] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    omega: list[float] = field(default_factory=list)
    coefficient: list[float] = field(default_factory=list)

    def add(self, of: Singular, w: Any, kind: int = POINT) -> None:
        kappa = float(of.kappa(w))
        self.w.append(w[: of.of.r + 2])
        self.kinds.append(kind)
        self.omega.append(float(np.sqrt(max(kappa, 0.0))) if self.hopf else float("nan"))
        self.coefficient.append(_coefficient(of, w))

    def joined(self, back: Curve) -> Curve:
        parts = ("w", "kinds", "omega", "coefficient")
        return Curve(self.hopf, *(getattr(back, key)[:0:-1] + getattr(self, key) for key in parts))


def _coefficient(of: Singular, w: Any) -> float:
    return lyapunov(of, w) if of.hopf else fold_coefficient(of, w)


def curve(of: Singular, w: Any, walk: Walk) -> Curve:
    """The curve through the fold or Hopf point `w`, both ways within the parameters' ranges.

    Parameters
    ----------
    of : Singular
        With two parameters varied.
    w : (r + 2,) or, of a Hopf point, (r + 3,) array
    """
    of.settle(w)
    _, slopes = of.both(w)
    towards = np.linalg.svd(slopes)[2][-1]
    ahead, closed = _one_way(of, w, walk, towards)
    if closed:
        return ahead
    of.settle(w)
    return ahead.joined(_one_way(of, w, walk, -towards)[0])


def _one_way(of: Singular, w: Any, walk: Walk, towards: Any) -> tuple[Curve, bool]:
    """The curve on one side, and whether it has come back to its start."""
    found, last, r = Curve(of.hopf), None, of.of.r

    def inside(at: Any) -> bool:
        within = bool(np.all((at[r : r + 2] >= 0.0) & (at[r : r + 2] <= 1.0)))
        return within and (not of.hopf or at[-1] >= 0.0)

    for count, point in enumerate(follow(of, w, towards, walk, inside)):
        if last is None:
            found.add(of, point.w)
            begun = point
        else:
            for corner, kind in _corners(of, last, point):
                found.add(of, corner, kind)
                if kind == BOGDANOV_TAKENS and of.hopf:
                    return found, False
            if not inside(point.w):
                _end(of, found, last, point)
            elif count > 10 and _back(of, begun, point):
                found.add(of, begun.w)
                return found, True
            else:
                found.add(of, point.w)
        last = point
    return found, False


def _back(of: Singular, begun: Point, point: Point) -> bool:
    gone = float(np.sqrt(np.sum(of.weights * (point.w - begun.w) ** 2)))
    return gone < point.step and float(begun.tangent @ (of.weights * point.tangent)) > 0.9


def _end(of: Singular, found: Curve, last: Point, beyond: Point) -> None:
    """The curve's last point, on the border it crosses first."""
    r = of.of.r
    shares = []
    for at in (r, r + 1):
        border = float(beyond.w[at] > 0.5)
        if not 0.0 <= beyond.w[at] <= 1.0:
            shares.append(((border - last.w[at]) / (beyond.w[at] - last.w[at]), at, border))
    if not shares:
        return
    share, at, border = min(shares)
    guess = last.w + share * (beyond.w - last.w)
    guess[at] = border
    rounds, w, _ = corrected(of, guess, (np.arange(len(guess)) == at).astype(float))
    if rounds:
        found.add(of, w)


def _asked(of: Singular, test: Any, w: Any, slopes: Any) -> float:
    return float(test(of, w))


def _corners(of: Singular, before: Point, after: Point) -> list[tuple[Any, int]]:
    """Where between two neighbours a curve changes kind."""
    tests: dict[int, Any] = {CUSP: fold_coefficient, BOGDANOV_TAKENS: twofold}
    if of.hopf:
        tests = {BOGDANOV_TAKENS: lambda one, w: float(w[-1]), GENERALISED_HOPF: lyapunov}
    found = []
    for kind, test in tests.items():
        ends = [test(of, point.w) for point in (before, after)]
        if not np.isfinite(ends).all() or ends[0] * ends[1] >= 0.0:
            continue
        place = located(of, before, after, partial(_asked, of, test))
        if place is not None:
            share = float(np.sum(of.weights * (place[0] - before.w) * before.tangent))
            found.append((share, place[0], kind))
    return [(w, kind) for _, w, kind in sorted(found, key=lambda one: one[0])]
