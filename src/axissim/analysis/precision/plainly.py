"""Runs by SciPy's `solve_ivp` as a user would write it, where nothing happens in a run."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from axissim.compile.kernel import Kernel
from axissim.solve.reference.equations import RunEquations, RunError
from axissim.solve.work import NON_FINITE, OK, STEP_TOO_SMALL, Runs, least_atol

_IMPLICIT = ("LSODA", "Radau", "BDF")
_CALLS = 10  # of the rates, a step


def uneventful(kernel: Kernel, runs: Runs) -> bool:
    """Whether a run is one smooth course: no switches, delays, events, doses or constraints."""
    s = kernel.system
    happens = (*s.switches, *s.lags, *s.relations, *s.events)
    return not happens and s.differential == len(s.states) > 0 and not runs.jump_time.size


def solve_plainly(method: str, kernel: Kernel, runs: Runs) -> None:
    """Solve `runs` in place, one after another; the equations are compiled, the loop is SciPy's."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for run in range(runs.status.size):
            runs.out[run] = np.nan
            try:
                runs.status[run] = _one(method, kernel, runs, run)
            except RunError as failure:
                runs.status[run] = failure.status


def _one(method: str, kernel: Kernel, runs: Runs, run: int) -> int:
    from scipy.integrate import solve_ivp

    inputs = runs.defaults.copy()
    inputs[runs.columns] = runs.design[run]
    one = RunEquations(kernel, inputs, np.empty(0), _CALLS * runs.max_steps)
    options: dict[str, Any] = {"jac": one.jacobian} if method in _IMPLICIT else {}
    made = solve_ivp(
        one.rates,
        (float(runs.times[0]), float(runs.times[-1])),
        one.start,
        method=method,
        t_eval=runs.times,
        rtol=runs.rtol,
        atol=np.maximum(least_atol(runs.atol), 1e-300),
        **options,
    )
    if made.status != 0:
        return STEP_TOO_SMALL if np.isfinite(one.asked_last).all() else NON_FINITE
    if not np.isfinite(made.y).all():
        return NON_FINITE
    if runs.picked.max() < one.n:
        runs.out[run] = made.y[runs.picked].T
    else:
        for at, t in enumerate(runs.times):
            runs.out[run, at] = one.observed(float(t), made.y[:, at])[runs.picked]
    return OK
