"""Indices of global sensitivity: closed forms, failed runs, and a swept model."""

from __future__ import annotations

import json

import numpy as np
import pytest

import axissim as ax
from axissim.analysis.importance import importance, indices
from axissim.analysis.importance.schemes import distances
from axissim.model.model import ModelError
from axissim.plot import picture

PI = np.pi
RANGES = dict.fromkeys(("x1", "x2", "x3"), (-PI, PI))
A, B = 7.0, 0.1


def ishigami(at):
    return np.sin(at["x1"]) + A * np.sin(at["x2"]) ** 2 + B * at["x3"] ** 4 * np.sin(at["x1"])


# Ishigami T, Homma T (1990), doi:10.1109/ISUMA.1990.151285: the variances in closed form.
V1 = 0.5 * (1.0 + B * PI**4 / 5.0) ** 2
V2 = A**2 / 8.0
V13 = B**2 * PI**8 * (1.0 / 18.0 - 1.0 / 50.0)
V = V1 + V2 + V13
FIRST = np.array([V1, V2, 0.0]) / V
TOTAL = np.array([V1 + V13, V2, V13]) / V


def test_sobol_indices_of_ishigami():
    ds = indices(ishigami, RANGES, n=8192, seed=3).sel(output="y")
    assert ds.attrs["asked_runs"] == 8192 * 8
    np.testing.assert_allclose(ds["S1"], FIRST, atol=0.01)
    np.testing.assert_allclose(ds["ST"], TOTAL, atol=0.01)
    assert np.all(np.abs(ds["S1"] - FIRST) <= 1.5 * ds["S1_conf"])
    pair = ds["S2"].sel(parameter="x1", with_parameter="x3")
    assert abs(float(pair) - V13 / V) < 0.02
    assert abs(float(ds["S2"].sel(parameter="x1", with_parameter="x2"))) < 0.02
    assert float(ds["mean"]) == pytest.approx(A / 2.0, abs=0.01)
    assert float(ds["std"]) == pytest.approx(np.sqrt(V), rel=0.01)


def test_fast_and_rbd_fast_of_ishigami():
    fast = indices(ishigami, RANGES, method="fast", n=4096, seed=1).sel(output="y")
    np.testing.assert_allclose(fast["S1"], FIRST, atol=0.02)
    np.testing.assert_allclose(fast["ST"], TOTAL, atol=0.05)
    rbd = indices(ishigami, RANGES, method="rbd_fast", n=8192, seed=1).sel(output="y")
    np.testing.assert_allclose(rbd["S1"], FIRST, atol=0.02)


def test_morris_of_a_plane_is_its_slopes_over_the_ranges():
    ds = indices(
        lambda at: 3.0 * at["a"] - 0.5 * at["b"], {"a": (0, 2), "b": (10, 14)},
        method="morris", n=10, seed=0,
    ).sel(output="y")  # fmt: skip
    np.testing.assert_allclose(ds["mu"], [6.0, -2.0], rtol=1e-12)
    np.testing.assert_allclose(ds["mu_star"], [6.0, 2.0], rtol=1e-12)
    np.testing.assert_allclose(ds["sigma"], 0.0, atol=1e-12)


def test_dgsm_of_a_plane():
    """Its squared slopes are alike everywhere: c^2 / (pi^2 V), V = sum c^2 / 12."""
    ds = indices(
        lambda at: 3.0 * at["a"] - 0.5 * at["b"], {"a": (0, 2), "b": (10, 14)},
        method="dgsm", n=1024, seed=0,
    ).sel(output="y")  # fmt: skip
    exact = 12.0 * np.array([36.0, 4.0]) / (PI**2 * 40.0)
    np.testing.assert_allclose(ds["dgsm"], exact, rtol=5e-3)
    assert np.all(np.abs(ds["dgsm"] - exact) <= ds["dgsm_conf"])


