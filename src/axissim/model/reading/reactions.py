"""An SBML document's reactions: their rates, and how many of each species they make and take."""

from __future__ import annotations

import logging
from typing import Any

from axissim.model.expression import ZERO, Expression, name, number, operation
from axissim.model.reading.document import Reading
from axissim.model.reading.drafts import Draft, add, unique
from axissim.model.reading.units import Units

log = logging.getLogger("axissim")


def read_stoichiometries(reading: Reading) -> None:
    """Add a draft of each stoichiometry that has an id."""
    for reaction in reading.elements("Reaction"):
        for reference, _ in _participants(reaction):
            key = str(reference.getIdAttribute())
            if key:
                given = _given(reference)
                draft = Draft(
                    key, reference, "dimensionless", given, constant=_is_constant(reference)
                )
                add(reading.drafts, draft, reading.source)


def _is_constant(reference: Any) -> bool:
    return bool(reference.getLevel() >= 3 and reference.getConstant())


def _given(reference: Any) -> Expression | None:
    """The number on a species reference; None if Level 3 leaves it out (Level 2 means 1)."""
    if reference.getLevel() >= 3 and not reference.isSetStoichiometry():
        return None
    return number(reference.getStoichiometry() / max(reference.getDenominator(), 1))


def read_reactions(reading: Reading, units: Units) -> None:
    """Fill `reading.reactions`, and the terms of the species' drafts."""
    reactions = reading.elements("Reaction")
    unit = units.of_reaction()
    for reaction in reactions:
        key = str(reaction.getId())
        if not key or key in reading.drafts or key in reading.reactions:
            raise reading.source.error(reaction, "has no id of its own; give it one")
        reading.reactions[key] = Draft(key, reaction, unit)
    for reaction in reactions:
        reading.reactions[str(reaction.getId())].rule = _flux(reading, reaction)
        _count(reading, reaction)


def _flux(reading: Reading, reaction: Any) -> Expression:
    law = reaction.getKineticLaw()
    if law is None:
        raise reading.source.error(reaction, "has no kinetic law; give it one")
    spelt = _local_parameters(reading, reaction)
    formula = reading.formula(law, spelt)
    if formula is None:  # Level 3 Version 2 lets a law be empty: nothing is said to happen
        log.warning("%s: the reaction has an empty law; it does not run", reading.source.place(law))
    return formula if formula is not None else ZERO


def _participants(reaction: Any) -> list[tuple[Any, float]]:
    """Each reactant of a reaction with -1 and each product with 1."""
    reactants = [reaction.getReactant(i) for i in range(reaction.getNumReactants())]
    products = [reaction.getProduct(i) for i in range(reaction.getNumProducts())]
    return [(r, -1.0) for r in reactants] + [(p, 1.0) for p in products]


def _local_parameters(reading: Reading, reaction: Any) -> dict[str, str]:
    """Add a reaction's local parameters as ``<reaction>_<local>``; local id to that one."""
    law, spelt = reaction.getKineticLaw(), {}
    for i in range(law.getNumParameters()):
        element = law.getParameter(i)
        key = unique(f"{reaction.getId()}_{element.getId()}", reading.drafts, reading.reactions)
        given = number(element.getValue()) if element.isSetValue() else None
        reading.drafts[key] = Draft(key, element, str(element.getUnits()), given, constant=True)
        spelt[str(element.getId())] = key
    return spelt


def _count(reading: Reading, reaction: Any) -> None:
    """Add what a reaction makes and takes of each species to the species' draft."""
    key = str(reaction.getId())
    for reference, sign in _participants(reaction):
        draft = reading.drafts.get(str(reference.getSpecies()))
        if draft is None or draft.element.getElementName() != "species":
            what = f"in reaction '{key}' is of a species that is not defined"
            raise reading.source.error(reference, f"{what}; define it")
        coefficient = _coefficient(reading, reference, sign, key)
        if not (draft.element.getBoundaryCondition() or draft.constant):
            draft.terms[key] = _sum(draft.terms.get(key, number(0.0)), coefficient)


def _coefficient(reading: Reading, reference: Any, sign: float, reaction: str) -> Expression:
    """How many of a species one turn of a reaction makes."""
    formula = None
    if reference.isSetStoichiometryMath():
        formula = reading.formula(reference.getStoichiometryMath())
    key = str(reference.getIdAttribute())
    if key:
        if formula is not None:
            reading.drafts[key].rule = formula
        formula = name(key)
    given = formula if formula is not None else _given(reference)
    if given is None:
        raise reading.source.error(
            reference, f"in reaction '{reaction}' has no stoichiometry; give it one"
        )
    if given.op == "number":
        return number(sign * given.value)
    return given if sign > 0 else operation("neg", given)


def _sum(x: Expression, y: Expression) -> Expression:
    if x is number(0.0):
        return y
    if x.op == "number" and y.op == "number":
        return number(x.value + y.value)
    return operation("add", x, y)


def amount_rate(draft: Draft) -> Expression | None:
    """The rate of change of a species' amount by its reactions; None if none moves it."""
    total: Expression | None = None
    for reaction, coefficient in draft.terms.items():
        total = _with_term(total, coefficient, name(reaction))
    return (
        operation("mul", name(draft.factor), total) if total is not None and draft.factor else total
    )


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
