"""Local sensitivities against closed forms, differences and laws."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import xarray as xr

import axissim as ax
from axissim.analysis.directional.ranking import ranking
from axissim.analysis.sensitivity import Sensitivities, sensitivity
from axissim.model.model import ModelError
from axissim.solve.work import NON_FINITE

DECAY = "model decay\n x = 2; k = 0.5; x' = -k*x; y := x^2\nend"
CLOSE = {"rtol": 1e-9, "atol": 1e-12}


def slopes(text: str, keys: str, t: Any, **more: Any) -> Any:
    """d x / d key over time, of a model in text."""
    options = {"outputs": ["x"], **CLOSE, **more}
    ds = sensitivity(ax.load(text), keys.split(), t=t, **options)
    assert np.all(ds["status"] == 1)
    return ds["d_x"].values


def test_decay() -> None:
    t = np.linspace(0.0, 4.0, 9)
    ds = sensitivity(ax.load(DECAY), ["k", "x"], t=t, outputs=["x", "y"], **CLOSE)
    e = np.exp(-0.5 * t)
    assert np.allclose(ds["d_x"].sel(parameter="k"), -2.0 * t * e, atol=1e-8)
    assert np.allclose(ds["d_x"].sel(parameter="x"), e, atol=1e-8)
    assert np.allclose(ds["d_y"].sel(parameter="k"), -8.0 * t * e**2, atol=1e-7)
    assert set(ds["derived"].values) == {"forward"}


def test_logistic_growth_at_many_values() -> None:
    """K / (1 + (K/x0 - 1) exp(-r t)), differentiated by hand."""
    model = ax.load("model g; x = 0.1; r = 1; K = 2; x' = r*x*(1 - x/K); end")
    bounds = {"r": (0.5, 2.0), "K": (1.0, 3.0), "x": (0.05, 0.5)}
    design = ax.design.sobol(bounds, n=32, seed=1)
    t = np.linspace(0.0, 5.0, 11)
    ds = sensitivity(model, ["r", "K", "x"], t=t, design=design, outputs=["x"], **CLOSE)
    r, cap, x0 = (design[key].values[:, None] for key in ("r", "K", "x"))
    e = np.exp(-r * t)
    bottom = 1.0 + (cap / x0 - 1.0) * e
    assert np.allclose(ds["x"], cap / bottom, rtol=1e-7)
    exact = {
        "r": cap * (cap / x0 - 1.0) * t * e / bottom**2,
        "K": (1.0 - e) / bottom**2,
        "x": cap**2 / x0**2 * e / bottom**2,
    }
    for key, slope in exact.items():
        assert np.allclose(ds["d_x"].sel(parameter=key), slope, atol=2e-7), key
    share = sensitivity(model, ["K"], t=t, design=design, outputs=["x"], relative=True)
    wanted = exact["K"] * cap / (cap / bottom)
    assert np.allclose(share["d_x"].sel(parameter="K"), wanted, atol=1e-4)


def test_formulas_follow_what_they_read() -> None:
    """b and x at the start are formulas of a: all that a moves counts."""
    text = "model f; a = 3; b = 2*a; const a, b; x = a^2; x' = -b; end"
    t = [0.0, 1.0, 2.0]
    assert np.allclose(slopes(text, "a", t), [[6.0, 4.0, 2.0]])
    # differentiated in itself, or given a value, a formula is a number of its own
    assert np.allclose(slopes(text, "a b x", t), [[0, 0, 0], [0, -1, -2], [1, 1, 1]])
    assert np.allclose(slopes(text, "a", t, params={"b": 1.0}), [[6.0, 6.0, 6.0]])
    assert np.allclose(slopes(text, "a", t, init={"x": 1.0}), [[0.0, -2.0, -4.0]])


@pytest.mark.parametrize(
    ("actions", "exact"),
    [
        ([ax.protocol.dose("x", 3.0, at=1.0)], lambda t, k: -t * 2 * np.exp(-k * t)
         - np.where(t >= 1, (t - 1) * 3 * np.exp(-k * (t - 1)), 0)),
        ([ax.protocol.infuse("x", rate=1.0, at=0.0, duration=100.0)],
         lambda t, k: -t * 2 * np.exp(-k * t) + t / k * np.exp(-k * t) 
         - (1 - np.exp(-k * t)) / k**2),
        ([ax.protocol.block("k", 0.5, start=0.0)], lambda t, k: -t * np.exp(-k / 2 * t)),
        ([ax.protocol.clamp("x", 5.0, start=1.0, stop=2.0)],
         lambda t, k: np.where(t < 1, -t * 2 * np.exp(-k * t),
                               np.where(t < 2, 0, -(t - 2) * 5 * np.exp(-k * (t - 2))))),
        ([ax.protocol.reset(at=2.0)],
         lambda t, k: -np.where(t < 2, t, t - 2) * 2 * np.exp(-k * np.where(t < 2, t, t - 2))),
    ],
    ids=["dose", "infusion", "block", "clamp", "reset"],
)  # fmt: skip
def test_protocols(actions: Any, exact: Any) -> None:
    t = np.linspace(0.0, 4.0, 9)
    found = slopes(DECAY, "k", t, protocol=actions)[0]
    assert np.allclose(found, exact(t, 0.5), atol=1e-7)


def test_doses_repeated_for_ever() -> None:
    """Before a dose D every T a decay stands at D / (exp(k T) - 1)."""
    forever = ax.protocol.dose("x", 3.0, at=0.0, every=2.0, count=9, steady_state=True)
    t = np.array([0.0, 1.0, 1.999])
    found = slopes(DECAY, "k x", t, protocol=[forever], rtol=1e-8)
    k, e = 0.5, np.exp(1.0)
    top, slope = 3.0 * e / (e - 1.0), -3.0 * 2.0 * e / (e - 1.0) ** 2
    assert np.allclose(found[0], (slope - t * top) * np.exp(-k * t), atol=1e-6)
    assert np.allclose(found[1], 0.0, atol=1e-6)


def test_each_run_its_own_dose() -> None:
    """x0 exp(-k t) + D exp(-k (t - when))."""
    design = xr.Dataset(
        {
            "k": ("sample", [0.5, 0.2, 1.0]),
            "amount": ("sample", [1.0, 2.0, 3.0]),
            "when": ("sample", [0.5, 1.0, 2.5]),
        }
    )
    t = np.linspace(0.0, 4.0, 9)
    actions = [ax.protocol.dose("x", "amount", at="when")]
    for method in ("forward", "differences"):
        found = slopes(DECAY, "k", t, design=design, protocol=actions, method=method)[:, 0]
        k, amount, when = (design[key].values[:, None] for key in ("k", "amount", "when"))
        since = np.maximum(t - when, 0.0)
        exact = -2.0 * t * np.exp(-k * t) - amount * since * np.exp(-k * since)
        assert np.allclose(found, exact, atol=1e-6)


def test_an_event_at_a_moment_that_moves() -> None:
    """x' = 1 - k x jumps by a at tau, and k is doubled there."""
    text = """model e; x = 1; k = 0.5; tau = 1; a = 2; x' = 1 - k*f*x; f = 1; var f
      at time >= tau: x = x + a, f = 2; end"""
    t = np.array([0.0, 0.5, 1.5, 2.5])
    found = slopes(text, "tau a", t)
    before = 2.0 - np.exp(-0.5)  # x at tau, 1/k + (1 - 1/k) exp(-k)
    late = np.where(t > 1.0, np.exp(-(t - 1.0)), 0.0)
    # s+ = x' before - x' after, which then decays at the rate 1
    jump = (1.0 - 0.5 * before) - (1.0 - (before + 2.0))
    assert np.allclose(found[0], jump * late, atol=1e-7)
    assert np.allclose(found[1], late, atol=1e-7)


