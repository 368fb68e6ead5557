"""Observed order: how the error falls as a fixed step is halved, at its ends and in between."""

from __future__ import annotations

import numpy as np

import axissim as ax
from axissim.solve.tableaus import TABLEAUS

MOMENTS = 4001  # so many that a step's ends and its middle both count


def error(problem, method, steps, moments):
    """Root mean square over times and states, relative to each state's size."""
    result = ax.simulate(
        problem.model,
        t=(0.0, problem.end, moments),
        method=method,
        step=problem.end / steps,
        atol=1e-9,
    )
    assert int(result.status) == 1
    squares = [
        np.mean((result[state].values - values) ** 2) / np.max(values**2)
        for state, values in problem.exact(result.time.values).items()
    ]
    return np.sqrt(np.mean(squares))


def test_order_over_the_whole_course(method, problem):
    """Within 0.2 of the method's order, dense output included."""
    coarse, fine = (error(problem, method, n * problem.steps, MOMENTS) for n in (1, 2))
    assert abs(np.log2(coarse / fine) - TABLEAUS[method].order) < 0.2


def test_order_at_the_ends_of_steps(method, problem):
    """No less than the method's order; on a linear problem it may be more."""
    counts = (problem.steps // 4, problem.steps // 2)
    coarse, fine = (error(problem, method, n, problem.steps // 4 + 1) for n in counts)
    assert np.log2(coarse / fine) > TABLEAUS[method].order - 0.2
