"""Fast reactions: their rates vanish, what they conserve is kept, or they are refused."""

import pytest
from documents import (
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

from axissim.model.expression import value
from axissim.model.model import Model
from axissim.model.rates import rates_of
from axissim.model.reading.refusal import UnsupportedModelError


def fast(*given: str) -> str:
    return reaction(*given).replace('reversible="false"', 'reversible="false" fast="true"')


def amount(key: str, start: float) -> str:
    return species(key, initialAmount=start, hasOnlySubstanceUnits="true")


def slopes(model: Model) -> dict[str, float]:
    """The rate of change of every part at the start."""
    env, _ = start(model)
    rates = rates_of(model)
    return {part.id: float(value(rates.of(part.id), env, 0.0)) for part in model.parts}


def read_old(inside: str) -> Model:
    """Level 3 Version 1, the last that has fast reactions."""
    return read(inside, version=1)


AB = amount("A", 4) + amount("B", 2)
BACK = fast("F", "A", "B", "3*A - B")


def test_an_equilibrium_holds_from_the_start_and_keeps_the_sum() -> None:
    env, _ = start(read_old(network(AB, BACK)))
    assert (env["A"], env["B"], env["F"]) == pytest.approx((1.5, 4.5, 0.0))


def test_slow_reactions_move_what_is_conserved() -> None:
    model = read_old(network(AB + amount("D", 0), BACK, reaction("J", "B", "D", "2*B")))
    env, _ = start(model)
    moved = slopes(model)
    assert moved["D"] == pytest.approx(9.0)
    assert moved["A"] + moved["B"] == pytest.approx(-9.0)
    assert moved["B"] == pytest.approx(3.0 * moved["A"])
    assert env["F"] == pytest.approx(0.0)


def test_stoichiometries_weigh() -> None:
    env, _ = start(read_old(network(AB, fast("F", "A", "2 B", "A - B"))))
    assert env["A"] == pytest.approx(env["B"])
    assert 2.0 * env["A"] + env["B"] == pytest.approx(10.0)


def test_concentrations_in_volumes_of_their_own() -> None:
    two = species("A", initialConcentration=4) + amount("B", 2)
    env, _ = start(read_old(network(two, fast("F", "A", "B", "A - B"))))
    assert env["A"] == pytest.approx(env["B"])
    assert 2.0 * env["A"] + env["B"] == pytest.approx(10.0)


def test_an_irreversible_reaction_is_over_at_once() -> None:
    env, _ = start(read_old(network(AB, fast("F", "A", "B", "k*A")) + parameters("k=0.1")))
    assert (env["A"], env["B"]) == (0.0, 6.0)


def test_a_chain_of_two() -> None:
    chain = network(
        AB + amount("D", 0), fast("F", "A", "B", "A - B"), fast("G", "B", "D", "B - 2*D")
    )
    env, _ = start(read_old(chain))
    assert (env["A"], env["B"], env["D"]) == pytest.approx((2.4, 2.4, 1.2))


def test_a_boundary_species_holds_the_equilibrium() -> None:
    held = amount("A", 4).replace("boundaryCondition='false'", "boundaryCondition='true'")
    env, _ = start(read_old(network(held + amount("B", 2), BACK)))
    assert (env["A"], env["B"]) == (4.0, 12.0)


def test_binding_is_a_constraint() -> None:
    three = amount("A", 4) + amount("B", 2) + amount("AB", 0)
    model = read_old(network(three, fast("F", "A + B", "AB", "k*(A*B - 5*AB)")) + parameters("k=1"))
    assert len(model.implicit) == 1
    kept = {part.id for part in model.parameters if part.id.endswith("_conserved")}
    assert len(kept) == 2


def test_an_event_on_a_species_sets_what_is_conserved() -> None:
    jump = events(event("E", "time > 1", {"A": "10"}))
    model = read_old(network(AB, BACK) + jump)
    env, _ = start(model)
    ((target, formula),) = model.events[0].assignments
    assert target.endswith("_conserved")
    # A becomes 10 where B is 4.5, before the two are at equilibrium again
    assert value(formula, env, 0.0) == pytest.approx(14.5)


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        (
            network(AB, fast("F", "A", "B", "A*B")),
            "'F' uses a fast reaction that is neither linear",
        ),
        (
            network(AB, BACK, fast("G", "A", "B", "A - B")),
            "uses fast reactions that depend on each other",
        ),
        (
            network(AB, fast("F", "A", "B", "k*A"))
            + parameters("~k=0")
            + events(event("E", "time > 1", {"k": "1"})),
            "'F' uses a fast reaction whose rate depends on 'k', which events set",
        ),
        (
            network(AB, BACK).replace(
                'species="B" stoichiometry="1" constant="true"',
                'id="n" species="B" stoichiometry="1" constant="false"',
            )
            + rules(n="1 + time"),
            "'A|'B' uses a fast reaction whose stoichiometry moves",
        ),
    ],
)
def test_what_is_not_simulated_is_refused_by_name(inside: str, said: str) -> None:
    with pytest.raises(UnsupportedModelError, match=said):
        read_old(inside)
