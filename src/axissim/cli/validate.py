"""``axissim validate``: what is wrong with a model, one line each."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from axissim.cli.options import Json, Quiet

if TYPE_CHECKING:
    from axissim.model.model import Model

PROBLEMS, UNREADABLE = 1, 2
_WHERE = re.compile(r"(?P<kind>[^']*?) ?'(?P<id>[^']+)'(?: as '(?P<event>[^']+)' sets it)?")


def validate(
    files: Annotated[
        list[str], typer.Argument(metavar="MODEL...", help="Shipped models, or files.")
    ],
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Every quantity needs a unit, and a bare number has none of its own."
        ),
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check models: that they are read, that they can be run, and that their units agree.

    Exit code 0 if nothing is wrong, 1 if something is, 2 if a model cannot be read.

    axissim validate my_model.ant --strict
    """
    told: dict[str, list[str]] = {}
    unreadable = False
    for file in files:
        from axissim.model.library import load
        from axissim.model.model import ModelError

        try:
            told[file] = list(dict.fromkeys(_problems(load(file), file, strict)))
        except ModelError as wrong:
            told[file], unreadable = [" ".join(str(wrong).split())], True
    found = sum(map(len, told.values()))
    if as_json:
        print(json.dumps([{"model": file, "problems": lines} for file, lines in told.items()]))
    else:
        for lines in told.values():
            print("".join(f"{line}\n" for line in lines), end="")
        if not quiet:
            count = f"{found} problem{'s' * (found != 1)}" if found else "no problems"
            print(f"{count} in {len(told)} model{'s' * (len(told) != 1)}", file=sys.stderr)
    if found:
        raise typer.Exit(UNREADABLE if unreadable else PROBLEMS)


def _problems(model: Model, file: str, strict: bool) -> Iterator[str]:
    """The lines about one model."""
    from axissim.compile.system import system_of
    from axissim.model.model import ModelError
    from axissim.model.units import check

    places = _Places(file)
    try:
        system_of(model)
    except ModelError as wrong:
        yield f"{file}: {wrong}"
    for line in _undeclared(model) if strict else ():
        yield f"{places.of(line)}: {line}"
    for line in check(model, "dimensionless" if strict else "any"):
        yield f"{places.of(line)}: {line}"


def _undeclared(model: Model) -> Iterator[str]:
    if not model.time_unit:
        yield "the model has no unit of time; declare one of second, minute, hour or day"
    for part in model.parts:
        if not part.unit:
            yield f"'{part.id}' has no unit; declare one, or dimensionless"


class _Places:
    """Where in a file the parts of a model are given what they are."""

    def __init__(self, file: str) -> None:
        path = Path(file)
        self.label = file
        self.text = path.read_text("utf-8", errors="replace") if path.is_file() else ""
        self.is_xml = self.text.lstrip("\ufeff \t\r\n").startswith("<")

    def of(self, problem: str) -> str:
        """``file:line`` of what a problem begins with; the file alone where it is not found."""
        match = _WHERE.match(problem)
        if match is None or not self.text:
            return self.label
        key = re.escape(match["event"] or match["id"])
        for pattern in self._patterns(match["kind"].strip(), key):
            found = re.search(pattern, self.text, re.MULTILINE)
            if found:
                return f"{self.label}:{self.text.count(chr(10), 0, found.start('at')) + 1}"
        return self.label

    def _patterns(self, kind: str, key: str) -> list[str]:
        """Where to look, the likeliest place first."""
        if self.is_xml:
            elements = {"rate of": "rateRule", "initial value of": "initialAssignment"}
            element = elements.get(kind, "assignmentRule")
            given = rf'<(?P<at>(?:\w+:)?{element})\b[^>]*\b(?:variable|symbol)\s*=\s*"{key}"'
            return [given, rf'<(?P<at>(?:\w+:)?\w+)\b[^>]*\bid\s*=\s*"{key}"']
        signs = {"rate of": r"'\s*=", "initial value of": r"\s*="}
        word = rf"(?P<at>(?<![\w']){key})"
        after = signs.get(kind, r"\s*:(?:=|\s*at\b)")
        return [rf"^[^/\n]*?{word}{after}", rf"^[^/\n]*?{word}\s*(?::=|=)", rf"^[^/\n]*?{word}\b"]
