"""What a species' state is: what its id means, or, where its compartment varies, its amount."""

from __future__ import annotations

from axissim.model.expression import Expression, name, names, operation
from axissim.model.graphs import reached
from axissim.model.reading.document import Reading
from axissim.model.reading.drafts import Draft, unique
from axissim.model.reading.reactions import amount_rate
from axissim.model.reading.units import Units


def choose_states(reading: Reading, units: Units) -> None:
    """Give each species that reactions change its rate, and carry amounts where sizes vary.

    A change of its compartment's size keeps a species' amount, so that this is then the state, and
    the concentration that its id means is the amount per size.  A concentration stays the state
    where a rule says how it moves, or where an event sets it to a value from before a delay; unless
    events make the size leap.
    """
    leaping = _leaping(reading)
    drafts, reading.drafts = reading.drafts, {}
    for key, draft in drafts.items():
        size = drafts[draft.home] if draft.home else None
        ruled = not (draft.rule is None and draft.residual is None)
        carried = size is not None and (size.varies or draft.equilibrates) and not ruled
        if (draft.rate is not None or draft.late) and not draft.equilibrates:
            carried = carried and draft.home in leaping
        if carried:
            amount = _carried(draft, unique(f"{key}_amount", drafts, reading.reactions), units)
            reading.drafts[amount.id] = amount
        elif draft.rate is None and not ruled:
            draft.rate = _rate(draft, size)
        reading.drafts[key] = draft


def _rate(draft: Draft, size: Draft | None) -> Expression | None:
    """The rate of change of what a species' id means; None if nothing moves it."""
    total = amount_rate(draft)
    if size is None:
        return total
    rate = operation("div", total, name(size.id)) if total is not None else None
    if not size.varies:
        return rate
    thinning = operation("mul", name(draft.id), operation("rate_of", name(size.id)))
    thinning = operation("div", thinning, name(size.id))
    return operation("sub", rate, thinning) if rate is not None else operation("neg", thinning)


def _carried(draft: Draft, key: str, units: Units) -> Draft:
    """The draft of a species' amount; the species' own becomes a rule."""
    size, title = name(draft.home), str(draft.element.getName()) or draft.id
    rate = amount_rate(draft)
    if draft.rate is not None:
        moving = operation("mul", name(draft.id), operation("rate_of", size))
        rate = operation("add", operation("mul", draft.rate, size), moving)
    amount = Draft(
        key,
        draft.element,
        units.of_substance(draft.element),
        times(draft.initial, size) if draft.initial is not None else None,
        rate=rate,
        constant=draft.constant,
        jumps=draft.jumps,
        name=f"amount of {title}",
    )
    draft.rule, draft.rate, draft.jumps = operation("div", name(key), size), None, False
    draft.carrier = key
    return amount


def times(of: Expression, size: Expression) -> Expression:
    """`of` * `size`, without the size where `of` is already something per size."""
    if of.op == "div" and of.args[1] is size:
        return of.args[0]
    return operation("mul", of, size)


def _leaping(reading: Reading) -> set[str]:
    """What an event may make leap: what it sets, and what rules make of that."""
    drafts = reading.drafts | reading.reactions
    readers: dict[str, list[str]] = {}
    for key, draft in drafts.items():
        for formula in (draft.rule, draft.residual):
            for read in names(formula) if formula is not None else ():
                readers.setdefault(read, []).append(key)
    return reached(readers, [key for key, draft in drafts.items() if draft.jumps])
