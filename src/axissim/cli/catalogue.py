"""``axissim list`` and ``show``: the shipped models, and a model as a page of a paper."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from axissim.cli.options import Json, ModelName

if TYPE_CHECKING:
    from axissim.model.expression import Expression
    from axissim.model.library import Card
    from axissim.model.model import Event, Model

_WIDTH = 100
_WIDEST = 60  # of a column in a table


def list_models(as_json: Json = False) -> None:
    """List the shipped models."""
    from axissim.model.library import models

    cards = models()
    if as_json:
        print(json.dumps([dataclasses.asdict(card) for card in cards]))
        return
    width = max(len(card.id) for card in cards)
    for axis in sorted({card.axis for card in cards}):
        print(heading(axis.capitalize()))
        for card in cards:
            if card.axis == axis:
                print(f"  {card.id:<{width}}  {card.title}")
    print("\n`axissim show MODEL` prints the page of one.")


def show(
    model: ModelName,
    latex: Annotated[bool, typer.Option("--latex", help="A LaTeX document.")] = False,
    code: Annotated[bool, typer.Option("--code", help="The code made of the equations.")] = False,
    as_json: Json = False,
) -> None:
    """Show a model: its equations, values, units and sources."""
    from axissim.model.library import card, load, shipped

    read = load(model)
    if latex:
        from axissim.model.latex import document

        print(document(read))
    elif code:
        from axissim.compile.emit import emit
        from axissim.compile.system import system_of

        print("\n\n".join(text.rstrip() for text in emit(system_of(read)).values()))
    else:
        known = card(model) if model in shipped() else None
        print(json.dumps(_plain(read, known)) if as_json else "\n".join(_page(read, known)))


def _page(model: Model, card: Card | None) -> Iterator[str]:
    """The lines of a model's page."""
    yield heading(card.title if card else model.name or model.id)
    yield from _filled(card.summary if card else model.note)
    facts = [model.id, f"time in {model.time_unit}" if model.time_unit else "no unit of time"]
    facts += [f"licence {card.licence}"] if card and card.licence else []
    yield from _filled("; ".join(facts))
    prose = _sections(card.note) if card else {}
    for title in [title for title in prose if title.startswith("What it is")]:
        yield from _section(title, prose.pop(title))
    yield from _equations(model)
    yield from _section("Events", _events(model))
    yield from _section("States, and their values at the start", _quantities(model, model.states))
    yield from _section(
        "Given by constraints, and first guesses", _quantities(model, model.implicit)
    )
    yield from _section("Parameters", _quantities(model, model.parameters))
    yield from _section("Read-outs", _quantities(model, model.observables))
    if card is None:
        return
    for title, lines in prose.items():
        yield from _section(title, lines)
    yield from _section("Checked against published numbers", _points(card.checks))
    yield from _section("Known misfits", _points(card.misfits))
    sources = [f"{c.text} doi:{c.doi}" if c.doi else c.text for c in card.citations]
    yield from _section("Sources", _points(sources))
    yield ""
    yield "For research and teaching; not medical advice."


