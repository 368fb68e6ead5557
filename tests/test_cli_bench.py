"""``axissim bench``: a table, JSON, files that are read again, a picture, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from axissim.plot import picture
from axissim.study import store

Call = Callable[..., tuple[int, str, str]]
ASKED = ("-t", "0:2:21", "--seconds", "1", "--methods", "rodas5p,tsit5,scipy:LSODA")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "decay.ant"
    path.write_text("model decay()\n  x = 2; k = 1.5\n  x' = -k*x\nend\n")
    return path


def test_a_table_and_a_sentence(axissim: Call, model: Path) -> None:
    code, out, err = axissim("bench", model, *ASKED)
    lines = out.splitlines()
    assert code == 0
    assert lines[0].split()[:5] == ["error", "of", "the", "worst", "run"]
    assert [line.split()[0] for line in lines[1:3]] == ["rodas5p", "tsit5"]
    assert lines[3].startswith("  SciPy LSODA")
    assert lines[4].startswith("processor time of a run   rtol 1e-3  rtol 1e-4")
    assert len(lines[1].split()) == 8
    assert lines[-1].startswith("for an error of 1e-4 take ")
    assert lines[-1].endswith("SciPy's one by one from Python)")
    assert "reference: " in err
    assert "32 runs" in err
    assert "--method auto takes " in err


def test_json(axissim: Call, model: Path) -> None:
    code, out, err = axissim(
        "bench", model, *ASKED, "-p", "k~loguniform(0.5,2)", "-n", "8", "--error", "1e-6", "-q",
        "--json",
    )  # fmt: skip
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert (told["model"], told["runs"], told["unknown"], told["error"]) == ("decay", 8, 0, 1e-6)
    own = [point for point in told["points"] if point["solver"] == "tsit5"]
    assert [point["rtol"] for point in own] == [1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9]
    assert all(point["by"] == "axissim" and point["failed"] == 0 for point in own)
    best = next(point for point in told["points"] if told["best"].items() <= point.items())
    assert best["error"] <= 1e-6
    within = [p for p in told["points"] if p["error"] <= 1e-6 and not p["failed"]]
    assert best["cpu"] == min(point["cpu"] for point in within)
    assert not {"rodas5p", "tsit5"} & told["left_out"].keys()
    assert told["scipy_by"] == "solve_ivp"


def test_files_and_a_picture(axissim: Call, model: Path, tmp_path: Path) -> None:
    out, plot, again = (tmp_path / name for name in ("work.nc", "work.png", "again.svg"))
    asked = ("bench", model, *ASKED, "-n", "1", "--out", out, "-q")
    code, said, _ = axissim(*asked, "--plot", plot)
    assert code == 0
    assert said.splitlines()[-2:] == [str(out), str(plot)]
    assert plot.read_bytes().startswith(b"\x89PNG")
    kept = store.open(out)
    assert kept.attrs["design_runs"] == 1  # the model as it is
    assert kept["solver"].values.tolist() == ["rodas5p", "tsit5", "LSODA"]
    assert axissim("plot", out, "--out", again)[0] == 0
    assert "Processor time of a run" in again.read_text()
    assert axissim(*asked)[0] == 2  # the file is there
    labels = [line.get_label() for line in picture(kept, ids=["tsit5"]).axes[0].lines]
    assert "tsit5" in labels
    assert "SciPy LSODA" not in labels
    with pytest.raises(ValueError, match="'rk4' is no method of the result; it holds rodas5p"):
        picture(kept, ids=["rk4"])


def test_what_fails_is_told(axissim: Call, tmp_path: Path) -> None:
    stiff = tmp_path / "stiff.ant"
    stiff.write_text("model stiff()\n  x = 1; k = 1e6\n  x' = -k*(x - cos(time))\nend\n")
    code, out, _ = axissim(
        "bench", stiff, "-t", "0:10:5", "-n", "1", "--methods", "tsit5,rodas5p", "--seconds", "1",
        "--max-steps", "20000",
    )  # fmt: skip
    assert code == 0
    assert "1/1 fail" in out
    assert "left out: tsit5: no run ends in 20,000 steps" in out
    assert "take rodas5p at" in out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--methods", "rk4"), "unknown method 'rk4'; choose from rodas4"),
        (("--error", "2"), "error = 2 is not between 0 and 1"),
        (("-p", "q~uniform(0,1)"), "'q'"),
        (("--plot", "a.gif"), "pictures are .png, .pdf, .svg files"),
        (("-o", "k"), "none of the outputs moves"),
    ],
)
def test_what_is_refused(axissim: Call, model: Path, given: tuple[str, ...], said: str) -> None:
    code, out, err = axissim("bench", model, "-t", "0:2:21", *given)
    assert (code, out) == (2, "")
    assert said in err
