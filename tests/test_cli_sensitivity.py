"""``axissim sensitivity --local``: a table, JSON, files that are read again, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from axissim.study import store

Call = Callable[..., tuple[int, str, str]]
POWER = """model tower()
  a = 2; b = 5; tau = 1; x = 0
  x' = a^3*b; y := 2*x; z := delay(x, tau)
end
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "power.ant"
    path.write_text(POWER)
    return path


def test_a_table(axissim: Call, model: Path) -> None:
    """x = a^3 b t: 3 % for 1 % of a, 1 % for 1 % of b."""
    code, out, err = axissim("sensitivity", model, "--local", "-t", "0:2:5", "-p", "b,a", "-o", "x")
    assert code == 0
    assert out.splitlines() == [
        "% of change for 1 % of a parameter",
        "parameter    x: mean     x: end",
        "a            +3.0000    +3.0000",
        "b            +1.0000    +1.0000",
    ]
    assert "2 parameters in" in err


def test_json_and_values_set(axissim: Call, model: Path) -> None:
    code, out, err = axissim(
        "sensitivity", model, "--local", "-t", "0:2:5", "-p", "a,x", "-p", "b=1", "--init", "x=8",
        "-o", "x,y", "--json", "-q",
    )  # fmt: skip
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert told["parameters"] == ["a", "x"]
    assert told["outputs"]["x"]["at_end"] == pytest.approx([2.0, 1.0 / 3.0], abs=1e-4)
    assert told["outputs"]["y"]["at_end"] == pytest.approx([2.0, 1.0 / 3.0], abs=1e-4)
    assert told["failed"] == []


def test_differences_are_told(axissim: Call, model: Path) -> None:
    asked = ("sensitivity", model, "--local", "-t", "0:2:5", "-p", "tau,a", "-o", "z")
    code, out, err = axissim(*asked)
    assert code == 0
    assert "parameter    z: mean     z: end" in out
    assert "note: 'tau' by differences: the lag of a delayed value moves with it" in err
    code, out, err = axissim(*asked, "--by", "forward")
    assert (code, out) == (2, "")
    assert "do not give derivatives in 'tau'" in err


def test_files_and_pictures(axissim: Call, model: Path, tmp_path: Path) -> None:
    asked = ("sensitivity", model, "--local", "-t", "0:2:5", "-p", "a,b", "-o", "x,y", "-q")
    for ending in ("nc", "zarr"):
        out, plot = tmp_path / f"s.{ending}", tmp_path / f"{ending}.png"
        code, said, _ = axissim(*asked, "--out", out, "--plot", plot)
        assert code == 0
        assert said.splitlines()[-2:] == [str(out), str(plot)]
        assert plot.read_bytes().startswith(b"\x89PNG")
        kept = store.open(out)
        assert np.allclose(kept["d_x"].values[:, -1], [3 * 4 * 5 * 2, 8 * 2], atol=1e-3)
        assert kept["parameter"].values.tolist() == ["a", "b"]
        again = tmp_path / f"{ending}.svg"
        assert axissim("plot", out, "--out", again)[0] == 0
        assert "relative sensitivity" in again.read_text()
        assert axissim(*asked, "--out", out)[0] == 2
    table = tmp_path / "s.csv"
    assert axissim(*asked, "--relative", "--out", table)[0] == 0
    rows = table.read_text().splitlines()
    assert rows[0].startswith("parameter,time,")
    assert rows[1].startswith("a,0.0,")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("-p", "a,c"), "has no 'c'"),
        (("-p", "a=1:2:3"), "-p gives 'a' several values; --local is about one run"),
        (("-p", "y"), "'y' is computed by a rule; differentiate in what it reads"),
        (("--by", "adjoint"), "unknown method 'adjoint'"),
        (("--method", "rodas5p"), "--summary and --method are for ranges"),
        (("--plot", "a.gif"), "pictures are"),
        (("--rtol", "2"), "rtol = 2.0 is not between 0 and 1"),
    ],
)
def test_refused(axissim: Call, model: Path, more: tuple[str, ...], said: str) -> None:
    code, out, err = axissim("sensitivity", model, "--local", "-t", "0:2:5", *more)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_run_that_fails(axissim: Call, tmp_path: Path) -> None:
    """x' = k x^2 ends at t = 1."""
    path = tmp_path / "burst.ant"
    path.write_text("model burst()\n k = 1; x = 1\n x' = k*x^2\nend\n")
    code, _, err = axissim(
        "sensitivity", path, "--local", "-t", "0:2:5", "-p", "k", "--max-steps", "2000"
    )
    assert code == 3
    assert "1 failed: k" in err
