"""A cycle as a root: values at the points of a mesh, and the period, that solve the equations.

At Gauss's points of every interval u' = T f(u, u(t - tau_k)) holds; a phase condition, that the
cycle is not shifted against the one before, settles where it begins (Doedel, Keller & Kernevez
1991).  The unknowns are the values (N m r), the logarithm of the period, and, if a parameter is
free, that.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from axissim.analysis.field.manifold import Manifold, Slopes
from axissim.analysis.orbit.mesh import DEGREE, Mesh, gauss, lagrange

_STEP = 1e-6  # of differences of delays in a free parameter


class Collocation:
    """The equations of a cycle on a mesh.

    Attributes
    ----------
    of : Manifold
    mesh : Mesh
    which : int or None
        The free parameter that is varied, if one is; the others stay at `held`.
    weights : array
        What each unknown counts for in a length.
    shapes, shape_slopes : (m, m + 1) array
        An interval's polynomials, and their slopes, at Gauss's points.
    """

    def __init__(self, of: Manifold, mesh: Mesh, held: Any, which: int | None = None) -> None:
        self.of, self.mesh, self.which = of, mesh, which
        self.held = np.asarray(held, float)
        self.size = mesh.intervals * DEGREE * of.r
        share = np.repeat(mesh.widths / DEGREE, DEGREE * of.r) / max(of.r, 1)
        self.weights = np.r_[share, 0.1, [1.0] * (which is not None)]
        self.reference = np.zeros((mesh.intervals * DEGREE, of.r))  # slopes of the cycle before
        places, self._gauss_weights = gauss()
        self.shapes, self.shape_slopes = lagrange(places)

    def split(self, w: Any) -> tuple[Any, float, Any]:
        """Values (N m, r), the period, all free parameters' coordinates (f,)."""
        free = self.held.copy()
        if self.which is not None:
            free[self.which] = w[self.size + 1]
        return w[: self.size].reshape(-1, self.of.r), float(np.exp(w[self.size])), free

    def packed(self, x: Any, period: float, free: Any = None) -> Any:
        end = [] if self.which is None else [free]
        return np.r_[x.ravel(), np.log(period), end]

    def settle(self, w: Any) -> None:
        """Measure the phase against this cycle."""
        x, _, _ = self.split(w)
        self.reference = self.mesh.slope(x, self.mesh.places)

    def collocated(self, w: Any) -> tuple[Any, Any, Slopes, Any]:
        """At the collocation points: values, slopes, what the field says, places of the past."""
        x, period, free = self.split(w)
        own = x[self.mesh.members(np.arange(self.mesh.intervals))]
        u = np.einsum("kj,ijr->ikr", self.shapes, own).reshape(-1, self.of.r)
        du = np.einsum("kj,ijr->ikr", self.shape_slopes, own) / self.mesh.widths[:, None, None]
        ago = self._ago(u, free)
        past = (self.mesh.places[:, None] - ago / period) % 1.0
        before = None
        if ago.shape[1]:
            columns = [self.mesh.at(x, past[:, k]) for k in range(ago.shape[1])]
            before = np.stack(columns, axis=1)
        many = np.repeat(free[None], len(u), axis=0)
        return u, du.reshape(-1, self.of.r), self.of.slopes(u, many, before), past

    def _ago(self, u: Any, free: Any) -> Any:
        field = self.of.field
        if not field.lags:
            return np.empty((len(u), 0))
        lags = field.ago(self.of.whole(u[:1], free[None]), self.of.q)
        return np.repeat(lags, len(u), axis=0)

    def past(self, w: Any, places: Any) -> Any:
        """Each delayed mover (k, lags) at places of the cycle."""
        x, period, free = self.split(w)
        ago = self._ago(self.mesh.at(x, places), free)
        delayed = self.of.field.opened.delayed
        columns = [
            self.of.movers(self.mesh.at(x, places - ago[:, k] / period))[:, mover]
            for k, mover in enumerate(delayed)
        ]
        return np.array(columns).T.reshape(len(places), len(delayed))

    def both(self, w: Any) -> tuple[Any, Any]:
        """The residuals and their slopes, sparse."""
        with np.errstate(all="ignore"):
            u, du, s, past = self.collocated(w)
        _, period, _ = self.split(w)
        residual = self.of.mass * du - period * s.f
        integral = np.repeat(self.mesh.widths, DEGREE) * np.tile(
            self._gauss_weights, self.mesh.intervals
        )
        phase = float(np.sum(integral[:, None] * u * self.reference))  # 0 of the cycle before
        return np.r_[residual.ravel(), phase], self._matrix(w, s, past, period, integral)

    def _matrix(self, w: Any, s: Slopes, past: Any, period: float, integral: Any) -> Any:
        import scipy.sparse as sparse

        r, count = self.of.r, self.mesh.intervals * DEGREE
        members = np.repeat(self.mesh.members(np.arange(self.mesh.intervals)), DEGREE, axis=0)
        values = np.tile(self.shapes, (self.mesh.intervals, 1))
        slopes = np.tile(self.shape_slopes, (self.mesh.intervals, 1))
        slopes = slopes / np.repeat(self.mesh.widths, DEGREE)[:, None]
        blocks = slopes[:, :, None, None] * np.diag(self.of.mass)
        blocks = blocks - period * values[:, :, None, None] * s.now[:, None]
        parts = [_placed(blocks, members, r)]
        x, _, _ = self.split(w)
        by_period = -period * s.f  # in the logarithm of the period
        for k in range(past.shape[1]):
            whom, how, turn = self.mesh.weights(past[:, k])
            parts.append(_placed(-period * how[:, :, None, None] * s.past[:, None, k], whom, r))
            moved = np.einsum("kj,kjr->kr", turn, x[whom]) * (s.ago[:, k] / period)[:, None]
            by_period = by_period - period * np.einsum("kij,kj->ki", s.past[:, k], moved)
        phase = integral[:, None] * self.reference
        parts.append(_row(phase[:, None, :] * values[:, :, None], members, count * r, r))
        rows, columns, numbers = (np.concatenate(part) for part in zip(*parts, strict=True))
        right = [by_period.ravel()[:, None]]
        if self.which is not None:
            right.append(self._by_free(w, s, past, period).ravel()[:, None])
        square = sparse.csr_array((numbers, (rows, columns)), shape=(count * r + 1, count * r))
        border = np.vstack([np.hstack(right), np.zeros((1, len(right)))])
        return sparse.hstack([square, sparse.csr_array(border)], format="csr")

    def _by_free(self, w: Any, s: Slopes, past: Any, period: float) -> Any:
        """The residuals' slopes in the free parameter, on which delays may depend."""
        found = -period * s.free[:, :, self.which]
        x, _, free = self.split(w)
        if past.shape[1]:
            step = _STEP * (np.arange(len(free)) == self.which)
            ahead, behind = (self._ago(x[:1], free + way * step)[0] for way in (1.0, -1.0))
            for k, change in enumerate((ahead - behind) / (2.0 * _STEP)):
                if change:
                    moved = self.mesh.slope(x, past[:, k]) * change
                    found = found + np.einsum("kij,kj->ki", s.past[:, k], moved)
        return found


