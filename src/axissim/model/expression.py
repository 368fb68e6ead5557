"""Expressions: one frozen node type and one table of operations, which everything else reads.

Nodes are hash-consed: building the same expression twice gives the same object, so equality is
identity and a common sub-expression is found by looking, not by searching.  A truth value is the
number 1 or 0, as in SBML Level 3 Version 2.
"""

from __future__ import annotations

import math
import re
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


class Expression:
    """One node: a number, a name, the time, or an operation on other nodes.

    Attributes
    ----------
    op : str
        ``"number"``, ``"name"``, ``"time"`` or a key of `OPERATIONS`.
    args : tuple of Expression
        The operands, empty for the first three.
    value : float, str or None
        The number, or the identifier.
    """

    __slots__ = ("__weakref__", "args", "op", "value")

    op: str
    args: tuple[Expression, ...]
    value: Any

    def __setattr__(self, key: str, value: object) -> None:
        raise AttributeError("an Expression is frozen")

    def __repr__(self) -> str:
        return f"<{show(self)}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _node, (self.op, self.args, self.value)


_nodes: weakref.WeakValueDictionary[Any, Expression] = weakref.WeakValueDictionary()


def _node(op: str, args: tuple[Expression, ...] = (), value: Any = None) -> Expression:
    key = (op, args, repr(value))  # repr tells -0.0 from 0.0 and finds nan again
    found = _nodes.get(key)
    if found is None:
        found = object.__new__(Expression)
        for slot, content in (("op", op), ("args", args), ("value", value)):
            object.__setattr__(found, slot, content)
        found = _nodes.setdefault(key, found)
    return found


def number(value: float) -> Expression:
    """The constant `value`."""
    return _node("number", value=float(value))


def name(identifier: str) -> Expression:
    """The quantity called `identifier`."""
    return _node("name", value=identifier)


def operation(op: str, *args: Expression) -> Expression:
    """`op` of `args`; ValueError names an unknown operation or a wrong count of operands."""
    row = OPERATIONS.get(op)
    if row is None:
        raise ValueError(f"unknown operation '{op}'")
    if len(args) != row.arity:
        raise ValueError(f"'{op}' takes {row.arity} operand(s), not {len(args)}")
    return _node(op, args)


TIME = _node("time")
ZERO, ONE = number(0.0), number(1.0)

Slope = Callable[..., "Expression"]


@dataclass(frozen=True)
class Operation:
    """A row of the table: how an operation is spelt, how tightly it binds, its value, its slopes.

    `slopes` holds, for each operand, a function of all operands (and, last, of the node itself)
    that gives the partial derivative; an empty tuple means the derivative is zero almost
    everywhere.  An operation that picks one of its last two operands has a `choice` instead, the
    truth of which picks the first: its derivative is that of the operand picked.
    """

    arity: int
    value: Callable[..., Any]
    slopes: tuple[Slope, ...] = ()
    choice: Slope | None = None
    infix: str = ""
    binding: int = 100
    truth: bool = False


