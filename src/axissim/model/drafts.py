"""The quantities of an SBML model while they are read: what each has been given so far."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from axissim.model.expression import Expression, name, number, operation
from axissim.model.model import Observable, Parameter, State
from axissim.model.refusal import Source
from axissim.model.sbml_units import Units


@dataclass
class Draft:
    """One quantity: an element of the model, and what gives its value.

    Attributes
    ----------
    element : libsbml.SBase
    unit : str
    initial : Expression or None
        At the start; None if nothing gives it.
    rule, rate : Expression or None
        The formula of its value, or of its rate of change, at every moment.
    home : str
        For a species whose id means a concentration, its compartment.
    terms : dict
        For a species, how many each reaction makes.
    """

    id: str
    element: Any
    unit: str = ""
    initial: Expression | None = None
    rule: Expression | None = None
    rate: Expression | None = None
    home: str = ""
    terms: dict[str, Expression] = field(default_factory=dict)

    def part(self) -> Parameter | State | Observable:
        """The part of the model that this is."""
        said = {
            "id": self.id,
            "unit": self.unit,
            "name": str(self.element.getName()),
            "note": plain(self.element),
        }
        start = self.initial if self.initial is not None else number(math.nan)
        if self.rule is not None:
            return Observable(value=self.rule, **said)
        if self.rate is not None:
            return State(initial=start, rate=self.rate, **said)
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
    """A draft of each compartment, species, parameter and named stoichiometry, in this order."""
    drafts: Drafts = {}
    makers: tuple[tuple[int, Callable[[int], Any], Callable[[Any], Draft]], ...] = (
        (model.getNumCompartments(), model.getCompartment, lambda e: _compartment(e, units)),
        (model.getNumSpecies(), model.getSpecies, lambda e: _species(e, model, units, source)),
        (model.getNumParameters(), model.getParameter, _parameter),
    )
    for count, get, make in makers:
        for i in range(count):
            _add(drafts, make(get(i)), source)
    for reference in _references(model):
        if reference.getIdAttribute():
            _add(drafts, _stoichiometry(reference), source)
    return drafts


def _add(drafts: Drafts, draft: Draft, source: Source) -> None:
    if not draft.id:
        raise source.error(draft.element, "has no id; give it one")
    if draft.id in drafts:
        raise source.error(draft.element, "has an id that is taken; rename one of the two")
    drafts[draft.id] = draft


def _compartment(element: Any, units: Units) -> Draft:
    size = number(element.getSize()) if element.isSetSize() else None
    return Draft(str(element.getId()), element, units.of_compartment(element), size)


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
    return Draft(str(element.getId()), element, unit, start, home=where)


def _is_amount(species: Any, home: Any) -> bool:
    """Whether a species' id means an amount: it says so, or its compartment is a point."""
    point = home.getSpatialDimensionsAsDouble() == 0.0 and not home.isSetSize()
    return bool(species.getHasOnlySubstanceUnits()) or point


def _parameter(element: Any) -> Draft:
    given = number(element.getValue()) if element.isSetValue() else None
    return Draft(str(element.getId()), element, str(element.getUnits()), given)


def _stoichiometry(reference: Any) -> Draft:
    return Draft(
        str(reference.getIdAttribute()), reference, "dimensionless", given_stoichiometry(reference)
    )


def given_stoichiometry(reference: Any) -> Expression | None:
    """The number on a species reference; None if Level 3 leaves it out (Level 2 means 1)."""
    if reference.getLevel() >= 3 and not reference.isSetStoichiometry():
        return None
    return number(reference.getStoichiometry() / max(reference.getDenominator(), 1))


def _references(model: Any) -> list[Any]:
    reactions = [model.getReaction(i) for i in range(model.getNumReactions())]
    return [reference for reaction in reactions for reference, _ in participants(reaction)]


def participants(reaction: Any) -> list[tuple[Any, float]]:
    """Each reactant of a reaction with -1 and each product with 1."""
    reactants = [reaction.getReactant(i) for i in range(reaction.getNumReactants())]
    products = [reaction.getProduct(i) for i in range(reaction.getNumProducts())]
    return [(r, -1.0) for r in reactants] + [(p, 1.0) for p in products]


def local_parameters(reaction: Any, drafts: Drafts, taken: set[str]) -> dict[str, str]:
    """Add a reaction's local parameters as ``<reaction>_<local>``; local id to that one."""
    law, spelt = reaction.getKineticLaw(), {}
    for i in range(law.getNumParameters()):
        element = law.getParameter(i)
        unique = f"{reaction.getId()}_{element.getId()}"
        while unique in drafts or unique in taken:
            unique += "_"
        given = number(element.getValue()) if element.isSetValue() else None
        drafts[unique] = Draft(unique, element, str(element.getUnits()), given)
        spelt[str(element.getId())] = unique
    return spelt


def net_rate(draft: Draft) -> Expression | None:
    """The rate of change of what a species' id means, from its reactions; None if none moves it."""
    total: Expression | None = None
    for reaction, coefficient in draft.terms.items():
        total = _with_term(total, coefficient, name(reaction))
    return operation("div", total, name(draft.home)) if total is not None and draft.home else total


def _with_term(
    total: Expression | None, coefficient: Expression, flux: Expression
) -> Expression | None:
    """`total` + `coefficient` * `flux`, with the sign of the coefficient taken out of it."""
    if coefficient is number(0.0):
        return total
    down, size = coefficient.op == "neg", coefficient
    if down:
        size = coefficient.args[0]
    elif coefficient.op == "number" and total is not None:
        down, size = coefficient.value < 0.0, number(abs(coefficient.value))
    if size is number(-1.0):
        return operation("neg", flux)
    term = flux if size is number(1.0) else operation("mul", size, flux)
    if total is None:
        return operation("neg", term) if down else term
    return operation("sub" if down else "add", total, term)
