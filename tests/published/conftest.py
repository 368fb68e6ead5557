"""Published numbers: the rows of models/*/reference/*.csv, handed to the tests one by one.

``pytest tests/published --library docs/library.md`` also writes the table of the library.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from axissim.model.library import Card, card, load, shipped

MODELS = Path(__file__).parents[2] / "models"


@dataclass(frozen=True)
class Row:
    """One number of a reference table.

    Attributes
    ----------
    quantity : str
        What is measured: an id, or an id and a statistic.
    condition : str
        Under what circumstances, for instance ``TH_activity=0.5; autoreceptor=0``.
    value, tolerance : float
        The number and how far a result may lie from it, both in `unit`.
    unit, source : str
        As printed.
    """

    quantity: str
    condition: str
    value: float
    unit: str
    tolerance: float
    source: str

    @property
    def settings(self) -> tuple[tuple[str, float], ...]:
        """The condition as (id, value) pairs; what is not of the form ``id=value`` is left out."""
        pairs = (part.split("=") for part in self.condition.split(";") if "=" in part)
        return tuple((name.strip(), float(value)) for name, value in pairs)

    def holds(self, found: float) -> bool:
        """Whether `found` is the number, to its tolerance."""
        return abs(found - self.value) <= self.tolerance


def rows(model: str, table: str) -> Iterator[Row]:
    """Read models/MODEL/reference/TABLE.csv."""
    with open(MODELS / model / "reference" / f"{table}.csv", newline="") as file:
        for line in csv.DictReader(file):
            numbers = {key: float(line.pop(key)) for key in ("value", "tolerance")}
            yield Row(**line, **numbers)  # type: ignore[arg-type]


@pytest.fixture
def reference() -> Callable[[str, str], Iterator[Row]]:
    """Hand a test a whole reference table."""
    return rows


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the table's option; it exists where this folder is asked for by name."""
    parser.addoption("--library", type=Path, metavar="FILE", help="write the table of models")


def pytest_configure(config: pytest.Config) -> None:
    """Announce the markers."""
    config.addinivalue_line("markers", "reference(model, table): run once for each row of a table")
    config.addinivalue_line("markers", "finding(model): a published finding, made again")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test marked with a reference table one row at a time, as its argument `row`."""
    for mark in metafunc.definition.iter_markers("reference"):
        table = list(rows(*mark.args))
        names = [f"{row.quantity} | {row.condition}" for row in table]
        metafunc.parametrize("row", table, ids=names)


OUTCOMES = pytest.StashKey[Counter[tuple[str, str, bool]]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[pytest.TestReport]:
    """Count the outcome of each number and each finding for its model."""
    report = yield
    counts = item.config.stash.setdefault(OUTCOMES, Counter())
    for kind in ("reference", "finding"):
        mark = item.get_closest_marker(kind)
        if mark is not None and report.when == "call":
            counts[mark.args[0], kind, report.passed] += 1
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the table, if it is asked for."""
    path = session.config.getoption("--library", default=None)
    if path is not None:
        path.write_text("\n".join(library(session.config.stash.get(OUTCOMES, Counter()))) + "\n")


INTRODUCTION = """# The library

Made by `pytest tests/published --library docs/library.md`. *Numbers* are rows of the reference
tables beside each model that its tests make again; *findings* are published statements tested as
such; *parameters* are those with a source, of all. `axissim show MODEL` prints the page of a model,
`axissim cite MODEL` its sources, and [the gallery](gallery/README.md) shows a picture of each. For
research and teaching; not medical advice.

| model | axis | origin | states | parameters | numbers | findings | known misfits |
|---|---|---|---|---|---|---|---|"""


def library(counts: Counter[tuple[str, str, bool]]) -> Iterator[str]:
    """The table of the library, and what each model gets wrong."""
    yield INTRODUCTION
    for key in shipped():
        yield table_row(card(key), counts)
    yield "\n## Known misfits\n\nNothing is tuned to hide them."
    for made in map(card, shipped()):
        if made.misfits:
            yield f"\n**{made.id}**\n"
            yield from (f"- {misfit}" for misfit in made.misfits)


def table_row(made: Card, counts: Counter[tuple[str, str, bool]]) -> str:
    """One model's row."""
    model = load(made.id)
    sourced = sum(bool(parameter.note) for parameter in model.parameters)
    held = {kind: counts[made.id, kind, True] for kind in ("reference", "finding")}
    ran = {kind: held[kind] + counts[made.id, kind, False] for kind in held}
    cells = [
        f"[{made.id}](../models/{made.id}/card.md)",
        made.axis,
        made.origin,
        len(model.states),
        f"{sourced}/{len(model.parameters)}",
        *(f"{held[kind]}/{ran[kind]}" for kind in held),
        len(made.misfits),
    ]
    return f"| {' | '.join(map(str, cells))} |"
