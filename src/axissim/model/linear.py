"""Formulas that are linear in some of their names, and small systems of such formulas."""

from __future__ import annotations

from collections.abc import Mapping, Set

from axissim.model.expression import ONE, ZERO, Expression, in_order, operation
from axissim.model.passes import fold

CONSTANT = ""  # the key of what is multiplied by no unknown
Parts = dict[str, Expression]


def linear(root: Expression, unknowns: Set[str]) -> Parts | None:
    """`root` as a sum of coefficients times unknowns.

    Returns
    -------
    dict or None
        Unknown to coefficient, `CONSTANT` to the rest, where there are any; None if `root` is not
        seen to be linear.
    """
    found: dict[Expression, Parts | None] = {}
    for node in in_order([root]):
        parts = [found[arg] for arg in node.args]
        if node.op == "name" and node.value in unknowns:
            found[node] = {node.value: ONE}
        elif all(part is not None and part.keys() <= {CONSTANT} for part in parts):
            found[node] = {CONSTANT: node}
        else:
            found[node] = _combined(node, parts)
    return found[root]


def _combined(node: Expression, parts: list[Parts | None]) -> Parts | None:
    """The parts of a node that reads an unknown, from those of its operands."""
    if node.op == "where" and parts[0] is not None and parts[0].keys() <= {CONSTANT}:
        first, second = parts[1:]
        if first is None or second is None:
            return None
        condition = node.args[0]
        return {
            key: operation("where", condition, first.get(key, ZERO), second.get(key, ZERO))
            for key in [*first, *(k for k in second if k not in first)]
        }
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if node.op in ("add", "sub"):
        return _summed(node.op, *known)
    if node.op == "neg":
        return {key: operation("neg", part) for key, part in known[0].items()}
    free = [part.keys() <= {CONSTANT} for part in known]
    if node.op == "mul" and any(free):
        scale, of = (node.args[0], known[1]) if free[0] else (node.args[1], known[0])
        return {
            key: scale if part is ONE else operation("mul", scale, part) for key, part in of.items()
        }
    if node.op == "div" and free[1]:
        return {key: operation("div", part, node.args[1]) for key, part in known[0].items()}
    return None


def _summed(op: str, first: Parts, second: Parts) -> Parts:
    total = dict(first)
    for key, part in second.items():
        if key in total:
            total[key] = operation(op, total[key], part)
        else:
            total[key] = part if op == "add" else operation("neg", part)
    return total


def solved(matrix: list[list[Expression]], right: list[Expression]) -> list[Expression] | None:
    """The solution of a small linear system by Cramer's rule, which has no pivot to choose.

    None if its determinant is zero whatever the entries are.
    """
    below = _determinant(matrix)
    if below.op == "number" and below.value == 0.0:
        return None
    found = []
    for column in range(len(right)):
        replaced = [[*row[:column], right[at], *row[column + 1 :]] for at, row in enumerate(matrix)]
        found.append(_quotient(_determinant(replaced), below))
    return fold(found)


def _quotient(above: Expression, below: Expression) -> Expression:
    if below.op == "number" and below.value == -1.0:
        return operation("neg", above)
    return operation("div", above, below)


def _determinant(matrix: list[list[Expression]]) -> Expression:
    """By expansion along the first row; ZERO only if no product of entries is left."""
    if len(matrix) == 1:
        return fold([matrix[0][0]])[0]
    total = ZERO
    for column, entry in enumerate(matrix[0]):
        minor = ZERO
        if entry is not ZERO:
            minor = _determinant([row[:column] + row[column + 1 :] for row in matrix[1:]])
        if minor is ZERO:
            continue
        term = operation("mul", entry, minor)
        if total is ZERO:
            total = operation("neg", term) if column % 2 else term
        else:
            total = operation("sub" if column % 2 else "add", total, term)
    return fold([total])[0]


def weighted(terms: Mapping[str, Expression], values: Mapping[str, Expression]) -> Expression:
    """The sum of coefficients times values."""
    total = ZERO
    for key, coefficient in terms.items():
        if values[key] is not ZERO and coefficient is not ZERO:
            term = operation("mul", coefficient, values[key])
            total = term if total is ZERO else operation("add", total, term)
    return fold([total])[0]
