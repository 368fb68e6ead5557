"""What axissim does not simulate yet, or should not even look at, is refused by name."""

import logging

import pytest
from documents import (
    document,
    infix,
    parameters,
    read,
    rules,
)

from axissim.model.model import ModelError
from axissim.model.reading.refusal import UnsupportedModelError
from axissim.model.reading.sbml import read_sbml

ROOT = b'<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">'


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


@pytest.mark.parametrize("count", [10_001, 300_000])
def test_a_formula_that_libsbml_dies_of_is_refused_first(count: int) -> None:
    inside = parameters("~x=1") + rules(x_rate="1")
    wide = f"<apply><plus/>{'<ci>x</ci>' * count}</apply>"
    text = document(inside).replace(b'<cn type="integer"> 1 </cn>', wide.encode())
    assert len(text) > count
    with pytest.raises(ModelError, match=r"m\.xml:\d+: a formula over 10000 deep or wide; name"):
        read_sbml(text, "m.xml")


def test_what_is_wide_in_one_place_and_deep_in_another_is_not_both() -> None:
    terms = "<apply><sin/><ci>x</ci></apply>" * 9_000
    text = document(parameters("~x=1") + rules(x_rate="1"))
    wide = f"<apply><plus/>{terms}</apply>".encode()
    assert read_sbml(text.replace(b'<cn type="integer"> 1 </cn>', wide), "m.xml").states


def test_a_level_1_formula_that_libsbml_dies_of_is_refused_first() -> None:
    deep = "(" * 3_000 + "x" + ")" * 3_000
    text = (
        '<sbml xmlns="http://www.sbml.org/sbml/level1" level="1" version="2"><model>'
        '<listOfParameters><parameter name="x" value="1"/></listOfParameters><listOfRules>'
        f'<parameterRule name="x" type="rate" formula="{deep}"/></listOfRules></model></sbml>'
    )
    with pytest.raises(ModelError, match=r"m\.xml:1: a formula of over 2000 operators; name"):
        read_sbml(text.encode(), "m.xml")


def test_too_much_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("axissim.model.reading.scan.MOST_BYTES", 100)
    with pytest.raises(ModelError, match="split the model"):
        read(parameters("x=1"))


def test_errors_are_one_line() -> None:
    for inside in (rules(z="1"), parameters("a", "b") + rules(a="b", b="a"), "<listOf/>"):
        with pytest.raises(ModelError) as wrong:
            read(inside)
        assert "\n" not in str(wrong.value)
        assert len(str(wrong.value)) < 400
