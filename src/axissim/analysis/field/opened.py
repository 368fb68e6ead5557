"""Model -> Model whose rates read nothing of the past, with chosen parameters among its states.

A parameter that is to be varied and a delayed value become states that never move.  The Jacobian
that is derived and compiled for any model then holds the slopes in them, too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from axissim.compile.definitions import START_TIME, at_start, moving_ones, starting
from axissim.compile.memory import Lags
from axissim.model.expression import TIME, ZERO, Expression, in_order, name, number, value
from axissim.model.model import (
    Implicit,
    Model,
    ModelError,
    Observable,
    Parameter,
    State,
)
from axissim.model.passes import substitute


@dataclass(frozen=True)
class Opened:
    """A model ready to be looked at point by point.

    Attributes
    ----------
    model : Model
        Its movers are those of the author, the delayed values between states and implicit
        quantities, and the free parameters.
    movers : tuple of str
        The author's states, then the implicit quantities.
    differential : int
        How many of them are states.
    free : tuple of str
        Parameters that are varied.
    delayed : tuple of int
        Of each delayed value the mover that it is the past of.
    lags : tuple of str
        Observables that tell how long ago.
    reads_time : bool
    has_events : bool
    """

    model: Model
    movers: tuple[str, ...]
    differential: int
    free: tuple[str, ...]
    delayed: tuple[int, ...]
    lags: tuple[str, ...]
    reads_time: bool
    has_events: bool


def opened(model: Model, free: Sequence[str] = (), start: float = 0.0) -> Opened:
    """Make `free` parameters and delayed values states of rate zero.

    Raises
    ------
    ModelError
        For a free quantity that is no parameter, or a delay that changes as a run goes on.
    """
    model = _numeric(model, free, start)
    begun = starting(model)
    moving = moving_ones(model, {}, begun)
    movers = tuple(mover.id for mover in model.movers)
    lags = Lags(movers)
    held = [*(s.rate for s in model.states), *(i.residual for i in model.implicit)]
    rates = [lags.push(formula) for formula in substitute(held, moving)]
    observed = [lags.push(moving[o.id]) for o in model.observables]
    past = {called: f"past_{at}_of_{key[0]}" for at, (key, called) in enumerate(lags.found.items())}
    ago = [lag for _, lag in lags.found]
    _refuse_moving(model, ago, {*movers, *lags.values})
    numbers = _at_start(model, begun, start)
    renamed = {key: name(new) for key, new in past.items()} | numbers
    formulas = substitute([*rates, *observed, *ago], renamed)
    n, d = len(movers), len(model.states)
    told = [Observable(f"lag_{at}", value=f) for at, f in enumerate(formulas[n + len(observed) :])]
    states = [
        dataclasses.replace(s, rate=rate) for s, rate in zip(model.states, formulas, strict=False)
    ]
    by_id = {p.id: p for p in model.parameters}
    states += [State(new, initial=number(0.0)) for new in past.values()]
    states += [State(key, initial=by_id[key].value) for key in free]
    return Opened(
        model=Model(
            id=model.id,
            parameters=tuple(p for p in model.parameters if p.id not in free),
            states=tuple(states),
            implicit=tuple(
                dataclasses.replace(i, residual=f)
                for i, f in zip(model.implicit, formulas[d:n], strict=True)
            ),
            observables=tuple(
                dataclasses.replace(o, value=f)
                for o, f in zip(model.observables, formulas[n:], strict=False)
            )
            + tuple(told),
            units=model.units,
            time_unit=model.time_unit,
        ),
        movers=movers,
        differential=d,
        free=tuple(free),
        delayed=tuple(movers.index(state) for state, _ in lags.found),
        lags=tuple(o.id for o in told),
        reads_time=any(node is TIME for node in in_order(rates)),
        has_events=bool(model.events),
    )


def _numeric(model: Model, free: Sequence[str], start: float) -> Model:
    """`model` with numbers for what `free` names; ModelError where it is no parameter."""
    formulas = [p for p in model.parameters if p.value.op != "number"]
    values = {}
    for key in free:
        number_of = parameter_value(model, key, start)
        if model.part(key) in formulas:
            values[key] = number_of
    return model.with_values(values) if values else model


def _numbers(model: Model, start: float) -> dict[str, float]:
    """Every number that formulas at the start read."""
    env = {p.id: float(p.value.value) for p in model.parameters if p.value.op == "number"}
    env |= {
        at_start(s.id): float(s.initial.value) for s in model.movers if s.initial.op == "number"
    }
    return env | {START_TIME: start}


def _at_start(model: Model, begun: dict[str, Expression], start: float) -> dict[str, Expression]:
    """What stands for values at the start: those of the author's."""
    given = {at_start(s.id): s.initial for s in model.movers if s.initial.op == "number"}
    return given | {START_TIME: number(start)}


def _refuse_moving(model: Model, lags: Sequence[Expression], moving: set[str]) -> None:
    for node in in_order(lags):
        if node is TIME or (node.op == "name" and node.value in moving):
            raise ModelError(
                f"a delay of '{model.id}' changes as a run goes on; only constant delays have a "
                "characteristic equation here"
            )
    if any(lag is ZERO for lag in lags):
        raise ModelError(f"a delay of '{model.id}' is 0; leave it out")


def parameter_value(model: Model, key: str, start: float = 0.0) -> float:
    """The number that a parameter has, whether given as one or by a formula."""
    part = model.part(key)
    if isinstance(part, (Observable, Implicit)):
        raise ModelError(f"'{key}' is computed by a rule and cannot be varied; vary what it reads")
    if not isinstance(part, Parameter):
        raise ModelError(f"'{key}' is a state, not a parameter; vary a parameter")
    if part.value.op == "number":
        return float(part.value.value)
    return float(value(starting(model)[key], _numbers(model, start)))
