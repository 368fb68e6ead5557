"""Protocols as arrays: every run's jumps, alike or its own; what is wrong is refused in a line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

import axissim as ax
from axissim.model.model import Model, ModelError
from axissim.study import protocol as p
from axissim.study.jumps import Jumps, jumps_of, products, series_of, sums
from axissim.study.plan import planned

MODEL = """model two()
  var x = 0, y = 1
  const k = 0.5, n = 2
  twice := 2*k
  x' = -k*x
  y' = k*x - 0.1*y
end
"""
T = np.array([0.0, 100.0])


@pytest.fixture(scope="module")
def model() -> Model:
    return ax.load(MODEL)


def schedule(model: Model, actions: Any, design: xr.Dataset | None = None) -> tuple[Any, Jumps]:
    """The states of the model that is run, and the jumps."""
    design = xr.Dataset() if design is None else design
    plan = planned(model, design, p.read(actions), T)
    states = [state.id for state in plan.model.states]
    series = series_of(plan.timeline, plan.inputs, {"x": 0.0, "y": 1.0}, [])
    runs = int(np.prod([design.sizes[dim] for dim in design.dims]))
    return plan.model, jumps_of(series, states, runs, 100.0)


def told(model: Model, jumps: Jumps, run: int = 0) -> list[tuple[float, str, float, float]]:
    """One run's jumps: time, state, scale, shift."""
    rows = slice(int(jumps.jump_first[run]), int(jumps.jump_last[run]))
    ids = [model.states[at].id for at in jumps.jump_state[rows]]
    columns = (jumps.jump_time, jumps.jump_scale, jumps.jump_shift)
    time, scale, shift = (column[rows].tolist() for column in columns)
    return list(zip(time, ids, scale, shift, strict=True))


# ---- one action --------------------------------------------------------------------------------


def test_a_dose_is_added(model: Model) -> None:
    run, jumps = schedule(model, [ax.dose("x", 3, at=5, every=24, count=3)])
    assert run is model  # nothing to compile again
    assert told(run, jumps) == [(t, "x", 1.0, 3.0) for t in (5.0, 29.0, 53.0)]


def test_what_comes_after_the_end_is_left_out(model: Model) -> None:
    jumps = schedule(model, [ax.dose("x", 1, at=99, every=1, count=10**9)])[1]
    assert jumps.jump_time[: jumps.jump_last[0]].tolist() == [99.0, 100.0]


def test_only_a_share_of_a_dose_may_arrive(model: Model) -> None:
    jumps = schedule(model, [ax.dose("x", 4, at=5, bioavailability=0.25)])[1]
    assert jumps.jump_shift.tolist() == [1.0]


def test_infusions_add_up(model: Model) -> None:
    actions = [p.infuse("x", 2, at=1, duration=4), p.infuse("x", rate=0.7, at=2, duration=4)]
    run, jumps = schedule(model, actions)
    found = told(run, jumps)
    assert [(t, key) for t, key, _, _ in found] == [(t, "x_infusion") for t in (1, 2, 5, 6)]
    np.testing.assert_allclose(jumps.jump_shift, [0.5, 1.2, 0.7, 0.0], rtol=1e-15)
    assert jumps.jump_shift[-1] == 0.0


def test_a_clamp_sets_and_lets_go(model: Model) -> None:
    run, jumps = schedule(model, [p.clamp("x", 3, start=5, stop=8)])
    assert told(run, jumps) == [
        (5.0, "x_clamp", 0.0, 1.0), (5.0, "x", 0.0, 3.0), (8.0, "x_clamp", 0.0, 0.0),
    ]  # fmt: skip


def test_a_clamp_may_last(model: Model) -> None:
    run, jumps = schedule(model, [p.clamp("x", 3)])
    assert told(run, jumps) == [(0.0, "x_clamp", 0.0, 1.0), (0.0, "x", 0.0, 3.0)]


def test_blocks_multiply(model: Model) -> None:
    actions = [p.block("k", 0.5, start=2, stop=10), p.block("k", 0, start=4, stop=6)]
    run, jumps = schedule(model, actions)
    assert told(run, jumps) == [
        (t, "k_block", 0.0, factor) for t, factor in ((2, 0.5), (4, 0.0), (6, 0.5), (10, 1.0))
    ]


def test_pulses(model: Model) -> None:
    jumps = schedule(model, [p.pulse_train("x", 2, start=1, stop=1.3, period=0.1)])[1]
    np.testing.assert_allclose(jumps.jump_time, [1.0, 1.1, 1.2])
    jumps = schedule(model, [p.pulse_train("x", 2, start=0, stop=2, period=1, duration=0.5)])[1]
    assert jumps.jump_time.tolist() == [0.0, 0.5, 1.0, 1.5]
    assert jumps.jump_shift.tolist() == [4.0, 0.0, 4.0, 0.0]


