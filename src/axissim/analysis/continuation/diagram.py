"""A bifurcation diagram: branches of rests, what is special on them, cycles, curves in two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.continuation.beginning import Beginning, Ranges, beginning
from axissim.analysis.continuation.branch import (
    BRANCH,
    FOLD,
    HOPF,
    Branch,
    switched,
    traced,
)
from axissim.analysis.continuation.conditions import Rest, Singular
from axissim.analysis.continuation.curves import Curve, curve
from axissim.analysis.continuation.cycles import Tube, tube, tube_through
from axissim.analysis.continuation.follow import Walk, corrected
from axissim.analysis.continuation.result import dataset
from axissim.analysis.field.approach import PERIODIC
from axissim.analysis.orbit.finding import around, exact, repeated
from axissim.model.model import Model, ModelError

if TYPE_CHECKING:
    import xarray as xr

_MOST_BRANCHES = 12
_MOST_CYCLES = 200  # of one branch
_ROUGH = 1e-5  # of the period: the mesh from which cycles are followed is not the finest


def continuation(
    model: Model,
    ranges: Ranges,
    *,
    params: Mapping[str, float] | None = None,
    init: Mapping[str, float] | None = None,
    outputs: Sequence[str] | None = None,
    several: bool = False,
    cycles: bool = True,
    longest: float = 0.04,
    most: int = 2000,
) -> xr.Dataset:
    """Follow the rests of `model` as a parameter changes, and say where they change kind.

    Pseudo-arclength continuation, with the analytic Jacobian, on the level of what is conserved at
    the start.  Folds and Hopf points solve their defining equations, and are given with the sign
    that tells what is born there.  Constant delays are part of it: a rest's eigenvalues are then
    the rightmost roots of the characteristic equation.

    Parameters
    ----------
    ranges : mapping
        ``{"kstress": (0, 40)}``: the parameter to vary, from where to where; a second one asks for
        the curves of folds and Hopf points in both.
    params, init : mapping, optional
        Values in place of the model's own.  The branch starts at the model's own value of the
        parameter, at the nearer end of the range if that lies outside.
    outputs : sequence of str, optional
        Ids to keep; left out, all that moves.
    several : bool
        Start at every rest that is found from random starts, not only at that which the model's
        own start leads to.
    cycles : bool
        Follow the cycles that are born at Hopf points, too; not of a model with algebraic rules.
    longest : float
        The longest step, where 1 is the range, or the size of the states.
    most : int
        After so many points a branch is given up.

    Returns
    -------
    xarray.Dataset
        Over ``point``: outputs, the parameter, ``branch``, ``stable``, ``unstable`` (how many
        eigenvalues lie to the right of 0), ``label`` (point, fold, hopf, branch, end) and
        eigenvalues.  Over ``special``: ``special_kind``, the parameter ``special_kstress``,
        ``special_omega``, ``special_coefficient`` (of a Hopf point the first Lyapunov coefficient:
        below 0 it is supercritical; of a fold the quadratic one), outputs as ``special_F``.
        Over ``cycle_point``: ``cycle`` (which branch), ``cycle_kstress``, ``cycle_period``,
        ``cycle_stable`` (0, too, where multipliers are NaN: a delay is longer than the period),
        ``cycle_min_F`` and ``cycle_max_F``, Floquet multipliers and ``cycle_label`` (point, fold,
        period_doubling; torus: lies just before that cycle).  With a second parameter also over
        ``curve_point``: ``curve``, ``curve_kind``, both parameters, ``curve_corner`` (point, cusp,
        bogdanov_takens, generalised_hopf), and so on.

    Raises
    ------
    ModelError
        One line that says what is wrong and how to mend it.
    """
    if not (0.0 < longest <= 1.0 and most >= 1):
        raise ModelError("longest lies between 0 and 1, and most is 1 or more")
    walk = Walk(step=min(0.01, longest), longest=longest, most=most)
    begun = beginning(model, ranges, params, init, outputs, several)
    if not begun.rests:
        raise ModelError(
            f"no rest of '{model.id}' was found to start from; give init near one, or other params"
        )
    branches = _branches(begun, walk)
    curves = _curves(begun, branches, walk) if len(ranges) == 2 else []
    tubes = _tubes(begun, branches, walk) if cycles and not _implicit(begun) else []
    return dataset(begun, list(ranges), branches, curves, tubes)


def _implicit(begun: Beginning) -> bool:
    """Whether there are implicit quantities, whose cycles are not followed."""
    return begun.asked.field.n > begun.asked.field.d


def _rest(begun: Beginning) -> Rest:
    return Rest(begun.of, 0, np.where(np.arange(len(begun.free)) == 0, 0.0, begun.free))


def _branches(begun: Beginning, walk: Walk) -> list[Branch]:
    """The branches through the rests at the start, and those that cross them."""
    of = _rest(begun)
    found: list[Branch] = []
    waiting: list[tuple[Any, Any]] = [(np.r_[u, begun.free[0]], None) for u in begun.rests]
    while waiting and len(found) < _MOST_BRANCHES:
        w, towards = waiting.pop(0)
        if towards is None and any(_passes(branch, w, walk) for branch in found):
            continue
        branch = traced(of, w, walk, towards)
        found.append(branch)
        for special in branch.specials:
            if special.kind == BRANCH:
                other = switched(of, special)
                start = _beside(of, special.w, other, walk)
                if start is not None and not any(_passes(b, start, walk) for b in found):
                    waiting.append((start, start - special.w))
    return found


def _beside(of: Rest, w: Any, other: Any, walk: Walk) -> Any:
    """A point of the other branch, a little away from the branch point; None if there is none."""
    if not np.isfinite(other).all():
        return None
    for sign in (1.0, -1.0):
        rounds, near, _ = corrected(of, w + sign * walk.step * other, other)
        if rounds:
            return near
    return None


def _passes(branch: Branch, w: Any, walk: Walk) -> bool:
    """Whether a point lies on a branch, as straight lines between its points."""
    points = np.array(branch.w)
    return len(points) > 1 and _distance(points, w) < 0.05 * walk.longest


def _distance(points: Any, w: Any) -> float:
    begin, way = points[:-1], np.diff(points, axis=0)
    square = np.maximum(np.sum(way**2, axis=1), 1e-300)
    share = np.clip(np.sum((w - begin) * way, axis=1) / square, 0.0, 1.0)
    return float(np.sqrt(np.sum((w - begin - share[:, None] * way) ** 2, axis=1)).min())


def _curves(begun: Beginning, branches: list[Branch], walk: Walk) -> list[Curve]:
    """The curves of folds and Hopf points, each once."""
    found: list[Curve] = []
    walk = Walk(walk.step, walk.least, min(walk.longest, 0.03), walk.most)
    for special in [s for branch in branches for s in branch.specials]:
        if special.kind not in (FOLD, HOPF):
            continue
        hopf = special.kind == HOPF
        w = np.r_[special.w, begun.free[1]]
        if any(c.hopf == hopf and _distance(np.array(c.w), w) < 0.2 * walk.longest
               for c in found if len(c.w) > 1):  # fmt: skip
            continue
        scale = special.omega**2 if hopf else 1.0
        condition = Singular(begun.of, hopf, [0, 1], np.zeros(2), scale)
        found.append(curve(condition, np.r_[w, [1.0] * hopf], walk))
    return found


def _tubes(begun: Beginning, branches: list[Branch], walk: Walk) -> list[Tube]:
    """The cycles born at each Hopf point, but for those that end there."""
    found: list[Tube] = []
    intervals = 24 if begun.of.r <= 8 else 16
    walk = Walk(0.02, 1e-6, max(0.06, walk.longest), min(walk.most, _MOST_CYCLES))
    for special in [s for branch in branches for s in branch.specials if s.kind == HOPF]:
        met = [t for t in found if t.ended is not None and np.abs(t.ended - special.w).max() < 1e-2]
        if special.exact and not met:
            one = tube(_rest(begun), special, walk, intervals)
            if one.w:
                found.append(one)
    if int(begun.found.status[0]) == PERIODIC and not any(_covers(t, begun) for t in found):
        found += _own(begun, walk)
    return [one for one in found if one.w]


def _covers(tube_: Tube, begun: Beginning) -> bool:
    """Whether cycles were followed past the parameter's value at the start."""
    places = [w[-1] for w in tube_.w]
    return bool(min(places) <= begun.free[0] <= max(places))


def _own(begun: Beginning, walk: Walk) -> list[Tube]:
    """The cycles beside that on which the model's own run settles, if no Hopf point led there."""
    try:
        repeat = repeated(begun.still, begun.found)
        one = exact(around(begun.still, begun.found, repeat.course), repeat, _ROUGH)
    except ModelError:
        return []
    if one is None:
        return []
    x, period, _ = one.of.split(one.w)
    u = begun.of.coordinates(one.of.of.movers(x))
    return [tube_through(_rest(begun), one.of.mesh, u, period, float(begun.free[0]), walk)]
