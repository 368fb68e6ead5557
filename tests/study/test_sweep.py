"""Sweeps: labelled as the design is, the same bits however they are run, failures marked."""

from __future__ import annotations

import json

import numpy as np
import pytest
import xarray as xr

import axissim as ax
from axissim.model.model import Model, ModelError
from axissim.study import design

DECAY = """model decay()
  unit uM = 1e-6 mole/litre
  unit time_unit = 3600 second
  var x = 2 uM;  x is "Hormone"
  const k = 0.5
  const gain = 3
  flux := gain*k*x
  x' = -k*x
end
"""
# x reaches infinity at t = 1/(k x(0)); z is there to have something stiff
BLOW_UP = """model blow()
  var x = 1, z = 1
  const k = 1
  x' = k*x^2
  z' = -1000*(z - x)
end
"""
T = (0, 4, 9)


@pytest.fixture(scope="module")
def decay() -> Model:
    return ax.load(DECAY)


def test_a_run_is_the_exact_solution(decay: Model) -> None:
    ds = ax.simulate(decay, t=T, params={"k": 1}, init={"x": 5}, rtol=1e-9)
    assert ds["x"].dims == ("time",)
    np.testing.assert_allclose(ds["x"], 5 * np.exp(-ds["time"]), rtol=1e-7)
    np.testing.assert_allclose(ds["flux"], 3 * ds["x"], rtol=1e-14)
    assert int(ds["status"]) == 1
    assert ds["x"].attrs == {"units": "umol/L", "long_name": "Hormone"}
    assert json.loads(ds.attrs["config"])["set"] == {"k": 1.0, "x": 5.0}


def test_a_grid_has_a_dimension_a_quantity(decay: Model) -> None:
    grid = design.grid({"k": [0.25, 0.5, 1], "gain": [1, 2]})
    ds = ax.sweep(decay, grid, t=T, outputs=["x", "flux"], rtol=1e-9)
    assert ds["flux"].dims == ("k", "gain", "time")
    assert ds["status"].dims == ("k", "gain")
    exact = ds["gain"] * ds["k"] * 2 * np.exp(-ds["k"] * ds["time"])
    xr.testing.assert_allclose(ds["flux"], exact.transpose("k", "gain", "time"), rtol=1e-7)


def test_a_sample_carries_its_quantities(decay: Model) -> None:
    sample = design.sobol({"k": (0.1, 1)}, n=9, seed=1)
    ds = ax.sweep(decay, sample, t=T, outputs=["x"])
    assert ds["x"].dims == ("sample", "time")
    np.testing.assert_array_equal(ds["k"], sample["k"])
    assert "k" in ds.coords


def test_a_parameter_can_be_an_output(decay: Model) -> None:
    ds = ax.sweep(decay, design.grid({"k": [1, 2]}), t=T, outputs=["x", "gain"])
    np.testing.assert_array_equal(ds["gain"], np.full((2, 9), 3.0))


def test_starts_can_be_swept(decay: Model) -> None:
    ds = ax.sweep(decay, design.grid({"x": [1, 4]}), t=T, outputs=["flux"], rtol=1e-9)
    exact = 1.5 * np.array([[1], [4]]) * np.exp(-0.5 * np.linspace(0, 4, 9))
    np.testing.assert_allclose(ds["flux"], exact, rtol=1e-7)


