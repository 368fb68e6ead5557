"""What a model says does not depend on its names, its units, or how its formulas are cut up."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import axissim as ax
from axissim.model.expression import TIME, name, number, operation
from axissim.model.model import Observable, Parameter, State
from axissim.model.passes import substitute
from axissim.solve.work import OK

COURSES = {
    "dopamine_terminal": ((0.0, 24.0, 13), {"meals": 1.0}),
    "thyroid_human": ((0.0, 48.0, 13), {}),
    "menstrual_cycle": ((0.0, 30.0, 13), {}),
}
METHODS = ("rodas4", "rodas5p")


@pytest.fixture(scope="module", params=COURSES)
def model(request):
    given = ax.load(request.param)
    return given.with_values(COURSES[request.param][1])


def course(model, method="rodas5p", times=None, **how):
    span = times or COURSES[model.id][0]
    result = ax.simulate(model, t=span, method=method, **how)
    assert int(result.status) == OK
    return result


def mapped(model, change, rename=str):
    """`model` with every formula put through `change` and every id through `rename`."""

    def part(old):
        fields = ("initial", "rate") if isinstance(old, State) else ("value",)
        new = {field: change(getattr(old, field)) for field in fields}
        return dataclasses.replace(old, id=rename(old.id), **new)

    return dataclasses.replace(
        model,
        parameters=tuple(map(part, model.parameters)),
        states=tuple(map(part, model.states)),
        observables=tuple(map(part, model.observables)),
    )


@pytest.mark.parametrize("method", METHODS)
def test_names_change_no_bit(model, method):
    """Other names, in another order of the alphabet, Python's own words among them."""
    words = ["lambda", "exp", "load", "None", "q", "f", "time_", "nan", "where", "__class__"]
    ids = [part.id for part in model.parts]
    new = {old: words[at] if at < len(words) else f"z{999 - at}" for at, old in enumerate(ids)}
    table = {old: name(to) for old, to in new.items()}
    twin = mapped(model, lambda formula: substitute([formula], table)[0], new.__getitem__)
    ours, theirs = course(model, method), course(twin, method)
    assert int(ours.n_steps) == int(theirs.n_steps)
    for part in (*model.states, *model.observables):
        np.testing.assert_array_equal(theirs[new[part.id]], ours[part.id])


def scaled(model, state, factor):
    """`model` with `state` counted in units that are `factor` times smaller."""
    table = {state: operation("div", name(state), number(factor))}
    twin = mapped(model, lambda formula: substitute([formula], table)[0])
    larger = [
        dataclasses.replace(
            s,
            initial=operation("mul", number(factor), s.initial),
            rate=operation("mul", number(factor), s.rate),
        )
        if s.id == state
        else s
        for s in twin.states
    ]
    return dataclasses.replace(twin, states=tuple(larger))


def deviation(ours, theirs, states, factors):
    """Largest difference of two courses, in units of each state's greatest value."""
    worst = 0.0
    for state in states:
        a, b = ours[state].values, theirs[state].values / factors.get(state, 1.0)
        worst = max(worst, np.abs(a - b).max() / max(np.abs(a).max(), 1e-300))
    return worst


@pytest.mark.parametrize("factor", [1024.0, 1000.0])
def test_the_unit_of_a_state_changes_nothing(model, factor):
    """A power of two changes what is fused to a multiply-add; another factor, every rounding."""
    state = model.states[2].id
    ours, theirs = course(model), course(scaled(model, state, factor))
    found = deviation(ours, theirs, [s.id for s in model.states], {state: factor})
    assert found <= (1e-13 if factor == 1024.0 else 1e-9)


@pytest.mark.parametrize("factor", [64.0, 60.0])
def test_the_unit_of_time_changes_nothing(model, factor):
    table = operation("div", TIME, number(factor))
    twin = mapped(model, lambda formula: substitute([formula], {}, time=table)[0])
    slower = [
        dataclasses.replace(s, rate=operation("div", s.rate, number(factor))) for s in twin.states
    ]
    twin = dataclasses.replace(twin, states=tuple(slower))
    start, stop, points = COURSES[model.id][0]
    ours = course(model)
    theirs = course(twin, times=(factor * start, factor * stop, points))
    found = deviation(ours, theirs, [s.id for s in model.states], {})
    assert found <= (0.0 if factor == 64.0 else 1e-9)