def _placed(blocks: Any, members: Any, r: int) -> tuple[Any, Any, Any]:
    """Blocks (k, j, r, r) of row k and column members[k, j], as triples."""
    k, j = members.shape
    inner = np.arange(r)
    rows = (np.arange(k)[:, None, None, None] * r + inner[:, None]) + np.zeros((k, j, r, r), int)
    columns = members[:, :, None, None] * r + inner[None, :] + np.zeros((k, j, r, r), int)
    return rows.ravel(), columns.ravel(), blocks.ravel()


def _row(values: Any, members: Any, row: int, r: int) -> tuple[Any, Any, Any]:
    """Numbers (k, j, r) of one row."""
    columns = members[:, :, None] * r + np.arange(r)
    return np.full(columns.size, row), columns.ravel(), values.ravel()


def newton(of: Collocation, w: Any, rounds: int = 25, tol: float = 1e-9) -> Any:
    """The cycle near `w`, no parameter free; None if there is none."""
    from scipy.sparse.linalg import splu

    of.settle(w)
    for _ in range(rounds):
        residual, slopes = of.both(w)
        if not np.isfinite(residual).all():
            return None
        try:
            move = splu(slopes.tocsc()).solve(-residual)
        except (RuntimeError, ValueError):
            return None
        size = float(np.abs(move).max())
        if not np.isfinite(size):
            return None
        share = min(1.0, 0.5 / size) if size > 1.0 else 1.0
        w = w + share * move
        if size <= tol:
            return w
        of.settle(w)
    return w if size <= 1e3 * tol else None
