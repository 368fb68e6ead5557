"""What counts as the truth: a tight solution of ours, and another method's that agrees with it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from axissim.analysis.precision.posed import SCIPY, TIGHT, Made, Posed
from axissim.model.model import ModelError
from axissim.solve.work import MAX_STEPS, OK, STATUS

LANES = 8  # runs that our kernels solve at once
_OURS = ("rodas5p", "tsit5", "rodas4")
_CHECKS = ("scipy:DOP853", "scipy:LSODA", "scipy:Radau")
_CHECKED = 4  # runs that SciPy makes at most
_FIRST_STEPS, _MORE = 200, 10


@dataclass(frozen=True)
class Truth:
    """A reference.

    Attributes
    ----------
    out : (runs, times, outputs) array
    known : (runs,) array of bool
        Which runs it could do.
    apart : float
        How far the second solution is from it, as `errors` has it; NaN if there is none.
    words : str
        Which two solutions they are.
    """

    out: Any
    known: Any
    apart: float
    words: str


@dataclass(frozen=True)
class _Solution:
    method: str
    rows: Any
    made: Made

    @property
    def done(self) -> int:
        return int((self.made.status == OK).sum())


def truth(ready: Posed, seconds: float) -> Truth:
    """Solve at a relative tolerance of 1e-11 by several methods; the two that agree best.

    Raises
    ------
    ModelError
        If no run can be done.
    """
    every, few = np.arange(ready.count), spaced(ready.count, _CHECKED)
    first = _Solution(_OURS[0], every, ready.make(_OURS[0], TIGHT, every))
    share = seconds / (len(_OURS) + len(_CHECKS))
    asked = [*((key, every) for key in _OURS[1:]), *((key, few) for key in _CHECKS)]
    found = [first, *(_solution(ready, key, rows, share) for key, rows in asked)]
    whole = [s for s in found if s is not None and len(s.rows) == len(every) and s.method in _OURS]
    one_for_all = max(whole, key=lambda solution: solution.done)
    if not one_for_all.done:
        word = STATUS[int(first.made.status[0])]
        raise ModelError(
            f"no run could be done at rtol {TIGHT:g} ({word}), so that there is nothing to hold "
            "methods to; take other values, or a shorter time"
        )
    ours = [solution for solution in whole if solution.done == one_for_all.done]
    pairs = [(a, b) for a in ours for b in found if b is not None and b not in ours]
    pairs += list(combinations(ours, 2))
    looked = [_apart(a, b) for a, b in pairs] or [(np.nan, 0)]
    apart, shared = (np.array(column) for column in zip(*looked, strict=True))
    if not np.isfinite(apart).any():
        return _of(one_for_all, np.nan, "no other method could do it, so that nobody confirms it")
    several = (shared >= len(few)) & np.isfinite(apart)
    best = int(np.nanargmin(np.where(several, apart, np.nan) if several.any() else apart))
    one, other = pairs[best]
    runs = "the run" if ready.count == 1 else f"{shared[best]} of {ready.count} runs"
    said = f"{spoken(other.method)} at the same comes within {apart[best]:.1e} of it in {runs}"
    return _of(one, apart[best], said)


def _of(one: _Solution, apart: float, said: str) -> Truth:
    words = f"{spoken(one.method)} at rtol {TIGHT:g}; {said}"
    return Truth(one.made.out, one.made.status == OK, float(apart), words)


def _solution(ready: Posed, method: str, rows: Any, seconds: float) -> _Solution | None:
    """As many of `rows` as the time allows, or None if it allows none."""
    first = first_run(ready, method, TIGHT, rows[:1], seconds)
    if first is None:
        return None
    lanes = 1 if method.startswith(SCIPY) else LANES
    count = int((seconds - first.wall) / max(first.wall, 1e-6)) * lanes
    if len(rows) == 1 or count < 2:
        return _Solution(method, rows[:1], first)
    return _Solution(method, rows[:count], ready.make(method, TIGHT, rows[:count]))


def first_run(ready: Posed, method: str, rtol: float, row: Any, seconds: float) -> Made | None:
    """A run alone; None if it would take longer than `seconds`, as a part of it shows."""
    steps = min(_FIRST_STEPS, ready.max_steps)
    while True:
        made = ready.make(method, rtol, row, steps)
        if made.status[0] != MAX_STEPS or steps == ready.max_steps:
            return made
        more = min(_MORE * steps, ready.max_steps)
        affordable = int(steps * seconds / max(made.wall, 1e-9))
        if affordable < 2 * steps:
            return None
        steps = min(more, affordable)


def _apart(one: _Solution, other: _Solution) -> tuple[float, int]:
    """The greatest distance of two solutions in the runs that both could do, and how many."""
    both = (one.made.status[other.rows] == OK) & (other.made.status == OK)
    if not both.any():
        return np.nan, 0
    whole = one.made.out[one.made.status == OK]
    off = errors(other.made.out[both], one.made.out[other.rows][both], whole)
    return float(off.max()), int(both.sum())


def errors(out: Any, reference: Any, whole: Any) -> Any:
    """How far each run is off: the greatest over outputs and times, of the output's greatest value.

    Parameters
    ----------
    out, reference : (runs, times, outputs) array
    whole : (all runs, times, outputs) array
        The reference in all runs: an output counts as no smaller than a thousandth of what is
        usual there.

    Returns
    -------
    (runs,) array
        Infinite where `out` is not finite and the reference is.
    """
    known = np.isfinite(reference)
    size = np.abs(np.where(known, reference, 0.0)).max(axis=1)
    sizes = np.abs(np.where(np.isfinite(whole), whole, 0.0)).max(axis=1)
    scale = np.maximum(size, 1e-3 * np.median(sizes, axis=0))
    with np.errstate(invalid="ignore"):
        apart = np.abs(np.where(known, out - reference, 0.0)).max(axis=1)
    off = np.where(apart == 0.0, 0.0, apart / np.where(scale > 0.0, scale, 1.0))
    return np.where(np.isnan(off), np.inf, off).max(axis=1)


def spaced(count: int, most: int) -> Any:
    """At most `most` of so many runs, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(count, max(most, 1))).astype(int))


def spoken(method: str) -> str:
    """A method's name in a sentence."""
    name = method.removeprefix(SCIPY)
    return f"SciPy's {name}" if name != method else name
