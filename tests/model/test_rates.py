"""How fast things change, by formula: against differences, through rules and constraints."""

import pytest
from documents import (
    algebraic,
    event,
    events,
    initial_assignments,
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

from axissim.model.expression import ONE, ZERO, value
from axissim.model.model import Implicit, Model, ModelError, Parameter
from axissim.model.rates import Rates, rate_of
from axissim.model.text import parse, show


def at_start(model: Model, key: str) -> float:
    env, _ = start(model, 0.0)
    return float(value(rate_of(model, key), env, 0.0))


def test_rates_of_everything() -> None:
    inside = network(species("S", initialAmount=6), reaction("J", "S", "", "0.5*S"))
    model = read(inside + parameters("k=1", "y", "z") + rules(y="S^2 + time", z="3*y"))
    assert at_start(model, "k") == at_start(model, "C") == 0.0
    assert at_start(model, "S") == -0.75
    assert at_start(model, "J") == -0.375
    assert at_start(model, "y") == 2.0 * 3.0 * -0.75 + 1.0
    assert at_start(model, "z") == 3.0 * at_start(model, "y")


@given(st.floats(0.2, 2.0), st.floats(0.2, 2.0), st.floats(0.0, 3.0))
def test_a_total_derivative_is_the_limit_of_differences(x: float, y: float, t: float) -> None:
    rates = Rates(
        {
            "z": parse("x^2*y + sin(time)/y"),
            "w": parse("exp(z/10) + max_(x, y)".replace("max_", "maximum")),
        },
        {"x": parse("y - x*time"), "y": parse("0.3*x")},
        {},
    )
    h = 1e-6

    def along(key: str, step: float) -> float:
        env = {"x": x + step * (y - x * t), "y": y + step * 0.3 * x}
        env["z"] = float(value(rates.rules["z"], env, t + step))
        return float(value(rates.rules[key], env, t + step))

    env = {"x": x, "y": y, "z": along("z", 0.0)}
    if abs(x - y) < 1e-3:
        return
    for key in ("z", "w"):
        slope = (along(key, h) - along(key, -h)) / (2.0 * h)
        assert float(value(rates.of(key), env, t)) == pytest.approx(slope, rel=1e-5, abs=1e-5)


def test_rates_of_what_constraints_define() -> None:
    circle = Rates({}, {"x": ONE}, {"y": parse("x^2 + y^2 - 25")})
    assert value(circle.of("y"), {"x": 3.0, "y": 4.0}) == -0.75
    # a + b = x and a*b = 6 with x = 5: a = 2, b = 3
    pair = Rates({}, {"x": ONE}, {"a": parse("a + b - x"), "b": parse("a*b - 6")})
    env = {"x": 5.0, "a": 2.0, "b": 3.0}
    slopes = [float(value(pair.of(key), env)) for key in ("a", "b")]
    assert sum(slopes) == pytest.approx(1.0)
    assert slopes[0] * 3.0 + slopes[1] * 2.0 == pytest.approx(0.0)


def test_a_rate_in_a_formula_is_resolved() -> None:
    inside = network(species("S", initialAmount=6), reaction("J", "S", "", "0.5*S"))
    model = read(
        inside
        + parameters("y", "~x=1", "i=0", "~k=1")
        + rules(y="rateOf(S) + rateOf(x)", x_rate="-2*x")
        + initial_assignments(i="rateOf(y)")
        + events(event("E", "rateOf(S) > -0.5", {"k": "rateOf(x)"}))
    )
    env, _ = start(model)
    assert env["y"] == -0.75 - 2.0
    assert env["i"] == 0.75 * 0.25 + 4.0
    assert all("rate_of" not in show(f) for e in model.events for f in e.formulas)


def test_a_rate_rule_may_read_another_rate() -> None:
    model = read(parameters("~x=1", "~y=2") + rules(x_rate="-x", y_rate="2*rateOf(x)"))
    assert start(model)[1] == {"x": -1.0, "y": -2.0}


def test_a_rate_in_a_varying_compartment_is_that_of_the_concentration() -> None:
    inside = network(species("S", initialAmount=6), reaction("J", "", "", "1"))
    inside = inside.replace('size="2.0" constant="true"', 'size="2.0" constant="false"')
    model = read(inside + parameters("y") + rules(C_rate="1", y="rateOf(S)"))
    assert start(model)[0]["y"] == -6.0 / 4.0


def test_local_parameters_and_constants_do_not_change() -> None:
    local = '<listOfLocalParameters><localParameter id="k" value="7"/></listOfLocalParameters>'
    law = reaction("J", "S", "", "1 + rateOf(k)", local)
    assert start(read(network(species("S", initialAmount=6), law)))[0]["J"] == 1.0


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        (rules(x_rate="rateOf(x)"), "'x' reads a rate of change of 'x' that depends on itself"),
        (rules(x_rate="rateOf(y)", y_rate="rateOf(x)"), "that depends on itself"),
        (rules(x_rate="1", y="delay(x, 1)", z="rateOf(y)"), "a rate of change of a delayed value"),
    ],
)
def test_rates_that_have_no_formula(inside: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        read(parameters("~x=1", "~y=1", "~z=1") + inside)


def test_a_flux_that_reads_the_rate_it_makes_is_a_circle() -> None:
    inside = network(species("S", initialAmount=6), reaction("J", "S", "", "rateOf(S)"))
    with pytest.raises(ModelError, match="go round in a circle: J -> J"):
        read(inside)


def test_a_model_tells_the_rates_of_its_implicit_quantities() -> None:
    made = Model(
        "m",
        (Parameter("k", value=ONE),),
        (),
        implicit=(Implicit("y", initial=ONE, residual=parse("y^3 + y - k*time")),),
    )
    assert value(rate_of(made, "y"), {"y": 0.0, "k": 1.0}, 0.0) == 1.0
    assert rate_of(made, "k") is ZERO


def test_an_algebraic_rule_by_formula_has_a_rate() -> None:
    model = read(
        parameters("~x=4", "y", "r")
        + rules(x_rate="-x", r="rateOf(y)").replace(
            "</listOfRules>", algebraic("x + 2*y - 10").removeprefix("<listOfRules>")
        )
    )
    env, _ = start(model)
    assert (env["y"], env["r"]) == (3.0, 2.0)
