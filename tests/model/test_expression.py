"""Expressions: one object each, text there and back, values, the same text under any hash seed."""

import copy
import math
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from formulas import NAMES, exactly, expressions, finite, in_sympy, smooth
from hypothesis import given, settings

from axissim.model.expression import OPERATIONS, Expression, name, names, number, operation, value
from axissim.model.text import parse, show

POINT = {"x": 0.7, "y": 1.9, "k_1": 0.31, "Vmax": 2.3}


@given(expressions(), expressions())
def test_equal_expressions_are_one_object(one: Expression, other: Expression) -> None:
    again = operation("add", operation("mul", one, other), other)
    assert again is operation("add", operation("mul", one, other), other)
    assert (one is other) == (show(one) == show(other) and repr(one) == repr(other))


@given(expressions())
def test_copies_and_pickles_are_the_same_object(one: Expression) -> None:
    assert pickle.loads(pickle.dumps(one)) is one
    assert copy.deepcopy(one) is one


def test_zero_and_minus_zero_are_two_and_nan_is_one() -> None:
    assert number(0.0) is not number(-0.0)
    assert number(math.nan) is number(math.nan)
    assert number(1) is number(1.0)


def test_an_expression_is_frozen() -> None:
    with pytest.raises(AttributeError):
        number(1.0).value = 2.0


@given(expressions())
def test_text_is_read_back_as_the_same_object(one: Expression) -> None:
    assert parse(show(one)) is one


@given(expressions())
def test_names_of_the_text_are_the_names(one: Expression) -> None:
    assert names(one) <= set(NAMES)
    assert names(one) == {key for key in NAMES if name(key) is one or f"{key}" in _words(one)}


def _words(one: Expression) -> set[str]:
    found: list[str] = []
    show(one, lambda key: found.append(key) or key)
    return set(found)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a-(b-c)", "a - (b - c)"),
        ("(a-b)-c", "a - b - c"),
        ("a/(b*c)", "a / (b * c)"),
        ("a/b*c", "a / b * c"),
        ("-a^2", "-a^2"),
        ("(-a)^2", "(-a)^2"),
        ("a^b^c", "a^b^c"),
        ("(a^b)^c", "(a^b)^c"),
        ("a < b && c >= d || !e", "a < b && c >= d || !e"),
        ("Vd*eda/(Kd + eda)", "Vd * eda / (Kd + eda)"),
        ("1e-3*time", "0.001 * time"),
    ],
)
def test_text_has_only_the_brackets_it_needs(text: str, shown: str) -> None:
    assert show(parse(text)) == shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a +", "'the end'"),
        ("(a", "expected '\\)'"),
        ("a b", "cannot read 'b'"),
        ("foo(a)", "unknown operation 'foo'"),
        ("exp(a, b)", "'exp' takes 1 operand"),
        ("a @ b", "cannot read '@ b'"),
        ("__import__('os')", "cannot read"),
        ("(" * 300 + "a" + ")" * 300, "nested more than"),
        ("", "where a value should stand"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse(text)


# What each operation is, in the words of Python's own mathematics.
VALUES = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "power": math.pow,
    "exp": math.exp,
    "log": math.log,
    "log10": math.log10,
    "sqrt": math.sqrt,
    "absolute": abs,
    "floor": math.floor,
    "ceil": math.ceil,
    "factorial": lambda x: math.gamma(x + 1),
    "minimum": min,
    "maximum": max,
    **{op: getattr(math, op) for op in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{op: getattr(math, op) for op in ("asin", "acos", "atan", "asinh", "acosh", "atanh")},
    "lt": lambda x, y: float(x < y),
    "le": lambda x, y: float(x <= y),
    "gt": lambda x, y: float(x > y),
    "ge": lambda x, y: float(x >= y),
    "eq": lambda x, y: float(x == y),
    "ne": lambda x, y: float(x != y),
    "both": lambda x, y: float(bool(x) and bool(y)),
    "either": lambda x, y: float(bool(x) or bool(y)),
    "negated": lambda x: float(not x),
    "where": lambda c, x, y: x if c else y,
}
ARGUMENTS = (0.0, 1.0, 2.0, 0.5, -0.5, 3.0)


@pytest.mark.parametrize("op", [op for op, row in OPERATIONS.items() if row.coded])
def test_value_of_each_operation(op: str) -> None:
    arity, tried = OPERATIONS[op].arity, 0
    for arguments in zip(*(np.roll(ARGUMENTS, at) for at in range(arity)), strict=True):
        try:
            wanted = VALUES[op](*(float(of) for of in arguments))
        except (ValueError, ZeroDivisionError):
            continue
        if op == "factorial" and arguments[0] != round(arguments[0]):
            continue  # SBML asks for whole numbers only
        got = value(operation(op, *(number(of) for of in arguments)), {})
        assert got == pytest.approx(wanted, rel=1e-15, abs=0)
        tried += 1
    assert tried >= 2


def test_values_follow_ieee_in_silence() -> None:
    assert value(parse("1/x"), {"x": 0.0}) == math.inf
    assert math.isnan(value(parse("log(x)"), {"x": -1.0}))
    assert value(parse("where(x > 0, 1/x, 2)"), {"x": 0.0}) == 2.0


def test_values_broadcast() -> None:
    got = value(parse("x*y + time"), {"x": np.arange(3.0), "y": 2.0}, time=1.0)
    assert got.tolist() == [1.0, 3.0, 5.0]


def test_a_missing_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        value(parse("x + y"), {"x": 1.0})


@settings(max_examples=60, deadline=None)
@given(smooth())
def test_values_agree_with_sympy(one: Expression) -> None:
    wanted = exactly(in_sympy(one), POINT)
    if math.isfinite(wanted) and finite(one, POINT):
        assert float(value(one, POINT)) == pytest.approx(wanted, rel=1e-7, abs=1e-9)


def test_negative_numbers_read_back_as_the_same_value() -> None:
    for text in ("-2.5", "x - -3", "(-2)^2", "2^(-x)"):
        assert value(parse(show(parse(text))), {"x": 1.0}) == value(parse(text), {"x": 1.0})
    assert value(parse(show(operation("power", number(-2.0), number(2.0)))), {}) == 4.0


def test_a_formula_ten_thousand_deep_is_harmless() -> None:
    deep = name("x")
    for _ in range(10_000):
        deep = operation("exp", operation("neg", deep))
    assert names(deep) == {"x"}
    assert 0.5 < value(deep, {"x": 1.0}) < 0.6


def test_a_shared_sub_expression_costs_once() -> None:
    doubled = name("x")
    for _ in range(200):  # written out, this would be 2^200 terms
        doubled = operation("add", doubled, doubled)
    assert value(doubled, {"x": 1.0}) == 2.0**200


SCRIPT = """
from axissim.model.text import parse, show
from axissim.model.passes import differentiate, lower, fold
from axissim.model.expression import name
f = parse("Vd*eda/(Kd + eda)*exp(-k*time) + where(eda > Kd, eda^3, sqrt(eda + vda)) - min_*eda")
wrt = [name(key) for key in ("eda", "vda", "Kd", "k")]
slopes = differentiate([f], wrt)[0]
for root in lower([f, *slopes.values()]):
    print(show(root))
print(list(slopes))
"""


def test_text_is_the_same_under_any_hash_seed() -> None:
    texts = set()
    for seed in ("0", "1", "4242"):
        path = os.pathsep.join(path for path in sys.path if path)
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=env, capture_output=True, text=True, check=True
        )
        texts.add(done.stdout)
    assert len(texts) == 1
    assert "eda" in texts.pop()
