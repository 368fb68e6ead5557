"""``axissim fit``: a table, a PEtab problem, what is kept and drawn, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from axissim.study import store

Call = Callable[..., tuple[int, str, str]]
DECAY = "model decay()\n  var x = 3; const k = 0.5\n  x' = -k*x\nend\n"
PETAB = Path(__file__).parent / "analysis" / "data" / "two_step" / "two_step.yaml"


@pytest.fixture
def command(tmp_path: Path) -> list[Any]:
    """A decay of 0.7 from 3, measured with 0.01 of noise that nobody told."""
    (tmp_path / "decay.ant").write_text(DECAY)
    times = np.arange(0.0, 5.0, 0.5)
    noise = 0.01 * np.random.default_rng(2).normal(size=len(times))
    rows = [f"{t},{3.0 * np.exp(-0.7 * t) + n:.8f}" for t, n in zip(times, noise, strict=True)]
    (tmp_path / "x.csv").write_text("time,x\n" + "\n".join(rows) + "\n")
    return [
        "fit", "--model", tmp_path / "decay.ant", "--data", tmp_path / "x.csv",
        "-p", "k=0.01:10", "-p", "x=0.1:100", "-n", 4, "--seed", 1,
    ]  # fmt: skip


def test_a_table_is_fitted_profiled_sampled_kept_and_drawn(
    axissim: Call, command: list[Any], tmp_path: Path
) -> None:
    out, plot = tmp_path / "fit.nc", tmp_path / "fit.png"
    extra = ("--profiles", "--sample", 20, "--out", out, "--plot", plot, "--json")
    code, said, _ = axissim(*command, *extra)
    told = json.loads(said)
    assert code == 0
    assert told["best"]["k"] == pytest.approx(0.7, abs=0.02)
    assert told["best"]["sd_x"] == pytest.approx(0.01, rel=0.6)
    assert told["within_0.01"] == told["starts"] == 4
    assert told["identifiable"] == dict.fromkeys(("k", "x", "sd_x"), "identifiable")
    assert told["sample_too_short"]
    low, middle, high = told["credible"]["k"]
    assert low < middle < high
    low, high = told["confidence"]["k"]
    assert low < told["best"]["k"] < high
    assert told["files"] == [str(out), str(plot), str(tmp_path / "fit_profiles.png")]
    with store.open(out) as ds:
        assert list(ds["parameter"].values) == ["k", "x", "sd_x"]
        assert ds["posterior"].sizes == {"chain": 16, "draw": 20, "parameter": 3}
    for kind in ("auto", "waterfall", "profiles"):
        picture = tmp_path / f"{kind}.png"
        assert axissim("plot", out, "--kind", kind, "--out", picture)[0] == 0
        assert picture.read_bytes().startswith(b"\x89PNG")


def test_profiles_that_are_there_are_not_replaced(
    axissim: Call, command: list[Any], tmp_path: Path
) -> None:
    (tmp_path / "fit_profiles.png").touch()
    code, out, err = axissim(*command, "--profiles", "--plot", tmp_path / "fit.png")
    assert (code, out) == (2, "")
    assert "fit_profiles.png" in err


def test_a_fit_that_is_not_the_best_is_told(axissim: Call, command: list[Any]) -> None:
    code, said, _ = axissim(*command, "--iterations", 1, "--profiles")
    assert code == 0
    assert "below this objective; take more starts" in said


def test_what_people_read(axissim: Call, command: list[Any]) -> None:
    code, said, _ = axissim(*command, "--noise", "x=0.01")
    lines = said.splitlines()
    assert code == 0
    assert lines[0].startswith("objective ")
    assert lines[1] == "4 of 4 starts within 0.01 of it; 4 converged"
    assert [line.split()[0] for line in lines[2:4]] == ["k", "x"]
    assert "95 %" in lines[2]


def test_a_petab_problem(axissim: Call) -> None:
    code, said, _ = axissim("fit", PETAB, "--starts", 2, "--json")
    told = json.loads(said)
    assert code == 0
    assert told["objective"] < told["nominal_objective"]
    assert told["problem"] == "two_step"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give a PEtab problem, or --model MODEL --data TABLE.csv"),
        (["none.yaml"], "none.yaml: no such file"),
        ([PETAB, "-p", "k=1:2"], "a PEtab problem says all itself"),
        ([PETAB, "--out", "fit.csv"], "a fit is kept in a .nc or .zarr file"),
        (["--model", "dopamine_terminal", "--data", "none.csv"], "none.csv: no such file"),
    ],
)
def test_what_is_refused(axissim: Call, arguments: list[Any], said: str) -> None:
    code, out, err = axissim("fit", *arguments)
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("k=1:2:3:4", "write k=LOW:HIGH"),
        ("k=a:2", "'a' is not a number"),
        ("k", "cannot be read"),
        ("k=0:2:log10", "needs bounds above 0"),
        ("kk=1:2", "'kk': nothing reads it; did you mean 'k'?"),
    ],
)
def test_settings_that_are_wrong(
    axissim: Call, command: list[Any], setting: str, said: str
) -> None:
    rest = [*command[:5], "-p", setting, *command[9:]]
    code, out, err = axissim(*rest)
    assert (code, out) == (2, "")
    assert said in err
