"""Expressions as Antimony's formulas, with every bracket that its grammar might want."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from axissim.model.expression import ONE, OPERATIONS, ZERO, Expression, in_order, operation
from axissim.model.model import ModelError
from axissim.model.text import condition

_FUNCTIONS = {
    "log": "ln", "absolute": "abs", "minimum": "min", "maximum": "max", "asin": "arcsin",
    "acos": "arccos", "atan": "arctan", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
}  # fmt: skip
_NAMED = {math.pi: "pi", math.e: "exponentiale", math.inf: "INF"}
_TRUE, _FALSE = operation("ne", ONE, ZERO), operation("ne", ZERO, ZERO)
_LEAST = 3e-308  # libSBML takes the text of a subnormal for no number
_WHOLE = 100
_RELATION = OPERATIONS["lt"].binding
_DEEPEST = 150  # brackets within brackets


@dataclass
class _Spelt:
    """A node's text, how tightly it binds, and how deep its brackets go."""

    text: str
    binding: int = _WHOLE
    depth: int = 0
    pieces: str = field(default="", repr=False)  # of a piecewise, without its bracket

    def within(self, least: int) -> _Spelt:
        if self.binding >= least and not (least > _RELATION and self.text.startswith("-")):
            return self
        return _Spelt(f"({self.text})", depth=self.depth + 1)


def formula(root: Expression, spelt: Mapping[str, str], truth: bool = False) -> str:
    """`root` as Antimony.

    Parameters
    ----------
    spelt : mapping
        How each id is written.
    truth : bool
        Whether a truth value is wanted, as of a trigger.

    Raises
    ------
    ModelError
        The brackets are nested too deeply to be read back.
    """
    done: dict[Expression, _Spelt] = {}
    for node in in_order([root]):
        done[node] = _written(node, done, spelt)
    found = _truth(root, done) if truth else _numeric(root, done)
    if found.depth > _DEEPEST:
        raise ModelError(
            f"a formula has brackets over {_DEEPEST} deep; name its parts by assignment rules"
        )
    return found.text


def _written(
    node: Expression, done: Mapping[Expression, _Spelt], spelt: Mapping[str, str]
) -> _Spelt:
    if node.op == "number":
        return _Spelt(written(node.value), _WHOLE if node.value >= 0.0 else 70)
    if node.op in ("name", "time"):
        return _Spelt(spelt[node.value] if node.op == "name" else "time")
    if node is _TRUE or node is _FALSE:
        return _Spelt("true" if node is _TRUE else "false")
    if node.op == "where":
        return _piecewise(node, done)
    if node.op in ("both", "either"):
        return _logical(node, done)
    row = OPERATIONS[node.op]
    args = [_numeric(arg, done) for arg in node.args]
    depth = max(arg.depth for arg in args)
    if node.op == "negated":
        inner = _truth(node.args[0], done)
        return _Spelt(f"!({inner.text})", row.binding, inner.depth + 1)
    if not row.infix:
        word = _FUNCTIONS.get(node.op, node.op)
        return _Spelt(f"{word}({', '.join(arg.text for arg in args)})", depth=depth + 1)
    if node.op == "neg":
        args = [args[0].within(row.binding + 1)]
        return _Spelt(f"-{args[0].text}", row.binding, args[0].depth)
    return _infix(node.op, args)


def _infix(op: str, args: list[_Spelt]) -> _Spelt:
    row = OPERATIONS[op]
    tight = op == "power" or row.truth
    left = args[0] if args[0].binding >= row.binding + tight else args[0].within(_WHOLE)
    right = args[1].within(_WHOLE if op == "power" else row.binding + 1)
    if op == "div" and args[0].text.isdigit() and args[1].text.isdigit():
        right = args[1].within(_WHOLE + 1)  # 9/2 alone in a bracket is taken for one number
    gap = "" if op == "power" else " "
    text = f"{left.text}{gap}{row.infix}{gap}{right.text}"
    return _Spelt(text, row.binding, max(left.depth, right.depth))


def _logical(node: Expression, done: Mapping[Expression, _Spelt]) -> _Spelt:
    """&& and || bind alike in Antimony, so that one within the other is bracketed."""
    row = OPERATIONS[node.op]
    left, right = (_truth(arg, done) for arg in node.args)
    left = left if node.args[0].op == node.op else left.within(_RELATION)
    right = right.within(_RELATION)
    text = f"{left.text} {row.infix} {right.text}"
    return _Spelt(text, row.binding, max(left.depth, right.depth))


def _piecewise(node: Expression, done: Mapping[Expression, _Spelt]) -> _Spelt:
    condition, value, otherwise = node.args
    held, chosen = _truth(condition, done), _numeric(value, done)
    rest = _numeric(otherwise, done)
    depth = max(held.depth, chosen.depth, rest.depth - bool(rest.pieces)) + 1
    pieces = f"{chosen.text}, {held.text}, {rest.pieces or rest.text}"
    return _Spelt(f"piecewise({pieces})", depth=depth, pieces=pieces)


def _truth(node: Expression, done: Mapping[Expression, _Spelt]) -> _Spelt:
    """A node where a truth value is wanted."""
    node = condition(node)
    if _is_truth(node):
        return done[node]
    if node.op == "where" and node.args[1:] == (ONE, ZERO):
        return _truth(node.args[0], done)
    return _infix("ne", [_numeric(node, done), _Spelt("0")])


def _numeric(node: Expression, done: Mapping[Expression, _Spelt]) -> _Spelt:
    """A node where a number is wanted."""
    if not _is_truth(node):
        return done[node]
    pieces = f"1, {done[node].text}, 0"
    return _Spelt(f"piecewise({pieces})", depth=done[node].depth + 1, pieces=pieces)


def _is_truth(node: Expression) -> bool:
    return node.op in OPERATIONS and OPERATIONS[node.op].truth


def written(value: float) -> str:
    """A number as Antimony reads it."""
    if math.isnan(value):
        return "NaN"
    if value in _NAMED or -value in _NAMED:
        return ("-" if value < 0.0 else "") + _NAMED[abs(value)]
    if abs(value) < _LEAST:
        value = math.copysign(0.0, value)
    if math.isinf(float(f"{value:.14e}")):  # the largest floats, to the 15 digits that are kept
        return f"{math.copysign(1.79769313486231e308, value)!r}"
    return repr(value).removesuffix(".0")
