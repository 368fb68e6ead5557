"""The same system by SciPy, one run at a time: the truth, never the fast path.

A run goes from one moment at which something is known to happen to the next; in between, every
step that SciPy makes is searched for a moment at which something happens that nobody knew.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from axissim.compile.kernel import Kernel
from axissim.solve.reference.crossing import crossing
from axissim.solve.reference.equations import RunEquations, RunError
from axissim.solve.reference.events import Agenda
from axissim.solve.reference.history import History, hermite
from axissim.solve.reference.moments import Moments, turns
from axissim.solve.work import NON_FINITE, OK, STEP_TOO_SMALL, Runs, least_atol

Whole = Callable[[float], Any]  # the whole state at a time within a step

METHODS = ("LSODA", "Radau", "BDF", "DOP853", "RK45")
_EPS = float(np.finfo(np.float64).eps)
_IMPLICIT = ("LSODA", "Radau", "BDF")
_MULTISTEP = ("LSODA", "BDF")
_CALLS = 10  # a step; more means that the method does not get on
_ALIKE, _SHORT = 50, 1e-5  # so many short steps alike: LSODA, behind a rate's jump; begun anew
_WATCHED = 100  # at least so many steps a run, if relations are watched
_SHORTEST = 1e-4  # of a run: constant delays longer than this are the longest step
_LOOSE = 200  # in so many parts, or fewer, a run is cut by delays that are no bound on a step
_ROUNDS, _SHARE = 20, 0.01  # until a part differs from the last round by that share of tolerance


def solve_by_scipy(method: str, kernel: Kernel, runs: Runs) -> None:
    """Solve `runs` in place, each by one of `METHODS` of ``scipy.integrate``."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SciPy's words on what `status` tells
        for run in range(runs.status.size):
            course = _Course(method, kernel, runs, run)
            runs.out[run] = np.nan
            try:
                course.follow()
                runs.status[run] = OK
            except RunError as failure:
                runs.status[run], runs.t_fail[run] = failure.status, course.t
    runs.counter[0] = runs.status.size


