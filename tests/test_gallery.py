"""The gallery: every model has a picture, and its script still draws."""

from __future__ import annotations

import io
import runpy
from pathlib import Path
from typing import Any

import pytest

from axissim.model.library import shipped

GALLERY = Path(__file__).parents[1] / "docs" / "gallery"
MAKE: dict[str, Any] = runpy.run_path(str(GALLERY / "make.py"))


@pytest.mark.parametrize("model", shipped())
def test_a_model_has_its_picture(model: str) -> None:
    assert (GALLERY / f"{model}.png").is_file()
    figure = MAKE["picture"](model)
    assert all(axes.get_xlabel() or axes.get_ylabel() or axes.lines for axes in figure.axes)
    assert figure.axes
    figure.savefig(io.BytesIO(), dpi=30)  # a warning of the layout is an error here


def test_nothing_else_lies_in_the_gallery() -> None:
    made = {path.stem for path in GALLERY.glob("*.py")} - {"make"}
    assert made == set(shipped()) == {path.stem for path in GALLERY.glob("*.png")}


def test_the_page_is_the_one_that_is_made() -> None:
    assert (GALLERY / "README.md").read_text() == "\n".join(MAKE["page"]()) + "\n"
