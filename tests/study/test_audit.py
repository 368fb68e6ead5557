"""The audit: a sound sweep keeps its promise, and code broken on purpose is caught."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import axissim as ax
from axissim.compile import kernel
from axissim.study import store
from axissim.study.audit import Report, audit, chosen

DECAY = "model decay()\n  var x = 3; const k = 0.5; const s = 1\n  x' = -k*x*s\nend\n"
T = (0.0, 4.0, 9)


def design(n: int = 300) -> Any:
    return ax.design.sample({"k": "uniform(0.1, 2)", "s": "uniform(0.5, 2)"}, n=n, seed=4)


def swept(path: Path, model: Any = None, **options: Any) -> dict[str, Any]:
    """What the audit of a sweep into a store found."""
    asked: dict[str, Any] = {"t": (0.0, 4.0, 9), "store": path} | options
    with ax.sweep(model or ax.load(DECAY), design(), **asked) as ds:
        return dict(json.loads(ds.attrs["audit"]))


def test_a_sound_sweep_keeps_its_promise(tmp_path: Path) -> None:
    found = swept(tmp_path / "a.zarr")
    assert found["kept"]
    assert found["promise"] == pytest.approx(1e-4)
    assert 16 <= found["runs"] <= 32
    assert found["unsolved"] == 0
    assert 0.0 < found["typical"]["x"] <= found["worst"]["x"] < 1e-5


def test_the_deviation_is_the_error(tmp_path: Path) -> None:
    """Of decay the truth is known: what the audit finds is what is off."""
    d = design(40)
    how: dict[str, Any] = {"t": (0.0, 4.0, 9), "rtol": 1e-4}
    with ax.sweep(ax.load(DECAY), d, store=tmp_path / "a.zarr", audit=1.0, **how) as ds:
        exact = 3.0 * np.exp(-d["k"] * d["s"] * ds["time"])
        off = (np.abs(ds["x"] - exact).max("time") / 3.0).values
        found = json.loads(ds.attrs["audit"])
    assert found["worst"]["x"] == pytest.approx(off.max(), rel=0.15)  # the reference errs, too


@pytest.mark.parametrize("method", ["tsit5", "rodas5p"])
def test_lanes_broken_on_purpose_are_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """One term of the equations is off by a thousandth, in the code of the lanes alone."""
    sound = kernel.machine_of

    def broken(texts: Mapping[str, str]) -> Any:
        wrong = {key: text.replace("* y_x", "* 1.001 * y_x") for key, text in texts.items()}
        assert wrong["rhs"] != texts["rhs"]
        return sound(wrong)

    monkeypatch.setattr(kernel, "machine_of", broken)
    kernel._kernel.cache_clear()
    model = ax.load(DECAY.replace("decay", f"broken_{method}").replace("0.5", "0.6"))
    found = swept(tmp_path / "a.zarr", model, method=method)
    kernel._kernel.cache_clear()
    assert not found["kept"]
    assert 1e-4 < found["worst"]["x"] < 1e-3


def test_summaries_and_grids_are_audited(tmp_path: Path) -> None:
    grid = ax.design.grid({"k": (0.1, 2.0, 9), "s": [0.5, 1.0]})
    how: dict[str, Any] = {"t": (0.0, 4.0, 9), "store": tmp_path / "a.zarr"}
    with ax.sweep(ax.load(DECAY), grid, summaries=["auc(x)", "max(x)"], **how) as ds:
        found = json.loads(ds.attrs["audit"])
    assert found["kept"]
    assert set(found["worst"]) == {"auc_x", "max_x"}


def test_a_protocol_of_each_run_is_audited(tmp_path: Path) -> None:
    d = design(60).assign(dosed=("sample", np.linspace(0.5, 3.0, 60)))
    dose = [ax.dose("x", "dosed", at=1.5)]
    how: dict[str, Any] = {"t": (0.0, 4.0, 9), "store": tmp_path / "a.zarr", "protocol": dose}
    with ax.sweep(ax.load(DECAY), d, **how) as ds:
        assert json.loads(ds.attrs["audit"])["kept"]


def test_no_audit_when_told(tmp_path: Path) -> None:
    with ax.sweep(
        ax.load(DECAY), design(), t=(0.0, 4.0, 9), store=tmp_path / "a.zarr", audit=0.0
    ) as ds:
        assert "audit" not in ds.attrs


def test_which_runs_are_chosen() -> None:
    status, steps = np.ones(1000, int), np.arange(1000)
    status[500] = 2
    rows = chosen(status, steps, share=0.01, seed=1)
    np.testing.assert_array_equal(rows, chosen(status, steps, share=0.01, seed=1))
    assert {499, 501, 999, 998, 992} <= set(rows)
    points = np.column_stack([steps % 7, 1000.0 * steps])
    points[13] = points[500] + 1e-3
    assert 13 in chosen(status, steps, points, share=0.001, seed=1)
    assert 500 not in rows
    assert len(rows) >= 16
    assert set(chosen(status, steps, share=1.0)) == set(range(1000)) - {500}
    assert len(chosen(np.full(9, 2), steps[:9])) == 0


def test_nothing_to_audit() -> None:
    model = ax.load("model m()\n  var x = 1; const k = 1\n  x' = k*x^2\nend\n")
    ds = ax.sweep(model, ax.design.grid({"k": [5.0, 6.0]}), t=(0.0, 2.0, 3))
    report = audit(ds, lambda rows: ds, rtol=1e-6)
    assert report.runs == 0
    assert "none of 0 runs" in report.line()


def by_scipy(model: Any, d: Any, **how: Any) -> Any:
    """Makes rows of a design of samples again, a hundred times finer."""
    finer = how | {"method": "scipy:LSODA", "rtol": how.get("rtol", 1e-6) / 100.0}
    return lambda rows: ax.sweep(model, d.isel(sample=rows), threads=1, **finer)


def test_a_model_of_the_library_keeps_its_promise() -> None:
    model = ax.load("dopamine_terminal")
    d = ax.design.sample({"fire": "uniform(0.5, 2)"}, n=6, seed=1)
    how: dict[str, Any] = {"t": (0.0, 24.0, 13)}
    report = audit(ax.sweep(model, d, **how), by_scipy(model, d, **how))
    assert report.kept
    assert (report.runs, report.unsolved) == (6, 0)
    assert 0.0 < max(report.worst.values()) < 1e-5


def test_a_parameter_that_is_off_is_caught(tmp_path: Path) -> None:
    """By a thousandth in one run: of decay the deviation is known; also from a file."""
    model, d, how = ax.load(DECAY), design(40), {"t": (0.0, 4.0, 41)}
    wrong = d.copy(deep=True)
    wrong["k"][29] *= 1.001
    ds = ax.sweep(model, wrong, **how)
    report = audit(ds, by_scipy(model, d, **how), share=1.0)
    rate, t = float(d["k"][29] * d["s"][29]), ds["time"].values
    off = np.abs(np.exp(-1.001 * rate * t) - np.exp(-rate * t)).max()
    assert not report.kept
    assert report.run == 29
    assert report.worst["x"] == pytest.approx(off, rel=1e-2)
    assert report.typical["x"] < 1e-6
    with store.open(store.save(ds, tmp_path / "a.zarr")) as read:
        assert audit(read, by_scipy(model, d, **how), share=1.0) == report


def test_runs_of_a_grid_are_compared_with_themselves() -> None:
    """The order of the design's members is that of the grid's last axis first."""
    ds = ax.sweep(ax.load(DECAY), ax.design.grid({"k": (0.1, 2.0, 9), "s": [0.5, 1.0, 2.0]}), t=T)
    k, s = (v.ravel() for v in np.meshgrid(ds["k"], ds["s"], indexing="ij"))

    def exact(rows: Any) -> Any:
        x = 3.0 * np.exp(-np.outer((k * s)[rows], ds["time"]))
        return xr.Dataset({"x": (("sample", "time"), x), "status": ("sample", np.ones(len(rows)))})

    assert audit(ds, exact, share=1.0).kept
    assert not audit(ds, lambda rows: exact(rows[::-1]), share=1.0).kept


def test_runs_beside_failures_are_looked_at_and_the_failed_are_not() -> None:
    model = ax.load("model m()\n  var x = 1; const k = 1\n  x' = k*x^2\nend\n")
    d = ax.design.sample({"k": "uniform(0.2, 3)"}, n=400, seed=2)
    ds = ax.sweep(model, d, t=(0.0, 1.0, 3), max_steps=2000)
    failed, k = ds["status"].values != 1, d["k"].values
    assert 50 < failed.sum() < 350  # those with k > 1, which have no end
    first = np.flatnonzero(failed)[0]
    beside = np.flatnonzero(~failed)[np.argmin(np.abs(k[~failed] - k[first]))]
    steps = np.zeros(400, int)  # no run is harder than another
    rows = chosen(ds["status"].values, steps, k[:, None], least=1)
    assert beside in rows
    assert not failed[rows].any()
    assert len(rows) <= 1 + 8 + 2 * 8


def test_a_failure_for_a_value_that_is_not_finite_has_neighbours() -> None:
    status, steps = np.ones(100, int), np.zeros(100, int)
    points = np.random.default_rng(0).uniform(size=(100, 2))
    status[50], points[50, 0], points[37, 1] = 4, np.inf, points[50, 1]
    assert 37 in chosen(status, steps, points, least=1)
    points[50, 0] = np.nan
    assert 37 in chosen(status, steps, points, least=1)


def fake(x: Any, status: Any = (1, 1), rtol: float = 1e-6) -> Any:
    """A result of two runs, at two times each."""
    ends = {key: ("sample", np.array(status)) for key in ("status", "n_steps")}
    attrs = {"config": json.dumps({"rtol": rtol})}
    return xr.Dataset({"x": (("sample", "time"), np.array(x)), **ends}, attrs=attrs)


def test_what_the_reference_cannot_do_is_counted() -> None:
    truth = fake([[1.0, 2.0], [np.nan, np.nan]], (1, 2))
    report = audit(fake([[1.0, 2.0], [1.0, 7.0]]), lambda rows: truth)
    assert (report.runs, report.unsolved, report.kept) == (2, 1, True)
    assert report.line().endswith("; SciPy could not do 1 of them")


def test_no_number_hides_behind_one_that_is_not() -> None:
    def worst(fast: Any, truth: Any) -> float:
        return audit(fake(fast), lambda rows: fake(truth)).worst["x"]

    nan = np.nan
    assert worst([[nan, 1.0], [1.0, 1.0]], [[nan, 1.0], [1.0, 1.0]]) == 0.0
    assert worst([[nan, 1.5], [1.0, 1.0]], [[nan, 1.0], [1.0, 1.0]]) == 0.5
    assert worst([[nan, 1.0], [1.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]]) == np.inf


def test_what_rests_at_nothing_is_measured_by_what_is_usual() -> None:
    fast, truth = [[0.0, 1e-9], [2.0, 2.0]], [[0.0, 0.0], [2.0, 2.0]]
    assert audit(fake(fast), lambda rows: fake(truth)).worst["x"] == pytest.approx(1e-6 / 2.0)


def test_what_is_promised() -> None:
    result, again = fake([[1.0, 2.0]] * 2), lambda rows: fake([[1.0, 2.0]] * 2)
    assert audit(result, again).promise == pytest.approx(1e-4)
    assert audit(result, again, rtol=1e-3).promise == pytest.approx(0.1)
    assert audit(result, again, rtol=1e-9).promise == pytest.approx(1e-4)
    assert audit(result, again, promise=0.5).promise == 0.5
    with pytest.raises(ValueError, match="give rtol, or promise"):
        audit(result.drop_attrs(), again)


def test_rounding_of_what_is_kept_is_no_error_of_the_sweep(tmp_path: Path) -> None:
    assert swept(tmp_path / "a.zarr", rtol=1e-10, dtype="float32")["kept"]


def test_another_try_at_a_finer_tolerance_promises_no_more_of_the_rest(tmp_path: Path) -> None:
    model = ax.load("model m()\n  var x = 1; const k = 1\n  x' = k*x^2\nend\n")
    d = ax.design.sample({"k": "uniform(0.1, 1.2)"}, n=30, seed=4)
    how: dict[str, Any] = {"t": (0.0, 1.0, 3), "store": tmp_path / "a.zarr", "max_steps": 2000}
    found = []
    for options in ({"rtol": 1e-4}, {"rtol": 1e-8, "retry": True}):
        with ax.sweep(model, d, **how, **options) as ds:
            found.append(json.loads(ds.attrs["audit"])["promise"])
    assert found == pytest.approx([1e-2, 1e-2])


def test_a_broken_promise_is_said() -> None:
    report = Report(20, 1, {"x": 2e-3}, {"x": 1e-7}, 7, 1e-4)
    assert not report.kept
    assert "2.0e-03 off (x, run 7" in report.line()
    assert "BEYOND the promise of 1.0e-04" in report.line()


@pytest.mark.parametrize("d", [xr.Dataset(), xr.Dataset(coords={"sample": np.arange(5)})])
def test_runs_that_differ_in_nothing_are_audited(tmp_path: Path, d: xr.Dataset) -> None:
    model, path = ax.load(DECAY), tmp_path / "a.zarr"
    with ax.sweep(model, d, t=T, store=path, max_steps=3, method="tsit5") as ds:
        assert (ds["status"] == 2).all()
    with ax.sweep(model, d, t=T, store=path, retry=True, method="rodas5p") as ds:
        assert (ds["status"] == 1).all()
        found = json.loads(ds.attrs["audit"])
        np.testing.assert_allclose(ds["x"][..., -1], 3.0 * np.exp(-2.0), rtol=1e-5)
    assert found["runs"] == ds["status"].size
    assert found["kept"]


def test_the_hardest_runs_are_those_that_a_sort_finds() -> None:
    lots = np.random.default_rng(1)
    for count in (3, 8, 9, 500):
        steps = lots.integers(0, 12, count)
        sorted_last = np.argsort(steps, kind="stable")[::-1][:8]
        picked = chosen(np.ones(count, int), steps, share=0.0, least=0)
        assert set(picked) == set(sorted_last)
