"""Equations sorted: what is an input, what is fixed for a run, what moves, and its slopes."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

import axissim as ax
from axissim.compile.definitions import START_TIME, at_start
from axissim.compile.system import system_of
from axissim.model.expression import number, value
from axissim.model.model import Model, ModelError, Observable
from axissim.model.text import parse, show

CHAIN = """model chain()
  k = 2; twice := 2*k; V = twice*x; d = 3
  flux := V*x; half := flux/2
  x' = -half; y' = half - d*y; x = 4; y = x/2
end"""


def environment(system, states, time=0.0):
    """Every name of a system's formulas, at given states."""
    known = dict(system.inputs)
    fixed = {key: value(formula, known) for key, formula in system.fixed.items()}
    return known | fixed | dict(zip(system.states, states, strict=True)) | {"time": time}


def test_inputs_are_numbers_that_a_run_may_change():
    system = system_of(ax.load(CHAIN))
    assert system.inputs["k"] == 2.0
    assert system.inputs["d"] == 3.0
    assert system.inputs[at_start("x")] == 4.0
    assert START_TIME in system.inputs
    assert at_start("y") not in system.inputs  # a formula: x/2


def test_initial_values_follow_their_formulas():
    system = system_of(ax.load(CHAIN))
    assert [value(formula, system.inputs) for formula in system.initial] == [4.0, 2.0]
    assert [value(f, system.inputs | {at_start("x"): 10.0}) for f in system.initial] == [10.0, 5.0]


def test_a_parameter_by_formula_reads_the_start_and_stays():
    """V = twice*x is 16 where x starts at 4, whatever x does later."""
    system = system_of(ax.load(CHAIN))
    for x in (4.0, 1.0):
        env = environment(system, [x, 2.0])
        assert value(system.observables["flux"], env) == 16.0 * x


def test_fixed_quantities_read_inputs_only():
    for name in ("dopamine_terminal", "thyroid_human", "menstrual_cycle"):
        system = system_of(ax.load(name))
        for formula in system.fixed.values():
            assert np.isfinite(value(formula, system.inputs))  # no state, no time is needed


def test_what_moves_is_not_fixed():
    system = system_of(ax.load("model m()\n a = 2; b = 3; x' = a*b - sin(a*b)*x*time; x = 1\nend"))
    shown = sorted(show(formula) for formula in system.fixed.values())
    assert shown == ["a*b", "sin(a*b)"] or shown == ["a * b", "sin(a * b)"]


@pytest.mark.parametrize(
    ("rules", "named"),
    [
        ({"a": "b", "b": "c + 1", "c": "2*a"}, "'a' -> 'b' -> 'c' -> 'a'"),
        ({"a": "a + 1"}, "'a' -> 'a'"),
    ],
)
def test_a_circle_is_named(rules, named):
    observables = tuple(Observable(key, value=parse(rule)) for key, rule in rules.items())
    with pytest.raises(ModelError, match=named):
        system_of(Model("round", (), (), observables))


def test_a_whole_exponent_is_built_in_unless_it_varies():
    model = ax.load("model m()\n n = 4; x' = -x^n; x = 2\nend")
    assert system_of(model).baked == {"n": 4.0}
    assert "n" not in system_of(model).inputs
    assert system_of(model, varied=["n"]).baked == {}
    assert system_of(model, varied=["n"]).inputs["n"] == 4.0
    halves = model.with_values({"n": 2.5})
    assert system_of(halves).baked == {}


@pytest.mark.parametrize("exponent", [1.0, 2.0, 3.0, -2.0, 5.0, 0.0])
def test_a_varied_exponent_gives_the_same_course(exponent):
    model = ax.load("model m()\n n = 4; x' = 0.1 - 0.3*x^n; x = 2\nend")
    how = {"t": (0.0, 3.0, 7), "rtol": 1e-9, "method": "rodas5p"}
    varied = ax.simulate(model, params={"n": exponent}, **how)
    built_in = ax.simulate(model.with_values({"n": exponent}), **how)
    np.testing.assert_allclose(varied.x, built_in.x, rtol=1e-8)


