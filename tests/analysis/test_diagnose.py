"""Runs that fail, twenty ways, each told by its cause; and a program that makes each again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import axissim as ax
from axissim.analysis.diagnose import diagnose
from axissim.analysis.evidence import Moment, eigenvalues, terms
from axissim.analysis.finding import CAUSES, Finding

BLOW, DIVISION, LOG, ROOT, POWER, EXP = (
    CAUSES[7],
    CAUSES[2],
    CAUSES[3],
    CAUSES[4],
    CAUSES[5],
    CAUSES[6],
)
STIFF, FAST, SLOW, JUMP, NOT_FINITE, EVENTS = (
    CAUSES[9],
    CAUSES[10],
    CAUSES[11],
    CAUSES[12],
    CAUSES[0],
    CAUSES[1],
)

# name: (model's body, what the design sets, end, options, cause)
ZOO: dict[str, tuple[str, dict[str, float], float, dict[str, Any], str]] = {
    "square": ("var x = 1; const k = 1; x' = k*x^2", {"k": 2.0}, 3.0, {}, BLOW),
    "cube": ("var x = 1; const k = 1; x' = k*x^3", {"k": 1.0}, 3.0, {}, BLOW),
    "pair": (
        "var x = 1; var y = 1; const k = 1; x' = k*x*y; y' = k*x*y", {"k": 1.0}, 3.0, {}, BLOW
    ),
    "autocatalysis": (
        "var a = 1; var b = 0.1; const k = 1; a' = k*a*a*b; b' = k*a*b - b",
        {"k": 3.0}, 9.0, {}, BLOW,
    ),
    "exponential": ("var x = 1; const k = 1; x' = k*exp(x)", {"k": 1.0}, 3.0, {}, BLOW),
    "denominator": ("var x = 1; const k = 1; x' = -k/x", {"k": 1.0}, 2.0, {}, DIVISION),
    "ratio": (
        "var x = 1; var y = 1; const k = 1; x' = -k; y' = 1/x", {"k": 1.0}, 2.0, {}, DIVISION
    ),
    "singular time": ("var x = 1; const k = 1; x' = x/(k - time)", {"k": 1.0}, 2.0, {}, DIVISION),
    "logarithm": ("var x = 1; const k = 1; x' = -k + 0.01*log(x)", {"k": 1.0}, 2.0, {}, LOG),
    "log of a ratio": (
        "var x = 1; var y = 0; const k = 1; x' = -k; y' = log(x)", {"k": 1.0}, 2.0, {}, LOG
    ),
    "root": ("var x = 1; const k = 1; x' = -k - sqrt(x)", {"k": 1.0}, 2.0, {}, ROOT),
    "power": ("var x = 1; const k = 1; const n = 0.5; x' = -k - x^n", {"n": 1.5}, 2.0, {}, POWER),
    "overflow": (
        "var x = 0; var y = 1; const k = 1; x' = k; y' = -y + exp(x)/exp(x)",
        {"k": 500.0}, 2.0, {}, EXP,
    ),
    "stiff": (
        "var x = 1; var y = 0; const k = 1; x' = -k*(x - cos(time)); y' = x", {"k": 1e7}, 10.0,
        {"method": "tsit5", "max_steps": 5000}, STIFF,
    ),
    "stiff pair": (
        "var x = 1; var y = 0; const k = 1; x' = -x + k*y; y' = x - 2*k*y", {"k": 1e6}, 10.0,
        {"method": "tsit5", "max_steps": 5000}, STIFF,
    ),
    "fast swing": (
        "var x = 1; var y = 0; const k = 1; x' = k*y; y' = -k*x", {"k": 1e5}, 10.0,
        {"max_steps": 2000}, FAST,
    ),
    "too few steps": (
        "var x = 1; const k = 1; x' = -k*(x - sin(3*time))",
        {"k": 1.0}, 200.0, {"max_steps": 40}, SLOW,
    ),
    "a parameter of 0": ("var x = 1; const k = 1; x' = x/k", {"k": 0.0}, 2.0, {}, DIVISION),
    "events": (
        "var x = 0; const k = 1; x' = k; a: at x > 0.5: x = 0; b: at x < 0.1, t0=true: x = 0.6",
        {"k": 1.0}, 2.0, {}, EVENTS,
    ),
    "two logarithms": (
        "var x = 1; const k = 1; x' = -k; y := log(x)*log(1 + x); z' = y; var z = 0",
        {"k": 1.0}, 2.0, {}, LOG,
    ),
}  # fmt: skip


def found(name: str) -> tuple[Finding, Any]:
    body, values, end, options, _ = ZOO[name]
    model = ax.load(f"model zoo_{name.replace(' ', '_')}()\n  {body}\nend\n")
    design = ax.design.table(pd.DataFrame({k: [v] for k, v in values.items()}))
    asked = {"t": (0.0, end, 5), **options}
    ds = ax.sweep(model, design, **asked)
    assert int(ds["status"][0]) > 1, "this model of the zoo runs"
    (finding,) = diagnose(model, ds, **asked)
    return finding, ds


@pytest.mark.parametrize("name", ZOO)
def test_the_zoo(name: str) -> None:
    finding, ds = found(name)
    assert finding.cause == ZOO[name][4], finding.lines()
    assert finding.values == ZOO[name][1]
    assert finding.lines()[0].startswith("run 0 (")
    assert finding.status in ds["status"].attrs["flag_meanings"]


def test_a_cure_that_works_is_found() -> None:
    finding, _ = found("stiff")
    assert finding.cures["method rodas5p"] == "ok"
    assert finding.cures["SciPy's LSODA"] == "ok"
    assert "method tsit5" not in finding.cures


def test_the_program_makes_the_run_again(tmp_path: Path) -> None:
    finding, ds = found("square")
    script = tmp_path / "again.py"
    script.write_text(finding.script)
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    status, t_fail = done.stdout.split()
    assert int(status) == int(ds["status"][0])
    assert float(t_fail) == float(ds["t_fail"][0])


def test_terms_and_eigenvalues() -> None:
    model = ax.load(
        "model m()\n  var x = 2; var y = 1; const k = 3\n  x' = k*y - 5*x + 1\n  y' = -x - y\nend\n"
    )
    moment = Moment(model, {"x": 2.0, "y": 1.0}, 0.0)
    assert [(term.text, term.value) for term in terms(moment, "x")] == [
        ("5 * x", -10.0), ("k * y", 3.0), ("1", 1.0)
    ]  # fmt: skip
    np.testing.assert_allclose(
        np.sort(eigenvalues(moment).real),
        np.sort(np.linalg.eigvals([[-5, 3], [-1, -1]]).real),
        rtol=1e-6,
    )


def test_a_sweep_of_which_some_fail() -> None:
    model = ax.load("model m()\n  var x = 1; const k = 1\n  x' = k*x^2\nend\n")
    grid = ax.design.grid({"k": [0.1, 1.0, 5.0], "x": [1.0, 2.0]})
    ds = ax.sweep(model, grid, t=(0.0, 2.0, 3))
    findings = diagnose(model, ds, t=(0.0, 2.0, 3))
    assert [finding.run for finding in findings] == [2, 3, 4, 5]
    assert findings[0].values == {"k": 1.0, "x": 1.0}
    assert findings[0].t_fail == pytest.approx(1.0, rel=1e-5)
    assert len(diagnose(model, ds, most=2, t=(0.0, 2.0, 3))) == 2


def test_how_far_a_value_must_move() -> None:
    """The square blows up at 1/k: up to t = 2 it is there for every k below 0.5."""
    model = ax.load("model m()\n  var x = 1; const k = 1; const c = 1\n  x' = k*c*x^2\nend\n")
    grid = ax.design.grid({"k": [0.1, 0.4, 1.0], "c": [1.0, 1.01]})
    ds = ax.sweep(model, grid, t=(0.0, 2.0, 3))
    first, _ = diagnose(model, ds, t=(0.0, 2.0, 3))
    said = first.cures["values moved"]
    assert said == "ok from k = 0.4938 (84 % of the way to the nearest run that succeeded)"
    alone = ax.sweep(model, ax.design.grid({"k": [1.0]}), t=(0.0, 2.0, 3))
    (only,) = diagnose(model, alone, t=(0.0, 2.0, 3))
    assert "values moved" not in only.cures
