"""Where a dose that is repeated for ever brings a model: the steady state before the next one."""

from __future__ import annotations

from typing import Any

import numpy as np

from axissim.model.model import ModelError
from axissim.solve.work import OK, least_atol
from axissim.study.choice import Choice, runs_of
from axissim.study.jumps import Jumps, Series, jumps_of, series_of
from axissim.study.plan import Plan
from axissim.study.question import Question
from axissim.study.solving import solved
from axissim.study.timeline import Steady

_CLOSE = 1e-9  # change over an interval at which a state is taken to be settled, as a share of it
_MOST = 1000  # intervals


def protocol_series(plan: Plan, question: Question, choice: Choice) -> list[Series]:
    """Each change of a state that a plan's protocol makes, and when."""
    start = question.at_start([state.id for state in plan.asked.states])
    return series_of(plan.timeline, plan.inputs, start, settled(plan, question, choice))


def protocol_jumps(plan: Plan, question: Question, choice: Choice) -> Jumps:
    """What a plan's protocol does at which moments of each run of a question."""
    series = protocol_series(plan, question, choice)
    states = question.kernel.system.states
    return jumps_of(series, states, len(question.design), float(question.times[-1]))


def settled(plan: Plan, question: Question, choice: Choice) -> list[tuple[Any, dict[str, Any]]]:
    """Each steady state of a plan: its moments, and each state's value there.

    The interval before the moment is run again and again with its dose, from the values at the
    start on, until no state changes by more than `_CLOSE` over it.  Other actions do not act in it,
    save rhythms.

    Raises
    ------
    ModelError
        If that is not reached in `_MOST` intervals.
    """
    found = []
    for steady in plan.timeline.steadies:
        for at in range(steady.time.shape[1]):
            time = steady.time[:, at : at + 1]
            states = [state.id for state in plan.asked.states]
            values = _column(plan, question, choice, steady, at)
            found.append((time, {key: values[:, i : i + 1] for i, key in enumerate(states)}))
    return found


def _column(plan: Plan, question: Question, choice: Choice, steady: Steady, at: int) -> Any:
    """The states of every run at its moment number `at`: (runs or 1, states)."""
    columns = [steady.time, steady.interval, steady.amount, steady.duration]
    alike = all(column.shape[0] == 1 for column in columns) and not question.design.shape[1]
    rows = 1 if alike else len(question.design)
    time, interval, amount, duration = (
        np.broadcast_to(column[:, min(at, column.shape[1] - 1)], (rows,)) for column in columns
    )
    values = np.full((rows, len(plan.asked.states)), np.nan)
    windows = np.unique(np.column_stack([time, interval])[np.isfinite(time)], axis=0)
    for moment, every in windows:
        own = np.flatnonzero((time == moment) & (interval == every))
        search = _Search(plan, question, choice, steady, (moment - every, moment))
        values[own] = search.run(own, amount[own], duration[own])
    return values


class _Search:
    """Runs of one interval, each from where the last ended."""

    def __init__(
        self, plan: Plan, question: Question, choice: Choice, steady: Steady, window: Any
    ) -> None:
        self.plan, self.question, self.choice, self.steady = plan, question, choice, steady
        self.start, self.end = window
        self.states = question.kernel.system.states
        self.picked = np.array([self.states.index(state.id) for state in plan.asked.states])
        self.rtol = min(choice.rtol, _CLOSE)
        self.atol = choice.atol * (self.rtol / choice.rtol)

    def run(self, own: Any, amount: Any, duration: Any) -> Any:
        """Each run's states at the end of the last interval; NaN where a run failed."""
        values = np.full((len(own), len(self.picked)), np.nan)
        going, before = np.arange(len(own)), None
        for _ in range(_MOST):
            after, well = self._interval(own[going], before, amount[going], duration[going])
            values[going] = np.where(well[:, None], after, np.nan)
            moved = np.full(len(going), True)
            if before is not None:
                allowed = _CLOSE * np.abs(after) + least_atol(self.atol)[self.picked]
                moved = np.any(np.abs(after - before) > allowed, axis=1)
            on = moved & well
            if not np.any(on):
                return values
            going, before = going[on], after[on]
        raise ModelError(
            f"{self.steady.label}: the state before the next dose still changes after {_MOST} "
            "intervals; run the doses from the start"
        )

    def _interval(self, own: Any, before: Any, amount: Any, duration: Any) -> tuple[Any, Any]:
        series = self._dosed(amount, duration)
        if before is not None:
            now = np.full((1, 1), self.start)
            keys = [state.id for state in self.plan.asked.states]
            series = [
                *(Series(key, now, 0.0, before[:, i : i + 1]) for i, key in enumerate(keys)),
                *series,
            ]
        design = np.ascontiguousarray(self.question.design[own])
        runs = runs_of(
            self.question, design, np.array([self.start, self.end]), self.picked,
            self.rtol, self.atol, self.choice.max_steps,
        )  # fmt: skip
        runs = runs._replace(**jumps_of(series, self.states, len(own), self.end)._asdict())
        solved(self.question.kernel, self.choice, runs, self.choice.max_steps)
        return runs.out[:, -1], runs.status == OK

    def _dosed(self, amount: Any, duration: Any) -> list[Series]:
        now = np.full((1, 1), self.start)
        target, flows = self.steady.target, self.plan.inputs.flows
        at_once = np.where(duration > 0.0, 0.0, amount)[:, None]
        found = [Series(target, now, 1.0, at_once)]
        if target in flows:
            lasting = np.where(duration > 0.0, duration, np.inf)
            rate = np.where(duration > 0.0, amount / lasting, 0.0)[:, None]
            found.append(Series(flows[target], now, 0.0, rate))
            stop = (self.start + lasting)[:, None]
            stop = np.where(stop < self.end, stop, np.nan)
            found.append(Series(flows[target], stop, 0.0, np.zeros((1, 1))))
        return found
