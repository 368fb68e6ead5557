"""Expressions: one frozen node type and one table of operations, which everything else reads.

Nodes are hash-consed: building the same expression twice gives the same object, so equality is
identity and a common sub-expression is found by looking, not by searching.  A truth value is the
number 1 or 0, as in SBML Level 3 Version 2.
"""

from __future__ import annotations

import math
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
        from axissim.model.text import show

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
    truth of which picks the first: its derivative is that of the operand picked.  An operation
    that is not `coded` is gone before there is code: what it reads is not of this moment.
    """

    arity: int
    value: Callable[..., Any]
    slopes: tuple[Slope, ...] = ()
    choice: Slope | None = None
    infix: str = ""
    binding: int = 100
    truth: bool = False
    coded: bool = True


def _truth(test: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: np.asarray(test(*args), float)[()]


def _o(op: str) -> Callable[..., Expression]:
    return lambda *args: operation(op, *args)


_add, _sub, _mul, _div, _neg = _o("add"), _o("sub"), _o("mul"), _o("div"), _o("neg")
_pow, _exp, _log, _where, _sqrt = _o("power"), _o("exp"), _o("log"), _o("where"), _o("sqrt")


def _one(*_: Expression) -> Expression:
    return ONE


def _minus_one(*_: Expression) -> Expression:
    return number(-1.0)


def _inverse(of: Expression) -> Expression:
    return _div(ONE, of)


def _square(of: Expression) -> Expression:
    return _mul(of, of)


def _power_slope(x: Expression, n: Expression, node: Expression) -> Expression:
    """n x^(n-1); for an exponent that is no whole number n x^n / x, so that the power is shared."""
    if n.op == "number" and n.value % 1.0 == 0.0:
        return _mul(n, _pow(x, number(n.value - 1.0))) if n.value else ZERO
    tiny = operation("lt", operation("absolute", x), number(1e-300))
    at_zero = _where(operation("eq", n, ONE), ONE, ZERO)
    return _mul(n, _where(tiny, at_zero, _div(node, _where(tiny, ONE, x))))


def _log_slope(x: Expression, n: Expression, node: Expression) -> Expression:
    """x^n log x, which is 0 at x = 0."""
    positive = operation("gt", x, ZERO)
    return _mul(node, _where(positive, _log(_where(positive, x, ONE)), ZERO))


def _factorial(x: Any) -> Any:
    from scipy.special import gamma

    return np.round(gamma(np.asarray(x, float) + 1.0))[()]


_LOG10_E = 1.0 / math.log(10.0)

OPERATIONS: dict[str, Operation] = {
    "add": Operation(2, np.add, (_one, _one), infix="+", binding=50),
    "sub": Operation(2, np.subtract, (_one, _minus_one), infix="-", binding=50),
    "mul": Operation(2, np.multiply, (lambda x, y, r: y, lambda x, y, r: x), infix="*", binding=60),
    "div": Operation(
        2,
        np.divide,
        (lambda x, y, r: _inverse(y), lambda x, y, r: _neg(_mul(r, _inverse(y)))),
        infix="/",
        binding=60,
    ),
    "neg": Operation(1, np.negative, (_minus_one,), infix="-", binding=70),
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
        lambda c, x, y: np.asarray(np.where(np.asarray(c) != 0.0, x, y))[()],
        choice=lambda c, x, y: c,
    ),
    "delay": Operation(2, lambda x, lag: x, coded=False),
    "rate_of": Operation(1, lambda x: x * math.nan, coded=False),
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
