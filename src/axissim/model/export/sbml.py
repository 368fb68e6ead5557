"""A plan as the text of SBML Level 3 Version 2 Core.

The text is written here and not by libSBML, which rounds numbers to 15 digits.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from axissim.model.export.mathml import attribute, mathml
from axissim.model.export.plan import Plan, base, is_constant
from axissim.model.expression import Expression
from axissim.model.model import Event, Implicit, Observable, Part, State, UnitFactor

_SPACE = "http://www.sbml.org/sbml/level3/version2/core"
_XHTML = "http://www.w3.org/1999/xhtml"
Attributes = dict[str, str]


def sbml(plan: Plan) -> str:
    """The document."""
    model = plan.model
    about = {"id": model.id, "name": model.name, "timeUnits": plan.time}
    inner = [
        *_notes(model.note, 2),
        *_list("listOfUnitDefinitions", (_unit(*pair) for pair in model.units.items())),
        *_list("listOfCompartments", (_compartment(plan, part) for part in plan.compartments)),
        *_list("listOfSpecies", (_species(plan, part) for part in plan.species)),
        *_list("listOfParameters", (_parameter(plan, part) for part in plan.plain)),
        *_list("listOfInitialAssignments", _initial_assignments(plan)),
        *_list("listOfRules", _rules(model.parts)),
        *_list("listOfEvents", map(_event, model.events)),
    ]
    return "\n".join([
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<sbml xmlns="{_SPACE}" level="3" version="2">',
        *_element("model", about, inner, 1),
        "</sbml>",
        "",
    ])  # fmt: skip


def clean(text: str) -> str:
    """Text on one line, without what XML does not allow."""
    kept = "".join(c for c in text if c >= " " or c.isspace())
    kept = "".join(c for c in kept if not ("\ud800" <= c <= "\udfff" or c in "\ufffe\uffff"))
    return " ".join(kept.split())


def _element(tag: str, attributes: Attributes, inner: Sequence[str], depth: int) -> list[str]:
    """The lines of an element; attributes that are "" are left out."""
    said = "".join(
        f" {key}={quoteattr(clean(text))}" for key, text in attributes.items() if clean(text)
    )
    pad = "  " * depth
    if not inner:
        return [f"{pad}<{tag}{said}/>"]
    return [f"{pad}<{tag}{said}>", *inner, f"{pad}</{tag}>"]


def _list(tag: str, elements: Iterable[list[str]]) -> list[str]:
    lines = [line for element in elements for line in element]
    return _element(tag, {}, lines, 2) if lines else []


def _notes(note: str, depth: int) -> list[str]:
    if not clean(note):
        return []
    pad = "  " * depth
    return [
        f"{pad}<notes>",
        f'{pad}  <p xmlns="{_XHTML}">{escape(clean(note))}</p>',
        f"{pad}</notes>",
    ]


def _unit(key: str, factors: tuple[UnitFactor, ...]) -> list[str]:
    units = [
        line
        for factor in factors
        for line in _element(
            "unit",
            {
                "kind": factor.kind,
                "exponent": attribute(factor.exponent),
                "scale": str(factor.scale),
                "multiplier": attribute(factor.multiplier),
            },
            [],
            5,
        )
    ]
    inner = _element("listOfUnits", {}, units, 4) if units else []
    name = str(getattr(factors, "name", ""))
    return _element("unitDefinition", {"id": key, "name": name}, inner, 3)


def _compartment(plan: Plan, part: Part) -> list[str]:
    dimensions = plan.dimensions[part.id]
    own = {
        "spatialDimensions": str(dimensions or ""),
        "size": _initial(plan, part),
        "units": base(part.unit),
    }
    return _quantity("compartment", part, own)


def _species(plan: Plan, part: Part) -> list[str]:
    home = plan.homes[part.id]
    own = {
        "compartment": home.compartment,
        "initialAmount" if home.is_amount else "initialConcentration": _initial(plan, part),
        "substanceUnits": base(home.substance),
        "hasOnlySubstanceUnits": _boolean(home.is_amount),
        "boundaryCondition": "true",
    }
    return _quantity("species", part, own)


def _parameter(plan: Plan, part: Part) -> list[str]:
    return _quantity("parameter", part, {"value": _initial(plan, part), "units": base(part.unit)})


def _quantity(tag: str, part: Part, own: Attributes) -> list[str]:
    said = {"id": part.id, "name": part.name, **own, "constant": _boolean(is_constant(part))}
    return _element(tag, said, _notes(part.note, 4), 3)


def _initial(plan: Plan, part: Part) -> str:
    """A number at the start as an attribute, "" where there is none."""
    given = plan.start(part)
    return attribute(given.value) if given is not None and _fits_attribute(given) else ""


def _fits_attribute(given: Expression) -> bool:
    """Whether it is a number, and none so small that libSBML takes its text for no number."""
    return given.op == "number" and not 0.0 < abs(given.value) < sys.float_info.min


def _boolean(truth: bool) -> str:
    return "true" if truth else "false"


def _initial_assignments(plan: Plan) -> Iterator[list[str]]:
    for part in plan.model.parts:
        given = plan.start(part)
        if given is not None and not _fits_attribute(given):
            yield _element("initialAssignment", {"symbol": part.id}, mathml(given, 4), 3)


def _rules(parts: Sequence[Part]) -> Iterator[list[str]]:
    """Assignments in their order, then rates of change, then constraints.

    A state that nothing but events moves has a rate of 0, lest a constraint be taken to define it.
    """
    for part in parts:
        if isinstance(part, Observable):
            yield _element("assignmentRule", {"variable": part.id}, mathml(part.value, 4), 3)
    for part in parts:
        if isinstance(part, State):
            yield _element("rateRule", {"variable": part.id}, mathml(part.rate, 4), 3)
    for part in parts:
        if isinstance(part, Implicit):
            yield _element("algebraicRule", {}, mathml(part.residual, 4), 3)


def _event(event: Event) -> list[str]:
    trigger = {"initialValue": _boolean(event.initially), "persistent": _boolean(event.persistent)}
    inner = [
        *_notes(event.note, 4),
        *_element("trigger", trigger, mathml(event.trigger, 5, truth=True), 4),
        *_timing("delay", event.delay),
        *_timing("priority", event.priority),
    ]
    assignments = [
        line
        for key, formula in event.assignments
        for line in _element("eventAssignment", {"variable": key}, mathml(formula, 6), 5)
    ]
    if assignments:
        inner += _element("listOfEventAssignments", {}, assignments, 4)
    said = {
        "id": event.id,
        "name": event.name,
        "useValuesFromTriggerTime": _boolean(event.at_trigger),
    }
    return _element("event", said, inner, 3)


def _timing(tag: str, formula: Expression | None) -> list[str]:
    return _element(tag, {}, mathml(formula, 5), 4) if formula is not None else []
