"""The command line: what it prints where, its exit codes, and one line for whatever is wrong."""

from __future__ import annotations

import csv
import functools
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from axissim.cli import main
from axissim.study import store

DECAY = """model decay()
  unit hour = 3600 second
  unit time_unit = 3600 second
  unit uM = 1e-6 mole/litre
  unit per_h = 1/(3600 second)
  var x = 2 uM;         x is "Hormone"
  const k = 0.5 per_h;  k is "Loss"
  flux := k*x
  x' = -flux
end
"""
# x reaches infinity at t = 1/x(0)
BLOW_UP = "model blow()\n  var x = 1\n  const k = 1\n  x' = k*x^2\nend\n"

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def decay(tmp_path: Path) -> Path:
    """The file of a model with an exact solution: x = 2 exp(-k t)."""
    path = tmp_path / "decay.ant"
    path.write_text(DECAY)
    return path


# ---- list and show ------------------------------------------------------------------------------


def test_list_names_the_shipped_models(axissim: Call) -> None:
    code, out, err = axissim("list")
    assert (code, err) == (0, "")
    for name in ("dopamine_terminal", "menstrual_cycle", "thyroid_human"):
        assert name in out


def test_list_json_is_the_cards(axissim: Call) -> None:
    cards = {card["id"]: card for card in json.loads(axissim("list", "--json")[1])}
    assert cards["dopamine_terminal"]["span"] == [0, 48, 481]


def test_show_is_a_page_of_a_paper(axissim: Call) -> None:
    code, out, _ = axissim("show", "dopamine_terminal")
    assert code == 0
    for text in (
        "V_REL = fire * vda",
        "d eda/dt = V_REL - V_DAT - V_CATAB - V_REM",
        "eda      0.002023684  umol/L  Extracellular dopamine",
        "Known misfits",
        "doi:10.1186/1742-4682-6-21",
        "not medical advice",
    ):
        assert text in out
    (row,) = (line for line in out.splitlines() if line.startswith("  Kd "))
    assert row.split(maxsplit=3)[:3] == ["Kd", "0.2", "umol/L"]
    assert row.endswith("Best 2009")
    assert "\033" not in out  # not a terminal


def test_show_breaks_long_equations_before_an_operator(axissim: Call) -> None:
    lines = axissim("show", "dopamine_terminal")[1].splitlines()
    start = next(at for at, line in enumerate(lines) if " V_TH = " in line)
    assert lines[start + 1].lstrip()[0] in "+-*/"
    assert len(lines[start]) <= 100


def test_show_of_a_file(axissim: Call, decay: Path) -> None:
    out = axissim("show", decay)[1]
    assert "d x/dt = -flux" in out
    assert "k  0.5  1/h  Loss" in out


def test_show_json_holds_formulas_and_units(axissim: Call, decay: Path) -> None:
    told = json.loads(axissim("show", decay, "--json")[1])
    assert told["states"][0]["rate"] == "-flux"
    assert told["parameters"][0]["unit"] == "1/h"
    assert told["card"] is None


def test_show_latex_is_a_document(axissim: Call, decay: Path) -> None:
    out = axissim("show", decay, "--latex")[1]
    assert r"\frac{\mathrm{d}x}{\mathrm{d}t} &= -\mathrm{flux}" in out
    assert out.count(r"\begin{") == out.count(r"\end{")


def test_show_code_is_python(axissim: Call, decay: Path) -> None:
    out = axissim("show", decay, "--code")[1]
    compile(out, "equations", "exec")
    assert "v_flux = p_k * y_x" in out or "v_flux = q_k * y_x" in out


# ---- run ----------------------------------------------------------------------------------------