def test_dgsm_bounds_the_total_index_of_ishigami():
    ds = indices(ishigami, RANGES, method="dgsm", n=2048, seed=0).sel(output="y")
    assert np.all(ds["dgsm"] + ds["dgsm_conf"] >= TOTAL)


def test_distances_are_those_of_salib():
    from SALib.analyze import pawn

    rng = np.random.default_rng(5)
    points = rng.random((600, 3))
    values = np.round(points[:, 0] ** 2 + 0.1 * points[:, 1], 2)  # with ties
    problem = {"num_vars": 3, "names": list("abc"), "bounds": [[0, 1]] * 3}
    np.testing.assert_allclose(
        distances(points, values), pawn.analyze(problem, points, values)["median"], rtol=1e-12
    )


def test_pawn_finds_what_does_nothing():
    ds = indices(
        lambda at: at["a"] ** 3, {"a": (0, 1), "b": (0, 1)}, method="pawn", n=2000, seed=2
    ).sel(output="y")
    assert float(ds["pawn"].sel(parameter="a")) > 0.4
    assert float(ds["pawn"].sel(parameter="b")) < 2.0 * float(ds["pawn_noise"])


@pytest.mark.parametrize(
    ("method", "n", "groups"), [("sobol", 2048, 2048), ("morris", 300, 300), ("pawn", 900, 900)]
)
def test_a_failed_run_takes_its_group_along_and_nothing_more(method, n, groups):
    def failing(at):
        values = ishigami(at)
        values[[7, 8, 500]] = [np.nan, np.inf, np.nan]
        return {"y": values, "sound": ishigami(at)}

    ds = indices(failing, RANGES, method=method, n=n, seed=4)
    bad = {7 // ds.attrs["runs_in_group"], 8 // ds.attrs["runs_in_group"]}
    bad |= {500 // ds.attrs["runs_in_group"]}
    assert ds["groups_left_out"].values.tolist() == [len(bad), 0]
    assert ds["groups"].values.tolist() == [groups - len(bad), groups]
    key = {"sobol": "ST", "morris": "mu_star", "pawn": "pawn"}[method]
    np.testing.assert_allclose(ds[key].sel(output="y"), ds[key].sel(output="sound"), atol=0.15)
    assert np.isfinite(ds[key]).all()


def test_a_failed_curve_of_fast_leaves_three():
    def failing(at):
        values = ishigami(at)
        values[0] = np.nan
        return values

    ds = indices(failing, RANGES, method="fast", n=4096, seed=1).sel(output="y")
    np.testing.assert_allclose(ds["S1"], FIRST, atol=0.02)
    assert np.isnan(ds["S1_conf"].values).tolist() == [True, False, False]


def test_what_does_not_vary_has_no_index():
    ds = indices(lambda at: np.full(len(at["x1"]), 2.5), RANGES, n=64)
    assert "S1" not in ds
    assert float(ds["std"][0]) == 0.0


def test_a_seed_says_everything():
    first = indices(ishigami, RANGES, n=128, seed=0)
    again = indices(ishigami, RANGES, n=128, seed=0)
    other = indices(ishigami, RANGES, n=128, seed=1)
    np.testing.assert_array_equal(first["ST_conf"], again["ST_conf"])
    assert not np.array_equal(first["ST"], other["ST"])
    rng = indices(ishigami, RANGES, n=128, seed=np.random.default_rng(0))
    np.testing.assert_array_equal(first["S1"], rng["S1"])


MODEL = "model m\n x = 1; k = 1; a = 2; J: x -> ; k*x; end"


def test_a_model_has_the_indices_of_its_solution():
    """x(1) = x_0 exp(-k): of a product E[f^2], E[f]^2 of each factor give every index."""
    model = ax.load(MODEL)
    ds = importance(
        model, {"x": (1, 3), "k": "uniform(0, 2)"}, t=[0, 1], summaries={"end": "last(x)"},
        n=4096, seed=1, rtol=1e-8,
    ).sel(output="end")  # fmt: skip
    mean = np.array([2.0, (1 - np.exp(-2.0)) / 2.0])
    square = np.array([13.0 / 3.0, (1 - np.exp(-4.0)) / 4.0])
    whole = square.prod() - mean.prod() ** 2
    first = (square - mean**2) * mean[::-1] ** 2 / whole
    total = (square - mean**2) * square[::-1] / whole
    np.testing.assert_allclose(ds["S1"], first, atol=0.015)
    np.testing.assert_allclose(ds["ST"], total, atol=0.015)
    assert json.loads(ds.attrs["status"]) == {"ok": 4096 * 6}
    assert json.loads(ds.attrs["config"])["ranges"] == {"x": "uniform(1, 3)", "k": "uniform(0, 2)"}


def test_runs_that_give_up_are_counted():
    model = ax.load("model m\n x = 1; k = 1; a = 1; J: -> x; k*x^2; K: x -> ; a; end")
    ds = importance(
        model, {"k": (0.1, 1.4), "a": (0, 0.1)}, t=[0, 1], summaries=["last(x)"], n=256, seed=0
    )
    told = json.loads(ds.attrs["status"])
    assert set(told) > {"ok"}
    assert sum(told.values()) == 256 * 6
    assert 0 < int(ds["groups_left_out"][0]) < 256
    assert np.isfinite(ds["ST"]).all()


def test_a_range_without_ends_stays_finite_on_a_grid():
    ds = indices(
        lambda at: at["a"] + at["b"], {"a": "normal(0, 1)", "b": "uniform(0, 1)"},
        method="morris", n=20,
    )  # fmt: skip
    assert float(ds["mu_star"].sel(parameter="a", output="y")) < 10.0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"n": 100}, "power of 2.*give 128"),
        ({"method": "sobl"}, "did you mean 'sobol'"),
        ({"method": "fast", "n": 100}, "give 516"),
        ({"scale": "log"}, "above 0"),
        ({"scale": {"x9": "log"}}, "x9"),
        ({"scale": "cubic"}, "not linear or log"),
        ({"resamples": 1}, "2 or more"),
    ],
)
def test_what_cannot_be_asked(asked, said):
    with pytest.raises(ValueError, match=said):
        indices(ishigami, RANGES, **asked)


