"""Expressions as text: written with the brackets they need, and read back."""

from __future__ import annotations

import re
from collections.abc import Callable

from axissim.model.expression import (
    ONE,
    OPERATIONS,
    TIME,
    ZERO,
    Expression,
    in_order,
    name,
    number,
    operation,
)


def show(root: Expression, spell: Callable[[str], str] = str) -> str:
    """`root` as text that `parse` reads back, with only the brackets it needs.

    Parameters
    ----------
    spell : callable
        How an identifier is written.
    """
    texts: dict[Expression, tuple[str, int]] = {}
    for node in in_order([root]):
        texts[node] = _spelt(node, [texts[arg] for arg in node.args], spell)
    return texts[root][0]


def condition(root: Expression) -> Expression:
    """A truth value without a detour by the numbers 1 and 0: ``where(c, 1, 0) != 0`` is ``c``."""
    while root.op == "ne" and root.args[1] is ZERO:
        of = root.args[0]
        if of.op == "where" and of.args[1] is ONE and of.args[2] is ZERO:
            root = of.args[0]
        elif of.op in OPERATIONS and OPERATIONS[of.op].truth:
            root = of
        else:
            break
    return root


def _spelt(
    node: Expression, args: list[tuple[str, int]], spell: Callable[[str], str]
) -> tuple[str, int]:
    """Text of one node and how tightly it binds."""
    if node.op == "number":
        text = repr(node.value)
        return text.removesuffix(".0"), 100 if node.value >= 0 else 70
    if node.op in ("name", "time"):
        return spell(node.value) if node.op == "name" else "time", 100
    row = OPERATIONS[node.op]
    if not row.infix:
        return f"{node.op}({', '.join(text for text, _ in args)})", 100
    if row.arity == 1:
        return row.infix + _bracketed(args[0], row.binding), row.binding
    right_first = node.op == "power"
    left = _bracketed(args[0], row.binding + right_first)
    right = _bracketed(args[1], row.binding + (not right_first))
    gap = "" if right_first else " "
    return f"{left}{gap}{row.infix}{gap}{right}", row.binding


def _bracketed(text: tuple[str, int], least: int) -> str:
    return text[0] if text[1] >= least else f"({text[0]})"


_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign><=|>=|==|!=|&&|\|\||[-+*/^<>!(),]))",
    re.ASCII,
)
_INFIX = {row.infix: op for op, row in OPERATIONS.items() if row.infix and row.arity == 2}
_DEPTH = 200


def parse(text: str) -> Expression:
    """Read an infix formula such as ``"Vd*eda/(Kd + eda)"``.

    Raises
    ------
    ValueError
        Names what cannot be read and where it stands.
    """
    tokens = _tokens(text)
    root, rest = _parsed(tokens, 0, 0, 0)
    if tokens[rest][0] != "end":
        raise ValueError(f"cannot read '{tokens[rest][1]}' in '{text}'")
    return root


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, at, text = [], 0, text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"cannot read '{text[at:].strip()[:20]}' in '{text}'")
        tokens.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
    return [*tokens, ("end", "the end")]


def _parsed(
    tokens: list[tuple[str, str]], at: int, least: int, depth: int
) -> tuple[Expression, int]:
    """Read, from token `at`, as much as binds at least as tightly as `least`."""
    if depth > _DEPTH:
        raise ValueError(f"the formula is nested more than {_DEPTH} deep; name its parts")
    left, at = _operand(tokens, at, depth)
    while tokens[at][1] in _INFIX and tokens[at][0] == "sign":
        op = _INFIX[tokens[at][1]]
        binding = OPERATIONS[op].binding
        if binding < least:
            break
        right, at = _parsed(tokens, at + 1, binding + (op != "power"), depth + 1)
        left = operation(op, left, right)
    return left, at


def _operand(tokens: list[tuple[str, str]], at: int, depth: int) -> tuple[Expression, int]:
    kind, text = tokens[at]
    if kind == "number":
        return number(float(text)), at + 1
    if kind == "name":
        if tokens[at + 1][1] == "(":
            return _call(text, tokens, at + 2, depth)
        return (TIME if text == "time" else name(text)), at + 1
    if text == "(":
        inner, at = _parsed(tokens, at + 1, 0, depth + 1)
        return inner, _expect(")", tokens, at)
    if text in ("-", "!"):
        op = "neg" if text == "-" else "negated"
        inner, at = _parsed(tokens, at + 1, OPERATIONS[op].binding, depth + 1)
        return operation(op, inner), at
    raise ValueError(f"cannot read '{text}' where a value should stand")


def _call(op: str, tokens: list[tuple[str, str]], at: int, depth: int) -> tuple[Expression, int]:
    args = []
    while tokens[at][1] != ")":
        arg, at = _parsed(tokens, at, 0, depth + 1)
        args.append(arg)
        if tokens[at][1] != ")":
            at = _expect(",", tokens, at)
    return operation(op, *args), at + 1


def _expect(text: str, tokens: list[tuple[str, str]], at: int) -> int:
    if tokens[at][1] != text:
        raise ValueError(f"expected '{text}', found '{tokens[at][1]}'")
    return at + 1