class _Course:
    """One run on its way: at time `t`, in the whole state `y`, with `saved` points written."""

    def __init__(self, method: str, kernel: Kernel, runs: Runs, run: int) -> None:
        inputs = runs.defaults.copy()
        inputs[runs.columns] = runs.design[run]
        system, times = kernel.system, runs.times
        self.method, self.runs, self.run = method, runs, run
        self.t, self.stop = float(times[0]), float(times[-1])
        self.span = self.stop - self.t
        self.blur = 8 * _EPS * float(np.abs(times[[0, -1]]).max())  # as in axissim.solve.work
        floor = 1e-3 * least_atol(runs.atol)[system.differential :]
        self.one = RunEquations(kernel, inputs, floor, _CALLS * runs.max_steps)
        self.constant = np.array(
            [lag.op == "number" or lag.value in system.fixed for _, lag in system.lags], bool
        )
        self.watching = len(system.relations) > 0
        self.y, self.saved = self.one.start, 0
        self.jump, self.last_jump = int(runs.jump_first[run]), int(runs.jump_last[run])
        self.moments = self._known_moments()
        self.agenda = Agenda(system, self.one, self.moments)
        self.held = np.empty(0, bool)

    def follow(self) -> None:
        """Go to the end of the run; RunError says why not."""
        self._begin()
        self._happen()
        while self.t < self.stop:
            due = self.agenda.next_due(self.t + self.blur)
            self._go(min(self.moments.after(self.t), due, self.t + self._loose_reach()))
            self._happen()

    def _begin(self) -> None:
        """The state at the start, as it was at all times before."""
        self.one.settle(self.t, self.y)
        self.one.history = History(self.t, self.y.copy())
        self._check(self.y)

    def _known_moments(self) -> Moments:
        lags = self.one.lags(self.t, self.y)[self.constant]
        moments = Moments(self.t, self.stop, self.blur, lags)
        moments.add(self.t)
        moments.add(turns(self.one.switches, self.t, self.stop))
        moments.add(self.runs.jump_time[self.jump : self.last_jump])
        return moments

    def _firm_reach(self) -> float:
        """The longest step that reads no further than the past, by the delays that are constant."""
        lags = self.one.lags(self.t, self.y)[self.constant]
        return float(min(lags[lags > _SHORTEST * self.span], default=np.inf))

    def _loose_reach(self) -> float:
        """How far to go at once because of the other delays, which may read the step itself."""
        lags = self.one.lags(self.t, self.y)
        loose = lags[~self.constant | ((lags > 0.0) & (lags <= _SHORTEST * self.span))]
        return float(max(0.5 * loose.min(), self.span / _LOOSE)) if loose.size else np.inf

    def _happen(self) -> None:
        """All that happens at this moment, and then, once that is saved, just after it."""
        jumped = self._jump()
        acted = self.agenda.settle(self.t, self.t, self.y)
        self._check(self.y)
        self._save(self.t, "right", lambda _: self.y)
        after = self.t + self.blur
        if self.t < self.stop:
            self.one.settle(after, self.y)
            acted |= self.agenda.settle(after, self.t, self.y)
            self._check(self.y)
        if jumped or acted:
            self.moments.add(self.t)
        self.one.history.reach(self.t, self.y)
        self.held = self.one.asked("relations", after, self.y) > 0.0

    def _jump(self) -> bool:
        """Doses and the like."""
        first, runs = self.jump, self.runs
        while self.jump < self.last_jump and runs.jump_time[self.jump] <= self.t + self.blur:
            state = runs.jump_state[self.jump]
            self.y[state] *= runs.jump_scale[self.jump]
            self.y[state] += runs.jump_shift[self.jump]
            self.jump += 1
        if self.jump > first:
            self.one.settle(self.t, self.y)
        return self.jump > first

    def _go(self, landing: float) -> None:
        """To `landing`, or to where a relation changes before it.

        If delayed values were read within a step while it was made, the way is gone again, reading
        what it was the last time, until it comes to the same end.
        """
        begun, last = (self.t, self.y, self.saved), None
        for _ in range(_ROUNDS):
            self.t, self.y, self.saved = begun
            self.one.guess = self.y[self.one.d :]
            self.one.history.back(self.t, self.y)
            self._pass(landing)
            if not self.one.history.ahead or (last is not None and self._near(last)):
                return
            last = self.y

    def _near(self, other: Any) -> bool:
        allowed = least_atol(self.runs.atol) + self.runs.rtol * np.abs(self.y)
        return bool(np.all(np.abs(self.y - other) <= _SHARE * allowed))

    def _pass(self, landing: float) -> None:
        self.one.window = (self.t + self.blur, landing - self.blur)
        slope = self.one.rates(self.t, self.one.reduced(self.y))
        if not np.all(np.isfinite(slope)):
            raise RunError(NON_FINITE)
        solver, inside = self._solver(landing), self.watching or len(self.constant) > 0
        fresh, length, alike = slope if inside else None, 0.0, 0
        while solver.status == "running":
            start, before = self.t, self.y
            y = self._step(solver)
            if inside or self._due(solver.t):
                whole = self._whole(solver, start, before, fresh)
                found = self._look_into(whole, start, solver, fresh is not None)
                if found is not None:
                    self._arrive(found, whole(found))
                    return
            self._arrive(solver.t, y)
            alike = alike + 1 if abs(self.t - start - length) <= 1e-6 * length else 0
            fresh, length = None, self.t - start
            if alike >= _ALIKE and length < _SHORT * self.span:
                return

    def _solver(self, landing: float) -> Any:
        import scipy.integrate  # a third of a second that the fast path does without

        options: dict[str, Any] = {"jac": self.one.jacobian} if self.method in _IMPLICIT else {}
        watched = self.span / _WATCHED if self.watching else np.inf
        return getattr(scipy.integrate, self.method)(
            self.one.rates,
            self.t,
            self.one.reduced(self.y),
            landing,
            max_step=min(watched, self._firm_reach()),
            rtol=max(self.runs.rtol, 2.3e-14),
            atol=np.maximum(self.one.reduced(least_atol(self.runs.atol)), 1e-300),
            **options,
        )

    def _step(self, solver: Any) -> Any:
        """One step of SciPy's; the whole state behind it."""
        solver.step()
        if solver.status == "failed":
            finite = np.isfinite(self.one.asked_last).all()
            raise RunError(STEP_TOO_SMALL if finite else NON_FINITE)
        y = self.one.whole(solver.t, solver.y)
        self._check(y)
        self.runs.n_steps[self.run] += 1
        return y

    def _whole(self, solver: Any, start: float, before: Any, slope: Any) -> Whole:
        """The whole state within the step just made, from `before` on, where its slope is `slope`.

        Behind a jump the interpolants of the multistep methods are of first order, and do not
        begin exactly where the step did: a parabola's bounce would be missed, or a rounding error
        be one.  A cubic is as exact as such a step.  Later only what LSODA's misses is mended.
        """
        stop, end = solver.t, solver.y
        if slope is not None and self.method in _MULTISTEP:
            last = self.one.rates(stop, end)
            cubic = hermite(start, stop, self.one.reduced(before), end, slope, last)
            return lambda t: self.one.whole(t, cubic(t))

        dense = solver.dense_output()
        amiss = self.one.reduced(before) - dense(start)
        length = stop - start if stop > start else 1.0
        return lambda t: self.one.whole(t, dense(t) + (stop - t) / length * amiss)

    def _look_into(self, whole: Whole, start: float, solver: Any, fresh: bool) -> float | None:
        """Keep and save what a step has passed; the first moment in it at which a relation changes.

        What is saved at the end of the way is not its last moment, at which more may happen.
        """
        found, stop = None, float(solver.t)
        if len(self.constant):
            self.one.history.add(start, stop, whole)
        if self.watching:
            close = start + self.blur if fresh else np.nan
            found = crossing(
                lambda t: self.one.asked("relations", t, whole(t)), self.held, start, stop, close
            )
        if found is None:
            self._save(stop, "right" if solver.status == "running" else "left", whole)
        else:
            self._save(found, "left", whole)
        return found

    def _arrive(self, t: float, y: Any) -> None:
        self._check(y)
        self.t, self.y = float(t), y
        self.one.guess = y[self.one.d :]
        self.one.history.reach(self.t, y)

    def _due(self, t: float) -> bool:
        """Whether there is a point to be saved up to `t`."""
        return self.saved < len(self.runs.times) and bool(self.runs.times[self.saved] <= t)

    def _save(self, limit: float, side: Any, whole: Whole) -> None:
        """Write the points up to `limit`: with it (right) or without it (left)."""
        runs, last = self.runs, int(np.searchsorted(self.runs.times, limit, side))
        for at in range(self.saved, last):
            t = float(runs.times[at])
            runs.out[self.run, at] = self.one.observed(t, whole(t))[runs.picked]
        self.saved = max(self.saved, last)

    def _check(self, y: Any) -> None:
        if not np.isfinite(y).all():
            raise RunError(NON_FINITE)
