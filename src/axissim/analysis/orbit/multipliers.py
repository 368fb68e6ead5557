"""Floquet multipliers of a cycle: what a small deviation is multiplied by over a period."""

from __future__ import annotations

from typing import Any

import numpy as np

from axissim.analysis.orbit.collocation import Collocation
from axissim.analysis.orbit.mesh import DEGREE


def multipliers(of: Collocation, w: Any) -> Any:
    """The multipliers of a cycle, greatest first.

    One of them is 1, of a shift along the cycle, as far as the mesh is fine enough.  With delays
    they are those of the discretised past; NaN if a delay is longer than the period.

    Returns
    -------
    (r,) array of complex, or as many as there are with delays
    """
    _, _, s, _ = of.collocated(w)
    period = of.split(w)[1]
    values = _delayed(of, s, period) if of.of.field.lags else _plain(of, s, period)
    return values[np.argsort(-np.abs(values), kind="stable")]


def _plain(of: Collocation, s: Any, period: float) -> Any:
    """Each interval takes a deviation at its start to one at its end; they follow each other."""
    r, n = of.of.r, of.mesh.intervals
    values, slopes = of.shapes, of.shape_slopes
    now = s.now.reshape(n, DEGREE, r, r)
    width = of.mesh.widths[:, None, None, None, None]
    blocks = slopes[None, :, :, None, None] / width * np.eye(r)
    blocks = blocks - period * values[None, :, :, None, None] * now[:, :, None]
    # (n, k, j, r, r) -> rows (k, r), columns (j, r)
    whole = blocks.transpose(0, 1, 3, 2, 4).reshape(n, DEGREE * r, (DEGREE + 1) * r)
    solved = np.linalg.solve(whole[:, :, r:], -whole[:, :, :r])
    total = np.eye(r)
    for step in solved[:, -r:]:
        total = step @ total
    return np.linalg.eigvals(total) + 0j


def _delayed(of: Collocation, s: Any, period: float) -> Any:
    """A past of one period at all points of the mesh goes over into the next."""
    if s.ago.max() > period:
        return np.full(of.of.r, np.nan + 0j)
    r, mesh = of.of.r, of.mesh
    count = mesh.intervals * DEGREE
    # columns: the values of the period before (count), then of this one (count), then its end
    matrix = np.zeros((count, 2 * count + 1, r, r))
    first = np.repeat(np.arange(mesh.intervals), DEGREE) * DEGREE
    members = count + first[:, None] + np.arange(DEGREE + 1)
    values = np.tile(of.shapes, (mesh.intervals, 1))
    slopes = np.tile(of.shape_slopes, (mesh.intervals, 1)) / np.repeat(mesh.widths, DEGREE)[:, None]
    rows = np.arange(count)[:, None]
    matrix[rows, members] += slopes[:, :, None, None] * np.eye(r)
    matrix[rows, members] -= period * values[:, :, None, None] * s.now[:, None]
    for k in range(s.ago.shape[1]):
        place = mesh.places - s.ago[:, k] / period
        wrapped = place < 0.0
        whom, how, _ = mesh.weights(place)
        ends = (whom == 0) & (np.arange(DEGREE + 1) == DEGREE)
        whom = np.where(ends, count, whom) + np.where(wrapped, 0, count)[:, None]
        np.add.at(
            matrix, (np.broadcast_to(rows, whom.shape), whom),
            -period * how[:, :, None, None] * s.past[:, None, k],
        )  # fmt: skip
    flat = matrix.transpose(0, 2, 1, 3).reshape(count * r, (2 * count + 1) * r)
    known, sought = flat[:, : (count + 1) * r], flat[:, (count + 1) * r :]
    step = np.linalg.solve(sought, -known)  # the points 1.. of this period from those before
    # the state is the period before with its end, (count + 1) points; the next one begins there
    after = np.zeros(((count + 1) * r, (count + 1) * r))
    after[:r, count * r :] = np.eye(r)
    after[r:] = step
    found = np.linalg.eigvals(after) + 0j
    return found[np.argsort(-np.abs(found))][: 2 * r + 2]


def is_attracting(values: Any) -> bool:
    """Whether all multipliers but that of the shift lie inside the unit circle."""
    if not len(values) or not np.isfinite(values).all():
        return False
    others = np.delete(values, np.argmin(np.abs(values - 1.0)))
    return bool(np.all(np.abs(others) < 1.0))
