"""A branch of rests in one parameter, with its folds, Hopf points and branch points."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from axissim.analysis.continuation.conditions import Rest, Singular, pinned
from axissim.analysis.continuation.follow import (
    Point,
    Walk,
    corrected,
    follow,
    located,
    tangent,
)
from axissim.analysis.continuation.normal_form import fold_coefficient, lyapunov
from axissim.analysis.field.spectrum import eigenvalues

KINDS = ("point", "fold", "hopf", "branch", "end")
POINT, FOLD, HOPF, BRANCH, END = range(len(KINDS))


@dataclass(frozen=True, eq=False)
class Special:
    """A fold, Hopf point or branch point.

    Attributes
    ----------
    kind : int
        An index of `KINDS`.
    w : (r + 1,) array
        Coordinates, and the free parameter's.
    tangent : (r + 1,) array
        Of the branch.
    omega : float
        Of a Hopf point.
    coefficient : float
        The first Lyapunov coefficient of a Hopf point, the quadratic one of a fold.
    exact : bool
        Whether the extended system was solved; else the place is that of a bisection.
    """

    kind: int
    w: Any
    tangent: Any
    omega: float = float("nan")
    coefficient: float = float("nan")
    exact: bool = True


@dataclass(eq=False)
class Branch:
    """Neighbouring rests: points, their eigenvalues, which of `KINDS` each is, and the specials."""

    w: list[Any] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    specials: list[Special] = field(default_factory=list)

    def add(self, w: Any, values: Any, kind: int = POINT) -> None:
        self.w.append(w)
        self.values.append(values)
        self.kinds.append(kind)

    def joined(self, back: Branch) -> Branch:
        """The way back reversed, then this; the start of both once."""
        return Branch(
            back.w[:0:-1] + self.w,
            back.values[:0:-1] + self.values,
            back.kinds[:0:-1] + self.kinds,
            back.specials[::-1] + self.specials,
        )


def unstable(values: Any) -> int:
    """How many eigenvalues lie to the right of 0."""
    return int(np.sum(values.real > 0.0))


def traced(of: Rest, w: Any, walk: Walk, towards: Any = None) -> Branch:
    """The branch through the rest `w`, both ways within the parameter's range.

    Parameters
    ----------
    towards : (r + 1,) array, optional
        Go this way and its opposite; left out, along the parameter.
    """
    way = np.r_[np.zeros(of.of.r), 1.0] if towards is None else towards
    return _one_way(of, w, walk, way).joined(_one_way(of, w, walk, -way))


def _one_way(of: Rest, w: Any, walk: Walk, towards: Any) -> Branch:
    found = Branch()
    known: dict[Point, Any] = {}

    def values(point: Point) -> Any:
        if point not in known:
            known[point] = spectrum_at(of, point.w)
        return known[point]

    def agreed(before: Point, after: Point) -> bool:
        return _crossing(before, after, values(before), values(after)) is not None

    last: Point | None = None
    for point in follow(of, w, towards, walk, _inside, agreed):
        if last is None:
            found.add(point.w, values(point))
        else:
            special = _special(of, last, point, values(last), values(point))
            if special is not None and _inside(special.w):
                found.specials.append(special)
                found.add(special.w, spectrum_at(of, special.w), special.kind)
            if _inside(point.w):
                found.add(point.w, values(point))
            else:
                _end(of, found, last, point)
        last = point
    if len(found.kinds) > 1:
        found.kinds[-1] = END
    return found


def _inside(w: Any) -> bool:
    return bool(-1e-12 <= w[-1] <= 1.0 + 1e-12)


def spectrum_at(of: Rest, w: Any) -> Any:
    """The eigenvalues of a rest."""
    return eigenvalues(of.slopes(w), of.of.mass)[0]


def _end(of: Rest, found: Branch, last: Point, beyond: Point) -> None:
    """The branch's last point, at the end of the range itself."""
    border = float(beyond.w[-1] > 0.5)
    share = (border - last.w[-1]) / (beyond.w[-1] - last.w[-1])
    guess = last.w + share * (beyond.w - last.w)
    guess[-1] = border
    row = np.r_[np.zeros(of.of.r), 1.0]
    rounds, w, _ = corrected(of, guess, row)
    if rounds and (not found.specials or np.abs(w - found.w[-1]).max() > 1e-12):
        found.add(w, spectrum_at(of, w))


