"""An SBML document's formulas, reactions, rules and initial assignments, read into drafts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from axissim.model.drafts import (
    Draft,
    Drafts,
    drafted,
    given_stoichiometry,
    local_parameters,
    net_rate,
    participants,
)
from axissim.model.expression import Expression, name, names, number, operation
from axissim.model.initial import circle, settle
from axissim.model.mathml import Functions, MathError, MathRefusedError, called, defined, expression
from axissim.model.model import suggestion
from axissim.model.refusal import Source
from axissim.model.sbml_units import Units


@dataclass
class Reading:
    """One libSBML model on its way to a `Model`.

    Attributes
    ----------
    drafts, reactions : dict
        The quantities, and the reactions' rates, by id in the document's order.
    """

    sbml: Any
    source: Source
    functions: Functions = field(default_factory=Functions)
    drafts: Drafts = field(default_factory=dict)
    reactions: Drafts = field(default_factory=dict)

    def read(self, units: Units) -> None:
        """Fill `drafts` and `reactions`, with every formula resolved."""
        self._read_functions()
        self.drafts = drafted(self.sbml, units, self.source)
        self._read_reactions(units)
        self._read_rules()
        self._read_initial_assignments()
        for draft in self.drafts.values():
            if draft.terms:
                draft.rate = net_rate(draft)
        settle(self.drafts | self.reactions, self.source)

    def elements(self, kind: str) -> list[Any]:
        """The model's elements of a kind, as libSBML names it."""
        count = getattr(self.sbml, f"getNum{kind}s")()
        return [getattr(self.sbml, f"get{kind}")(i) for i in range(count)]

    def _formula(self, element: Any, spelt: Mapping[str, str] | None = None) -> Expression | None:
        """The formula of an element; None if it has none (Level 3 Version 2 allows that)."""
        ast = element.getMath()
        if ast is None:
            return None
        try:
            formula = expression(ast, self.functions, spelt)
        except MathRefusedError as lacking:
            raise self.source.refusal(element, str(lacking)) from None
        except MathError as wrong:
            raise self.source.error(element, str(wrong)) from None
        for missing in sorted(names(formula)):
            if missing not in self.drafts and missing not in self.reactions:
                near = suggestion(missing, [*self.drafts, *self.reactions])
                raise self.source.error(
                    element, f"reads '{missing}', which is not defined{near or '; define it'}"
                )
        return formula

    def _read_functions(self) -> None:
        """The function definitions, those that are called before those that call them."""
        given = {str(f.getId()): f for f in self.elements("FunctionDefinition") if f.getMath()}
        calls = {key: called(element.getMath()) for key, element in given.items()}
        found = circle(calls)
        if found:
            raise self.source.error(
                given[found[0]], f"calls itself: {' -> '.join(found)}; write it without recursion"
            )
        waiting = list(reversed(given))
        while waiting:
            key = waiting.pop()
            missing = [k for k in calls[key] if k in given and k not in self.functions.bodies]
            if missing:
                waiting.extend([key, *missing])
            elif key not in self.functions.bodies:
                self._read_function(key, given[key])

    def _read_function(self, key: str, element: Any) -> None:
        try:
            self.functions.bodies[key] = defined(element.getMath(), self.functions)
        except MathRefusedError as lacking:
            raise self.source.refusal(element, str(lacking)) from None
        except MathError as wrong:
            raise self.source.error(element, str(wrong)) from None

    def _read_reactions(self, units: Units) -> None:
        reactions = self.elements("Reaction")
        unit = units.of_reaction()
        for reaction in reactions:
            key = str(reaction.getId())
            if not key or key in self.drafts or key in self.reactions:
                raise self.source.error(reaction, "has no id of its own; give it one")
            self.reactions[key] = Draft(key, reaction, unit)
        for reaction in reactions:
            if reaction.isSetFast() and reaction.getFast():
                raise self.source.refusal(reaction, "fast reactions")
            self.reactions[str(reaction.getId())].rule = self._flux(reaction)
            self._count(reaction)

    def _flux(self, reaction: Any) -> Expression:
        law = reaction.getKineticLaw()
        if law is None:
            raise self.source.error(reaction, "has no kinetic law; give it one")
        spelt = local_parameters(reaction, self.drafts, set(self.reactions))
        formula = self._formula(law, spelt)
        if formula is None:
            raise self.source.error(law, "has no formula; give it one")
        return formula

    def _count(self, reaction: Any) -> None:
        """Add what a reaction makes and takes of each species to the species' draft."""
        for reference, sign in participants(reaction):
            if reference.isSetStoichiometryMath():
                raise self.source.refusal(reference, "stoichiometryMath")
            draft = self.drafts.get(str(reference.getSpecies()))
            if draft is None or draft.element.getElementName() != "species":
                what = f"in reaction '{reaction.getId()}' is of a species that is not defined"
                raise self.source.error(reference, f"{what}; define it")
            if draft.element.getBoundaryCondition() or draft.element.getConstant():
                continue
            coefficient = self._coefficient(reference, sign, str(reaction.getId()))
            before = draft.terms.get(str(reaction.getId()), number(0.0))
            draft.terms[str(reaction.getId())] = _sum(before, coefficient)

    def _coefficient(self, reference: Any, sign: float, reaction: str) -> Expression:
        if reference.getIdAttribute():
            named = name(str(reference.getIdAttribute()))
            return named if sign > 0 else operation("neg", named)
        given = given_stoichiometry(reference)
        if given is None:
            raise self.source.error(
                reference, f"in reaction '{reaction}' has no stoichiometry; give it one"
            )
        return number(sign * given.value)

    def _read_rules(self) -> None:
        for rule in self.elements("Rule"):
            if rule.isAlgebraic():
                raise self.source.refusal(rule, "algebraic rules")
            draft = self.drafts.get(str(rule.getVariable()))
            if draft is None:
                raise self.source.error(rule, self._undefined(rule.getVariable()))
            formula = self._formula(rule)
            if formula is None:
                continue
            self._refuse_target(rule, draft)
            if rule.isAssignment():
                draft.rule = formula
            else:
                draft.rate = formula

    def _refuse_target(self, rule: Any, draft: Draft) -> None:
        kind = draft.element.getElementName()
        if kind == "compartment":
            raise self.source.refusal(rule, "a compartment of variable size")
        if kind == "speciesReference":
            raise self.source.refusal(rule, "variable stoichiometry")
        if draft.rule is not None or draft.rate is not None:
            raise self.source.error(rule, "is the second rule of its variable; keep one")
        if draft.terms:
            raise self.source.error(
                rule, "sets a species that reactions change too; make it a boundary species"
            )
        if draft.element.getConstant():
            raise self.source.error(rule, "sets a constant; declare it as variable")

    def _undefined(self, key: object) -> str:
        near = suggestion(str(key), self.drafts)
        return f"sets what is not defined{near or '; define it'}"

    def _read_initial_assignments(self) -> None:
        for assignment in self.elements("InitialAssignment"):
            draft = self.drafts.get(str(assignment.getSymbol()))
            if draft is None:
                raise self.source.error(assignment, self._undefined(assignment.getSymbol()))
            formula = self._formula(assignment)
            draft.initial = formula if formula is not None else draft.initial


def _sum(x: Expression, y: Expression) -> Expression:
    if x is number(0.0):
        return y
    if x.op == "number" and y.op == "number":
        return number(x.value + y.value)
    return operation("add", x, y)