def test_a_bouncing_ball() -> None:
    """An event that states trigger: after one bounce h = r v (t - T) - g (t - T)^2 / 2."""
    text = """model ball; x = 10; v = 0; g = 9.81; r = 0.8; x' = v; v' = -g
      at x < 0: v = -r*v, x = 0; end"""
    t = np.array([0.0, 1.0, 1.6, 2.0, 2.5])
    found = slopes(text, "x g r", t)
    g, r, h = 9.81, 0.8, 10.0
    end, v = np.sqrt(2 * h / g), np.sqrt(2 * h * g)  # when and how fast it falls down
    end_h, end_g, v_h, v_g = end / (2 * h), -end / (2 * g), v / (2 * h), v / (2 * g)
    down, u = t > end, t - end
    exact = [
        np.where(down, r * v_h * u - (r * v - g * u) * end_h, 1.0),
        np.where(down, r * v_g * u - (r * v - g * u) * end_g - u**2 / 2, -(t**2) / 2),
        np.where(down, v * u, 0.0),
    ]
    assert np.allclose(found, exact, atol=1e-6)


def test_a_rate_that_jumps_at_a_moment_that_moves() -> None:
    text = "model s; x = 0; a = 2; tau = 1; k = 0.5; x' = piecewise(a, time < tau, 0) - k*x; end"
    t = np.array([0.0, 0.5, 1.5, 3.0])
    found = slopes(text, "tau a", t)
    off = np.where(t > 1.0, np.exp(-0.5 * (t - 1.0)), 0.0)
    assert np.allclose(found[0], 2.0 * off, atol=1e-7)
    filled = (1.0 - np.exp(-0.5 * np.minimum(t, 1.0))) / 0.5
    assert np.allclose(found[1], filled * np.exp(-0.5 * np.maximum(t - 1.0, 0.0)), atol=1e-7)


