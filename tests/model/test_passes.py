"""Passes: derivatives against SymPy and by difference, kinks, folding, lowering, substitution."""

import math
from collections.abc import Callable

import pytest
import sympy
from formulas import NAMES, exactly, expressions, finite, in_sympy, smooth, tame
from hypothesis import given, settings

from axissim.model.expression import (
    ONE,
    OPERATIONS,
    TIME,
    ZERO,
    Expression,
    in_order,
    name,
    names,
    number,
    operation,
    value,
)
from axissim.model.passes import differentiate, fold, lower, rebuilt, renamed, substitute
from axissim.model.text import parse, show

POINT = {"x": 0.7, "y": 1.9, "k_1": 0.31, "Vmax": 2.3}
WRT = [name(key) for key in NAMES]
X = name("x")


def slope(root: Expression, of: Expression = X) -> Expression:
    return differentiate([root], [of])[0].get(0, ZERO)


@settings(max_examples=80, deadline=None)
@given(smooth())
def test_derivatives_agree_with_sympy(one: Expression) -> None:
    same, own = in_sympy(one), differentiate([one], WRT)[0]
    for at, leaf in enumerate(WRT):
        wanted = exactly(sympy.diff(same, sympy.Symbol(leaf.value, real=True)), POINT)
        if math.isfinite(wanted) and finite(one, POINT):
            got = float(value(own.get(at, ZERO), POINT))
            assert got == pytest.approx(wanted, rel=1e-7, abs=1e-8)


@pytest.mark.parametrize("op", sorted(op for op in OPERATIONS if OPERATIONS[op].slopes))
def test_each_slope_agrees_with_a_difference(op: str) -> None:
    arity, step = OPERATIONS[op].arity, 1e-5
    at = {"x": 1.3 if op == "acosh" else 0.4, "y": 1.7}
    root = operation(op, *[name("x"), name("y")][:arity])
    for key in names(root):
        up, down = ({**at, key: at[key] + sign * step} for sign in (1, -1))
        wanted = (value(root, up) - value(root, down)) / (2 * step)
        assert value(slope(root, name(key)), at) == pytest.approx(wanted, rel=1e-8)


@pytest.mark.parametrize(
    ("text", "at", "wanted"),
    [
        ("where(x > 0, x*log(x), 0)", 0.0, 0.0),  # the other branch has no slope at 0
        ("where(x > 0, sqrt(x), 2*x)", -1.0, 2.0),
        ("where(x >= 0, x, 1/(x - x))", 1.0, 1.0),
        ("maximum(x, 1 - x)", 0.75, 1.0),
        ("maximum(x, 1 - x)", 0.25, -1.0),
        ("minimum(x, 1 - x)", 0.25, 1.0),
        ("maximum(x, 1/(1 - x))", 2.0, 1.0),
        ("absolute(x)", -3.0, -1.0),
        ("absolute(x)", 3.0, 1.0),
        ("floor(x)*x", 2.5, 2.0),
        ("x^2.5", 0.0, 0.0),
        ("x^y", 0.0, 0.0),
        ("x^3", -2.0, 12.0),
        ("x^(-2)", 2.0, -0.25),
        ("x^0", 0.0, 0.0),
        ("x^1", 0.0, 1.0),
        ("x^0.5", 4.0, 0.25),
    ],
)
def test_a_slope_follows_the_branch_taken(text: str, at: float, wanted: float) -> None:
    got = float(value(slope(parse(text)), {"x": at, "y": 2.5}))
    assert got == pytest.approx(wanted, nan_ok=True)


def test_power_by_its_exponent_at_zero() -> None:
    """d/dn x^n is x^n log x, which is 0 at x = 0 for positive n, as a Hill term needs it."""
    got = value(slope(parse("x^n/(K^n + x^n)"), name("n")), {"x": 0.0, "n": 2.5, "K": 1.0})
    assert got == 0.0


def test_steps_and_what_is_not_read_have_no_slope() -> None:
    slopes = differentiate([parse("floor(x) + (x > y) + k")], [X, name("z")])[0]
    assert slopes == {}


def test_the_slope_in_time() -> None:
    assert value(slope(parse("sin(2*time)*x"), TIME), {"x": 3.0}, 0.0) == 6.0


@given(tame())
def test_folding_keeps_the_value(one: Expression) -> None:
    agree(one, fold)


@settings(max_examples=300)
@given(tame())
def test_lowering_keeps_the_value(one: Expression) -> None:
    agree(one, lower)


