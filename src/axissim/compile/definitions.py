"""Every rule, formula and state in terms of what a run is given: at its start, and as it goes."""

from __future__ import annotations

from collections.abc import Mapping

from axissim.compile.memory import undelayed
from axissim.model.expression import TIME, Expression, name, names
from axissim.model.model import Model, ModelError
from axissim.model.passes import substitute

START_TIME = "start time"  # the input that holds when a run starts; no SBML id has a space


def at_start(state: str) -> str:
    """The name of the input that holds a state's value at the start."""
    return f"{state} at start"


def starting(
    model: Model, constants: Mapping[str, Expression] | None = None
) -> dict[str, Expression]:
    """Every rule, formula and state at the start of a run, as a formula of the inputs.

    Parameters
    ----------
    constants : mapping, optional
        Parameters to put in as numbers.
    """
    constants = constants or {}
    definitions = {o.id: o.value for o in model.observables} | dict(constants)
    definitions |= {p.id: p.value for p in model.parameters if p.value.op != "number"}
    for state in model.movers:
        given = state.initial.op == "number"
        definitions[state.id] = name(at_start(state.id)) if given else state.initial
    settled = {key: undelayed(formula) for key, formula in definitions.items()}
    return _expanded(settled, time=name(START_TIME))


def moving_ones(
    model: Model, constants: Mapping[str, Expression], begun: Mapping[str, Expression]
) -> dict[str, Expression]:
    """Every rule and formula parameter while a run goes on, of inputs, states and time."""
    definitions = {o.id: o.value for o in model.observables} | dict(constants)
    definitions |= {p.id: begun[p.id] for p in model.parameters if p.value.op != "number"}
    return _expanded(definitions)


def _expanded(
    definitions: Mapping[str, Expression], time: Expression = TIME
) -> dict[str, Expression]:
    """`definitions` with each other's formulas put in; ModelError names a circle."""
    done: dict[str, Expression] = {}
    waiting = {key: names(formula) & definitions.keys() for key, formula in definitions.items()}
    while waiting:
        ready = [key for key, reads in waiting.items() if reads <= done.keys()]
        if not ready:
            raise ModelError(f"{_circle(waiting)} depend on each other in a circle; break it")
        for key in ready:
            done[key] = substitute([definitions[key]], done, time)[0]
            del waiting[key]
    return done


def _circle(waiting: Mapping[str, set[str]]) -> str:
    key, path = min(waiting), []
    while key not in path:
        path.append(key)
        key = min(waiting[key] & waiting.keys())
    return " -> ".join([*(f"'{k}'" for k in path[path.index(key) :]), f"'{key}'"])
