"""Models written as SBML and Antimony, and read back: the same equations, to the last bit."""

from __future__ import annotations

import math
import os
import subprocess
import sys

import pytest
from documents import document
from formulas import NAMES, expressions
from hypothesis import given, settings
from hypothesis import strategies as st

from axissim.model.difference import differences
from axissim.model.export import antimony_of, sbml_of, to_antimony, to_sbml
from axissim.model.export.mathml import attribute, mathml
from axissim.model.expression import Expression, in_order, name, number, operation, value
from axissim.model.library import load, shipped
from axissim.model.model import (
    Event,
    Implicit,
    Model,
    ModelError,
    Observable,
    Parameter,
    Species,
    State,
    UnitFactor,
)
from axissim.model.reading.mathml import Functions
from axissim.model.reading.mathml import expression as read_back
from axissim.model.text import condition, parse

EVERYTHING = """model everything()
  model notes "What a model may hold"
  unit hour = 3600 second;  unit time_unit = 3600 second;
  unit uM = 1e-6 mole/litre;  uM is "umol/L"
  unit umol = 1e-6 mole;  unit per_h = 1/(3600 second);  unit odd = (1e-3 mole)^0.5/litre^2
  compartment C = 2 litre;  C is "A room"
  compartment V = 1 litre;  V' = 0.1
  species $S in C;  S = 3 uM;  S' = -k*S;  S notes "Smith 1999 & Jones"
  substanceOnly species $A in C;  A = 4 umol;  A' = k*A*(1 - A/K)
  substanceOnly species $D in V;  D = 1 umol
  const k = 0.5 per_h;  k is "Loss, \\"k\\" < 1";  k notes "Smith 1999, <Table 2>"
  const K = 0.3; K has umol;  const lag = 1.5 hour;  const far = INF;  const gone = NaN
  const half = k/2;  const turn = pi;  const odd_one = 2 odd
  var x = half;  x' = -k*delay(x, lag) + sin(time)
  var z = 1;  0 = z^3 + z - x
  r := piecewise(x, x > 1 && time < 3 || !(x == 2), floor(x), x < 0.1, 2^-x)
  m := min(x, 2) + max(x, z)*ceil(x) + abs(x)^(1/3) + log10(K) + ln(K) + factorial(3)
  E1: at lag after x > 0.2 && time > 1, t0=false, persistent=false, priority=k+1: x = x + 1, S = 2
  E2: at time > 3, fromTrigger=false: D = D + x
  E2 is "A dose"; E2 notes "By hand"
end
"""


@pytest.fixture(scope="module")
def everything() -> Model:
    return load(EVERYTHING.replace('\\"k\\"', "&quot;k&quot;"))


def _sorted(model: Model) -> dict[str, list[str]]:
    """Units in use, each with its factors in order: libantimony changes that, and drops others."""
    used = {part.unit for part in model.parts}
    return {key: sorted(map(repr, model.units[key])) for key in model.units if key in used}


def assert_the_same(first: Model, second: Model) -> None:
    """Every part of two models is the same."""
    for kind in ("id", "name", "note", "time_unit", "parameters", "states", "implicit"):
        assert getattr(first, kind) == getattr(second, kind), kind
    for kind in ("observables", "events", "species"):
        assert getattr(first, kind) == getattr(second, kind), kind
    assert _sorted(first) == _sorted(second)
    for key in _sorted(first):
        names = [getattr(model.units[key], "name", "") for model in (first, second)]
        assert names[0] == names[1]


# ---- SBML ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", shipped())
def test_a_shipped_model_comes_back_from_sbml(key: str) -> None:
    written = sbml_of(load(key))
    assert written.lost == ()
    assert_the_same(load(key), load(written.text))


def test_every_feature_comes_back_from_sbml(everything: Model) -> None:
    written = sbml_of(everything)
    assert written.lost == ()
    assert_the_same(everything, load(written.text))
    assert everything.events
    assert everything.implicit
    assert set(everything.species) == {"S", "A", "D"}