def test_a_rate_that_jumps_where_a_state_crosses_a_level() -> None:
    """x falls at the rate a down to c, then at b: x = c - b (t - (x0 - c)/a)."""
    text = "model l; x = 3; a = 2; b = 0.5; c = 1; x' = -piecewise(a, x > c, b); end"
    t = np.array([0.0, 0.5, 1.5, 2.0])
    late = t > 1.0
    exact = {
        "x": np.where(late, 0.25, 1.0),
        "a": np.where(late, -0.5 * 2.0 / 4.0, -t),
        "b": np.where(late, -(t - 1.0), 0.0),
        "c": np.where(late, 1.0 - 0.25, 0.0),
    }
    found = slopes(text, " ".join(exact), t)
    assert np.allclose(found, list(exact.values()), atol=1e-7)


def test_a_clock_whose_period_is_a_parameter() -> None:
    """x gains a w in each period P, in its first w: by whole pulses, and by what has begun."""
    text = """model clock; x = 0; a = 3; P = 2; w = 0.5
      x' = piecewise(a, time - P*floor(time/P) < w, 0); end"""
    t = np.array([0.0, 0.25, 1.0, 2.25, 3.0, 4.3])
    found = slopes(text, "P w a", t)
    begun = t % 2.0 < 0.5
    pulses = np.floor(t / 2.0)
    assert np.allclose(found[0], np.where(begun, -3.0 * pulses, 0.0), atol=1e-7)
    assert np.allclose(found[1], 3.0 * np.where(begun, pulses, pulses + 1), atol=1e-7)


def test_a_kink_needs_no_care() -> None:
    """max(x, c) has no jump: it is differentiated on the branch taken."""
    text = "model kink; x = 3; c = 1; x' = -piecewise(x, x > c, c); end"
    t = np.array([0.0, 0.5, 2.0])
    end = np.log(3.0)  # x = 3 exp(-t) until x = c = 1, then 1 - (t - end)
    found = slopes(text, "x c", t)
    assert np.allclose(found[0], np.where(t < end, np.exp(-t), 1.0 / 3.0), atol=1e-7)
    assert np.allclose(found[1], np.where(t < end, 0.0, -(t - end)), atol=1e-6)


