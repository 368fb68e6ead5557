"""How fast any quantity changes, and what else may be read out of a model by formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from axissim.model.expression import (
    ONE,
    TIME,
    ZERO,
    Expression,
    in_order,
    name,
    names,
    operation,
)
from axissim.model.graphs import circle, in_turn
from axissim.model.linear import solved
from axissim.model.model import Model, ModelError, Observable, Part
from axissim.model.passes import differentiate, rebuilt, substitute

_READ_OUT = re.compile(r"(amount|concentration|rate)\(([A-Za-z_][A-Za-z0-9_]*)\)", re.ASCII)
_LARGEST_BLOCK = 5  # coupled constraints beyond this make formulas too long to be of use
_DEEPEST = 100


class RateError(ValueError):
    """There is no formula for a rate of change; the message completes "<element> ..."."""


@dataclass
class Rates:
    """The rates of change of a model's quantities, as formulas.

    Attributes
    ----------
    rules : mapping
        Id to formula, of what a formula gives at every moment; without circles.
    rates : mapping
        Id to rate of change, of what moves.
    residuals : mapping
        Id to what is zero at every moment, of what a constraint gives.
    """

    rules: Mapping[str, Expression]
    rates: Mapping[str, Expression]
    residuals: Mapping[str, Expression]
    _known: dict[str, Expression] = field(default_factory=dict)
    _busy: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._reads = {key: sorted(names(rule)) for key, rule in self.rules.items()}
        if circle(self._reads):
            raise RateError("reads a rate of what rules define in a circle; break the circle")

    def of(self, key: str) -> Expression:
        """The rate of change of a quantity: zero for what does not move."""
        if key in self._busy or len(self._busy) > _DEEPEST:
            raise RateError(f"reads a rate of change of '{key}' that depends on itself; rewrite it")
        self._busy.append(key)
        for needed in in_turn(self._reads, [key]) or [key]:
            if needed not in self._known:
                self._known[needed] = self._of(needed)
        self._busy.pop()
        return self._known[key]

    def _of(self, key: str) -> Expression:
        if key in self.rules:
            return self.total(self.resolved([self.rules[key]])[0])
        if key in self.residuals:
            return self._of_implicit(key)
        return self.resolved([self.rates[key]])[0] if key in self.rates else ZERO

    def total(self, formula: Expression) -> Expression:
        """The total derivative of a formula in time, by the chain rule."""
        if any(node.op == "delay" for node in in_order([formula])):
            raise RateError("reads a rate of change of a delayed value; write the formula out")
        read = sorted(names(formula))
        leaves = [*(name(key) for key in read), TIME]
        (slopes,) = differentiate([formula], leaves)
        speeds = [*(self._known[k] if k in self._known else self.of(k) for k in read), ONE]
        return _dot([(slopes[at], speeds[at]) for at in sorted(slopes)])

    def resolved(self, formulas: Sequence[Expression]) -> list[Expression]:
        """`formulas` with each `rate_of` replaced by what it means."""

        def rule(node: Expression, args: tuple[Expression, ...]) -> Expression:
            if node.op == "rate_of":
                of = args[0]
                return self.of(of.value) if of.op == "name" else self.total(of)
            return operation(node.op, *args) if args else node

        return rebuilt(formulas, rule)

    def expanded(self, formulas: Sequence[Expression]) -> list[Expression]:
        """`formulas` with every rule put in for its id."""
        return expanded(formulas, self.rules, self._reads)

    def _of_implicit(self, key: str) -> Expression:
        """By the implicit function theorem, of all constraints that hang together."""
        found, waiting = {}, [key]
        while waiting:
            at = waiting.pop()
            if at not in found:
                (found[at],) = self.expanded(self.resolved([self.residuals[at]]))
                waiting.extend(sorted(names(found[at]) & self.residuals.keys()))
        if len(found) > _LARGEST_BLOCK:
            raise RateError(f"reads a rate of change that {len(found)} constraints define at once")
        unknowns = sorted(found)
        leaves = [name(unknown) for unknown in unknowns]
        slopes = differentiate([found[unknown] for unknown in unknowns], leaves)
        matrix = [[row.get(at, ZERO) for at in range(len(unknowns))] for row in slopes]
        frozen = dict.fromkeys(unknowns, ZERO)
        shifts = [operation("neg", self._partial(found[unknown], frozen)) for unknown in unknowns]
        speeds = solved(matrix, shifts)
        if speeds is None:
            raise RateError(f"reads a rate of change of '{key}', which nothing determines")
        return speeds[unknowns.index(key)]

    def _partial(self, formula: Expression, speeds: dict[str, Expression]) -> Expression:
        """The derivative in time as if what is in `speeds` moved at those."""
        known, self._known = self._known, {**self._known, **speeds}
        try:
            return self.total(formula)
        finally:
            self._known = known


def expanded(
    formulas: Sequence[Expression],
    rules: Mapping[str, Expression],
    reads: Mapping[str, Iterable[str]],
) -> list[Expression]:
    """`formulas` with every one of `rules`, which have no circle, put in for its id."""
    values: dict[str, Expression] = {}
    for key in in_turn(reads, sorted(names(*formulas))):
        (values[key],) = substitute([rules[key]], values)
    return substitute(formulas, values)


def _dot(pairs: Iterable[tuple[Expression, Expression]]) -> Expression:
    """The sum of products, its parts left as they are: a long chain of rules shares them."""
    total = ZERO
    for x, y in pairs:
        if x is not ZERO and y is not ZERO:
            term = y if x is ONE else x if y is ONE else operation("mul", x, y)
            total = term if total is ZERO else operation("add", total, term)
    return total


def rates_of(model: Model) -> Rates:
    """The rates of change in a model."""
    return Rates(
        {part.id: part.value for part in model.observables},
        {part.id: part.rate for part in model.states},
        {part.id: part.residual for part in model.implicit},
    )


def rate_of(model: Model, key: str) -> Expression:
    """The rate of change of a model's quantity; ModelError if there is no formula for it."""
    model.part(key)
    try:
        return rates_of(model).of(key)
    except RateError as wrong:
        raise ModelError(f"'rate({key})' {wrong}") from None


