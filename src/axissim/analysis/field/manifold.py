"""Coordinates without units on the states that a start can reach: conserved sums stay as they are.

Every state is x = base + scale * (basis u), where the columns of the basis leave all conserved sums
alone.  Rest, stability and cycles are sought in u, where no eigenvalue is zero because of a law.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from axissim.analysis.field.field import Field


@dataclass(frozen=True)
class Slopes:
    """What the rates are at points (m) of a manifold, and how they change.

    Attributes
    ----------
    f : (m, r) array
    now : (m, r, r) array
        In the present state.
    past : (m, lags, r, r) array
        In each delayed state.
    free : (m, r, f) array
    ago : (m, lags) array
    """

    f: Any
    now: Any
    past: Any
    free: Any
    ago: Any

    @property
    def rest(self) -> Any:
        """The slopes where the past is as the present, (m, r, r)."""
        return self.now + self.past.sum(axis=1)


@dataclass(frozen=True, eq=False)
class Manifold:
    """A field seen in coordinates on one level of its conserved sums.

    Attributes
    ----------
    q : (1 or m, fixed) array
        Of each point, or of all.
    base : (1 or m, n) array
        The state at u = 0.
    scale : (n,) array
    basis : (n, r) array
        Orthonormal, of scaled states.
    moving : int
        How many coordinates have rates; those behind are implicit quantities.
    free_base, free_scale : (f,) array
        A free parameter is free_base + free_scale * its coordinate.
    time : float
        When rates are asked for, where they read the time.
    """

    field: Field
    q: Any
    base: Any
    scale: Any
    basis: Any
    moving: int
    free_base: Any
    free_scale: Any
    time: float

    @property
    def r(self) -> int:
        return int(self.basis.shape[1])

    @property
    def mass(self) -> Any:
        """1 for a coordinate that has a rate, 0 for an implicit quantity."""
        return (np.arange(self.r) < self.moving).astype(float)

    def movers(self, u: Any) -> Any:
        """The states (m, n) at coordinates (m, r)."""
        return self.base + self.scale * (u @ self.basis.T)

    def coordinates(self, x: Any) -> Any:
        """The coordinates (m, r) of states (m, n), nearest on this level."""
        return ((x - self.base) / self.scale) @ self.basis

    def parameters(self, free: Any) -> Any:
        """The free parameters (m, f) at their coordinates."""
        return self.free_base + self.free_scale * free

    def whole(self, u: Any, free: Any) -> Any:
        return self.field.whole(self.movers(u), self.parameters(free))

    def rates(self, u: Any, free: Any) -> Any:
        """The rates (m, r) of coordinates, of residuals as they are, where nothing changes."""
        f = self.field.rates(self.whole(u, free), self.q, self.time)
        return (f / self._rows) @ self.basis

    def slopes(self, u: Any, free: Any, before: Any = None) -> Slopes:
        """Rates and slopes at points.

        Parameters
        ----------
        u : (m, r) array
        free : (m, f) array
        before : (m, lags, r) array, optional
            The delayed coordinates; left out, those of now.
        """
        field, n = self.field, self.field.n
        whole = self.whole(u, free)
        delayed = list(field.opened.delayed)
        if before is not None and delayed:
            for k, mover in enumerate(delayed):
                whole[:, field.places[n + k]] = self.movers(before[:, k])[:, mover]
        f, full = field.slopes(whole, self.q, self.time)
        full = full / self._rows[:, None]
        f = (f / self._rows) @ self.basis
        now = self.basis.T @ (full[:, :, :n] * self.scale) @ self.basis
        past = np.zeros((len(whole), field.lags, self.r, self.r))
        for k, mover in enumerate(delayed):
            left = full[:, :, n + k] @ self.basis
            past[:, k] = left[:, :, None] * (self.scale[mover] * self.basis[mover])[None, None, :]
        slopes_free = self.basis.T @ (full[:, :, n + field.lags :] * self.free_scale)
        return Slopes(f, now, past, slopes_free, field.ago(whole, self.q))

    @property
    def _rows(self) -> Any:
        """What each rate is divided by."""
        return np.where(np.arange(self.field.n) < self.field.d, self.scale, 1.0)


def manifold(
    field: Field,
    q: Any,
    x: Any,
    scale: Any,
    conserved: Any,
    free: Any,
    time: float | None = None,
) -> Manifold:
    """The manifold through `x`.

    Parameters
    ----------
    q, x : (1 or m, ...) array
    scale : (n,) array
    conserved : (laws, differential) array
    free : (2, f) array
        Where the free parameters are at coordinates 0 and 1.
    """
    d, n = field.d, field.n
    inside = np.eye(d)
    if len(conserved):
        scaled = conserved * scale[:d]
        scaled = scaled / np.abs(scaled).max(axis=1, keepdims=True)
        _, sizes, rows = np.linalg.svd(scaled, full_matrices=True)
        inside = rows[int(np.sum(sizes > 1e-12 * sizes[0])) :].T
    basis = np.zeros((n, inside.shape[1] + n - d))
    basis[:d, : inside.shape[1]] = inside
    basis[d:, inside.shape[1] :] = np.eye(n - d)
    return Manifold(
        field=field,
        q=np.atleast_2d(q),
        base=np.atleast_2d(x),
        scale=scale,
        basis=basis,
        moving=inside.shape[1],
        free_base=free[0],
        free_scale=free[1] - free[0],
        time=field.start if time is None else time,
    )
