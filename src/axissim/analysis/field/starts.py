"""Every rest of one parameter set: Newton's method and short runs from many random starts."""

from __future__ import annotations

from typing import Any

import numpy as np

from axissim.analysis.field.approach import Approach, pace, surroundings
from axissim.analysis.field.manifold import Manifold
from axissim.analysis.field.newton import rest
from axissim.analysis.field.setting import Setting
from axissim.analysis.field.spectrum import eigenvalues, is_stable

_ALIKE = 1e-6  # of a state's size: rests that are one
_SPREAD = 1.5  # of starts, in natural logarithms


def every_rest(
    asked: Setting,
    found: Approach,
    run: int,
    tol: float,
    starts: int,
    rng: Any,
    enough: int = 1000,
) -> tuple[Any, list[Any], Any]:
    """The rests of a run's parameter set that have its conserved sums, not more than `enough`.

    Returns
    -------
    (rests, n) array, list of (modes,) array, (rests,) array of bool
        The states, their eigenvalues, which are stable; the start's own rest first, then by the
        first mover.
    """
    begun, end = found.begun[run], found.ends[run]
    length = found.after[run]
    length = float(length) if np.isfinite(length) else pace(asked)
    here = surroundings(asked, found, run, np.stack([begun, end]), length)
    free = np.zeros((1, len(asked.field.opened.free)))
    own = found.x[run]
    kept = [own] if np.isfinite(own).all() else []
    positive = bool(np.all(found.lows[run] >= -1e-6 * here.scale))
    known = here.coordinates(np.stack([end, found.means[run]]))
    for u in [*known, *_starts(here, begun, end, starts, positive, rng)]:
        if len(kept) >= enough:
            break
        for v in (u, _relaxed(here, u, length)):
            at, good = rest(here, v[None], free, tol)
            x = here.movers(at)[0]
            if good[0] and _new(x, kept, here.scale) and _allowed(x, positive, here.scale):
                kept.append(x)
    first = len(kept) and np.isfinite(own).all()
    kept = kept[: int(first)] + sorted(kept[int(first) :], key=lambda x: tuple(x))
    x = np.array(kept).reshape(len(kept), len(begun))
    slopes = here.slopes(here.coordinates(x), np.repeat(free, len(x), axis=0)) if len(x) else None
    values = eigenvalues(slopes, here.mass) if slopes is not None else []
    return x, values, np.array([is_stable(v) for v in values], bool)


def _starts(here: Manifold, begun: Any, end: Any, count: int, positive: bool, rng: Any) -> Any:
    """Random coordinates around the start and the end."""
    middle = np.where(rng.random((count, 1)) < 0.5, begun, end)
    size = np.where(middle != 0.0, np.abs(middle), here.scale)
    sign = np.where(middle < 0.0, -1.0, 1.0)
    if not positive:
        sign = rng.choice([-1.0, 1.0], size.shape)
    x = sign * size * np.exp(_SPREAD * rng.standard_normal(size.shape))
    for _ in range(8 if positive else 1):
        u = here.coordinates(x)
        x = here.movers(u)
        x = np.maximum(x, 0.0) if positive else x
    return here.coordinates(x)


def _relaxed(here: Manifold, u: Any, length: float) -> Any:
    """Where a run from `u` is after a while: implicit steps, each longer than the last.

    A rest that draws runs in is found so from all around; the way there need not be exact.
    """
    free = np.zeros((1, len(here.free_base)))
    step = 1e-4 * length
    for _ in range(40):
        with np.errstate(all="ignore"):
            slopes = here.slopes(u[None], free)
        if not (np.isfinite(slopes.f).all() and np.isfinite(slopes.rest).all()):
            return u
        matrix = np.diag(here.mass) - step * slopes.rest[0]
        try:
            move = np.linalg.solve(matrix, step * slopes.f[0])
        except np.linalg.LinAlgError:
            return u
        size = float(np.abs(move).max(initial=0.0))
        if not np.isfinite(size) or size > 1e3:
            return u
        if size > 0.5:
            step *= 0.25
            continue
        u = u + move
        step *= 1.7
    return u


def _new(x: Any, kept: list[Any], scale: Any) -> bool:
    return all(np.abs((x - other) / scale).max(initial=0.0) > _ALIKE for other in kept)


def _allowed(x: Any, positive: bool, scale: Any) -> bool:
    return bool(np.isfinite(x).all() and (not positive or np.all(x >= -1e-9 * scale)))
