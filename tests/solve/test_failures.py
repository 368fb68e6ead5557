"""Runs that cannot be done: flagged, with the time, and nothing after it."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import axissim as ax
from axissim.solve.work import MAX_STEPS, NON_FINITE, OK, STATUS, STEP_TOO_SMALL

GROWTH = ax.load("model growth()\n a = 1; n = 2; x' = a*x^2; x = 1\nend")
TIMES = np.linspace(0.0, 2.0, 21)


@pytest.mark.parametrize("rtol", [1e-4, 1e-6, 1e-9])
def test_a_pole_is_flagged_where_it_is(method, rtol):
    """x' = x^2 from 1 is 1/(1 - t), which does not reach 1."""
    result = ax.simulate(GROWTH, t=TIMES, method=method, rtol=rtol, atol=1e-9)
    assert int(result.status) in (STEP_TOO_SMALL, NON_FINITE)
    assert float(result.t_fail) == pytest.approx(1.0, abs=1e-3)
    before = TIMES < 0.95
    np.testing.assert_allclose(result.x[before], 1.0 / (1.0 - TIMES[before]), rtol=1e3 * rtol)
    assert np.all(np.isnan(result.x[TIMES > 1.0]))


def test_auto_flags_a_pole_too():
    result = ax.simulate(GROWTH, t=TIMES)
    assert int(result.status) not in (OK, MAX_STEPS)
    assert float(result.t_fail) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("reference", ["scipy:LSODA", "scipy:Radau", "scipy:DOP853"])
def test_the_reference_never_calls_a_pole_ok(reference):
    result = ax.simulate(GROWTH, t=TIMES, method=reference, atol=1e-9, max_steps=2000)
    assert int(result.status) != OK
    assert np.all(np.isnan(result.x[TIMES > 1.01]))


def test_each_member_fails_where_it_must(method):
    rates = np.array([0.4, 1.0, np.nan, 4.0, -1.0, np.inf, 0.0])
    design = xr.Dataset({"a": ("sample", rates)})
    result = ax.sweep(GROWTH, design, t=TIMES, method=method, atol=1e-9)
    ok = result.status.values == OK
    np.testing.assert_array_equal(ok, [True, False, False, False, True, False, True])
    np.testing.assert_allclose(result.t_fail.values[[1, 3]], [1.0, 0.25], atol=1e-3)
    assert np.all(result.t_fail.values[[2, 5]] == 0.0)
    assert np.all(np.isfinite(result.x.values[ok]))
    assert np.all(np.isnan(result.t_fail.values[ok]))
    assert np.all(np.isnan(result.x.values[~ok][:, -1]))


def test_a_run_that_starts_from_nothing_is_not_finite(method):
    model = ax.load("model m()\n a = 1; x' = -x; x = a/a\nend")
    result = ax.sweep(model, xr.Dataset({"a": ("sample", [0.0, 1.0])}), t=TIMES, method=method)
    assert list(result.status.values) == [NON_FINITE, OK]


def test_growth_beyond_the_largest_number_is_not_finite(method):
    model = ax.load("model m()\n x' = 1000*x; x = 1\nend")
    result = ax.simulate(model, t=TIMES, method=method, rtol=1e-4, atol=1e-9)
    assert int(result.status) == NON_FINITE
    beyond = np.log(np.finfo(float).max) / 1000.0
    assert 0.97 * beyond < float(result.t_fail) < beyond  # a step's stages overflow before it does


def test_too_many_steps(method):
    model = ax.load("model m()\n x' = y; y' = -x; x = 1; y = 0\nend")
    result = ax.simulate(model, t=(0.0, 1000.0, 3), method=method, max_steps=50)
    assert int(result.status) == MAX_STEPS
    assert int(result.n_steps) + int(result.n_rejected) == 50
    assert 0.0 < float(result.t_fail) < 1000.0


def test_a_root_of_a_negative_number_is_not_finite(method):
    """sqrt(x) with x falling through zero at t = 1."""
    model = ax.load("model m()\n x' = -1; y' = sqrt(x); x = 1; y = 0\nend")
    result = ax.simulate(model, t=TIMES, method=method)
    assert int(result.status) == NON_FINITE
    assert float(result.t_fail) == pytest.approx(1.0, abs=1e-3)


def test_every_status_has_its_word():
    result = ax.simulate(GROWTH, t=(0.0, 0.5, 2))
    words = result.status.attrs["flag_meanings"].split()
    assert tuple(words) == STATUS
    assert words[int(result.status)] == "ok"
