"""PEtab's formulas as expressions."""

from __future__ import annotations

import math
from typing import Any

from axissim.model.expression import TIME, Expression, name, number, operation

_ALIKE = {
    "exp": "exp", "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh", "cosh": "cosh",
    "tanh": "tanh", "asin": "asin", "acos": "acos", "atan": "atan", "asinh": "asinh",
    "acosh": "acosh", "atanh": "atanh", "Abs": "absolute", "StrictLessThan": "lt",
    "LessThan": "le", "StrictGreaterThan": "gt", "GreaterThan": "ge", "Equality": "eq",
    "Unequality": "ne", "Not": "negated", "log": "log", "Pow": "power",
}  # fmt: skip
_FOLDED = {
    "Add": "add",
    "Mul": "mul",
    "Max": "maximum",
    "Min": "minimum",
    "And": "both",
    "Or": "either",
}


def from_petab(text: Any, where: str) -> Expression:
    """A formula of PEtab 1; ValueError says what cannot be read, and where.

    Parameters
    ----------
    text : str or float
    where : str
        What the formula is of, for the message.
    """
    from petab.v1.math import sympify_petab

    try:
        return _turned(sympify_petab(text))
    except (ValueError, TypeError) as wrong:
        raise ValueError(f"{where}: '{text}' cannot be read: {wrong}") from None


def _turned(node: Any) -> Expression:
    kind = type(node).__name__
    if node.is_Symbol:
        return TIME if node.name == "time" else name(str(node.name))
    if node.is_number and not node.args:
        return number(float(node))
    if kind in ("BooleanTrue", "BooleanFalse"):
        return number(float(kind == "BooleanTrue"))
    if kind == "Piecewise":
        return _pieces([(_turned(value), _turned(test)) for value, test in node.args])
    args = [_turned(arg) for arg in node.args]
    if kind in _FOLDED:
        return _joined(_FOLDED[kind], args)
    if kind == "Pow" and node.args[1] == -1:
        return operation("div", number(1.0), args[0])
    if kind not in _ALIKE:
        raise ValueError(f"'{kind}' is not known")
    return operation(_ALIKE[kind], *args)


def _joined(op: str, args: list[Expression]) -> Expression:
    total = args[0]
    for arg in args[1:]:
        total = operation(op, total, arg)
    return total


def _pieces(pieces: list[tuple[Expression, Expression]]) -> Expression:
    total = number(math.nan)
    for value, test in reversed(pieces):
        total = (
            value if test.op == "number" and test.value else operation("where", test, value, total)
        )
    return total


def from_text(text: Any, where: str) -> Expression:
    """A formula as axissim writes it, such as ``"scale*eda + offset"``."""
    from axissim.model.text import parse

    try:
        return parse(str(text))
    except ValueError as wrong:
        raise ValueError(f"{where}: {wrong}") from None
