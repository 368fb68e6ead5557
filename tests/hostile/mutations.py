"""Damage done to models: what editors, exporters, disks and mischief do to SBML and Antimony."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

Mutation = Callable[[str, str, random.Random], str]  # text, another text, chance -> text

_NUMBERS = (
    "0", "-0", "-1", "1e308", "-1e308", "5e-324", "1e-320", "NaN", "INF", "-INF", "nan", "1e999",
    "9" * 40, "0x1F", "1_000", "1,5", "1.2.3", "", " ", "true", "--1", "1e", "\u0665", "3.", ".5",
)  # fmt: skip
_IDS = (
    "lambda", "None", "__import__", "x;import os", "a b", "", "\u00e9", "time", "pi", "self", "nan",
    "\\", "../x", "%s", "{0}", "'); print('", "x" * 3000, "1x", "__class__", "t", "y", "q",
)  # fmt: skip
_OPERATORS = (
    "plus", "minus", "times", "divide", "power", "root", "exp", "ln", "log", "factorial", "floor",
    "quotient", "rem", "min", "max", "implies", "xor", "not", "lt", "eq", "neq", "piecewise",
    "lambda", "arccosh", "sec", "rateOf", "nonsense",
)  # fmt: skip
_SYMBOLS = ("time", "delay", "avogadro", "rateOf", "distrib/normal", "nonsense")
_ELEMENTS = (
    "species", "parameter", "compartment", "reaction", "event", "rateRule", "assignmentRule",
    "algebraicRule", "functionDefinition", "initialAssignment", "unitDefinition", "constraint",
    "kineticLaw", "trigger", "delay", "priority", "speciesReference", "apply", "eventAssignment",
)  # fmt: skip
_NAMED = (
    r'(?:id|species|symbol|variable|compartment|metaid|units)="([^"]*)"|<ci>\s*([^<]*?)\s*</ci>'
)


def damaged(text: str, other: str, kinds: Sequence[Mutation], chance: random.Random) -> str:
    """`text` with one to five mutations; `other` is a source of parts to put in."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5))):
        text = chance.choice(kinds)(text, other, chance)
    return text


def _any(pattern: str, text: str, chance: random.Random) -> re.Match[str] | None:
    found = list(re.finditer(pattern, text, re.DOTALL))
    return chance.choice(found) if found else None


def _put(text: str, place: re.Match[str] | None, new: str, group: int = 0) -> str:
    """`text` with what `place` found replaced."""
    if place is None or place.start(group) < 0:
        return text
    return text[: place.start(group)] + new + text[place.end(group) :]


def _part(text: str, chance: random.Random) -> re.Match[str] | None:
    kind = chance.choice(_ELEMENTS)
    return _any(rf"<{kind}\b[^>]*?(?:/>|>.*?</{kind}>)", text, chance)


def letter(text: str, other: str, chance: random.Random) -> str:
    """One character becomes another."""
    at = chance.randrange(len(text) or 1)
    return (
        text[:at] + chr(chance.choice((*range(1, 128), 0, 233, 0xFF45, 0x1F9EA))) + text[at + 1 :]
    )


def cut(text: str, other: str, chance: random.Random) -> str:
    """The rest of the file is lost."""
    return text[: chance.randrange(len(text) or 1)]


def gap(text: str, other: str, chance: random.Random) -> str:
    """A stretch in the middle is lost."""
    first, last = sorted(chance.randrange(len(text) or 1) for _ in range(2))
    return text[:first] + text[min(last, first + 400) :]


def tag_lost(text: str, other: str, chance: random.Random) -> str:
    return _put(text, _any(r"<[^<>]+>", text, chance), "")


def tag_twice(text: str, other: str, chance: random.Random) -> str:
    place = _any(r"<[^<>]+>", text, chance)
    return _put(text, place, 2 * place[0] if place else "")


def part_lost(text: str, other: str, chance: random.Random) -> str:
    return _put(text, _part(text, chance), "")


def part_twice(text: str, other: str, chance: random.Random) -> str:
    place = _part(text, chance)
    return _put(text, place, 2 * place[0] if place else "")


def part_moved(text: str, other: str, chance: random.Random) -> str:
    """A part of another model comes after one of this, or in its place."""
    place, guest = _part(text, chance), _part(other, chance)
    if place is None or guest is None:
        return text
    return _put(text, place, chance.choice(("", place[0])) + guest[0])


def formula_moved(text: str, other: str, chance: random.Random) -> str:
    place = _any(r"<math\b.*?</math>", text, chance)
    guest = _any(r"<math\b.*?</math>", chance.choice((text, other)), chance)
    return _put(text, place, guest[0] if guest else "<math/>")


def attribute_lost(text: str, other: str, chance: random.Random) -> str:
    return _put(text, _any(r'\s\w+="[^"]*"', text, chance), "")


def number_changed(text: str, other: str, chance: random.Random) -> str:
    place = _any(r'="(-?[0-9.eE+-]+)"|<cn[^>]*>([^<]*)<', text, chance)
    return _put(text, place, chance.choice(_NUMBERS), 1 if place and place[1] else 2)


