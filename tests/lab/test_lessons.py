"""Each lesson can be finished, and not by doing nothing; a file that is wrong is told."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from axissim.lab.lessons import lessons
from axissim.lab.lessons.reading import MEASURES, lesson
from axissim.lab.server import STATIC
from axissim.lab.shelf import Shelf
from axissim.model.model import ModelError
from axissim.study.action import dose

from .engine import node

# A setting with which each lesson is finished, beside how it begins.
SOLVED: dict[str, dict[str, Any]] = {
    "thyroid_tablet": {
        "doses": [{"target": "q10", "amount": 0.13, "at": 12, "every": 24, "count": 60}]
    },
    "reuptake_autoreceptor": {"params": {"autoreceptor": 0}},
    "meals_steady": {"params": {"substrate_inhibition": 1, "autoreceptor": 1}},
    "adrenal_pulses": {"params": {"tau": 6}},
    "pulse_rate_cycle": {"params": {"GnRH_frequency": 0.65}},
    "cortisol_day": {
        "doses": [
            {"target": "gut", "amount": 10, "at": 7},
            {"target": "gut", "amount": 5, "at": 12},
            {"target": "gut", "amount": 5, "at": 17},
        ]
    },
}  # fmt: skip
SHELF = Shelf()


def measured(
    goals: list[dict[str, Any]], run: dict[str, Any], values: Any, doses: Any
) -> list[Any]:
    """The page's own measures, of a run."""
    text = f"""
import {{ measured }} from "{(STATIC / "js" / "lessons.js").as_uri()}";
const [goals, run, values, doses] = {json.dumps([goals, run, values, doses])};
console.log(JSON.stringify(goals.map((goal) => measured(goal, run, values, doses))));
"""
    done = subprocess.run(
        [node(), "--input-type=module", "-"], input=text, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    return found


def values_of(
    one: dict[str, Any], goals: list[dict[str, Any]], params: dict[str, float], doses: Any = None
) -> list[Any]:
    """What the page measures of a run of a lesson."""
    bench = SHELF.bench(one["model"])
    doses = one["doses"] if doses is None else doses
    outputs = sorted({goal["output"] for goal in goals if "output" in goal})
    start, stop = one.get("span", bench.card.span[:2])
    times = np.linspace(start, stop, min(bench.card.span[2], 1000))
    values, word = bench.run(params, times, outputs, [dose(**d) for d in doses])
    assert word == "ok"
    run = {"outputs": outputs, "t": times.tolist(), "values": values.tolist()}
    return measured(goals, run, bench.params(params), doses)


def met(one: dict[str, Any], params: dict[str, float], doses: list[dict[str, Any]]) -> list[bool]:
    """Which goals a setting reaches."""
    found = values_of(one, one["goals"], params, doses)
    return [
        goal.get("low", -np.inf) <= value <= goal.get("high", np.inf)
        for goal, value in zip(one["goals"], found, strict=True)
    ]


def test_there_are_six_in_order() -> None:
    assert [one["id"] for one in lessons()] == list(SOLVED)


@pytest.mark.parametrize("one", lessons(), ids=lambda one: one["id"])
def test_a_lesson_is_not_finished_at_its_start_and_can_be(one) -> None:
    bench = SHELF.bench(one["model"])
    known = bench.model.by_id
    assert set(one["show"]) | set(one["sliders"]) | set(one["params"]) <= known.keys()
    assert not all(met(one, one["params"], one["doses"]))
    solved = SOLVED[one["id"]]
    params = one["params"] | solved.get("params", {})
    assert all(met(one, params, solved.get("doses", one["doses"])))
    changed = {k for k, v in params.items() if v != one["params"].get(k)}
    assert changed <= set(one["sliders"])
    assert not one["choices"] or [c.get("right", False) for c in one["choices"]].count(True) == 1


# What lessons say in their words: a setting, an output, its measure, and the number as told.
TOLD = [
    ("thyroid_tablet", {}, "TSH", "last", 12.0, 0.5),
    ("meals_steady", {}, "cda", "late_swing", 0.55, 0.005),
    ("meals_steady", {"substrate_inhibition": 1}, "cda", "late_swing", 0.10, 0.005),
    ("meals_steady", {"autoreceptor": 1}, "cda", "late_swing", 0.36, 0.005),
    (
        "meals_steady",
        {"substrate_inhibition": 1, "autoreceptor": 1},
        "cda",
        "late_swing",
        0.064,
        5e-4,
    ),
    ("reuptake_autoreceptor", {"DAT": 1}, "eda", "last", 0.00202, 1e-5),
    ("reuptake_autoreceptor", {}, "eda", "last", 0.00202 * 1.46, 2e-5),
    ("reuptake_autoreceptor", {"autoreceptor": 0}, "eda", "last", 0.00202 * 1.97, 2e-5),
    ("adrenal_pulses", {"tau": 9}, "o", "late_swing", 0.41, 0.01),
    ("adrenal_pulses", {"tau": 8}, "o", "late_swing", 0.027, 0.01),
    ("pulse_rate_cycle", {}, "LH", "peaks", 3, 0),
    ("pulse_rate_cycle", {"GnRH_frequency": 0.75}, "LH", "peaks", 2, 0),
    ("pulse_rate_cycle", {"GnRH_frequency": 0.6}, "LH", "max", 100.6, 0.6),
    ("pulse_rate_cycle", {"GnRH_frequency": 0.55}, "LH", "max", 91, 1),
]


@pytest.mark.parametrize(("key", "params", "output", "measure", "told", "off"), TOLD)
def test_what_a_lesson_says_is_so(key, params, output, measure, told, off) -> None:
    (one,) = [found for found in lessons() if found["id"] == key]
    (value,) = values_of(one, [{"output": output, "measure": measure}], one["params"] | params)
    assert abs(value - told) <= off


def test_the_measures_are_those_that_files_may_name() -> None:
    t = np.linspace(0, 10, 1001)
    wave = 3 + np.sin(2 * np.pi * t / 2.5)
    run = {"outputs": ["y"], "t": t.tolist(), "values": [wave.tolist()]}
    goals = [{"output": "y", "measure": key, "at": 2.5 / 4} for key in MEASURES]
    found = dict(zip(MEASURES, measured(goals, run, {}, []), strict=True))
    exact = {
        "min": 2, "max": 4, "mean": 3, "last": 3, "swing": 2, "late_swing": 2, "at": 4, "peaks": 4,
        "time_above": 10,
    }  # fmt: skip
    for key, value in exact.items():
        assert found[key] == pytest.approx(value, abs=2e-3), key


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ('titel = "x"', "did you mean 'title'"),
        ("goals = []", "'goals' is missing"),
        ('[[goals]]\noutput = "y"\nmeasure = "mode"\nlow = 1', "measure is one of"),
        ('[[goals]]\noutput = "y"\nmeasure = "max"', "low or high"),
        ("[[goals]]\nlow = 1", "names an output"),
        ("[[goals]]\nlow = 1\nhihg = 2", "did you mean 'high'"),
        ("= 3", "not TOML"),
    ],
)
def test_a_file_that_is_wrong_is_told(tmp_path: Path, change, word) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f'title = "T"\nmodel = "m"\nquestion = "Q"\n{change}\n')
    with pytest.raises(ModelError, match=word):
        lesson(path)