@pytest.mark.parametrize("method", ["auto", "rodas4", "rodas5p", "tsit5"])
@pytest.mark.parametrize("count", [1, 7, 8, 17])
def test_a_swept_run_is_the_single_run_bit_for_bit(method: str, count: int, decay: Model) -> None:
    sample = design.sample({"k": "lognormal(0, 1)"}, n=count, seed=3)
    ds = ax.sweep(decay, sample, t=T, method=method, outputs=["x", "flux"])
    for at in (0, count // 2, count - 1):
        k = float(sample["k"][at])
        alone = ax.simulate(decay, t=T, params={"k": k}, method=method, outputs=["x", "flux"])
        np.testing.assert_array_equal(ds["x"][at], alone["x"])
        np.testing.assert_array_equal(ds["flux"][at], alone["flux"])
        assert int(ds["n_steps"][at]) == int(alone["n_steps"])


def test_order_and_threads_change_no_bit(decay: Model) -> None:
    sample = design.sample({"k": "lognormal(0, 1)"}, n=50, seed=4)
    first = ax.sweep(decay, sample, t=T, threads=1)
    second = ax.sweep(decay, sample.isel(sample=slice(None, None, -1)), t=T, threads=2)
    xr.testing.assert_identical(first["x"], second["x"].isel(sample=slice(None, None, -1)))


@pytest.mark.parametrize("share", [0.01, 0.1, 0.99])
def test_bad_runs_are_marked_and_leave_the_others_alone(share: float) -> None:
    model = ax.load(BLOW_UP)
    k = np.linspace(0.01, 0.2, 200)
    rng = np.random.default_rng(0)
    bad = rng.permutation(200) < round(200 * share)
    sick = xr.Dataset({"k": ("sample", np.where(bad, 5 + k, k))})
    sound = ax.sweep(model, xr.Dataset({"k": ("sample", k)}), t=T, outputs=["x"])
    ds = ax.sweep(model, sick, t=T, outputs=["x"])
    assert (ds["status"].values[bad] > 1).all()
    assert (ds["status"].values[~bad] == 1).all()
    np.testing.assert_array_equal(ds["x"].values[~bad], sound["x"].values[~bad])
    blown = 1 / sick["k"].values[bad]
    np.testing.assert_allclose(ds["t_fail"].values[bad], blown, rtol=1e-3)
    assert np.isnan(ds["x"].values[bad][:, -1]).all()
    assert np.isfinite(ds["x"].values[bad][:, 0]).all()


def test_watch_hears_of_every_run(decay: Model) -> None:
    heard: list[int] = []
    ax.sweep(decay, design.grid({"k": (0.1, 1, 40)}), t=T, watch=heard.append)
    assert heard[-1] == 40
    assert heard == sorted(heard)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"params": {"kk": 1}}, "model 'decay' has no 'kk'; did you mean 'k'?"),
        ({"params": {"x": 1}}, "'x' is a state; give its value at the start as init"),
        ({"init": {"k": 1}}, "'k' is not a state; give its value as params"),
        ({"params": {"flux": 1}}, "'flux' is computed by a rule and cannot be set"),
        ({"params": {"k": np.inf}}, "'k' = inf is not a number that a run can start from"),
        ({"outputs": ["y"]}, "model 'decay' has no 'y'"),
        ({"method": "rk4"}, "unknown method 'rk4'; choose from"),
        ({"method": "scipy:lsoda"}, "unknown method 'scipy:lsoda'; choose from"),
        ({"rtol": 0.0}, "rtol = 0.0 is not between 0 and 1"),
        ({"atol": -1.0}, "is not 0 or more"),
        ({"atol": {"k": 1.0}}, "atol: 'k' is not a state"),
        ({"t": (4, 0, 9)}, "t needs at least two times, rising"),
        ({"t": [0, 1, 1]}, "t needs at least two times, rising"),
    ],
)
def test_what_is_wrong_is_said(settings: dict, said: str, decay: Model) -> None:
    with pytest.raises(ModelError) as caught:
        ax.simulate(decay, **{"t": T, **settings})
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_design_of_an_unknown_quantity_is_refused(decay: Model) -> None:
    with pytest.raises(ModelError, match="has no 'kk'"):
        ax.sweep(decay, design.sobol({"kk": (0, 1)}, n=4), t=T)


def test_the_same_result_has_the_same_record(decay: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    first, second = (ax.simulate(decay, t=T) for _ in range(2))
    xr.testing.assert_identical(first, second)
    assert first.attrs["created"] == "1970-01-02T00:00:00Z"
    assert first.attrs["model_hash"] == second.attrs["model_hash"]
    changed = ax.load(DECAY.replace("gain = 3", "gain = 4"))
    assert ax.simulate(changed, t=T).attrs["model_hash"] != first.attrs["model_hash"]


def test_nothing_in_the_attributes_is_anything_but_text_and_numbers(decay: Model) -> None:
    ds = ax.simulate(decay, t=T)
    for attrs in [ds.attrs, *(variable.attrs for variable in ds.variables.values())]:
        for value in attrs.values():
            assert isinstance(value, (str, int, float, np.ndarray)), value


def test_a_state_swept_and_asked_for_keeps_both() -> None:
    """Its value at the start is the coordinate ``x_0``, its course the variable ``x``."""
    model = ax.load("model a()\n x' = -k*x; x = 1; k = 2;\nend")
    ds = ax.sweep(model, ax.design.grid({"x": [1, 4], "k": [1, 2, 3]}), t=(0, 1, 3))
    assert ds.x.dims == ("x_0", "k", "time")
    np.testing.assert_allclose(ds.x, ds.x_0 * np.exp(-ds.k * ds.time), rtol=1e-5)


def test_a_misspelt_axis_of_a_grid_is_refused() -> None:
    model = ax.load("model a()\n x' = -k*x; x = 1; k = 2;\nend")
    with pytest.raises(ModelError, match="has no 'kk'; did you mean 'k'"):
        ax.sweep(model, ax.design.grid({"kk": [1.0, 2.0]}), t=(0, 1, 3))
