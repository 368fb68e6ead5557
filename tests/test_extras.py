"""Without the packages of an extra, what needs them says in one line which extra to install."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SWEEP = ("sweep", "gnrh_smith", "-t", "0:24:25", "-o", "T", "-p", "g1=5,10", "--out")
RANGES = (
    "sensitivity",
    "gnrh_smith",
    "-p",
    "k=1:2",
    "-p",
    "h=1:2",
    "--summary",
    "max(T)",
    "-n",
    "4",
)


@pytest.mark.parametrize(
    ("extra", "package", "words"),
    [
        ("cluster", "distributed", (*SWEEP, "a.zarr", "--cluster", "local:1")),
        ("fit", "petab", ("fit", str(ROOT / "examples/petab/hydrocortisone.yaml"))),
        ("fit", "emcee", ("fit", "--model", "gnrh_smith", "--data", "x.csv", "--sample", "10")),
        ("gsa", "SALib", RANGES),
        ("s3", "fsspec", (*SWEEP, "s3://bucket/a.zarr")),
        ("s3", "s3fs", ("verify", "s3://bucket/a.zarr")),
    ],
)
def test_a_missing_extra_is_named(axissim, monkeypatch, tmp_path, extra, package, words) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    code, out, err = axissim(*words)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert f"pip install 'axissim[{extra}]'" in err
