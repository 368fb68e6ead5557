"""Hierarchical models: made flat, with files of the model's own folder and no others."""

from pathlib import Path

import pytest
from documents import parameters, rules, start

from axissim.model.library import load
from axissim.model.model import ModelError
from axissim.model.reading import apart as apart_module
from axissim.model.reading.sbml import read_sbml
from axissim.model.text import show

SPACES = (
    'xmlns="http://www.sbml.org/sbml/level3/version1/core" '
    'xmlns:comp="http://www.sbml.org/sbml/level3/version1/comp/version1" '
    'level="3" version="1" comp:required="true"'
)
PART = parameters("~x=1", "k=2") + rules(x_rate="-k*x")


def submodel(key: str, of: str) -> str:
    return f'<comp:submodel comp:id="{key}" comp:modelRef="{of}"/>'


def whole(definitions: str, *submodels: str, inside: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<sbml {SPACES}>\n<model id="whole">{inside}'
        f"<comp:listOfSubmodels>{''.join(submodels)}</comp:listOfSubmodels></model>\n"
        f"{definitions}\n</sbml>"
    )


def inner(key: str, inside: str = PART) -> str:
    return (
        f'<comp:listOfModelDefinitions><comp:modelDefinition id="{key}">{inside}'
        "</comp:modelDefinition></comp:listOfModelDefinitions>"
    )


def outer(source: str, reference: str = "") -> str:
    more = f' comp:modelRef="{reference}"' if reference else ""
    return (
        "<comp:listOfExternalModelDefinitions><comp:externalModelDefinition "
        f'comp:id="part" comp:source="{source}"{more}/></comp:listOfExternalModelDefinitions>'
    )


ALONE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<sbml '
    'xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">'
    f'<model id="part">{PART}</model></sbml>'
)


def test_submodels_of_one_text_become_parts_of_the_model() -> None:
    text = whole(inner("part"), submodel("A", "part"), submodel("B", "part"))
    model = read_sbml(text.encode(), "m.xml")
    assert model.id == "whole"
    assert {state.id: show(state.rate) for state in model.states} == {
        "A__x": "-A__k * A__x",
        "B__x": "-B__k * B__x",
    }


def test_a_submodel_in_a_file_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "part.xml").write_text(ALONE)
    (tmp_path / "m.xml").write_text(whole(outer("inner/part.xml"), submodel("A", "part")))
    assert start(load(tmp_path / "m.xml"))[1] == {"A__x": -2.0}


def test_a_file_of_a_file_is_looked_for_beside_it(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    middle = whole(outer("part.xml"), submodel("B", "part")).replace('"whole"', '"middle"')
    (tmp_path / "inner" / "part.xml").write_text(ALONE)
    (tmp_path / "inner" / "middle.xml").write_text(middle)
    (tmp_path / "m.xml").write_text(whole(outer("inner/middle.xml"), submodel("A", "part")))
    assert start(load(tmp_path / "m.xml"))[1] == {"A__B__x": -2.0}


@pytest.mark.parametrize(
    "source",
    [
        "../secret.xml",
        "/etc/passwd",
        "file:///etc/passwd",
        "http://localhost/part.xml",
        "a/../../secret.xml",
        "%2e%2e/secret.xml",
        "..\\secret.xml",
    ],
)
def test_a_submodel_cannot_come_from_elsewhere(tmp_path: Path, source: str) -> None:
    (tmp_path / "secret.xml").write_text(ALONE)
    (tmp_path / "here" / "a").mkdir(parents=True)
    (tmp_path / "here" / "m.xml").write_text(whole(outer(source), submodel("A", "part")))
    with pytest.raises(ModelError, match=r"m\.xml:\d+: '.*' leaves the model's folder"):
        load(tmp_path / "here" / "m.xml")


def test_a_submodel_cannot_come_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "secret.xml").write_text(ALONE)
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "part.xml").symlink_to(tmp_path / "secret.xml")
    (tmp_path / "here" / "m.xml").write_text(whole(outer("part.xml"), submodel("A", "part")))
    with pytest.raises(ModelError, match="leaves the model's folder"):
        load(tmp_path / "here" / "m.xml")


def test_text_alone_has_no_folder() -> None:
    with pytest.raises(ModelError, match=r"m\.xml:4: text cannot use 'part\.xml'; put the model"):
        read_sbml(whole(outer("part.xml"), submodel("A", "part")).encode(), "m.xml")


def test_a_file_that_is_missing_or_is_not_sbml_is_named(tmp_path: Path) -> None:
    (tmp_path / "m.xml").write_text(whole(outer("part.xml"), submodel("A", "part")))
    with pytest.raises(ModelError, match=r"m\.xml:4: cannot read 'part\.xml'"):
        load(tmp_path / "m.xml")
    (tmp_path / "part.xml").write_text("<sbml>")
    with pytest.raises(ModelError, match=r"part\.xml:1: "):
        load(tmp_path / "m.xml")


@pytest.mark.parametrize(
    "definitions",
    [
        inner("other"),
        inner("part", f"<comp:listOfSubmodels>{submodel('A', 'part')}</comp:listOfSubmodels>"),
    ],
)
def test_what_cannot_be_flattened_is_an_error(definitions: str) -> None:
    with pytest.raises(ModelError, match=r"^m\.xml") as wrong:
        read_sbml(whole(definitions, submodel("A", "part")).encode(), "m.xml")
    assert "\n" not in str(wrong.value)


def test_an_error_in_a_submodel_names_no_line_that_is_not_there() -> None:
    broken = whole(
        inner("part", parameters("~x=1", "k") + rules(x_rate="-k*x")), submodel("A", "part")
    )
    with pytest.raises(ModelError, match=r"^m\.xml: parameter 'A__k' has no value"):
        read_sbml(broken.encode(), "m.xml")


def test_a_flattening_that_takes_too_much_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart_module.translator, "__file__", "/nonexistent/translator.py")
    with pytest.raises(ModelError, match=r"^m\.xml: takes libSBML over"):
        read_sbml(whole(inner("part"), submodel("A", "part")).encode(), "m.xml")
