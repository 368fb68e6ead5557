"""The derivative of formulas along a direction: by states, parameters, rules and delays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from axissim.model.expression import ONE, ZERO, Expression, in_order, name, names, operation
from axissim.model.model import Model, Parameter, formulas_of
from axissim.model.passes import differentiate, substitute
from axissim.model.rates import expanded


@dataclass
class Along:
    """Derivatives of a model's formulas along a direction in which some quantities move.

    Attributes
    ----------
    model : Model
        With numbers in place of the exponents that no run changes.
    slopes : mapping
        Id of a state, implicit quantity or parameter to the id of its own derivative; what is
        not in it has none.
    """

    model: Model
    slopes: Mapping[str, str]
    _reads: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._rules = {part.id: part.value for part in self.model.observables}
        self._reads = {key: names(rule) for key, rule in self._rules.items()}

    def expanded(self, formulas: Sequence[Expression]) -> list[Expression]:
        """`formulas` of states, parameters and time alone."""
        return expanded(formulas, self._rules, self._reads)

    def of(self, formulas: Sequence[Expression]) -> list[Expression]:
        """The derivative of each formula: its slope in every quantity times that one's own.

        A slope in a parameter that stands still in a run is left out there, even if it is
        infinite: the parameter's own derivative is 0.  A delayed value is differentiated as it
        was then; its lag must not move.
        """
        return self._of(self.expanded(formulas))

    def _of(self, formulas: Sequence[Expression]) -> list[Expression]:
        moving = [key for key in self.slopes if isinstance(self.model.by_id[key], Parameter)]
        states = [key for key in self.slopes if key not in set(moving)]
        delayed = outermost_delays(formulas)
        leaves = [*map(name, states), *delayed, *map(name, moving)]
        own = [name(self.slopes[key]) for key in states]
        own += [self._delayed(node) for node in delayed]
        found = []
        for slopes in differentiate(formulas, leaves):
            terms = [
                _times(slopes[at], own[at])
                if at < len(own)
                else _where_moving(slopes[at], name(self.slopes[moving[at - len(own)]]))
                for at in sorted(slopes)
            ]
            found.append(_sum(terms))
        return found

    def _delayed(self, node: Expression) -> Expression:
        of, lag = node.args
        (slope,) = self._of([of])
        return slope if slope is ZERO else operation("delay", slope, lag)


def outermost_delays(formulas: Sequence[Expression]) -> list[Expression]:
    """The delays in formulas that stand in no other delay."""
    inside: set[Expression] = set()
    found: dict[Expression, None] = {}
    stack = list(formulas)
    while stack:
        node = stack.pop()
        if node in inside:
            continue
        inside.add(node)
        if node.op == "delay":
            found[node] = None
        else:
            stack.extend(node.args)
    return [node for node in in_order(formulas) if node in found]


def _times(slope: Expression, own: Expression) -> Expression:
    if own is ZERO:
        return ZERO
    return own if slope is ONE else operation("mul", slope, own)


def _where_moving(slope: Expression, own: Expression) -> Expression:
    if slope is ONE:
        return own
    moves = operation("ne", own, ZERO)
    return operation("where", moves, operation("mul", slope, own), ZERO)


def _sum(terms: Iterable[Expression]) -> Expression:
    total = ZERO
    for term in terms:
        if term is not ZERO:
            total = term if total is ZERO else operation("add", total, term)
    return total


def movers(model: Model, directions: Iterable[str], held: Iterable[str]) -> set[str]:
    """The quantities of a model that may move with one of `directions`.

    Parameters
    ----------
    held : iterable of str
        Ids whose formula, or whose value at the start, is a number in every run.
    """
    readers: dict[str, set[str]] = {}
    fixed = set(held)
    for part in model.parts:
        formulas = formulas_of(part)
        if part.id in fixed:  # a state's rate still holds
            formulas = formulas[1:]
        for key in names(*formulas):
            readers.setdefault(key, set()).add(part.id)
    for event in model.events:
        for key in names(*event.formulas):
            readers.setdefault(key, set()).update(target for target, _ in event.assignments)
    found, waiting = set(directions), list(directions)
    if model.implicit and waiting:  # a constraint may determine any of them
        waiting += [part.id for part in model.implicit]
        found.update(waiting)
    while waiting:
        fresh = readers.get(waiting.pop(), set()) - found
        found |= fresh
        waiting += fresh
    return found


def baked(model: Model, varied: Iterable[str]) -> Model:
    """`model` with numbers for parameters that are whole exponents and that no run changes."""
    whole = {
        p.id: p.value
        for p in model.parameters
        if p.value.op == "number" and p.value.value % 1.0 == 0.0 and p.id not in set(varied)
    }
    roots = [formula for part in model.parts for formula in formulas_of(part)]
    exponents = {node.args[1] for node in in_order(roots) if node.op == "power"}
    known = {e.value: whole[e.value] for e in exponents if e.op == "name" and e.value in whole}

    def new(formula: Expression) -> Expression:
        return substitute([formula], known)[0]

    if not known:
        return model
    return replace(
        model,
        states=tuple(replace(s, rate=new(s.rate)) for s in model.states),
        observables=tuple(replace(o, value=new(o.value)) for o in model.observables),
        implicit=tuple(replace(i, residual=new(i.residual)) for i in model.implicit),
    )
