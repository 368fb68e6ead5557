"""Units of formulas, worked out from what their parts are in, and what does not fit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from axissim.model.dimensions import DIMENSIONLESS, Unit, spelling, unit
from axissim.model.expression import OPERATIONS, Expression, in_order, names, value
from axissim.model.model import Event, Implicit, Model, Parameter, State, UnitFactor
from axissim.model.text import show

_SAME = {"add", "sub", "minimum", "maximum", "where"}
_KEPT = {"neg", "absolute", "floor", "ceil"}
_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_LONGEST = 200  # characters of a sub-expression that an error repeats
_LARGEST = 2_000  # nodes of one that is worth writing out


@dataclass
class _Walk:
    """One pass over a model's formulas.

    Attributes
    ----------
    known : mapping
        Unit of each id, None where it is not declared.
    constants : dict
        Value of each parameter that is a plain number: an exponent may be one.
    found : dict
        Unit of each node met so far.
    """

    known: Mapping[str, Unit | None]
    constants: dict[str, float]
    time: Unit | None
    bare: Unit | None
    where: str = ""
    found: dict[Expression, Unit | None] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def unit(self, root: Expression, where: str) -> Unit | None:
        """The unit of a formula; None if it cannot be known."""
        self.where = where
        for node in in_order([root]):
            if node not in self.found:
                self.found[node] = self._node(node)
        return self.found[root]

    def _node(self, node: Expression) -> Unit | None:
        if node.op == "name":
            return self.known.get(node.value)
        if node.op == "time":
            return self.time
        if node.op == "number":
            fits_all = node.value == 0.0 or not math.isfinite(node.value)
            return None if fits_all else self.bare
        units = [self.found[arg] for arg in node.args]
        if node.op in _SAME or (OPERATIONS[node.op].truth and OPERATIONS[node.op].arity == 2):
            return self._same(node, units)
        if node.op in ("mul", "div"):
            left, right = units
            if left is None or right is None:
                return None
            return left * (right if node.op == "mul" else right**-1.0)
        if node.op in ("power", "sqrt"):
            return self._power(node, units)
        if node.op in _KEPT:
            return units[0]
        if node.op == "delay":
            self._lag(node, units[1])
            return units[0]
        if node.op == "rate_of":
            of, time = units[0], self.time
            return None if of is None or time is None else of * time**-1.0
        self._dimensionless(node, node.args[0], units[0])
        return DIMENSIONLESS

    def _same(self, node: Expression, units: list[Unit | None]) -> Unit | None:
        """The common unit of the last two operands, which have to agree."""
        left, right = units[-2:]
        if left is not None and right is not None and not left.equals(right):
            first, second = node.args[-2:]
            self.problems.append(
                f"{self.where}: in {_short(node)}, {_short(first)} is in {_text(left)} but "
                f"{_short(second)} is in {_text(right)}; {_mend(left, right)}"
            )
        if OPERATIONS[node.op].truth:
            return DIMENSIONLESS
        return left if left is not None else right

    def _power(self, node: Expression, units: list[Unit | None]) -> Unit | None:
        base = units[0]
        exponent = 0.5 if node.op == "sqrt" else self._constant(node.args[1])
        if node.op == "power":
            self._dimensionless(node, node.args[1], units[1])
        if base is None or base.equals(DIMENSIONLESS):
            return base
        return base**exponent if exponent is not None else None

    def _constant(self, formula: Expression) -> float | None:
        """The value of a formula that reads plain numbers only."""
        if not names(formula) <= self.constants.keys():
            return None
        found = float(value(formula, self.constants))
        return found if math.isfinite(found) else None

    def _dimensionless(self, node: Expression, arg: Expression, of: Unit | None) -> None:
        if of is not None and not of.equals(DIMENSIONLESS):
            self.problems.append(
                f"{self.where}: in {_short(node)}, {_short(arg)} is in {_text(of)} but should be "
                f"dimensionless; divide it by a quantity in {_text(of)}"
            )

    def _lag(self, node: Expression, of: Unit | None) -> None:
        """Report a lag that is not a time; a plain number is in the model's own unit of time."""
        lag = node.args[1]
        if lag.op == "number" or of is None or self.time is None or of.equals(self.time):
            return
        self.problems.append(
            f"{self.where}: in {_short(node)}, the lag {_short(lag)} is in {_text(of)} but should "
            f"be in {_text(self.time)}; {_mend(of, self.time)}"
        )

    def fits(self, formula: Expression, wanted: Unit | None, where: str) -> None:
        """Report a formula that is in another unit than `wanted`."""
        own = self.unit(formula, where)
        if own is not None and wanted is not None and not own.equals(wanted):
            self.problems.append(
                f"{where}: {_short(formula)} is in {_text(own)} but should be in {_text(wanted)}; "
                f"{_mend(own, wanted)}"
            )

    def sets(self, formula: Expression, wanted: Unit | None, where: str) -> None:
        """As `fits`, but that a number is in the unit of what it is given to."""
        if formula.op != "number":
            self.fits(formula, wanted, where)


