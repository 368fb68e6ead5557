"""Moments known before a run at which a formula changes branch: clock times, pulses, schedules."""

from __future__ import annotations

from collections.abc import Sequence

from axissim.model.expression import (
    TIME,
    ZERO,
    Expression,
    in_order,
    name,
    number,
    operation,
)
from axissim.model.passes import differentiate, fold, rebuilt, substitute

_COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")


def switch_times(
    roots: Sequence[Expression], states: set[str]
) -> tuple[list[tuple[Expression, Expression]], set[Expression]]:
    """The moments at which a comparison or floor inside `roots` changes, where time alone decides.

    Found are comparisons that are affine in the time, or in a clock ``time - P*floor(time/P)``,
    and floors and ceilings of what is affine in the time; anything else is left to error control.

    Returns
    -------
    list of (Expression, Expression)
        A moment and the period with which it returns (0: it does not), free of states and time.
    set of Expression
        The comparisons that change at these moments only.
    """
    decided: set[Expression] = set()
    found: dict[tuple[Expression, Expression], None] = {}
    clocks: dict[Expression, Expression] = {}
    for node in in_order(roots):
        if node.op in ("floor", "ceil"):
            line = _line(node.args[0], states)
            if line:
                period = operation("absolute", operation("div", number(1.0), line[1]))
                first = operation("neg", operation("div", *line))
                found[_folded(first, period)] = None
                clocks[node] = period
        elif node.op in _COMPARISONS:
            crossings = _crossing(operation("sub", *node.args), states, clocks)
            found.update(dict.fromkeys(crossings))
            if crossings:
                decided.add(node)
    return list(found), decided


def watched(
    triggers: Sequence[Expression], decided: set[Expression], states: set[str]
) -> tuple[list[Expression], list[Expression]]:
    """The comparisons in `triggers` that a state may change, to be followed by their signs.

    Returns
    -------
    list of Expression
        Formulas: a comparison changes where, and only where, one of its formulas rises above 0 or
        ceases to be above it.
    list of Expression
        The triggers as read from these, which they call by the names of `relation`: worked out
        anew, with other rounding, a comparison could be false where its sign says that it is true.
    """
    found: dict[Expression, Expression] = {}

    def above(left: Expression, right: Expression) -> Expression:
        gap = operation("sub", left, right)
        sign = found.setdefault(gap, name(relation(len(found))))
        return operation("gt", sign, ZERO)

    def rule(node: Expression, args: tuple[Expression, ...]) -> Expression:
        if node.op not in _COMPARISONS or node in decided or not _moves(node, states):
            return operation(node.op, *args) if args else node
        left, right = node.args
        if node.op in ("gt", "lt"):
            return above(*((left, right) if node.op == "gt" else (right, left)))
        if node.op in ("ge", "le"):
            return _not_above(above(*((right, left) if node.op == "ge" else (left, right))))
        equal = operation("both", *map(_not_above, (above(left, right), above(right, left))))
        return equal if node.op == "eq" else operation("negated", equal)

    rewritten = rebuilt(triggers, rule)
    return list(found), rewritten


def relation(number: int) -> str:
    """The name of the sign of a relation, in triggers."""
    return f"relation {number}"


def _not_above(sign: Expression) -> Expression:
    """That it is 0 or below, which NaN is not either."""
    return operation("le", *sign.args)


def _line(formula: Expression, states: set[str]) -> tuple[Expression, Expression] | None:
    """(a, b) where `formula` is a + b*time with a, b fixed for a run; None if it is not."""
    slope = differentiate([formula], [TIME])[0].get(0)
    if slope is None or _moves(slope, states):
        return None
    at_zero = substitute([formula], {}, time=ZERO)[0]
    return None if _moves(at_zero, states) else (at_zero, slope)


def _crossing(
    gap: Expression, states: set[str], clocks: dict[Expression, Expression]
) -> list[tuple[Expression, Expression]]:
    """When `gap` crosses zero: once if affine, once a period if it reads one clock or two alike."""
    used = [clock for clock in clocks if clock in set(in_order([gap]))]
    if not used:
        line = _line(gap, states)
        return [_folded(operation("neg", operation("div", *line)), ZERO)] if line else []
    if len({clocks[clock] for clock in used}) > 1:
        return []
    # Within the first period a clock's floor (or ceiling) is a constant, 0: the gap is affine.
    within = gap
    for clock in used:
        within = _replaced(within, clock, ZERO)
    line = _line(fold([within])[0], states)
    if line is None:
        return []
    return [_folded(operation("neg", operation("div", *line)), clocks[used[0]])]


def _replaced(root: Expression, old: Expression, new: Expression) -> Expression:
    done: dict[Expression, Expression] = {}
    for node in in_order([root]):
        args = tuple(done[arg] for arg in node.args)
        done[node] = new if node is old else operation(node.op, *args) if args else node
    return done[root]


def _moves(formula: Expression, states: set[str]) -> bool:
    return any(
        node is TIME or (node.op == "name" and node.value in states) for node in in_order([formula])
    )


def _folded(first: Expression, period: Expression) -> tuple[Expression, Expression]:
    first, period = fold([first, period])
    return first, period