def test_a_reset_sets_all_and_ends_infusions(model: Model) -> None:
    run, jumps = schedule(model, [p.infuse("x", rate=1, at=1, duration=9), p.reset(at=4)])
    assert told(run, jumps)[1:] == [
        (4.0, "x", 0.0, 0.0), (4.0, "y", 0.0, 1.0), (4.0, "x_infusion", 0.0, 0.0),
    ]  # fmt: skip


def test_order_at_one_moment(model: Model) -> None:
    """Resets, then what flows and holds, then doses, however they are listed."""
    actions = [
        ax.dose("y", 1, at=3), p.clamp("x", 2, start=3), p.infuse("y", 1, at=3, duration=1),
        p.reset(at=3),
    ]  # fmt: skip
    jumps = schedule(model, [*actions[:1], *actions[2:]])
    assert [key for _, key, _, _ in told(*jumps)][:4] == ["x", "y", "y_infusion", "y"]


def test_formulas_see_inputs(model: Model) -> None:
    run = schedule(model, [p.block("k", 0), p.circadian("k", amplitude=0.5, peak=3, period=24)])[0]
    text = repr(run.by_id["twice"].value)
    assert "k_block" in text
    assert "k_amplitude * cos(" in text
    assert "k_block" in repr(run.by_id["x"].rate)
    assert run.by_id["k"] == model.by_id["k"]


# ---- a run each --------------------------------------------------------------------------------


def test_shared_jumps_are_stored_once(model: Model) -> None:
    many = xr.Dataset({"k": ("sample", np.linspace(0, 1, 1000))})
    jumps = schedule(model, [ax.dose("x", 1, at=2)], many)[1]
    assert len(jumps.jump_time) == 1
    assert set(jumps.jump_first.tolist()) == {0}
    assert set(jumps.jump_last.tolist()) == {1}


@pytest.mark.parametrize("kind", ["name", "array", "labelled"])
def test_each_run_has_its_own(model: Model, kind: str) -> None:
    amounts = np.array([1.0, 2.0, 4.0])
    design = xr.Dataset({"amount": ("sample", amounts)})
    given = {"name": "amount", "array": amounts, "labelled": design["amount"]}[kind]
    actions = [ax.dose("x", given, at=[3, 1, 2]), ax.dose("y", 7, at=2.5)]
    run, jumps = schedule(model, actions, design)
    assert told(run, jumps, 0) == [(2.5, "y", 1.0, 7.0), (3.0, "x", 1.0, 1.0)]
    assert told(run, jumps, 1) == [(1.0, "x", 1.0, 2.0), (2.5, "y", 1.0, 7.0)]
    assert told(run, jumps, 2) == [(2.0, "x", 1.0, 4.0), (2.5, "y", 1.0, 7.0)]


def test_a_run_may_have_more_doses_than_another(model: Model) -> None:
    design = xr.Dataset({"often": ("sample", [1, 3])})
    jumps = schedule(model, [ax.dose("x", 1, at=0, every=2, count="often")], design)[1]
    assert (jumps.jump_last - jumps.jump_first).tolist() == [1, 3]


def test_a_grid_may_vary_a_dose(model: Model) -> None:
    grid = ax.design.grid({"amount": [1, 2], "k": [0.1, 0.2, 0.3]})
    run, jumps = schedule(model, [ax.dose("x", "amount", at=1)], grid)
    assert [told(run, jumps, at)[0][3] for at in range(6)] == [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]


def test_the_order_of_dimensions_is_the_designs(model: Model) -> None:
    grid = ax.design.grid({"amount": [1, 2], "k": [0.1, 0.2, 0.3]})
    own = xr.DataArray(np.arange(6.0).reshape(3, 2), dims=("k", "amount"))
    jumps = schedule(model, [ax.dose("x", own, at=1)], grid)[1]
    assert jumps.jump_shift.tolist() == [0.0, 2.0, 4.0, 1.0, 3.0, 5.0]


def test_levels_are_exact_where_nothing_overlaps() -> None:
    start = np.array([[0.0, 0.1 + 0.2, 1.0]])
    level = np.array([[0.1, 0.7, 1e9]])
    time, _, total = sums(start, start + np.array([0.3, 0.5, 1.0]), level)
    assert np.all(np.diff(time) >= 0)
    assert set(total[0].tolist()) == {0.1, 0.7, 0.0, 1e9}


