"""What a delayed value was before the start, where that is not simply what it is at the start.

An initial assignment that reads the time holds for all times up to the start (SBML Level 3
Version 2 Core, 3.4.6), and what moves only from the start on had no rate of change before it.
"""

from __future__ import annotations

from dataclasses import dataclass

from axissim.model.expression import TIME, ZERO, Expression, in_order, name, names, operation
from axissim.model.graphs import circle
from axissim.model.passes import differentiate, rebuilt, substitute
from axissim.model.rates import RateError, Rates, expanded
from axissim.model.reading.document import Reading
from axissim.model.reading.drafts import Drafts
from axissim.model.reading.events import EventDraft
from axissim.model.reading.moving import given_rates, rewrite


@dataclass
class _Past:
    """What is needed to tell a delayed formula what was before the start.

    Attributes
    ----------
    before : dict
        Id to its value at all times up to the start, where that is not its value at the start.
    rules : dict
        Of what has no such value of its own.
    fixed : set
        Ids of what never varies.
    resting : Rates
        The rates of change, which are those of `before` up to the start.
    """

    before: dict[str, Expression]
    rules: dict[str, Expression]
    fixed: set[str]
    resting: Rates

    def __post_init__(self) -> None:
        self._reads = {key: sorted(names(rule)) for key, rule in self.rules.items()}

    def recalled(self, formula: Expression) -> Expression:
        """`formula` as it may stand in a delay."""
        (whole,) = expanded([formula], self.rules, self._reads)
        if not names(whole) & self.before.keys() and not _has("rate_of", [whole]):
            return formula
        (whole,) = expanded(self.resting.resolved([whole]), self.rules, self._reads)
        read = sorted(names(whole) & self.before.keys())
        for key in read:
            if names(self.before[key]) - self.fixed:
                raise RateError(
                    f"reads what '{key}' was before the start, which depends on what moves; "
                    "write the formula out"
                )
        past = {key: _until_start(self.before[key], name(key)) for key in read}
        return substitute([whole], past)[0]


def recall(reading: Reading, events: list[EventDraft]) -> None:
    """Make every delayed formula say what was before the start."""
    drafts = reading.drafts | reading.reactions
    every = [f for d in drafts.values() for f in (d.initial, d.rule, d.rate, d.residual) if f]
    if not _has("delay", [*every, *(formula for event in events for formula in event.formulas)]):
        return
    before = _formulas_before(drafts)

    def change(key: str, rate: Expression) -> Expression:
        (slopes,) = differentiate([before.get(key, ZERO)], [TIME])
        return _until_start(slopes.get(0, ZERO), rate)

    past = _Past(
        before,
        {k: d.rule for k, d in drafts.items() if d.rule is not None and k not in before},
        {key for key, draft in drafts.items() if not draft.varies},
        given_rates(reading, change),
    )

    def rule(node: Expression, args: tuple[Expression, ...]) -> Expression:
        if node.op == "delay":
            return operation("delay", past.recalled(args[0]), args[1])
        return operation(node.op, *args) if args else node

    rewrite(reading, events, "delay", lambda formulas: rebuilt(formulas, rule))


def _has(op: str, formulas: list[Expression]) -> bool:
    return any(node.op == op for node in in_order(formulas))


def _until_start(before: Expression, after: Expression) -> Expression:
    return operation("where", operation("lt", TIME, ZERO), before, after)


def _formulas_before(drafts: Drafts) -> dict[str, Expression]:
    """Initial formulas that hold for all times up to the start, and are not one value there.

    Those that read the time, and those of amounts that fast reactions change at the start; they
    are of constants and the time alone if that can be.
    """
    stated = {key: draft.start for key, draft in drafts.items() if draft.start is not None}
    starts = {
        key: draft.initial
        for key, draft in drafts.items()
        if draft.initial is not None and (draft.rule is None or draft.equilibrates)
    }
    every = {**starts, **stated}
    reads = {key: sorted(names(formula)) for key, formula in every.items()}
    if circle(reads):
        return {}  # named and refused where the start is settled
    whole = dict(zip(starts, expanded(list(starts.values()), every, reads), strict=True))
    return {
        key: formula
        for key, formula in whole.items()
        if (drafts[key].equilibrates and not drafts[key].carrier) or _has("time", [formula])
    }
