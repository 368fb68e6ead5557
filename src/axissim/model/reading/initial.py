"""What holds at the start: values that are missing, formulas that go round in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from axissim.model.expression import TIME, ZERO, Expression, in_order, names, operation
from axissim.model.graphs import circle, in_turn
from axissim.model.model import ModelError
from axissim.model.passes import rebuilt, substitute
from axissim.model.rates import expanded
from axissim.model.reading.drafts import Drafts
from axissim.model.reading.refusal import Source, shortened


def settle(drafts: Drafts, source: Source, others: Mapping[str, Iterable[Expression]]) -> None:
    """Make each initial formula read parameters and initial values only, or refuse by name.

    A rule or a reaction's rate that an initial formula reads is put in for its id, at time 0.

    Parameters
    ----------
    others : mapping
        Formulas of what has no draft (events), by what is reading.
    """
    refuse_circles(drafts, source)
    rules = {key: draft.rule for key, draft in drafts.items() if draft.rule is not None}
    beginnings = {key: drafts[key].start or rule for key, rule in rules.items()}
    starts = {
        key: draft.initial
        for key, draft in drafts.items()
        if draft.rule is None and draft.initial is not None
    }
    undelayed = dict(
        zip(
            [*beginnings, *starts],
            _before_start([*beginnings.values(), *starts.values()], rules),
            strict=True,
        )
    )
    reads = {key: _read(formula) for key, formula in undelayed.items()}
    _refuse_circle(reads, drafts, source, "rules and initial assignments")
    values: dict[str, Expression] = {}
    for key in in_turn({k: reads[k] for k in rules}, [k for of in reads.values() for k in of]):
        values[key] = substitute([undelayed[key]], values, ZERO)[0]
    for key in starts:
        formula = undelayed[key]
        if formula.args or formula is TIME or formula.value in values:
            drafts[key].initial = substitute([formula], values, ZERO)[0]
    _refuse_constrained(starts, drafts, source)
    _refuse_missing(drafts, source, others)


def refuse_circles(drafts: Drafts, source: Source) -> None:
    """ModelError if rules, or reactions' rates, read each other in a circle."""
    rules = {key: draft.rule for key, draft in drafts.items() if draft.rule is not None}
    _refuse_circle({key: _read(rule) for key, rule in rules.items()}, drafts, source, "rules")


def _before_start(formulas: list[Expression], rules: Mapping[str, Expression]) -> list[Expression]:
    """`formulas` without delays: before the start a state was what it is at the start."""
    if not any(node.op == "delay" for node in in_order(formulas)):
        return formulas
    reads = {key: _read(rule) for key, rule in rules.items()}

    def rule(node: Expression, args: tuple[Expression, ...]) -> Expression:
        if node.op == "delay":
            (whole,) = expanded([args[0]], rules, reads)
            (whole,) = _before_start([whole], {})
            return substitute([whole], {}, operation("sub", TIME, args[1]))[0]
        return operation(node.op, *args) if args else node

    return rebuilt(formulas, rule)


def _read(formula: Expression) -> list[str]:
    return sorted(names(formula))


def _refuse_constrained(starts: Iterable[str], drafts: Drafts, source: Source) -> None:
    """What a constraint gives is not known by formula before the run."""
    for key in starts:
        formula = drafts[key].initial
        for read in _read(formula) if formula is not None and formula.args else ():
            if drafts[read].residual is not None:
                raise source.refusal(
                    drafts[key].element, f"'{read}', which a constraint gives, at the start"
                )


def _refuse_missing(
    drafts: Drafts, source: Source, others: Mapping[str, Iterable[Expression]]
) -> None:
    """ModelError for a state without a start, or a missing value that something moving reads."""
    waiting = [(key, at) for at, formulas in others.items() for f in formulas for key in _read(f)]
    for draft in drafts.values():
        moves = draft.rate is not None
        if moves and draft.initial is None:
            raise source.error(draft.element, "has no initial value; give it one")
        for formula in (draft.rule, draft.rate, draft.residual, draft.initial if moves else None):
            waiting.extend((key, draft.id) for key in (_read(formula) if formula else ()))
    seen: set[str] = set()
    while waiting:
        key, reader = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        draft = drafts[key]
        if draft.rule is None and draft.residual is None and draft.initial is None:
            raise source.error(draft.element, f"has no value, but '{reader}' reads it; give it one")
        waiting.extend((k, key) for k in (_read(draft.initial) if draft.initial else ()))


def _refuse_circle(
    reads: Mapping[str, list[str]], drafts: Drafts, source: Source, what: str
) -> None:
    found = circle(reads)
    if found:
        raise ModelError(
            f"{source.place(drafts[found[0]].element)}: {what} go round in a circle: "
            f"{shortened(' -> '.join(found), 300)}; break it at one of them"
        )
