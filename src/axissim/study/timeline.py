"""When what happens in every run: times and amounts as arrays, a row a run.

All arrays have two dimensions: runs, or 1 where every run is alike, and moments.  NaN stands where
a run has fewer moments than others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from axissim.model.model import ModelError

MOST = 100_000_000  # jumps of all runs together: 3 GB


@dataclass(frozen=True)
class Instants:
    """Amounts added to a state, each at once."""

    target: str
    time: Any
    amount: Any
    label: str


@dataclass(frozen=True)
class Spans:
    """Levels that hold from a time to another: flows into a state, values or factors."""

    target: str
    start: Any
    stop: Any
    level: Any
    label: str


@dataclass(frozen=True)
class Steady:
    """Moments at which a run stands where a dose, repeated for ever, has brought it.

    ``duration`` is 0 for a dose in an instant.
    """

    target: str
    time: Any
    interval: Any
    amount: Any
    duration: Any
    label: str


@dataclass(frozen=True)
class Timeline:
    """All of a protocol."""

    doses: list[Instants] = field(default_factory=list)
    flows: list[Spans] = field(default_factory=list)
    clamps: list[Spans] = field(default_factory=list)
    blocks: list[Spans] = field(default_factory=list)
    resets: list[Any] = field(default_factory=list)
    steadies: list[Steady] = field(default_factory=list)


def repeated(label: str, at: Any, every: Any, count: Any, end: float) -> Any:
    """`at`, then one `every` so long, `count` in all; (runs, moments), none long after `end`."""
    if every is None:
        return at
    needed = np.minimum(count, np.floor(np.maximum(end - at, 0.0) / every) + 2.0)
    most = float(needed.max(initial=1.0))
    if most * needed.size > MOST:
        raise ModelError(f"{label}: {most * needed.size:.3g} doses are too many; widen `every`")
    steps = np.arange(most)
    return np.where(steps < count, at + every * steps, np.nan)


def not_before(start: float, label: str, time: Any) -> None:
    """ModelError if anything happens before the run begins."""
    early = np.fmin.reduce(time, axis=None, initial=np.inf)
    if early < start:
        raise ModelError(
            f"{label} at {early:g} is before the start of the run, {start:g}; "
            "begin the run earlier or do it later"
        )
