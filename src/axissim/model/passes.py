"""Passes: functions from expressions to expressions (substitute, fold, differentiate, lower)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

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
    value,
)

_MOST_FACTORS = 64  # the largest constant exponent written as multiplications


def rebuilt(
    roots: Sequence[Expression], rule: Callable[[Expression, tuple[Expression, ...]], Expression]
) -> list[Expression]:
    """`roots` with each node replaced by ``rule(node, its new operands)``, operands first."""
    new: dict[Expression, Expression] = {}
    for node in in_order(roots):
        new[node] = rule(node, tuple(new[arg] for arg in node.args))
    return [new[root] for root in roots]


def substitute(
    roots: Sequence[Expression], by_name: Mapping[str, Expression], time: Expression = TIME
) -> list[Expression]:
    """`roots` with names (and, if given, the time) replaced."""

    def rule(node: Expression, args: tuple[Expression, ...]) -> Expression:
        if node.op == "name":
            return by_name.get(node.value, node)
        if node.op == "time":
            return time
        return operation(node.op, *args) if args else node

    return rebuilt(roots, rule)


def fold(roots: Sequence[Expression]) -> list[Expression]:
    """`roots` with constants computed and the neutral elements of + - * / ^ dropped.

    Nothing is dropped that could have been NaN: 0*x stays.
    """
    return rebuilt(roots, lambda node, args: _folded(node.op, args) if args else node)


def _folded(op: str, args: tuple[Expression, ...]) -> Expression:
    if all(arg.op == "number" for arg in args):
        return number(value(operation(op, *args), {}))
    if op == "where" and args[0].op == "number":
        return args[1] if args[0].value != 0.0 else args[2]
    if op == "where" and args[1] is args[2]:
        return args[1]
    if op in _NEUTRAL:
        for position, neutral in _NEUTRAL[op]:
            if args[position] is neutral:
                return args[1 - position]
    if op == "neg" and args[0].op == "neg":
        return args[0].args[0]
    if op == "neg" and args[0].op == "sub":
        return operation("sub", args[0].args[1], args[0].args[0])
    return operation(op, *args)


_NEUTRAL = {
    "add": ((0, ZERO), (1, ZERO)),
    "sub": ((1, ZERO),),
    "mul": ((0, ONE), (1, ONE)),
    "div": ((1, ONE),),
    "power": ((1, ONE),),
}


def differentiate(
    roots: Sequence[Expression], wrt: Sequence[Expression]
) -> list[dict[int, Expression]]:
    """The derivatives of each root with respect to the leaves `wrt`.

    Returns
    -------
    list of dict
        For each root, position in `wrt` -> derivative; positions that the root does not read, or
        on which it depends only through steps, are left out.
    """
    position = {leaf: at for at, leaf in enumerate(wrt)}
    slopes: dict[Expression, dict[int, Expression]] = {}
    for node in in_order(roots):
        if node in position:
            slopes[node] = {position[node]: ONE}
            continue
        slopes[node] = _chained(node, [slopes[arg] for arg in node.args])
    return [slopes[root] for root in roots]


def _chained(node: Expression, inner: list[dict[int, Expression]]) -> dict[int, Expression]:
    """The chain rule at one node, from the derivatives of its operands."""
    row = OPERATIONS.get(node.op)
    total: dict[int, Expression] = {}
    if row is not None and row.choice is not None:
        choice, first, second = row.choice(*node.args), *inner[-2:]
        for at in sorted(first.keys() | second.keys()):
            total[at] = _folded("where", (choice, first.get(at, ZERO), second.get(at, ZERO)))
    elif row is not None and row.slopes:
        for arg_slopes, slope in zip(inner, row.slopes, strict=True):
            outer = fold([slope(*node.args, node)])[0] if arg_slopes else ZERO
            for at, arg_slope in arg_slopes.items():
                term = _product(outer, arg_slope)
                total[at] = _sum(total[at], term) if at in total else term
    return {at: term for at, term in total.items() if not _vanishes(term)}


def _vanishes(term: Expression) -> bool:
    return term is ZERO or (term.op == "sub" and term.args[0] is term.args[1])


def _product(x: Expression, y: Expression) -> Expression:
    """x*y with the sign in front, so that a product and its negative share their work."""
    if x is ZERO or y is ZERO:
        return ZERO
    (x_sign, x), (y_sign, y) = _signed(x), _signed(y)
    product = _folded("mul", (x, y))
    return product if x_sign == y_sign else _folded("neg", (product,))


def _sum(x: Expression, y: Expression) -> Expression:
    """x+y without a negated operand where there is another way to write it."""
    (x_sign, x), (y_sign, y) = _signed(x), _signed(y)
    if x_sign == y_sign:
        total = _folded("add", (x, y))
        return total if x_sign > 0 else _folded("neg", (total,))
    return _folded("sub", (x, y) if x_sign > 0 else (y, x))


def _signed(x: Expression) -> tuple[int, Expression]:
    if x.op == "neg":
        return -1, x.args[0]
    if x.op == "number" and x.value < 0.0:
        return -1, number(-x.value)
    return 1, x


def lower(roots: Sequence[Expression]) -> list[Expression]:
    """`roots` in the operations that machines do well.

    A quotient becomes a product with the reciprocal, which every quotient with the same
    denominator then shares; a power with a whole constant exponent becomes multiplications, with
    a half-whole one a square root; sums take subtraction rather than negation.
    """
    return rebuilt(fold(roots), _lowered)


def _lowered(node: Expression, args: tuple[Expression, ...]) -> Expression:
    if args and all(arg.op == "number" for arg in args):
        return _folded(node.op, args)
    if node.op == "div" and args[0] is not ONE:
        return _product(args[0], _reciprocal(args[1]))
    if node.op == "div":
        return _reciprocal(args[1])
    if node.op == "power" and args[1].op == "number":
        return _power(args[0], args[1].value)
    if node.op == "mul":
        return _product(*args)
    if node.op == "add":
        return _sum(*args)
    if node.op == "sub":
        return _sum(args[0], _folded("neg", (args[1],)))
    return _folded(node.op, args) if args else node


def _reciprocal(of: Expression) -> Expression:
    return _folded("div", (ONE, of))


def _power(base: Expression, exponent: float) -> Expression:
    if not abs(exponent) <= _MOST_FACTORS or exponent % 0.5 != 0.0:
        return operation("power", base, number(exponent))
    if exponent < 0.0:
        return _reciprocal(_power(base, -exponent))
    whole = _whole_power(base, int(exponent))
    if exponent == int(exponent):
        return whole
    root = operation("sqrt", base)
    return root if whole is ONE else operation("mul", whole, root)


def _whole_power(base: Expression, exponent: int) -> Expression:
    if exponent == 0:
        return ONE
    if exponent == 1:
        return base
    if exponent % 2:
        return operation("mul", _whole_power(base, exponent - 1), base)
    half = _whole_power(base, exponent // 2)
    return operation("mul", half, half)


def renamed(roots: Sequence[Expression], by_name: Mapping[str, str]) -> list[Expression]:
    """`roots` with identifiers changed."""
    return substitute(roots, {old: name(new) for old, new in by_name.items()})
