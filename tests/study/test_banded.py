"""Bands over runs: near the true quantiles, the same from a store, whatever cut it short."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import axissim as ax
from axissim.study import streaming
from axissim.study.verify import take_back, verify

MODEL = ax.load("model m()\n  var x = 3; const k = 0.5\n  x' = -k*x\n  y := 2*x\nend\n")
BLOWS_UP = ax.load("model m()\n  var x = 1; const k = 1\n  x' = k*x^2\nend\n")
T = np.linspace(0.0, 4.0, 9)
HOW: dict[str, Any] = {"t": T, "threads": 1, "summaries": ["bands(y)", "last(x)"]}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "runs_in_block", lambda size: 64)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")


def design(n: int = 400) -> xr.Dataset:
    return ax.design.sample({"k": "uniform(0.1, 2)"}, n=n, seed=4)


def test_bands_are_the_quantiles_of_the_closed_form() -> None:
    ds = ax.sweep(MODEL, design(1001), **HOW)
    assert ds["bands_y"].dims == ("quantile", "time")
    courses = 6.0 * np.exp(-ds["k"].values[:, None] * T)
    truth = np.quantile(courses, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    np.testing.assert_allclose(ds["bands_y"], truth, rtol=0.005)
    named = ax.sweep(MODEL, design(1001), t=T, summaries={"spread": "bands(y/x, 0, 1)"})
    np.testing.assert_allclose(named["spread"], 2.0, rtol=0.005)
    np.testing.assert_array_equal(named["quantile"], [0.0, 1.0])


def test_a_store_has_the_bands_of_memory(tmp_path: Path) -> None:
    memory = ax.sweep(MODEL, design(), **HOW)
    stored = ax.sweep(MODEL, design(), store=tmp_path / "a.zarr", audit=0.0, **HOW)
    xr.testing.assert_identical(stored.load(), memory)
    assert verify(tmp_path / "a.zarr").sound


@pytest.mark.parametrize("where", ["put", "write_bands"])
def test_bands_of_a_store_that_was_cut_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """While a block is written, or when all are done and the bands are not."""
    inner = getattr(streaming, where)

    def cut(*given: Any) -> None:
        if where == "write_bands" or given[2].number == 3:
            raise KeyboardInterrupt
        inner(*given)

    path = tmp_path / "a.zarr"
    monkeypatch.setattr(streaming, where, cut)
    with pytest.raises(KeyboardInterrupt):
        ax.sweep(MODEL, design(), store=path, audit=0.0, **HOW)
    with xr.open_zarr(path, consolidated=False, decode_times=False) as partly:
        assert np.isnan(partly["bands_y"]).all()
        assert not json.loads(partly.attrs["config"])["complete"]
    monkeypatch.setattr(streaming, where, inner)
    stored = ax.sweep(MODEL, design(), store=path, audit=0.0, **HOW)
    xr.testing.assert_identical(stored.load(), ax.sweep(MODEL, design(), **HOW))
    assert verify(path).sound


def test_a_failed_run_is_in_no_band_until_it_is_tried_again(tmp_path: Path) -> None:
    how: dict[str, Any] = {"t": (0.0, 1.0, 5), "summaries": ["bands(x)"], "method": "tsit5"}
    grid = ax.design.grid({"k": np.linspace(0.1, 0.9, 200)})
    path = tmp_path / "a.zarr"
    first = ax.sweep(BLOWS_UP, grid, store=path, max_steps=8, **how).load()
    good = grid["k"].values[first["status"].values == 1]
    assert 10 < good.size < 190
    truth = np.quantile(1.0 / (1.0 - good), first["quantile"].values)
    np.testing.assert_allclose(first["bands_x"][:, -1], truth, rtol=0.005)
    first.close()
    again = ax.sweep(BLOWS_UP, grid, store=path, max_steps=1000, retry=True, **how)
    whole = ax.sweep(BLOWS_UP, grid, max_steps=1000, **how)
    np.testing.assert_array_equal(again["bands_x"], whole["bands_x"])
    assert verify(path).sound


def test_lost_counts_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.zarr"
    ax.sweep(MODEL, design(), store=path, audit=0.0, **HOW).close()
    (path / "manifest" / "bands-0000002.npz").unlink()
    assert verify(path).lost == ("manifest/bands-0000002.npz",)
    (path / "bands_y" / "c" / "0" / "0").write_bytes(b"")
    assert take_back(path) == 1
    again = ax.sweep(MODEL, design(), store=path, audit=0.0, **HOW)
    assert verify(path).sound
    np.testing.assert_array_equal(again["bands_y"], ax.sweep(MODEL, design(), **HOW)["bands_y"])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["bands(y, 0.9, 0.1)"], "quantiles that do not rise"),
        (["1 + bands(y)"], "they stand alone"),
        (["bands(1)"], "is the same for every run"),
        (["bands(y, 2)"], "no number from 0 to 1"),
        (["bands()"], r"write bands\(eda\)"),
        (["bands(y)", "bands(x, 0.5)"], "have the same quantiles"),
        ({"quantile": "bands(y)"}, "is a dimension or swept"),
        ({"k": "max(y)"}, "'k' is a dimension or swept"),
        ({"sample": "max(y)"}, "'sample' is a dimension or swept"),
    ],
)
def test_what_cannot_be_kept_is_refused(asked: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ax.sweep(MODEL, design(8), t=T, summaries=asked)


def test_a_summary_may_be_of_what_has_another_name_in_a_result() -> None:
    text = "model m()\n  var x = 3; const k = 1, status = 2, status_ = 7\n  x' = -k*x\nend\n"
    for d in (design(8), ax.design.grid({"k": [0.5, 1.5]})):
        ds = ax.sweep(ax.load(text), d, t=T, summaries=["max(k)", "max(status)"])
        np.testing.assert_array_equal(ds["max_k"], d["k"])
        assert (ds["max_status"] == 2).all()
        kept = ax.sweep(ax.load(text), d, t=T, outputs=["k", "status", "status_"])
        assert (kept["k_"] == kept["k"]).all()
        assert (kept["status__"] == 2).all()
        assert (kept["status_"] == 7).all()