@lru_cache(maxsize=64)
def with_read_outs(model: Model, outputs: tuple[str, ...]) -> Model:
    """`model` with what `outputs` ask for beside its quantities, as `read_out` has it.

    Raises
    ------
    ModelError
        An output is neither a quantity of the model nor a read-out.
    """
    found = []
    for text in outputs:
        made = read_out(model, text) if text not in model.by_id else None
        found += [made] if made else []
        if made is None:
            model.part(text)
    return replace(model, observables=(*model.observables, *found)) if found else model


def read_out(model: Model, text: str) -> Observable | None:
    """What ``amount(S)``, ``concentration(S)`` or ``rate(X)`` is in a model.

    Returns
    -------
    Observable or None
        With `text` as its id; None if `text` is none of these.

    Raises
    ------
    ModelError
        The model has no such quantity, or no such species.
    """
    match = _READ_OUT.fullmatch(text)
    if match is None:
        return None
    what, key = match.groups()
    part = model.part(key)
    title = f"{what} of {part.name or key}"
    if what == "rate":
        return Observable(id=text, name=title, value=rate_of(model, key))
    if key not in model.species:
        raise ModelError(f"'{text}' asks for the {what} of '{key}', which is not a species")
    species, unit = model.species[key], ""
    value, size = name(key), name(species.compartment)
    if species.is_amount == (what == "amount"):
        unit = part.unit
    elif species.is_amount:
        value = operation("div", value, size)
    else:
        value = _amount(part, size)
        unit = model.by_id[value.value].unit if value.op == "name" else ""
    return Observable(id=text, unit=unit, name=title, value=value)


def _amount(part: Part, size: Expression) -> Expression:
    """The amount of a species whose id means a concentration: its state, if there is one."""
    if isinstance(part, Observable) and part.value.op == "div" and part.value.args[1] is size:
        return part.value.args[0]
    return operation("mul", name(part.id), size)
