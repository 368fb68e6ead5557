"""A model's own cycle: integration until it repeats itself, then collocation on finer meshes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from axissim.analysis.field.approach import (
    DRIVEN,
    FAILED,
    NONE,
    PERIODIC,
    STEADY,
    UNSTABLE,
    Approach,
    approach,
)
from axissim.analysis.field.courses import sizes
from axissim.analysis.field.followed import followed
from axissim.analysis.field.laws import laws
from axissim.analysis.field.manifold import Manifold, manifold
from axissim.analysis.field.setting import Setting
from axissim.analysis.orbit.collocation import Collocation, newton
from axissim.analysis.orbit.mesh import DEGREE, Mesh
from axissim.model.model import ModelError

_FIRST, _MOST = 30, 480  # intervals of a mesh
_SAMPLES = 1000 * DEGREE  # of a period, to begin with
_AGAIN = 2e-3  # of a state's size: a course that is back


@dataclass(frozen=True, eq=False)
class Cycle:
    """A cycle found.

    Attributes
    ----------
    of : Collocation
    w : array
        Its unknowns.
    error : float
        The relative change of the period from the last mesh to this one.
    """

    of: Collocation
    w: Any
    error: float

    @property
    def period(self) -> float:
        return self.of.split(self.w)[1]


@dataclass(frozen=True, eq=False)
class Repeat:
    """A period as integration gives it: its length, and states (samples + 1, n) over it."""

    period: float
    begin: float
    course: Any


def settled(asked: Setting, span: float | None) -> Approach:
    """Follow a run until it repeats itself; ModelError in one line where it does not."""
    name = asked.model.id
    found = approach(asked, 1e-11, span, 1)
    fate = int(found.status[0])
    why = {
        STEADY: f"'{name}' comes to rest and does not cycle; start it elsewhere, or set params",
        UNSTABLE: f"'{name}' starts on an unstable rest; start it beside that, with init",
        DRIVEN: f"rates of '{name}' change with the clock for ever; its period is the clock's",
        FAILED: f"the run of '{name}' failed before it repeated itself; axissim run shows where",
        NONE: f"'{name}' neither rests nor repeats itself as far as it was followed",
    }
    if fate != PERIODIC:
        raise ModelError(why[fate])
    return found


def repeated(asked: Setting, found: Approach) -> Repeat:
    """One period of a run that repeats itself, by integration.

    Raises
    ------
    ModelError
        If it swings, but is not back where it was within forty swings.
    """
    begin = asked.field.start + float(found.after[0])
    length = 0.5 * float(found.after[0])
    for _ in range(4):
        times = np.linspace(begin, begin + length, _SAMPLES + 1)
        course = run(asked, times)
        rises = _rises(times, course)
        if len(rises) > 60:
            length *= 40.0 / len(rises)
            continue
        back = _back(times, course, rises)
        if back is not None:
            return _fine(asked, *back)
        length *= 3.0
    raise ModelError(f"'{asked.model.id}' swings, but never comes back to where it was")


def run(asked: Setting, times: Any) -> Any:
    """The movers (times, n) of a run from its start, at late times."""
    times = np.r_[asked.field.start, times]
    courses, well = followed(asked, times, rtol=1e-8, max_steps=1_000_000, threads=1)
    if not well[0]:
        raise ModelError(f"the run of '{asked.model.id}' failed; axissim run shows where")
    return courses[0, 1:]


def _rises(times: Any, course: Any) -> Any:
    """Moments at which the state that swings most rises through the middle of its range."""
    swing = course.std(axis=0) / sizes(course)
    y = course[:, int(np.nanargmax(swing))]
    level = 0.5 * (y.max() + y.min())
    at = np.flatnonzero((y[:-1] < level) & (y[1:] >= level))
    share = (level - y[at]) / (y[at + 1] - y[at])
    return times[at] + share * (times[1] - times[0])


def _back(times: Any, course: Any, rises: Any) -> tuple[float, float] | None:
    """From when to when a course makes one round; None if it is never back."""
    drift = np.abs(course[-1] - course[0]) > 5.0 * course[-len(course) // 2 :].std(axis=0)
    states = np.stack(
        [np.interp(rises, times, column) for column in course[:, ~drift].T], axis=-1
    ).reshape(len(rises), -1)
    scale = np.ptp(course[:, ~drift], axis=0)
    scale = np.where(scale > 1e-9 * sizes(course[:, ~drift]), scale, np.inf)
    for count in range(1, len(rises) - 1):
        gaps = np.abs(states[count:] - states[:-count]) / scale
        if gaps[-1].max(initial=0.0) < 20 * _AGAIN and gaps[0].max(initial=0.0) < 20 * _AGAIN:
            return float(rises[-1 - count]), float(rises[-1])
    return None


def _fine(asked: Setting, begin: float, end: float) -> Repeat:
    """One round in many samples."""
    times = np.linspace(begin, end, _SAMPLES + 1)
    return Repeat(end - begin, begin, run(asked, times))


def around(asked: Setting, found: Approach, course: Any) -> Manifold:
    """The manifold that a cycle lies on."""
    held = laws(asked.field, asked.inputs[0])
    free = np.zeros((2, len(asked.field.opened.free)))
    late = asked.field.start + float(found.after[0])
    return manifold(asked.field, found.q[:1], found.begun[:1], sizes(course), held, free, late)


def exact(of: Manifold, repeat: Repeat, tol: float) -> Cycle | None:
    """The cycle beside a period of integration, on meshes ever finer; None if there is no one.

    Newton's method does not find a cycle that is one of a family.
    """
    x = of.coordinates(repeat.course)
    course = x[:-1] + np.linspace(0.0, 1.0, len(x))[:-1, None] * (x[0] - x[-1])  # closed
    mesh, values = Mesh(np.linspace(0.0, 1.0, _SAMPLES // DEGREE + 1)), course
    period, last, intervals = repeat.period, None, _FIRST
    held = np.zeros(len(of.free_base))
    while True:
        finer = mesh.fitted(values, intervals)
        problem = Collocation(of, finer, held)
        w = newton(problem, problem.packed(mesh.at(values, finer.points), period))
        if w is not None:
            mesh, (values, period, _) = finer, problem.split(w)
            error = abs(period / last - 1.0) if last is not None else np.inf
            if error <= tol or intervals >= _MOST:
                return Cycle(problem, w, error)
            last = period
        elif intervals >= _MOST:
            return None
        intervals *= 2
