"""An SBML document's formulas, functions, rules and initial assignments, read into drafts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from axissim.model.expression import Expression, names
from axissim.model.graphs import circle
from axissim.model.model import suggestion
from axissim.model.reading.drafts import Draft, Drafts
from axissim.model.reading.mathml import (
    Functions,
    MathError,
    MathRefusedError,
    called,
    defined,
    expression,
    has_body,
)
from axissim.model.reading.refusal import Source


@dataclass
class Reading:
    """One libSBML model on its way to a `Model`.

    Attributes
    ----------
    drafts, reactions : dict
        The quantities, and the reactions' rates, by id in the document's order.
    constraints : list
        The algebraic rules, each with what it says is zero.
    combinations : dict
        What fast reactions conserve: its id, to amounts and their coefficients.
    """

    sbml: Any
    source: Source
    functions: Functions = field(default_factory=Functions)
    drafts: Drafts = field(default_factory=dict)
    reactions: Drafts = field(default_factory=dict)
    constraints: list[tuple[Any, Expression]] = field(default_factory=list)
    combinations: dict[str, dict[str, Expression]] = field(default_factory=dict)

    def elements(self, kind: str) -> list[Any]:
        """The model's elements of a kind, as libSBML names it."""
        count = getattr(self.sbml, f"getNum{kind}s")()
        return [getattr(self.sbml, f"get{kind}")(i) for i in range(count)]

    def formula(self, element: Any, spelt: Mapping[str, str] | None = None) -> Expression | None:
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

    def read_functions(self) -> None:
        """The function definitions, those that are called before those that call them."""
        defining = (f for f in self.elements("FunctionDefinition") if has_body(f.getMath()))
        given = {str(function.getId()): function for function in defining}
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

    def read_rules(self) -> None:
        """Give drafts their rules, and fill `constraints`."""
        for rule in self.elements("Rule"):
            if rule.isAlgebraic():
                zero = self.formula(rule)
                if zero is not None:
                    self.constraints.append((rule, zero))
                continue
            draft = self.drafts.get(str(rule.getVariable()))
            if draft is None:
                raise self.source.error(rule, self.undefined(rule.getVariable()))
            formula = self.formula(rule)
            if formula is None:
                continue
            self._refuse_target(rule, draft)
            if rule.isAssignment():
                draft.rule = formula
            else:
                draft.rate = formula

    def _refuse_target(self, rule: Any, draft: Draft) -> None:
        if draft.rule is not None or draft.rate is not None:
            raise self.source.error(rule, "is the second rule of its variable; keep one")
        if draft.terms:
            raise self.source.error(
                rule, "sets a species that reactions change too; make it a boundary species"
            )
        if draft.constant:
            raise self.source.error(rule, "sets a constant; declare it as variable")

    def undefined(self, key: object) -> str:
        near = suggestion(str(key), self.drafts)
        return f"sets what is not defined{near or '; define it'}"

    def read_initial_assignments(self) -> None:
        """Give drafts their initial formulas."""
        for assignment in self.elements("InitialAssignment"):
            draft = self.drafts.get(str(assignment.getSymbol()))
            if draft is None:
                raise self.source.error(assignment, self.undefined(assignment.getSymbol()))
            formula = self.formula(assignment)
            if formula is not None and draft.rule is not None:
                raise self.source.error(
                    assignment, "sets what an assignment rule gives; keep one of the two"
                )
            draft.initial = formula if formula is not None else draft.initial
