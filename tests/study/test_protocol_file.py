"""Protocols in TOML: every action, in order; refusals with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

import axissim as ax
from axissim.model.model import ModelError
from axissim.study import protocol as p

FILE = """
[[dose]]
target = "q10"
amount = 0.5
at = 24
every = 24
count = 7

[[block]]
parameter = "S4"
factor = 0.1
start = 5

[[dose]]   # a second one, of what the design says
target = "q12"
amount = "pill"
at = 30

[[infuse]]
target = "q1"
rate = 0.1
at = 2
duration = 3

[[clamp]]
target = "q7"
value = 1

[[pulse_train]]
target = "q7"
amount = 1
start = 0
stop = 10
period = 2

[[circadian]]
parameter = "S4"
amplitude = 0.2
peak = 4

[[reset]]
at = 90
"""


def test_every_action_in_order(tmp_path: Path) -> None:
    path = tmp_path / "day.toml"
    path.write_text(FILE)
    assert p.read(path) == (
        ax.dose("q10", 0.5, at=24, every=24, count=7),
        p.block("S4", 0.1, start=5),
        ax.dose("q12", "pill", at=30),
        p.infuse("q1", rate=0.1, at=2, duration=3),
        p.clamp("q7", 1),
        p.pulse_train("q7", 1, start=0, stop=10, period=2),
        p.circadian("S4", amplitude=0.2, peak=4),
        p.reset(at=90),
    )
    assert p.read([ax.dose("q1", 1, at=0), str(path)])[:2] == (
        ax.dose("q1", 1, at=0), ax.dose("q10", 0.5, at=24, every=24, count=7),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a.toml:1: holds no action; begin one with [[dose]]"),
        ("\n[[dosis]]\n", "a.toml:2: 'dosis' is no action; did you mean 'dose'?"),
        ("[[zzz]]\n", "a.toml:1: 'zzz' is no action; write dose, infuse, clamp"),
        ("[dose]\ntarget='x'\n", "a.toml:1: write [[dose]], in double brackets"),
        ("[[dose]]\namout=1\nat=0\n", "a.toml:2: [[dose]] has no 'amout'; did you mean 'amount'?"),
        ("[[dose]]\ntarget='x'\namount=1\n", "a.toml:1: [[dose]] lacks 'at'; give it"),
        ("[[dose]]\ntarget='x'\namount=[1]\nat=0\n", "a.toml:3: [[dose]]: amount is a number"),
        ("[[clamp]]\ntarget='x'\nvalue=1\n\n[[dose]]\ntarget='x'\namount=nan\nat=0\n",
         "a.toml:5: dose of 'x': amount = nan is not a finite number"),
        ("[[dose]]\ntarget=\n", "a.toml:2: Invalid value"),
        ("[[dose]]\ntarget='x", "a.toml:2: "),
    ],
)  # fmt: skip
def test_refused_with_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.toml").write_text(text)
    with pytest.raises(ModelError) as wrong:
        p.read("a.toml")
    assert str(wrong.value).startswith(said)
    assert "\n" not in str(wrong.value)
