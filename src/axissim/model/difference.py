"""How two models' equations differ, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from axissim.model.expression import Expression, number, operation
from axissim.model.model import Event, Model, Observable, Parameter, Part, State
from axissim.model.passes import rebuilt
from axissim.model.text import condition, show
from axissim.model.units import meaning, spelled

_DIGITS = 15  # of a number, as many as every tool keeps
_KINDS = {
    "Parameter": "parameter",
    "State": "state",
    "Observable": "rule",
    "Implicit": "constrained",
}


@dataclass(frozen=True)
class Difference:
    """What differs: an id, which of its properties, and that in each model ("" if it has none)."""

    id: str
    what: str
    first: str = ""
    second: str = ""

    def __str__(self) -> str:
        if not (self.first or self.second):
            return f"{self.id}: {self.what}"
        return f"{self.id}: {self.what} {self.first or '(none)'} -> {self.second or '(none)'}"


def differences(first: Model, second: Model) -> list[Difference]:
    """The parts that are in one model only, and what differs in those that are in both.

    Formulas are compared as they are written, numbers to 15 digits; names, notes and the order of
    parts do not count.
    """
    found = [Difference("time", "unit", first.time_unit, second.time_unit)]
    found = found if first.time_unit != second.time_unit else []
    found += _only(first.by_id, second.by_id)
    for key, part in first.by_id.items():
        if key in second.by_id:
            found += _of_parts(first, part, second, second.by_id[key])
    before = {event.id: event for event in first.events}
    after = {event.id: event for event in second.events}
    found += _only(before, after)
    for key, event in before.items():
        if key in after:
            found += _of_rows(key, _rows_of_event(event), _rows_of_event(after[key]))
    return found


def _only(
    first: Mapping[str, Part | Event], second: Mapping[str, Part | Event]
) -> list[Difference]:
    gone = [Difference(key, "only in the first model") for key in first if key not in second]
    return gone + [
        Difference(key, "only in the second model") for key in second if key not in first
    ]


def _of_parts(model: Model, part: Part, other: Model, its: Part) -> Iterator[Difference]:
    if type(part) is not type(its):
        kinds = (_KINDS[type(one).__name__] for one in (part, its))
        yield Difference(part.id, "kind", *kinds)
    else:
        yield from _of_rows(part.id, _rows_of_part(part), _rows_of_part(its))
    ours, theirs = meaning(model, part.unit), meaning(other, its.unit)
    same = ours is theirs or (ours is not None and theirs is not None and ours.equals(theirs))
    if not same:
        yield Difference(part.id, "unit", spelled(model, part.unit), spelled(other, its.unit))


def _of_rows(key: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> Iterator[Difference]:
    """What differs in two tables of properties."""
    for what in [*first, *(k for k in second if k not in first)]:
        ours, theirs = first.get(what), second.get(what)
        if ours is theirs or ours == theirs:
            continue
        if isinstance(ours, Expression) and isinstance(theirs, Expression) and same(ours, theirs):
            continue
        yield Difference(key, what, _text(ours), _text(theirs))


def _rows_of_part(part: Part) -> dict[str, Any]:
    if isinstance(part, State):
        return {"start": part.initial, "rate of change": part.rate}
    if isinstance(part, (Parameter, Observable)):
        return {"value": part.value}
    return {"first guess": part.initial, "constraint 0 =": part.residual}


def _rows_of_event(event: Event) -> dict[str, Any]:
    return {
        "trigger": condition(event.trigger),
        "delay": event.delay,
        "priority": event.priority,
        "trigger before the start": event.initially,
        "persistent": event.persistent,
        "values from the trigger's time": event.at_trigger or event.delay is None,
        **{f"sets {key} to": formula for key, formula in event.assignments},
    }


def _text(of: Any) -> str:
    if of is None:
        return ""
    return show(of) if isinstance(of, Expression) else str(of).lower()


def same(first: Expression, second: Expression) -> bool:
    """Whether two formulas are written alike, but for what tools do not keep.

    That is digits beyond the 15th, and brackets within a sum or a product.
    """
    ours, theirs = rebuilt([first, second], _plain)
    return ours is theirs


def _plain(node: Expression, args: tuple[Expression, ...]) -> Expression:
    if node.op == "number":
        return number(float(f"{node.value:.{_DIGITS - 1}e}") + 0.0)  # -0.0 is 0.0 here
    if node.op == "neg" and args[0].op == "number":
        return number(0.0 - args[0].value)
    if node.op not in ("add", "mul"):
        return condition(operation(node.op, *args)) if args else node
    total, *rest = args[0], *_terms(node.op, args[1])
    for term in rest:
        total = operation(node.op, total, term)
    return total


def _terms(op: str, of: Expression) -> list[Expression]:
    """The operands of a sum or product that is bracketed from the left."""
    found: list[Expression] = []
    while of.op == op:
        found.insert(0, of.args[1])
        of = of.args[0]
    return [of, *found]
