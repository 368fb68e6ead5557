"""Lessons read from their files, and what is asked of one."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from axissim.model.model import ModelError, suggestion

_KEYS = {
    "title", "model", "question", "steps", "answer", "show", "goals", "params", "doses", "span",
    "sliders", "order", "choices",
}  # fmt: skip
_GOAL = {"text", "output", "measure", "at", "low", "high", "param", "dose_total"}
MEASURES = ("min", "max", "mean", "last", "swing", "late_swing", "at", "peaks", "time_above")


@cache
def lessons() -> tuple[dict[str, Any], ...]:
    """Every lesson in its file beside this one, in order; ModelError names what is wrong in one."""
    folder = Path(__file__).parent
    found = [lesson(path) for path in sorted(folder.glob("*.toml"))]
    return tuple(sorted(found, key=lambda one: one["order"]))


def lesson(path: Path) -> dict[str, Any]:
    """One lesson from its file."""
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as wrong:
        raise ModelError(f"{path.name}: not TOML ({wrong}); mend it") from None
    for key in said:
        if key not in _KEYS:
            raise ModelError(f"{path.name}: unknown key '{key}'" + suggestion(key, _KEYS))
    for key in ("title", "model", "question", "goals"):
        if not said.get(key):
            raise ModelError(f"{path.name}: '{key}' is missing; every lesson has one")
    for goal in said["goals"]:
        _check(goal, path.name)
    empty: dict[str, Any] = {"order": 99, "steps": [], "answer": "", "show": [], "sliders": []}
    return {**empty, "params": {}, "doses": [], "choices": [], **said, "id": path.stem}


def _check(goal: Any, label: str) -> None:
    for key in goal:
        if key not in _GOAL:
            raise ModelError(f"{label}: a goal has no '{key}'" + suggestion(key, _GOAL))
    if goal.get("output") and goal.get("measure") not in MEASURES:
        raise ModelError(f"{label}: a goal's measure is one of {', '.join(MEASURES)}")
    if not (goal.get("output") or goal.get("param") or goal.get("dose_total")):
        raise ModelError(f"{label}: a goal names an output, a param or a dose_total")
    if "low" not in goal and "high" not in goal:
        raise ModelError(f"{label}: a goal needs low or high")
