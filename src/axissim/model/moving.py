"""Formulas that read how fast something changes, resolved into formulas that do not."""

from __future__ import annotations

from axissim.model.drafts import Draft
from axissim.model.events import EventDraft
from axissim.model.expression import Expression, in_order
from axissim.model.rates import RateError, Rates
from axissim.model.reading import Reading

_KINDS = ("initial", "rule", "rate", "residual")


def resolve_rates(reading: Reading, events: list[EventDraft]) -> None:
    """Replace each ``rateOf`` in the drafts and the events by what it means."""
    drafts = reading.drafts | reading.reactions
    reading_rates = [draft for draft in drafts.values() if _reads_rates(_formulas(draft))]
    reading_events = [event for event in events if _reads_rates(event.formulas)]
    if not (reading_rates or reading_events):
        return
    found = {kind: _given(drafts, kind) for kind in _KINDS}
    element = (reading_rates or reading_events)[0].element
    try:
        rates = Rates(found["rule"], found["rate"], found["residual"])
        for draft in reading_rates:
            element = draft.element
            for kind in _KINDS:
                formula = getattr(draft, kind)
                if formula is not None:
                    setattr(draft, kind, rates.resolved([formula])[0])
        for event in reading_events:
            element = event.element
            event.change(rates.resolved(event.formulas))
    except RateError as wrong:
        raise reading.source.error(element, str(wrong)) from None


def _given(drafts: dict[str, Draft], kind: str) -> dict[str, Expression]:
    every = {key: getattr(draft, kind) for key, draft in drafts.items()}
    return {key: formula for key, formula in every.items() if formula is not None}


def _formulas(draft: Draft) -> list[Expression]:
    every = [getattr(draft, kind) for kind in _KINDS]
    return [formula for formula in every if formula is not None]


def _reads_rates(formulas: list[Expression]) -> bool:
    return any(node.op == "rate_of" for node in in_order(formulas))
