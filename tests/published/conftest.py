"""Published numbers: the rows of models/*/reference/*.csv, handed to the tests one by one."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

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
