"""A model in a notebook: everything is there, with units, and nothing an author wrote is markup."""

from __future__ import annotations

import os
import subprocess
import sys
from html.parser import HTMLParser

import pytest

import axissim as ax
from axissim.model.library import card, shipped

HOSTILE = "<script>alert('a')</script> & \"b\""
TOLD = """
model tank()
  unit lump = 1e-6 mole
  unit pace = 1 / 3600 second
  var x = 2; var y = 0; const k = 0.5; const twice = 2*k; seen := x/(1 + x)
  x has lump; k has pace
  x' = -k*x; y' = k*x
  filled: at (x < 1): x = x + 1
end
"""


class Reader(HTMLParser):
    """What tables hold, and whether every tag that opens is closed in turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.rows: list[list[str]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


def test_every_part_has_a_row_with_its_value_and_unit() -> None:
    rows = read(ax.load(TOLD)._repr_html_()).rows
    for row in (
        ["x", "2", "umol", ""],
        ["k", "0.5", "1/h", ""],
        ["twice", "2 * k", "", ""],
        ["seen", "x / (1 + x)", "", ""],
        ["filled", "x < 1", "x = x + 1", ""],
    ):
        assert row in rows


@pytest.mark.parametrize("model", ["dopamine_terminal", "thyroid_human", "gnrh_goodwin"])
def test_a_shipped_model_has_the_title_of_its_card(model: str) -> None:
    assert model in shipped()
    loaded = ax.load(model)
    found = read(loaded._repr_html_())
    assert card(model).title in found.text
    assert f"States ({len(loaded.movers)})" in found.text
    assert "For research and teaching; not medical advice." in found.text


def test_another_model_of_that_name_has_not() -> None:
    mine = ax.load("model levodopa()\n  var x = 1\n  x' = -x\nend\n")
    assert card("levodopa").title not in mine._repr_html_()


def test_what_authors_write_is_never_markup() -> None:
    import dataclasses

    model = ax.load(TOLD)
    states = tuple(dataclasses.replace(s, name=HOSTILE) for s in model.states)
    hostile = dataclasses.replace(model, name=HOSTILE, states=states, time_unit="<b>h</b>")
    found = read(hostile._repr_html_())
    assert not {"script", "b"} & found.tags
    assert found.text.count(HOSTILE) == 1 + len(states)


def test_long_tables_and_long_formulas_are_cut() -> None:
    fluxes = " + ".join(f"k{at}" for at in range(300))
    constants = "\n".join(f"  const k{at} = {at}" for at in range(300))
    model = ax.load(f"model long()\n  var x = 1\n{constants}\n  x' = -x\n  all := {fluxes}\nend\n")
    found = read(model._repr_html_())
    assert ["and 100 more"] in found.rows  # of 300 parameters
    assert "Parameters (300)" in found.text
    assert max(len(cell) for row in found.rows for cell in row) <= 60


def test_showing_a_model_imports_nothing_heavy() -> None:
    code = (
        "import axissim, sys; axissim.load('thyroid_human')._repr_html_();"
        "print([*filter(sys.modules.get, ['numba', 'xarray', 'scipy', 'matplotlib', 'pint'])])"
    )
    ax.load("thyroid_human")  # read once, so that it lies in the cache
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
