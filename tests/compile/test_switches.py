"""Which moments are known beforehand, and which are left to error control."""

from __future__ import annotations

import math

import numpy as np
import pytest

import axissim as ax
from axissim.compile.switches import relation, switch_times, watched
from axissim.compile.system import system_of
from axissim.model.expression import TIME, in_order, name, names, number, operation, value


def switches(condition, **parameters):
    """(moment, period) of each switch of a rate that is 1 where `condition` holds.

    Without time 0 itself, where a modulo turns from the remainders of what is below 0.
    """
    given = "; ".join(f"{key} = {number}" for key, number in parameters.items())
    system = system_of(
        ax.load(f"model m()\n {given}; x' = piecewise(1, {condition}, 0) - x; x = 0\nend")
    )
    found = [
        (float(value(moment, system.inputs)), float(value(period, system.inputs)))
        for moment, period in system.switches
    ]
    return sorted(pair for pair in found if pair != (0.0, 0.0))


@pytest.mark.parametrize("comparison", ["<", "<=", ">", ">="])
def test_a_moment(comparison):
    assert switches(f"time {comparison} a", a=3.5) == [(3.5, 0.0)]
    assert switches(f"2*time + 1 {comparison} a", a=3.5) == [(1.25, 0.0)]
    assert switches(f"a - time/4 {comparison} b", a=3.0, b=1.0) == [(8.0, 0.0)]


def test_a_window():
    assert switches("time >= a && time < a + w", a=3.0, w=0.5) == [(3.0, 0.0), (3.5, 0.0)]
    assert switches("!(time < a) || time > b", a=1.0, b=2.0) == [(1.0, 0.0), (2.0, 0.0)]


@pytest.mark.parametrize(
    "clock", ["time - P*floor(time/P)", "time % P", "P*(time/P - floor(time/P))"]
)
def test_a_clock(clock):
    """The clock's own turn, and the moment within each turn."""
    found = switches(f"({clock}) < d", P=24.0, d=8.0)
    assert {(moment % 24.0, period) for moment, period in found} == {(0.0, 24.0), (8.0, 24.0)}


def test_a_clock_with_an_offset():
    found = switches("time + ph - P*floor((time + ph)/P) >= d", P=24.0, ph=5.5, d=22.0)
    assert {(moment % 24.0, period) for moment, period in found} == {(18.5, 24.0), (16.5, 24.0)}


def test_two_clocks_each_have_their_own():
    found = switches("time % P < 1 && time % Q < 2", P=5.0, Q=7.0)
    assert {(moment % period, period) for moment, period in found} == {
        (0.0, 5.0),
        (1.0, 5.0),
        (0.0, 7.0),
        (2.0, 7.0),
    }


@pytest.mark.parametrize(
    "condition",
    ["x < 0.5", "time^2 < 2", "sin(time) < 0.5", "time*x < 1", "a < 2", "exp(time) > 3"],
)
def test_what_is_not_known_beforehand(condition):
    assert switches(condition, a=1.0) == []


def test_switches_inside_read_outs_count():
    system = system_of(ax.load("model m()\n u := piecewise(1, time < 2, 0); x' = -x; x = 1\nend"))
    assert len(system.switches) == 1


def test_the_same_switch_is_listed_once():
    system = system_of(
        ax.load(
            """model m()
              a = 2; u := piecewise(1, time < a, 0); v := piecewise(3, time < a, 4)
              x' = u + v - x; x = 1
            end"""
        )
    )
    assert len(system.switches) == 1


def test_the_meals_of_the_dopamine_terminal():
    """Three meals a day: six edges and midnight."""
    system = system_of(ax.load("dopamine_terminal"))
    found = {
        (float(np.mod(value(m, system.inputs), 24.0)), float(value(p, system.inputs)))
        for m, p in system.switches
    }
    assert found == {(float(hour), 24.0) for hour in (0, 7, 10, 12, 15, 18, 21)}


@pytest.mark.parametrize("op", ["lt", "le", "gt", "ge", "eq", "ne"])
@pytest.mark.parametrize("pair", [(1.0, 2.0), (2.0, 1.0), (1.5, 1.5), (math.nan, 1.0)])
def test_a_comparison_is_what_its_signs_say(op, pair):
    """With equality as the comparison has it, and NaN as IEEE 754 has it."""
    left, right = name("x"), name("y")
    comparison = operation(op, left, right)
    relations, (rewritten,) = watched([comparison], set(), {"x", "y"})
    env = dict(zip(("x", "y"), pair, strict=True))
    signs = {relation(k): value(formula, env) for k, formula in enumerate(relations)}
    assert value(rewritten, signs) == value(comparison, env)
    assert not names(rewritten) & env.keys()


def test_what_time_alone_decides_is_not_watched():
    trigger = operation(
        "both", operation("gt", TIME, number(5.0)), operation("gt", name("x"), TIME)
    )
    switches, decided = switch_times([trigger], {"x"})
    relations, (rewritten,) = watched([trigger], decided, {"x"})
    assert [value(first, {}) for first, _ in switches] == [5.0]
    assert len(relations) == 1
    assert TIME in set(in_order([rewritten]))
