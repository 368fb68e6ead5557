"""Fast reactions: at equilibrium at every moment, with what they conserve as the states.

With N the change of each amount by one turn of each fast reaction, as many amounts as there are
fast reactions (the pivots, P) are such that their rates vanish; the combinations
``a - N_a N_P^-1 P`` of each other amount `a` are changed by the slow reactions alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, islice

from axissim.model.expression import ONE, TIME, ZERO, Expression, in_order, name, names, operation
from axissim.model.linear import solved, weighted
from axissim.model.passes import differentiate, fold
from axissim.model.rates import expanded
from axissim.model.reading.document import Reading
from axissim.model.reading.drafts import Draft, unique
from axissim.model.reading.events import EventDraft

_MOST = 5  # fast reactions that share species; more make formulas too long to be of use
_CHOICES = 200  # sets of pivots that are looked at


@dataclass
class Equilibrium:
    """Fast reactions that share species.

    Attributes
    ----------
    reactions : list of str
    turns : dict
        Species to what one turn of each reaction does to its amount.
    """

    reactions: list[str]
    turns: dict[str, dict[str, Expression]] = field(default_factory=dict)


def set_apart(reading: Reading) -> list[Equilibrium]:
    """Take the fast reactions out of the species' terms; groups of those that share species."""
    fast = [
        str(reaction.getId())
        for reaction in reading.elements("Reaction")
        if reaction.isSetFast() and reaction.getFast()
    ]
    groups: list[Equilibrium] = []
    for key in fast:
        own = Equilibrium([key])
        for species, draft in reading.drafts.items():
            coefficient = draft.terms.pop(key, ZERO)
            if coefficient is not ZERO:
                own.turns[species] = {key: _per_turn(reading, draft, coefficient)}
        if not own.turns:
            continue
        for group in [g for g in groups if g.turns.keys() & own.turns.keys()]:
            groups.remove(group)
            own = _joined(group, own)
        groups.append(own)
    for group in groups:
        if len(group.reactions) > _MOST:
            first = reading.reactions[group.reactions[0]].element
            raise reading.source.refusal(first, f"over {_MOST} fast reactions of shared species")
        for species in group.turns:
            reading.drafts[species].equilibrates = True
    return groups


def _joined(first: Equilibrium, second: Equilibrium) -> Equilibrium:
    turns = {species: dict(row) for species, row in first.turns.items()}
    for species, row in second.turns.items():
        turns.setdefault(species, {}).update(row)
    return Equilibrium([*first.reactions, *second.reactions], turns)


def _per_turn(reading: Reading, draft: Draft, coefficient: Expression) -> Expression:
    """What one turn of a reaction does to a species' amount."""
    rules = {key: d.rule for key, d in reading.drafts.items() if d.rule is not None}
    reads = {key: sorted(names(rule)) for key, rule in rules.items()}
    (whole,) = expanded([coefficient], rules, reads)
    read = [reading.drafts[key] for key in sorted(names(whole))]
    moving = [part for part in read if part.rate is not None or part.residual is not None]
    if moving or any(node is TIME for node in in_order([whole])):
        raise reading.source.refusal(draft.element, "a fast reaction whose stoichiometry moves")
    if draft.factor:
        whole = operation("mul", name(draft.factor), whole)
    return fold([whole])[0]


def hold(reading: Reading, groups: list[Equilibrium], events: list[EventDraft]) -> None:
    """Replace the rates of amounts in fast reactions by equilibria and what these conserve."""
    for group in groups:
        amounts = {key: _amount(reading, key) for key in group.turns}
        pivots, shares = _pivots(reading, group)
        for key, reaction in zip(pivots, group.reactions, strict=True):
            amounts[key].residual = name(reaction)
        for key, row in shares.items():
            _conserve(reading, amounts[key], {amounts[p].id: m for p, m in row.items()})
        for draft in amounts.values():
            draft.rate, draft.equilibrates = None, True
    for event in events:
        for changed in reading.combinations:
            if _touches(reading, event, changed):
                reading.drafts[changed].jumps = True


def _amount(reading: Reading, species: str) -> Draft:
    """The draft of a species' amount."""
    return reading.drafts[reading.drafts[species].carrier or species]


def _pivots(
    reading: Reading, group: Equilibrium
) -> tuple[list[str], dict[str, dict[str, Expression]]]:
    """The pivots, and for each other species how much of each pivot it stands for."""
    for chosen in islice(_choices(reading, group), _CHOICES):
        columns = [[group.turns[p].get(r, ZERO) for p in chosen] for r in group.reactions]
        shares: dict[str, dict[str, Expression]] = {}
        for key, row in group.turns.items():
            found = solved(columns, [row.get(r, ZERO) for r in group.reactions])
            if found is None:
                break
            if key not in chosen:
                shares[key] = dict(zip(chosen, found, strict=True))
        else:
            return list(chosen), shares
    first = reading.reactions[group.reactions[0]].element
    raise reading.source.refusal(first, "fast reactions that depend on each other")


