"""LaTeX of expressions: what it means is what the expression means, and it can be set."""

from __future__ import annotations

import pytest
from matplotlib.mathtext import MathTextParser

from axissim.model.latex import document, equations, latex, symbol
from axissim.model.library import load, shipped
from axissim.model.text import parse


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("a", "a"),
        ("eda", r"\mathrm{eda}"),
        ("Vd", r"V_{\mathrm{d}}"),
        ("V_TH", r"V_{\mathrm{TH}}"),
        ("k_on_LH", r"k_{\mathrm{on,LH}}"),
        ("q1", "q_{1}"),
        ("tau", r"\tau"),
        ("phi_2", r"\phi_{2}"),
        ("T4EU", r"\mathrm{T4EU}"),
        ("_x", r"\mathrm{\_x}"),
        ("x_", "x"),
    ],
)
def test_ids_are_set_as_symbols(identifier: str, expected: str) -> None:
    assert symbol(identifier) == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("a + b*c", r"a + b \, c"),
        ("(a + b)*c", r"\left(a + b\right) \, c"),
        ("a - (b - c)", r"a - \left(b - c\right)"),
        ("a - b - c", "a - b - c"),
        ("a/(b + c)", r"\frac{a}{b + c}"),
        ("a/b/c", r"\frac{\frac{a}{b}}{c}"),
        ("(a/b)^n", r"\left(\frac{a}{b}\right)^{n}"),
        ("a^b^c", "a^{b^{c}}"),
        ("(a^b)^c", r"\left(a^{b}\right)^{c}"),
        ("-a^2", "-a^{2}"),
        ("(-a)^2", r"\left(-a\right)^{2}"),
        ("a*(-b)", r"a \, \left(-b\right)"),
        ("c + (-a)*b", r"c + \left(-a \, b\right)"),
        ("c < -a", "c < -a"),
        ("2*3", r"2 \cdot 3"),
        ("1e-6*a", r"10^{-6} \, a"),
        ("2.5e-06*a", r"2.5 \times 10^{-6} \, a"),
        ("a*1e-6", r"a \cdot 10^{-6}"),
        ("(1e20)^n", r"\left(10^{20}\right)^{n}"),
        ("exp(-a)", "e^{-a}"),
        ("exp(a)^2", r"\left(e^{a}\right)^{2}"),
        ("log(a)", r"\ln\left(a\right)"),
        ("sqrt(a)*time", r"\sqrt{a} \, t"),
        ("minimum(a, b)", r"\min\left(a, b\right)"),
        ("where(a < b && b >= c, a, 0)",
         r"\begin{cases} a & \text{if } a < b \wedge b \geq c \\ 0 & \text{otherwise} \end{cases}"),
        ("2*where(a, b, c)", r"2 \, \left(\begin{cases} b & \text{if } a \\ c & \text{otherwise} "
                             r"\end{cases}\right)"),
    ],
)  # fmt: skip
def test_formulas_keep_their_meaning(formula: str, expected: str) -> None:
    assert latex(parse(formula)) == expected


def test_pi_is_written_as_pi() -> None:
    assert latex(parse("2*3.141592653589793*a")) == r"2 \, \pi \, a"


@pytest.mark.parametrize("name", shipped())
def test_every_equation_of_a_shipped_model_can_be_set(name: str) -> None:
    parser = MathTextParser("path")
    lines = [line for text in equations(load(name)) for line in text.split("\\\\\n")]
    plain = [line for line in lines if "cases" not in line]  # which matplotlib cannot set
    for line in plain:
        parser.parse(f"${line.replace('&', '')}$")
    assert len(plain) >= 4


def test_long_sums_go_on_in_the_next_line() -> None:
    terms = [f"long_name_{at}*another_one_{at}" for at in range(12)]
    model = load(
        "model m()\n  var x = 1\n  "
        + "; ".join(f"long_name_{at} = 1; another_one_{at} = 1" for at in range(12))
        + f"\n  x' = {' + '.join(terms[:6])} - {' - '.join(terms[6:])}\nend\n"
    )
    (text,) = equations(model)
    lines = text.split(" \\\\\n  &\\quad ")
    assert len(lines) > 2
    assert all(line[0] in "+-" for line in lines[1:])
    assert text.count("long") == 12
    assert text.count("- \\mathrm{long}") == 6


def test_a_documents_words_are_harmless() -> None:
    model = load(
        'model m()\n  var x = 1\n  const k = 2\n  k is "50 % & more_#"\n  x\' = -k*x\nend\n'
    )
    text = document(model)
    assert r"50 \% \& more\_\#" in text
    assert text.startswith(r"\documentclass")
    assert text.endswith(r"\end{document}")
