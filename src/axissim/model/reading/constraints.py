"""Algebraic rules: which quantity each defines, and that quantity by formula where it is linear."""

from __future__ import annotations

from collections.abc import Sequence

from axissim.model.expression import ZERO, Expression, names, operation
from axissim.model.graphs import components, reached
from axissim.model.linear import CONSTANT, linear, solved
from axissim.model.passes import fold
from axissim.model.rates import expanded
from axissim.model.reading.document import Reading
from axissim.model.reading.drafts import Draft
from axissim.model.reading.events import EventDraft

_LARGEST_BLOCK = 5  # coupled linear rules beyond this are left to Newton's method


def choose_unknowns(reading: Reading, events: list[EventDraft]) -> None:
    """Give each algebraic rule the quantity that it defines, as that draft's `residual`.

    A quantity that may vary and that nothing else determines is the unknown of a rule that reads
    it: one without a value of its own before one with, these before boundary species, and these
    before what events set.  ModelError where the rules say too much; where they leave a choice,
    they are refused.
    """
    if not reading.constraints:
        return
    formulas = _expanded(reading, [formula for _, formula in reading.constraints])
    free = {key: _rank(draft) for key, draft in reading.drafts.items() if _is_free(draft)}
    reads = [sorted(names(formula) & free.keys()) for formula in formulas]
    owner: dict[str, int] = {}
    for rank in range(4):
        allowed = [[key for key in row if free[key] <= rank] for row in reads]
        for at in sorted(set(range(len(reads))).difference(owner.values())):
            _assign(at, allowed, owner)
    owned = set(owner.values())
    for at, (rule, _) in enumerate(reading.constraints):
        if at not in owned:
            raise reading.source.error(
                rule, "says what other parts of the model say already; remove one of them"
            )
    _refuse_choice(reading, reads, owner, free)
    for key, at in owner.items():
        reading.drafts[key].residual = reading.constraints[at][1]
    for event in events:
        for key in event.assignments:
            if key in owner:
                raise reading.source.refusal(
                    event.element, f"'{key}', which an algebraic rule defines, as what it sets"
                )


def _is_free(draft: Draft) -> bool:
    """Whether a quantity may vary, and nothing but an algebraic rule or an event says how."""
    return draft.rule is None and draft.rate is None and not draft.terms and not draft.constant


def _rank(draft: Draft) -> int:
    """The lower, the sooner a quantity is taken for unknown."""
    if draft.jumps:
        return 3
    species = draft.element.getElementName() == "species"
    if species and draft.element.getBoundaryCondition():
        return 2
    return 1 if draft.initial is not None else 0


def _assign(start: int, reads: Sequence[Sequence[str]], owner: dict[str, int]) -> None:
    """Give rule `start` an unknown, moving other rules to another of theirs where need be."""
    came_from: dict[str, tuple[int, str | None]] = {}
    waiting: list[tuple[int, str | None]] = [(start, None)]
    while waiting:
        at, before = waiting.pop(0)
        for key in reads[at]:
            if key in came_from:
                continue
            came_from[key] = (at, before)
            if key in owner:
                waiting.append((owner[key], key))
                continue
            step: str | None = key
            while step is not None:
                rule, previous = came_from[step]
                owner[step], step = rule, previous
            return


def _refuse_choice(
    reading: Reading, reads: Sequence[Sequence[str]], owner: dict[str, int], free: dict[str, int]
) -> None:
    """Refuse rules that would define another quantity as well as the one that they were given."""
    for key, at in owner.items():
        others = {at}
        waiting = [at]
        while waiting:
            for read in reads[waiting.pop()]:
                if read not in owner and free[read] == free[key]:
                    raise reading.source.refusal(
                        reading.constraints[at][0],
                        f"a rule that may define '{key}' or '{read}'",
                    )
                if read in owner and owner[read] not in others:
                    others.add(owner[read])
                    waiting.append(owner[read])


def solve_constraints(reading: Reading) -> None:
    """Turn residuals that are linear in their unknowns into rules, block by block."""
    unknowns = [key for key, draft in reading.drafts.items() if draft.residual is not None]
    plain = {key: reading.drafts[key].residual or ZERO for key in unknowns}
    whole = dict(zip(unknowns, _expanded(reading, list(plain.values())), strict=True))
    reads = {key: sorted(names(formula) & whole.keys()) for key, formula in whole.items()}
    drafts = reading.drafts | reading.reactions
    ruled = {key: names(draft.rule) for key, draft in drafts.items() if draft.rule is not None}
    for block in components(reads):
        read = names(*(plain[key] for key in block)) & ruled.keys()
        hidden = reached(ruled, sorted(read)) & set(block)  # read through a rule that is named
        shown = whole if hidden else plain
        found = _solution(block, [shown[key] for key in block])
        for key, formula in zip(block, found or (), strict=False):
            reading.drafts[key].rule, reading.drafts[key].residual = formula, None


def _solution(block: list[str], residuals: list[Expression]) -> list[Expression] | None:
    """The unknowns of a block by formula; None if it is large or not linear."""
    if len(block) > _LARGEST_BLOCK:
        return None
    matrix: list[list[Expression]] = []
    right: list[Expression] = []
    for residual in residuals:
        parts = linear(residual, set(block))
        if parts is None:
            return None
        matrix.append([parts.get(key, ZERO) for key in block])
        right.append(fold([operation("neg", parts.get(CONSTANT, ZERO))])[0])
    return solved(matrix, right)


def _expanded(reading: Reading, formulas: list[Expression]) -> list[Expression]:
    """`formulas` with every rule and every reaction's rate put in for its id."""
    drafts = reading.drafts | reading.reactions
    rules = {key: draft.rule for key, draft in drafts.items() if draft.rule is not None}
    return expanded(formulas, rules, {key: sorted(names(rule)) for key, rule in rules.items()})
