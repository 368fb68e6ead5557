"""Every method on every problem that owns its truth, with the error under control."""

from __future__ import annotations

import numpy as np
import pytest

import axissim as ax

MOMENTS = 38  # few enough that nearly all lie within a step
FACTOR = 20.0  # largest error allowed, in units of rtol: errors of steps add up over a course


def error(problem, method, rtol):
    result = ax.simulate(problem.model, t=(0.0, problem.end, MOMENTS), method=method, rtol=rtol)
    assert int(result.status) == 1
    return problem.error(result)


@pytest.mark.parametrize("rtol", [1e-4, 1e-6, 1e-8])
def test_error_follows_the_tolerance(method, problem, rtol):
    assert error(problem, method, rtol) < FACTOR * rtol


def test_a_decade_of_tolerance_is_worth_most_of_a_digit(method, problem):
    """At least 0.8 digits a decade, as the slope of a straight line through seven of them."""
    decades = np.arange(4, 11)
    digits = [-np.log10(error(problem, method, 10.0**-decade)) for decade in decades]
    assert np.polyfit(decades, digits, 1)[0] >= 0.8


def test_scipy_agrees_with_the_truth(problem):
    """The reference owes the same answer, and a nonstiff explicit method of SciPy's too."""
    for name in ("scipy:LSODA", "scipy:DOP853"):
        assert error(problem, name, 1e-8) < FACTOR * 1e-8