def test_delays() -> None:
    """x' = -k x(t - tau), x = 1 before: 1 - k t, then 1 - k t + k^2 (t - tau)^2 / 2."""
    text = "model d; x = 1; k = 0.7; tau = 1; x' = -k*delay(x, tau); end"
    t = np.array([0.0, 0.5, 1.0, 1.5, 2.0])
    late = np.maximum(t - 1.0, 0.0)
    found = slopes(text, "k x", t)
    assert np.allclose(found[0], -t + 0.7 * late**2, atol=1e-7)
    assert np.allclose(found[1], 1.0 - 0.7 * t + 0.49 * late**2 / 2, atol=1e-7)
    with pytest.raises(ModelError, match="the lag of a delayed value moves with it; use method"):
        slopes(text, "tau", t, method="forward")
    ds = sensitivity(ax.load(text), ["k", "tau"], t=t, outputs=["x"], **CLOSE)
    assert list(ds["derived"].values) == ["forward", "differences"]
    assert np.allclose(ds["d_x"].sel(parameter="tau"), -0.49 * late, atol=1e-4)  # a kink at 1
    assert np.allclose(ds["d_x"].sel(parameter="k"), found[0], atol=1e-7)
    assert "lag" in json.loads(ds.attrs["config"])["differences"]["tau"]


def test_a_jump_of_a_derivative_is_delayed_too() -> None:
    """x stops at tau, which y' = x(t - 1) feels from tau + 1 on."""
    text = """model j; x = 0; y = 0; a = 2; tau = 1
      x' = piecewise(a, time < tau, 0); y' = delay(x, 1); end"""
    t = np.array([0.0, 0.5, 1.5, 2.5, 3.0])
    ds = sensitivity(ax.load(text), ["tau"], t=t, method="forward", **CLOSE)
    assert np.allclose(ds["d_x"], 2.0 * (t > 1.0), atol=1e-7)
    assert np.allclose(ds["d_y"], 2.0 * np.maximum(t - 2.0, 0.0), atol=1e-7)


def test_quantities_that_constraints_define() -> None:
    """z^2 = x, x' = -k z: x = (sqrt(x0) - k t/2)^2."""
    text = "model i; x = 4; k = 0.5; var z; z = 2; x' = -k*z; 0 = z^2 - x; end"
    t = np.array([0.0, 1.0, 2.0])
    ds = sensitivity(ax.load(text), ["k", "x"], t=t, outputs=["x", "z"], **CLOSE)
    root = 2.0 - 0.25 * t
    assert np.allclose(ds["d_x"].sel(parameter="k"), -root * t, atol=1e-6)
    assert np.allclose(ds["d_z"].sel(parameter="k"), -t / 2.0, atol=1e-6)
    assert np.allclose(ds["d_z"].sel(parameter="x"), 0.25, atol=1e-6)


def test_a_slope_that_is_infinite_is_told() -> None:
    """d sqrt(a)/da at a = 0 is infinite: it ends the run that b shares with it, but none of b."""
    text = "model n; x = 0; a = 0; b = 1; x' = sqrt(a)*(1 + 0*x) + b; end"
    ds = sensitivity(ax.load(text), ["b"], t=[0, 1], outputs=["x"])
    assert np.allclose(ds["d_x"], [[0.0, 1.0]])
    ds = sensitivity(ax.load(text), ["a", "b"], t=[0, 1], outputs=["x"])
    assert np.all(ds["status"] == NON_FINITE)
    assert np.isnan(ds["d_x"]).all()


