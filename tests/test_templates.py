"""The template of a model is a model: it validates, runs, has its card, test and picture."""

from __future__ import annotations

import csv
import runpy
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure

import axissim as ax
from axissim.cli.app import main
from axissim.model import library
from tests.published.conftest import Row

TEMPLATES = Path(__file__).parents[1] / "docs" / "contributing" / "templates"


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library with a copy of the template in it and nothing else."""
    shutil.copytree(TEMPLATES / "my_model", tmp_path / "my_model")
    monkeypatch.setattr(library, "folder", lambda: tmp_path)
    return tmp_path / "my_model"


def rows(copied: Path) -> Iterator[Row]:
    with (copied / "reference" / "my_model.csv").open(newline="") as file:
        for line in csv.DictReader(file):
            numbers: Any = {key: float(line.pop(key)) for key in ("value", "tolerance")}
            yield Row(**line, **numbers)


def test_it_validates_strictly(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["validate", "--strict", str(copied / "my_model.ant")])
    assert left.value.code == 0, capsys.readouterr().out


def test_it_runs_as_a_file(copied: Path) -> None:
    run = ax.simulate(ax.load(copied / "my_model.ant"), t=(0, 24, 25), outputs=["H", "secretion"])
    assert int(run["status"]) == 1
    assert run["H"].attrs["units"] == "nmol/L"


def test_its_card_is_read(copied: Path) -> None:
    card = library.card("my_model")
    assert (card.id, card.outputs, card.span) == ("my_model", ("H",), (0, 24, 241))
    assert card.citations
    assert {*card.inputs} <= {part.id for part in ax.load("my_model").parameters}


def test_its_own_test_passes(copied: Path, pytestconfig: pytest.Config) -> None:
    pytestconfig.addinivalue_line("markers", "reference(model, table): a row of a table")
    space = runpy.run_path(str(TEMPLATES / "test_my_model.py"))
    found = list(rows(copied))
    assert len(found) == 2
    for row in found:
        space["test_published_numbers"](row)
    space["test_feedback_holds_back_half_of_a_change"]()


def test_its_picture_is_drawn(copied: Path) -> None:
    figure = Figure()
    runpy.run_path(str(TEMPLATES / "gallery_my_model.py"))["draw"](figure)
    assert len(figure.axes[0].lines) == 4
