"""One run's equations as SciPy asks for them: rates of what has rates, all else solved inside."""

from __future__ import annotations

from typing import Any

import numpy as np

from axissim.compile.kernel import Kernel
from axissim.solve.reference.history import History
from axissim.solve.work import MAX_STEPS, NON_FINITE

_EPS = float(np.finfo(np.float64).eps)
_STILL = np.zeros(1)  # stands for the states of a model in which nothing has a rate


class RunError(Exception):
    """A run cannot go on; `status` is one of `axissim.solve.work.STATUS`."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class RunEquations:
    """Rates, Jacobian and all that is computed of them, of one run.

    SciPy sees the states that have rates (x); a whole state (y) has the implicit quantities
    behind them.

    Attributes
    ----------
    start : (n,) array
        The whole state at the start, before anything happens.
    floor : (implicit,) array
        A correction of an implicit quantity that is too small to matter.
    window : (float, float)
        Between which times the equations may be asked: not across a switch.
    guess : (implicit,) array
        From where the implicit quantities are sought.
    history : History
    asked_last : (n,) array
        The rates that were asked for last.
    """

    def __init__(self, kernel: Kernel, inputs: Any, floor: Any, calls: int) -> None:
        system, self.scalar = kernel.system, kernel.scalar
        self.n, self.d = len(system.states), system.differential
        self.fixed = len(system.fixed)
        self.lag_at = self.fixed + 2 * len(system.switches)
        self.lag_states = [state for state, _ in system.lags]
        self.lag_depth = system.lag_depth
        self.q = np.zeros(self.lag_at + 2 * len(system.lags))
        self.start = np.zeros(self.n)
        self.scalar.prepare(inputs, self.q, self.start)
        self.calls_left, self.floor = calls, floor
        self.rows, self.columns = np.array([*system.jacobian] or [(0, 0)]).T
        self.entries = np.zeros(max(len(system.jacobian), 1))
        self.t, self.y = np.zeros(1), np.zeros(self.n)
        self.f, self.ft = np.zeros(self.n), np.zeros(self.n)
        self.ago = np.zeros(len(system.lags))
        self.observables = np.zeros(len(system.observables))
        self.window = (-np.inf, np.inf)
        self.guess = self.start[self.d :].copy()
        self.asked_last = self.f
        self.history = History(np.inf, self.start)
        self.sizes = {"relations": len(system.relations), "triggers": len(system.triggers)}
        self.sizes["actions"] = len(system.actions)

    @property
    def switches(self) -> Any:
        """Each switch's first moment and period."""
        return self.q[self.fixed : self.lag_at].reshape(-1, 2)

    def reduced(self, y: Any) -> Any:
        """What SciPy carries of a whole state; never nothing, which it would not step."""
        return y[: self.d] if self.d else _STILL

    def rates(self, t: float, x: Any) -> Any:
        """What SciPy integrates."""
        self.calls_left -= 1
        if self.calls_left < 0:  # SciPy's LSODA never leaves a pole
            raise RunError(MAX_STEPS)
        self._complete(self._allowed(t), x)
        f = np.empty(self.n)
        self.scalar.rhs(self.t, self.y, self.q, f)
        self.asked_last = f
        return self.reduced(f)

    def jacobian(self, t: float, x: Any) -> Any:
        """d rate / d x, through the implicit quantities too."""
        self._complete(self._allowed(t), x)
        full, d = self._full_jacobian(), self.d
        if not np.all(np.isfinite(full)):
            raise RunError(NON_FINITE)
        if not d:
            return np.zeros((1, 1))
        if d == self.n:
            return full
        inner = np.linalg.solve(full[d:, d:], full[d:, :d])
        return full[:d, :d] - full[:d, d:] @ inner

    def whole(self, t: float, x: Any) -> Any:
        """The whole state at `t`, where the states that have rates are `x`."""
        self._complete(t, x)
        return self.y.copy()

    def settle(self, t: float, y: Any) -> None:
        """Have a whole state meet its constraints at `t`, sought from where it is."""
        self.guess = y[self.d :].copy()
        y[:] = self.whole(t, y)
        self.guess = y[self.d :].copy()

    def observed(self, t: float, y: Any) -> Any:
        """`y` and the observables behind it."""
        self._put(t, y)
        self.scalar.observe(self.t, self.y, self.q, self.observables)
        return np.concatenate([y, self.observables])

    def asked(self, table: str, t: float, y: Any) -> Any:
        """The `relations` or `actions` at a whole state."""
        found = np.zeros(self.sizes[table])
        if found.size:
            self._put(t, y)
            getattr(self.scalar, table)(self.t, self.y, self.q, found)
        return found

    def triggers(self, t: float, y: Any) -> Any:
        """Which triggers hold at a whole state."""
        relations, found = self.asked("relations", t, y), np.zeros(self.sizes["triggers"])
        self._put(t, y)
        self.scalar.triggers(self.t, self.y, self.q, relations, found)
        return found != 0.0

    def lags(self, t: float, y: Any) -> Any:
        """How long ago each delayed value is looked up."""
        self._put(t, y)
        return self.ago.copy()

    def _allowed(self, t: float) -> float:
        return min(max(t, self.window[0]), self.window[1])

    def _put(self, t: float, y: Any) -> None:
        """Have `y` as it is, with what it reads of the past."""
        self.t[0], self.y[:] = t, y
        self._recall()

    def _complete(self, t: float, x: Any) -> None:
        """Have the whole state that belongs to `x`."""
        self.t[0], self.y[: self.d] = t, x[: self.d]
        if self.d < self.n:
            self.y[self.d :] = self.guess
            self._meet_constraints()
        else:
            self._recall()

    def _recall(self) -> None:
        """Delayed values, and their slopes behind them, into `q`."""
        if not self.lag_states:
            return
        now, lags = float(self.t[0]), len(self.lag_states)
        for _ in range(self.lag_depth):
            self.scalar.lags(self.t, self.y, self.q, self.ago)
            for k, state in enumerate(self.lag_states):
                value, slope = self.history.lookup(state, float(self.ago[k]), now, self.y)
                self.q[self.lag_at + k], self.q[self.lag_at + lags + k] = value, slope

    def _full_jacobian(self) -> Any:
        self.scalar.rhs_jacobian(self.t, self.y, self.q, self.f, self.ft, self.entries)
        full = np.zeros((self.n, self.n))
        if self.n:
            full[self.rows, self.columns] = self.entries
        return full

    def _residual(self, z: Any) -> Any:
        self.y[self.d :] = z
        self._recall()
        self.scalar.rhs(self.t, self.y, self.q, self.f)
        return self.f[self.d :].copy()

    def _meet_constraints(self) -> None:
        """Newton's method, its moves halved while they make things worse; NaN if it fails."""
        z, last = self.y[self.d :].copy(), np.inf
        residual = self._residual(z)
        for attempt in range(60):
            if not residual.any():
                return
            try:
                move = np.linalg.solve(self._full_jacobian()[self.d :, self.d :], residual)
            except np.linalg.LinAlgError:
                break
            size = float(np.max(np.abs(move) / (np.abs(z) + self.floor + 1e-300)))
            small = np.all(np.abs(move) <= 4 * _EPS * np.abs(z) + self.floor)
            if small and not attempt:  # what meets its constraints stays as it is, to the last bit
                return
            if not size < np.inf:
                break
            z, residual = self._moved(z, move, residual)
            if small or (size < 1e-9 and size >= 0.5 * last):
                return
            last = size
        self.y[self.d :] = np.nan

    def _moved(self, z: Any, move: Any, residual: Any) -> tuple[Any, Any]:
        """Where a move leads, and the residual there."""
        before, share = float(np.abs(residual).max()), 1.0
        for _ in range(30):
            after = self._residual(z - share * move)
            if float(np.abs(after).max()) <= before:
                break
            share *= 0.5
        return self.y[self.d :].copy(), after
