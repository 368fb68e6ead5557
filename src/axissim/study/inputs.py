"""A model made ready for a protocol: inputs beside its states, and formulas that read them.

Every input is a state that nothing moves, so that a jump can set it at a known moment: the flow of
an infusion, the switch of a clamp, the factor of a block.  Rhythms are formulas of parameters of
their own.  All are at rest in the model itself: it is then the model without the protocol.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from axissim.model.expression import ONE, TIME, ZERO, Expression, name, number, operation
from axissim.model.model import (
    Implicit,
    Model,
    ModelError,
    Observable,
    Parameter,
    State,
    suggestion,
)
from axissim.model.passes import substitute

_DAY = {"s": 86400.0, "min": 1440.0, "h": 24.0, "d": 1.0}


@dataclass(frozen=True)
class Equipped:
    """A model with inputs.

    Attributes
    ----------
    model : Model
    flows, switches : dict
        State to the input that is added to its rate, or that stops it where it is above 0.
    factors : dict
        Parameter to the input that multiplies it.
    rhythms : tuple of (str, str, str)
        Parameters that hold each rhythm's amplitude, peak and period.
    """

    model: Model
    flows: Mapping[str, str]
    switches: Mapping[str, str]
    factors: Mapping[str, str]
    rhythms: tuple[tuple[str, str, str], ...]

    @property
    def added(self) -> set[str]:
        """The inputs that are states."""
        return {*self.flows.values(), *self.switches.values(), *self.factors.values()}


def target_state(model: Model, key: str, label: str) -> str:
    """The state that a dose of `key` goes into; ModelError if there is none."""
    part = model.by_id.get(key)
    if isinstance(part, State):
        return key
    if part is None:
        near = suggestion(key, (state.id for state in model.states))
        raise ModelError(f"{label}: model '{model.id}' has no '{key}'{near or '; name a state'}")
    carried = _carrier(model, part)
    if carried:
        return carried
    if isinstance(part, Parameter):
        raise ModelError(
            f"{label}: '{key}' is constant in the model; name a state, or use block for a parameter"
        )
    raise ModelError(f"{label}: '{key}' is computed by a rule; name a state that the rule reads")


def _carrier(model: Model, part: Parameter | Implicit | Observable) -> str:
    """The state that holds the amount of a species in a compartment that varies; "" if none."""
    if not isinstance(part, Observable) or part.id not in model.species or part.value.op != "div":
        return ""
    amount, size = part.value.args
    inside = size.op == "name" and size.value == model.species[part.id].compartment
    carries = amount.op == "name" and isinstance(model.by_id.get(amount.value), State)
    return str(amount.value) if inside and carries else ""


def parameter(model: Model, key: str, label: str) -> str:
    """`key` if it is a parameter; ModelError if it is not."""
    part = model.by_id.get(key)
    if isinstance(part, Parameter):
        return key
    known = [p.id for p in model.parameters]
    if part is None:
        near = suggestion(key, known)
        raise ModelError(
            f"{label}: model '{model.id}' has no '{key}'{near or '; name a parameter'}"
        )
    what = "a state" if isinstance(part, State) else "computed by a rule"
    raise ModelError(f"{label}: '{key}' is {what}; name a parameter that it depends on")


def day(model: Model, label: str) -> float:
    """24 hours in the model's time unit."""
    if model.time_unit not in _DAY:
        raise ModelError(f"{label}: the model has no unit of time; give the period")
    return _DAY[model.time_unit]


def equipped(
    model: Model,
    infused: tuple[str, ...],
    clamped: tuple[str, ...],
    blocked: tuple[str, ...],
    rhythmic: tuple[str, ...],
    taken: frozenset[str],
) -> Equipped:
    """`model` with inputs for the states and parameters named, whose ids are none of `taken`."""
    if not (infused or clamped or blocked or rhythmic):
        return Equipped(model, {}, {}, {}, ())
    return _equipped(model, infused, clamped, blocked, rhythmic, taken)


@lru_cache(maxsize=64)  # the same model, so that what is compiled of it is found again
def _equipped(
    model: Model,
    infused: tuple[str, ...],
    clamped: tuple[str, ...],
    blocked: tuple[str, ...],
    rhythmic: tuple[str, ...],
    taken: frozenset[str],
) -> Equipped:
    names = _Names({*model.by_id, *(event.id for event in model.events), *taken})
    flows = {key: names.new(f"{key}_infusion") for key in infused}
    switches = {key: names.new(f"{key}_clamp") for key in clamped}
    factors = {key: names.new(f"{key}_block") for key in blocked}
    rhythms = tuple(
        (names.new(f"{key}_amplitude"), names.new(f"{key}_peak"), names.new(f"{key}_period"))
        for key in rhythmic
    )
    seen: dict[str, Expression] = {}
    for key, factor in factors.items():
        seen[key] = operation("mul", name(key), name(factor))
    for key, rhythm in zip(rhythmic, rhythms, strict=True):
        seen[key] = operation("mul", seen.get(key, name(key)), _cosine(*rhythm))
    inputs = [
        *(State(key, initial=ZERO) for key in (*flows.values(), *switches.values())),
        *(State(key, initial=ONE) for key in factors.values()),
    ]
    at_rest = (0.0, 0.0, 1.0)
    numbers = [
        Parameter(key, value=number(rest))
        for rhythm in rhythms
        for key, rest in zip(rhythm, at_rest, strict=True)
    ]
    whole = dataclasses.replace(
        model, parameters=(*model.parameters, *numbers), states=(*model.states, *inputs)
    )
    whole = _reading(whole, seen)
    driven = tuple(_driven(state, flows, switches) for state in whole.states)
    whole = dataclasses.replace(whole, states=driven)
    return Equipped(whole, flows, switches, factors, rhythms)


class _Names:
    """Ids that are not taken."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken

    def new(self, wanted: str) -> str:
        while wanted in self.taken:
            wanted += "_"
        self.taken.add(wanted)
        return wanted


def _cosine(amplitude: str, peak: str, period: str) -> Expression:
    """1 + amplitude*cos(2*pi*(time - peak)/period)."""
    since = operation("sub", TIME, name(peak))
    turns = operation("div", operation("mul", number(2.0 * math.pi), since), name(period))
    return operation("add", ONE, operation("mul", name(amplitude), operation("cos", turns)))


def _driven(state: State, flows: Mapping[str, str], switches: Mapping[str, str]) -> State:
    rate = state.rate
    if state.id in flows:
        flow = name(flows[state.id])
        rate = flow if rate is ZERO else operation("add", rate, flow)
    if state.id in switches:
        held = operation("gt", name(switches[state.id]), ZERO)
        rate = operation("where", held, ZERO, rate)
    return dataclasses.replace(state, rate=rate)


def _reading(model: Model, seen: Mapping[str, Expression]) -> Model:
    """`model` with parameters replaced in all that is computed while it runs."""
    if not seen:
        return model

    def new(formula: Expression) -> Expression:
        return substitute([formula], seen)[0]

    replace = dataclasses.replace
    return replace(
        model,
        states=tuple(replace(s, rate=new(s.rate)) for s in model.states),
        observables=tuple(replace(o, value=new(o.value)) for o in model.observables),
        implicit=tuple(replace(i, residual=new(i.residual)) for i in model.implicit),
        events=tuple(
            replace(
                event,
                trigger=new(event.trigger),
                assignments=tuple((key, new(formula)) for key, formula in event.assignments),
                delay=None if event.delay is None else new(event.delay),
                priority=None if event.priority is None else new(event.priority),
            )
            for event in model.events
        ),
    )