def _choices(reading: Reading, group: Equilibrium) -> Iterator[tuple[str, ...]]:
    """Sets of species to try as pivots, those that the rates read before others."""
    read: set[str] = set()
    for reaction in group.reactions:
        read |= names(reading.reactions[reaction].rule or ZERO)
    ordered = sorted(group.turns, key=lambda key: key not in read)
    return combinations(ordered, len(group.reactions))


def _conserve(reading: Reading, amount: Draft, row: dict[str, Expression]) -> None:
    """Make `amount` the sum of its share of the pivots and of what is conserved, a new draft."""
    key = unique(f"{amount.id}_conserved", reading.drafts, reading.reactions)
    terms = {amount.id: ONE, **{p: fold([operation("neg", m)])[0] for p, m in row.items()}}
    drafts = reading.drafts
    starts = {at: drafts[at].initial for at in terms}
    if any(start is None for start in starts.values()):
        raise reading.source.error(amount.element, "has no initial value; give it one")
    rates = {at: drafts[at].rate or ZERO for at in terms}
    rate = weighted(terms, rates)
    drafts[key] = Draft(
        key,
        amount.element,
        amount.unit,
        weighted(terms, {at: start for at, start in starts.items() if start is not None}),
        rate=rate if rate is not ZERO else None,
        name=f"what fast reactions conserve of {str(amount.element.getName()) or amount.id}",
    )
    reading.combinations[key] = terms
    amount.rule = weighted(row | {key: ONE}, {at: name(at) for at in [*row, key]})


def _touches(reading: Reading, event: EventDraft, combination: str) -> bool:
    """Whether an event sets something that a conserved combination is made of."""
    terms = reading.combinations[combination]
    set_by_event = {*event.assignments, *(reading.drafts[k].carrier for k in event.assignments)}
    return bool(set_by_event & (terms.keys() | names(*terms.values())))


def check(reading: Reading, groups: list[Equilibrium]) -> None:
    """Refuse laws that may not say where their equilibrium is, once constraints are solved."""
    for group in groups:
        amounts = {key: _amount(reading, key) for key in group.turns}
        if any(amount.residual is not None for amount in amounts.values()):
            for reaction in group.reactions:
                if not _is_reversible(reading, group, reaction):
                    raise reading.source.refusal(
                        reading.reactions[reaction].element,
                        "a fast reaction that is neither linear nor reversible",
                    )


def check_switches(reading: Reading, groups: list[Equilibrium]) -> None:
    """Refuse laws that events may switch off: what is fast at one time is slow at another."""
    drafts = reading.drafts | reading.reactions
    rules = {key: draft.rule for key, draft in drafts.items() if draft.rule is not None}
    reads = {key: sorted(names(rule)) for key, rule in rules.items()}
    for group in groups:
        amounts = [name(_amount(reading, key).id) for key in group.turns]
        for reaction in group.reactions:
            kept = {key: rule for key, rule in rules.items() if name(key) not in amounts}
            (whole,) = expanded([name(reaction)], kept, {k: reads[k] for k in kept})
            (slopes,) = differentiate([whole], amounts)
            for key in sorted(names(*slopes.values())):
                moved = reading.drafts[key]
                if moved.jumps and moved.element.getElementName() == "parameter":
                    raise reading.source.refusal(
                        reading.reactions[reaction].element,
                        f"a fast reaction whose rate depends on '{key}', which events set",
                    )


def _is_reversible(reading: Reading, group: Equilibrium, reaction: str) -> bool:
    """Whether a law is the difference of what its reactants and what its products drive."""
    law = reading.reactions[reaction].rule or ZERO
    while law.op in ("mul", "div"):
        free = law.op == "mul" and not names(law.args[0]) & group.turns.keys()
        law = law.args[1] if free else law.args[0]
    if law.op != "sub":
        return False
    falling = {k for k, row in group.turns.items() if _sign(row.get(reaction, ZERO)) < 0}
    rising = {k for k, row in group.turns.items() if _sign(row.get(reaction, ZERO)) > 0}
    forward, backward = (names(part) & group.turns.keys() for part in law.args)
    return bool(forward and backward and forward <= falling and backward <= rising)


def _sign(coefficient: Expression) -> float:
    """The sign of a stoichiometry, which a name that stands in it does not change."""
    while coefficient.op == "mul":
        coefficient = coefficient.args[1]
    if coefficient.op == "number":
        return float(coefficient.value)
    return -1.0 if coefficient.op == "neg" else 1.0
