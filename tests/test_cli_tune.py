"""``axissim tune``: a case by options and by a file, its table, its files, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from axissim.cli.tuning_file import read_case

Call = Callable[..., tuple[int, str, str]]
EXAMPLES = Path(__file__).parents[1] / "examples"
DECAY = "model decay()\n  var x = 0; const u = 1; const k = 0.5\n  x' = u - k*x\nend\n"
FILE = """
model = "decay.ant"
time = [0, 60, 1201]
n = 64
rounds = 12

[levers]
mg = {low = 0.1, high = 4.0}
gap = [1, 2, 3, 4]

[params]
u = 0

[[dose]]
target = "x"
amount = "mg"
at = 0
every = "gap"
count = 100

[[target]]
of = "mean(x)"
low = 0.95
high = 1.05
start = 40

[[cost]]
of = "max(x)"
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "decay.ant"
    path.write_text(DECAY)
    return path


@pytest.fixture
def command(model: Path) -> list[Any]:
    return [
        "tune", model, "--lever", "u=0.1:2", "--target", "mean(x) in 0.9..1.1 over 40..50",
        "--cost", "u", "-t", "0:50:51", "-n", 16, "--rounds", 8,
    ]  # fmt: skip


def test_the_table_says_what_was_found_and_that_it_is_a_hypothesis(
    axissim: Call, command: list[Any]
) -> None:
    code, out, err = axissim(*command)
    assert code == 0
    assert "Front:" in out
    assert "in one person" in out
    best = next(line for line in out.splitlines() if line.startswith("*"))
    assert float(best.split()[1]) == pytest.approx(0.45, rel=0.01)
    assert "What it finds is a hypothesis for study; not medical advice." in out
    assert "runs/s" in err


def test_json_and_files_and_the_picture_of_a_file(
    axissim: Call, command: list[Any], tmp_path: Path
) -> None:
    kept, drawn = tmp_path / "a.nc", tmp_path / "a.png"
    code, out, _ = axissim(*command, "--json", "--out", kept, "--plot", drawn)
    told = json.loads(out)
    assert code == 0
    assert told["best"]["levers"]["u"] == pytest.approx(0.45, rel=0.01)
    assert told["best"]["share"] == 1.0
    assert told["elasticity"]["u"]["mean_x"] == pytest.approx(1.0, abs=0.01)
    assert told["disclaimer"].startswith("What it finds is a hypothesis")
    assert told["files"] == [str(kept), str(drawn)]
    again = tmp_path / "b.png"
    assert axissim("plot", kept, "--out", again)[0] == 0
    assert again.read_bytes() == drawn.read_bytes()
    code, _, err = axissim(*command, "--out", kept)
    assert (code, "exists" in err) == (2, True)


def test_a_store_keeps_it_too(axissim: Call, command: list[Any], tmp_path: Path) -> None:
    assert axissim(*command, "-q", "--out", tmp_path / "a.zarr")[0] == 0
    assert axissim("plot", tmp_path / "a.zarr", "--out", tmp_path / "a.png")[0] == 0


def test_a_file_states_a_whole_case(axissim: Call, model: Path) -> None:
    path = model.with_name("case.toml")
    path.write_text(FILE)
    told = json.loads(axissim("tune", path, "--json")[1])
    mg, gap = (told["best"]["levers"][key] for key in ("mg", "gap"))
    assert mg / (0.5 * gap) == pytest.approx(1.0, abs=0.1)
    assert gap == 1.0  # the shorter the gap, the lower the peak
    more = json.loads(axissim("tune", path, "--json", "--lever", "gap=2,4", "-n", 8)[1])
    assert more["best"]["levers"]["gap"] == 2.0  # what an option says goes before


