"""The quantities of an SBML model while they are read: what each has been given so far."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from axissim.model.expression import ONE, ZERO, Expression, name, number, operation
from axissim.model.model import Implicit, Observable, Parameter, Part, State
from axissim.model.reading.refusal import Source
from axissim.model.reading.units import Units


@dataclass
class Draft:
    """One quantity: an element of the model, and what gives its value.

    Attributes
    ----------
    element : libsbml.SBase
    unit : str
    initial : Expression or None
        At the start; None if nothing gives it.
    rule, rate, residual : Expression or None
        The formula of its value, or of its rate of change, at every moment; or what its value
        makes zero.
    constant : bool
        Whether its author said that nothing changes it.
    jumps : bool
        Whether an event sets it.
    late : bool
        Whether an event does so after a delay, to a value from before it.
    home : str
        For a species whose id means a concentration, its compartment.
    carrier : str
        For a species whose amount is the state, the id of that.
    equilibrates : bool
        Whether fast reactions change it, which start to do so at the start.
    name : str
        For display; the element's own if it is empty.
    terms : dict
        For a species, how many each reaction makes.
    factor : str
        For a species, the quantity by which a reaction's extent becomes its amount.
    """

    id: str
    element: Any
    unit: str = ""
    initial: Expression | None = None
    rule: Expression | None = None
    rate: Expression | None = None
    residual: Expression | None = None
    constant: bool = False
    jumps: bool = False
    late: bool = False
    home: str = ""
    carrier: str = ""
    equilibrates: bool = False
    name: str = ""
    terms: dict[str, Expression] = field(default_factory=dict)
    factor: str = ""

    @property
    def varies(self) -> bool:
        """Whether its value may differ from that at the start."""
        return self.jumps or not (self.rule is self.rate is self.residual is None)

    @property
    def start(self) -> Expression | None:
        """What gives its value at the start."""
        stated = (self.carrier or self.equilibrates) and self.initial is not None
        return self.initial if stated else self.rule

    def part(self) -> Part:
        """The part of the model that this is."""
        said = {
            "id": self.id,
            "unit": self.unit,
            "name": self.name or str(self.element.getName()),
            "note": plain(self.element),
        }
        start = self.initial if self.initial is not None else number(math.nan)
        if self.rule is not None:
            return Observable(value=self.rule, **said)
        if self.residual is not None:
            guess = self.initial if self.initial is not None else ONE
            return Implicit(initial=guess, residual=self.residual, **said)
        if self.rate is not None or self.jumps:
            return State(initial=start, rate=self.rate or ZERO, **said)
        return Parameter(value=start, **said)


def plain(element: Any) -> str:
    """An element's notes without their XHTML."""
    if not element.isSetNotes():
        return ""
    try:
        text = "".join(ElementTree.fromstring(element.getNotesString()).itertext())
    except ElementTree.ParseError:
        return ""
    return " ".join(text.split())


Drafts = dict[str, Draft]


def drafted(model: Any, units: Units, source: Source) -> Drafts:
    """A draft of each compartment, species and parameter, in this order."""
    drafts: Drafts = {}
    makers: tuple[tuple[int, Callable[[int], Any], Callable[[Any], Draft]], ...] = (
        (model.getNumCompartments(), model.getCompartment, lambda e: _compartment(e, units)),
        (model.getNumSpecies(), model.getSpecies, lambda e: _species(e, model, units, source)),
        (model.getNumParameters(), model.getParameter, _parameter),
    )
    for count, get, make in makers:
        for i in range(count):
            add(drafts, make(get(i)), source)
    for draft in drafts.values():
        if draft.factor and draft.factor not in drafts:
            raise source.error(
                draft.element,
                f"has the conversion factor '{draft.factor}', which is not defined; define it",
            )
    return drafts


def add(drafts: Drafts, draft: Draft, source: Source) -> None:
    """Add a draft under its id; ModelError if it has none, or one that is taken."""
    if not draft.id:
        raise source.error(draft.element, "has no id; give it one")
    if draft.id in drafts:
        raise source.error(draft.element, "has an id that is taken; rename one of the two")
    drafts[draft.id] = draft


def _compartment(element: Any, units: Units) -> Draft:
    size = number(element.getSize()) if element.isSetSize() else None
    return Draft(
        str(element.getId()),
        element,
        units.of_compartment(element),
        size,
        constant=bool(element.getConstant()),
    )


def _species(element: Any, model: Any, units: Units, source: Source) -> Draft:
    home = model.getCompartment(element.getCompartment())
    if home is None:
        raise source.error(
            element,
            f"is in compartment '{element.getCompartment()}', which is not defined; define it",
        )
    where = "" if _is_amount(element, home) else str(home.getId())
    size = name(str(home.getId()))
    start: Expression | None = None
    if element.isSetInitialAmount():
        start = number(element.getInitialAmount())
        start = operation("div", start, size) if where else start
    elif element.isSetInitialConcentration():
        start = number(element.getInitialConcentration())
        start = start if where else operation("mul", start, size)
    unit = units.of_species(element, home if where else None)
    factor = element if element.isSetConversionFactor() else model
    return Draft(
        str(element.getId()),
        element,
        unit,
        start,
        constant=bool(element.getConstant()),
        home=where,
        factor=str(factor.getConversionFactor()),
    )


def _is_amount(species: Any, home: Any) -> bool:
    """Whether a species' id means an amount: it says so, or its compartment is a point."""
    point = home.getSpatialDimensionsAsDouble() == 0.0 and not home.isSetSize()
    return bool(species.getHasOnlySubstanceUnits()) or point


def _parameter(element: Any) -> Draft:
    given = number(element.getValue()) if element.isSetValue() else None
    return Draft(
        str(element.getId()),
        element,
        str(element.getUnits()),
        given,
        constant=bool(element.getConstant()),
    )


def unique(key: str, *taken: Drafts) -> str:
    """`key`, with as many underscores after it as make it nobody's id."""
    while any(key in drafts for drafts in taken):
        key += "_"
    return key
