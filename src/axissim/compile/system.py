"""Model -> ordered system: what is fixed, what moves, the Jacobian and its elimination."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from axissim.compile.elimination import Elimination, eliminate
from axissim.compile.switches import switch_times
from axissim.model.expression import TIME, ZERO, Expression, in_order, name, names, operation
from axissim.model.model import Model, ModelError
from axissim.model.passes import differentiate, lower, rebuilt, substitute

START_TIME = "start time"  # the input that holds when a run starts; no SBML id has a space


def at_start(state: str) -> str:
    """The name of the input that holds a state's value at the start."""
    return f"{state} at start"


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
    rates, observables, jacobian, time_slopes
        Formulas of the states, the fixed quantities and the time: each state's rate; id ->
        value; (row, column) -> entry, in row order; each rate's slope in time.
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

    @property
    def autonomous(self) -> bool:
        return all(slope is ZERO for slope in self.time_slopes)


def system_of(model: Model, varied: Iterable[str] = ()) -> System:
    """Sort the equations of `model`.

    Parameters
    ----------
    varied : iterable of str
        Ids that runs will change; an exponent among them is computed, not built into the code.

    Raises
    ------
    ModelError
        If formulas depend on each other in a circle.
    """
    baked = _whole_exponents(model) - set(varied)
    numbers = {p.id: p.value for p in model.parameters if p.value.op == "number"}
    constants = {key: numbers[key] for key in sorted(baked)}
    inputs = {key: float(v.value) for key, v in numbers.items() if key not in baked}
    inputs |= {at_start(s.id): s.initial.value for s in model.states if s.initial.op == "number"}
    inputs[START_TIME] = 0.0

    begun = starting(model, constants)
    moving = _moving(model, constants, begun)
    states = tuple(state.id for state in model.states)
    rates = substitute([state.rate for state in model.states], moving)
    observed = {o.id: moving[o.id] for o in model.observables}

    slopes = differentiate(rates, [*map(name, states), TIME])
    entries = {
        (row, column): slope
        for row, found in enumerate(slopes)
        for column, slope in sorted(found.items())
        if column < len(states)
    }
    in_time = [found.get(len(states), ZERO) for found in slopes]
    switches = switch_times([*rates, *observed.values()], set(states))
    lowered = lower([*rates, *in_time, *entries.values(), *observed.values()])
    authors = dict(zip(lower(list(moving.values())), moving, strict=True))
    hoisted, fixed = _hoist(lowered, set(states), authors)
    n, m = len(states), len(entries)
    return System(
        model_id=model.id,
        inputs=inputs,
        fixed=fixed,
        initial=tuple(lower([begun[state] for state in states])),
        states=states,
        rates=tuple(hoisted[:n]),
        time_slopes=tuple(hoisted[n : 2 * n]),
        jacobian=dict(zip(entries, hoisted[2 * n : 2 * n + m], strict=True)),
        observables=dict(zip(observed, hoisted[2 * n + m :], strict=True)),
        switches=tuple(switches),
        elimination=eliminate(n, entries),
        baked={key: float(v.value) for key, v in constants.items()},
    )


def _whole_exponents(model: Model) -> set[str]:
    """Parameters that are an exponent somewhere and a whole number."""
    whole = {
        p.id for p in model.parameters if p.value.op == "number" and p.value.value % 1.0 == 0.0
    }
    roots = [state.rate for state in model.states] + [o.value for o in model.observables]
    exponents = {node.args[1] for node in in_order(roots) if node.op == "power"}
    return {node.value for node in exponents if node.op == "name" and node.value in whole}


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
    for state in model.states:
        given = state.initial.op == "number"
        definitions[state.id] = name(at_start(state.id)) if given else state.initial
    return _expanded(definitions, time=name(START_TIME))


def _moving(
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
