"""A period cut into intervals, in each a polynomial through equally spaced points.

de Boor C, Swartz B (1973), Collocation at Gaussian points; Doedel E, Keller HB, Kernevez JP (1991).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

DEGREE = 4


@lru_cache(maxsize=4)
def gauss(degree: int = DEGREE) -> Any:
    """Gauss's points in an interval of length 1, (m,), and their weights."""
    points, weights = np.polynomial.legendre.leggauss(degree)
    return (points + 1.0) / 2.0, weights / 2.0


def lagrange(at: Any, degree: int = DEGREE) -> tuple[Any, Any]:
    """Lagrange's polynomials of the points 0, 1/m, ..., 1 at places (k,), and their slopes.

    Returns
    -------
    (k, m + 1) array, (k, m + 1) array
    """
    base, at = np.linspace(0.0, 1.0, degree + 1), np.asarray(at, float)
    values, slopes = np.empty((len(at), degree + 1)), np.empty((len(at), degree + 1))
    for j in range(degree + 1):
        others = np.delete(base, j)
        apart = at[:, None] - others[None, :]
        below = np.prod(base[j] - others)
        values[:, j] = np.prod(apart, axis=1) / below
        total = np.zeros(len(at))
        for skip in range(degree):
            total += np.prod(np.delete(apart, skip, axis=1), axis=1)
        slopes[:, j] = total / below
    return values, slopes


class Mesh:
    """Where the intervals of a period begin, as shares of it, from 0 to 1.

    Values of a periodic function are kept at the first m points of each interval, (N m, r).
    """

    def __init__(self, edges: Any) -> None:
        self.edges = np.asarray(edges, float)
        self.widths = np.diff(self.edges)

    @property
    def intervals(self) -> int:
        return len(self.widths)

    @property
    def points(self) -> Any:
        """The places of the values, (N m,)."""
        inner = np.arange(DEGREE) / DEGREE
        return (self.edges[:-1, None] + self.widths[:, None] * inner).ravel()

    @property
    def places(self) -> Any:
        """The collocation points, (N m,)."""
        return (self.edges[:-1, None] + self.widths[:, None] * gauss()[0]).ravel()

    def members(self, interval: Any) -> Any:
        """Which values make the polynomial of intervals (k,): (k, m + 1)."""
        first = np.asarray(interval)[:, None] * DEGREE
        return (first + np.arange(DEGREE + 1)) % (self.intervals * DEGREE)

    def weights(self, at: Any) -> tuple[Any, Any, Any]:
        """How values make those at places (k,): members (k, m + 1), weights, weights of slopes."""
        at = np.asarray(at, float) % 1.0
        interval = np.clip(np.searchsorted(self.edges, at, "right") - 1, 0, self.intervals - 1)
        inside = (at - self.edges[interval]) / self.widths[interval]
        values, slopes = lagrange(inside)
        return self.members(interval), values, slopes / self.widths[interval, None]

    def at(self, x: Any, at: Any) -> Any:
        """Values (k, r) at places of a function kept as (N m, r)."""
        members, values, _ = self.weights(at)
        return np.einsum("kj,kjr->kr", values, x[members])

    def slope(self, x: Any, at: Any) -> Any:
        """Slopes (k, r), for a period of length 1."""
        members, _, slopes = self.weights(at)
        return np.einsum("kj,kjr->kr", slopes, x[members])

    def fitted(self, x: Any, intervals: int) -> Mesh:
        """A mesh whose intervals share the error of `x` evenly.

        The error of an interval goes with the (m + 1)th derivative, which is estimated from the
        jumps of the mth at the edges.
        """
        top = self._highest(x)  # (N, r), the mth derivative in each interval
        middle = 0.5 * (self.edges[1:] + self.edges[:-1])
        gaps = np.diff(np.r_[middle[-1] - 1.0, middle])
        jumps = np.abs(top - np.roll(top, 1, axis=0)) / gaps[:, None]  # at the left edges
        size = 0.5 * (jumps + np.roll(jumps, -1, axis=0))
        scale = np.maximum(np.ptp(x, axis=0), 1e-8 * np.abs(x).max(initial=1e-300))
        density = (size / scale).max(axis=1) ** (1.0 / (DEGREE + 1))
        floor = 0.2 * float(np.sum(density * self.widths)) + 1e-12
        total = np.r_[0.0, np.cumsum((density + floor) * self.widths)]
        return Mesh(np.interp(np.linspace(0.0, total[-1], intervals + 1), total, self.edges))

    def _highest(self, x: Any) -> Any:
        """The mth derivative of each interval's polynomial, (N, r)."""
        own = x[self.members(np.arange(self.intervals))]
        differences = np.diff(own, n=DEGREE, axis=1)[:, 0]
        return differences * (DEGREE / self.widths[:, None]) ** DEGREE
