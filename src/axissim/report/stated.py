"""What a study states: question, hypothesis, runs, read-outs, and the tests that decide."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axissim.model.library import Card
from axissim.model.model import Model
from axissim.study.summaries import Summary

Window = tuple[float, float]


@dataclass(frozen=True)
class ReadOut:
    """A number of each run.

    Attributes
    ----------
    summary : Summary
    label, unit : str
        For people.
    over : tuple of float
        The times that it looks at.
    """

    summary: Summary
    label: str
    unit: str
    over: Window

    @property
    def name(self) -> str:
        return self.summary.name


@dataclass(frozen=True)
class Arm:
    """What is compared: the model with values of its own, and what is done to it."""

    name: str
    label: str
    params: Mapping[str, float]
    init: Mapping[str, float]
    protocol: tuple[Any, ...]


@dataclass(frozen=True)
class Expectation:
    """A region that a number is expected in: ``> 0``, ``<= 2``, ``1.5..3``, rising, falling.

    Attributes
    ----------
    text : str
    low, high : float
        Its ends, which belong to it or do not; a run of single numbers decides so fine a point.
    """

    text: str
    low: float
    high: float

    def holds(self, number: float) -> bool:
        """Whether a number lies in the region."""
        inside = self.low < number < self.high
        return inside or ("=" in self.text and number in (self.low, self.high))


def expectation(text: str) -> Expectation:
    """Read an expectation; ValueError names the forms."""
    said = text.strip()
    number = r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"
    if said in ("rising", "falling"):
        return Expectation(said, 0.0, float("inf"))
    if match := re.fullmatch(rf"([<>]=?)\s*{number}", said):
        bound = float(match[2])
        below = match[1].startswith("<")
        return Expectation(
            said, -float("inf") if below else bound, bound if below else float("inf")
        )
    match = re.fullmatch(rf"{number}\s*\.\.\s*{number}", said)
    if match and float(match[1]) < float(match[2]):
        return Expectation(said, float(match[1]), float(match[2]))
    raise ValueError(f"'{text}' is no expectation; write > 0, <= 2, 1.5..3, rising or falling")


@dataclass(frozen=True)
class Criterion:
    """A criterion on a read-out.

    Attributes
    ----------
    claim : str
        What it would show, in words.
    readout : str
    arms : tuple of str
        One for ``value`` and ``correlation``, two for ``difference`` and ``ratio`` (the first
        against the second), two or more for ``trend``.
    compare, statistic : str
    level : float
        Of the statistic ``share``: the share of runs whose read-out is above it.
    against : str
        Of ``correlation``: what the read-out is ranked against.
    expect : Expectation
    """

    claim: str
    readout: str
    arms: tuple[str, ...]
    compare: str
    statistic: str
    level: float
    against: str
    expect: Expectation


COMPARE = {  # how many arms each takes
    "value": (1, 1),
    "difference": (2, 2),
    "ratio": (2, 2),
    "trend": (2, 99),
    "correlation": (1, 1),
}
STATISTICS = ("median", "mean", "share", "min", "max")


@dataclass(frozen=True)
class Study:
    """A whole study, read and checked."""

    path: Path
    text: str
    title: str
    question: str
    hypothesis: str
    background: str
    sources: tuple[str, ...]
    source: str
    model: Model
    card: Card | None
    times: tuple[float, float, int]
    show: Window
    courses: tuple[str, ...]
    design: Any
    design_text: str
    params: Mapping[str, float]
    init: Mapping[str, float]
    readouts: tuple[ReadOut, ...]
    arms: tuple[Arm, ...]
    tests: tuple[Criterion, ...]
    seed: int
    tolerate: float
    audit: float
    resamples: int
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def people(self) -> int:
        """How many runs an arm has."""
        return int(self.design.sizes.get("sample", 1))

    @property
    def runs(self) -> int:
        """How many runs all arms have."""
        return self.people * len(self.arms)

    def arm(self, name: str) -> Arm:
        return next(arm for arm in self.arms if arm.name == name)

    def readout(self, name: str) -> ReadOut:
        return next(one for one in self.readouts if one.name == name)
