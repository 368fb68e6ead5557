"""Newton's method for rest, at many points at once, its moves shortened while they lead nowhere."""

from __future__ import annotations

from typing import Any

import numpy as np

from axissim.analysis.field.manifold import Manifold

_ROUNDS, _HALVINGS = 60, 12


def rest(
    of: Manifold, u: Any, free: Any, tol: float = 1e-11, farthest: float = 1e6
) -> tuple[Any, Any]:
    """Coordinates at which every rate is zero, sought from `u`.

    A move is taken whole if the simplified move after it is shorter (Deuflhard's natural
    monotonicity), and halved until it is.

    Parameters
    ----------
    of : Manifold
        With one base and q for all points, or one each.
    u : (m, r) array
    free : (m, f) array
    tol : float
        The last move's size, for states of size 1.

    Returns
    -------
    (m, r) array, (m,) array of bool
        The points, and which of them have converged.
    """
    u = np.array(u, float)
    good = np.zeros(len(u), bool)
    if not of.r:
        return u, np.ones(len(u), bool)
    for at in range(len(u)):
        part = of if len(of.base) == 1 and len(of.q) == 1 else _one(of, at)
        with np.errstate(all="ignore"):
            u[at], good[at] = _rest(part, u[at], free[at : at + 1], tol, farthest)
    return u, good


def _one(of: Manifold, at: int) -> Manifold:
    import dataclasses

    q = of.q if len(of.q) == 1 else of.q[at : at + 1]
    base = of.base if len(of.base) == 1 else of.base[at : at + 1]
    return dataclasses.replace(of, q=q, base=base)


def _rest(of: Manifold, u: Any, free: Any, tol: float, farthest: float) -> tuple[Any, bool]:
    for _ in range(_ROUNDS):
        slopes = of.slopes(u[None], free)
        move = _move(slopes.rest[0], slopes.f[0])
        size = float(np.abs(move).max()) if move is not None else np.inf
        if move is None or not np.isfinite(size):
            return u, False
        if size <= tol * max(1.0, float(np.abs(u).max())):
            return u + move, True
        share = 1.0
        for _ in range(_HALVINGS):
            after = of.rates((u + share * move)[None], free)[0]
            second = _move(slopes.rest[0], after) if np.isfinite(after).all() else None
            if second is not None and np.linalg.norm(second) <= (
                1.0 - 0.25 * share
            ) * np.linalg.norm(move):
                break
            share *= 0.5
        else:
            tiny = size <= 1e4 * tol * max(1.0, float(np.abs(u).max()))
            return (u + move, True) if tiny else (u, False)
        u = u + share * move
        if np.abs(u).max() > farthest:
            return u, False
    return u, False


def _move(matrix: Any, f: Any) -> Any:
    """Newton's move, rows balanced first; None where there is none."""
    sizes = np.abs(matrix).max(axis=1)
    sizes = np.where(sizes > 0.0, sizes, 1.0)
    try:
        return np.linalg.solve(matrix / sizes[:, None], -f / sizes)
    except np.linalg.LinAlgError:
        return None
