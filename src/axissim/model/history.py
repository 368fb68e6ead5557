"""What a delayed value was before the start, where that is not simply what it is at the start.

An initial assignment that reads the time holds for all times up to the start (SBML Level 3
Version 2 Core, 3.4.6), and what moves only from the start on had no rate of change before it.
"""

from __future__ import annotations

from axissim.model.drafts import Drafts
from axissim.model.events import EventDraft
from axissim.model.expression import TIME, ZERO, Expression, in_order, name, names, operation
from axissim.model.graphs import circle
from axissim.model.moving import given_rates, rewrite
from axissim.model.passes import differentiate, rebuilt, substitute
from axissim.model.rates import RateError, Rates, expanded
from axissim.model.reading import Reading


def recall(reading: Reading, events: list[EventDraft]) -> None:
    """Make every delayed formula say what was before the start."""
    drafts = reading.drafts | reading.reactions
    every = [f for d in drafts.values() for f in (d.initial, d.rule, d.rate, d.residual) if f]
    every += [formula for event in events for formula in event.formulas]
    if not any(node.op == "delay" for node in in_order(every)):
        return
    before = _formulas_before(drafts)

    def change(key: str, rate: Expression) -> Expression:
        slope = ZERO
        if key in before:
            (slopes,) = differentiate([before[key]], [TIME])
            slope = slopes.get(0, ZERO)
        return _until_start(slope, rate)

    resting = given_rates(reading, events, change)
    past = {key: _until_start(formula, name(key)) for key, formula in before.items()}
    fixed = {key for key, draft in drafts.items() if not draft.varies}

    def recalled(node: Expression, args: tuple[Expression, ...]) -> Expression:
        if node.op != "delay":
            return operation(node.op, *args) if args else node
        return operation("delay", _recalled(args[0], past, fixed, resting), args[1])

    rewrite(reading, events, "delay", lambda formulas: rebuilt(formulas, recalled))


def _until_start(before: Expression, after: Expression) -> Expression:
    return operation("where", operation("lt", TIME, ZERO), before, after)


def _recalled(
    formula: Expression, past: dict[str, Expression], fixed: set[str], resting: Rates
) -> Expression:
    """`formula` as it may stand in a delay."""
    (whole,) = resting.expanded([formula])
    read = names(whole) & past.keys()
    if not read and not any(node.op == "rate_of" for node in in_order([whole])):
        return formula
    (whole,) = resting.expanded(resting.resolved([whole]))
    for key in sorted(names(whole) & past.keys()):
        if names(past[key]) - fixed - {key}:
            raise RateError(
                f"reads what '{key}' was before the start, which depends on what moves; "
                "write the formula out"
            )
    return substitute([whole], past)[0]


def _formulas_before(drafts: Drafts) -> dict[str, Expression]:
    """The initial formulas that read the time, of constants and the time alone if that can be."""
    rules = {key: d.start for key, d in drafts.items() if d.start is not None}
    starts = {
        key: draft.initial
        for key, draft in drafts.items()
        if key not in rules and draft.initial is not None and draft.initial.op != "number"
    }
    every = rules | starts
    reads = {key: sorted(names(formula)) for key, formula in every.items()}
    if circle(reads):
        return {}  # named and refused where the start is settled
    whole = dict(zip(starts, expanded(list(starts.values()), every, reads), strict=True))
    return {key: f for key, f in whole.items() if any(n is TIME for n in in_order([f]))}