STEPS = {op for op, row in OPERATIONS.items() if row.truth} | {"floor", "ceil", "factorial", "tan"}


def agree(one: Expression, change: Callable[[list[Expression]], list[Expression]]) -> None:
    """`change` keeps the value where rounding otherwise cannot matter: no step, nothing huge."""
    sizes = [abs(float(value(node, POINT, 0.45))) for node in in_order([one])]
    steps = any(node.op in STEPS and names(node) for node in in_order([one]))
    if steps or not all(size == 0.0 or 1e-6 < size < 1e6 for size in sizes):
        return
    wanted, got = value(one, POINT, 0.45), value(change([one])[0], POINT, 0.45)
    assert got == pytest.approx(wanted, rel=1e-6, abs=1e-9 * max(sizes))


def test_folding_drops_neutral_elements_and_nothing_that_may_be_nan() -> None:
    assert fold([parse("0 + x*1 - 0")])[0] is X
    assert fold([parse("2*3 + 4")])[0] is number(10.0)
    assert fold([parse("where(1 > 2, y, x)")])[0] is X
    assert show(fold([parse("0*x")])[0]) == "0 * x"
    assert show(fold([parse("x - x")])[0]) == "x - x"


def test_lowering_shares_reciprocals() -> None:
    roots = lower([parse("a/(K + x)"), parse("b/(K + x)")])
    reciprocal = operation("div", ONE, parse("K + x"))
    assert all(reciprocal in root.args for root in roots)


@pytest.mark.parametrize("exponent", range(-8, 9))
def test_whole_powers_become_products(exponent: int) -> None:
    lowered = lower([operation("power", X, number(exponent))])[0]
    assert "power" not in {node.op for node in in_order([lowered])}
    assert value(lowered, {"x": 1.7}) == pytest.approx(1.7**exponent, rel=1e-15)


def test_half_whole_powers_take_a_root() -> None:
    lowered = lower([parse("x^2.5")])[0]
    assert {node.op for node in in_order([lowered])} == {"name", "mul", "sqrt"}
    assert value(lowered, {"x": 1.7}) == pytest.approx(1.7**2.5, rel=1e-15)


ODD = (math.inf, math.nan)


@pytest.mark.parametrize("exponent", [*ODD, 1e300, 65.0])
def test_other_powers_stay(exponent: float) -> None:
    lowered = lower([operation("power", X, number(exponent))])[0]
    assert lowered.op == "power"


@pytest.mark.parametrize("exponent", [*ODD, 1e300])
def test_odd_exponents_have_a_derivative_all_the_same(exponent: float) -> None:
    assert slope(operation("power", X, number(exponent))) is not None


def test_substitution_happens_at_once() -> None:
    swapped = substitute([parse("x - y")], {"x": name("y"), "y": name("x")})[0]
    assert show(swapped) == "y - x"
    assert show(substitute([parse("time + x")], {}, ZERO)[0]) == "0 + x"
    assert show(renamed([parse("x + y")], {"x": "s_x"})[0]) == "s_x + y"


@given(expressions())
def test_rebuilding_with_no_rule_gives_the_same_object(one: Expression) -> None:
    assert rebuilt([one], lambda node, args: operation(node.op, *args) if args else node)[0] is one


@pytest.mark.parametrize(("exponent", "wanted"), [(1.0, 1.0), (2.5, 0.0), (3.0, 0.0)])
def test_a_power_with_a_named_exponent_has_its_slope_at_zero(
    exponent: float, wanted: float
) -> None:
    """A Hill term of a state that starts at exactly 0, its exponent a parameter."""
    assert value(slope(parse("x^n")), {"x": 0.0, "n": exponent}) == wanted


@pytest.mark.parametrize("odd", ODD)
def test_lowering_keeps_what_is_not_a_number(odd: float) -> None:
    assert math.isnan(value(lower([parse("x - x")])[0], {"x": odd}))


@pytest.mark.parametrize("text", ["1/0", "-1/0", "0/0", "2^(1/0)", "log(0)", "x/0", "3^(1/(x*0))"])
def test_no_operation_on_numbers_alone_is_left_to_the_machine(text):
    """The code's text is run over Python's floats, for which 1/0 is an error."""
    formula = parse(text)
    (lowered,) = lower([formula])
    for node in in_order([lowered]):
        assert not node.args or any(arg.op != "number" for arg in node.args)
    before, after = value(formula, {"x": 2.0}), value(lowered, {"x": 2.0})
    assert after == before or (math.isnan(after) and math.isnan(before))
