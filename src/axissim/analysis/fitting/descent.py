"""Least squares from many starts at once: a trust region with bounds, all starts in step.

Each step asks for the objectives and slopes of all starts that still move together, so that one
sweep serves all.  The curvature is Fisher's (for normal noise Gauss and Newton's, with the rows
of estimated noise), never indefinite; the step is the exact minimum of the model within the
radius (Moré & Sorensen 1983), with parameters that hit a bound held there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from axissim.analysis.fitting.likelihood import Slopes

STATUS = ("not_run", "converged", "max_iterations", "failed")
NOT_RUN, CONVERGED, MAX_ITERATIONS, FAILED = range(4)

_ROUNDING = 1e-12  # a slope below this share of the whole is nothing but rounding

Evaluate = Callable[[Any], Slopes]
Cheap = Callable[[Any], Any]


@dataclass(frozen=True)
class Effort:
    """When a descent ends.

    Attributes
    ----------
    iterations : int
        At most so many steps.
    gradient : float
        Converged where no free slope is greater.
    decrease : float
        Converged where the model promises less, as a share of 1 + the objective's size.
    radius : float
        Converged where the trust region is smaller.
    """

    iterations: int = 300
    gradient: float = 1e-6
    decrease: float = 1e-10
    radius: float = 1e-9
    first_radius: float = 1.0
    most_radius: float = 10.0


class Descent(NamedTuple):
    """Where each start ended: ``own`` (N, P), ``objective``, ``status``, ``iterations`` (N,)."""

    own: Any
    objective: Any
    status: Any
    iterations: Any


def descend(
    objective: Cheap,
    slopes: Evaluate,
    start: Any,
    low: Any,
    high: Any,
    *,
    held: Any = None,
    effort: Effort | None = None,
    watch: Callable[[int], None] | None = None,
) -> Descent:
    """Go down from every row of `start`.

    Parameters
    ----------
    objective, slopes : callable
        Of (n, P) parameters: objectives (n,), inf where there is none; and `Slopes`.
    start : (N, P) array
    low, high : (P,) arrays
    held : (N, P) array of bool, optional
        Parameters that a row keeps.
    watch : callable, optional
        Is told after each step how many rows have ended.
    """
    effort = effort or Effort()
    own = np.clip(np.array(start, float), low, high)
    count = len(own)
    held = np.zeros(own.shape, bool) if held is None else held
    value, gradient, curvature = (np.array(part) for part in slopes(own))
    radius = np.full(count, effort.first_radius)
    status = np.where(np.isfinite(value), NOT_RUN, FAILED)
    iterations = np.zeros(count, np.int64)
    for _ in range(effort.iterations):
        rows = np.flatnonzero(status == NOT_RUN)
        if not rows.size:
            break
        step, promised, free = _step(
            own[rows], gradient[rows], curvature[rows], radius[rows], low, high, held[rows]
        )
        iterations[rows] += 1
        size = np.abs(step).max(axis=1)
        flat = np.abs(np.where(free, gradient[rows], 0.0)).max(axis=1) <= effort.gradient
        small = promised <= effort.decrease * (1.0 + np.abs(value[rows]))
        done = flat | small | (radius[rows] <= effort.radius) | (size == 0.0)
        status[rows[done]] = CONVERGED
        rows, step, promised = rows[~done], step[~done], promised[~done]
        if not rows.size:
            continue
        tried = np.clip(own[rows] + step, low, high)
        reached = objective(tried)
        gain = np.where(np.isfinite(reached), (value[rows] - reached) / promised, -1.0)
        length = np.linalg.norm(step, axis=1)
        radius[rows] = _radius(radius[rows], length, gain, effort.most_radius)
        better = rows[(gain > 1e-4)]
        if better.size:
            own[better] = tried[gain > 1e-4]
            found = slopes(own[better])
            lost = ~np.isfinite(found.objective)
            status[better[lost]] = CONVERGED  # nowhere to go from here; the value stands
            value[better] = reached[gain > 1e-4]
            keep = better[~lost]
            gradient[keep], curvature[keep] = found.gradient[~lost], found.curvature[~lost]
        if watch is not None:
            watch(int((status != NOT_RUN).sum()))
    status[status == NOT_RUN] = MAX_ITERATIONS
    return Descent(own, value, status.astype(np.int8), iterations)


def _radius(radius: Any, length: Any, gain: Any, most: float) -> Any:
    """The trust region's next radius, from what the last step gained of what it promised."""
    smaller = np.where(gain < 0.0, 0.25 * length, 0.5 * length)
    wider = np.minimum(np.where(length > 0.8 * radius, 2.0 * radius, radius), most)
    return np.where(gain < 0.25, np.minimum(smaller, radius), np.where(gain > 0.75, wider, radius))


