"""The audit: a sound sweep keeps its promise, and code broken on purpose is caught."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import axissim as ax
from axissim.compile import kernel
from axissim.study.audit import Report, audit, chosen

DECAY = "model decay()\n  var x = 3; const k = 0.5; const s = 1\n  x' = -k*x*s\nend\n"


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


def test_a_broken_promise_is_said() -> None:
    report = Report(20, 1, {"x": 2e-3}, {"x": 1e-7}, 7, 1e-4)
    assert not report.kept
    assert "2.0e-03 off (x, run 7" in report.line()
    assert "BEYOND the promise of 1.0e-04" in report.line()