def test_libsbml_finds_nothing_wrong(everything: Model) -> None:
    import libsbml

    for model in (everything, *map(load, shipped())):
        document = libsbml.readSBMLFromString(to_sbml(model))
        document.checkConsistency()
        assert document.getNumErrors(libsbml.LIBSBML_SEV_ERROR) == 0, document.getErrorLog()


def test_the_same_model_gives_the_same_bytes(everything: Model) -> None:
    code = (
        "import sys; from axissim.model.export import *; from axissim.model.library import load; "
        "m = load(sys.stdin.read()); print(to_sbml(m)); print(to_antimony(m))"
    )
    made = [
        subprocess.run(
            [sys.executable, "-c", code],
            input=to_sbml(everything).encode(),
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert made[0] == made[1]
    assert made[0].decode() == f"{to_sbml(everything)}\n{to_antimony(everything)}\n"


def parsed(lines: list[str]) -> Expression:
    import libsbml

    text = '<?xml version="1.0" encoding="UTF-8"?>\n' + "\n".join(lines)
    return read_back(libsbml.readMathMLFromString(text), Functions())


@given(st.floats())
def test_a_number_comes_back_to_the_last_bit(of: float) -> None:
    assert parsed(mathml(number(of), 0)) is number(of)
    found = float(attribute(of))
    assert found == of or (math.isnan(found) and math.isnan(of))


@pytest.mark.parametrize("of", [5e-324, -1e-310, 2.5e-308, 1.7976931348623157e308, -0.0, 1e22])
def test_extreme_values_come_back(of: float) -> None:
    model = Model("m", (Parameter("k", value=number(of)),), (State("x", initial=number(of)),))
    again = load(to_sbml(model))
    assert again.parameters == model.parameters
    assert again.states == model.states
    (found,) = (part.value.value for part in load(to_antimony(model)).parameters)
    assert found == pytest.approx(of, rel=1e-14, abs=1e-307)


# `rate_of` is gone before there is a model.
FORMULAS = expressions().filter(lambda of: all(node.op != "rate_of" for node in in_order([of])))


@given(FORMULAS)
def test_a_formula_comes_back_from_mathml(formula: Expression) -> None:
    once = parsed(mathml(formula, 0))
    assert parsed(mathml(once, 0)) is once  # truth values and numbers are told apart now
    point = dict(zip(NAMES, (0.75, 2.0, 1.5, 3.0), strict=True))
    first, second = (float(value(of, point, 0.5)) for of in (formula, once))
    assert first == second or (math.isnan(first) and math.isnan(second))


def test_a_condition_needs_no_detour_by_numbers() -> None:
    held = parse("x > 1 && y < 2")
    detour = operation("ne", operation("where", held, number(1.0), number(0.0)), number(0.0))
    assert condition(detour) is held
    assert mathml(detour, 0, truth=True) == mathml(held, 0, truth=True)
    assert "<piecewise>" not in "".join(mathml(detour, 0, truth=True))


# ---- Antimony -----------------------------------------------------------------------------------


@pytest.mark.parametrize("key", shipped())
def test_a_shipped_model_comes_back_from_antimony(key: str) -> None:
    written = antimony_of(load(key))
    assert written.lost == ()
    assert_the_same(load(key), load(written.text))


def test_every_feature_comes_back_from_antimony(everything: Model) -> None:
    written = antimony_of(everything)
    again = load(written.text)
    assert written.lost == ()
    assert differences(everything, again) == []
    assert {p.id: (p.name, p.note) for p in (*everything.parts, *everything.events)} == {
        p.id: (p.name, p.note) for p in (*again.parts, *again.events)
    }


@settings(max_examples=60)
@given(FORMULAS)
def test_a_formula_comes_back_from_antimony(formula: Expression) -> None:
    point = dict(zip(NAMES, (0.75, 2.0, 1.5, 3.0), strict=True))
    model = Model(
        "m",
        tuple(Parameter(key, value=number(of)) for key, of in point.items()),
        (State("s", initial=number(0.0)),),
        (Observable("out", value=formula),),
    )
    again = load(to_antimony(model)).by_id["out"].value  # type: ignore[union-attr]
    first, second = (float(value(of, point, 0.5)) for of in (formula, again))
    alike = math.isclose(first, second, rel_tol=1e-9) or (math.isnan(first) and math.isnan(second))
    assert alike or not _is_tame(formula, point)


def _is_tame(formula: Expression, point: dict[str, float]) -> bool:
    """Whether 15 digits of each number are enough: no step, no cancelling, nothing huge."""
    rough = ("floor", "ceil", "where", "factorial", "sub", "add", "tan", "sin", "cos", "eq", "ne")
    nodes = list(in_order([formula]))
    sizes = [abs(float(value(node, point, 0.5))) for node in nodes]
    return not any(node.op in rough for node in nodes) and all(
        size == 0.0 or 1e-100 < size < 1e100 for size in sizes
    )


WORDS = ("compartment", "time_unit", "True", "at", "volume", "gamma", "substance", "mole", "e")


def test_words_of_antimony_are_spelt_apart() -> None:
    model = Model(
        "model",
        tuple(Parameter(key, value=number(2.0)) for key in WORDS),
        (State("species", initial=name("at"), rate=parse("compartment*True + time_unit*volume")),),
        events=(Event("event", trigger=parse("gamma > 3"), assignments=(("species", name("e")),)),),
        units={"litre_": (UnitFactor("litre"),)},
    )
    written = antimony_of(model)
    again = load(written.text)
    (state,) = again.states
    assert state.id == "species_"
    assert state.rate is parse("compartment_*True_ + time_unit_*volume_")
    assert again.id == "model_"
    assert "'volume', a word of Antimony's own, is now 'volume_'" in written.lost


# ---- what is lost, and what is refused -----------------------------------------------------------


def small(**parts: object) -> Model:
    return Model("m", (Parameter("k", value=number(1.0)),), (State("x"),), **parts)  # type: ignore[arg-type]


def test_ids_that_clash_are_changed_and_told() -> None:
    model = Model(
        "k",
        (Parameter("k", value=number(1.0)),),
        (State("x", initial=number(0.0)),),
        events=(Event("x", trigger=parse("k > 2"), assignments=(("x", number(1.0)),)),),
    )
    written = sbml_of(model)
    again = load(written.text)
    assert again.id == "k_"
    assert again.events[0].id == "x_"
    assert any("'k_'" in line for line in written.lost)


def test_read_outs_are_put_in_where_they_are_read() -> None:
    model = Model(
        "m",
        (Parameter("C", value=number(2.0)),),
        (State("S", initial=number(1.0), rate=name("y")),),
        (
            Observable("amount(S)", value=parse("S*C")),
            Observable("y", value=operation("neg", name("amount(S)"))),
        ),
        species={"S": Species("C", is_amount=False)},
    )
    again = load(to_sbml(model))
    assert again.by_id["y"].value is parse("-(S*C)")  # type: ignore[union-attr]
    assert "amount(S)" not in again.by_id


def test_a_concentration_that_sbml_would_not_hold_is_a_parameter() -> None:
    """Where its compartment leaps, SBML keeps the amount; the model keeps the concentration."""
    model = Model(
        "m",
        (),
        (State("C", initial=number(2.0)), State("S", initial=number(1.0), rate=name("S"))),
        events=(Event("E", trigger=parse("time > 1"), assignments=(("C", number(3.0)),)),),
        species={"S": Species("C", is_amount=False)},
    )
    written = sbml_of(model)
    again = load(written.text)
    assert again.states == (model.states[1], model.states[0]) or again.states == model.states
    assert "species 'S' is a parameter" in written.lost[0]
    assert again.species == {}


def test_a_quantity_per_degree_celsius_is_now_per_kelvin() -> None:
    model = small(units={"per_deg": (UnitFactor("Celsius", -1.0),)})
    written = sbml_of(model)
    assert written.lost == ("unit 'per_deg' is now in kelvin: SBML Level 3 has no degree Celsius",)
    assert 'kind="kelvin"' in written.text


def test_a_value_that_is_missing_stays_missing_unless_something_reads_it() -> None:
    read, unread = Parameter("read"), Parameter("unread")
    model = Model("m", (read, unread), (State("x", initial=number(0.0), rate=name("read")),))
    text = to_sbml(model)
    assert 'id="read" value="NaN"' in text
    assert 'id="unread" constant' in text


def test_a_state_that_only_events_move_is_not_taken_for_an_unknown() -> None:
    model = Model(
        "m",
        (),
        (State("dose", initial=number(1.0)),),
        implicit=(Implicit("z", initial=number(1.0), residual=parse("z^3 + z - dose")),),
        events=(Event("E", trigger=parse("time > 1"), assignments=(("dose", number(2.0)),)),),
    )
    assert load(to_sbml(model)).implicit == model.implicit


def test_level_2_comes_back_in_its_units() -> None:
    inside = (
        '<listOfCompartments><compartment id="C" size="2"/></listOfCompartments>'
        '<listOfSpecies><species id="S" compartment="C" initialConcentration="1"/>'
        '<species id="T" compartment="C" initialAmount="3" hasOnlySubstanceUnits="true"/>'
        "</listOfSpecies>"
    )
    from axissim.model.reading.sbml import read_sbml

    model = read_sbml(document(inside, 2, 4))
    again = load(to_sbml(model))
    assert_the_same(model, again)
    assert differences(model, load(to_antimony(model))) == []


def deep(count: int) -> Expression:
    root = name("x")
    for _ in range(count):
        root = operation("sin", root)
    return root


def test_a_formula_too_deep_to_be_read_back_is_refused() -> None:
    model = Model("m", (), (State("x", initial=number(0.0), rate=deep(500)),))
    with pytest.raises(ModelError, match="nested over 400 deep"):
        to_sbml(model)
    with pytest.raises(ModelError, match="brackets over 150 deep"):
        to_antimony(model)
    nearly = Model("m", (), (State("x", initial=number(0.0), rate=deep(390)),))
    assert load(to_sbml(nearly)).states == nearly.states


def test_a_formula_too_large_to_write_out_is_refused() -> None:
    root = name("x")
    for _ in range(30):
        root = operation("add", root, root)
    model = Model("m", (), (State("x", initial=number(0.0), rate=root),))
    with pytest.raises(ModelError, match="over 1,000,000 parts"):
        to_sbml(model)


def test_a_long_sum_comes_back_as_it_was() -> None:
    """A reader brackets a sum of more than 64 in halves; that is written so that it stays."""
    keys = [f"a{i}" for i in range(300)]
    terms = "".join(f"<ci>{key}</ci>" for key in keys)
    inside = (
        "<listOfParameters>"
        + "".join(f'<parameter id="{key}" value="0.1" constant="true"/>' for key in keys)
        + '<parameter id="y" constant="false"/></listOfParameters><listOfRules>'
        '<assignmentRule variable="y"><math xmlns="http://www.w3.org/1998/Math/MathML"><apply>'
        f"<plus/>{terms}</apply></math></assignmentRule></listOfRules>"
    )
    from axissim.model.reading.sbml import read_sbml

    model = read_sbml(document(inside))
    point = dict.fromkeys(keys, 0.1)
    first = model.by_id["y"].value  # type: ignore[union-attr]
    again = load(to_sbml(model)).by_id["y"].value  # type: ignore[union-attr]
    assert value(first, point) == pytest.approx(value(again, point), rel=1e-14)
