"""Where runs come to rest: integration, then Newton's method, then a look at what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from axissim.analysis.field.courses import (
    NEAR,
    POINTS,
    hurries,
    late_size,
    sizes,
    swings_on,
)
from axissim.analysis.field.followed import followed
from axissim.analysis.field.laws import laws
from axissim.analysis.field.manifold import Manifold, manifold
from axissim.analysis.field.newton import rest
from axissim.analysis.field.setting import Setting
from axissim.analysis.field.spectrum import eigenvalues, is_stable

WORDS = ("none", "steady", "unstable", "periodic", "failed", "driven")
NONE, STEADY, UNSTABLE, PERIODIC, FAILED, DRIVEN = range(len(WORDS))

_TOGETHER = 256  # runs that are watched at a time, lest their courses fill the memory
_FADED = 40.0  # time constants after which nothing is left of a swing
_STAGES, _LONGER = 10, 5.0
_FAR = 1e12  # so many times the greatest state at the start: a run does not come back
_MOST_STEPS = 30_000


@dataclass
class Approach:
    """The fate of each of a setting's runs.

    Attributes
    ----------
    x : (runs, n) array
        The movers at rest; NaN where there is none.
    status : (runs,) array of int
        An index of `WORDS`.
    after : (runs,) array
        How long after the start this was settled.
    ends : (runs, n) array
        Where integration ended.
    means : (runs, n) array
        Of the last half of it.
    lows : (runs, n) array
        The least value of each mover.
    values : list of (modes,) array
        The eigenvalues at rest, rightmost first.
    conserved : list of (laws, differential) array
    gone : (runs,) array of bool
        Which grow beyond all bounds.
    """

    x: Any
    status: Any
    after: Any
    ends: Any
    means: Any
    lows: Any
    values: list[Any]
    conserved: list[Any]
    q: Any
    begun: Any
    gone: Any


def approach(asked: Setting, tol: float, span: float | None, threads: int | None) -> Approach:
    """Follow every run until it rests, or is seen not to."""
    of = asked.field
    q, begun = of.prepared(asked.inputs)
    count, n = begun.shape
    found = Approach(
        x=np.full((count, n), np.nan),
        status=np.full(count, NONE),
        after=np.full(count, np.nan),
        ends=begun.copy(),
        means=begun.copy(),
        lows=begun.copy(),
        values=[np.array([])] * count,
        conserved=[np.zeros((0, of.d))] * count,
        q=q,
        begun=begun,
        gone=np.zeros(count, bool),
    )
    first = span if span is not None else pace(asked)
    _set_driven_aside(asked, found, first)
    waiting = np.flatnonzero(found.status == NONE)
    length = first
    for _ in range(_STAGES):
        if not waiting.size:
            break
        for begin in range(0, len(waiting), _TOGETHER):
            runs = waiting[begin : begin + _TOGETHER]
            courses, ended = _watched(asked, runs, length, threads)
            for run, course, well in zip(runs, courses, ended, strict=True):
                _judge(asked, found, int(run), course, bool(well), length, tol)
        waiting = waiting[(found.status[waiting] == NONE) & ~found.gone[waiting]]
        length *= _LONGER
    return found


def pace(asked: Setting) -> float:
    """A length of time in which the model does something: ten of its middling time constants."""
    q, x = asked.field.prepared(asked.field.defaults)  # alike for a run alone and in any design
    size = np.where(x[0] != 0.0, np.abs(x[0]), 1.0)
    held = laws(asked.field, asked.field.defaults)
    here = manifold(asked.field, q, x, size, held, _no_range(asked))
    values = eigenvalues(here.slopes(np.zeros((1, here.r)), _at_zero(asked)), here.mass)[0]
    sizes = np.abs(values[np.isfinite(values)])
    sizes = sizes[sizes > 1e-12 * sizes.max(initial=0.0)]
    return float(10.0 / np.median(sizes)) if sizes.size else 1.0


def _no_range(asked: Setting) -> Any:
    return np.zeros((2, len(asked.field.opened.free)))


def _at_zero(asked: Setting) -> Any:
    return np.zeros((1, len(asked.field.opened.free)))


def _set_driven_aside(asked: Setting, found: Approach, length: float) -> None:
    """Mark runs whose rates change with the clock for ever: they have no rest."""
    if not asked.field.opened.reads_time:
        return
    for run in range(len(found.x)):
        if drives(asked, found.q[run : run + 1], found.begun[run], length):
            found.status[run] = DRIVEN


def drives(asked: Setting, q: Any, x: Any, length: float) -> bool:
    """Whether the rates at `x` still change with the clock in the long run."""
    of = asked.field
    rng = np.random.default_rng(0)
    late = of.start + length * 10.0 ** rng.uniform(2.0, 5.0, 96)
    switches = of.moments(q)[0]
    for first, period in switches[switches[:, 1] > 0.0]:
        turns = first + period * np.ceil((late[:4] - first) / period)
        late = np.concatenate([late, turns + 1e-6 * period, turns - 1e-6 * period])
    size = np.where(x != 0.0, np.abs(x), 1.0)
    whole = np.repeat(of.whole(x[None], _at_zero(asked)), len(late), axis=0)
    rates = of.rates(whole, q, late)
    least = 1e-10 * np.abs(rates).max(axis=0, initial=0.0) + 1e-13 * size / length
    return bool(np.any(np.ptp(rates, axis=0) > least))


def _watched(asked: Setting, runs: Any, length: float, threads: int | None) -> tuple[Any, Any]:
    """The courses (runs, times, n) of some runs, and which ended well."""
    import xarray as xr

    question, start = asked.question, asked.field.start
    columns = question.design[runs] if len(question.columns) else np.empty((len(runs), 0))
    design = xr.Dataset({key: ("sample", columns[:, at]) for at, key in enumerate(asked.varied)})
    half = np.linspace(start + length / 2.0, start + length, POINTS)
    times = np.concatenate([np.linspace(start, half[0], 17)[:-1], half])
    return followed(asked, times, design, max_steps=_MOST_STEPS, threads=threads)


def _judge(
    asked: Setting, found: Approach, run: int, course: Any, well: bool, length: float, tol: float
) -> None:
    """Say what became of a run that was watched for `length`."""
    found.after[run] = length
    if not well:
        found.status[run] = FAILED
        return
    if np.abs(course[-1]).max(initial=0.0) > _FAR * max(1.0, np.abs(course[0]).max(initial=0.0)):
        found.gone[run] = True
        found.ends[run] = found.means[run] = found.begun[run]
        return
    found.ends[run], found.means[run] = course[-1], course[-POINTS:].mean(axis=0)
    found.lows[run] = course.min(axis=0)
    swings = swings_on(course[16:], sizes(course))
    if not swings and hurries(course):
        return
    here = surroundings(asked, found, run, course, length)
    u, converged = rest(here, here.coordinates(course[-1:]), _at_zero(asked), tol)
    x = here.movers(u)[0]
    distance = np.abs((course[-1] - x) / late_size(course)).max(initial=0.0)
    if not converged[0] or distance > NEAR:
        if swings and length > _patience(asked, found, run, here, tol):
            found.status[run] = PERIODIC
        return
    if drives(asked, found.q[run : run + 1], x, length):
        found.status[run] = DRIVEN
        return
    values = eigenvalues(here.slopes(u, _at_zero(asked)), here.mass)[0]
    stable = is_stable(values)
    if not stable and distance > 1e-7:  # on its way past
        return
    found.x[run], found.values[run] = x, values
    found.status[run] = STEADY if stable else UNSTABLE


def _patience(asked: Setting, found: Approach, run: int, here: Manifold, tol: float) -> float:
    """How long a run that swings must be followed, lest it only dies down slowly.

    That is so where there is a stable rest near its middle or its end: many of its time constants.
    """
    free, longest = _at_zero(asked), 0.0
    for x in (found.means[run], found.ends[run]):
        u, converged = rest(here, here.coordinates(x[None]), free, tol)
        if converged[0]:
            values = eigenvalues(here.slopes(u, free), here.mass)[0]
            if is_stable(values):
                longest = max(longest, -_FADED / float(values.real.max()))
    return longest


def surroundings(asked: Setting, found: Approach, run: int, course: Any, length: float) -> Manifold:
    """The manifold that a run moves on."""
    of = asked.field
    size = sizes(course)
    q = found.q[run : run + 1]
    held = laws(of, asked.inputs[run])
    found.conserved[run] = held
    still = _still(asked, q, course, of.start + length)
    begun = found.begun[run]
    base = course[-1] if of.opened.has_events else _levelled(begun, course[-1], still, held, size)
    held = np.concatenate([held, np.eye(of.d)[still]])
    return manifold(of, q, base[None], size, held, _no_range(asked), of.start + length)


def _levelled(begun: Any, end: Any, still: Any, held: Any, size: Any) -> Any:
    """The start; where something has come to stand still, the end, with the start's sums."""
    if not still.any():
        return begun
    d = len(still)
    base, free = end.copy(), ~still
    if len(held):
        lacking = held @ (begun - end)[:d]
        move = np.linalg.lstsq((held * size[:d])[:, free], lacking, rcond=None)[0]
        base[:d][free] += size[:d][free] * move
    return base


def _still(asked: Setting, q: Any, course: Any, late: float) -> Any:
    """Which states have neither a rate nor a slope at the end of a course, though not by a law.

    What a threshold or a gain of 0 has switched off rests wherever it is.
    """
    of = asked.field
    some = course[-min(len(course), 32) :]
    rates, slopes = of.slopes(of.whole(some, _at_zero(asked)), q, late)
    quiet, slopes = (rates == 0.0).all(axis=0)[: of.d], slopes[:, : of.d]
    flat = (slopes[:, :, : of.n + of.lags] == 0.0).all(axis=0)
    whose = np.r_[np.arange(of.n), np.array(of.opened.delayed, np.int64)]
    still = np.zeros(of.n, bool)
    for _ in range(of.d):  # what depends on nothing but what stands still, stands still
        silent = quiet & flat[:, ~still[whose]].all(axis=1)
        if np.array_equal(silent, still[: of.d]):
            break
        still[: of.d] = silent
    return still[: of.d]
