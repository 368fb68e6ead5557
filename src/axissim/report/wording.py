"""How a report words numbers, criteria and what is done."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import numpy as np

from axissim.report.stated import Criterion, Study
from axissim.report.verdict import AGAINST, SUPPORTED, Found
from axissim.study.action import label_of, values_of

WORDS = {
    SUPPORTED: "Supported by this model",
    AGAINST: "Not supported by this model",
}
_UNDECIDED = "Undecided in this model"


def verdict_words(verdict: str) -> str:
    """A verdict as the report words it."""
    return WORDS.get(verdict, _UNDECIDED)


def measured(study: Study, test: Criterion) -> str:
    """What a criterion measures, in words."""
    readout = study.readout(test.readout).label
    arms = [study.arm(name).label for name in test.arms]
    several = study.people > 1
    of = f"{test.statistic} of {readout}" if several else readout
    if test.statistic == "share":
        of = f"share of runs with {readout} above {test.level:g}"
    match test.compare:
        case "value":
            words = f"{of}, {arms[0]}"
        case "difference":
            words = f"{of}, {arms[0]} less {arms[1]}"
        case "ratio":
            words = f"{of}, {arms[0]} over {arms[1]}"
        case "trend":
            words = f"smallest step of {of} along {', '.join(arms)}"
        case _:
            words = f"rank correlation of {readout} with {test.against}, {arms[0]}"
    return words[:1].upper() + words[1:]


def with_interval(study: Study, one: Found) -> str:
    """What was found: its number, and the interval where there is one."""
    share = one.test.statistic == "share" and one.test.compare != "ratio"
    plain = one.test.compare in ("ratio", "correlation")
    unit = "%" if share else "" if plain else study.readout(one.test.readout).unit
    scale = 100.0 if share else 1.0
    said = f"{number(scale * one.number)}{f' {unit}' if unit else ''}"
    if np.isnan(one.low):
        return said
    return f"{said} (95 %: {number(scale * one.low)} to {number(scale * one.high)})"


def expected(one: Found) -> str:
    text = one.test.expect.text
    if text in ("rising", "falling"):
        return f"{text} (> 0)"
    if one.test.statistic == "share" and one.test.compare != "ratio":
        text = re.sub(r"\d[\d.]*", lambda found: f"{100.0 * float(found[0].rstrip('.')):g}", text)
        text += " %"
    return text.replace("..", " to ").replace(">=", "\u2265").replace("<=", "\u2264")


def number(value: Any) -> str:
    if not np.isfinite(value):
        return "none"
    said = f"{float(value):.3g}"
    if "e" in said and 1e-4 <= abs(value) < 1e6:
        said = f"{float(value):,.0f}"
    return said.replace("-", "\u2212", 1) if said.startswith("-") else said


def spread(values: Any) -> str:
    if not values.size:
        return "none"
    middle = number(np.median(values))
    if values.size == 1:
        return middle
    low, high = np.quantile(values, [0.05, 0.95])
    return f'{middle}<br><span class="faint">{number(low)} to {number(high)}</span>'


def span_of(study: Study, window: tuple[float, float]) -> str:
    return f"{window[0]:g} to {window[1]:g} {escape(study.model.time_unit or '')}".strip()


def deed(action: Any) -> str:
    """What is done, in words: ``dose of 'q10': amount 0.5, at 24``."""
    usual = {"count": 1, "bioavailability": 1.0, "duration": 0.0}
    said = [
        f"{key} {value:g}" if isinstance(value, (int, float)) else f"{key} {value}"
        for key, value in values_of(action).items()
        if usual.get(key) != value
    ]
    steady = ["from its steady state"] if getattr(action, "steady_state", False) else []
    return f"{label_of(action)}: {', '.join([*said, *steady])}"


def changes(params: Any, init: Any) -> str:
    said = [f"{key} = {value:g}" for key, value in params.items()]
    return ", ".join(said + [f"{key} at the start = {value:g}" for key, value in init.items()])


def flat(text: str) -> str:
    return " ".join(text.split())