def fine_differences(model: Any, keys: list[str], t: Any, outputs: list[str]) -> Any:
    """By five points and tight runs: (parameters, times, outputs)."""
    own = {key: model.part(key).value.value for key in keys}
    rows, steps = [], []
    for key in keys:
        steps.append(5e-4 * abs(own[key]))
        rows += [{**own, key: own[key] + sign * steps[-1]} for sign in (-2, -1, 1, 2)]
    design = xr.Dataset({key: ("sample", [row[key] for row in rows]) for key in keys})
    ds = ax.sweep(model, design, t=t, outputs=outputs, method="rodas5p", rtol=1e-12)
    runs = np.stack([ds[key].values for key in outputs], -1)
    y = runs.reshape(len(keys), 4, len(t), len(outputs))
    return (y[:, 0] - 8 * y[:, 1] + 8 * y[:, 2] - y[:, 3]) / (12 * np.array(steps)[:, None, None])


@pytest.mark.parametrize("solver", ["auto", "rodas5p"])
def test_a_shipped_model(solver: str) -> None:
    model = ax.load("hpa_sriram")
    keys = ["kstress", "Ki", "n2", "VS4", "Kd2"]
    t = np.linspace(0.0, 24.0, 13)
    outputs = [state.id for state in model.states]
    reference = fine_differences(model, keys, t, outputs)
    ds = sensitivity(model, keys, t=t, outputs=outputs, solver=solver, rtol=1e-8)
    for at, key in enumerate(outputs):
        scale = np.abs(reference[:, :, at]).max(axis=1, keepdims=True)
        assert np.all(np.abs(ds[f"d_{key}"] - reference[:, :, at]) < 1e-7 * scale)
    coarse = sensitivity(model, keys, t=t, outputs=outputs, method="differences")
    for key in outputs:
        off = np.abs(coarse[f"d_{key}"] - ds[f"d_{key}"]).max("time")
        assert np.all(off < 2e-5 * np.abs(ds[f"d_{key}"]).max("time"))


def test_the_lean_function_is_the_same() -> None:
    model = ax.load("hpa_sriram")
    keys, t, outputs = ["kstress", "Kd2", "C"], np.linspace(0.0, 24.0, 7), ["C", "A"]
    lean = Sensitivities(model, keys, t, outputs, rtol=1e-8)
    own = np.array([*(model.part(key).value.value for key in keys[:2]), 1.0])
    sets = own * np.array([[1.0], [1.1], [0.9]])
    values, jacobian, ok = lean(sets)
    assert values.shape == (3, 7, 2)
    assert jacobian.shape == (3, 7, 2, 3)
    assert ok.all()
    design = xr.Dataset({key: ("sample", sets[:, at]) for at, key in enumerate(keys)})
    ds = sensitivity(model, keys, t=t, design=design, outputs=outputs, rtol=1e-8)
    for at, key in enumerate(outputs):
        assert np.array_equal(ds[key].values, values[:, :, at])
        assert np.array_equal(ds[f"d_{key}"].transpose(..., "parameter").values, jacobian[:, :, at])
    # each set alone, in any order and with any number of threads, is the same bits
    single = Sensitivities(model, keys, t, outputs, rtol=1e-8, threads=1)
    for at in (2, 0, 1):
        assert np.array_equal(single(sets[at : at + 1])[1][0], jacobian[at])


def test_a_run_that_fails_spoils_no_other() -> None:
    """x' = x^2 ends at t = 1/x0."""
    model = ax.load("model b; x = 0.1; k = 1; x' = k*x^2; end")
    lean = Sensitivities(model, ["x", "k"], [0.0, 1.0, 2.0], ["x"], max_steps=2000)
    _, jacobian, ok = lean([[0.1, 1.0], [0.8, 1.0], [0.2, 1.0]])
    assert list(ok) == [True, False, True]
    assert np.isnan(jacobian[1, 2]).all()
    assert np.allclose(jacobian[2, :, 0, 1], [0.0, 0.04 / 0.64, 0.08 / 0.36], rtol=1e-4)
    design = xr.Dataset({"x": ("sample", [0.1, 0.8])})
    ds = sensitivity(model, ["k"], t=[0, 1, 2], design=design, max_steps=2000)
    assert ds["status"].values[0] == 1
    assert ds["status"].values[1] > 1
    assert ds["status"].dims == ("sample", "parameter")
    assert 1.0 < float(ds["t_fail"][1, 0]) <= 1.26


