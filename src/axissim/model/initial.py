"""What holds at the start: values that are missing, formulas that go round in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from axissim.model.drafts import Drafts
from axissim.model.expression import TIME, ZERO, Expression, names
from axissim.model.model import ModelError
from axissim.model.passes import substitute
from axissim.model.refusal import Source


def settle(drafts: Drafts, source: Source) -> None:
    """Make each initial formula read parameters and initial values only, or refuse by name.

    A rule or a reaction's rate that an initial formula reads is put in for its id, at time 0.
    """
    rules = {key: draft.rule for key, draft in drafts.items() if draft.rule is not None}
    reads = {key: _read(rule) for key, rule in rules.items()}
    _refuse_circle(reads, drafts, source, "rules")
    starts = {
        key: draft.initial
        for key, draft in drafts.items()
        if draft.rule is None and draft.initial is not None
    }
    both = {key: _read(formula) for key, formula in starts.items()}
    _refuse_circle(reads | both, drafts, source, "rules and initial assignments")
    values: dict[str, Expression] = {}
    for key in _in_order(reads, [key for reading in both.values() for key in reading]):
        values[key] = substitute([rules[key]], values, ZERO)[0]
    for key, formula in starts.items():
        if formula.args or formula is TIME or formula.value in values:
            drafts[key].initial = substitute([formula], values, ZERO)[0]
    _refuse_missing(drafts, source)


def _read(formula: Expression) -> list[str]:
    return sorted(names(formula))


def _refuse_missing(drafts: Drafts, source: Source) -> None:
    """ModelError for a state without a start, or a missing value that something moving reads."""
    waiting: list[tuple[str, str]] = []
    for draft in drafts.values():
        if draft.rate is not None and draft.initial is None:
            raise source.error(draft.element, "has no initial value; give it one")
        for formula in (draft.rule, draft.rate, draft.initial if draft.rate is not None else None):
            waiting.extend((key, draft.id) for key in (_read(formula) if formula else ()))
    seen: set[str] = set()
    while waiting:
        key, reader = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        draft = drafts[key]
        if draft.rule is None and draft.initial is None:
            raise source.error(draft.element, f"has no value, but '{reader}' reads it; give it one")
        waiting.extend((k, key) for k in (_read(draft.initial) if draft.initial else ()))


def _refuse_circle(
    reads: Mapping[str, list[str]], drafts: Drafts, source: Source, what: str
) -> None:
    found = circle(reads)
    if found:
        raise ModelError(
            f"{source.place(drafts[found[0]].element)}: {what} go round in a circle: "
            f"{' -> '.join(found)}; break it at one of them"
        )


def circle(reads: Mapping[str, Iterable[str]]) -> list[str]:
    """The first circle in a graph of who reads whom, its first id again at its end; or []."""
    done: set[str] = set()
    for root in reads:
        path = {root: iter(reads[root])} if root not in done else {}
        while path:
            key = next(reversed(path))
            following = next((k for k in path[key] if k in reads and k not in done), None)
            if following is None:
                done.add(key)
                del path[key]
            elif following in path:
                ids = list(path)
                return [*ids[ids.index(following) :], following]
            else:
                path[following] = iter(reads[following])
    return []


def _in_order(reads: Mapping[str, Iterable[str]], wanted: Iterable[str]) -> list[str]:
    """The keys that `wanted` need in a graph without circles, what is read before its readers."""
    done: dict[str, None] = {}
    for root in wanted:
        stack = [root] if root in reads and root not in done else []
        while stack:
            waiting = [k for k in reads[stack[-1]] if k in reads and k not in done]
            if waiting:
                stack.append(waiting[0])
            else:
                done[stack.pop()] = None
    return list(done)
