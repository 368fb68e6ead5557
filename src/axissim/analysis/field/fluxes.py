"""Rates as sums of fluxes: each distinct flux once, with its coefficient in every rate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from axissim.model.expression import (
    ONE,
    TIME,
    Expression,
    in_order,
    names,
    operation,
    value,
)
from axissim.model.passes import fold

Core = frozenset[tuple[Expression, int]]  # what moves in a flux: factors and their exponents
Form = dict[Core, Expression]  # a sum: each flux and its coefficient, which does not move

_NOTHING: Core = frozenset()


def fluxes(rates: Sequence[Expression], moving: Iterable[str]) -> tuple[list[Form], set[str]]:
    """Each rate as a sum of fluxes with coefficients.

    A flux is a product of what moves; constants are taken out of it, and a constant times a sum is
    distributed, so that ``k*(a - b)/V`` and ``k*b - k*a`` are seen to be of the same fluxes.

    Returns
    -------
    list of dict, set of str
        The rates, and the names that coefficients read.
    """
    moves, forms = set(moving), dict[Expression, Form]()
    for node in in_order(rates):
        forms[node] = _form(node, [forms[arg] for arg in node.args], moves)
    found = [forms[rate] for rate in rates]
    read = set[str]().union(*(names(*form.values()) for form in found if form))
    return found, read


def stoichiometry(forms: Sequence[Form], env: Mapping[str, float]) -> Any:
    """The coefficients (rates, fluxes) where `env` gives the numbers."""
    cores = list(dict.fromkeys(core for form in forms for core in form))
    place = {core: at for at, core in enumerate(cores)}
    matrix = np.zeros((len(forms), len(cores)))
    for row, form in zip(matrix, forms, strict=True):
        for core, coefficient in form.items():
            row[place[core]] = value(coefficient, env)
    return matrix


def _form(node: Expression, args: list[Form], moves: set[str]) -> Form:
    if node is TIME or (node.op == "name" and node.value in moves):
        return {frozenset({(node, 1)}): ONE}
    if all(form.keys() <= {_NOTHING} for form in args):
        return {_NOTHING: node}
    if node.op in ("add", "sub"):
        return _sum(args[0], args[1], node.op)
    if node.op == "neg":
        return {core: operation("neg", c) for core, c in args[0].items()}
    if node.op == "mul":
        return _product(node, args[0], args[1], 1)
    if node.op == "div":
        return _product(node, args[0], args[1], -1)
    return {frozenset({(node, 1)}): ONE}


def _sum(first: Form, second: Form, op: str) -> Form:
    total = dict(first)
    for core, c in second.items():
        if core in total:
            total[core] = operation(op, total[core], c)
        else:
            total[core] = c if op == "add" else operation("neg", c)
    return total


def _product(node: Expression, first: Form, second: Form, sign: int) -> Form:
    """A product or quotient."""
    op = "mul" if sign > 0 else "div"
    if second.keys() <= {_NOTHING}:
        by = second.get(_NOTHING, ONE)
        return {core: fold([operation(op, c, by)])[0] for core, c in first.items()}
    if first.keys() <= {_NOTHING} and sign > 0:
        by = first.get(_NOTHING, ONE)
        return {core: fold([operation("mul", by, c)])[0] for core, c in second.items()}
    (core, c), (other, d) = _single(first, node.args[0]), _single(second, node.args[1])
    exponents = dict(core)
    for factor, exponent in other:
        exponents[factor] = exponents.get(factor, 0) + sign * exponent
    whole = frozenset((factor, e) for factor, e in exponents.items() if e)
    return {whole: fold([operation(op, c, d)])[0]}


def _single(form: Form, node: Expression) -> tuple[Core, Expression]:
    """A form as one flux; a sum is a factor of its own."""
    if len(form) == 1:
        return next(iter(form.items()))
    return frozenset({(node, 1)}), ONE
