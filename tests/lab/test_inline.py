"""A page inside a notebook, or in a file."""

from __future__ import annotations

import html
import re

import numpy as np
import pytest

from axissim.lab.inline import sliders
from axissim.model.library import load
from axissim.model.model import ModelError
from axissim.study.action import dose
from axissim.study.sweep import simulate

from .engine import evaluated


def test_a_notebook_shows_the_whole_page() -> None:
    page = sliders(load("hydrocortisone"), params={"weight": 60}, doses=[dose("gut", 20, at=7)])
    shown = page._repr_html_()
    assert shown.startswith('<iframe title="Hydrocortisone by mouth"')
    inside = re.search(r'srcdoc="([^"]*)"', shown)
    assert inside is not None
    assert html.unescape(inside[1]) == page.html


def test_its_own_script_runs_as_it_is_set() -> None:
    model = load("hydrocortisone")
    given = {"t": (0.0, 24.0, 25), "params": {"weight": 60.0}, "outputs": ["total"]}
    doses = [dose("gut", 10, at=7, every=5, count=2)]
    page = sliders(model, doses=doses, **given)
    script = page.html.split("<script>")[2].split("</script>")[0]
    found = evaluated(script, "[...axissim.run(axissim.start).values[0]]")
    ds = simulate(model, protocol=doses, **given)
    np.testing.assert_allclose(found, ds["total"], rtol=1e-4, atol=1e-3)


def test_a_page_is_saved_once(tmp_path) -> None:
    page = sliders(load("model decay()\n  var x = 1; x' = -k*x\n  const k = 0.5\nend\n"))
    path = page.save(tmp_path / "decay.html")
    assert path.read_text("utf-8") == page.html
    with pytest.raises(FileExistsError):
        page.save(path)
    assert page.save(path, force=True) == path


@pytest.mark.parametrize(
    ("model", "given", "word"),
    [
        ("levodopa", {}, "events"),
        ("hydrocortisone", {"params": {"wieght": 1}}, "did you mean 'weight'"),
        ("hydrocortisone", {"outputs": ["totl"]}, "did you mean 'total'"),
        ("hydrocortisone", {"doses": [dose("gutt", 1, at=0)]}, "did you mean 'gut'"),
        ("hydrocortisone", {"t": (24, 0, 25)}, "rising"),
        ("hydrocortisone", {"t": (0, 24, 10**6)}, "points"),
    ],
)
def test_what_cannot_be_is_told(model, given, word) -> None:
    with pytest.raises(ModelError, match=word):
        sliders(load(model), **given)


def test_text_of_a_model_stays_text() -> None:
    model = load(
        "model odd()\n  var x = 1; x' = -k*x\n  const k = 0.5\n"
        '  x is "</script><script>boom()</script>"\nend\n'
    )
    page = sliders(model)
    assert "<script>boom" not in page.html
    script = page.html.split("<script>")[2].split("</script>")[0]
    assert evaluated(script, "axissim.model.states") == ["x"]
