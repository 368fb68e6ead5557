"""The shipped models, their cards, and reading a model from wherever it is."""

import subprocess
import sys
from pathlib import Path

import pytest

from axissim.model import library
from axissim.model.citation import Citation
from axissim.model.library import Card, card, load, models, shipped
from axissim.model.model import ModelError

TEXT = "model m\n  x = 1\n  x' = -x\nend\n"
SBML = (
    '<?xml version="1.0"?><sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" '
    'version="2"><model id="s"/></sbml>'
)


def test_a_shipped_model_by_its_name() -> None:
    assert "dopamine_terminal" in shipped()
    model = load("dopamine_terminal")
    assert model.id == "dopamine_terminal"
    assert model.time_unit == "h"
    assert {"eda", "hva", "tyr"} <= {part.id for part in model.states}


def test_text_paths_and_sbml(tmp_path: Path) -> None:
    (tmp_path / "m.ant").write_text(TEXT)
    (tmp_path / "s.xml").write_text(SBML)
    (tmp_path / "s.sbml").write_text("\ufeff" + SBML)
    assert load(TEXT).id == "m"
    assert load("model one; x = 1; end").id == "one"
    assert load(SBML).id == "s"
    assert load(tmp_path / "m.ant").id == "m"
    assert load(str(tmp_path / "s.xml")).id == "s"
    assert load(tmp_path / "s.sbml").id == "s"


def test_a_model_without_a_name_takes_its_files(tmp_path: Path) -> None:
    (tmp_path / "2 states.ant").write_text("x = 1\nx' = -x\n")
    assert load(tmp_path / "2 states.ant").id == "model_2_states"


def test_errors_name_the_file_as_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.ant").write_text("model m\n x' = -x\nend\n")
    with pytest.raises(ModelError, match=r"^m\.ant:2: "):
        load("m.ant")
    with pytest.raises(ModelError, match=r"^text:2: "):
        load("model m\n x' = -x\nend\n")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("dopamin_terminal", "did you mean 'dopamine_terminal'?"),
        ("qqqqqq", "neither a shipped model nor a file; `axissim list` shows the shipped ones"),
        ("nowhere/m.ant", "nowhere/m.ant: no such file"),
        ("m.xml", "m.xml: no such file"),
        ("..", "neither a shipped model nor a file"),
    ],
)
def test_what_is_not_there_is_named(source: str, said: str) -> None:
    with pytest.raises(ModelError) as wrong:
        load(source)
    assert said in str(wrong.value)


def test_files_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.ant").write_bytes(b"\xff\xfe")
    (tmp_path / "a.xml.gz").write_bytes(b"\x1f\x8b\x08\x00")
    with pytest.raises(ModelError, match=r"a\.ant:1: not UTF-8"):
        load(tmp_path / "a.ant")
    with pytest.raises(ModelError, match=r"a.xml.gz:1: this is a gzip file"):
        load(tmp_path / "a.xml.gz")


def test_every_shipped_model_has_a_whole_card() -> None:
    assert [made.id for made in models()] == list(shipped())
    for made in models():
        model = load(made.id)
        assert made.title
        assert made.summary
        assert made.axis
        assert made.licence
        assert made.note
        assert made.checks
        assert made.time_unit == model.time_unit
        assert made.span[0] < made.span[1]
        assert made.span[2] > 1
        assert all(citation.text for citation in made.citations)
        for key in (*made.inputs, *made.outputs):
            model.part(key)


def test_a_card_prints_on_a_line() -> None:
    line = str(card("dopamine_terminal"))
    assert "\n" not in line
    assert line.split()[0] == "dopamine_terminal"


def test_an_unknown_card_is_named() -> None:
    with pytest.raises(ModelError, match="did you mean 'thyroid_human'"):
        card("thyroid_humna")


def test_front_matter() -> None:
    text = """---
id: m
title: A model
time_unit: hour
span: [0, 24, 49]
outputs: [x, y]
citations:
  - {authors: Author A, year: 2001, doi: 10.1/2}
misfits: [too high]
checks: ["one: two"]
---

# A model
"""
    made = library._card("m", text, "m/card.md")
    assert made == Card(
        id="m",
        title="A model",
        time_unit="h",
        span=(0.0, 24.0, 49),
        outputs=("x", "y"),
        citations=(Citation(authors="Author A", year="2001", doi="10.1/2"),),
        misfits=("too high",),
        checks=("one: two",),
        note="# A model",
    )


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("titel: x", "unknown key 'titel'; did you mean 'title'"),
        ("a: b: c", "m/card.md:2: not YAML"),
        ("just words", "holds no keys"),
        ("citations: [Author A (2001)]", "m/card.md:2: a citation is written as"),
        ("citations: [{autor: A}]", "unknown key 'autor'; did you mean 'authors'"),
        ("span: [0, 1]", "span is 'start, stop, points'"),
    ],
)
def test_wrong_front_matter_is_named(front: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        library._card("m", f"---\n{front}\n---\n", "m/card.md")


def test_the_models_folder_of_a_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models" / "tiny").mkdir(parents=True)
    (tmp_path / "models" / "tiny" / "tiny.ant").write_text(TEXT)
    monkeypatch.setattr("importlib.resources.files", lambda package: tmp_path)
    assert shipped() == ("tiny",)
    assert load("tiny").id == "m"


def test_the_door_to_models_imports_nothing_heavy() -> None:
    heavy = ("libsbml", "antimony", "pint", "yaml", "scipy", "sympy")
    code = f"""
import sys, axissim.model.library, axissim.model.units
print([module for module in {heavy} if module in sys.modules])
"""
    path = {"PYTHONPATH": ":".join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", code], env=path, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
