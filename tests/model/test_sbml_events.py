"""Events as SBML gives them: what they set becomes a state, an amount stays or is set by name."""

import pytest
from documents import (
    compartment,
    document,
    event,
    events,
    infix,
    network,
    parameters,
    reaction,
    read,
    rules,
    species,
    start,
)

from axissim.model.expression import value
from axissim.model.model import Event, Model, ModelError
from axissim.model.reading.refusal import UnsupportedModelError
from axissim.model.reading.sbml import read_sbml
from axissim.model.text import show

VARIABLE = 'constant="true"/></listOfCompartments>'


def growing(inside: str) -> str:
    """The document with a compartment that may vary."""
    return inside.replace(VARIABLE, VARIABLE.replace("true", "false"))


def after(model: Model, key: str, time: float = 0.0) -> dict[str, float]:
    """What an event sets at the start, evaluated there."""
    env, _ = start(model, time)
    found = next(event for event in model.events if event.id == key)
    return {target: float(value(formula, env, time)) for target, formula in found.assignments}


def test_what_an_event_sets_is_a_state_that_rests() -> None:
    model = read(parameters("~k=2", "j=3") + events(event("E", "time > 1", {"k": "k + j"})))
    (state,) = model.states
    assert (state.id, show(state.initial), show(state.rate)) == ("k", "2", "0")
    (found,) = model.events
    assert (found.id, show(found.trigger)) == ("E", "time > 1")
    assert after(model, "E") == {"k": 5.0}


def test_everything_an_event_may_say() -> None:
    more = f"<delay>{infix('2*k')}</delay><priority>{infix('k - 1')}</priority>"
    if "<priority>" in more:  # the schema has the priority before the delay
        more = f"<priority>{infix('k - 1')}</priority><delay>{infix('2*k')}</delay>"
    given = event(
        "E", "k > 1", {"k": "1"}, more, 'initialValue="false" persistent="false"', at="false"
    )
    (found,) = read(parameters("~k=2") + events(given)).events
    assert found.delay is not None
    assert found.priority is not None
    assert (show(found.delay), show(found.priority)) == ("2 * k", "k - 1")
    assert (found.initially, found.persistent, found.at_trigger) == (False, False, False)


def test_what_level_2_leaves_out_has_its_meaning() -> None:
    given = (
        '<event id="E"><trigger>' + infix("k > 1") + "</trigger><listOfEventAssignments>"
        f'<eventAssignment variable="k">{infix("1")}</eventAssignment>'
        "</listOfEventAssignments></event>"
    )
    for version in (1, 3, 4):
        model = read(parameters("~k=2") + events(given), level=2, version=version)
        (found,) = model.events
        assert (found.initially, found.persistent, found.at_trigger) == (True, True, True)


def test_ids_are_made_up_where_there_are_none() -> None:
    given = [event(key, "time > 1", {"k": "1"}) for key in ("", "event2", "", "")]
    model = read(parameters("~k=2", "event3=1") + events(*given))
    assert [found.id for found in model.events] == ["event1", "event2", "event3_", "event4"]


def test_formulas_that_are_missing_in_version_2() -> None:
    math = infix("time > 1")
    never = event("never", "time > 1", {"k": "1"}).replace(math, "")
    nothing = event("nothing", "time > 1", {"k": "1"}).replace(infix("1"), "")
    some = event("some", "time > 1", {"k": "1", "j": "2"}, "<delay/>").replace(infix("1"), "")
    model = read(parameters("~k=2", "~j=2") + events(never, nothing, some))
    (found,) = model.events
    assert (found.id, found.delay, [key for key, _ in found.assignments]) == ("some", None, ["j"])
    assert [part.id for part in model.parameters] == ["k"]


S = species("S", initialConcentration=3)
ONE_WAY = reaction("J", "S", "", "0.5*S")


def test_a_compartment_that_an_event_sets_keeps_amounts() -> None:
    inside = growing(network(S, ONE_WAY)) + events(event("E", "time > 1", {"C": "3*C"}))
    model = read(inside)
    env, rates = start(model)
    assert (env["S_amount"], env["S"], env["C"]) == (6.0, 3.0, 2.0)
    assert rates == {"C": 0.0, "S_amount": -1.5}
    assert model.by_id["S_amount"].name == "amount of S"
    assert after(model, "E") == {"C": 6.0}


def test_a_concentration_that_an_event_sets_is_that_in_the_old_size() -> None:
    together = event("E", "time > 1", {"C": "3*C", "S": "7"})
    alone = event("F", "time > 1", {"S": "S + 1"})
    model = read(growing(network(S, ONE_WAY)) + events(together, alone))
    assert after(model, "E") == {"C": 6.0, "S_amount": 14.0}
    assert after(model, "F") == {"S_amount": 8.0}


