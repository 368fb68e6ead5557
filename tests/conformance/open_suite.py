"""The SBML Test Suite's time courses: where they are, what each asks for and expects."""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

LEVELS = ("l3v2", "l3v1", "l2v5", "l2v4", "l2v3", "l2v2", "l2v1", "l1v2")  # newest first
_BESIDE = Path(__file__).resolve().parents[3] / "shared" / "sbml-test-suite"
ABSENT = (
    "the SBML Test Suite is not here: give its folder or zip as AXISSIM_SUITE, "
    "or put it at ../shared/sbml-test-suite"
)
CLASSES = {  # the keys of classes_open.json, and what they are called here
    "pure_ode": "pure ODE",
    "needs_algebraic": "algebraic rules",
    "needs_delay_csymbol": "delay()",
    "needs_fast": "fast reactions",
    "needs_comp": "hierarchical",
}


@dataclass(frozen=True)
class Case:
    """One case of the suite.

    Attributes
    ----------
    number : str
        Five digits.
    path : Path
        Its newest SBML file.
    settings : dict
        start, duration, steps, variables, amount, concentration, absolute, relative.
    expected : dict
        Variable to its values, shape (steps + 1,).
    tags : tuple of str
        Component tags and test tags.
    levels : tuple of str
        In which releases of SBML the suite says it: ``l2v4``, ...
    """

    number: str
    path: Path
    settings: Mapping[str, Any]
    expected: Mapping[str, Any]
    tags: tuple[str, ...]
    levels: tuple[str, ...] = ()

    @property
    def level(self) -> str:
        return self.path.stem.rpartition("-")[2]


def place() -> Path | None:
    """The folder or zip of the suite, or None."""
    said = os.environ.get("AXISSIM_SUITE", "")
    for path in [Path(said)] if said else [_BESIDE / "open.zip", _BESIDE]:
        if path.is_file() or path.is_dir():
            return path
    return None


@cache
def _unpacked(path: Path) -> tuple[Path, Any]:
    """The folder of the cases; what is returned beside it removes the folder when it goes."""
    if path.is_dir():
        for folder in (path, path / "cases", path / "cases" / "semantic"):
            if next(folder.glob("[0-9]" * 5), None):
                return folder, None
        raise FileNotFoundError(f"{path} holds no cases, neither there nor in cases/semantic")
    kept = tempfile.TemporaryDirectory(prefix="suite_")
    with zipfile.ZipFile(path) as packed:
        packed.extractall(kept.name)
    return _unpacked(Path(kept.name))[0], kept


@cache
def cases() -> tuple[Case, ...]:
    """Every time course, in order; FileNotFoundError without the suite."""
    where = place()
    if where is None:
        raise FileNotFoundError(ABSENT)
    return tuple(_cases(_unpacked(where)[0]))


def _cases(root: Path) -> Iterator[Case]:
    for folder in sorted(root.glob("[0-9]" * 5)):
        number = folder.name
        said = _said((folder / f"{number}-model.m").read_text("utf-8", "replace"))
        files = [folder / f"{number}-sbml-{level}.xml" for level in LEVELS]
        newest = next((path for path in files if path.is_file()), None)
        if said.get("testType") != "TimeCourse" or newest is None:
            continue
        settings = _settings((folder / f"{number}-settings.txt").read_text("utf-8"))
        tags = _list(said.get("componentTags", "")) + _list(said.get("testTags", ""))
        expected = _results(folder / f"{number}-results.csv", settings["variables"])
        levels = [f"l{text.replace('.', 'v')}" for text in _list(said.get("levels", ""))]
        yield Case(number, newest, settings, expected, tuple(tags), tuple(levels))


def _said(text: str) -> dict[str, str]:
    """The lines ``key: value`` of a case's description."""
    return dict(re.findall(r"^\s*(\w+)[ \t]*:[ \t]*(.*?)\s*$", text, re.MULTILINE)[:20])


def _list(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _settings(text: str) -> dict[str, Any]:
    pairs = [line.split(":", 1) for line in text.splitlines() if ":" in line]
    said = {key.strip().lower(): given.strip() for key, given in pairs}
    lists = {key: _list(said.get(key, "")) for key in ("variables", "amount", "concentration")}
    keys = ("start", "duration", "absolute", "relative")
    return lists | {key: float(said.get(key) or 0) for key in keys} | {"steps": int(said["steps"])}


def _results(path: Path, variables: list[str]) -> dict[str, Any]:
    """Columns by variable; the first column is the time, whatever it is called."""
    with path.open(newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    titles = [title.strip().strip('"') for title in rows[0]][1:]
    if not set(variables) <= set(titles):  # a heading that spells them otherwise keeps their order
        titles = list(variables)
    table = np.array([[_number(word) for word in row[: len(titles) + 1]] for row in rows[1:]])
    return {title: table[:, at] for at, title in enumerate(titles, 1)}


def _number(word: str) -> float:
    return float(word.strip().lower().replace("infinity", "inf") or "nan")


@cache
def classes() -> dict[str, frozenset[str]]:
    """Title of each class to the numbers of its cases, as far as the suite's folder tells."""
    where = place()
    beside = where.parent / "classes_open.json" if where else None
    if beside is None or not beside.is_file():
        return {}
    said = json.loads(beside.read_text())
    return {CLASSES[key]: frozenset(said[key]) for key in CLASSES}


@cache
def tight() -> dict[str, dict[str, Any]]:
    """Case to columns on which independent engines agree to 1e-7, if they are beside the suite."""
    where = place()
    beside = where.parent / "tight_open.json.gz" if where else None
    if beside is None or not beside.is_file():
        return {}
    with gzip.open(beside, "rt") as file:
        said = json.load(file)
    return {
        number: {key: np.array(column, float) for key, column in entry["cols"].items()}
        for number, entry in said.items()
    }


def numbered(text: str) -> set[str]:
    """The cases that ``00001-00100,1500`` means."""
    found: set[str] = set()
    for piece in text.split(","):
        first, _, last = piece.partition("-")
        found |= {f"{n:05d}" for n in range(int(first), int(last or first) + 1)}
    return found
