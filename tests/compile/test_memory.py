"""Delayed formulas become values of the states' own past: meaning kept, and slopes right."""

from __future__ import annotations

import pytest

from axissim.compile.memory import Lags, slopes, undelayed
from axissim.model.expression import TIME, ZERO, Expression, name, number, operation, value
from axissim.model.model import ModelError

x, y, k = name("x"), name("y"), name("k")


def delay(of: Expression, lag: Expression) -> Expression:
    return operation("delay", of, lag)


def past(lags: Lags, root: Expression, course, t: float, **fixed: float) -> float:
    """The value of a pushed formula at `t`, where ``course[state](t)`` is each state's history."""
    now = {state: course[state](t) for state in lags.states} | fixed
    for (state, lag), called in lags.found.items():
        now[called] = course[state](t - float(value(lag, now, t)))
    return float(value(root, now, t))


COURSE = {"x": lambda t: 1.0 + t**2, "y": lambda t: 3.0 - t}


def test_a_delayed_formula_is_the_formula_of_that_moment():
    lags = Lags(("x", "y"))
    formula = operation("add", operation("mul", x, TIME), operation("mul", k, y))
    pushed = lags.push(delay(formula, number(2.0)))
    then = COURSE["x"](3.0) * 3.0 + 7.0 * COURSE["y"](3.0)
    assert past(lags, pushed, COURSE, 5.0, k=7.0) == pytest.approx(then, rel=1e-15)


def test_a_delay_of_a_delay_goes_back_twice():
    lags = Lags(("x", "y"))
    inner = delay(x, operation("mul", number(0.5), TIME))  # the lag of that moment, not of now
    pushed = lags.push(delay(inner, number(2.0)))
    assert past(lags, pushed, COURSE, 6.0) == pytest.approx(COURSE["x"](4.0 - 2.0), rel=1e-15)


def test_the_same_value_is_remembered_once():
    lags = Lags(("x", "y"))
    lags.push(delay(operation("mul", x, x), k))
    lags.push(operation("sub", delay(x, k), delay(y, k)))
    assert len(lags.found) == 2


def test_no_lag_is_the_present():
    assert Lags(("x",)).push(delay(operation("mul", x, TIME), ZERO)) is operation("mul", x, TIME)


def test_before_the_start_nothing_has_changed():
    assert undelayed(operation("add", delay(operation("mul", x, k), TIME), y)) is operation(
        "add", operation("mul", x, k), y
    )


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_lags_that_read_the_past_are_looked_up_in_turn(depth):
    lags, lag = Lags(("x", "y")), number(1.0)
    for _ in range(depth):
        lag = delay(y, lag)
    lags.push(lag)
    assert lags.depth == depth


def test_delays_without_end_are_refused():
    formula = x
    for _ in range(30):
        formula = delay(formula, k)
    with pytest.raises(ModelError, match="nested over"):
        Lags(("x",)).push(formula)


def test_slopes_go_through_the_lag():
    """Of x(t - lag(t, y)), against central differences in t and in y."""
    lags = Lags(("x", "y"))
    lag = operation("add", number(1.0), operation("mul", TIME, operation("mul", y, number(0.1))))
    rate = lags.push(operation("mul", y, delay(x, lag)))
    entries, (in_time, _) = slopes([rate, ZERO], ("x", "y"), lags)
    t, y0, e = 2.0, 0.7, 1e-6

    def at(t: float, y0: float) -> float:
        return y0 * COURSE["x"](t - (1.0 + 0.1 * t * y0))

    then = t - (1.0 + 0.1 * t * y0)
    env = {"x": 0.0, "y": y0, lags.values[0]: COURSE["x"](then), lags.slopes[0]: 2.0 * then}
    by_time = (at(t + e, y0) - at(t - e, y0)) / (2 * e)
    by_state = (at(t, y0 + e) - at(t, y0 - e)) / (2 * e)
    assert float(value(in_time, env, t)) == pytest.approx(by_time, rel=1e-8)
    assert float(value(entries[0, 1], env, t)) == pytest.approx(by_state, rel=1e-8)
    assert (0, 0) not in entries
