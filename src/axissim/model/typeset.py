"""Formulas as print has them, in the author's order; LaTeX and MathML are notations of one form."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from axissim.model.expression import OPERATIONS, Expression, in_order

GREEK = frozenset((
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda",
    "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega", "Gamma",
    "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega",
))  # fmt: skip
_WHOLE = 100
_POWER = OPERATIONS["power"].binding
# How tightly a form binds, and how tightly its operands must, to stand in it without brackets.
_FORMS: dict[str, tuple[int, tuple[int, ...]]] = {
    "div": (95, (0, 0)),  # a fraction needs no brackets, but as the base of a power
    "power": (_POWER, (_WHOLE, 0)),
    "exp": (_POWER, (0,)),
    "sqrt": (_WHOLE, (0,)),
    "absolute": (_WHOLE, (0,)),
    "floor": (_WHOLE, (0,)),
    "ceil": (_WHOLE, (0,)),
}


@dataclass(frozen=True)
class Notation:
    """How a language of marks writes what formulas are made of.

    Attributes
    ----------
    forms : mapping
        Each operation with a form of its own to a template of its operands; beside them ``times``
        (a product whose right side begins with a digit), ``delayed`` (a formula of the past, as
        ``delay`` is for a name), ``bracket``, ``figure``, ``ten``, ``scientific``, ``minus``,
        ``time``, ``pi``, ``nan`` and ``infinity``.
    symbol : callable
        Of an id.
    function : callable
        Of an operation that has no form, and its operands.
    cases : callable
        Of rows of value and condition, and of what is so otherwise.
    """

    forms: Mapping[str, str]
    symbol: Callable[[str], str]
    function: Callable[[str, list[str]], str]
    cases: Callable[[list[tuple[str, str]], str], str]


class _Set(NamedTuple):
    """What is set: its text, how tightly it binds, and whether it begins with ``-`` or ``0``."""

    text: str
    binding: int
    first: str = ""


def letters(identifier: str) -> tuple[str, str]:
    """A base and an index, or "": ``V_TH`` is V with TH, ``Kd`` K with d, ``q1`` q with 1."""
    if identifier.startswith("_"):
        return identifier, ""
    head, *rest = identifier.split("_")
    inner = re.fullmatch(r"([VKk])([a-z][a-z0-9]*)|([A-Za-z])([0-9]+)", head)
    if inner:
        head, rest = inner[1] or inner[3], [inner[2] or inner[4], *rest]
    return head, ",".join(part for part in rest if part)


def typeset(root: Expression, notation: Notation, least: int = 0) -> str:
    """A formula in a notation, in brackets if it binds less tightly than `least`."""
    done: dict[Expression, _Set] = {}
    for node in in_order([root]):
        done[node] = _set(node, done, notation)
    return _within(done[root], least, notation)


def _set(node: Expression, done: Mapping[Expression, _Set], notation: Notation) -> _Set:
    forms, op = notation.forms, node.op
    args = [done[arg] for arg in node.args]
    if op == "number":
        return _number(node.value, forms)
    if op in ("name", "time"):
        return _Set(notation.symbol(node.value) if op == "name" else forms["time"], _WHOLE)
    if op == "where":
        return _Set(_cases(node, done, notation), 0)
    if op == "delay":
        lag = _within(args[1], OPERATIONS["sub"].binding + 1, notation)
        if node.args[0].op == "name":
            return _Set(forms["delay"] % (args[0].text, lag), _WHOLE)
        return _Set(forms["delayed"] % (args[0].text, lag), 0)
    if op in _FORMS:
        binding, leasts = _FORMS[op]
        inside = [_within(arg, least, notation) for arg, least in zip(args, leasts, strict=True)]
        first = args[0].first if op == "power" and args[0].binding >= _WHOLE else ""
        return _Set(forms[op] % tuple(inside), binding, first)
    if not OPERATIONS[op].infix:
        return _Set(notation.function(op, [arg.text for arg in args]), _WHOLE)
    return _signed(op, args, notation)


def _signed(op: str, args: list[_Set], notation: Notation) -> _Set:
    """A sign before its operand, or between two."""
    forms, binding = notation.forms, OPERATIONS[op].binding
    if len(args) == 1:
        first = "-" if op == "neg" else ""
        return _Set(forms[op] % _within(args[0], binding, notation), binding, first)
    # a minus sign after another sign is bracketed: a (-b) would read as a - b
    after = op in ("add", "sub", "mul") and args[1].first == "-"
    least = OPERATIONS["neg"].binding + 1 if after else binding + 1
    form = "times" if op == "mul" and args[1].first == "0" and args[1].binding >= least else op
    first = args[0].first if args[0].binding >= binding else ""
    sides = _within(args[0], binding, notation), _within(args[1], least, notation)
    return _Set(forms[form] % sides, binding, first)


def _within(part: _Set, least: int, notation: Notation) -> str:
    return part.text if part.binding >= least else notation.forms["bracket"] % part.text


def _cases(node: Expression, done: Mapping[Expression, _Set], notation: Notation) -> str:
    rows = []
    while node.op == "where":
        when, value, node = node.args
        rows.append((done[value].text, done[when].text))
    return notation.cases(rows, done[node].text)


def _number(value: float, forms: Mapping[str, str]) -> _Set:
    if value == math.pi:
        return _Set(forms["pi"], _WHOLE)
    if value != value:
        return _Set(forms["nan"], _WHOLE)
    if value < 0.0:
        size = _number(-value, forms)
        return _Set(forms["neg"] % size.text, OPERATIONS["neg"].binding, "-")
    if math.isinf(value):
        return _Set(forms["infinity"], _WHOLE)
    mantissa, _, exponent = repr(value).removesuffix(".0").partition("e")
    figure = forms["figure"] % mantissa
    if not exponent:
        return _Set(figure, _WHOLE, "0")
    power = str(int(exponent)).replace("-", forms["minus"])
    text = forms["ten"] % power if mantissa == "1" else forms["scientific"] % (figure, power)
    return _Set(text, _WHOLE - 1, "0")  # a power of it needs brackets
