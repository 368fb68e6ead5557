"""Eigenvalues of a rest, with implicit quantities and constant delays.

Without delays they are those of the Jacobian, implicit quantities eliminated.  With delays they are
the roots of det(lambda M - A0 - sum A_k exp(-lambda tau_k)), infinitely many; the rightmost are
found from the infinitesimal generator on Chebyshev nodes (Breda, Maset & Vermiglio 2005, SIAM J Sci
Comput 27:482) and then made exact by Newton's method on the characteristic equation.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from axissim.analysis.field.manifold import Slopes

_NODES = 24  # of the past, for delays


def characteristic(slopes: Slopes, mass: Any, root: Any) -> Any:
    """The matrices lambda M - A0 - sum A_k exp(-lambda tau_k), (m, r, r).

    Parameters
    ----------
    root : complex, or (m,) array
    """
    root = np.broadcast_to(np.asarray(root), len(slopes.f))
    decay = np.exp(-root[:, None] * slopes.ago)
    past = (decay[:, :, None, None] * slopes.past).sum(axis=1)
    return root[:, None, None] * np.diag(mass) - slopes.now - past


def eigenvalues(slopes: Slopes, mass: Any, most: int = 0) -> list[Any]:
    """The eigenvalues of each point, rightmost first; with delays the rightmost `most`."""
    count = len(mass)
    found = []
    for at in range(len(slopes.f)):
        now, past, ago = slopes.now[at], slopes.past[at], slopes.ago[at]
        if not (np.isfinite(now).all() and np.isfinite(past).all()):
            values = np.full(count, np.nan + 0j)
        elif len(ago) and count:
            values = _delayed(now, past, ago, mass)[: most or None]
        else:
            values = _plain(now, mass)
        found.append(values[np.lexsort((-values.imag, -values.real))])
    return found


def is_stable(values: Any) -> bool:
    """Whether every eigenvalue lies to the left of 0, beyond what rounding leaves."""
    if not len(values):
        return True
    if not np.isfinite(values).all():
        return False
    return bool(values.real.max() < -1e-13 * np.abs(values).max())


def _plain(now: Any, mass: Any) -> Any:
    """Those of the Jacobian, implicit quantities eliminated."""
    d = int(mass.sum())
    inner = now[:d, :d]
    if d < len(mass):
        try:
            inner = inner - now[:d, d:] @ np.linalg.solve(now[d:, d:], now[d:, :d])
        except np.linalg.LinAlgError:
            return np.full(d, np.nan + 0j)
    return np.linalg.eigvals(inner) + 0j


def _delayed(now: Any, past: Any, ago: Any, mass: Any) -> Any:
    """The rightmost roots of the characteristic equation."""
    import scipy.linalg

    r = len(mass)
    big = _generator(now, past, ago)
    weight = np.eye(len(big))
    weight[:r, :r] = np.diag(mass)
    values = np.linalg.eigvals(big) if mass.all() else scipy.linalg.eigvals(big, weight)
    values = values[np.isfinite(values) & (np.abs(values) < 1e12)]
    values = values[np.argsort(-values.real)][: r + 8]
    exact = [_polished(value, now, past, ago, mass) for value in values]
    return _distinct(np.array([v for v in exact if np.isfinite(v)] or [np.nan + 0j]))


def _generator(now: Any, past: Any, ago: Any) -> Any:
    """What moves the present, and the past of each quantity that is read with a delay.

    A delayed slope is of rank one: a column times the row of the one quantity it is the past of.
    Only that quantity's past is kept, at Chebyshev nodes.
    """
    r, longest = len(now), float(ago.max())
    nodes, slope = _chebyshev(_NODES, longest)
    rows: list[Any] = []
    which = []
    for matrix in past:
        row = matrix[np.argmax(np.abs(matrix).max(axis=1))]
        row = row / (np.abs(row).max(initial=0.0) or 1.0)
        same = [at for at, old in enumerate(rows) if np.abs(old - row).max() < 1e-9]
        which.append(same[0] if same else len(rows))
        rows += [] if same else [row]
    big = np.zeros((r + len(rows) * _NODES, r + len(rows) * _NODES))
    big[:r, :r] = now
    for at, row in enumerate(rows):
        own = slice(r + at * _NODES, r + (at + 1) * _NODES)
        big[own, own] = slope[1:, 1:]
        big[own, :r] = np.outer(slope[1:, 0], row)
    for matrix, lag, at in zip(past, ago, which, strict=True):
        row = rows[at]
        column = matrix @ row / (row @ row or 1.0)
        weights = _lagrange(nodes, -lag)[0]
        big[:r, :r] += weights[0] * np.outer(column, row)
        big[:r, r + at * _NODES : r + (at + 1) * _NODES] += np.outer(column, weights[1:])
    return big


def _chebyshev(n: int, longest: float) -> tuple[Any, Any]:
    """Nodes from 0 back to -longest, and the matrix that differentiates between them."""
    x = np.cos(np.pi * np.arange(n + 1) / n)
    c = np.r_[2.0, np.ones(n - 1), 2.0] * (-1.0) ** np.arange(n + 1)
    apart = x[:, None] - x[None, :] + np.eye(n + 1)
    slope = np.outer(c, 1.0 / c) / apart
    slope -= np.diag(slope.sum(axis=1))
    return longest * (x - 1.0) / 2.0, slope * 2.0 / longest


def _lagrange(nodes: Any, at: float) -> Any:
    """The weights (1, nodes) that interpolate at a moment."""
    apart = at - nodes
    if np.any(np.abs(apart) < 1e-14 * abs(nodes[-1])):
        return (np.abs(apart) == np.abs(apart).min()).astype(float)[None, :]
    n = len(nodes) - 1
    weights = (-1.0) ** np.arange(n + 1) * np.r_[0.5, np.ones(n - 1), 0.5] / apart
    return (weights / weights.sum())[None, :]


def _polished(root: complex, now: Any, past: Any, ago: Any, mass: Any) -> complex:
    """A root by Newton's method with its null vector; NaN where it runs away."""
    begun, r = root, len(mass)
    delta = _delta(root, now, past, ago, mass)
    vector = np.linalg.svd(delta)[2][-1].conj()
    border = vector.conj()
    for _ in range(12):
        delta = _delta(root, now, past, ago, mass)
        turn = np.tensordot(ago * np.exp(-root * ago), past, axes=1) + np.diag(mass)
        matrix = np.zeros((r + 1, r + 1), complex)
        matrix[:r, :r], matrix[:r, r], matrix[r, :r] = delta, turn @ vector, border
        try:
            move = np.linalg.solve(matrix, -np.r_[delta @ vector, border @ vector - 1.0])
        except np.linalg.LinAlgError:
            break
        vector, root = vector + move[:r], root + move[r]
        if abs(move[r]) <= 1e-13 * abs(root) + 1e-300:
            break
    near = abs(root - begun) <= 0.1 * (abs(begun) + 1.0 / float(ago.max()))
    return complex(root) if near else complex(np.nan)


def _delta(root: complex, now: Any, past: Any, ago: Any, mass: Any) -> Any:
    return root * np.diag(mass) - now - np.tensordot(np.exp(-root * ago), past, axes=1)


def _distinct(values: Any) -> Any:
    """Roots found twice, once; rightmost first."""
    values = values[np.argsort(-values.real)]
    kept: list[complex] = []
    for value in values:
        if all(abs(value - other) > 1e-8 * (1e-6 + abs(value)) for other in kept):
            kept.append(value)
    return np.array(kept)
