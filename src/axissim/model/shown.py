"""A model as a notebook shows it: what moves, what is fixed, what is read off, with units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from axissim.model.expression import Expression
from axissim.model.model import Event, Model, ModelError, Observable, Parameter, Part
from axissim.model.text import condition, show
from axissim.model.units import spelled

_ROWS = 200  # of a table; a page is to be looked at
_FORMULA = 60  # letters
_STYLE = (
    "<style>.axissim-model table{border-collapse:collapse;margin:.2em 0 .6em 1em}"
    ".axissim-model th,.axissim-model td{text-align:left;padding:.1em .8em .1em 0}"
    ".axissim-model th{font-weight:600;opacity:.75}"
    ".axissim-model summary{cursor:pointer}"
    ".axissim-model .rows{max-height:22em;overflow:auto}</style>"
)


def html(model: Model) -> str:
    """A model as a piece of HTML, all that its author wrote escaped."""
    clock = f"time in {model.time_unit}" if model.time_unit else "no unit of time"
    return "".join([
        _STYLE,
        f"<div class='axissim-model'><strong>{escape(_title(model))}</strong> ",
        f"<span>({escape(model.id)}; {escape(clock)})</span>",
        _section("States", ("id", "at the start", "unit", "name"), _states(model), opened=True),
        _section("Parameters", ("id", "value", "unit", "name"), _fixed(model)),
        _section("Observables", ("id", "formula", "unit", "name"), _read_off(model)),
        _section("Events", ("id", "when", "sets", "name"), _events(model.events)),
        "<small>For research and teaching; not medical advice.</small></div>",
    ])  # fmt: skip


def _title(model: Model) -> str:
    """The card's title if this is a shipped model, else the author's name of it."""
    from axissim.model.library import card, load, shipped

    if model.id in shipped():
        ours = load(model.id)
        if model is ours or [p.id for p in model.parts] == [p.id for p in ours.parts]:
            return card(model.id).title
    return model.name or model.id


def _section(
    title: str, head: Sequence[str], rows: Iterable[Sequence[str]], opened: bool = False
) -> str:
    """A table that opens at a click; nothing if it has no rows."""
    cells = [tuple(map(escape, row)) for row in rows]
    if not cells:
        return ""
    more = len(cells) - _ROWS
    lines = ["".join(f"<td>{cell}</td>" for cell in row) for row in cells[:_ROWS]]
    if more > 0:
        lines.append(f"<td colspan='{len(head)}'>and {more:,} more</td>")
    return (
        f"<details{' open' if opened else ''}><summary>{title} ({len(cells):,})</summary>"
        "<div class='rows'><table><thead><tr>"
        + "".join(f"<th scope='col'>{word}</th>" for word in head)
        + "</tr></thead><tbody>"
        + "".join(f"<tr>{line}</tr>" for line in lines)
        + "</tbody></table></div></details>"
    )


def _states(model: Model) -> Iterator[Sequence[str]]:
    for mover in model.movers:
        yield mover.id, _formula(mover.initial), _unit(model, mover), mover.name


def _fixed(model: Model) -> Iterator[Sequence[str]]:
    return _valued(model, model.parameters)


def _read_off(model: Model) -> Iterator[Sequence[str]]:
    return _valued(model, [part for part in model.observables if part.id.isidentifier()])


def _valued(model: Model, parts: Iterable[Parameter | Observable]) -> Iterator[Sequence[str]]:
    for part in parts:
        yield part.id, _formula(part.value), _unit(model, part), part.name


def _events(events: Iterable[Event]) -> Iterator[Sequence[str]]:
    for event in events:
        sets = ", ".join(f"{key} = {_formula(new)}" for key, new in event.assignments)
        yield event.id, _formula(condition(event.trigger)), sets, event.name


def _unit(model: Model, part: Part) -> str:
    try:
        said = spelled(model, part.unit)
    except ModelError:  # a unit that is not declared is shown as it stands
        said = part.unit
    return "" if said == "1" else said


def _formula(formula: Expression) -> str:
    text = show(formula)
    return text if len(text) <= _FORMULA else text[: _FORMULA - 2] + "…"
