"""The equations as text: as if written by hand, the same bytes everywhere, in nobody's way."""

from __future__ import annotations

import ast
import builtins
import hashlib
import keyword
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import axissim as ax
from axissim.compile import plain
from axissim.compile.emit import FUNCTIONS, emit
from axissim.compile.kernel import kernel_of
from axissim.compile.system import system_of
from axissim.model.expression import ONE, ZERO, name, number, operation
from axissim.model.model import Implicit, Model, ModelError, State
from axissim.solve.work import OK

SOURCE = Path(ax.__file__).parents[1]


def texts(source, varied=()):
    return emit(system_of(ax.load(source), varied))


def lines(text):
    return [line.strip() for line in text.splitlines()]


def test_reads_like_the_paper():
    rhs = lines(texts("dopamine_terminal")["rhs"])
    assert "v_V_DAT = q_Vd_t * y_eda * (1.0 / (q_Kd + y_eda))" in rhs
    assert "v_V_REL = q_fire * y_vda * v_R_REL" in rhs
    assert "store(f, 6, v_V_REL - v_V_DAT - v_V_CATAB - v_V_REM)" in rhs


SMALL = """model small()
  V = 3; K = 0.5; k = 0.2; drive = 1
  uptake := V*x/(K + x)
  x' = drive*sin(time) - uptake - k*x
  y' = uptake - k*y
  x = 1; y = 0
end"""


def test_a_whole_function():
    assert texts(SMALL)["rhs"] == (
        "def rhs(t, y, q, f):\n"
        "    time = load(t, 0)\n"
        "    y_x = load(y, 0)\n"
        "    y_y = load(y, 1)\n"
        "    q_drive = load(q, 0)\n"
        "    q_V = load(q, 1)\n"
        "    q_K = load(q, 2)\n"
        "    q_k = load(q, 3)\n"
        "    v_uptake = q_V * y_x * (1.0 / (q_K + y_x))\n"
        "    store(f, 0, q_drive * sin(time) - v_uptake - q_k * y_x)\n"
        "    store(f, 1, v_uptake - q_k * y_y)\n"
    )


def test_what_is_fixed_for_a_run_is_computed_once():
    """Here 2*pi/P, which reads no state and no time."""
    found = texts("model m()\n P = 24; x' = sin(2*pi*time/P) - x; x = 0\nend")
    assert "1.0 / p_P" in found["prepare"]
    assert "P" not in found["rhs"].replace("q_P", "").split("\n", 1)[1]
    assert "/" not in found["rhs"]


EVENTFUL = """model m()
 species x; x = 1; x' = -delay(x, tau); tau = 2
 E: at 1 after (x > 0.5), priority = 3: x = x + tau
end"""


def test_every_function_is_there_with_its_arguments():
    found = texts(EVENTFUL)
    assert list(found) == list(FUNCTIONS)
    for title, text in found.items():
        assert text.startswith(f"def {title}({FUNCTIONS[title]}):\n")


def test_what_a_model_has_no_use_for_is_not_written():
    assert list(FUNCTIONS)[-4:] == ["lags", "relations", "triggers", "actions"]
    assert list(texts(SMALL)) == list(FUNCTIONS)[:-4]


def test_events_and_delays_are_tables_of_values():
    found = texts(EVENTFUL)
    assert "store(v, 0, q_tau)" in found["lags"]
    assert "store(v, 0, y_x - 0.5)" in found["relations"]
    assert "store(v, 0, gt(gx_relation_0, 0.0))" in found["triggers"]  # by its sign, not anew
    delay, priority, value = found["actions"].splitlines()[-3:]
    assert delay.strip() == "store(v, 0, broadcast(1.0))"
    assert priority.strip() == "store(v, 1, broadcast(3.0))"
    assert value.strip() in ("store(v, 2, y_x + q_tau)", "store(v, 2, q_tau + y_x)")


def test_a_delayed_value_is_read_behind_what_is_fixed_and_its_slope_behind_that():
    found = texts(EVENTFUL)
    fixed = found["prepare"].count("store(q, ")
    assert f"dx_x_delayed_0 = load(q, {fixed})" in found["rhs"]
    assert f"dx_x_slope_0 = load(q, {fixed + 1})" in found["rhs_jacobian"]


def test_the_mass_of_an_implicit_quantity_is_zero():
    """J - g M: the step's diagonal stands in the rows of rates alone."""
    x, y = name("x"), name("y")
    square = operation("sub", operation("mul", y, y), x)
    model = Model(
        "m",
        (),
        (State("x", initial=number(4.0), rate=operation("neg", y)),),
        implicit=(Implicit("y", initial=number(2.0), residual=square),),
    )
    factor = emit(system_of(model))["factor"]
    assert factor.count(" - diagonal") + factor.count("(-diagonal") == 1


def test_a_constraint_that_determines_nothing_is_refused():
    x = State("x", initial=number(1.0), rate=ZERO)
    of_x = Implicit("y", initial=number(0.0), residual=operation("sub", name("x"), ONE))
    with pytest.raises(ModelError, match="nothing determines 'y'"):
        emit(system_of(Model("m", (), (x,), implicit=(of_x,))))