def test_labels() -> None:
    ds = sensitivity(ax.load("hpa_sriram"), ["kstress", "C"], t=(0, 2, 3), outputs=["C"])
    assert ds["d_C"].dims == ("parameter", "time")
    assert list(ds["parameter"].values) == ["kstress", "C"]
    assert ds["name"].values[1].endswith("at the start")
    assert ds["value"].dims == ("parameter",)
    assert ds.attrs["disclaimer"].startswith("For research")
    assert json.loads(ds.attrs["config"])["parameters"] == ["kstress", "C"]
    assert ds["d_C"].attrs["units"] == "1/(unit)"
    thyroid = ax.load("thyroid_human")
    ds = sensitivity(thyroid, ["k3", "kdegT3B"], t=(0, 2, 3), outputs=["TSH"])
    assert ds["d_TSH"].attrs["units"] == "mU/L/(1/h)"
    assert list(ds["unit"].values) == ["1/h", "1/h"]
    design = ax.design.grid({"kstress": [5.0, 6.0], "Kd2": [0.1, 0.2, 0.3]})
    ds = sensitivity(ax.load("hpa_sriram"), ["Kd2"], t=(0, 2, 3), design=design, outputs=["C"])
    assert ds["d_C"].dims == ("kstress", "Kd2", "parameter", "time")
    assert np.array_equal(ds["value"].values[0, :, 0], [0.1, 0.2, 0.3])


def test_ranking() -> None:
    """y = a^3 b t: 3 % and 1 % for 1 %."""
    model = ax.load("model r; x = 0; a = 2; b = 5; c = 1; x' = a^3*b + 0*c; end")
    for relative in (False, True):
        ds = sensitivity(model, ["c", "b", "a"], t=[0, 1, 2], relative=relative)
        found = ranking(ds)
        assert list(found["parameter"].values) == ["a", "b", "c"]
        assert np.allclose(found["at_end"].sel(output="x"), [3.0, 1.0, 0.0], atol=1e-5)
    assert np.allclose(found["of_mean"].sel(output="x"), [3.0, 1.0, 0.0], atol=1e-5)


@pytest.mark.parametrize("relative", [False, True])
def test_a_run_that_failed_has_no_rank(relative: bool) -> None:
    """Its derivatives end before the run does: their mean over time is not known."""
    model = ax.load("model r; x = 0; a = 2; b = 5; x' = a^3*b; end")
    ds = sensitivity(model, ["a", "b"], t=[0, 1, 2], relative=relative)
    ds["d_x"][0, 2] = np.nan
    found = ranking(ds)
    assert list(found["parameter"].values) == ["b", "a"]
    assert np.isnan(found.sel(parameter="a").to_array()).all()
    ds["status"][0] = 2
    assert "1 of 2 parameters failed" in [text.get_text() for text in ax.plot.picture(ds).texts][1]


def test_outputs_are_not_overwritten_by_what_the_result_holds_itself() -> None:
    """States `value` and `d_x` beside the coordinate of that name and the derivative of x."""
    model = ax.load(
        "model n; x = 1; value = 2; d_x = 3; k = 0.5; x' = -k*x; value' = -k*value; d_x' = k; end"
    )
    ds = sensitivity(model, ["k"], t=[0.0, 1.0], **CLOSE)
    e = np.exp(-0.5)
    assert float(ds["value"][0]) == 0.5
    for key, course, slope in (
        ("x", [1.0, e], [0.0, -e]),
        ("value_", [2.0, 2.0 * e], [0.0, -2.0 * e]),
        ("d_x_", [3.0, 3.5], [0.0, 1.0]),
    ):
        assert np.allclose(ds[key], course, atol=1e-8), key
        assert np.allclose(ds[f"d_{key}"][0], slope, atol=1e-8), key
    assert list(ranking(ds)["output"].values) == ["x", "value_", "d_x_"]