def _crossing(before: Point, after: Point, early: Any, late: Any) -> int | None:
    """What lies between two neighbours: one of `KINDS`, or None if more than one thing."""
    fold = before.tangent[-1] * after.tangent[-1] < 0.0
    change = abs(unstable(late) - unstable(early))
    if fold:  # where an eigenvalue only touches 0, another branch comes through (a pitchfork)
        return {0: BRANCH, 1: FOLD}.get(change)
    if change == 2 and _pair(early) and _pair(late):
        return HOPF
    return {0: POINT, 1: BRANCH}.get(change)


def _pair(values: Any) -> bool:
    """Whether what is nearest the axis is a pair of complex eigenvalues."""
    nearest = values[np.argmin(np.abs(values.real))]
    return bool(abs(nearest.imag) > 1e-9 * np.abs(values).max())


def _special(of: Rest, before: Point, after: Point, early: Any, late: Any) -> Special | None:
    kind = _crossing(before, after, early, late)
    if kind in (None, POINT):
        change = unstable(late) - unstable(early)
        kind = None if kind == POINT or abs(change) != 2 else HOPF
    if kind is None:
        return None
    return _hopf(of, before, after, early) if kind == HOPF else _real(of, before, after, kind)


def _real(of: Rest, before: Point, after: Point, kind: int) -> Special | None:
    """A fold or a branch point: where the matrix is singular."""
    condition = Singular(of.of, False, [of.which], of.held)
    condition.settle(before.w if abs(before.tangent[-1]) < abs(after.tangent[-1]) else after.w)

    def value(w: Any, slopes: Any) -> float:
        return float(condition.parts(w[None], of.slopes(w))[0, 0])

    def turning(w: Any, slopes: Any) -> float:
        return float(tangent(slopes, before.tangent, of.weights)[-1])

    turns = before.tangent[-1] * after.tangent[-1] < 0.0
    rough = located(of, before, after, turning if turns and kind == BRANCH else value)
    if rough is None:
        return None
    w, way = rough
    if kind == BRANCH:
        return Special(BRANCH, w, before.tangent, exact=False)  # no tangent of its own
    exact = pinned(condition, w)
    if exact is None or np.abs(exact - w).max() > 1e-2:
        return Special(FOLD, w, way, exact=False)
    condition.settle(exact)
    _, slopes = of.both(exact)
    way = tangent(slopes, way, of.weights)
    return Special(FOLD, exact, way, coefficient=fold_coefficient(condition, exact))


def _hopf(of: Rest, before: Point, after: Point, early: Any) -> Special | None:
    """A Hopf point: where a pair of eigenvalues crosses the axis."""
    upper = early[early.imag > 0.0]
    if not upper.size:
        return None
    omega = float(upper[np.argmin(np.abs(upper.real))].imag)

    def value(w: Any, slopes: Any) -> float:
        nonlocal omega
        values = spectrum_at(of, w)
        values = values[values.imag > 0.0]
        if not values.size:
            return float("nan")
        nearest = values[np.argmin(np.abs(values - 1j * omega))]
        omega = float(nearest.imag)
        return float(nearest.real)

    rough = located(of, before, after, value)
    if rough is None:
        return None
    w, way = rough
    condition = Singular(of.of, True, [of.which], of.held, omega**2)
    exact = pinned(condition, np.r_[w, 1.0])
    if exact is None or np.abs(exact[:-1] - w).max() > 1e-2:
        return Special(HOPF, w, way, omega, exact=False)
    condition.settle(exact)
    return Special(
        HOPF, exact[:-1], way, float(np.sqrt(condition.kappa(exact))), lyapunov(condition, exact)
    )


def switched(of: Rest, special: Special) -> Any:
    """The direction of the other branch at a branch point; NaN where there is none."""
    _, slopes = of.both(special.w)
    _, _, rows = np.linalg.svd(slopes * (1.0 / np.sqrt(of.weights)))
    plane = rows[-2:] / np.sqrt(of.weights)  # orthonormal in the weights
    along = plane @ (of.weights * special.tangent)
    other = np.array([-along[1], along[0]]) @ plane
    length = float(np.sqrt(np.sum(of.weights * other**2)))
    return other / length if length > 0.0 else np.full_like(other, np.nan)