def test_runs_that_fail_end_with_3(axissim: Call, tmp_path: Path) -> None:
    path = tmp_path / "risk.ant"
    path.write_text("model risk()\n  var x = 1; const k = 1\n  x' = k*x^2\nend\n")
    code, out, err = axissim(
        "tune", path, "--lever", "k=0.1:1", "--target", "max(x) > 1.1", "--cost", "k",
        "-t", "0:2:21", "-n", 8, "--rounds", 0,
    )  # fmt: skip
    assert code == 3
    assert "runs failed; none counts as a success" in err
    assert "hypothesis" in out


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("[params]", "[parms]", ":11: the file has no 'parms'; did you mean 'params'?"),
        ("low = 0.95", "lwo = 0.95", ":21: a target has no 'lwo'; did you mean 'low'?"),
        ('every = "gap"', 'evry = "gap"', ":18: [[dose]] has no 'evry'; did you mean 'every'?"),
        ("at = 0", "", ":14: [[dose]] lacks 'at'; give it"),
        ('of = "max(x)"', "weight = 2", ":27: a cost has no 'weight'"),
        ("high = 4.0}", "hihg = 4.0}", ":8: lever 'mg' has no 'hihg'; did you mean 'high'?"),
        ("u = 0", 'u = "none"', ":12: u = 'none' is not a number"),
        ("gap = [1, 2, 3, 4]", "gap = {values = 3}", ":9: lever 'gap': its values are a list"),
        ("high = 4.0}", "high = 4.0, points = 2.5}", ":8: lever 'mg': points = 2.5 is not a count"),
        ("n = 64", 'n = "many"', ":4: n is a whole number"),
        ("time = [0, 60, 1201]", "time = 60", ":3: time is [start, stop, points]"),
        ('model = "decay.ant"', "", "the file lacks 'model'; give it"),
        ("[[dose]]", "[dose]", ":14: write [[dose]], in double brackets"),
        ("n = 64", "n = = 64", "case.toml:4: Invalid value"),
    ],
)
def test_a_file_that_is_wrong(
    axissim: Call, model: Path, before: str, after: str, said: str
) -> None:
    assert before in FILE
    path = model.with_name("case.toml")
    path.write_text(FILE.replace(before, after))
    code, out, err = axissim("tune", path)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        (["--lever", "w=1:2"], "lever 'w' moves nothing"),
        (["--lever", "v"], "--lever 'v' cannot be read; write --lever NAME=..."),
        (["--target", "mean(x) around 1"], "cannot be read"),
        (["--people", "all"], "decay"),
        (["--persons", "10"], "give --people all"),
        (["--plot", "a.gif"], "pictures are"),
        (["--out", "a.csv"], "a tuning is kept in .nc or .zarr files"),
    ],
)
def test_options_that_are_wrong(
    axissim: Call, command: list[Any], extra: list[str], said: str
) -> None:
    code, _, err = axissim(*command, *extra)
    assert code == 2
    assert said in err
    assert "Traceback" not in err


def test_the_example_of_the_coupled_axis_is_a_case_that_runs() -> None:
    """A handful of people and candidates; docs/guides/tuning.md has the whole of it."""
    from axissim.analysis.tuning import tune

    keys = ("persons", "n", "rounds", "screen", "finalists", "tolerate", "seed", "method", "rtol")
    small = dict.fromkeys((*keys, "max_steps")) | {
        "persons": 6, "n": 3, "rounds": 0, "screen": 2, "finalists": 1,
    }  # fmt: skip
    asked: dict[str, Any] = {"levers": {}, "derived": {}, "params": {}, "init": {}}
    asked |= {"targets": (), "costs": (), "protocol": []}
    case = read_case(
        str(EXAMPLES / "tuning" / "axis.toml"),
        times=(0, 1008, 85),
        people=None,
        settings=small,
        **asked,
    )
    ds = tune(case.model, **case.arguments)
    assert ds.attrs["runs"] == case.runs == 2 * (4 + 9) + 6
    assert ds.attrs["failed_runs"] == 0
    assert float(ds["elasticity"].sel(lever="ug", read_out="mean_TSH")) < 0.0
    assert float(ds["elasticity"].sel(lever="dopamine__iron_DAT", read_out="mean_tone")) < 0.0