def sum_of(terms):
    total = terms[0]
    for term in terms[1:]:
        total = operation("add", total, term)
    return total


def test_a_model_too_large_for_the_compiler_is_refused():
    x = [name(f"x{i}") for i in range(300)]
    near = [operation("sin", operation("mul", a, b)) for a, b in pairwise(x)]
    rates = [sum_of(near[i % 7 :: 7]) for i in range(300)]
    dense = tuple(State(f"x{i}", initial=ONE, rate=rates[i]) for i in range(300))
    with pytest.raises(ModelError, match=r"lines of code.*smaller"):
        _ = kernel_of(Model("dense", (), dense)).texts
    many = tuple(State(f"x{i}", initial=ONE, rate=ONE) for i in range(5_001))
    with pytest.raises(ModelError, match=r"5,001 states.*smaller"):
        kernel_of(Model("many", (), many))


def test_functions_with_nothing_to_do_are_still_functions():
    found = texts("model m()\n x' = 1; x = 0\nend")
    for text in found.values():
        compile(text, "m", "exec")
    assert "pass" in found["observe"]


def test_numbers_are_floats():
    """A whole number in the text would be an integer, which can overflow."""
    for model in ("dopamine_terminal", "thyroid_human", "menstrual_cycle"):
        for title, text in texts(model).items():
            tree = ast.parse(text)
            places = {
                id(node.args[1])
                for node in ast.walk(tree)
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("load", "store")
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and id(node) not in places:
                    assert isinstance(node.value, float), f"{model}, {title}, line {node.lineno}"


WORDS = sorted({*keyword.kwlist, *keyword.softkwlist, *vars(builtins), *vars(plain), *FUNCTIONS})
WORDS = [word for word in WORDS if word.isidentifier() and word.isascii()]
OURS = ["p", "q", "y", "t", "f", "ft", "jac", "lu", "k", "g", "s", "v", "x1", "y_x", "q_1", "p_1"]
OURS += ["v_v", "s_x", "start", "nan", "inf", "P", "diagonal", "b0", "a0_0", "equations"]


@pytest.mark.parametrize("start", range(0, len(WORDS) + len(OURS), 60))
def test_ids_that_mean_something_to_python_are_harmless(start):
    """As states and as parameters; the model is built of nodes, as a reader of SBML builds it."""
    words = [*WORDS, *OURS][start : start + 60]
    half = len(words) // 2
    found = run_named(words[:half], words[half : 2 * half])
    np.testing.assert_allclose(found, np.exp(-np.arange(1.0, half + 1.0)), rtol=1e-9)


def run_named(states, parameters):
    """exp of the rates of s' = -p s for each pair of names, with p = 1, 2, ... and s = 1."""
    from axissim.model.model import Parameter

    model = Model(
        "named",
        tuple(Parameter(p, value=number(at + 1.0)) for at, p in enumerate(parameters)),
        tuple(
            State(s, initial=number(1.0), rate=operation("neg", operation("mul", name(p), name(s))))
            for s, p in zip(states, parameters, strict=True)
        ),
    )
    system = system_of(model)
    y, q = np.zeros(len(states)), np.zeros(len(system.fixed))
    names = dict(vars(plain))
    for text in emit(system).values():
        exec(compile(text, "named", "exec"), names)
    inputs = np.array(list(system.inputs.values()))
    names["prepare"](inputs, q, y)
    rates = np.zeros(len(states))
    names["rhs"](np.zeros(1), y, q, rates)
    return np.exp(rates)


def test_ids_that_look_like_what_the_code_makes_up():
    """A parameter called as the value of a state at the start is called in the code."""
    text = """model m()
      x__at__start = 5; start__time = 7; q_1 = 2; x1 = 3; v_y = 4
      x' = -x__at__start*x + start__time - q_1*x1*v_y*time/1e9; x = 1
    end"""
    result = ax.simulate(ax.load(text), t=(0.0, 2.0, 2), rtol=1e-8, atol=1e-12)
    assert int(result.status) == OK
    expected = 1.4 + (1.0 - 1.4) * np.exp(-10.0)
    assert float(result.x[-1]) == pytest.approx(expected, rel=1e-6)


HASHES = """
import hashlib, axissim as ax
from axissim.compile.emit import emit
from axissim.compile.system import system_of
for name in ("dopamine_terminal", "thyroid_human", "menstrual_cycle"):
    text = "".join(emit(system_of(ax.load(name))).values())
    print(name, hashlib.sha256(text.encode()).hexdigest())
"""


def test_the_same_bytes_under_any_hash_seed():
    """In fresh interpreters, for sets and dictionaries take their order from the seed."""
    found = set()
    for seed in ("0", "1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(SOURCE)}
        done = subprocess.run(
            [sys.executable, "-c", HASHES], env=environment, capture_output=True, check=True
        )
        found.add(done.stdout)
    assert len(found) == 1
    assert len(found.pop().split()) == 6


def test_the_same_bytes_after_other_models():
    """What was built before leaves no trace."""

    def fingerprint():
        return hashlib.sha256("".join(texts(SMALL).values()).encode()).hexdigest()

    first = fingerprint()
    texts("thyroid_human")
    assert fingerprint() == first
