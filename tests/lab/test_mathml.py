"""Equations as MathML: well-formed, every name marked with its id."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from axissim.lab.mathml import equations, mathml, symbol
from axissim.lab.terms import terms_of
from axissim.model.expression import names
from axissim.model.library import load, shipped
from axissim.model.model import formulas_of


def expression(text: str):
    model = load(f"model m()\n  var x = 1; var y = 1; x' = {text}; y' = 0\nend\n")
    return next(state.rate for state in model.states if state.id == "x")


def words(math: str) -> str:
    """What is read, without marks."""
    return re.sub(r"<[^>]+>|&it;", "", math)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x + y", "x+y"),
        ("x - (y - 1)", "x&minus;(y&minus;1)"),
        ("(x + y)*x", "(x+y)x"),
        ("2*x", "2x"),
        ("x*2", "x&middot;2"),
        ("-x", "&minus;x"),
        ("x*(-y)", "x(&minus;y)"),
        ("exp(-x)", "e&minus;x"),
        ("x^2", "x2"),
        ("(x + y)^2", "(x+y)2"),
        ("piecewise(x, y > 1, 0)", "{xif&nbsp;y&gt;10otherwise"),
        ("1e-7*x", "10&minus;7x"),
        ("x*1e20", "x&middot;1020"),
        ("(2.5e20)^x", "(2.5&times;1020)x"),
        ("abs(x)", "|x|"),
        ("ln(x)", "ln(x)"),
    ],
)
def test_a_formula_reads_as_it_should(text, said) -> None:
    assert words(mathml(expression(text))) == said


def test_a_name_has_its_index_and_its_id() -> None:
    assert words(symbol("V_TH")) == "VTH"
    assert "<msub>" in symbol("V_TH")
    assert 'data-id="tau_x"' in symbol("tau_x")
    assert "&tau;" in symbol("tau_x")


@pytest.mark.parametrize("key", shipped())
def test_every_equation_is_well_formed_and_marked(key) -> None:
    model = load(key)
    rows = equations(model)
    by_id = {row["id"]: row for row in rows if row["kind"] in ("rate", "rule")}
    for row in rows:
        text = re.sub(r"&(?!lt;|gt;|amp;)(\w+);", r"\1", row["math"])
        ElementTree.fromstring(text)
    for part in (*model.states, *model.observables):
        marked = set(re.findall(r'data-id="([^"]+)"', by_id[part.id]["math"]))
        assert marked == names(formulas_of(part)[-1]) | {part.id}


def test_a_name_cannot_carry_marks() -> None:
    assert "<script" not in symbol("x").replace("<mrow", "")
    model = load('model m()\n  var x = 1; x\' = -x\n  x is "<b>bold</b>"\nend\n')
    assert "<b>" not in "".join(row["math"] for row in equations(model))


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("x + y - 2", [1, 1, -1]),
        ("x - (y - 2)", [1, -1, 1]),
        ("-(x + y)", [-1, -1]),
        ("(x - y)/2", [1, -1]),
        ("x*y", [1]),
    ],
)
def test_a_rate_is_taken_apart_into_its_terms(text, signs) -> None:
    assert [sign for sign, _ in terms_of(expression(text))] == signs