def test_the_protocol_is_kept_as_a_sweep_keeps_it() -> None:
    model, dose = ax.load(DECAY), ax.protocol.dose("x", 3.0, at=1.0)
    asked: Any = {"t": [0, 1, 2], "protocol": [dose], "outputs": ["x"]}
    results = (sensitivity(model, ["k"], **asked), ax.simulate(model, **asked))
    ours, theirs = (json.loads(ds.attrs["config"])["protocol"] for ds in results)
    assert ours == theirs


def test_differences_end_where_they_are_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def sweep(*args: Any, **options: Any) -> xr.Dataset:
        ds = ax.sweep(*args, **options)
        calls.append(options)
        return ds.assign(status=0 * ds["status"]) if len(calls) == 3 else ds

    monkeypatch.setattr("axissim.analysis.directional.differences.sweep", sweep)
    ds = sensitivity(ax.load(DECAY), ["k", "x"], t=[0, 1], method="differences")
    assert len(calls) == 3  # the middle, and both sides of k
    assert ds["status"].values.tolist() == [0, 0]
    assert json.loads(ds.attrs["config"])["complete"] is False


def test_the_picture_is_of_one_set_of_values() -> None:
    design = xr.Dataset({"k": ("sample", [0.5, 1.0])})
    ds = sensitivity(ax.load(DECAY), ["k", "x"], t=(0, 2, 5), design=design)
    with pytest.raises(ValueError, match="this picture is of one set of values; pick one of each"):
        ax.plot.picture(ds)
    figure = ax.plot.picture(ds.isel(sample=0), ids=["y"])
    assert [axes.get_title("left") for axes in figure.axes] == ["y", ""]
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == ["x", "k"]
    with pytest.raises(ValueError, match="'z' is not in the result; it holds x, y"):
        ax.plot.picture(ds.isel(sample=0), ids=["z"])
    with pytest.raises(ValueError, match="make them by axissim sensitivity --local"):
        ax.plot.picture(ax.simulate(ax.load(DECAY), t=(0, 1, 2)), "sensitivities")


@pytest.mark.parametrize(
    ("keys", "options", "message"),
    [
        ([], {}, "no parameter to differentiate in"),
        (["kk"], {}, "has no 'kk'; did you mean 'k'"),
        (["y"], {}, "'y' is computed by a rule; differentiate in what it reads"),
        (["k", "k"], {}, "'k' is named twice"),
        (["k"], {"method": "adjoint"}, "unknown method 'adjoint'; choose from auto, forward"),
        (["k"], {"solver": "euler"}, "unknown method 'euler'"),
        (["k"], {"t": [1.0]}, "at least two times"),
        (["k"], {"params": {"x": 1.0}}, "'x' is a state; give its value at the start as init"),
        (["k"], {"init": {"k": 1.0}}, "'k' is not a state"),
        (["k"], {"params": {"k": float("nan")}}, "not a number"),
        (["k"], {"outputs": ["z"]}, "has no 'z'"),
        (["k"], {"design": xr.Dataset({"q": ("sample", [1.0])})}, "has no 'q'"),
    ],
)
def test_errors(keys: list[str], options: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        sensitivity(ax.load(DECAY), keys, **{"t": [0, 1], **options})


def test_the_lean_function_says_what_it_wants() -> None:
    lean = Sensitivities(ax.load(DECAY), ["k"], [0.0, 1.0], ["x"])
    with pytest.raises(ModelError, match=r"give \(sets, 1\)"):
        lean(np.ones((3, 2)))
