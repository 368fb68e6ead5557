"""Protocols run: against closed forms, by every kind of method, and the same bits alone."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import xarray as xr

import axissim as ax
from axissim.model.model import Model, ModelError
from axissim.study import protocol as p

MODEL = """model two()
  unit time_unit = 3600 second
  var x = 0, y = 1
  const k = 0.5, m = 0.1
  seen := k
  x' = -k*x
  y' = k*x - m*y
end
"""
K = 0.5
METHODS = ["tsit5", "rodas5p", "rodas4", "scipy:LSODA"]
TIGHT: dict[str, Any] = {"rtol": 1e-10, "atol": 1e-14}


@pytest.fixture(scope="module")
def model() -> Model:
    return ax.load(MODEL)


@pytest.mark.parametrize("method", METHODS)
def test_a_repeated_dose(model: Model, method: str) -> None:
    tau, amount, count = 6.0, 3.0, 7
    times = np.arange(count) * tau
    ds = ax.simulate(
        model, t=times, protocol=[ax.dose("x", amount, at=0, every=tau, count=count)],
        method=method, **TIGHT,
    )  # fmt: skip
    n = np.arange(count)
    factor = np.exp(-K * tau)
    trough = amount * factor * (1 - factor**n) / (1 - factor)
    np.testing.assert_allclose(ds["x"], trough + amount, rtol=1e-8)  # the save is after the dose


@pytest.mark.parametrize("method", METHODS)
def test_an_infusion(model: Model, method: str) -> None:
    t = np.linspace(0, 20, 81)
    ds = ax.simulate(
        model, t=t, protocol=[p.infuse("x", 3, at=1, duration=4)], method=method, **TIGHT
    )
    rise = 0.75 / K * (1 - np.exp(-K * np.clip(t - 1, 0, 4)))
    np.testing.assert_allclose(ds["x"], rise * np.exp(-K * np.maximum(t - 5, 0)), atol=1e-9)
    assert list(ds.data_vars)[:3] == ["x", "y", "seen"]


@pytest.mark.parametrize("method", METHODS)
def test_a_clamp_holds_and_lets_go(model: Model, method: str) -> None:
    t = np.linspace(0, 10, 41)
    ds = ax.simulate(
        model, t=t, init={"x": 1}, protocol=[p.clamp("x", 3, start=2, stop=4)], method=method,
        **TIGHT,
    )  # fmt: skip
    exact = np.where(t < 2, np.exp(-K * t), 3 * np.exp(-K * np.maximum(t - 4, 0)))
    np.testing.assert_allclose(ds["x"], exact, rtol=1e-8)


@pytest.mark.parametrize("method", METHODS)
def test_blocks_slow_a_rate(model: Model, method: str) -> None:
    t = np.linspace(0, 10, 41)
    blocks = [p.block("k", 0.5, start=2, stop=6), p.block("k", 0, start=3, stop=4)]
    ds = ax.simulate(
        model, t=t, init={"x": 1}, protocol=blocks, method=method, outputs=["x", "k_block", "seen"],
        **TIGHT,
    )  # fmt: skip
    factor = np.select([(t >= 3) & (t < 4), (t >= 2) & (t < 6)], [0.0, 0.5], 1.0)
    slowed = 0.5 * np.clip(t - 2, 0, 4) + 0.5 * np.clip(t - 3, 0, 1)
    np.testing.assert_allclose(ds["x"], np.exp(-K * (t - slowed)), rtol=1e-8)
    np.testing.assert_array_equal(ds["k_block"], factor)
    np.testing.assert_array_equal(ds["seen"], K * factor)


@pytest.mark.parametrize("method", METHODS)
def test_a_rhythm(model: Model, method: str) -> None:
    t = np.linspace(0, 48, 97)
    rhythm = [p.circadian("k", amplitude=0.4, peak=8)]
    ds = ax.simulate(model, t=t, init={"x": 1}, protocol=rhythm, method=method, **TIGHT)
    w = 2 * np.pi / 24
    whole = K * (t + 0.4 / w * (np.sin(w * (t - 8)) - np.sin(-w * 8)))
    np.testing.assert_allclose(ds["x"], np.exp(-whole), rtol=1e-7, atol=1e-12)
    np.testing.assert_allclose(ds["seen"], K * (1 + 0.4 * np.cos(w * (t - 8))), rtol=1e-13)


@pytest.mark.parametrize("method", METHODS)
def test_a_reset(model: Model, method: str) -> None:
    t = np.array([0.0, 3, 4, 6])
    actions = [p.infuse("x", rate=1, at=0, duration=9), p.reset(at=4)]
    ds = ax.simulate(model, t=t, init={"y": 2}, protocol=actions, method=method, **TIGHT)
    np.testing.assert_allclose(ds["x"], [0, (1 - np.exp(-1.5)) / K, 0, 0], atol=1e-9)
    np.testing.assert_allclose(ds["y"][2:], [2, 2 * np.exp(-0.2)], rtol=1e-8)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("lasting", [0, 2])
def test_a_steady_state(model: Model, method: str, lasting: float) -> None:
    """The trough of doses for ever, and what long dosing comes to."""
    tau, amount = 6.0, 3.0

    def dosed(at: float, count: int, **more: Any) -> Any:
        if not lasting:
            return [ax.dose("x", amount, at=at, every=tau, count=count, **more)]
        return [p.infuse("x", amount, duration=lasting, at=at, every=tau, count=count, **more)]

    steady = dosed(1, 2, steady_state=True)
    ds = ax.simulate(model, t=[0, 1, 13], protocol=steady, method=method, **TIGHT)
    long = ax.simulate(model, t=[0, 600, 612], protocol=dosed(0, 102), method=method, **TIGHT)
    np.testing.assert_allclose(ds["x"][1:], long["x"][1:], rtol=1e-8)
    np.testing.assert_allclose(ds["y"][1:], long["y"][1:], rtol=1e-7)


def test_no_steady_state_is_said() -> None:
    model = ax.load("model m()\n  var x = 0\n  x' = 0\nend")
    steady = [ax.dose("x", 1, at=0, every=1, steady_state=True)]
    with pytest.raises(ModelError, match=r"dose of 'x': .* still changes after 1000 intervals"):
        ax.simulate(model, t=(0, 1, 2), protocol=steady)


@pytest.mark.parametrize("method", ["auto", "tsit5", "rodas5p"])
def test_own_doses_are_single_runs_bit_for_bit(model: Model, method: str) -> None:
    rng = np.random.default_rng(5)
    amount, when, k = rng.random(19) + 0.5, 20 * rng.random(19), rng.random(19) + 0.2
    design = xr.Dataset(
        {"k": ("sample", k), "amount": ("sample", amount), "when": ("sample", when)}
    )

    def actions(amount: Any, when: Any) -> list[Any]:
        return [
            ax.dose("x", amount, at=when, every=3, count=4),
            p.infuse("x", amount, at=when, duration=2),
            p.block("m", 0.3, start=when, stop=30),
            p.circadian("k", amplitude=0.3, peak=when),
        ]

    options: dict[str, Any] = {"t": (0, 40, 41), "method": method}
    ds = ax.sweep(model, design, protocol=actions("amount", "when"), threads=2, **options)
    assert np.all(ds["status"] == 1)
    for run in range(19):
        alone = ax.simulate(
            model, params={"k": k[run]}, protocol=actions(amount[run], when[run]), **options
        )
        for key in ("x", "y", "seen"):
            np.testing.assert_array_equal(ds[key][run], alone[key])


def test_a_rate_that_is_read_out_holds_the_infusion(model: Model) -> None:
    flow = [p.infuse("x", rate=3, at=0, duration=9)]
    ds = ax.simulate(model, t=[0, 2, 4], protocol=flow, outputs=["x", "rate(x)"])
    np.testing.assert_allclose(ds["rate(x)"], 3 - K * ds["x"], rtol=1e-14)


def test_own_doses_stay_with_runs_that_another_method_takes_over() -> None:
    model = ax.load("model s()\n  var x = 0\n  const k = 1\n  x' = -k*(x - cos(time))\nend")
    k = np.array([1.0, 1e6, 2.0, 1e7, 3.0])
    design = xr.Dataset({"k": ("sample", k), "amount": ("sample", np.arange(5.0))})
    dosed = [ax.dose("x", "amount", at=2)]
    ds = ax.sweep(model, design, t=[0, 2, 4], protocol=dosed)
    assert len(set(ds["method"].values.tolist())) == 2
    assert np.all(ds["status"] == 1)
    np.testing.assert_allclose(ds["x"][[1, 3], 1] - np.cos(2), [1, 3], rtol=1e-4)
    for run in (1, 2):
        dose = [ax.dose("x", float(run), at=2)]
        alone = ax.simulate(model, t=[0, 2, 4], params={"k": k[run]}, protocol=dose)
        np.testing.assert_array_equal(ds["x"][run], alone["x"])


def test_a_dose_at_the_end_is_seen(model: Model) -> None:
    ds = ax.simulate(model, t=[0, 2, 4], protocol=ax.dose("x", 1, at=4))
    np.testing.assert_array_equal(ds["x"], [0, 0, 1])


def test_a_design_keeps_what_a_protocol_varies(model: Model) -> None:
    grid = ax.design.grid({"amount": [1, 2], "k": [0.25, 0.5]})
    ds = ax.sweep(model, grid, t=[0, 4], protocol=[ax.dose("x", "amount", at=0)], rtol=1e-9)
    assert ds["x"].dims == ("amount", "k", "time")
    exact = ds["amount"] * np.exp(-ds["k"] * ds["time"])
    np.testing.assert_allclose(ds["x"], exact.transpose("amount", "k", "time"), rtol=1e-7)


def test_what_is_in_the_design_for_nothing_is_refused(model: Model) -> None:
    grid = ax.design.grid({"amount": [1, 2]})
    with pytest.raises(ModelError, match="has no 'amount'"):
        ax.sweep(model, grid, t=[0, 4])


def test_the_result_tells_its_protocol(model: Model) -> None:
    actions = [ax.dose("x", np.arange(200.0), at=1), p.clamp("y", 2, stop=3)]
    design = xr.Dataset({"k": ("sample", np.linspace(0.1, 1, 200))})
    config = json.loads(ax.sweep(model, design, t=[0, 4], protocol=actions).attrs["config"])
    first, second = config["protocol"]
    assert second == {"action": "clamp", "target": "y", "value": 2, "stop": 3}
    assert first["amount"]["shape"] == [200]
    assert len(first["amount"]["digest"]) == 16
    assert set(config["atol"]) == {"x", "y"}


def test_a_run_without_a_protocol_is_as_before(model: Model) -> None:
    plain = ax.simulate(model, t=(0, 9, 10), init={"x": 2})
    empty = ax.simulate(model, t=(0, 9, 10), init={"x": 2}, protocol=[])
    xr.testing.assert_equal(plain, empty)
    assert json.loads(plain.attrs["config"])["protocol"] == []