def _truth(test: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: np.where(test(*args), 1.0, 0.0)[()]


def _o(op: str) -> Callable[..., Expression]:
    return lambda *args: operation(op, *args)


_add, _sub, _mul, _div, _neg = _o("add"), _o("sub"), _o("mul"), _o("div"), _o("neg")
_pow, _exp, _log, _where, _sqrt = _o("power"), _o("exp"), _o("log"), _o("where"), _o("sqrt")


def _inverse(of: Expression) -> Expression:
    return _div(ONE, of)


def _square(of: Expression) -> Expression:
    return _mul(of, of)


def _power_slope(x: Expression, n: Expression, node: Expression) -> Expression:
    """n x^(n-1), written n x^n / x so that the power is shared; 0 at x = 0 unless n is 1 or less."""
    if n.op == "number":
        return _mul(n, _pow(x, number(n.value - 1.0)) if n.value == round(n.value) else _over(node, x))
    return _mul(n, _over(node, x))


def _over(node: Expression, x: Expression) -> Expression:
    tiny = operation("lt", operation("absolute", x), number(1e-300))
    return _mul(node, _where(tiny, ZERO, _inverse(_where(tiny, ONE, x))))


def _log_slope(x: Expression, n: Expression, node: Expression) -> Expression:
    """x^n log x, which is 0 at x = 0."""
    positive = operation("gt", x, ZERO)
    return _mul(node, _where(positive, _log(_where(positive, x, ONE)), ZERO))


def _factorial(x: Any) -> Any:
    from scipy.special import gamma

    return np.round(gamma(np.asarray(x, float) + 1.0))[()]


_LOG10_E = 1.0 / math.log(10.0)

OPERATIONS: dict[str, Operation] = {
    "add": Operation(2, np.add, (lambda x, y, r: ONE, lambda x, y, r: ONE), infix="+", binding=50),
    "sub": Operation(2, np.subtract, (lambda x, y, r: ONE, lambda x, y, r: number(-1.0)), infix="-", binding=50),
    "mul": Operation(2, np.multiply, (lambda x, y, r: y, lambda x, y, r: x), infix="*", binding=60),
    "div": Operation(
        2,
        np.divide,
        (lambda x, y, r: _inverse(y), lambda x, y, r: _neg(_mul(r, _inverse(y)))),
        infix="/",
        binding=60,
    ),
    "neg": Operation(1, np.negative, (lambda x, r: number(-1.0),), infix="-", binding=70),
    "power": Operation(2, np.power, (_power_slope, _log_slope), infix="^", binding=80),
    "exp": Operation(1, np.exp, (lambda x, r: r,)),
    "log": Operation(1, np.log, (lambda x, r: _inverse(x),)),
    "log10": Operation(1, np.log10, (lambda x, r: _div(number(_LOG10_E), x),)),
    "sqrt": Operation(1, np.sqrt, (lambda x, r: _div(number(0.5), r),)),
    "absolute": Operation(
        1, np.abs, (lambda x, r: _where(operation("ge", x, ZERO), ONE, number(-1.0)),)
    ),
    "floor": Operation(1, np.floor),
    "ceil": Operation(1, np.ceil),
    "factorial": Operation(1, _factorial),
    "minimum": Operation(2, np.minimum, choice=lambda x, y: operation("le", x, y)),
    "maximum": Operation(2, np.maximum, choice=lambda x, y: operation("ge", x, y)),
    "sin": Operation(1, np.sin, (lambda x, r: operation("cos", x),)),
    "cos": Operation(1, np.cos, (lambda x, r: _neg(operation("sin", x)),)),
    "tan": Operation(1, np.tan, (lambda x, r: _add(ONE, _square(r)),)),
    "sinh": Operation(1, np.sinh, (lambda x, r: operation("cosh", x),)),
    "cosh": Operation(1, np.cosh, (lambda x, r: operation("sinh", x),)),
    "tanh": Operation(1, np.tanh, (lambda x, r: _sub(ONE, _square(r)),)),
    "asin": Operation(1, np.arcsin, (lambda x, r: _inverse(_sqrt(_sub(ONE, _square(x)))),)),
    "acos": Operation(1, np.arccos, (lambda x, r: _neg(_inverse(_sqrt(_sub(ONE, _square(x))))),)),
    "atan": Operation(1, np.arctan, (lambda x, r: _inverse(_add(ONE, _square(x))),)),
    "asinh": Operation(1, np.arcsinh, (lambda x, r: _inverse(_sqrt(_add(_square(x), ONE))),)),
    "acosh": Operation(1, np.arccosh, (lambda x, r: _inverse(_sqrt(_sub(_square(x), ONE))),)),
    "atanh": Operation(1, np.arctanh, (lambda x, r: _inverse(_sub(ONE, _square(x))),)),
    "lt": Operation(2, _truth(np.less), infix="<", binding=40, truth=True),
    "le": Operation(2, _truth(np.less_equal), infix="<=", binding=40, truth=True),
    "gt": Operation(2, _truth(np.greater), infix=">", binding=40, truth=True),
    "ge": Operation(2, _truth(np.greater_equal), infix=">=", binding=40, truth=True),
    "eq": Operation(2, _truth(np.equal), infix="==", binding=40, truth=True),
    "ne": Operation(2, _truth(np.not_equal), infix="!=", binding=40, truth=True),
    "both": Operation(2, _truth(np.logical_and), infix="&&", binding=30, truth=True),
    "either": Operation(2, _truth(np.logical_or), infix="||", binding=20, truth=True),
    "negated": Operation(1, _truth(np.logical_not), infix="!", binding=90, truth=True),
    "where": Operation(
        3,
        lambda c, x, y: np.where(np.asarray(c) != 0.0, x, y)[()],
        choice=lambda c, x, y: c,
    ),
}


def in_order(roots: Sequence[Expression]) -> Iterator[Expression]:
    """Every node under `roots` once, operands before what uses them; without recursion."""
    seen: set[Expression] = set()
    for root in roots:
        stack = [root]
        while stack:
            node = stack[-1]
            waiting = [arg for arg in node.args if arg not in seen] if node not in seen else []
            if waiting:
                stack.extend(reversed(waiting))
                continue
            stack.pop()
            if node not in seen:
                seen.add(node)
                yield node


def names(*roots: Expression) -> set[str]:
    """The identifiers that `roots` read."""
    return {node.value for node in in_order(roots) if node.op == "name"}


def value(root: Expression, env: Mapping[str, Any], time: Any = math.nan) -> Any:
    """The value of `root` where `env` gives the names (floats or arrays that broadcast).

    Follows IEEE 754 (1/0 is inf), silently.  KeyError if a name is missing.
    """
    results: dict[Expression, Any] = {}
    with np.errstate(all="ignore"):
        for node in in_order([root]):
            if node.op == "number":
                results[node] = np.float64(node.value)
            elif node.op == "name":
                results[node] = np.asarray(env[node.value], float)[()]
            elif node.op == "time":
                results[node] = np.asarray(time, float)[()]
            else:
                results[node] = OPERATIONS[node.op].value(*(results[arg] for arg in node.args))
    return results[root]


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


def _call(
    op: str, tokens: list[tuple[str, str]], at: int, depth: int
) -> tuple[Expression, int]:
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
