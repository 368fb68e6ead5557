"""Least squares from many starts at once: trust regions with bounds, all starts in step.

Each step asks for the slopes of all starts that still move together, so that one sweep serves all.
The curvature is Fisher's (for normal noise Gauss and Newton's, with the rows of estimated noise),
never indefinite.  Slopes cost ten times what values cost, so steps of several lengths, round and
in proportion to what each parameter does, are tried at once in one more sweep, and the best is
taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from axissim.analysis.fitting.likelihood import Slopes
from axissim.analysis.fitting.region import proposals

STATUS = ("not_run", "converged", "max_iterations", "failed", "no_slopes")
NOT_RUN, CONVERGED, MAX_ITERATIONS, FAILED, NO_SLOPES = range(5)

LENGTHS = (0.0625, 0.25, 1.0, 4.0)  # of the steps tried, in trust regions' radii

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
    first_radius, most_radius : float
        Of the trust region, on the parameters' scales.
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
    held = np.zeros(own.shape, bool) if held is None else held
    value, gradient, curvature = (np.array(part) for part in slopes(own))
    radius = np.full(len(own), effort.first_radius)
    status = np.where(np.isfinite(value), NOT_RUN, FAILED)
    iterations = np.zeros(len(own), np.int64)
    for _ in range(effort.iterations):
        rows = np.flatnonzero(status == NOT_RUN)
        if not rows.size:
            break
        iterations[rows] += 1
        steps, promised, flat = proposals(
            own[rows], gradient[rows], curvature[rows], radius[rows], low, high, held[rows], LENGTHS
        )
        done = flat <= effort.gradient
        done |= promised.max(axis=1) <= effort.decrease * (1.0 + np.abs(value[rows]))
        done |= radius[rows] <= effort.radius
        status[rows[done]] = CONVERGED
        rows, steps = rows[~done], steps[~done]
        if rows.size:
            tried = np.clip(own[rows][:, None] + steps, low, high)
            reached = objective(tried.reshape(-1, own.shape[1])).reshape(tried.shape[:2])
            best = np.argmin(np.where(np.isfinite(reached), reached, np.inf), axis=1)
            at = np.arange(len(rows))
            reached, length = reached[at, best], np.linalg.norm(steps[at, best], axis=1)
            better = reached < value[rows]
            radius[rows] = np.where(better, length, LENGTHS[0] ** 2 * radius[rows])
            radius[rows] = np.minimum(radius[rows], effort.most_radius)
            moved = rows[better]
            own[moved], value[moved] = tried[at, best][better], reached[better]
            _look(slopes, own, moved, gradient, curvature, status)
        if watch is not None:
            watch(int((status != NOT_RUN).sum()))
    status[status == NOT_RUN] = MAX_ITERATIONS
    return Descent(own, value, status.astype(np.int8), iterations)


def _look(
    slopes: Evaluate, own: Any, moved: Any, gradient: Any, curvature: Any, status: Any
) -> None:
    """Slopes where rows stand now; a row that has none goes nowhere from here, its value stands."""
    if moved.size:
        found = slopes(own[moved])
        known = np.isfinite(found.objective)
        status[moved[~known]] = NO_SLOPES
        gradient[moved[known]] = found.gradient[known]
        curvature[moved[known]] = found.curvature[known]
