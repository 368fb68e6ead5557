"""A model compiled: its system, and the machine code of its equations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from axissim.compile.build import scalar_module
from axissim.compile.emit import FUNCTIONS, emit
from axissim.compile.machine import Machine, machine_of
from axissim.compile.system import System, system_of
from axissim.model.model import Model, ModelError

_MOST_LINES = 60_000


class Equations(NamedTuple):
    """A model as the loop sees it: addresses of its C functions (0: none), counts and tables.

    ``delayed``, ``compared``, ``events``, ``acting`` count delayed values, relations, events and
    actions; ``assigned`` is the most assignments of one event.  ``steady_lags``: no delay changes
    in a run; ``lag_depth``: how often delayed values are looked up.  The last three are addresses
    of tables of int64: each delayed value's state; a row an event: initially, persistent,
    at_trigger, where its actions begin, where its targets begin and end in the last table, of
    states.
    """

    prepare: int
    rhs: int
    rhs_jacobian: int
    factor: int
    solve: int
    observe: int
    lags: int
    relations: int
    triggers: int
    actions: int
    states: int
    differential: int
    inputs: int
    fixed: int
    observables: int
    jacobian: int
    lu: int
    switches: int
    autonomous: bool
    delayed: int
    compared: int
    events: int
    acting: int
    assigned: int
    steady_lags: bool
    lag_depth: int
    lag_states: int
    firing: int
    targets: int


@dataclass(frozen=True, eq=False)
class Kernel:
    """What a solver needs of a model; each part is made when first asked for."""

    system: System

    @cached_property
    def texts(self) -> dict[str, str]:
        """The text of each function of the equations; ModelError if there is too much of it."""
        texts = emit(self.system)
        lines = sum(text.count("\n") for text in texts.values())
        if lines > _MOST_LINES:
            raise ModelError(
                f"the equations of '{self.system.model_id}' are {lines:,} lines of code, and a "
                f"compiler takes minutes for over {_MOST_LINES:,}; make the model smaller"
            )
        return texts

    @cached_property
    def equations(self) -> Equations:
        """The equations in lanes; their addresses are good for as long as this kernel lives."""
        s = self.system
        addresses = {
            title: self.machine.address(title) if title in self.texts else 0 for title in FUNCTIONS
        }
        return Equations(
            **addresses,
            states=len(s.states),
            differential=s.differential,
            inputs=len(s.inputs),
            fixed=len(s.fixed),
            observables=len(s.observables),
            jacobian=len(s.jacobian),
            lu=len(s.elimination.entries),
            switches=len(s.switches),
            autonomous=s.autonomous,
            delayed=len(s.lags),
            compared=len(s.relations),
            events=len(s.events),
            acting=len(s.actions),
            assigned=max((len(event.targets) for event in s.events), default=0),
            steady_lags=s.steady_lags,
            lag_depth=s.lag_depth,
            **{key: int(table.ctypes.data) for key, table in self.tables.items()},
        )

    @cached_property
    def machine(self) -> Machine:
        """The machine code of the equations."""
        return machine_of(self.texts)

    @cached_property
    def tables(self) -> dict[str, Any]:
        """The tables of `Equations`, which must live as long as it is used."""
        s = self.system
        return {
            "lag_states": np.array([state for state, _ in s.lags], np.int64),
            "firing": _firing_table(s),
            "targets": np.array([i for event in s.events for i in event.targets], np.int64),
        }

    @cached_property
    def scalar(self) -> ModuleType:
        """The equations of one run as compiled functions, for the reference solvers."""
        return scalar_module(self.system.model_id, self.texts)


def _firing_table(system: System) -> Any:
    rows, actions, targets = [], 0, 0
    for event in system.events:
        count = len(event.targets)
        flags = (event.initially, event.persistent, event.at_trigger)
        rows.append([*map(int, flags), actions, targets, targets + count])
        actions, targets = actions + 2 + count, targets + count
    return np.array(rows, np.int64).reshape(-1, 6)


@lru_cache(maxsize=64)
def _kernel(model: Model, varied: frozenset[str]) -> Kernel:
    return Kernel(system_of(model, varied))


def kernel_of(model: Model, varied: Iterable[str] = ()) -> Kernel:
    """Compile `model` for runs that change the quantities `varied`."""
    return _kernel(model, frozenset(varied))