def inconsistencies(
    model: Model, known: Mapping[str, Unit | None], bare_is_dimensionless: bool
) -> list[str]:
    """One line for each place where units disagree.

    Parameters
    ----------
    known : mapping
        Unit of each id of the model, None where it is not declared.
    bare_is_dimensionless : bool
        Whether a number in a formula is dimensionless; if not, its unit is not known.
    """
    seconds = _SECONDS.get(model.time_unit)
    walk = _Walk(
        known,
        {p.id: p.value.value for p in model.parameters if p.value.op == "number"},
        time=unit([UnitFactor("second", multiplier=seconds)]) if seconds else None,
        bare=DIMENSIONLESS if bare_is_dimensionless else None,
    )
    for part in model.parts:
        own = known[part.id]
        if isinstance(part, State):
            per_time = own * walk.time**-1.0 if own is not None and walk.time is not None else None
            walk.fits(part.rate, per_time, f"rate of '{part.id}'")
        elif isinstance(part, Implicit):
            walk.unit(part.residual, f"constraint on '{part.id}'")
        elif not (isinstance(part, Parameter) and part.value.op == "number"):
            walk.fits(part.value, own, f"'{part.id}'")
        if isinstance(part, (State, Implicit)):
            walk.sets(part.initial, own, f"initial value of '{part.id}'")
    for event in model.events:
        _event(walk, event)
    return list(dict.fromkeys(walk.problems))


def _event(walk: _Walk, event: Event) -> None:
    """Report what does not fit in an event: a delay is a time, a priority is only a number."""
    walk.unit(event.trigger, f"trigger of '{event.id}'")
    if event.delay is not None:
        walk.sets(event.delay, walk.time, f"delay of '{event.id}'")
    if event.priority is not None:
        walk.sets(event.priority, DIMENSIONLESS, f"priority of '{event.id}'")
    for key, formula in event.assignments:
        walk.sets(formula, walk.known[key], f"'{key}' as '{event.id}' sets it")


def _text(of: Unit) -> str:
    spelt = spelling(of.factors)
    return "no unit" if spelt == "1" else spelt


def _mend(first: Unit, second: Unit) -> str:
    if first.dimension == second.dimension:
        return f"one is {first.size / second.size:.6g} times the other; convert one of them"
    return f"a factor in {_text(second * first**-1.0)} is missing or too much"


def _short(formula: Expression) -> str:
    """The text of a sub-expression, unless it is too long to read."""
    sizes: dict[Expression, int] = {}
    for node in in_order([formula]):
        sizes[node] = 1 + sum(sizes[arg] for arg in node.args)
        if sizes[node] > _LARGEST:
            return "a long formula"
    text = show(formula)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
