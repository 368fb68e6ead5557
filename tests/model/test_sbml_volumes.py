"""Varying compartments, conversion factors, moving stoichiometries: amounts are conserved."""

import pytest
from documents import (
    infix,
    initial_assignments,
    network,
    parameters,
    reaction,
    read,
    rules,
    species,
    start,
)

from axissim.model.model import Model, ModelError
from axissim.model.rates import rate_of, read_out
from axissim.model.text import show

VARIABLE = 'constant="true"/></listOfCompartments>'


def growing(inside: str) -> str:
    return inside.replace(VARIABLE, VARIABLE.replace("true", "false"))


def speed(model: Model, key: str) -> float:
    from axissim.model.expression import value

    env, _ = start(model)
    return float(value(rate_of(model, key), env, 0.0))


A = species("A", initialConcentration=3)
B = species("B", initialAmount=8)
TURN = reaction("J", "A", "2 B", "0.5*A")


@pytest.mark.parametrize("rule", [{"C_rate": "0.5*C"}, {"C": "2 + time"}, {"C": "2*exp(0.5*time)"}])
def test_amounts_are_kept_where_a_compartment_varies(rule: dict[str, str]) -> None:
    model = read(growing(network(A + B, TURN)) + rules(**rule))
    env, rates = start(model)
    assert (env["A_amount"], env["B_amount"], env["A"], env["B"]) == (6.0, 8.0, 3.0, 4.0)
    assert 2.0 * rates["A_amount"] + rates["B_amount"] == 0.0
    # d(amount/size)/dt
    growth = 1.0
    assert speed(model, "C") == growth
    assert speed(model, "A") == pytest.approx(rates["A_amount"] / 2.0 - 3.0 * growth / 2.0)


def test_what_no_reaction_changes_thins_out_all_the_same() -> None:
    held = species("A", initialConcentration=3, boundaryCondition="true")
    fixed = species("B", initialConcentration=5, constant="true", boundaryCondition="true")
    model = read(growing(network(held + fixed, TURN)) + rules(C_rate="1"))
    assert {part.id for part in model.parameters} == {"A_amount", "B_amount"}
    assert (speed(model, "A"), speed(model, "B")) == (-1.5, -2.5)


def test_rules_for_a_species_are_on_what_its_id_means() -> None:
    held = species("A", initialConcentration=3, boundaryCondition="true")
    given = species("B", boundaryCondition="true")
    inside = growing(network(held + given, TURN)) + rules(A_rate="0.25", B="2*A", C_rate="1")
    model = read(inside)
    env, rates = start(model)
    assert (env["A"], env["B"], rates["A"], speed(model, "B")) == (3.0, 6.0, 0.25, 0.5)


def test_an_amount_stays_an_amount() -> None:
    amount = species("A", initialConcentration=3, hasOnlySubstanceUnits="true")
    model = read(growing(network(amount, reaction("J", "A", "", "0.5*A"))) + rules(C_rate="1"))
    env, rates = start(model)
    assert (env["A"], rates["A"]) == (6.0, -3.0)
    assert model.by_id.keys() >= {"A", "C"}
    assert "A_amount" not in model.by_id


def test_an_id_that_is_taken_is_not_taken_twice() -> None:
    inside = growing(network(A, reaction("J", "A", "", "1"))) + parameters("A_amount=1")
    assert [part.id for part in read(inside + rules(C_rate="1")).states] == ["C", "A_amount_"]


def test_starts_that_look_like_a_circle_and_are_none() -> None:
    inside = growing(network(A, reaction("J", "A", "", "1"))) + rules(C_rate="1")
    env, _ = start(read(inside + initial_assignments(C="2*A")))
    assert (env["C"], env["A"], env["A_amount"]) == (6.0, 3.0, 18.0)
    env, _ = start(read(inside + initial_assignments(A="10*C")))
    assert (env["A"], env["A_amount"]) == (20.0, 40.0)


def test_what_can_be_read_out_of_a_species() -> None:
    amount = species("B", initialAmount=8, hasOnlySubstanceUnits="true")
    model = read(growing(network(A + amount, TURN)) + rules(C_rate="1"))
    shown = {}
    for text in ("amount(A)", "concentration(A)", "amount(B)", "concentration(B)", "rate(B)"):
        found = read_out(model, text)
        assert found is not None
        assert found.id == text
        shown[text] = show(found.value)
    assert shown == {
        "amount(A)": "A_amount",
        "concentration(A)": "A",
        "amount(B)": "B",
        "concentration(B)": "B / C",
        "rate(B)": "2 * J",
    }
    assert read_out(model, "A") is None
    fixed = read(network(A, reaction("J", "A", "", "1")))
    found = read_out(fixed, "amount(A)")
    assert found is not None
    assert show(found.value) == "A * C"
    with pytest.raises(ModelError, match="has no 'Z'"):
        read_out(model, "rate(Z)")
    with pytest.raises(ModelError, match="'C', which is not a species"):
        read_out(model, "amount(C)")


def test_conversion_factors_of_the_model_and_of_a_species() -> None:
    own = species("A", initialAmount=6, conversionFactor="own")
    inside = network(own + B, TURN) + parameters("own=5", "all=3")
    _, rates = start(read(inside, attributes='conversionFactor="all"'))
    # the flux is 0.5 * [A] = 1.5; concentrations are in a volume of 2
    assert rates == {"A": -5.0 * 1.5 / 2.0, "B": 3.0 * 2.0 * 1.5 / 2.0}


def test_a_conversion_factor_that_is_not_there_is_named() -> None:
    own = species("A", initialAmount=6, conversionFactor="own")
    with pytest.raises(ModelError, match="species 'A' has the conversion factor 'own', which is"):
        read(network(own + B, TURN))


def named(inside: str, key: str, more: str = 'stoichiometry="2" constant="false"') -> str:
    """The document with an id for the stoichiometry of B."""
    old = 'species="B" stoichiometry="2" constant="true"'
    assert old in inside
    return inside.replace(old, f'id="{key}" species="B" {more}')


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (rules(n="time + 4"), 4.0),
        (rules(n_rate="1"), 2.0),
        (initial_assignments(n="6"), 6.0),
        ("", 2.0),
    ],
)
def test_a_stoichiometry_may_be_given_by_anything(more: str, expected: float) -> None:
    model = read(named(network(A + B, TURN), "n") + more)
    env, rates = start(model)
    assert (env["n"], rates["B"]) == (expected, expected * 1.5 / 2.0)


def test_a_stoichiometry_without_a_number_needs_something_else() -> None:
    inside = named(network(A + B, TURN), "n", 'constant="false"')
    assert start(read(inside + rules(n="3")))[1]["B"] == 3.0 * 1.5 / 2.0
    with pytest.raises(ModelError, match="'n' has no value, but 'B' reads it"):
        read(inside)


@pytest.mark.parametrize("identity", ["", 'id="n" '])
def test_stoichiometry_math(identity: str) -> None:
    law = TURN.replace(
        '<speciesReference species="B" stoichiometry="2" constant="true"/>',
        f'<speciesReference {identity}species="B"><stoichiometryMath>{infix("3 + A")}'
        "</stoichiometryMath></speciesReference>",
    ).replace(' constant="true"/></listOfReac', "/></listOfReac")
    _, rates = start(read(network(A + B, law), level=2, version=4))
    assert rates["B"] == 6.0 * 1.5 / 2.0