def test_naming_a_part_of_a_formula_changes_no_bit():
    plain = """model m()
      V = 3; K = 0.5; k = 0.2
      x' = 1 - V*x/(K + x) - k*x; y' = V*x/(K + x) - k*y; x = 1; y = 0
    end"""
    named = """model m()
      V = 3; K = 0.5; k = 0.2
      share := x/(K + x); flux := V*x/(K + x); loss := k*x
      x' = 1 - flux - loss; y' = flux - k*y; x = 1; y = 0
    end"""
    ours, theirs = (
        course(ax.load(text), times=(0.0, 5.0, 11), outputs=["x", "y"]) for text in (plain, named)
    )
    assert int(ours.n_steps) == int(theirs.n_steps)
    for state in ("x", "y"):
        np.testing.assert_array_equal(ours[state], theirs[state])


def test_a_read_out_that_nothing_reads_changes_no_bit(model):
    extra = Observable("extra", value=operation("mul", name(model.states[0].id), number(2.0)))
    twin = dataclasses.replace(model, observables=(*model.observables, extra))
    ours, theirs = course(model), course(twin)
    for state in model.states:
        np.testing.assert_array_equal(ours[state.id], theirs[state.id])


def test_outputs_asked_for_change_no_step(model):
    """Save points alone or with read-outs are interpolated apart, so the last bit may differ."""
    state = model.states[1].id
    ours, few = course(model), course(model, outputs=[state])
    assert int(ours.n_steps) == int(few.n_steps)
    np.testing.assert_allclose(few[state], ours[state], rtol=1e-15)


def test_a_parameter_that_nothing_reads_changes_no_bit(model):
    twin = dataclasses.replace(
        model, parameters=(Parameter("extra", value=number(7.0)), *model.parameters)
    )
    ours, theirs = course(model), course(twin)
    for state in model.states:
        np.testing.assert_array_equal(ours[state.id], theirs[state.id])


@pytest.mark.parametrize("method", ["rodas4", "rodas5p", "tsit5"])
@pytest.mark.parametrize("rtol", [1e-3, 1e-6])
def test_biopterin_is_conserved(method, rtol):
    """A linear invariant holds to rounding at any tolerance, between steps too."""
    model = ax.load("dopamine_terminal")
    result = ax.simulate(
        model, t=(0.0, 2.0, 41), params={"TH_activity": 2.0}, method=method, rtol=rtol
    )
    total = result.bh2 + result.bh4
    assert float(np.abs(total / total[0] - 1.0).max()) < 1e-12


@pytest.mark.parametrize("method", METHODS)
def test_mass_is_conserved_over_eleven_decades_of_time(method):
    model = ax.load(
        """model robertson()
          x' = -0.04*x + 1e4*y*z; y' = 0.04*x - 1e4*y*z - 3e7*y^2; z' = 3e7*y^2
          x = 1; y = 0; z = 0
        end"""
    )
    times = [0.0, *np.geomspace(1e-3, 1e11, 15)]
    result = ax.simulate(model, t=times, method=method, atol=1e-12)
    assert int(result.status) == OK
    total = result.x + result.y + result.z
    assert float(np.abs(total - 1.0).max()) < 1e-12


def test_time_moved_moves_the_course():
    """A model that does not read the time starts as well at 100 as at 0."""
    model = ax.load("menstrual_cycle")
    start, stop, points = COURSES[model.id][0]
    ours = course(model, rtol=1e-8)
    theirs = course(model, times=(start + 100.0, stop + 100.0, points), rtol=1e-8)
    assert deviation(ours, theirs, [s.id for s in model.states], {}) < 1e-8
