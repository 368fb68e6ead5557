"""Doses on the command line: ``--dose`` and ``--protocol`` of run and sweep."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from axissim.cli.grammar import Dosing, dosings
from axissim.study import store

DECAY = """model decay()
  var x = 0
  const k = 0.5
  x' = -k*x
end
"""
K = 0.5
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def decay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("decay.ant").write_text(DECAY)
    return "decay.ant"


def column(out: str, key: str) -> list[float]:
    return [float(row[key]) for row in csv.DictReader(io.StringIO(out))]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("q10=0.515@24", Dosing("q10", 0.515, 24.0, None, 1, None)),
        ("q10 = 1e-3 @ 0:24:7", Dosing("q10", 1e-3, 0.0, 24.0, 7, None)),
        ("q=0.5@24/2", Dosing("q", 0.5, 24.0, None, 1, 2.0)),
        ("q=pill@0:12:3/0.5", Dosing("q", "pill", 0.0, 12.0, 3, 0.5)),
        ("q=mg@begin:gap:9/long", Dosing("q", "mg", "begin", "gap", 9, "long")),
        ("q=-1@2", Dosing("q", -1.0, 2.0, None, 1, None)),
    ],
)
def test_the_grammar(text: str, meant: Dosing) -> None:
    assert dosings([text]) == [meant]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("q", "cannot be read; write ID=AMOUNT@TIME"),
        ("q=1", "cannot be read; write ID=AMOUNT@TIME"),
        ("q=1@0:24", "repeats are TIME:EVERY:COUNT, as in 0:24:7"),
        ("q=1@0:24:x", "'x' is not a count of doses"),
        ("q=1@12:00pm:3", "'00pm' is not a number"),
        ("q=1x@2", "'1x' is not a number"),
        ("q=1@0/2/3", "cannot be read"),
    ],
)
def test_the_grammar_refuses(text: str, said: str) -> None:
    with pytest.raises(ValueError, match="--dose") as wrong:
        dosings([text])
    assert said in str(wrong.value)


def test_run_with_doses(axissim: Call, decay: str) -> None:
    code, out, err = axissim(
        "run", decay, "-t", "0,4,8", "--dose", "x=1@2", "--dose", "x=1@0:4:3", "--rtol", "1e-10"
    )
    assert (code, err) == (0, "")
    f = np.exp(-K * 2)
    exact = [1, f**2 + f + 1, f**4 + f**3 + f**2 + 1]
    np.testing.assert_allclose(column(out, "x"), exact, rtol=1e-8)
    assert out.splitlines()[0] == "time,x"


def test_run_with_an_infusion(axissim: Call, decay: str) -> None:
    out = axissim("run", decay, "-t", "0,1,3", "--dose", "x=4@1/2", "--rtol", "1e-10")[1]
    np.testing.assert_allclose(column(out, "x"), [0, 0, 2 / K * (1 - np.exp(-1))], atol=1e-8)


def test_sweep_over_a_dose(axissim: Call, decay: str) -> None:
    code, _, _ = axissim(
        "sweep", decay, "-t", "0,4", "--dose", "x=pill@0", "-p", "pill=1,2,5", "--out", "a.nc"
    )
    assert code == 0
    with store.open(Path("a.nc")) as ds:
        assert ds["x"].dims == ("pill", "time")
        np.testing.assert_allclose(ds["x"][:, 1] / ds["pill"], np.exp(-2), rtol=1e-5)
        (told,) = json.loads(ds.attrs["config"])["protocol"]
    assert (told["action"], told["amount"]) == ("dose", "pill")


def test_protocols_from_files(axissim: Call, decay: str) -> None:
    Path("p.toml").write_text('[[dose]]\ntarget = "x"\namount = 1\nat = 0\n')
    Path("p.csv").write_text("TIME,AMT,CMT,DV\n2,1,x,.\n")
    both = ["--protocol", "p.toml", "--protocol", "p.csv"]
    code, out, err = axissim("run", decay, "-t", "0,4", *both, "--rtol", "1e-10")
    assert (code, err) == (0, "note: p.csv: DV not used\n")
    np.testing.assert_allclose(column(out, "x"), [1, np.exp(-2) + np.exp(-1)], rtol=1e-8)


def test_a_table_of_ids_is_a_sweep(axissim: Call, decay: str) -> None:
    Path("p.csv").write_text("ID,TIME,AMT,CMT,DUR\n3,0,1,x,0\n4,1,2,x,0\n4,2,2,x,1\n")
    code, _, err = axissim(
        "sweep", decay, "-t", "0,4", "--protocol", "p.csv", "--out", "a.nc", "-q"
    )
    assert (code, err) == (0, "")
    with store.open(Path("a.nc")) as ds:
        assert ds["sample"].values.tolist() == [3, 4]
        assert float(ds["x"][0, 1]) == pytest.approx(np.exp(-2), rel=1e-5)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--dose", "y=1@0"], "dose of 'y': model 'decay' has no 'y'"),
        (["--dose", "k=1@0"], "'k' is constant in the model"),
        (["--dose", "x=1@-2"], "dose of 'x' at -2 is before the start of the run"),
        (["--dose", "x=pill@0"], "'pill' is not in the design"),
        (["--dose", "x=1@noon"], "'noon' is not in the design"),
        (["--protocol", "none.toml"], "none.toml: No such file"),
        (["--protocol", "bad.csv"], "bad.csv:2: CMT is missing"),
    ],
)
def test_refused_in_a_line(axissim: Call, decay: str, arguments: list[str], said: str) -> None:
    Path("bad.csv").write_text("TIME,AMT\n0,1\n")
    code, out, err = axissim("run", decay, "-t", "0,4", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert said in err
    assert err.count("\n") == 1


def test_an_unknown_name_in_the_design(axissim: Call, decay: str) -> None:
    code, _, err = axissim("sweep", decay, "-t", "0,4", "-p", "pill=1,2", "--json")
    assert code == 2
    assert "has no 'pill'" in err
