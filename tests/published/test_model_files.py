"""The shipped model files: clean SBML, units that agree, names, sources and true cards."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

import antimony
import libsbml
import pytest
import yaml

from axissim.model import library
from axissim.model.citation import Citation
from axissim.model.export import to_sbml

MODELS = Path(__file__).parents[2] / "models"
OURS = library.shipped()
ORIGINS = ("published", "mended", "composite")
CLOCKS = ("second", "minute", "hour", "day")
DOCUMENTS: dict[str, libsbml.SBMLDocument] = {}
KEYS = [
    "id",
    "title",
    "summary",
    "origin",
    "axis",
    "time_unit",
    "licence",
    "citations",
    "inputs",
    "outputs",
    "span",
    "checks",
    "misfits",
]


@lru_cache
def sbml(name: str) -> str:
    """SBML of a model, made without any message.

    One that joins others is made by axissim: libantimony mixes up the units of its parts.
    """
    if library.card(name).parts:
        return to_sbml(library.load(name))
    antimony.clearPreviousLoads()
    made = antimony.loadAntimonyFile(str(MODELS / name / f"{name}.ant"))
    assert made != -1, antimony.getLastError()
    assert not antimony.getWarnings()
    assert antimony.getMainModuleName() == name
    assert not antimony.getSBMLInfoMessages(name)
    assert not antimony.getSBMLWarnings(name)
    return antimony.getSBMLString(name)


def read(text: str) -> libsbml.SBMLDocument:
    """SBML text as libSBML's document."""
    return libsbml.readSBMLFromString(text)


@lru_cache
def model(name: str) -> libsbml.Model:
    """The model of a document that stays alive: libSBML frees a model with its document."""
    DOCUMENTS[name] = read(sbml(name))
    return DOCUMENTS[name].getModel()


def parameters(name: str) -> list[libsbml.Parameter]:
    """States, parameters and read-outs: in these files all of them are SBML parameters."""
    return list(model(name).getListOfParameters())


def declare_dimensionless(node: libsbml.ASTNode) -> None:
    """Give every bare number the unit it has in these files by convention."""
    if node.isNumber() and not node.isSetUnits():
        node.setUnits("dimensionless")
    for i in range(node.getNumChildren()):
        declare_dimensionless(node.getChild(i))


def complaints(text: str) -> list[str]:
    """What libSBML's consistency checks, units among them, have to say.

    Function definitions are expanded first: libSBML 5.21 finds units through them at random.
    """
    document = read(text)
    expand = libsbml.ConversionProperties()
    expand.addOption("expandFunctionDefinitions", True)
    assert document.convert(expand) == libsbml.LIBSBML_OPERATION_SUCCESS
    read_out = document.getModel()
    for rule in (*read_out.getListOfRules(), *read_out.getListOfInitialAssignments()):
        math = rule.getMath().deepCopy()
        declare_dimensionless(math)
        rule.setMath(math)
    document = read(libsbml.writeSBMLToString(document))
    document.checkConsistency()
    return [document.getError(i).getMessage() for i in range(document.getNumErrors())]


@pytest.mark.parametrize("name", OURS)
def test_sbml_is_clean_and_its_units_agree(name):
    assert complaints(sbml(name)) == []


def test_the_unit_check_can_fail():
    wrong = sbml("dopamine_terminal").replace('units="per_h"', 'units="uM"', 1)
    assert complaints(wrong) != []


@pytest.mark.parametrize("name", OURS)
def test_level_time_unit_and_notes(name):
    found = model(name)
    assert (found.getLevel(), found.getVersion()) == (3, 2)
    assert found.getTimeUnits() == front_matter(name)["time_unit"]
    assert found.isSetNotes()


@pytest.mark.parametrize("name", OURS)
def test_everything_has_a_unit_and_a_name_and_every_parameter_a_source(name):
    for parameter in parameters(name):
        assert parameter.isSetUnits(), parameter.getId()
        assert parameter.isSetName(), parameter.getId()
        if parameter.getConstant():
            assert parameter.isSetValue(), parameter.getId()
            assert parameter.isSetNotes(), parameter.getId()


def front_matter(name):
    return yaml.safe_load((MODELS / name / "card.md").read_text().split("---\n", 2)[1])


@pytest.mark.parametrize("name", OURS)
def test_card(name):
    card = front_matter(name)
    prose = (MODELS / name / "card.md").read_text().split("---\n", 2)[2]
    ids = {parameter.getId() for parameter in parameters(name)}
    assert [key for key in card if key not in ("covariates", "parts")] == KEYS
    assert card["id"] == name
    assert card["time_unit"] in CLOCKS
    assert card["origin"] in ORIGINS
    assert card["citations"]
    assert all(Citation(**citation).authors for citation in card["citations"])
    assert {*card["inputs"], *card["outputs"]} <= ids
    assert all(isinstance(line, str) for line in (*card["checks"], *card["misfits"]))
    assert len(card["span"]) == 3
    assert "ot medical advice" in prose


@pytest.mark.parametrize("name", OURS)
def test_reference_tables_have_their_columns(name):
    tables = list((MODELS / name / "reference").glob("*.csv"))
    assert tables
    for table in tables:
        with table.open(newline="") as file:
            for line in csv.DictReader(file):
                assert list(line) == [
                    "quantity",
                    "condition",
                    "value",
                    "unit",
                    "tolerance",
                    "source",
                ]
                assert all(line.values()), (table.name, line)
