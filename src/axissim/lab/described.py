"""A model as the page needs it: sliders in groups, curves, equations, the card."""

from __future__ import annotations

import dataclasses
import math
import re
from collections import Counter
from typing import Any

from axissim.lab.mathml import equations
from axissim.lab.opening import opening
from axissim.model.library import Card
from axissim.model.library import card as card_of
from axissim.model.model import Model, Parameter, Part, State
from axissim.model.units import spelled

_CODES = re.compile(r"(?:, |: )(\d) (?=[A-Za-z])")  # ``Meals, 1 on, 0 off``
_REACH = 5.0  # a slider goes from a fifth of its default to five times it
DISCLAIMER = "For research and teaching; not medical advice."


def described(model: Model, card: Card) -> dict[str, Any]:
    """Everything about a model that a page shows, as plain values."""
    return {
        "id": model.id,
        "title": card.title or model.id,
        "summary": card.summary,
        "origin": card.origin,
        "axis": card.axis,
        "note": card.note,
        "licence": card.licence,
        "misfits": list(card.misfits),
        "checks": list(card.checks),
        "citations": [dataclasses.asdict(citation) for citation in card.citations],
        "timeUnit": model.time_unit,
        "span": list(card.span),
        "outputs": [key for key in card.outputs if key in model.by_id],
        "opening": opening(model.id),
        "targets": targets(model, card),
        "quantities": [_quantity(model, part) for part in _curves(model)],
        "parameters": parameters(model, card),
        "equations": equations(model),
        "disclaimer": DISCLAIMER,
    }


def shown(card: Card) -> dict[str, Any]:
    """What the gallery shows of a model beside its picture."""
    words = {key: getattr(card, key) for key in ("title", "summary", "axis", "origin")}
    return {**words, "states": None, "curves": []}


def _curves(model: Model) -> list[Part]:
    return [*model.states, *model.implicit, *model.observables]


def targets(model: Model, card: Card) -> list[str]:
    """States that a dose may go into, those that the card names first."""
    states = [state.id for state in model.states]
    named = [key for key in card.inputs if key in states]
    return named + [key for key in states if key not in named]


def _quantity(model: Model, part: Part) -> dict[str, Any]:
    return {
        "id": part.id,
        "name": part.name or part.id,
        "unit": _unit(model, part),
        "note": part.note,
        "state": isinstance(part, State),
    }


def _unit(model: Model, part: Part) -> str:
    """A unit for people: µ for u, nothing for 1."""
    said = spelled(model, part.unit)
    return "" if said == "1" else said.replace("umol", "µmol").replace("ug", "µg")


def parameters(model: Model, card: Card) -> list[dict[str, Any]]:
    """The sliders, in the order of their groups: what the card calls inputs comes first."""
    numbers = [p for p in model.parameters if p.value.op == "number"]
    groups = _groups(numbers, card)
    order = list(dict.fromkeys(["inputs", *(groups[p.id] for p in numbers)]))
    chosen = {key: at for at, key in enumerate(card.inputs)}
    numbers.sort(key=lambda p: (order.index(groups[p.id]), chosen.get(p.id, 0)))
    return [
        {
            "id": p.id,
            "name": p.name or p.id,
            "unit": _unit(model, p),
            "note": p.note,
            "group": groups[p.id],
            **scale_of(float(p.value.value), p.name),
        }
        for p in numbers
    ]


def scale_of(value: float, name: str = "") -> dict[str, Any]:
    """A slider's default, ends and scale; logarithmic about a default above 0.

    Where the name tells what numbers stand for (``Meals, 1 on, 0 off``), it goes from one to the
    next; between them there is only what is typed.
    """
    coded = [int(digit) for digit in _CODES.findall(name)]
    if len(coded) > 1:
        return {"value": value, "low": min(coded), "high": max(coded), "log": False, "step": 1}
    if value > 0.0 and math.isfinite(value):
        return {"value": value, "low": value / _REACH, "high": value * _REACH, "log": True}
    if value < 0.0:
        return {"value": value, "low": value * 2.0, "high": 0.0, "log": False}
    return {"value": value, "low": 0.0, "high": 1.0, "log": False}


def _groups(numbers: list[Parameter], card: Card) -> dict[str, str]:
    """The group of each slider: the card's inputs; the part of a composite; what a name begins
    with (``Tyrosine hydroxylase, K_m``) where several do; the rest.
    """
    found: dict[str, str] = {}
    begins = {p.id: p.name.partition(",")[0] if "," in p.name else "" for p in numbers}
    counts = Counter(begins.values())
    titles = {key: card_of(model).title for key, model in card.parts.items()}
    for p in numbers:
        part = next((key for key in card.parts if p.id.startswith(f"{key}_")), "")
        if p.id in card.inputs:
            found[p.id] = "inputs"
        elif part:
            found[p.id] = titles[part]
        else:
            several = begins[p.id] and counts[begins[p.id]] > 1
            found[p.id] = begins[p.id] if several else "other"
    return found
