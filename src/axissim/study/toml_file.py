"""A TOML file as tables that know their lines, so that each complaint says where."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from axissim.model.library import Card, card, load, shipped
from axissim.model.model import Model, ModelError, suggestion

Place = tuple[str | int, ...]  # ("arms", 0, "params")


class Table:
    """A table of a file.

    Parameters
    ----------
    path : Path
    lines : mapping
        Places to lines.
    values : mapping
        What the table holds.
    place : tuple
        Where in the file it is.
    """

    def __init__(
        self, path: Path, lines: Mapping[Place, int], values: Mapping[str, Any], place: Place = ()
    ) -> None:
        self.path, self.lines, self.values, self.place = path, lines, values, place

    @property
    def name(self) -> str:
        """What the table is called in a complaint: ``[[arms]]``, ``[design]``."""
        words = [str(part) for part in self.place if isinstance(part, str)]
        if not words:
            return "the file"
        double = bool(self.place) and isinstance(self.place[-1], int)
        return f"[[{'.'.join(words)}]]" if double else f"[{'.'.join(words)}]"

    def line(self, *inner: str | int) -> int:
        """The line of a place within the table, or of what it stands in; else of the table."""
        place = (*self.place, *inner)
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def wrong(self, what: str, *inner: str | int) -> NoReturn:
        """Raise ``file:line: what``, with the `line` of a place within the table."""
        raise ModelError(f"{self.path}:{self.line(*inner)}: {what}") from None

    def only(self, known: Collection[str]) -> None:
        """ModelError for a key that is not among `known`."""
        for key in self.values:
            if key not in known:
                near = suggestion(key, known) or f"; it has {', '.join(known)}"
                self.wrong(f"{self.name} has no '{key}'{near}", key)

    def text(self, key: str, otherwise: str | None = None) -> str:
        """A text; needed unless there is another for it."""
        found = self._given(key, otherwise)
        if not isinstance(found, str) or (otherwise is None and not found.strip()):
            self.wrong(f"{key} is a text, in quotes", key)
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty if it is left out; one text is a list of one."""
        found = self.values.get(key, [])
        found = [found] if isinstance(found, str) else found
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            self.wrong(f"{key} is a list of texts", key)
        return tuple(found)

    def number(self, key: str, otherwise: float | None = None) -> float:
        """A number; needed unless there is another for it."""
        found = self._given(key, otherwise)
        if isinstance(found, bool) or not isinstance(found, (int, float)):
            self.wrong(f"{key} = {found!r:.40} is not a number", key)
        return float(found)

    def count(self, key: str, otherwise: int, least: int = 0) -> int:
        """A whole number, not below `least`."""
        found = self._given(key, otherwise)
        if isinstance(found, bool) or not isinstance(found, int) or found < least:
            self.wrong(f"{key} is a whole number, {least} or more", key)
        return int(found)

    def numbers(self, key: str) -> dict[str, float]:
        """A table of numbers, empty if it is left out."""
        inner = self.table(key)
        return {name: inner.number(name) for name in inner.values}

    def span(self, key: str) -> tuple[float, float, int] | None:
        """Start, stop and how many points of a run; None if it is left out."""
        if key not in self.values:
            return None
        match self.values[key]:
            case [int() | float() as start, int() | float() as stop, int() as points]:
                if not start < stop or math.isinf(stop - start) or points < 2:
                    self.wrong(f"{key} rises from start to stop, in two points or more", key)
                return float(start), float(stop), points
        self.wrong(f"{key} is [start, stop, points], as in [0, 24, 97]", key)

    def table(self, key: str) -> Table:
        """A table within, empty if it is left out."""
        found = self.values.get(key, {})
        if not isinstance(found, dict):
            self.wrong(f"{key} is a table; begin it with [{key}]", key)
        return Table(self.path, self.lines, found, (*self.place, key))

    def tables(self, key: str) -> Iterator[Table]:
        """Tables in double brackets."""
        found = self.values.get(key, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            self.wrong(f"write [[{key}]], in double brackets", key)
        for at, one in enumerate(found):
            yield Table(self.path, self.lines, one, (*self.place, key, at))

    def _given(self, key: str, otherwise: Any) -> Any:
        if key in self.values:
            return self.values[key]
        if otherwise is None:
            self.wrong(f"{self.name} lacks '{key}'; give it")
        return otherwise


def read_table(path: Path) -> tuple[Table, str]:
    """A file's table, and its text; ModelError is ``file:line: what; mend``."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        said = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", str(wrong))
        line = (said and said[2]) or text.count("\n") + 1
        raise ModelError(f"{path}:{line}: {said[1] if said else wrong}") from None
    except UnicodeDecodeError:
        raise ModelError(f"{path}:1: is not text in UTF-8; save it so") from None
    return Table(path, _lines(text), values), text


def model_of(table: Table) -> tuple[str, Model, Card | None]:
    """What ``model`` says, the model, and its card: a shipped one, or a file beside this one."""
    source = table.text("model")
    beside = table.path.parent / source
    found = str(beside) if source not in shipped() and beside.is_file() else source
    try:
        return source, load(found), card(source) if source in shipped() else None
    except ModelError as wrong:
        if found != source:
            raise
        table.wrong(str(wrong), "model")


_NAME = r"(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')"
_HEAD = re.compile(rf"\s*(\[\[?)\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(rf"\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*=")


def _lines(text: str) -> dict[Place, int]:
    """The line of each table and key.

    Lines of a long text that look like keys give lines to places that nobody asks for, at worst a
    wrong line in a complaint: the text itself is read by tomllib.
    """
    found: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    inside: Place = ()
    for at, line in enumerate(text.splitlines(), 1):
        head, key = _HEAD.match(line), _KEY.match(line)
        if head:
            inside = _within((), _names(head[2])[:-1], counts)
            inside = (*inside, _names(head[2])[-1])
            if head[1] == "[[":
                counts[inside] = counts.get(inside, -1) + 1
                found.setdefault(inside, at)
                inside = (*inside, counts[inside])
            found.setdefault(inside, at)
        elif key:
            names = _names(key[1])
            for last in range(1, len(names) + 1):
                found.setdefault((*inside, *names[:last]), at)
    return found


def _names(dotted: str) -> list[str]:
    return [name.strip("\"'") for name in re.findall(_NAME, dotted)]


def _within(place: Place, names: list[str], counts: Mapping[Place, int]) -> Place:
    """The place that names lead to: of tables in double brackets the latest."""
    for name in names:
        place = (*place, name)
        if place in counts:
            place = (*place, counts[place])
    return place
