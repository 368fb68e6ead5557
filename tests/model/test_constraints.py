"""Algebraic rules: which quantity each defines, and by what formula."""

import pytest
from documents import (
    algebraic,
    event,
    events,
    network,
    parameters,
    reaction,
    read,
    rules,
    species,
    start,
)
from hypothesis import given
from hypothesis import strategies as st

from axissim.model.expression import name, names, operation, value
from axissim.model.linear import CONSTANT, linear, solved
from axissim.model.model import Model, ModelError
from axissim.model.reading.refusal import UnsupportedModelError
from axissim.model.text import parse, show


def kind(model: Model, key: str) -> str:
    return type(model.by_id[key]).__name__


def both(first: str, second: str) -> str:
    """Two lists of rules as one."""
    return first.replace("</listOfRules>", second.removeprefix("<listOfRules>"))


def test_a_linear_rule_gives_its_unknown_by_formula() -> None:
    model = read(parameters("~x=1", "y", "k=4") + both(rules(x_rate="1"), algebraic("k*y - x - 7")))
    assert (kind(model, "y"), start(model)[0]["y"]) == ("Observable", 2.0)
    assert model.implicit == ()


def test_a_rule_that_is_not_linear_is_a_constraint_with_its_start_as_a_guess() -> None:
    model = read(parameters("~x=1", "~y=3") + both(rules(x_rate="1"), algebraic("y^3 + y - x")))
    (found,) = model.implicit
    assert (found.id, show(found.initial), show(found.residual)) == ("y", "3", "y^3 + y - x")


def test_coupled_linear_rules_are_solved_together() -> None:
    zero = algebraic("a + b - s", "a - b - 2*c", "c + a - 3")
    env, _ = start(read(parameters("a", "b", "c", "s=8") + zero))
    assert env["a"] + env["b"] == pytest.approx(8.0)
    assert env["a"] - env["b"] == pytest.approx(2.0 * env["c"])
    assert env["c"] + env["a"] == pytest.approx(3.0)


def test_one_rule_may_need_the_unknown_of_another() -> None:
    zero = algebraic("a^3 - 8", "b - 2*a", "c - b + a")
    model = read(parameters("~a=1", "b", "c") + zero)
    assert [part.id for part in model.implicit] == ["a"]
    assert show(model.by_id["b"].value) == "2 * a"


def test_what_is_read_through_rules_and_reactions_counts() -> None:
    inside = network(species("S", initialAmount=6), reaction("J", "S", "", "k*S"))
    model = read(inside + parameters("k", "twice") + both(rules(twice="2*k"), algebraic("J - 6")))
    env, rates = start(model)
    assert (env["k"], rates["S"]) == (2.0, -3.0)
    model = read(parameters("k", "twice") + both(rules(twice="2*k"), algebraic("twice + k - 6")))
    assert start(model)[0]["k"] == 2.0


def test_a_species_may_be_what_is_left_of_a_total() -> None:
    two = species("A", initialAmount=6) + species("B", initialAmount=1)
    inside = network(two, reaction("J", "A", "", "A"))
    model = read(inside + parameters("total=10") + algebraic("A + B - total"))
    env, _ = start(model)
    assert (env["A"], env["B"], kind(model, "B")) == (3.0, 7.0, "Observable")


def test_a_compartment_may_be_what_a_rule_defines() -> None:
    inside = network(species("S", initialAmount=6), reaction("J", "S", "", "1")).replace(
        'size="2.0" constant="true"', 'constant="false"'
    )
    env, rates = start(read(inside + algebraic("C - 3 - time")))
    assert (env["C"], env["S"], rates["S_amount"]) == (3.0, 2.0, -1.0)


@pytest.mark.parametrize(
    ("given", "unknown"),
    [
        (parameters("x", "~y=1"), "x"),  # what has no value before what has one
        (parameters("~x=1", "y"), "y"),
    ],
)
def test_an_unknown_is_what_has_no_value(given: str, unknown: str) -> None:
    model = read(given + algebraic("x - 3*y"))
    assert kind(model, unknown) == "Observable"
    assert sum(kind(model, key) == "Observable" for key in "xy") == 1


def test_what_events_set_is_known() -> None:
    jump = events(event("E", "time > 1", {"x": "5"}))
    model = read(parameters("~x=1", "~y=1") + algebraic("x - 3*y") + jump)
    assert (kind(model, "x"), kind(model, "y")) == ("State", "Observable")


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        (parameters("x=1") + algebraic("x - 3"), "algebraic rule says what other parts"),
        (
            parameters("x", "~z=1") + both(rules(z_rate="1"), algebraic("x - z", "2*x - z")),
            "algebraic rule says what other parts of the model say already; remove one",
        ),
    ],
)
def test_rules_that_say_too_much_are_errors(inside: str, said: str) -> None:
    with pytest.raises(ModelError, match=rf"^m\.xml:\d+: {said}"):
        read(inside)


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        (parameters("x", "y") + algebraic("x - y"), "a rule that may define '[xy]' or '[xy]'"),
        (
            parameters("~x=1", "~y=1")
            + algebraic("x - 3")
            + events(event("E", "y > 2", {"x": "5"})),
            "event 'E' uses 'x', which an algebraic rule defines, as what it sets",
        ),
    ],
)
def test_what_is_not_simulated_is_refused_by_name(inside: str, said: str) -> None:
    with pytest.raises(UnsupportedModelError, match=said):
        read(inside)


@given(*(st.floats(-3.0, 3.0) for _ in range(3)))
def test_the_parts_of_a_linear_formula_add_up_to_it(x: float, y: float, k: float) -> None:
    formula = parse("2*(x - k*y)/3 - (-x + 4) + where(k > 0, x, y*k) + sin(k)")
    parts = linear(formula, {"x", "y"})
    assert parts is not None
    assert not names(*parts.values()) & {"x", "y"}
    env = {"x": x, "y": y, "k": k}
    total = sum(value(c, env) * env.get(key, 1.0) for key, c in parts.items())
    assert total == pytest.approx(value(formula, env), abs=1e-9)


@pytest.mark.parametrize("text", ["x*y", "x^2", "1/x", "sin(x)", "where(x > 0, x, y)", "floor(x)"])
def test_what_is_not_linear_is_not_taken_for_it(text: str) -> None:
    assert linear(parse(text), {"x", "y"}) is None


def test_a_formula_of_a_thousand_terms_is_linear_too() -> None:
    formula = parse("x")
    for _ in range(1500):
        formula = operation("add", formula, name("k"))
    parts = linear(formula, {"x"})
    assert parts is not None
    assert set(parts) == {"x", CONSTANT}


def test_a_system_without_a_determinant_has_no_solution() -> None:
    one, two = parse("1"), parse("2")
    assert solved([[one, two], [one, two]], [one, one]) is None
    found = solved([[parse("a"), one], [one, two]], [parse("5"), parse("4")])
    assert found is not None
    x, y = (float(value(f, {"a": 3.0})) for f in found)
    assert (3.0 * x + y, x + 2.0 * y) == pytest.approx((5.0, 4.0))
