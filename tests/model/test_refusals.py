"""What axissim does not simulate yet, or should not even look at, is refused by name."""

import logging

import pytest
from documents import (
    compartment,
    document,
    infix,
    network,
    parameters,
    reaction,
    read,
    rules,
    species,
)

from axissim.model.model import ModelError
from axissim.model.refusal import UnsupportedModelError
from axissim.model.sbml import read_sbml

ROOT = b'<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">'
EVENT = (
    '<listOfEvents><event id="E1" useValuesFromTriggerTime="true"><trigger initialValue="true" '
    f'persistent="true">{infix("time > 1")}</trigger></event></listOfEvents>'
)
S = species("S", initialAmount=1)
FAST = reaction("J", "S", "", "1").replace('reversible="false"', 'reversible="false" fast="true"')
VARIABLE = compartment().replace('constant="true"', 'constant="false"')
REFERENCE = reaction("J", "S", "", "1").replace(
    'stoichiometry="1" constant="true"', 'id="n" constant="false"'
)


@pytest.mark.parametrize(
    ("inside", "said", "options"),
    [
        (EVENT, "event 'E1' uses events", {}),
        (
            f"<listOfRules><algebraicRule>{infix('1 - 1')}</algebraicRule></listOfRules>",
            "algebraic rule uses algebraic rules",
            {},
        ),
        (network(S, FAST), "reaction 'J' uses fast reactions", {"version": 1}),
        (VARIABLE + rules(C="2 + time"), "rule 'C' uses a compartment of variable size", {}),
        (VARIABLE + rules(C_rate="2"), "rule 'C' uses a compartment of variable size", {}),
        (network(S, REFERENCE) + rules(n="time"), "rule 'n' uses variable stoichiometry", {}),
        (
            parameters("k=1"),
            "model 'm' uses a conversion factor",
            {"attributes": 'conversionFactor="k"'},
        ),
        (
            network(
                species("S", initialAmount=1, conversionFactor="k"), reaction("J", "S", "", "1")
            )
            + parameters("k=1"),
            "species 'S' uses a conversion factor",
            {},
        ),
    ],
)
def test_what_is_not_simulated_is_refused_by_name(
    inside: str, said: str, options: dict[str, object]
) -> None:
    with pytest.raises(
        UnsupportedModelError, match=rf"^m.xml:\d+: .*{said}, which axissim does not"
    ):
        read(inside, **options)


def test_stoichiometry_math_is_refused() -> None:
    law = reaction("J", "", "S", "1").replace(
        '<speciesReference species="S" stoichiometry="1" constant="true"/>',
        f'<speciesReference species="S"><stoichiometryMath>{infix("2")}</stoichiometryMath>'
        "</speciesReference>",
    )
    with pytest.raises(UnsupportedModelError, match="species reference 'S' uses stoichiometryMath"):
        read(network(S, law), level=2, version=4)


def test_a_required_package_is_refused_and_an_optional_one_is_not() -> None:
    text = document(parameters("~x=1") + rules(x_rate="-x")).decode()
    for required in ("true", "false"):
        space = f'xmlns:p="http://example.org/p" p:required="{required}" level="3"'
        given = text.replace('level="3"', space, 1).encode()
        if required == "true":
            with pytest.raises(UnsupportedModelError, match=r"package http://example\.org/p"):
                read_sbml(given, "m.xml")
        else:
            assert [part.id for part in read_sbml(given, "m.xml").states] == ["x"]


def test_level_1_is_refused() -> None:
    text = b'<sbml xmlns="http://www.sbml.org/sbml/level1" level="1" version="2"><model/></sbml>'
    with pytest.raises(UnsupportedModelError, match=r"m\.xml:1: SBML Level 1 is not read"):
        read_sbml(text, "m.xml")


@pytest.mark.parametrize("version", ["-INF", "9", "", "1"])
def test_level_and_version_that_libsbml_aborts_on_are_refused_first(version: str) -> None:
    text = document(parameters("x=1")).replace(b'version="2"', f'version="{version}"'.encode())
    with pytest.raises(ModelError, match=r"m\.xml:2: level '3', version '.*' and namespace"):
        read_sbml(text, "m.xml")


def test_a_constraint_is_passed_over_aloud(caplog: pytest.LogCaptureFixture) -> None:
    inside = (
        parameters("~x=1")
        + rules(x_rate="-x")
        + f"<listOfConstraints><constraint>{infix('x > 0')}</constraint></listOfConstraints>"
    )
    with caplog.at_level(logging.WARNING, "axissim"):
        read(inside)
    assert "constraint" in caplog.text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x1f\x8b\x08\x00", ":1: this is a gzip file; unpack it"),
        (b"PK\x03\x04", ":1: this is a zip file"),
        (ROOT + b"<a></sbml>", ":1: not well-formed XML"),
        (b"\n\n<html/>", ":3: the root element is <html>"),
        (b"<!DOCTYPE sbml []>\n<sbml/>", ":1: a DOCTYPE or entity is refused"),
        (b"<?xml version='1.0'?>\n<sbml>\xff</sbml>", ":2: not UTF-8"),
        (b"", ":1: not well-formed XML"),
        (ROOT + b"<a>" * 600 + b"</a>" * 600 + b"</sbml>", ":1: elements are nested over 500"),
        (b"<sbml/>", ":1: level '', version '' and namespace '' do not belong"),
    ],
)
def test_what_libsbml_should_not_meet_is_refused_first(data: bytes, said: str) -> None:
    with pytest.raises(ModelError, match=f"m.xml(:\\d+)?{said}"):
        read_sbml(data, "m.xml")


def test_too_much_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("axissim.model.scan.MOST_BYTES", 100)
    with pytest.raises(ModelError, match="split the model"):
        read(parameters("x=1"))


def test_errors_are_one_line() -> None:
    for inside in (EVENT, parameters("a", "b") + rules(a="b", b="a"), "<nonsense/>"):
        with pytest.raises(ModelError) as wrong:
            read(inside)
        assert "\n" not in str(wrong.value)
        assert len(str(wrong.value)) < 400
