"""Steps within trust regions and bounds: the exact minimum of each quadratic model.

The radius is met by the shift of Moré & Sorensen (1983), on the eigenvalues; a parameter that hits
a bound is held there while the others are found anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

_ROUNDING = 1e-12  # a slope below this share of the whole is nothing but rounding
_PASSES = 4


def proposals(
    own: Any,
    gradient: Any,
    curvature: Any,
    radius: Any,
    low: Any,
    high: Any,
    held: Any,
    lengths: Sequence[float],
) -> tuple[Any, Any, Any]:
    """Steps worth trying from each of N points.

    Returns
    -------
    (N, K, P), (N, K), (N,) arrays
        Steps of each length, in a round region and in one in proportion to what each parameter
        does, and one straight downhill; what each promises; the greatest slope that is free.
    """
    at_low = (own <= low) & (gradient > 0.0)
    at_high = (own >= high) & (gradient < 0.0)
    free = ~(held | at_low | at_high)
    diagonal = np.sqrt(np.maximum(np.einsum("nii->ni", curvature), 0.0))
    floor = 1e-3 * diagonal.max(axis=1, keepdims=True) + 1e-300
    shapes = (
        np.ones_like(own),
        np.maximum(diagonal, floor) / (diagonal.max(axis=1)[:, None] + 1e-300),
    )
    steps = []
    for shape in shapes:
        for length in lengths:
            reach = length * radius
            steps.append(_step(own, gradient, curvature, reach, low, high, free, shape))
    steps.append(_downhill(own, gradient, curvature, radius, low, high, free))
    found = np.stack(steps, axis=1)
    bent = np.einsum("nij,nkj->nki", curvature, found)
    promised = -(gradient[:, None] * found).sum(axis=2) - 0.5 * (bent * found).sum(axis=2)
    return found, np.maximum(promised, 0.0), np.abs(np.where(free, gradient, 0.0)).max(axis=1)


def _step(
    own: Any,
    gradient: Any,
    curvature: Any,
    radius: Any,
    low: Any,
    high: Any,
    free: Any,
    shape: Any,
) -> Any:
    """The best step of each model in a region and between the bounds; `shape` scales its axes."""
    movable, step = free.copy(), np.zeros_like(own)
    rows = np.arange(len(own))
    for _ in range(_PASSES):
        fixed = np.where(movable[rows], 0.0, step[rows])
        push = gradient[rows] + np.einsum("nij,nj->ni", curvature[rows], fixed)
        inner = _within(push, curvature[rows], radius[rows], movable[rows], shape[rows])
        trial = np.where(movable[rows], inner, step[rows])
        reached = np.clip(own[rows] + trial, low, high) - own[rows]
        hit = movable[rows] & (np.abs(reached - trial) > 1e-15)
        step[rows] = reached
        movable[rows] &= ~hit
        rows = rows[hit.any(axis=1)]
        if not rows.size:
            break
    return step


def _within(gradient: Any, curvature: Any, radius: Any, free: Any, shape: Any) -> Any:
    """The minimum of each quadratic model within its radius, over the free parameters."""
    both = free[:, :, None] & free[:, None, :]
    matrix = np.where(both, curvature / (shape[:, :, None] * shape[:, None, :]), 0.0)
    values, vectors = np.linalg.eigh(matrix)
    values = np.maximum(values, 0.0)
    along = np.einsum("nij,ni->nj", vectors, np.where(free, gradient / shape, 0.0))
    size = np.linalg.norm(along, axis=1)
    along = np.where(np.abs(along) > _ROUNDING * size[:, None], along, 0.0)
    least = 1e-14 * values.max(axis=1, initial=0.0)[:, None] + 1e-300

    def length(shift: Any) -> Any:
        return np.linalg.norm(along / (values + shift[:, None] + least), axis=1)

    low, high = np.zeros(len(size)), size / radius + 1e-300
    inside = length(low) <= radius
    low = 1e-18 * high
    for _ in range(50):
        middle = np.sqrt(low * high)
        far = length(middle) > radius
        low, high = np.where(far, middle, low), np.where(far, high, middle)
        if np.all(inside | (high <= 1.01 * low)):
            break
    shift = np.where(inside, 0.0, high)[:, None]
    step = -np.einsum("nij,nj->ni", vectors, along / (values + shift + least)) / shape
    return np.where(free, step, 0.0)


def _downhill(
    own: Any, gradient: Any, curvature: Any, radius: Any, low: Any, high: Any, free: Any
) -> Any:
    """The best step straight downhill, to the first bound at most: it always promises something."""
    way = -np.where(free, gradient, 0.0)
    bent = np.einsum("nij,ni,nj->n", curvature, way, way)
    with np.errstate(all="ignore"):
        room = np.where(way > 0.0, high - own, low - own)
        ends = np.where(way != 0.0, room / way, np.inf)
        size = np.linalg.norm(way, axis=1)
        far = np.minimum(np.minimum(radius / size, ends.min(axis=1)), size**2 / bent)
    return np.where(np.isfinite(far), far, 0.0)[:, None] * way
