"""Formulas that read how fast something changes, resolved into formulas that do not."""

from __future__ import annotations

from collections.abc import Callable

from axissim.model.expression import Expression, in_order
from axissim.model.rates import RateError, Rates
from axissim.model.reading.document import Reading
from axissim.model.reading.drafts import Draft
from axissim.model.reading.events import EventDraft

_KINDS = ("initial", "rule", "rate", "residual")

Change = Callable[[list[Expression]], list[Expression]]


def resolve_rates(reading: Reading, events: list[EventDraft]) -> None:
    """Replace each ``rateOf`` in the drafts and the events by what it means."""
    if _readers(reading, events, "rate_of"):
        rates = given_rates(reading)
        rewrite(reading, events, "rate_of", lambda formulas: rates.resolved(formulas))


def given_rates(
    reading: Reading, change: Callable[[str, Expression], Expression] = lambda _, rate: rate
) -> Rates:
    """The rates of change of what has been read, each changed by `change`."""
    drafts = reading.drafts | reading.reactions
    return Rates(
        {key: draft.rule for key, draft in drafts.items() if draft.rule is not None},
        {key: change(key, draft.rate) for key, draft in drafts.items() if draft.rate is not None},
        {key: draft.residual for key, draft in drafts.items() if draft.residual is not None},
    )


def rewrite(reading: Reading, events: list[EventDraft], op: str, change: Change) -> None:
    """Change the formulas of each draft and event that has `op` in one of them."""
    for reader in _readers(reading, events, op):
        try:
            if isinstance(reader, EventDraft):
                reader.change(change(reader.formulas))
                continue
            for kind in _KINDS:
                formula = getattr(reader, kind)
                if formula is not None:
                    setattr(reader, kind, change([formula])[0])
        except RateError as wrong:
            raise reading.source.error(reader.element, str(wrong)) from None


def _readers(reading: Reading, events: list[EventDraft], op: str) -> list[Draft | EventDraft]:
    every: list[Draft | EventDraft] = [
        *reading.drafts.values(),
        *reading.reactions.values(),
        *events,
    ]
    return [reader for reader in every if _has(op, _formulas(reader))]


def _formulas(reader: Draft | EventDraft) -> list[Expression]:
    if isinstance(reader, EventDraft):
        return reader.formulas
    return [f for kind in _KINDS if (f := getattr(reader, kind)) is not None]


def _has(op: str, formulas: list[Expression]) -> bool:
    return any(node.op == op for node in in_order(formulas))
