"""One method at one tolerance after another, the loosest first, for as long as its time lasts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from axissim.analysis.precision.advice import spelled
from axissim.analysis.precision.posed import SCIPY, Posed
from axissim.analysis.precision.truth import LANES, Truth, errors, first_run, spaced
from axissim.solve.work import MAX_STEPS, OK

_GROWTH = 1.5  # in time, from one tolerance to the next, at least
_REPEATS = 5
_BATCH = 0.05  # seconds of runs that are timed together
_MOST_RUNS, _MOST_NUMBERS = 4096, 4_000_000  # in such a batch


@dataclass(frozen=True)
class Point:
    """What one method did at one tolerance.

    `errors` are of the runs that ended, `failed` is how many of `runs` did not; `cpu` and `wall`
    are seconds a run; `hopeless` if every run came to the most steps.
    """

    rtol: float
    errors: Any
    runs: int
    failed: int
    cpu: float
    wall: float
    hopeless: bool = False


def ladder(
    ready: Posed, truth: Truth, method: str, rtols: Sequence[float], seconds: float
) -> tuple[list[Point], str]:
    """The points that could be measured in about `seconds`, and why the others were left out."""
    end, last = time.perf_counter() + seconds, 0.0
    points: list[Point] = []
    for at, rtol in enumerate(rtols):
        share = (end - time.perf_counter()) / (len(rtols) - at)
        point, alone = None, 0.0
        if share > 0.0 and _GROWTH * last < 2.0 * share:
            point, alone = _point(ready, truth, method, rtol, share)
        if point is None:
            return points, f"over the time from rtol {spelled(rtol)} on"
        points.append(point)
        if point.hopeless:
            return points, f"no run ends in {ready.max_steps:,} steps"
        last = alone
    return points, ""


def _point(
    ready: Posed, truth: Truth, method: str, rtol: float, seconds: float
) -> tuple[Point | None, float]:
    """One tolerance, if the time allows a run, and the seconds of a run alone."""
    lanes = 1 if method.startswith(SCIPY) else LANES
    known = np.flatnonzero(truth.known)
    begun = time.perf_counter()
    first = first_run(ready, method, rtol, known[:1], 2.0 * seconds)
    if first is None:
        return None, 0.0
    fitting = int(0.5 * seconds / max(first.wall, 1e-6)) * lanes
    rows = known[spaced(len(known), fitting)]
    made = first if len(rows) == 1 else ready.make(method, rtol, rows)
    cpu, wall, batch = made.cpu / len(rows), made.wall / len(rows), rows
    if lanes > 1:  # eight at once are what a sweep has
        batch = np.resize(rows, _batch(ready, wall, len(rows)))
        cpu = wall = np.inf
    for at in range(_REPEATS):
        over = time.perf_counter() - begun > 0.6 * seconds
        if over and (at or lanes == 1):
            break
        again = ready.make(method, rtol, batch)
        cpu, wall = min(cpu, again.cpu / len(batch)), min(wall, again.wall / len(batch))
    good = made.status == OK
    off = errors(made.out[good], truth.out[rows[good]], truth.out[truth.known])
    hopeless = bool((made.status == MAX_STEPS).all())
    return Point(rtol, off, len(rows), int((~good).sum()), cpu, wall, hopeless), first.wall


def _batch(ready: Posed, wall: float, rows: int) -> int:
    """How many runs to time together: the design's several times, so that the clock can see them.

    Of fewer than eight the kernel would be timed half empty.
    """
    numbers = len(ready.question.times) * len(ready.question.picked)
    most = max(1, min(_MOST_RUNS, _MOST_NUMBERS // numbers) // rows)
    wanted = max(int(_BATCH / max(wall * rows, 1e-6)), -(-LANES // rows))
    return rows * min(most, max(1, wanted))