def name_changed(text: str, other: str, chance: random.Random) -> str:
    place, another = _any(_NAMED, text, chance), _any(_NAMED, text, chance)
    names = [*_IDS, *((another[1] or another[2] or "") for _ in _IDS if another)]
    return _put(text, place, chance.choice(names), 1 if place and place[1] is not None else 2)


def operator_changed(text: str, other: str, chance: random.Random) -> str:
    place = _any(rf"<({'|'.join(_OPERATORS)})/>", text, chance)
    return _put(text, place, f"<{chance.choice(_OPERATORS)}/>")


def symbol_put(text: str, other: str, chance: random.Random) -> str:
    """A name becomes one of SBML's own symbols."""
    url = f"http://www.sbml.org/sbml/symbols/{chance.choice(_SYMBOLS)}"
    new = f'<csymbol encoding="text" definitionURL="{url}"> s </csymbol>'
    return _put(text, _any(r"<ci>[^<]*</ci>", text, chance), new)


def answer_turned(text: str, other: str, chance: random.Random) -> str:
    place = _any(r'="(true|false)"', text, chance)
    return _put(text, place, "false" if place and place[1] == "true" else "true", 1)


def formula_deepened(text: str, other: str, chance: random.Random) -> str:
    place, deep = _any(r"<(?:ci|cn)\b[^<]*</\w+>", text, chance), chance.choice((2, 40, 300, 3000))
    within = place[0] if place else ""
    return _put(text, place, "<apply><minus/>" * deep + within + "</apply>" * deep)


def release_changed(text: str, other: str, chance: random.Random) -> str:
    return _put(text, _any(r'(?:level|version)="(\d)"', text, chance), chance.choice("01239"), 1)


def declared(text: str, other: str, chance: random.Random) -> str:
    """Something stands before the root element."""
    pieces = (
        "<!DOCTYPE x>",
        '<!DOCTYPE x [<!ENTITY a "b">]>',
        "<!-- -->",
        "<?x y?>",
        "\ufeff",
        "&",
    )
    return _put(text, _any(r"<sbml", text, chance), chance.choice(pieces) + "<sbml")


SBML: tuple[Mutation, ...] = (
    letter, cut, gap, tag_lost, tag_twice, part_lost, part_twice, part_moved, part_moved,
    formula_moved, formula_moved, attribute_lost, number_changed, number_changed, name_changed,
    name_changed, operator_changed, operator_changed, symbol_put, answer_turned, formula_deepened,
    release_changed, declared,
)  # fmt: skip

_WORDS = (
    "model", "end", "at", "after", "in", "is", "has", "function", "delete", "import", "const",
    "species", "compartment", "unit", "var", "=", ":=", "'", "->", "=>", ";", ":", ",", "(", ")",
    "$", "*", "^", "&&", "||", "!", "piecewise", "delay", "time", "rateOf", "priority", "t0",
    "persistent", "fromTrigger", '"', "//", "/*", "```", "factorial", "notanumber", "\\", "@",
)  # fmt: skip
_TOKEN = r"[A-Za-z_]\w*|[0-9.]+(?:[eE][+-]?\d+)?|:=|->|=>|&&|\|\||[^\s\w]"


def token_changed(text: str, other: str, chance: random.Random) -> str:
    """A word becomes another of its model, or one of the language."""
    place, another = _any(_TOKEN, text, chance), _any(_TOKEN, text, chance)
    new = chance.choice((another[0] if another else "x", chance.choice(_WORDS)))
    return _put(
        text, place, chance.choice((new, f" {new} ", f"{place[0]} {new} " if place else ""))
    )


def token_lost(text: str, other: str, chance: random.Random) -> str:
    return _put(text, _any(_TOKEN, text, chance), " ")


def figure_changed(text: str, other: str, chance: random.Random) -> str:
    return _put(text, _any(r"\b[0-9.]+(?:[eE][+-]?\d+)?", text, chance), chance.choice(_NUMBERS))


def word_changed(text: str, other: str, chance: random.Random) -> str:
    return _put(text, _any(r"\b[A-Za-z_]\w*", text, chance), chance.choice(_IDS))


def statement_moved(text: str, other: str, chance: random.Random) -> str:
    place = _any(r"[^;\n]+[;\n]", text, chance)
    guest = _any(r"[^;\n]+[;\n]", chance.choice((text, other)), chance)
    if place is None or guest is None:
        return text
    return _put(text, place, chance.choice(("", place[0])) + guest[0])


def brackets_put(text: str, other: str, chance: random.Random) -> str:
    place, deep = _any(_TOKEN, text, chance), chance.choice((1, 20, 150, 5000))
    return _put(text, place, "(" * deep + (place[0] if place else "1") + ")" * deep)


ANTIMONY: tuple[Mutation, ...] = (
    letter, cut, gap, token_changed, token_changed, token_lost, figure_changed, figure_changed,
    word_changed, statement_moved, statement_moved, brackets_put,
)  # fmt: skip