def test_run_prints_csv(axissim: Call, decay: Path) -> None:
    code, out, err = axissim("run", decay, "-t", "0:4:5", "-o", "x,flux", "--rtol", "1e-9")
    assert (code, err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert list(rows[0]) == ["time", "x", "flux"]
    exact = 2.0 * np.exp(-0.5 * np.arange(5.0))
    np.testing.assert_allclose([float(row["x"]) for row in rows], exact, rtol=1e-7)
    np.testing.assert_allclose([float(row["flux"]) for row in rows], 0.5 * exact, rtol=1e-7)


def test_run_takes_parameters_starts_and_times(axissim: Call, decay: Path) -> None:
    out = axissim(
        "run", decay, "-t", "1,2,4", "-p", "k=2", "--init", "x=3", "-o", "x", "--rtol", "1e-9"
    )[1]
    rows = list(csv.DictReader(io.StringIO(out)))
    exact = 3.0 * np.exp(-2.0 * np.array([0.0, 1.0, 3.0]))
    np.testing.assert_allclose([float(row["x"]) for row in rows], exact, rtol=1e-7)


def test_run_writes_files_and_prints_their_paths(
    axissim: Call, decay: Path, tmp_path: Path
) -> None:
    out, picture = tmp_path / "a" / "run.nc", tmp_path / "b" / "run.png"
    code, said, err = axissim("run", decay, "-t", "0:4:5", "--out", out, "--plot", picture)
    assert code == 0
    assert said.split() == [str(out), str(picture)]
    assert "steps" in err
    assert picture.read_bytes().startswith(b"\x89PNG")
    with store.open(out) as ds:
        assert set(ds.data_vars) >= {"x", "flux", "status"}
        assert ds["x"].attrs["units"] == "umol/L"


def test_run_json_is_one_summary(axissim: Call, decay: Path) -> None:
    code, out, err = axissim("run", decay, "-t", "0:4:5", "--json", "--rtol", "1e-9")
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert (told["model"], told["status"], told["files"]) == ("decay", "ok", [])
    assert told["end"]["x"] == pytest.approx(2.0 * np.exp(-2.0), rel=1e-7)


def test_quiet_says_nothing(axissim: Call, decay: Path, tmp_path: Path) -> None:
    assert axissim("run", decay, "-t", "0:1:2", "--out", tmp_path / "a.csv", "-q")[2] == ""


def test_the_card_says_when_and_what(axissim: Call) -> None:
    out = axissim("run", "dopamine_terminal")[1]
    lines = out.splitlines()
    assert lines[0] == "time,eda,vda,cda,hva"
    assert len(lines) == 1 + 481


def test_a_failed_run_exits_with_3(axissim: Call, tmp_path: Path) -> None:
    path = tmp_path / "blow.ant"
    path.write_text(BLOW_UP)
    code, out, err = axissim("run", path, "-t", "0:2:5")
    assert code == 3
    assert err.startswith("the run failed: ")
    assert "at t = 1" in err
    assert out.splitlines()[-1] == "2.0,"  # missing, and not a number


# ---- sweep --------------------------------------------------------------------------------------


def test_a_grid_has_a_dimension_a_quantity(axissim: Call, decay: Path, tmp_path: Path) -> None:
    path = tmp_path / "grid.nc"
    code, out, err = axissim(
        "sweep",
        decay,
        "-t",
        "0:2:3",
        "-p",
        "k=0.5:2:3:log",
        "-p",
        "x=1,4",
        "-o",
        "flux",
        "--out",
        path,
    )
    assert code == 0
    assert out == f"{path}\n"
    assert "6 runs in" in err
    assert "runs/s; compiled in" in err
    assert "0 failed" in err
    with store.open(path) as ds:
        assert ds["flux"].shape == (3, 2, 3)
        np.testing.assert_allclose(ds["flux"][:, 1, 0], [2, 4, 8], rtol=1e-12)
        np.testing.assert_allclose(ds["k"], [0.5, 1, 2])
        assert ds["k"].attrs["units"] == "1/h"


def test_draws_are_those_of_the_design(axissim: Call, decay: Path, tmp_path: Path) -> None:
    from axissim.study import design

    path = tmp_path / "draws.zarr"
    axissim(
        "sweep", decay, "-t", "0:2:3", "-p", "k~loguniform(0.1,2)", "-n", "20", "--seed", "5",
        "--sampler", "lhs", "-o", "x", "--rtol", "1e-9", "--out", path,
    )  # fmt: skip
    expected = design.latin_hypercube({"k": (0.1, 2)}, n=20, seed=5, scale="log")
    with store.open(path) as ds:
        np.testing.assert_array_equal(ds["k"], expected["k"])
        exact = 2.0 * np.exp(-np.outer(expected["k"], [0, 1, 2]))
        np.testing.assert_allclose(ds["x"], exact, rtol=1e-7)
        assert ds.attrs["seed"] == 5
        assert ds.attrs["distributions"] == "k ~ loguniform(0.1, 2)"
        assert "axissim" in ds.attrs["history"]


def test_draws_around_the_models_own_value(axissim: Call, decay: Path, tmp_path: Path) -> None:
    path = tmp_path / "draws.nc"
    err = axissim(
        "sweep", decay, "-t", "0:1:2", "-p", "k~k*lognormal(0,0.3)", "-n", "255", "--out", path
    )[2]
    assert "note:" not in err
    with store.open(path) as ds:
        assert float(ds["k"].median()) == pytest.approx(0.5, rel=0.02)


def test_a_lognormal_far_from_the_models_value_is_remarked_on(axissim: Call) -> None:
    err = axissim(
        "sweep", "dopamine_terminal", "-t", "0:1:2", "-o", "eda", "-n", "4", "--json",
        "-p", "Vd~lognormal(0,0.3)",
    )[2]  # fmt: skip
    assert "the model's own value is 8000; 'Vd~Vd*lognormal(0, 0.3)' draws around that" in err


def test_a_table_is_a_sweep(axissim: Call, decay: Path, tmp_path: Path) -> None:
    table, out = tmp_path / "runs.csv", tmp_path / "out.csv"
    table.write_text("k,x\n1,3\n2,5\n")
    axissim("sweep", decay, "-t", "0:1:2", "--table", table, "-o", "flux", "--out", out)
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    assert [(row["k"], row["x_0"]) for row in rows[::2]] == [("1.0", "3.0"), ("2.0", "5.0")]
    assert [float(row["flux"]) for row in rows[::2]] == [3, 10]


def test_a_sweep_of_which_some_runs_failed_exits_with_3(axissim: Call, tmp_path: Path) -> None:
    path = tmp_path / "blow.ant"
    path.write_text(BLOW_UP)
    picture = tmp_path / "blow.png"
    code, out, err = axissim(
        "sweep", path, "-t", "0:1:3", "-p", "k=0.25:4:4", "--json", "--plot", picture
    )
    told = json.loads(out)
    assert code == 3
    assert (told["runs"], told["done"], told["failed"]) == (4, 4, 3)
    assert told["seconds"] > 0
    assert told["runs_per_second"] == pytest.approx(4 / told["seconds"], rel=0.1)
    assert sum(told["status"].values()) == 4
    assert told["status"]["ok"] == 1
    assert "3 failed: 3 " in err
    assert picture.exists()


# ---- plot, doctor, warmup -----------------------------------------------------------------------


def test_plot_draws_a_file(axissim: Call, decay: Path, tmp_path: Path) -> None:
    path = tmp_path / "grid.zarr"
    axissim("sweep", decay, "-t", "0:2:9", "-p", "k=0.5:2:3", "--out", path)
    code, out, _ = axissim("plot", path, "-o", "x")
    assert code == 0
    assert out.strip() == str(tmp_path / "grid.png")
    assert axissim("plot", path, "--out", tmp_path / "fan.svg", "--kind", "fan")[0] == 0
    assert "<svg" in (tmp_path / "fan.svg").read_text()


def test_the_doctor_finds_a_sound_machine(axissim: Call) -> None:
    code, out, _ = axissim("doctor")
    assert code == 0
    assert "BROKEN" not in out
    assert "exponential decay to" in out
    assert "numba" in out


def test_the_doctor_finds_wrong_numbers(axissim: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    from axissim.cli import machine

    monkeypatch.setattr(machine, "_DECAY", machine._DECAY.replace("k = 0.5", "k = 0.5000001"))
    code, out, _ = axissim("doctor", "--json")
    told = json.loads(out)
    assert code == 1
    assert not told["ok"]
    assert [title for title, check in told["checks"].items() if not check["ok"]] == [
        "equations compile and are right"
    ]


def test_warmup_compiles_what_is_named(axissim: Call, decay: Path) -> None:
    code, out, _ = axissim("warmup", decay)
    assert code == 0
    assert out.startswith(str(decay))


def test_version(axissim: Call) -> None:
    assert axissim("--version")[:2] == (0, "axissim 0.1.0\n")


# ---- what is wrong ------------------------------------------------------------------------------

_D = "dopamine_terminal"
_KEPT = "--json"
WRONG_COMMANDS = [
    ("show dopamin_terminal", "did you mean 'dopamine_terminal'?"),
    ("list --jsn", "--jsn"),
    ("lst", "lst"),
    ("run", "MODEL"),
    (f"run {_D} -p Vdd=3", f"model '{_D}' has no 'Vdd'; did you mean 'Vd'?"),
    (f"run {_D} -o edda", f"model '{_D}' has no 'edda'; did you mean 'eda'?"),
    (f"run {_D} -p Vd", "-p 'Vd' cannot be read; write ID=8 (fixed)"),
    (f"run {_D} -p Vd=1 -p Vd=2", "-p gives 'Vd' twice"),
    (f"run {_D} -p Vd=nan", "'Vd' = nan is not a number"),
    (f"run {_D} -p Vd=1:2:3", "'Vd' several values; that is for axissim sweep"),
    (f"run {_D} -p eda=1", "'eda' is a state; write --init eda=1"),
    (f"run {_D} -p V_TH=1", "'V_TH' is computed by a rule and cannot be set"),
    (f"run {_D} --init Vd=1", "'Vd' is not a state"),
    (f"run {_D} --init eda", "--init 'eda' cannot be read; write --init ID=VALUE"),
    (f"run {_D} --rtol 0", "rtol = 0.0 is not between 0 and 1"),
    (f"run {_D} --rtol x", "'--rtol'"),
    (f"run {_D} --method rodas6", "unknown method 'rodas6'; choose from"),
    (f"run {_D} -t 24:0:10", "-t '24:0:10': the end, 0, does not come after 24"),
    (f"run {_D} -t 0:24", "write -t START:STOP:POINTS, as in 0:24:97"),
    (f"run {_D} -t 0:24:1", "a run needs two points or more"),
    (f"run {_D} -t 0:24:x", "'x' is not a count of points"),
    (f"run {_D} --out result.xls", "results are kept in .nc, .zarr, .csv files"),
    (f"run {_D} --plot result.gif", "pictures are .png, .pdf, .svg files"),
    ("run missing.ant -t 0:1:2", "missing.ant: no such file"),
    ("plot missing.nc", "missing.nc: no such file"),
    (f"sweep {_D} -p Vd=1:x:5 {_KEPT}", "-p 'Vd=1:x:5': 'x' is not a number"),
    (f"sweep {_D} -p Vd=1,x {_KEPT}", "-p 'Vd=1,x': 'x' is not a number"),
    (f"sweep {_D} -p Vd=0:1:5:log {_KEPT}", "even ratios needs both ends above 0"),
    (f"sweep {_D} -p Vd~gamma(1,2) {_KEPT}", "'gamma(1,2)' is not a distribution"),
    (f"sweep {_D} -p Vd~uniform(2,1) {_KEPT}", "the low end must lie below the high one"),
    (f"sweep {_D} -p Vdd~uniform(1,2) {_KEPT}", "has no 'Vdd'; did you mean 'Vd'?"),
    (f"sweep {_D} -p Vdd=1:2:3 {_KEPT}", "has no 'Vdd'; did you mean 'Vd'?"),
    (f"sweep {_D} -p Vd~uniform(1,2) -n -5 {_KEPT}", "n = -5 is not a count of runs"),
    (f"sweep {_D} -p Vd=1:2:3 -n 5 {_KEPT}", "-n is for draws"),
    (f"sweep {_D} -p Vd=1:2:3 -p fire~uniform(1,2) {_KEPT}", "not both a grid and draws"),
    (f"sweep {_D} -p Vd~uniform(1,2) --sampler x {_KEPT}", "unknown sampler 'x'"),
    (f"sweep {_D} -p Vd=1:2:3 --threads 0 {_KEPT}", "'--threads'"),
    (f"sweep {_D} -p Vd=1:2:3", "nothing would be kept"),
    (f"sweep {_D} {_KEPT}", "a sweep is a grid, draws, a table or virtual people"),
    (f"sweep {_D} -p Vd=1:2:99999 -p fire=1:2:99999 {_KEPT}", "keep fewer times or outputs"),
]


@pytest.mark.parametrize(("line", "said"), WRONG_COMMANDS, ids=[line for line, _ in WRONG_COMMANDS])
def test_a_wrong_command_line_gets_one_line(
    line: str, said: str, axissim: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = axissim(*line.split())
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert said in err
    assert not list(tmp_path.iterdir())  # nothing is written


SBML = '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">'
SPATIAL = SBML.replace(
    'version="1">',
    'version="1" xmlns:s="http://www.sbml.org/sbml/level3/version1/spatial/version1" '
    's:required="true">',
)
WRONG_FILES = [
    ("a.ant", "model m()\n  var x = 1\n  x' = -k*x +\nend\n", "a.ant:3: "),
    ("a.ant", "model m()\n  var x = 1\n  x' = -kk*x\n  k = 1\nend\n", "'kk'"),
    ("a.ant", "model m()\n  var x = 1\n  a := b\n  b := a\n  x' = a\nend\n", "a.ant:4: "),
    ("a.xml", f"{SPATIAL}<model id='m'/></sbml>", "needs the SBML package"),
    ("a.xml", "<html><body/></html>", "a.xml:1: the root element is <html>"),
    ("a.xml", "<?xml version='1.0'?>\n<!DOCTYPE s [<!ENTITY a 'b'>]>\n<s/>", "DOCTYPE"),
    ("a.xml", f"{SBML}<model id='m'>", "a.xml:"),
    ("a.ant", "\udcff", "not UTF-8"),
]


@pytest.mark.parametrize(("name", "text", "said"), WRONG_FILES)
def test_a_wrong_model_gets_one_line(
    name: str, text: str, said: str, axissim: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(text.encode("utf-8", "surrogateescape"))
    code, out, err = axissim("run", name, "-t", "0:1:2")
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert said in err


def test_an_sbml_event_happens(axissim: Call, tmp_path: Path) -> None:
    import antimony

    antimony.clearPreviousLoads()
    text = "model m()\n  var x = 1\n  x' = -x\n  pulse: at (time > 1): x = 2\nend\n"
    assert antimony.loadAntimonyString(text) != -1
    path = tmp_path / "a.xml"
    path.write_text(antimony.getSBMLString("m"))
    code, out, _ = axissim("run", path, "-t", "0:2:3", "--rtol", "1e-9")
    values = [float(row["x"]) for row in csv.DictReader(io.StringIO(out))]
    assert code == 0
    np.testing.assert_allclose(values, [1.0, np.exp(-1.0), 2.0 * np.exp(-1.0)], rtol=1e-7)


def test_a_file_without_a_card_needs_times(axissim: Call, decay: Path) -> None:
    code, _, err = axissim("run", decay)
    assert code == 2
    assert err == f"error: -t is needed, since '{decay}' has no card; as in -t 0:24:97\n"


@pytest.mark.parametrize("option", ["--out", "--plot"])
def test_a_file_that_exists_is_refused_before_any_work(
    option: str, axissim: Call, tmp_path: Path
) -> None:
    path = tmp_path / ("result.nc" if option == "--out" else "result.png")
    path.write_text("precious")
    code, _, err = axissim("run", "no such model", option, path)
    assert code == 2
    assert err == f"error: {path} exists; give another name, or --force (force=True)\n"
    assert path.read_text() == "precious"


def test_a_full_disk_is_an_error_in_one_line(
    axissim: Call, decay: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "result.nc")

    monkeypatch.setitem(store._WRITERS, ".nc", full)
    code, _, err = axissim("run", decay, "-t", "0:1:2", "--out", tmp_path / "result.nc")
    assert (code, err) == (1, "error: result.nc: No space left on device\n")


def test_a_fault_of_ours_is_one_line_too(
    axissim: Call, decay: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("axissim.study.sweep.simulate", faulty)
    code, _, err = axissim("run", decay, "-t", "0:1:2")
    assert (code, err) == (
        1,
        "error: ZeroDivisionError: division by zero (axissim --debug shows where)\n",
    )
    with pytest.raises(ZeroDivisionError):
        main(["--debug", "run", str(decay), "-t", "0:1:2"])


# ---- processes ----------------------------------------------------------------------------------


def test_help_is_light() -> None:
    code = (
        "import sys\nfrom axissim.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit as left: assert left.code == 0\n"
        "print([m for m in ('numpy', 'xarray', 'numba', 'matplotlib', 'scipy', 'rich') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "sweep" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_module_is_the_command(decay: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "axissim", "run", str(decay), "-t", "0:1:x"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: -t '0:1:x': 'x' is not a count of points\n"


def test_a_reader_who_has_had_enough_is_no_error() -> None:
    line = f"{sys.executable} -m axissim show menstrual_cycle | head -n 1"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("Menstrual cycle\n", "")


def test_an_interrupted_sweep_keeps_what_is_done(
    axissim: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C at the first look at how far a long sweep is."""
    from contextlib import nullcontext

    looks: list[int] = []

    def interrupt(taken: int) -> None:
        looks.append(taken)
        if len(looks) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr("axissim.cli.sweep.progress", lambda *_: nullcontext(interrupt))
    model, out = tmp_path / "swing.ant", tmp_path / "swing.nc"
    model.write_text(
        "model swing()\n  var x = 1, v = 0\n  const w = 1\n  x' = v\n  v' = -w*x\nend\n"
    )
    code, said, err = axissim(
        "sweep", model, "-t", "0:20000:2", "-p", "w~uniform(0.9,1.1)", "-n", "20000", "-o", "x",
        "--method", "tsit5", "--max-steps", "1000000", "--out", out,
    )  # fmt: skip
    assert code == 130
    assert said == f"{out}\n"
    assert "of 20,000 runs are done, kept in" in err
    with store.open(out) as ds:
        assert not json.loads(ds.attrs["config"])["complete"]
        done = ds["status"].values == 1
        assert 0 < done.sum() < 20_000
        assert np.isfinite(ds["x"].values[done]).all()
        assert np.isnan(ds["x"].values[~done]).all()


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT there")
def test_ctrl_c_leaves_with_130(tmp_path: Path) -> None:
    started = tmp_path / "started"
    code = (
        "import pathlib, sys, time\nimport axissim.model.library as library\n"
        f"def slow(_): pathlib.Path({str(started)!r}).touch(); time.sleep(60)\n"
        "library.load = slow\nfrom axissim.cli import main\nmain(['show', 'x'])"
    )
    heard = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # also in background
    process = subprocess.Popen(
        [sys.executable, "-c", code], stderr=subprocess.PIPE, text=True, preexec_fn=heard
    )
    deadline = time.monotonic() + 60
    while not started.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    try:
        _, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, err) == (130, "")


@pytest.mark.parametrize(
    ("setting", "bold"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_headings_are_bold_where_that_is_wanted(
    setting: dict[str, str], bold: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from axissim.cli import catalogue

    for key in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(key, raising=False)
    for key, value in setting.items():
        monkeypatch.setenv(key, value)
    monkeypatch.setattr(catalogue.sys.stdout, "isatty", lambda: True, raising=False)
    assert (catalogue.heading("States") != "States") is bold
    assert os.environ.get("NO_COLOR") == setting.get("NO_COLOR")