def test_ranges_that_are_none():
    with pytest.raises(ValueError, match="at least two"):
        indices(ishigami, {"x1": (0, 1)})
    with pytest.raises(ValueError, match="'x1'"):
        indices(ishigami, {"x1": (0, 1, 2), "x2": (0, 1)})
    with pytest.raises(ValueError, match="not a distribution"):
        indices(ishigami, {"x1": "even(0, 1)", "x2": (0, 1)})
    with pytest.raises(ModelError, match="did you mean"):
        importance(
            ax.load("dopamine_terminal"), {"Vdd": (1, 2), "fire": (1, 2)}, t=[0, 1],
            summaries=["max(eda)"], n=8,
        )  # fmt: skip
    with pytest.raises(ValueError, match="summaries"):
        importance(ax.load(MODEL), {"k": (1, 2), "a": (1, 2)}, t=[0, 1], summaries=[], n=8)
    with pytest.raises(ValueError, match="bands"):
        importance(
            ax.load(MODEL), {"k": (1, 2), "a": (1, 2)}, t=[0, 1], summaries=["bands(x)"], n=8
        )


@pytest.mark.parametrize(
    ("method", "n"), [("sobol", 64), ("morris", 10), ("pawn", 100), ("dgsm", 32)]
)
def test_the_picture(method, n):
    ds = indices(ishigami, RANGES, method=method, n=n)
    figure = picture(ds)
    texts = [text.get_text() for axes in figure.axes for text in axes.get_yticklabels()]
    shown = texts if method != "morris" else [t.get_text() for t in figure.axes[0].texts]
    assert {"x1", "x2", "x3"} <= set(shown)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["y"]
    with pytest.raises(ValueError, match="no output"):
        picture(ds, ids=["z"])
