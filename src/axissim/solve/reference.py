"""The same system by SciPy, one run at a time: the truth, never the fast path."""

from __future__ import annotations

from typing import Any

import numpy as np

from axissim.compile.kernel import Kernel
from axissim.solve.work import MAX_STEPS, NON_FINITE, OK, STEP_TOO_SMALL, Runs

METHODS = ("LSODA", "Radau", "BDF", "DOP853", "RK45")
_EPS = float(np.finfo(np.float64).eps)
_IMPLICIT = ("LSODA", "Radau", "BDF")


def solve_by_scipy(method: str, kernel: Kernel, runs: Runs) -> None:
    """Solve `runs` in place by ``scipy.integrate.solve_ivp``; integration restarts at switches."""
    for run in range(runs.status.size):
        inputs = runs.defaults.copy()
        inputs[runs.columns] = runs.design[run]
        _solve_one(method, kernel, inputs, runs, run)
    runs.counter[0] = runs.status.size


class _TooManyCallsError(Exception):
    """More rates asked for than so many steps can need; SciPy's LSODA never leaves a pole."""


class _OneRun:
    """Rates and Jacobian of one run, as SciPy calls them."""

    def __init__(self, kernel: Kernel, inputs: Any, max_steps: int) -> None:
        self.calls_left = 10 * max_steps
        system, self.scalar = kernel.system, kernel.scalar
        self.n, self.fixed = len(system.states), len(system.fixed)
        self.q = np.zeros(self.fixed + 2 * len(system.switches))
        self.y0 = np.zeros(self.n)
        self.scalar.prepare(inputs, self.q, self.y0)
        self.rows, self.columns = np.array([*system.jacobian] or [(0, 0)]).T
        self.entries = np.zeros(max(len(system.jacobian), 1))
        self.t, self.ft = np.zeros(1), np.zeros(self.n)
        self.observables = np.zeros(len(system.observables))
        self.window = (-np.inf, np.inf)

    def rates(self, t: float, y: Any) -> Any:
        self.calls_left -= 1
        if self.calls_left < 0:
            raise _TooManyCallsError
        f = np.empty(self.n)
        self.t[0] = min(max(t, self.window[0]), self.window[1])
        self.scalar.rhs(self.t, y, self.q, f)
        return f

    def jacobian(self, t: float, y: Any) -> Any:
        self.t[0] = min(max(t, self.window[0]), self.window[1])
        self.scalar.rhs_jacobian(self.t, y, self.q, np.empty(self.n), self.ft, self.entries)
        full = np.zeros((self.n, self.n))
        full[self.rows, self.columns] = self.entries
        return full

    def observed(self, t: float, y: Any) -> Any:
        self.t[0] = t
        self.scalar.observe(self.t, np.ascontiguousarray(y), self.q, self.observables)
        return np.concatenate([y, self.observables])

    def landings(self, start: float, stop: float, blur: float) -> list[float]:
        """Switch times within the run, those nearer than `blur` as one, and its end."""
        moments: set[float] = set()
        for first, period in self.q[self.fixed :].reshape(-1, 2):
            if period > 0.0:
                turns = np.arange(np.ceil((start - first) / period), (stop - first) / period + 1.0)
                moments.update(first + period * turns)
            else:
                moments.add(first)
        inner = sorted(m for m in moments if start + blur < m < stop - blur)
        return [m for at, m in enumerate(inner) if not at or m - inner[at - 1] > blur] + [stop]


def _solve_one(method: str, kernel: Kernel, inputs: Any, runs: Runs, run: int) -> None:
    one = _OneRun(kernel, inputs, runs.max_steps)
    start, y = float(runs.times[0]), one.y0
    out, times = runs.out[run], runs.times
    out[:] = np.nan
    with np.errstate(all="ignore"):
        out[0] = one.observed(start, y)[runs.picked]
        blur = 8 * _EPS * float(np.abs(times[[0, -1]]).max())  # as axissim.solve.work.Task has it
        for landing in one.landings(start, float(times[-1]), blur):
            one.window = (start + blur, landing - blur)
            inside = (times > start) & (times <= landing)
            points = np.append(times[inside], landing)
            try:
                found = _segment(method, one, start, landing, y, points, runs)
            except _TooManyCallsError:
                runs.status[run], runs.t_fail[run] = MAX_STEPS, one.t[0]
                return
            reached = len(found.t)
            for at, row in zip(np.flatnonzero(inside)[:reached], found.y.T, strict=False):
                out[at] = one.observed(times[at], row)[runs.picked]
            runs.n_steps[run] += found.nfev
            if not found.success or not np.all(np.isfinite(found.y)):
                runs.status[run] = STEP_TOO_SMALL if np.all(np.isfinite(found.y)) else NON_FINITE
                runs.t_fail[run] = found.t[-1] if reached else start
                return
            start, y = landing, found.y[:, -1]
    runs.status[run] = OK


def _segment(
    method: str, one: _OneRun, start: float, stop: float, y: Any, points: Any, runs: Runs
) -> Any:
    from scipy.integrate import solve_ivp  # a third of a second that the fast path does without

    options = {"jac": one.jacobian} if method in _IMPLICIT else {}
    return solve_ivp(
        one.rates,
        (start, stop),
        y,
        method=method,
        t_eval=np.unique(points),
        rtol=max(runs.rtol, 2.3e-14),
        atol=np.maximum(runs.atol, 1e-300),
        **options,
    )
