"""Model -> ordered system: what is fixed, what moves, the Jacobian and its elimination."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from axissim.compile.definitions import START_TIME, at_start, moving_ones, starting
from axissim.compile.elimination import Elimination, eliminate, eliminate_blocks
from axissim.compile.memory import Lags, slopes
from axissim.compile.switches import relation, switch_times, watched
from axissim.model.expression import (
    TIME,
    ZERO,
    Expression,
    in_order,
    name,
    number,
    operation,
)
from axissim.model.model import Event, Model, ModelError
from axissim.model.passes import lower, rebuilt, substitute

MOST_STATES = 5_000


@dataclass(frozen=True)
class Firing:
    """How an event goes off: see `axissim.model.model.Event`; `targets` are indices of states."""

    id: str
    initially: bool
    persistent: bool
    at_trigger: bool
    targets: tuple[int, ...]


@dataclass(frozen=True)
class System:
    """The equations of a model, sorted by when they are computed.

    Attributes
    ----------
    inputs : dict
        Numbers that a run may change, with the model's own value: a parameter's id, `at_start` of
        a state, or `START_TIME`.
    fixed : dict
        What `prepare` computes once a run: a name (an id, or a number if the author gave no
        name) and a formula of the inputs.
    initial : tuple of Expression
        Each state's value at the start, of the inputs.
    states : tuple of str
        What moves: the `differential` first of them have rates, the others (implicit quantities)
        residuals that are zero at every moment.
    rates, observables, jacobian, time_slopes
        Formulas of the states, the fixed quantities and the time: each state's rate; id ->
        value; (row, column) -> entry, in row order; each rate's slope in time.
    lags : tuple of (int, Expression)
        Delayed values: the state, and how long ago.  Formulas read them, and their slopes, under
        the names of `delayed`; `lag_depth` is 2 where a lag reads one of the others, and so on.
    relations : tuple of Expression
        Each is above 0 where a comparison inside a trigger holds, or where it does not.
    triggers, actions : tuple of Expression
        Of each event the trigger, which reads relations by the names of
        `axissim.compile.switches.relation`; of each its delay, its priority and its assignments.
    events : tuple of Firing
    switches : tuple of (Expression, Expression)
        Moments known beforehand at which a formula changes branch: the first, and the period
        with which it returns (0: never); of the inputs.
    baked : dict
        Parameters whose value is part of the code: whole-number exponents that do not vary.
    """

    model_id: str
    inputs: Mapping[str, float]
    fixed: Mapping[str, Expression]
    initial: tuple[Expression, ...]
    states: tuple[str, ...]
    rates: tuple[Expression, ...]
    observables: Mapping[str, Expression]
    jacobian: Mapping[tuple[int, int], Expression]
    time_slopes: tuple[Expression, ...]
    switches: tuple[tuple[Expression, Expression], ...]
    elimination: Elimination
    baked: Mapping[str, float]
    differential: int
    lags: tuple[tuple[int, Expression], ...] = ()
    lag_depth: int = 0
    delayed: tuple[str, ...] = ()
    relations: tuple[Expression, ...] = ()
    triggers: tuple[Expression, ...] = ()
    actions: tuple[Expression, ...] = ()
    events: tuple[Firing, ...] = ()

    @property
    def autonomous(self) -> bool:
        return all(slope is ZERO for slope in self.time_slopes)

    @property
    def steady_lags(self) -> bool:
        """Whether no delay changes while a run goes on."""
        moving = {*self.states, *self.delayed}
        nodes = in_order([lag for _, lag in self.lags])
        return not any(node is TIME or node.value in moving for node in nodes)


def system_of(model: Model, varied: Iterable[str] = ()) -> System:
    """Sort the equations of `model`.

    Parameters
    ----------
    varied : iterable of str
        Ids that runs will change; an exponent among them is computed, not built into the code.

    Raises
    ------
    ModelError
        If formulas depend on each other in a circle, or the model is too large.
    """
    _refuse_large(model)
    constants, inputs = _inputs(model, varied)
    begun = starting(model, constants)
    states = tuple(state.id for state in model.movers)
    lags = Lags(states)
    moving = {key: lags.push(f) for key, f in moving_ones(model, constants, begun).items()}
    held = [*(state.rate for state in model.states), *(i.residual for i in model.implicit)]
    rates = [lags.push(formula) for formula in substitute(held, moving)]
    observed = {o.id: moving[o.id] for o in model.observables}
    triggers, actions = _event_formulas(model.events, moving, lags)
    entries, in_time = slopes(rates, states, lags)
    moves = {*states, *lags.values}
    switches, decided = switch_times([*rates, *observed.values(), *triggers], moves)
    relations, triggers = watched(triggers, decided, moves)
    groups = {
        "rates": rates,
        "time_slopes": in_time,
        "jacobian": list(entries.values()),
        "observables": list(observed.values()),
        "lags": [lag for _, lag in lags.found],
        "relations": relations,
        "triggers": triggers,
        "actions": actions,
    }
    moves |= {*lags.slopes, *map(relation, range(len(relations)))}
    fixed, parts = _sorted(groups, moves, moving)
    where = [states.index(state) for state, _ in lags.found]
    planned = eliminate_blocks if model.tangent and not model.implicit else eliminate
    return System(
        model_id=model.id,
        inputs=inputs,
        fixed=fixed,
        initial=tuple(lower([begun[state] for state in states])),
        states=states,
        jacobian=dict(zip(entries, parts.pop("jacobian"), strict=True)),
        observables=dict(zip(observed, parts.pop("observables"), strict=True)),
        switches=tuple(switches),
        elimination=planned(len(states), entries),
        baked={key: float(v.value) for key, v in constants.items()},
        differential=len(model.states),
        lags=tuple(zip(where, parts.pop("lags"), strict=True)),
        lag_depth=lags.depth,
        delayed=(*lags.values, *lags.slopes),
        events=tuple(_firing(event, states) for event in model.events),
        **parts,
    )


def _refuse_large(model: Model) -> None:
    if len(model.movers) > MOST_STATES:
        raise ModelError(
            f"'{model.id}' has {len(model.movers):,} states, and a compiler takes minutes for over "
            f"{MOST_STATES:,}; make the model smaller"
        )


def _inputs(model: Model, varied: Iterable[str]) -> tuple[dict[str, Expression], dict[str, float]]:
    """Parameters to build into the code, and the numbers that a run may change."""
    baked = _whole_exponents(model) - set(varied)
    numbers = {p.id: p.value for p in model.parameters if p.value.op == "number"}
    inputs = {key: float(v.value) for key, v in numbers.items() if key not in baked}
    inputs |= {at_start(s.id): s.initial.value for s in model.movers if s.initial.op == "number"}
    inputs[START_TIME] = 0.0
    return {key: numbers[key] for key in sorted(baked)}, inputs


def _sorted(
    groups: Mapping[str, Sequence[Expression]],
    moves: set[str],
    moving: Mapping[str, Expression],
) -> tuple[dict[str, Expression], dict[str, Any]]:
    """What is fixed for a run, and `groups` of formulas without it, made ready for machines.

    Parameters
    ----------
    moves : set of str
        The names of what moves.
    moving : mapping
        The author's names of formulas.
    """
    lowered = lower([formula for group in groups.values() for formula in group])
    authors = dict(zip(lower(list(moving.values())), moving, strict=True))
    hoisted, fixed = _hoist(lowered, moves, authors)
    left = iter(hoisted)
    return fixed, {key: tuple(next(left) for _ in group) for key, group in groups.items()}


def _event_formulas(
    events: Iterable[Event], moving: Mapping[str, Expression], lags: Lags
) -> tuple[list[Expression], list[Expression]]:
    """The triggers; of each event its delay, its priority (the least if it has none), values."""
    actions: list[Expression] = []
    events = list(events)
    for event in events:
        actions += [event.delay or ZERO, event.priority or number(-math.inf)]
        actions += [formula for _, formula in event.assignments]
    triggers = substitute([event.trigger for event in events], moving)
    return [*map(lags.push, triggers)], [*map(lags.push, substitute(actions, moving))]


def _firing(event: Event, states: tuple[str, ...]) -> Firing:
    targets = tuple(states.index(key) for key, _ in event.assignments)
    return Firing(event.id, event.initially, event.persistent, event.at_trigger, targets)


def _whole_exponents(model: Model) -> set[str]:
    """Parameters that are an exponent somewhere and a whole number."""
    whole = {
        p.id for p in model.parameters if p.value.op == "number" and p.value.value % 1.0 == 0.0
    }
    roots = [state.rate for state in model.states] + [o.value for o in model.observables]
    roots += [implicit.residual for implicit in model.implicit]
    exponents = {node.args[1] for node in in_order(roots) if node.op == "power"}
    return {node.value for node in exponents if node.op == "name" and node.value in whole}


def _hoist(
    roots: list[Expression], states: set[str], authors: Mapping[Expression, str]
) -> tuple[list[Expression], dict[str, Expression]]:
    """Split off the largest parts that read neither a state nor the time.

    Returns
    -------
    list of Expression, dict
        The roots with those parts replaced by names, and the parts by name, as formulas of inputs.
    """
    moves: dict[Expression, bool] = {}
    for node in in_order(roots):
        leaf = node is TIME or (node.op == "name" and node.value in states)
        moves[node] = leaf or any(moves[arg] for arg in node.args)
    fixed: dict[Expression, str] = {}
    used = [arg for user in moves if moves[user] for arg in user.args]
    for node in [*used, *roots]:
        if not moves[node] and node.op != "number" and node not in fixed:
            own = node.value if node.op == "name" else authors.get(node)
            fixed[node] = own or str(len(fixed) + 1)

    def rule(node: Expression, args: tuple[Expression, ...]) -> Expression:
        if node in fixed:
            return name(fixed[node])
        return operation(node.op, *args) if args else node

    return rebuilt(roots, rule), {own: node for node, own in fixed.items()}
