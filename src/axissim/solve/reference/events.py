"""Events of one run: which triggers have fired, what waits for its time, what is executed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from axissim.compile.system import System
from axissim.solve.agenda import lot
from axissim.solve.reference.equations import RunEquations, RunError
from axissim.solve.reference.moments import Moments
from axissim.solve.work import EVENT_ERROR

_MOST_AT_ONCE = 1000  # executions at one instant
_MOST_WAITING = 64
_CROWD, _NEAR = 50, 1e-9  # so many instants in a row, each so near to the last


@dataclass
class _Execution:
    """One execution to come: when, of which event, with which values (None: not computed yet)."""

    due: float
    event: int
    values: Any


@dataclass
class Agenda:
    """The events of a run: what each trigger was when last looked at, and what waits.

    ``ends`` says where each event's actions begin.
    """

    system: System
    equations: RunEquations
    moments: Moments
    held: list[bool] = field(default_factory=list)
    waiting: list[_Execution] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)
    last: float = -np.inf
    crowd: int = 0
    drawn: int = 0

    def __post_init__(self) -> None:
        self.held = [event.initially for event in self.system.events]
        at = 0
        for event in self.system.events:
            self.begins.append(at)
            at += 2 + len(event.targets)

    def next_due(self, t: float) -> float:
        """When the next waiting execution after `t` is due."""
        return min((one.due for one in self.waiting if one.due > t), default=np.inf)

    def settle(self, now: float, moment: float, y: Any) -> bool:
        """Let happen in `y` all that is due at `moment`, where triggers are looked at as of `now`.

        Returns whether anything was executed.
        """
        if not self.held:
            return False
        self._look(now, moment, y)
        done = 0
        while ready := [one for one in self.waiting if one.due <= moment + self.moments.blur]:
            if done == _MOST_AT_ONCE:
                raise RunError(EVENT_ERROR)
            self._execute(self._first(ready, now, y), now, y)
            self._look(now, moment, y)
            done += 1
            self.drawn += 1
        if done and moment > self.last:
            self._count(moment)
        return done > 0

    def _look(self, now: float, moment: float, y: Any) -> None:
        """Fire what has turned true; drop what does not stand once its trigger has turned false."""
        truths = self.equations.triggers(now, y)
        for event, true in enumerate(truths):
            if true and not self.held[event]:
                self._fire(event, now, moment, y)
            elif self.held[event] and not true and not self.system.events[event].persistent:
                self.waiting = [one for one in self.waiting if one.event != event]
            self.held[event] = bool(true)

    def _fire(self, event: int, now: float, moment: float, y: Any) -> None:
        at = self.begins[event]
        actions = self.equations.asked("actions", now, y)
        delay = float(actions[at])
        if not delay >= 0.0:
            raise RunError(EVENT_ERROR)
        due = self.moments.snapped(moment + delay) if delay else moment
        early = self.system.events[event].at_trigger
        values = self._values(actions, event) if early else None
        self.waiting.append(_Execution(due, event, values))
        if sum(one.due > moment + self.moments.blur for one in self.waiting) > _MOST_WAITING:
            raise RunError(EVENT_ERROR)

    def _values(self, actions: Any, event: int) -> Any:
        at = self.begins[event] + 2
        return actions[at : at + len(self.system.events[event].targets)].copy()

    def _first(self, ready: list[_Execution], now: float, y: Any) -> _Execution:
        """The highest priority as of now; of those alike one by lot."""
        actions = self.equations.asked("actions", now, y)

        def rank(one: _Execution) -> tuple[float, int, float]:
            priority = actions[self.begins[one.event] + 1]
            drawn = lot(self.drawn, one.event)
            return (np.inf if np.isnan(priority) else -priority, drawn, one.due)

        return min(ready, key=rank)

    def _execute(self, one: _Execution, now: float, y: Any) -> None:
        self.waiting = [other for other in self.waiting if other is not one]
        values = one.values
        if values is None:
            values = self._values(self.equations.asked("actions", now, y), one.event)
        y[list(self.system.events[one.event].targets)] = values
        self.equations.settle(now, y)

    def _count(self, moment: float) -> None:
        """Instants that come ever nearer to each other have no end."""
        scale = max(abs(moment), self.moments.stop - self.moments.start)
        self.crowd = self.crowd + 1 if moment - self.last < _NEAR * scale else 0
        self.last = moment
        if self.crowd > _CROWD:
            raise RunError(EVENT_ERROR)
