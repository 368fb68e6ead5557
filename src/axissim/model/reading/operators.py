"""MathML's operators, each as what it is in the operations of expressions.

A truth value stays a comparison or logical node where a truth value is wanted and becomes the
number 1 or 0 where a number is; a number where a truth value is wanted becomes ``x != 0``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from axissim.model.expression import ONE, OPERATIONS, TIME, ZERO, Expression, number, operation

AVOGADRO = 6.02214179e23  # SBML Level 3 Version 2 Core, section 3.4.6, fixes this value
_LONGEST_CHAIN = 64  # a longer sum is bracketed in halves, so that it is not as deep as it is long

Build = Callable[..., Expression]


def numeric(of: Expression) -> Expression:
    """A truth value as the number 1 or 0, anything else as it is."""
    return operation("where", of, ONE, ZERO) if _is_truth(of) else of


def truth(of: Expression) -> Expression:
    """A number as whether it is not 0, anything else as it is."""
    if of.op == "where" and of.args[1:] == (ONE, ZERO):  # what `numeric` made of a truth value
        return truth(of.args[0])
    """A number as whether it is not 0, a truth value as it is (also one that became a number)."""
    if of.op == "where" and of.args[1:] == (ONE, ZERO) and _is_truth(of.args[0]):
        return of.args[0]
    return of if _is_truth(of) else operation("ne", of, ZERO)


def _is_truth(of: Expression) -> bool:
    return of.op in OPERATIONS and OPERATIONS[of.op].truth


def piecewise(args: list[Expression]) -> Expression:
    """Nested choices, in the order given; NaN if none holds and there is no otherwise."""
    otherwise = numeric(args[-1]) if len(args) % 2 else number(math.nan)
    for at in range(len(args) - len(args) % 2 - 2, -1, -2):
        otherwise = operation("where", truth(args[at + 1]), numeric(args[at]), otherwise)
    return otherwise


def _chained(op: str, args: tuple[Expression, ...]) -> Expression:
    """`op` over many operands, from left to right (in halves if there are very many)."""
    if len(args) > _LONGEST_CHAIN:
        half = len(args) // 2
        return operation(op, _chained(op, args[:half]), _chained(op, args[half:]))
    total = args[0]
    for arg in args[1:]:
        total = operation(op, total, arg)
    return total


def _many(op: str, empty: Expression | None = None) -> Build:
    def build(*args: Expression) -> Expression:
        if not args and empty is None:
            raise ValueError("no operand")
        return _chained(op, args) if args else empty or ZERO

    return build


def _relation(op: str) -> Build:
    """a < b < c, which holds where each neighbouring pair does."""

    def build(*args: Expression) -> Expression:
        if len(args) < 2:
            raise ValueError("fewer than two operands")
        pairs = tuple(operation(op, x, y) for x, y in pairwise(args))
        return _chained("both", pairs)

    return build


def _exclusive(*args: Expression) -> Expression:
    """True where an odd number of operands is."""
    odd = args[0] if args else ZERO
    for arg in args[1:]:
        first, second = (odd, operation("negated", arg)), (operation("negated", odd), arg)
        odd = operation("either", operation("both", *first), operation("both", *second))
    return odd


def _minus(*args: Expression) -> Expression:
    if len(args) == 1 and args[0].op == "number":
        return number(-args[0].value)
    return operation("neg" if len(args) == 1 else "sub", *args)


def _root(*args: Expression) -> Expression:
    degree, of = args if len(args) == 2 else (number(2.0), *args)
    if degree is number(2.0):
        return operation("sqrt", of)
    return operation("power", of, operation("div", ONE, degree))


def _log(*args: Expression) -> Expression:
    base, of = args if len(args) == 2 else (number(10.0), *args)
    if base is number(10.0):
        return operation("log10", of)
    return operation("div", operation("log", of), operation("log", base))


def _quotient(x: Expression, y: Expression) -> Expression:
    """x/y cut towards zero."""
    ratio = operation("div", x, y)
    down = operation("ge", ratio, ZERO)
    return operation("where", down, operation("floor", ratio), operation("ceil", ratio))


def _remainder(x: Expression, y: Expression) -> Expression:
    """What whole division leaves; it has the sign of x, as SBML has it."""
    return operation("sub", x, operation("mul", y, _quotient(x, y)))


def _reciprocal_of(op: str) -> Build:
    return lambda x: operation("div", ONE, operation(op, x))


def _of_reciprocal(op: str) -> Build:
    return lambda x: operation(op, operation("div", ONE, x))


def _plain(op: str) -> Build:
    return lambda *args: operation(op, *args)


def _e_notation(node: Any) -> Expression:
    """A mantissa and an exponent, rounded once, as Python reads the two as text."""
    mantissa = repr(float(node.getMantissa()))
    plain = mantissa.lstrip("-").replace(".", "", 1).isdigit()
    return number(float(f"{mantissa}e{node.getExponent()}") if plain else node.getReal())


def _rational(node: Any) -> Expression:
    above, below = float(node.getNumerator()), float(node.getDenominator())
    if below == 0.0:
        return number(math.copysign(math.inf, above) if above else math.nan)
    return number(above / below)


@dataclass(frozen=True)
class Rows:
    """What each type of node of libSBML becomes."""

    name: int
    function: int
    piecewise: int
    chains: frozenset[int]
    leaves: dict[int, Callable[[Any], Expression]]
    refused: dict[int, str]
    of_truths: dict[int, Build]
    of_numbers: dict[int, Build]


_NUMBERS: dict[str, Build] = {
    "PLUS": _many("add", ZERO),
    "TIMES": _many("mul", ONE),
    "MINUS": _minus,
    "DIVIDE": _plain("div"),
    "POWER": _plain("power"),
    "FUNCTION_POWER": _plain("power"),
    "FUNCTION_ROOT": _root,
    "FUNCTION_EXP": _plain("exp"),
    "FUNCTION_LN": _plain("log"),
    "FUNCTION_LOG": _log,
    "FUNCTION_ABS": _plain("absolute"),
    "FUNCTION_FLOOR": _plain("floor"),
    "FUNCTION_CEILING": _plain("ceil"),
    "FUNCTION_FACTORIAL": _plain("factorial"),
    "FUNCTION_MIN": _many("minimum"),
    "FUNCTION_MAX": _many("maximum"),
    "FUNCTION_QUOTIENT": _quotient,
    "FUNCTION_REM": _remainder,
    **{
        f"FUNCTION_{op.upper()}": _plain(op) for op in ("sin", "cos", "tan", "sinh", "cosh", "tanh")
    },
    **{
        f"FUNCTION_ARC{op.upper()}": _plain(f"a{op}")
        for op in ("sin", "cos", "tan", "sinh", "cosh", "tanh")
    },
    **{
        f"FUNCTION_{inverse}{tail.upper()}": _reciprocal_of(op + tail)
        for inverse, op in (("SEC", "cos"), ("CSC", "sin"), ("COT", "tan"))
        for tail in ("", "h")
    },
    **{
        f"FUNCTION_ARC{inverse}{tail.upper()}": _of_reciprocal(op + tail)
        for inverse, op in (("SEC", "acos"), ("CSC", "asin"), ("COT", "atan"))
        for tail in ("", "h")
    },
    "FUNCTION_DELAY": _plain("delay"),
    "FUNCTION_RATE_OF": _plain("rate_of"),
    "RELATIONAL_EQ": _relation("eq"),
    "RELATIONAL_NEQ": _relation("ne"),
    "RELATIONAL_LT": _relation("lt"),
    "RELATIONAL_LEQ": _relation("le"),
    "RELATIONAL_GT": _relation("gt"),
    "RELATIONAL_GEQ": _relation("ge"),
}

_TRUTHS: dict[str, Build] = {
    "LOGICAL_AND": _many("both", ONE),
    "LOGICAL_OR": _many("either", ZERO),
    "LOGICAL_XOR": _exclusive,
    "LOGICAL_NOT": _plain("negated"),
    "LOGICAL_IMPLIES": lambda x, y: operation("either", operation("negated", x), y),
}

_LEAVES: dict[str, Callable[[Any], Expression]] = {
    "INTEGER": lambda node: number(node.getInteger()),
    "REAL": lambda node: number(node.getReal()),
    "REAL_E": _e_notation,
    "RATIONAL": _rational,
    "NAME_TIME": lambda _: TIME,
    "NAME_AVOGADRO": lambda _: number(AVOGADRO),
    "CONSTANT_PI": lambda _: number(math.pi),
    "CONSTANT_E": lambda _: number(math.e),
    "CONSTANT_TRUE": lambda _: ONE,
    "CONSTANT_FALSE": lambda _: ZERO,
}

_CHAINS = ("PLUS", "TIMES", "LOGICAL_AND", "LOGICAL_OR")  # (a + b) + c is a + b + c

_REFUSED = {
    "CSYMBOL_FUNCTION": "a csymbol of an SBML package",
}


@cache
def rows() -> Rows:
    """The tables by libSBML's numbers for the types of nodes."""
    import libsbml as library

    def keyed(table: Mapping[str, Any]) -> dict[int, Any]:
        return {getattr(library, f"AST_{key}"): row for key, row in table.items()}

    drawn = [key for key in dir(library) if key.startswith("AST_DISTRIB_FUNCTION_")]
    return Rows(
        name=library.AST_NAME,
        function=library.AST_FUNCTION,
        piecewise=library.AST_FUNCTION_PIECEWISE,
        chains=frozenset(keyed(dict.fromkeys(_CHAINS))),
        leaves=keyed(_LEAVES),
        refused=keyed(_REFUSED) | {getattr(library, key): "random draws" for key in drawn},
        of_truths=keyed(_TRUTHS),
        of_numbers=keyed(_NUMBERS),
    )