def heading(text: str) -> str:
    """`text` in bold, where the terminal can show it."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain or not sys.stdout.isatty() else f"\033[1m{text}\033[0m"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield from ("", heading(title), *found)


def _filled(text: str, indent: str = "  ") -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent)


def _points(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from textwrap.wrap(text, _WIDTH, initial_indent="  - ", subsequent_indent="    ")


def _equations(model: Model) -> Iterator[str]:
    """The rules and the rates of change, aligned at their equals signs."""
    from axissim.model.text import show as text

    formulas = [(p.id, p.value) for p in model.parameters if p.value.op != "number"]
    rules = [(o.id, o.value) for o in model.observables]
    rates = [(f"d {s.id}/dt", s.rate) for s in model.states]
    zeros = [("0", part.residual) for part in model.implicit]
    for title, pairs in (
        ("Equations", [*formulas, *rules]),
        ("Constraints", zeros),
        ("Rates of change", rates),
    ):
        width = max((len(left) for left, _ in pairs), default=0)
        lines = [_equation(left.rjust(width), text(right)) for left, right in pairs]
        yield from _section(title, lines)


def _events(model: Model) -> Iterator[str]:
    """Each event: when it happens, and what it sets."""
    from axissim.model.latex import conditions
    from axissim.model.text import condition
    from axissim.model.text import show as text

    for event in model.events:
        facts = [f"when {_readable(text(condition(event.trigger)))}"]
        facts += [f"after {text(event.delay)}"] if event.delay is not None else []
        facts += [f"priority {text(event.priority)}"] if event.priority is not None else []
        facts += [event.name] if event.name else []
        yield from _filled("; ".join([f"{event.id}: {', '.join(facts)}", *conditions(event)]))
        width = max((len(key) for key, _ in event.assignments), default=0)
        for key, formula in event.assignments:
            yield "  " + _equation(key.rjust(width), text(formula))


def _readable(formula: str) -> str:
    return formula.replace(repr(math.pi), "pi")


def _equation(left: str, right: str) -> str:
    """One equation; where its right side is long, the next line begins with an operator."""
    start = f"  {left} = "
    glued = re.sub(r" ([-+*/<>=!&|]+) ", " \\1\0", _readable(right))
    lines = textwrap.wrap(
        glued, max(_WIDTH, len(start) + 40), initial_indent=start,
        subsequent_indent=" " * (len(start) + 2), break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return "\n".join(lines).replace("\0", " ")


def _quantities(model: Model, parts: Sequence[Any]) -> list[str]:
    """A table of quantities: id, value, unit, name, source."""
    from axissim.model.units import spelled

    rows = [
        (part.id, _value(part), _unit(spelled(model, part.unit)), part.name, _one_line(part.note))
        for part in parts
    ]
    return [f"  {line}" for line in _table(rows)]


def _unit(spelled: str) -> str:
    return "" if spelled == "1" else spelled


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows with their columns aligned; empty columns are left out, and the last is not cut."""
    kept = [column for column in zip(*rows, strict=True) if any(column)]
    widths = [min(max(map(len, column)), _WIDEST) for column in kept]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in zip(*kept, strict=True)
    ]


def _value(part: Any) -> str:
    """A quantity's number, or "" where it is a formula (which stands among the equations)."""
    from axissim.model.text import show as text

    if hasattr(part, "initial"):
        return text(part.initial)
    return text(part.value) if part.value.op == "number" and hasattr(part, "value") else ""


def _sections(note: str) -> dict[str, list[str]]:
    """The lines of each section of a card's prose, by its title."""
    _, *parts = re.split(r"^## +", note, flags=re.MULTILINE)
    found = [part.partition("\n") for part in parts]
    return {
        title.strip(): [f"  {line}".rstrip() for line in text.strip().splitlines()]
        for title, _, text in found
    }


def _plain(model: Model, card: Card | None) -> dict[str, Any]:
    """A model as plain values."""
    from axissim.model.text import show as text
    from axissim.model.units import spelled

    def told(part: Any) -> dict[str, Any]:
        formulas = {
            key: text(getattr(part, key))
            for key in ("initial", "rate", "residual", "value")
            if hasattr(part, key)
        }
        unit = spelled(model, part.unit)
        return {"id": part.id, "name": part.name, "unit": unit, "note": part.note, **formulas}

    return {
        "id": model.id,
        "name": model.name,
        "time_unit": model.time_unit,
        "states": [told(part) for part in model.states],
        "parameters": [told(part) for part in model.parameters],
        "implicit": [told(part) for part in model.implicit],
        "observables": [told(part) for part in model.observables],
        "events": [_happening(event) for event in model.events],
        "card": dataclasses.asdict(card) if card else None,
    }


def _happening(event: Event) -> dict[str, Any]:
    """An event as plain values."""
    from axissim.model.text import condition
    from axissim.model.text import show as text

    def maybe(formula: Expression | None) -> str | None:
        return text(formula) if formula is not None else None

    return {
        "id": event.id,
        "name": event.name,
        "note": event.note,
        "trigger": text(condition(event.trigger)),
        "delay": maybe(event.delay),
        "priority": maybe(event.priority),
        "initially": event.initially,
        "persistent": event.persistent,
        "at_trigger": event.at_trigger,
        "assignments": {key: text(formula) for key, formula in event.assignments},
    }
