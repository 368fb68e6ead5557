"""SBML to a model: what each id means, and what is refused."""

import math

import pytest
from documents import (
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
from axissim.model.text import show


def kinds(model: Model) -> dict[str, list[str]]:
    return {
        kind: [part.id for part in getattr(model, kind)]
        for kind in ("parameters", "states", "observables")
    }


LAW = "k*S1"
K = parameters("k=0.5")


def test_a_species_is_a_concentration_unless_it_says_amount() -> None:
    both = species("S1", initialAmount=6) + species(
        "S2", initialAmount=6, hasOnlySubstanceUnits="true"
    )
    model = read(network(both, reaction("J", "S1", "3 S2", LAW)) + K)
    env, rates = start(model)
    assert env == {"C": 2.0, "k": 0.5, "S1": 3.0, "S2": 6.0, "J": 1.5}
    assert rates == {"S1": -1.5 / 2.0, "S2": 4.5}
    assert show(model.by_id["S1"].rate) == "-J / C"


def test_an_initial_concentration_is_read_either_way() -> None:
    both = species("S1", initialConcentration=6) + species(
        "S2", initialConcentration=6, hasOnlySubstanceUnits="true"
    )
    env, _ = start(read(network(both, reaction("J", "S1", "S2", LAW)) + K))
    assert (env["S1"], env["S2"]) == (6.0, 12.0)


def test_in_a_point_a_species_is_an_amount() -> None:
    inside = network(species("S1", initialAmount=6), reaction("J", "S1", "", LAW)) + K
    point = inside.replace('spatialDimensions="3" size="2.0"', 'spatialDimensions="0"')
    env, rates = start(read(point))
    assert (env["S1"], rates["S1"]) == (6.0, -3.0)


def test_what_never_moves_is_a_parameter() -> None:
    lots = (
        species("S1", initialAmount=1)
        + species("held", initialAmount=2, boundaryCondition="true")
        + species("fixed", initialAmount=2, constant="true", boundaryCondition="true")
        + species("alone", initialAmount=2)
        + species("enzyme", initialAmount=2)
    )
    model = read(network(lots, reaction("J", "S1 + held + fixed + enzyme", "enzyme", LAW)) + K)
    assert kinds(model) == {
        "parameters": ["C", "held", "fixed", "alone", "enzyme", "k"],
        "states": ["S1"],
        "observables": ["J"],
    }


def test_stoichiometries_add_up_and_read_well() -> None:
    two = species("A", initialAmount=1, hasOnlySubstanceUnits="true") + species(
        "B", initialAmount=1
    )
    j1 = reaction("J1", "A + A", "B", "k*A*A")
    j2 = reaction("J2", "B", "2 A", "k*B")
    j3 = reaction("J3", "", "0.5 A", "k")
    model = read(network(two, j1, j2, j3) + K)
    assert show(model.by_id["A"].rate) == "-2 * J1 + 2 * J2 + 0.5 * J3"
    assert show(model.by_id["B"].rate) == "(J1 - J2) / C"


def test_a_named_stoichiometry_is_a_parameter() -> None:
    inside = network(species("S", initialAmount=1), reaction("J", "", "S", "k*n")) + K
    inside = inside.replace('stoichiometry="1"', 'id="n" stoichiometry="3"')
    env, rates = start(read(inside))
    assert (env["n"], rates["S"]) == (3.0, 1.5 * 3.0 / 2.0)


def test_a_stoichiometry_by_initial_assignment() -> None:
    inside = network(species("S", initialAmount=1), reaction("J", "S", "", "k")) + K
    inside = inside.replace('stoichiometry="1"', 'id="n"') + initial_assignments(n="4*k")
    _, rates = start(read(inside))
    assert rates["S"] == -2.0 * 0.5 / 2.0


def test_a_missing_stoichiometry_is_one_in_level_2_and_refused_in_level_3() -> None:
    inside = network(species("S", initialAmount=1), reaction("J", "S", "", "k")) + K
    inside = inside.replace(' stoichiometry="1"', "")
    with pytest.raises(ModelError, match="species reference 'S' in reaction 'J' has no stoich"):
        read(inside)
    old = inside.replace(' constant="true"/></listOfReac', "/></listOfReac")
    assert start(read(old, level=2, version=4))[1] == {"S": -0.25}


@pytest.mark.parametrize(
    ("level", "version"), [(2, 1), (2, 2), (2, 3), (2, 4), (2, 5), (3, 1), (3, 2)]
)
def test_levels_and_versions(level: int, version: int) -> None:
    inside = network(species("S", initialAmount=1), reaction("J", "S", "", "k*S")) + K
    if level == 2:
        inside = inside.replace(' constant="true"/></listOfReac', "/></listOfReac")
    assert start(read(inside, level=level, version=version))[1] == {"S": -0.125}


def test_local_parameters_get_an_id_of_their_own_and_hide_global_ones() -> None:
    local = '<listOfLocalParameters><localParameter id="k" value="7"/></listOfLocalParameters>'
    law = reaction("J", "S", "", "k*S", local)
    model = read(network(species("S", initialAmount=2), law) + parameters("k=0.5", "J_k=1"))
    env, rates = start(model)
    assert (env["k"], env["J_k"], env["J_k_"], rates["S"]) == (0.5, 1.0, 7.0, -3.5)
    assert show(model.by_id["J"].value) == "J_k_ * S"


def test_a_reaction_with_an_empty_law_does_not_run(caplog: pytest.LogCaptureFixture) -> None:
    law = reaction("J", "S", "", "k*S")
    empty = law[: law.index("<kineticLaw>")] + "<kineticLaw/></reaction>"
    with caplog.at_level("WARNING", "axissim"):
        model = read(network(species("S", initialAmount=2), empty))
    assert start(model) == ({"C": 2.0, "S": 1.0, "J": 0.0}, {"S": 0.0})
    assert "has an empty law" in caplog.text


def test_modifiers_do_nothing() -> None:
    two = species("S", initialAmount=1) + species("E", initialAmount=1)
    law = reaction("J", "S", "", "k*E")
    modified = law.replace(
        "<kineticLaw>",
        '<listOfModifiers><modifierSpeciesReference species="E"/></listOfModifiers><kineticLaw>',
    )
    assert kinds(read(network(two, modified) + K))["states"] == ["S"]


def test_rules_in_any_order() -> None:
    model = read(parameters("a", "b", "~x=2") + rules(b="a + 1", x_rate="b*x", a="x^2"))
    assert kinds(model) == {"parameters": [], "states": ["x"], "observables": ["b", "a"]}
    env, rates = start(model)
    assert (env["a"], env["b"], rates["x"]) == (4.0, 5.0, 10.0)


def test_a_rule_on_a_species_is_on_what_its_id_means() -> None:
    inside = network(species("S", initialAmount=4), reaction("J", "", "", "S")) + rules(S_rate="-S")
    env, rates = start(read(inside))
    assert (env["S"], env["J"], rates["S"]) == (2.0, 2.0, -2.0)


def test_states_are_in_the_documents_order_species_first() -> None:
    two = species("S2", initialAmount=1) + species("S1", initialAmount=1)
    inside = network(two, reaction("J", "S1", "S2", "k")) + parameters("~z=1", "k=1", "~a=1")
    assert kinds(read(inside + rules(a_rate="1", z_rate="1")))["states"] == ["S2", "S1", "z", "a"]


def test_initial_assignments_on_all_and_through_rules() -> None:
    inside = (
        network(species("S", initialAmount=1), reaction("J", "S", "", "k*S"))
        + parameters("k=0.5", "p=1", "obs", "q=1")
        + rules(obs="2*S + time")
        + initial_assignments(S="C*10", C="p + 3", p="q*2", q="4", k="obs/100 + J*0")
    )
    # k reads J, which reads k: a circle
    with pytest.raises(ModelError, match=r"round in a circle: (J -> k|k -> J)"):
        read(inside)
    env, rates = start(read(inside.replace("<ci> J </ci>", "<ci> p </ci>")))
    assert (env["q"], env["p"], env["C"], env["S"]) == (4.0, 8.0, 11.0, 110.0)
    assert env["k"] == 2.2
    assert rates["S"] == -2.2 * 110.0 / 11.0


def test_an_initial_assignment_may_read_a_reactions_rate() -> None:
    inside = network(species("S", initialAmount=1), reaction("J", "S", "", "k*S")) + parameters(
        "k=0.5", "p=1"
    )
    env, _ = start(read(inside + initial_assignments(p="J*4")))
    assert env["p"] == 1.0


def test_values_that_are_missing_matter_only_where_they_are_read() -> None:
    model = read(parameters("unused", "~x=1") + rules(x_rate="-x"))
    assert math.isnan(start(model)[0]["unused"])
    with pytest.raises(
        ModelError, match=r"m.xml:\d+: parameter 'k' has no value, but 'x' reads it"
    ):
        read(parameters("k", "~x=1") + rules(x_rate="-k*x"))
    with pytest.raises(ModelError, match="parameter 'x' has no initial value"):
        read(parameters("k=1", "x") + rules(x_rate="-k*x"))
    with pytest.raises(ModelError, match="parameter 'k' has no value, but 'j' reads it"):
        read(parameters("k", "j", "~x=1") + rules(x_rate="-j*x") + initial_assignments(j="2*k"))


def test_an_explicit_nan_is_a_value() -> None:
    model = read(parameters("k=NaN", "~x=1") + rules(x_rate="-k*x"))
    assert math.isnan(start(model)[1]["x"])


def test_a_circle_of_rules_is_named() -> None:
    with pytest.raises(ModelError, match="rules go round in a circle: a -> b -> c -> a; break it"):
        read(parameters("a", "b", "c") + rules(a="b + 1", b="c*2", c="a"))


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        (parameters("x=1", "x=2"), "parameter 'x' has an id that is taken"),
        (parameters("k=1") + rules(k="2"), "assignment rule 'k' sets a constant"),
        (parameters("~k=1") + rules(z="2"), "assignment rule 'z' sets what is not defined"),
        (parameters("~k=1") + rules(k="2", k_rate="1"), "'k' is the second rule of its variable"),
        (parameters("~k=1") + initial_assignments(z="2"), "initial assignment 'z' sets what is"),
        (
            network(species("S", initialAmount=1), reaction("J", "S", "", "1")) + rules(S="2"),
            "assignment rule 'S' sets a species that reactions change too",
        ),
        (
            network(species("S", initialAmount=1), reaction("J", "S", "Q", "1")),
            "species reference 'Q' in reaction 'J' is of a species that is not defined",
        ),
        (
            network(species("S", initialAmount=1, compartment="D"), reaction("J", "S", "", "1")),
            "species 'S' is in compartment 'D', which is not defined",
        ),
        (
            network(species("S", initialAmount=1), '<reaction id="J" reversible="false"/>'),
            "reaction 'J' has no kinetic law",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_line(inside: str, said: str) -> None:
    with pytest.raises(ModelError, match=rf"^m\.xml:\d+: .*{said}.*; "):
        read(inside)


def test_names_and_notes_are_plain_text() -> None:
    body = "http://www.w3.org/1999/xhtml"
    inside = (
        '<listOfParameters><parameter id="k" name="Rate &amp; more" value="1" constant="true">'
        "<notes>"
        f'<body xmlns="{body}"><p>Measured <b>twice</b>\n  by A &lt; B.</p></body></notes>'
        "</parameter></listOfParameters>"
    )
    part = read(inside).parameters[0]
    assert (part.name, part.note) == ("Rate & more", "Measured twice by A < B.")