def test_autonomous_or_not():
    assert system_of(ax.load("model m()\n x' = -x; x = 1\nend")).autonomous
    assert not system_of(ax.load("model m()\n x' = -x*time; x = 1\nend")).autonomous
    clocked = "model m()\n x' = piecewise(1, time < 2, 0); x = 1\nend"
    assert system_of(ax.load(clocked)).autonomous  # its slope in time is 0 but at the switch


FORMULAS = {
    "hill": "V*x^4/(K^4 + x^4)",
    "hill_real": "V*x^n/(K^n + x^n)",
    "hill_down": "V/(1 + (y/K)^3)",
    "saturated": "V*x*y/(K + x + y*x/n)",
    "growth": "exp(-x/K)*sin(n*time) - log(y + K)",
    "root": "sqrt(x^2 + y^2)/(1 + abs(x - 10))",
    "bounded": "tanh(x*y) + atan(x/y) - cosh(x/5)",
    "inverse": "x/y/(x + 1/(y + 1/x))",
    "power_of_power": "(x^1.5)^2.5 * y^(-2)",
    "exponential_power": "n^(x/2) + x^y",
    "waves": "cos(time*x)*tan(y/4) + sinh(x/3)",
}


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=FORMULAS.keys())
def test_slopes_are_those_of_sympy(formula):
    """Every partial derivative, in the states and in time, at random states."""
    model = ax.load(
        f"model m()\n V = 2; K = 1.5; n = 2.7; x' = {formula}; y' = x*({formula})\n"
        " x = 1; y = 2\nend"
    )
    system = system_of(model)
    symbols = sympy.symbols("x y time V K n", positive=True)
    locals_ = {str(symbol): symbol for symbol in symbols} | {"abs": sympy.Abs}
    first = sympy.sympify(formula.replace("^", "**"), locals=locals_)
    rates = [first, symbols[0] * first]
    for seed in range(3):
        x, y, time = np.random.default_rng(seed).uniform(0.5, 2.0, 3)
        env = environment(system, [x, y])
        at = dict(zip(symbols, (x, y, time, 2.0, 1.5, 2.7), strict=True))
        for row, rate in enumerate(rates):
            assert value(system.rates[row], env, time) == pytest.approx(
                float(rate.subs(at).evalf(30)), rel=1e-12, abs=1e-12
            )
            slopes = [system.jacobian.get((row, 0)), system.jacobian.get((row, 1))]
            slopes.append(system.time_slopes[row])
            for symbol, slope in zip(symbols, slopes, strict=False):
                expected = float(sympy.diff(rate, symbol).subs(at).doit().evalf(30))
                found = value(slope if slope is not None else number(0.0), env, time)
                assert found == pytest.approx(expected, rel=1e-11, abs=1e-11)


def test_the_pattern_of_the_jacobian_holds_what_moves_and_no_more():
    system = system_of(ax.load("dopamine_terminal"))
    at = {state: i for i, state in enumerate(system.states)}
    assert (at["eda"], at["vda"]) in system.jacobian  # release
    assert (at["hva"], at["tyr"]) not in system.jacobian
    assert list(system.jacobian) == sorted(system.jacobian)  # row by row


def test_a_slope_follows_the_branch_taken():
    system = system_of(
        ax.load("model m()\n x' = piecewise(x^2, x < 1, 3*x) + max(x, 2) + min(x, 2); x = 0\nend")
    )
    slope = system.jacobian[0, 0]
    assert value(slope, {"x": 0.5}) == pytest.approx(1.0 + 0.0 + 1.0)
    assert value(slope, {"x": 1.5}) == pytest.approx(3.0 + 0.0 + 1.0)
    assert value(slope, {"x": 2.5}) == pytest.approx(3.0 + 1.0 + 0.0)


def test_a_model_without_states_is_sorted_too():
    system = system_of(Model("still", (), ()))
    assert system.states == ()
    assert system.elimination.order == ()
    assert parse("1 + 2").op == "add"
