"""The fast path against SciPy at a relative tolerance of 1e-10, on the shipped models."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import axissim as ax
from axissim.solve.work import OK

COURSES = {
    "dopamine_terminal": ((0.0, 24.0, 25), {"meals": 1.0}),
    "menstrual_cycle": ((0.0, 30.0, 31), {}),
    "thyroid_human": ((0.0, 48.0, 25), {}),
}
FACTOR = 20.0  # largest deviation allowed, in units of rtol and of each state's greatest value


@cache
def model(name):
    return ax.load(name)


def course(name, **how):
    span, params = COURSES[name]
    states = [state.id for state in model(name).states]
    result = ax.simulate(model(name), t=span, params=params, outputs=states, **how)
    assert int(result.status) == OK
    return np.array([result[state].values for state in states])


@cache
def reference(name, method="Radau"):
    return course(name, method=f"scipy:{method}", rtol=1e-10)


def deviation(found, name):
    truth = reference(name)
    scale = np.abs(truth).max(axis=1, keepdims=True)
    return np.max(np.abs(found - truth) / np.where(scale > 0.0, scale, 1.0))


@pytest.mark.parametrize("name", COURSES)
def test_the_references_agree(name):
    """BDF formulas and a Runge-Kutta method: if they agree, both are right."""
    assert deviation(reference(name, "LSODA"), name) < 2e-8


@pytest.mark.parametrize("name", COURSES)
@pytest.mark.parametrize("rtol", [1e-4, 1e-6, 1e-8])
def test_agreement_to_the_tolerance_asked(name, method, rtol):
    """Tsit5 too, with as many steps as a stiff model costs it."""
    found = course(name, method=method, rtol=rtol, max_steps=1_000_000)
    assert deviation(found, name) < FACTOR * rtol


@pytest.mark.parametrize("name", COURSES)
def test_auto_agrees(name):
    assert deviation(course(name, method="auto", rtol=1e-6), name) < FACTOR * 1e-6


@pytest.mark.parametrize("name", COURSES)
def test_read_outs_agree(name):
    """Fluxes and read-outs, which are computed from interpolated states."""
    span, params = COURSES[name]
    ids = [part.id for part in model(name).observables]
    ours, theirs = (
        ax.simulate(model(name), t=span, params=params, outputs=ids, method=method, rtol=rtol)
        for method, rtol in (("rodas5p", 1e-8), ("scipy:Radau", 1e-10))
    )
    for key in ids:
        scale = np.abs(theirs[key].values).max()
        np.testing.assert_allclose(ours[key], theirs[key], atol=FACTOR * 1e-8 * scale, rtol=0)
