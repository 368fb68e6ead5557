"""Designs: functions of ranges, count and seed alone, which fill their ranges."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from axissim.study import design
from axissim.study.sampling import SAMPLERS

RANGES = {"k": (1.0, 9.0), "Vd": (10.0, 1000.0)}


def test_a_grid_is_every_combination() -> None:
    ds = design.grid({"k": (0, 1, 3), "x": [5, 7]})
    assert dict(ds.sizes) == {"k": 3, "x": 2}
    assert ds["k"].values.tolist() == [0, 0.5, 1]
    assert ds["x"].values.tolist() == [5, 7]
    assert not ds.data_vars


def test_a_log_grid_has_even_ratios() -> None:
    ds = design.grid({"k": (1, 100, 3), "x": (0, 1, 2)}, scale={"k": "log"})
    np.testing.assert_allclose(ds["k"], [1, 10, 100])
    np.testing.assert_allclose(ds["x"], [0, 1])


@pytest.mark.parametrize("make", [design.sobol, design.latin_hypercube])
def test_points_fill_their_ranges(make: Callable[..., xr.Dataset]) -> None:
    ds = make(RANGES, n=64, seed=3, scale={"Vd": "log"})
    assert ds["k"].dims == ("sample",)
    assert ds["sample"].values.tolist() == list(range(64))
    eighths = np.floor((ds["k"].values - 1) / 8 * 8)
    assert np.bincount(eighths.astype(int)).tolist() == [8] * 8
    decades = np.floor(np.log10(ds["Vd"].values / 10) * 4)
    assert np.bincount(decades.astype(int)).tolist() == [8] * 8


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_seed_decides_everything(sampler: str) -> None:
    kinds = {"k": design.uniform(0, 1), "x": "lognormal(0, 0.3)"}
    first = design.sample(kinds, n=9, seed=4, sampler=sampler)
    xr.testing.assert_identical(first, design.sample(kinds, n=9, seed=4, sampler=sampler))
    other = design.sample(kinds, n=9, seed=5, sampler=sampler)
    assert not np.any(first["k"].values == other["k"].values)
    assert first.attrs["seed"] == 4
    assert first.attrs["distributions"] == "k ~ uniform(0, 1); x ~ lognormal(0, 0.3)"


def test_a_generator_is_a_seed_too() -> None:
    by_number = design.sobol(RANGES, n=8, seed=7)
    by_generator = design.sobol(RANGES, n=8, seed=np.random.default_rng(7))
    np.testing.assert_array_equal(by_number["k"], by_generator["k"])
    assert "seed" not in by_generator.attrs


@settings(max_examples=25, deadline=None)
@given(n=st.integers(1, 300), more=st.integers(0, 300))
def test_a_sobol_design_begins_every_longer_one(n: int, more: int) -> None:
    short, long = (design.sobol(RANGES, n=count, seed=1) for count in (n, n + more))
    assert short.sizes["sample"] == n
    np.testing.assert_array_equal(short["Vd"], long["Vd"][:n])


def test_draws_follow_their_distribution() -> None:
    ds = design.sample({"k": "8*lognormal(0, 0.3)"}, n=4000, seed=2)
    assert stats.kstest(ds["k"].values, stats.lognorm(0.3, scale=8).cdf).pvalue > 0.01


def test_a_sobol_sample_follows_its_distribution_more_closely() -> None:
    ds = design.sample({"k": "normal(5, 2)", "x": "uniform(0, 1)"}, n=1024, sampler="sobol")
    assert stats.kstest(ds["k"].values, stats.norm(5, 2).cdf).statistic < 3 / 1024


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: design.grid({}), "at least one quantity"),
        (lambda: design.grid({"k": []}), "'k': an axis is a list of finite numbers"),
        (lambda: design.grid({"k": [1, np.nan]}), "'k': an axis is a list of finite numbers"),
        (lambda: design.grid({"k": [1, 1]}), "'k': the axis holds a value twice"),
        (lambda: design.grid({"k": (1, 1, 5)}), "'k': 1 to 1 in 5 points is not an axis"),
        (lambda: design.grid({"k": (0, 1, 5)}, scale="log"), "'k': a log axis needs bounds above"),
        (lambda: design.grid({"k": (1, 2, 5)}, scale="lgo"), "scale 'lgo' is not linear or log"),
        (lambda: design.grid({"k": (1, 2, 5)}, scale={"q": "log"}), "'q', which is not in"),
        (lambda: design.sobol({}, n=4), "at least one quantity"),
        (lambda: design.sobol({"k": (2, 1)}, n=4), "'k': uniform(2, 1): the low end"),
        (lambda: design.sobol({"k": (0, 1)}, n=4, scale="log"), "'k': loguniform(0, 1): both"),
        (lambda: design.sobol({"k": 5}, n=4), "'k': "),  # type: ignore[dict-item]
        (lambda: design.sobol(RANGES, n=0), "n = 0 is not a count of runs"),
        (lambda: design.latin_hypercube(RANGES, n=-3), "n = -3 is not a count of runs"),
        (lambda: design.sobol(RANGES, n=2.5), "n = 2.5 is not a count"),  # type: ignore[arg-type]
        (lambda: design.sample({"k": "normal(0, 1)"}, n=3, sampler="x"), "unknown sampler 'x'"),
    ],
)
def test_what_is_wrong_is_said(call: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        call()


def test_a_table_is_a_row_a_run(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    path.write_text("\ufeffk, Vd\n1, 2e3\n\n3,4\n", "utf-8")
    ds = design.table(path)
    assert ds["k"].values.tolist() == [1, 3]
    assert ds["Vd"].values.tolist() == [2000, 4]
    assert ds["sample"].values.tolist() == [0, 1]


def test_a_table_may_number_its_runs(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    path.write_text("sample,k\n7,1\n9,3\n")
    ds = design.table(path)
    assert ds["sample"].values.tolist() == [7, 9]
    assert list(ds.data_vars) == ["k"]


def test_a_frame_is_a_table() -> None:
    frame = design.sobol(RANGES, n=4).to_dataframe()
    np.testing.assert_array_equal(design.table(frame)["k"], frame["k"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "runs.csv:1: the table is empty"),
        ("k,Vd\n", "runs.csv: the table holds no runs"),
        ("k,Vd\n1,2\n3,x\n", "runs.csv:3: column 'Vd': 'x' is not a number"),
        ("k,Vd\n1,2\n\n\n3,\n", "runs.csv:5: column 'Vd': '' is not a number"),
        ("k,Vd\n1\n", "runs.csv:2: 1 values for 2 columns"),
        ("k,k\n1,2\n", "runs.csv:1: each column needs an id of its own"),
        ("k,\n1,2\n", "runs.csv:1: each column needs an id of its own"),
        ("k\ninf\n", "runs.csv:2: column 'k': 'inf' is not finite"),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=re.escape(said)):
        design.table(path)


def test_a_table_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    path.write_bytes(b"k\n\xff\xfe\n")
    with pytest.raises(ValueError, match="not a CSV table"):
        design.table(path)
