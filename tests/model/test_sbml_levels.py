"""The same model in every level and version of SBML means the same."""

import pytest
from documents import (
    document,
    event,
    events,
    initial_assignments,
    network,
    parameters,
    reaction,
    rules,
    species,
    start,
)

from axissim.model.expression import value
from axissim.model.model import Model, ModelError
from axissim.model.reading.sbml import read_sbml

TWO = species("A", initialConcentration=3) + species("B", initialAmount=8)
TURN = reaction("J", "A", "2 B", "k*A*C")
BARE = network(TWO, TURN)
NETWORK = BARE + parameters("k=0.5")
VARIABLE = NETWORK.replace('size="2.0" constant="true"', 'size="2.0" constant="false"')
MODELS = {
    "network": NETWORK,
    "rules": BARE + parameters("k=0.5", "~x=1", "y") + rules(x_rate="-x*A", y="2*x + A"),
    "starts": BARE + parameters("k=0.5", "~x=1") + initial_assignments(x="2*k", A="4*k"),
    "compartment": VARIABLE + rules(C_rate="0.5*C"),
    "events": VARIABLE + events(event("E", "A < 1", {"C": "1", "A": "5"})),
    "stoichiometry": NETWORK.replace(
        'species="B" stoichiometry="2" constant="true"',
        'id="n" species="B" stoichiometry="2" constant="false"',
    )
    + rules(n="time + 2"),
}
RELEASES = [(1, 2), (2, 1), (2, 2), (2, 3), (2, 4), (2, 5), (3, 1)]


def meaning(model: Model) -> dict[str, float]:
    """Every value and every rate at the start, and what events make of them."""
    env, rates = start(model)
    found = {**env, **{f"{key}'": rate for key, rate in rates.items()}}
    for one in model.events:
        for key, formula in one.assignments:
            found[f"{key} by event"] = float(value(formula, env, 0.0))
    return found


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("name", MODELS)
def test_a_model_means_the_same_in_every_level(name: str, release: tuple[int, int]) -> None:
    import libsbml

    text = document(MODELS[name]).decode()
    converted = libsbml.readSBMLFromString(text)
    has_them = release != (1, 2) or name in ("network", "rules", "compartment")
    if not has_them or not converted.setLevelAndVersion(*release, False):
        pytest.skip("Level 1 does not have it")
    older = meaning(read_sbml(libsbml.writeSBMLToString(converted).encode(), "m.xml"))
    newest = meaning(read_sbml(text.encode(), "m.xml"))
    shared = older.keys() & newest.keys()
    assert shared >= {"A", "B", "C", "J"}
    assert {key: older[key] for key in shared} == pytest.approx({k: newest[k] for k in shared})
    assert {key for key in older if key.endswith("'")} <= newest.keys()


LEVEL_1 = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level1" level="1" version="2">
<model name="old">
<listOfCompartments><compartment name="C" volume="2"/></listOfCompartments>
<listOfSpecies>
<species name="A" compartment="C" initialAmount="6"/>
<species name="B" compartment="C" initialAmount="1" boundaryCondition="true"/>
</listOfSpecies>
<listOfParameters><parameter name="k" value="0.5"/><parameter name="x" value="1"/>
<parameter name="y" value="0"/></listOfParameters>
<listOfRules>
<parameterRule name="y" formula="2*x + pow(A, 2)"/>
<parameterRule name="x" type="rate" formula="-k * x"/>
</listOfRules>
<listOfReactions><reaction name="J" reversible="false">
<listOfReactants><speciesReference species="A" stoichiometry="3" denominator="2"/>
</listOfReactants>
<listOfProducts><speciesReference species="B"/></listOfProducts>
<kineticLaw formula="C * q * A"><listOfParameters><parameter name="q" value="0.25"/>
</listOfParameters></kineticLaw>
</reaction></listOfReactions>
</model></sbml>
"""


def test_level_1_as_it_was_written() -> None:
    model = read_sbml(LEVEL_1.encode(), "old.xml")
    env, rates = start(model)
    assert model.id == "old"
    assert (env["A"], env["J"], env["y"]) == (3.0, 1.5, 11.0)
    assert rates == {"A": -1.5 * 1.5 / 2.0, "x": -0.5}


def test_level_1_does_not_say_what_is_constant() -> None:
    text = LEVEL_1.replace('name="k" value="0.5"', 'name="k"')
    model = read_sbml(
        text.replace("<listOfRules>", '<listOfRules><algebraicRule formula="4 * k - 2"/>').encode()
    )
    assert start(model)[0]["k"] == 0.5


def test_what_is_wrong_in_level_1_is_named() -> None:
    for broken in (LEVEL_1.replace("-k * x", "-z * x"), LEVEL_1.replace("-k * x", "-k * * x")):
        with pytest.raises(ModelError, match=r"^old\.xml:\d+: "):
            read_sbml(broken.encode(), "old.xml")