def _step(
    own: Any, gradient: Any, curvature: Any, radius: Any, low: Any, high: Any, held: Any
) -> tuple[Any, Any, Any]:
    """The best step within radius and bounds, what it promises, and which parameters may move."""
    at_low = (own <= low) & (gradient > 0.0)
    at_high = (own >= high) & (gradient < 0.0)
    free = ~(held | at_low | at_high)
    movable, step = free.copy(), np.zeros_like(own)
    for _ in range(4):
        push = gradient + np.einsum("nij,nj->ni", curvature, np.where(movable, 0.0, step))
        inner = _within(push, curvature, radius, movable)
        trial = np.where(movable, inner, step)
        reached = np.clip(own + trial, low, high) - own
        hit = movable & (reached != trial)
        step = np.where(movable, reached, step)
        if not hit.any():
            break
        movable &= ~hit
    promised = _promised(gradient, curvature, step)
    other = _downhill(own, gradient, curvature, radius, low, high, free)
    otherwise = _promised(gradient, curvature, other)
    step = np.where((otherwise > promised)[:, None], other, step)
    return step, np.maximum(np.maximum(promised, otherwise), 0.0), free


def _promised(gradient: Any, curvature: Any, step: Any) -> Any:
    """How far the quadratic model goes down with a step."""
    bent = np.einsum("nij,nj->ni", curvature, step)
    return -(gradient * step).sum(axis=1) - 0.5 * (bent * step).sum(axis=1)


def _downhill(
    own: Any, gradient: Any, curvature: Any, radius: Any, low: Any, high: Any, free: Any
) -> Any:
    """The best step straight downhill, to the first bound at most: it always promises something."""
    way = -np.where(free, gradient, 0.0)
    bent = np.einsum("nij,ni,nj->n", curvature, way, way)
    with np.errstate(all="ignore"):
        ends = np.where(
            way > 0.0, (high - own) / way, np.where(way < 0.0, (low - own) / way, np.inf)
        )
        size = np.linalg.norm(way, axis=1)
        far = np.minimum(np.minimum(radius / size, ends.min(axis=1)), size**2 / bent)
    return np.where(np.isfinite(far), far, 0.0)[:, None] * way


def _within(gradient: Any, curvature: Any, radius: Any, free: Any) -> Any:
    """The minimum of each quadratic model within its radius, over the free parameters."""
    both = free[:, :, None] & free[:, None, :]
    matrix = np.where(both, curvature, 0.0)
    values, vectors = np.linalg.eigh(matrix)
    values = np.maximum(values, 0.0)
    along = np.einsum("nij,ni->nj", vectors, np.where(free, gradient, 0.0))
    size = np.linalg.norm(along, axis=1)
    along = np.where(np.abs(along) > _ROUNDING * size[:, None], along, 0.0)
    least = 1e-14 * values.max(axis=1, initial=0.0)[:, None] + 1e-300

    def length(shift: Any) -> Any:
        return np.linalg.norm(along / (values + shift[:, None] + least), axis=1)

    low, high = np.zeros(len(size)), size / radius + 1e-300
    inside = length(low) <= radius
    for _ in range(60):
        middle = np.where(low > 0.0, np.sqrt(low * high), 1e-3 * high)
        far = length(middle) > radius
        low, high = np.where(far, middle, low), np.where(far, high, middle)
        if np.all(inside | (high - low <= 1e-3 * high)):
            break
    shift = np.where(inside, 0.0, high)[:, None]
    step = -np.einsum("nij,nj->ni", vectors, along / (values + shift + least))
    return np.where(free, step, 0.0)
