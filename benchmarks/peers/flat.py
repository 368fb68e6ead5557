"""A model as every peer can take it: states, rules and the swept parameters; all else is numbers.

Time is a state with rate 1, `clock`: some peers give the equations no time of their own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from axissim.compile.system import system_of
from axissim.model.expression import ONE, ZERO, Expression, name, names, number, operation, value
from axissim.model.model import Model, ModelError, Observable, Parameter, State
from axissim.model.passes import fold, rebuilt, substitute

CLOCK = "clock"
DIGITS = 15  # libantimony keeps so many, and every peer shall have the same numbers


def flat(model: Model, swept: Sequence[str], without: Iterable[str] = (), id: str = "") -> Model:
    """The model's equations for runs that differ in `swept` alone.

    Parameters
    ----------
    swept : sequence of str
        Ids of parameters that are numbers.
    without : iterable of str
        Ids of events to leave out, with the states that only they move.
    id : str, optional
        Of the model returned.

    Raises
    ------
    ModelError
        The model has an event, a delay or a constraint that peers cannot do, or a start that
        depends on what is swept.
    """
    model = _without_events(model, set(without))
    starts = _starts(model, swept)
    by_name = _numbers(model, swept, starts)
    rates = _simple(substitute([state.rate for state in model.states], by_name, name(CLOCK)))
    rules = {o.id: o.value for o in model.observables}
    rules = dict(
        zip(rules, _simple(substitute([*rules.values()], by_name, name(CLOCK))), strict=True)
    )
    rates, rules = _folded_rules(rates, rules)
    states = [
        State(state.id, initial=number(starts[state.id]), rate=rate)
        for state, rate in zip(model.states, rates, strict=True)
    ]
    states.append(State(CLOCK, initial=ZERO, rate=ONE))
    return Model(
        id=id or model.id,
        parameters=tuple(Parameter(key, value=model.part(key).value) for key in swept),
        states=tuple(states),
        observables=tuple(Observable(key, value=formula) for key, formula in rules.items()),
    )


def _without_events(model: Model, without: set[str]) -> Model:
    """The model without some events and the states that nothing else moves."""
    kept = [event.id for event in model.events if event.id not in without]
    if kept or model.implicit or CLOCK in model.by_id:
        what = f"event '{kept[0]}'" if kept else f"constraint or a '{CLOCK}'"
        raise ModelError(f"'{model.id}' has the {what}, which peers cannot take; leave it out")
    moved = {key for event in model.events for key, _ in event.assignments}
    idle = {state.id for state in model.states if state.id in moved and state.rate is ZERO}
    states = tuple(state for state in model.states if state.id not in idle)
    return dataclasses.replace(model, states=states, events=())


def _starts(model: Model, swept: Sequence[str]) -> dict[str, float]:
    """Each state's value at the start."""
    system = system_of(model)
    if system.lags:
        raise ModelError(f"'{model.id}' has a delay, which peers cannot take")
    given = {**system.inputs, **system.baked}
    for state, formula in zip(system.states, system.initial, strict=True):
        if reached := names(formula) & set(swept):
            raise ModelError(f"the start of '{state}' depends on '{min(reached)}'; sweep another")
    pairs = zip(system.states, system.initial, strict=True)
    return {state: _digits(float(value(formula, given, 0.0))) for state, formula in pairs}


def _numbers(
    model: Model, swept: Sequence[str], starts: Mapping[str, float]
) -> dict[str, Expression]:
    """The formula of each parameter that is not swept, of the swept ones alone."""
    given = {key: number(start) for key, start in starts.items()}
    left = {p.id: p.value for p in model.parameters if p.id not in swept}
    while read := {key for formula in left.values() for key in names(formula)} - set(swept):
        formulas = substitute([*left.values()], {**given, **left})
        left = dict(zip(left, fold(formulas), strict=True))
        if read == {key for formula in left.values() for key in names(formula)} - set(swept):
            raise ModelError(f"'{min(read)}' cannot be computed before a run")
    return left


def _folded_rules(
    rates: list[Expression], rules: dict[str, Expression]
) -> tuple[list[Expression], dict[str, Expression]]:
    """The rates, and the rules that they read: those that are a number or a name are put in."""
    while plain := {key: f for key, f in rules.items() if f.op in ("number", "name")}:
        left = {key: f for key, f in rules.items() if key not in plain}
        # A name may be another of the plain ones, which is put in in the next turn.
        over = {key: f for key, f in plain.items() if f.op == "name" and f.value in plain}
        plain = {key: f for key, f in plain.items() if key not in over}
        formulas = _simple(substitute([*rates, *left.values(), *over.values()], plain))
        rates = formulas[: len(rates)]
        rules = dict(zip([*left, *over], formulas[len(rates) :], strict=True))
    read, waiting = set[str](), [*names(*rates)]
    while waiting:
        key = waiting.pop()
        if key in rules and key not in read:
            read.add(key)
            waiting += names(rules[key])
    return rates, {key: formula for key, formula in rules.items() if key in read}


def _simple(roots: Sequence[Expression]) -> list[Expression]:
    """Constants computed, a product with 0 dropped, numbers of `DIGITS` digits."""
    shorter = rebuilt(fold(rebuilt(roots, _zeros)), _zeros)
    return rebuilt(fold(shorter), _shortened)


def _zeros(node: Expression, args: tuple[Expression, ...]) -> Expression:
    """0*x is 0 here, as no quantity of a benchmark is NaN."""
    if node.op == "mul" and ZERO in args:
        return ZERO
    if node.op == "div" and args[0] is ZERO:
        return ZERO
    if node.op == "sub" and args[0] is args[1]:
        return ZERO
    if node.op == "both" and _never(*args):
        return ZERO
    return fold([operation(node.op, *args)])[0] if args else node


def _never(first: Expression, second: Expression) -> bool:
    """Whether two conditions are ``x >= c`` and ``x < c``: a span of no length."""
    if ZERO in (first, second):
        return True
    return {first.op, second.op} == {"ge", "lt"} and first.args == second.args


def _shortened(node: Expression, args: tuple[Expression, ...]) -> Expression:
    if node.op == "number":
        return number(_digits(node.value))
    return operation(node.op, *args) if args else node


def _digits(of: float) -> float:
    return float(f"{of:.{DIGITS}g}")