def test_the_size_may_be_given_by_a_rule() -> None:
    inside = growing(network(S, ONE_WAY)) + parameters("~p=2") + rules(C="p^2")
    model = read(inside + events(event("E", "time > 1", {"p": "3", "S": "1"})))
    assert after(model, "E") == {"p": 3.0, "S_amount": 4.0}
    assert start(model)[0]["S_amount"] == 12.0


def test_a_rate_rule_for_a_concentration_and_an_event_on_its_compartment() -> None:
    held = species("S", initialConcentration=3, boundaryCondition="true")
    inside = growing(network(held, ONE_WAY)) + rules(S_rate="0.25*S", C_rate="0.5")
    model = read(inside + events(event("E", "time > 1", {"C": "1"})))
    env, rates = start(model)
    assert env["S_amount"] == 6.0
    # d(S C)/dt = C dS/dt + S dC/dt
    assert rates["S_amount"] == 2.0 * 0.75 + 3.0 * 0.5
    assert after(model, "E") == {"C": 1.0}


def test_a_species_that_is_an_amount_is_set_as_one() -> None:
    amount = species("S", initialAmount=3, hasOnlySubstanceUnits="true")
    inside = growing(network(amount, ONE_WAY))
    model = read(inside + events(event("E", "time > 1", {"C": "1", "S": "5"})))
    assert after(model, "E") == {"C": 1.0, "S": 5.0}


def test_a_value_from_before_a_delay_in_a_compartment_that_varies_meanwhile() -> None:
    late = event("E", "time > 1", {"S": "5"}, f"<delay>{infix('1')}</delay>")
    inside = growing(network(S, ONE_WAY)) + rules(C_rate="1")
    model = read(inside + events(late))
    assert after(model, "E") == {"S": 5.0}
    # d(amount/size)/dt = -1.5/2 - 3*1/2
    assert start(model)[1]["S"] == -0.75 - 1.5
    now = late.replace('TriggerTime="true"', 'TriggerTime="false"')
    assert after(read(inside + events(now)), "E") == {"S_amount": 10.0}
    leap = event("F", "time > 2", {"C": "1"})
    with pytest.raises(UnsupportedModelError, match=r"event 'E' uses a delay before it sets the"):
        read(inside + events(late, leap))


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        (parameters("k=1") + events(event("E", "k > 0", {"k": "2"})), "sets a constant"),
        (parameters("~k=1") + events(event("E", "k > 0", {"z": "2"})), "sets what is not defined"),
        (
            parameters("~k=1") + rules(k="time") + events(event("E", "k > 0", {"k": "2"})),
            "sets 'k', which a rule gives",
        ),
        (parameters("~k=1") + events(event("E", "z > 0", {"k": "2"})), "reads 'z', which is not"),
        (parameters("~k=1", "v") + events(event("E", "v > 0", {"k": "2"})), "'v' has no value"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(inside: str, said: str) -> None:
    with pytest.raises(ModelError, match=rf"^m\.xml:\d+: .*{said}"):
        read(inside)


def test_an_event_reads_what_is_given_by_rules_and_reactions() -> None:
    inside = network(S, ONE_WAY) + parameters("~k=1", "obs") + rules(obs="2*S")
    model = read(inside + events(event("E", "J < 1", {"k": "obs + J"})))
    assert after(model, "E") == {"k": 6.0 + 1.5}
    assert isinstance(model.events[0], Event)


def test_a_trigger_that_is_a_number_is_true_where_it_is_not_zero() -> None:
    (found,) = read(parameters("~k=2") + events(event("E", "k - 1", {"k": "1"}))).events
    assert show(found.trigger) == "k - 1 != 0"


def test_levels_agree_on_events() -> None:
    import libsbml

    given = event("E", "time > 1", {"k": "k + 1"}, f"<delay>{infix('k')}</delay>")
    text = document(parameters("~k=2") + events(given))
    newest = read_sbml(text, "m.xml").events[0]
    for level, version in [(2, 1), (2, 2), (2, 3), (2, 4), (2, 5), (3, 1)]:
        converted = libsbml.readSBMLFromString(text.decode())
        assert converted.setLevelAndVersion(level, version, False)
        older = read_sbml(libsbml.writeSBMLToString(converted).encode(), "m.xml").events[0]
        assert (older.trigger, older.delay, older.assignments) == (
            newest.trigger,
            newest.delay,
            newest.assignments,
        )


def test_a_compartment_is_constant_unless_it_says_so() -> None:
    with pytest.raises(ModelError, match="sets a constant"):
        read(compartment() + events(event("E", "time > 1", {"C": "1"})))
