"""What delayed values were before the start: the last word on it is the formula itself."""

from documents import initial_assignments, network, parameters, reaction, read, rules, species

from axissim.model.expression import Expression, operation, value
from axissim.model.model import Model
from axissim.model.passes import rebuilt, substitute


def at(model: Model, key: str, time: float, **past: float) -> float:
    """An observable at a time, its delays taken apart; `past` is what states were or are."""

    def rule(node: Expression, args: tuple[Expression, ...]) -> Expression:
        if node.op == "delay":
            from axissim.model.expression import TIME

            return substitute([args[0]], {}, operation("sub", TIME, args[1]))[0]
        return operation(node.op, *args) if args else node

    whole = model.by_id[key].value
    rules_ = {part.id: part.value for part in model.observables}
    for _ in rules_:
        (whole,) = substitute([whole], rules_)
    return float(value(rebuilt([whole], rule)[0], past, time))


def test_a_rule_of_time_goes_back_by_itself() -> None:
    model = read(parameters("x", "y") + rules(x="3*time", y="delay(x, 2)"))
    assert at(model, "y", 0.5) == -4.5


def test_an_initial_assignment_of_time_holds_before_the_start() -> None:
    model = read(parameters("~x=0", "y") + rules(y="delay(x, 2)") + initial_assignments(x="3*time"))
    assert at(model, "y", 0.5, x=0.0) == -4.5
    assert at(model, "y", 2.5, x=0.0) == 0.0


def test_a_rate_of_change_was_nothing_before_the_start() -> None:
    inside = network(species("S", initialAmount=6), reaction("J", "S", "", "0.5*S"))
    model = read(inside + parameters("r", "y") + rules(r="rateOf(S)", y="delay(r, 2)"))
    assert at(model, "y", 0.5, S=3.0, C=2.0) == 0.0
    assert at(model, "y", 2.0, S=3.0, C=2.0) == -0.75
    assert at(model, "r", 0.0, S=3.0, C=2.0) == -0.75


def test_what_fast_reactions_change_was_its_start_before_it() -> None:
    both = [
        species(k, initialAmount=v, hasOnlySubstanceUnits="true") for k, v in (("A", 4), ("B", 2))
    ]
    law = reaction("F", "A", "B", "A").replace(
        'reversible="false"', 'fast="true" reversible="false"'
    )
    model = read(network("".join(both), law) + parameters("y") + rules(y="delay(B, 2)"), version=1)
    kept = {part.id: float(value(part.value, {})) for part in model.parameters}
    assert at(model, "y", 1.0, **kept) == 2.0
    assert at(model, "y", 3.0, **kept) == 6.0


def test_a_delay_is_gone_where_the_start_is_settled() -> None:
    inside = parameters("~x=2", "y=0", "z") + rules(x_rate="-delay(x, 1)", z="x + time")
    model = read(inside + initial_assignments(y="delay(x, 1) + delay(z, 3)"))
    (y,) = (part for part in model.parameters if part.id == "y")
    assert value(y.value, {"x": 2.0}) == 2.0 + (2.0 - 3.0)


def test_a_start_of_time_and_of_what_moves_reads_the_others_start() -> None:
    inside = parameters("~x=2", "~w=5", "y") + rules(x_rate="1", w_rate="1", y="delay(x, 1)")
    model = read(inside + initial_assignments(x="w*time"))
    assert at(model, "y", 0.5, x=9.0, w=7.0) == 5.0 * -0.5
    assert at(model, "y", 1.5, x=9.0, w=7.0) == 9.0