def test_levels_against_plain_sums() -> None:
    rng = np.random.default_rng(3)
    start = rng.integers(0, 20, (50, 6)).astype(float)
    stop = start + rng.integers(1, 9, (50, 6))
    level = rng.random((50, 6))
    start[rng.random((50, 6)) < 0.2] = np.nan
    for combined, neutral in ((sums, np.sum), (products, np.prod)):
        time, _, found = combined(start, stop, level)
        for run in range(50):
            last = {t: value for t, value in zip(time[run], found[run], strict=True) if t == t}
            for t, value in last.items():
                holds = (start[run] <= t) & (t < stop[run])
                assert value == pytest.approx(neutral(level[run][holds]), rel=1e-14, abs=2e-15)


# ---- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (lambda: ax.dose("z", 1, at=0), "has no 'z'"),
        (lambda: ax.dose("k", 1, at=0), "'k' is constant in the model; name a state, or use block"),
        (lambda: ax.dose("twice", 1, at=0), "'twice' is computed by a rule; name a state"),
        (lambda: ax.dose("x", 1, at=-1), "at -1 is before the start of the run, 0; begin"),
        (lambda: ax.dose("x", float("nan"), at=1), "amount = nan is not a finite number"),
        (lambda: ax.dose("x", True, at=1), "amount = True is not a number"),
        (lambda: ax.dose("x", 1, at=1, every=0), "every = 0 is not above 0"),
        (lambda: ax.dose("x", 1, at=1, every=1, count=1.5), "count = 1.5 is not a whole number"),
        (lambda: ax.dose("x", 1, at=1, count=3), "to repeat it, say every how long"),
        (lambda: ax.dose("x", "amount", at=1), "'amount' is not in the design; put it there"),
        (lambda: ax.dose("x", "k", at=1), "'k' is an id of the model; give it another name"),
        (lambda: ax.dose("x", [1, 2], at=1), r"has shape \(2,\), and the design \(\)"),
        (lambda: ax.dose("x", "1", at={}), "amount = '1' is not in the design"),
        (lambda: ax.dose("x", 1, at=0, every=1e-9, count=10**9), "doses are too many"),
        (lambda: p.infuse("x", at=1, duration=1), "give its amount or its rate"),
        (lambda: p.infuse("x", 1, rate=1, at=1, duration=1), "give its amount or its rate"),
        (lambda: p.infuse("x", 1, at=1, duration=0), "duration = 0 is not above 0"),
        (lambda: p.clamp("k", 1), "'k' is constant in the model"),
        (lambda: p.clamp("x", 1, start=3, stop=2), "its stop does not come after its start"),
        (lambda: p.block("x", 1), "'x' is a state; name a parameter"),
        (lambda: p.block("kk", 1), "has no 'kk'; did you mean 'k'?"),
        (lambda: p.block("twice", 1), "'twice' is computed by a rule"),
        (lambda: p.block("k", -1), "factor = -1 is not 0 or more"),
        (lambda: p.circadian("k", amplitude=2, peak=0, period=1), "amplitude = 2 is a share"),
        (lambda: p.circadian("k", amplitude=1, peak=0), "no unit of time; give the period"),
        (lambda: p.pulse_train("x", 1, start=2, stop=1, period=1), "its stop does not come after"),
        (lambda: [p.clamp("x", 1), p.clamp("x", 2, start=5)], "clamps of 'x' overlap"),
        (lambda: [p.clamp("x", 1), ax.dose("x", 1, at=5)], "'x' is dosed at 5, while it is"),
        (lambda: [p.clamp("x", 1), p.reset(at=5)], "'x' is set at 5, while it is clamped"),
        (lambda: 3, "a protocol is a list of actions, a table or a path, not 3"),
    ],
)  # fmt: skip
def test_refused_in_a_line(model: Model, action: Any, said: str) -> None:
    with pytest.raises(ModelError, match=said) as wrong:
        schedule(model, action())
    assert "\n" not in str(wrong.value)


def test_an_array_must_fit_the_design(model: Model) -> None:
    design = xr.Dataset({"k": ("sample", [1.0, 2.0])}, coords={"sample": [3, 4]})
    for wrong in ([1, 2, 3], xr.DataArray([1, 2, 3], dims="sample"),
                  xr.DataArray([1, 2], dims="other"),
                  xr.DataArray([1, 2], dims="sample", coords={"sample": [4, 3]})):  # fmt: skip
        with pytest.raises(ModelError, match="amount"):
            schedule(model, [ax.dose("x", wrong, at=1)], design)


def test_a_species_in_a_compartment_that_varies_is_dosed_in_amount() -> None:
    model = ax.load("""model m()
      compartment V = 2; species S in V; S = 3
      V' = 0.1
      J: S -> ; k*S*V; k = 0.1
    end""")
    run, jumps = schedule(model, [ax.dose("S", 4, at=1)])
    assert [key for _, key, _, _ in told(run, jumps)] == ["S_amount"]
