"""``axissim cite``, ``show`` as a page, and virtual people on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xarray as xr

Call = Callable[..., tuple[int, str, str]]


def test_cite_prints_bibtex(axissim: Call) -> None:
    code, out, err = axissim("cite", "dopamine_terminal")
    assert (code, err) == (0, "")
    assert out.startswith("@article{Best2009,\n  author = {Best, J. A. and Nijhout, H. F.")
    assert "doi = {10.1186/1742-4682-6-21}" in out


def test_cite_without_a_model_is_axissim(axissim: Call) -> None:
    code, out, _ = axissim("cite")
    assert code == 0
    assert out.startswith("@misc{")
    assert "axissim 0.1.0" in out


def test_cite_of_nothing_shipped(axissim: Call) -> None:
    code, out, err = axissim("cite", "dopamine_terminl")
    assert (code, out) == (2, "")
    assert "did you mean 'dopamine_terminal'?" in err
    assert err.count("\n") == 1


def test_show_begins_with_what_a_model_is_for(axissim: Call) -> None:
    code, out, _ = axissim("show", "thyroid_human")
    assert code == 0
    titles = [line for line in out.splitlines() if line and not line.startswith(" ")]
    assert titles[:4] == ["Human thyroid axis", "What it is for", "What it is not for", "Equations"]
    assert titles[-3:] == [
        "Known misfits",
        "Sources",
        "For research and teaching; not medical advice.",
    ]
    assert "people 3.84 +- 3.66" in " ".join(out.split())


def test_virtual_people(axissim: Call, tmp_path: Path) -> None:
    path = tmp_path / "people.nc"
    code, out, _ = axissim(
        "sweep", "thyroid_person", "--people", "sex=female", "--people", "residual=uniform(0.1, 1)",
        "-n", 8, "--seed", 3, "-t", "0:24:3", "-o", "TSH", "--out", path,
    )  # fmt: skip
    assert (code, out) == (0, f"{path}\n")
    with xr.open_dataset(path) as ds:
        assert ds.sizes == {"time": 3, "sample": 8}
        assert set(ds["sex"].values) == {0.0}
        assert 0.1 <= float(ds["d1"].min()) < float(ds["d1"].max()) <= 1.0
        assert len(set(ds["age"].values)) == 8


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--people", "hight=1.7"], "unknown covariate 'hight'; did you mean 'height'?"),
        (["--people", "height"], "--people 'height' cannot be read; write all, sex=female"),
        (["--people", "all", "-p", "S4=1:2:3"], "not both a grid and virtual people"),
        (["--people", "sex=woman"], "sex is 'female', 'male' or the share of men"),
    ],
)
def test_people_that_cannot_be(axissim: Call, arguments: list[str], said: str) -> None:
    code, out, err = axissim("sweep", "thyroid_person", "-t", "0:1:2", "--json", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_people_for_a_model_of_which_nothing_is_known(axissim: Call) -> None:
    code, _, err = axissim("sweep", "gnrh_smith", "-t", "0:1:2", "--json", "--people", "all")
    assert code == 2
    assert "no covariates and no published variability" in err
