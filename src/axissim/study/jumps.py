"""A timeline as the jumps that a solver makes: known moments at which a state is set or added to.

At one moment resets come first, then what ends and what flows, then clamps, and doses last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from axissim.model.model import ModelError
from axissim.study.inputs import Equipped
from axissim.study.timeline import MOST, Spans, Timeline


class Jumps(NamedTuple):
    """The fields of `axissim.solve.work.Runs` of the same names."""

    jump_first: Any
    jump_last: Any
    jump_time: Any
    jump_state: Any
    jump_scale: Any
    jump_shift: Any


@dataclass(frozen=True)
class Series:
    """Jumps of one state: at each time it becomes ``scale * state + shift``.

    ``time`` and ``shift`` are arrays of shape (runs or 1, moments), NaN where there is none.
    """

    state: str
    time: Any
    scale: float
    shift: Any


def series_of(
    timeline: Timeline, inputs: Equipped, start: Mapping[str, Any], settled: Sequence[Any]
) -> list[Series]:
    """Every jump of a timeline, in the order of those at one moment.

    Parameters
    ----------
    start : mapping
        Each state's value at the start, a number or (runs,): what a reset sets.
    settled : sequence of (time, mapping)
        For each of the timeline's steady states, its moments (runs, 1) and each state's value.
    """
    cuts = [*timeline.resets, *(time for time, _ in settled)]
    found = [
        Series(state, time, 0.0, np.reshape(value, (-1, 1)))
        for time in timeline.resets
        for state, value in start.items()
    ]
    found += [
        Series(state, time, 0.0, value)
        for time, values in settled
        for state, value in values.items()
    ]
    _refuse_in_clamps(timeline, cuts)
    clamps = {key: _joined(spans) for key, spans in _by_target(timeline.clamps)}
    for key, (_, stop, _) in clamps.items():
        found.append(Series(inputs.switches[key], stop, 0.0, np.zeros((1, 1))))
    for key, spans in _by_target(timeline.flows):
        begun, stop, rate = _joined(spans)
        found.append(Series(inputs.flows[key], *sums(begun, _cut(begun, stop, cuts), rate)))
    for key, spans in _by_target(timeline.blocks):
        found.append(Series(inputs.factors[key], *products(*_joined(spans))))
    for key, (begun, _, value) in clamps.items():
        found.append(Series(inputs.switches[key], begun, 0.0, np.ones((1, 1))))
        found.append(Series(key, begun, 0.0, value))
    return found + [Series(d.target, d.time, 1.0, d.amount) for d in timeline.doses]


def jumps_of(series: Sequence[Series], states: Sequence[str], runs: int, end: float) -> Jumps:
    """`series` in order of time; shared by all runs if no run has its own."""
    order = {key: at for at, key in enumerate(states)}
    width = sum(s.time.shape[1] for s in series)
    rows = max((max(s.time.shape[0], s.shift.shape[0]) for s in series), default=1)
    if rows * width > MOST:
        raise ModelError(f"{rows * width:.3g} doses and changes are too many; give fewer")
    time, shift = np.empty((rows, width)), np.empty((rows, width))
    scale, state = np.empty(width), np.empty(width, np.int64)
    at = 0
    for s in series:
        place = slice(at, at + s.time.shape[1])
        time[:, place], shift[:, place] = s.time, s.shift
        scale[place], state[place] = s.scale, order[s.state]
        at = place.stop
    time[~(time <= end)] = np.inf
    counts = np.isfinite(time).sum(axis=1)
    if np.all(time[:, 1:] >= time[:, :-1]):
        scale, state = (np.broadcast_to(column, (rows, width)) for column in (scale, state))
    else:
        turn = np.argsort(time, axis=1, kind="stable")
        time, shift = (np.take_along_axis(column, turn, axis=1) for column in (time, shift))
        scale, state = scale[turn], state[turn]
    first = width * np.arange(rows, dtype=np.int64)
    return Jumps(
        np.ascontiguousarray(np.broadcast_to(first, (runs,))),
        np.ascontiguousarray(np.broadcast_to(first + counts, (runs,))),
        time.ravel(), state.ravel(), scale.ravel(), shift.ravel(),
    )  # fmt: skip


def sums(start: Any, stop: Any, level: Any) -> tuple[Any, float, Any]:
    """When the sum of the levels that hold changes, and to what; exactly 0 where none holds."""
    start, stop, level = _alike(start, stop, level)
    stop = np.where(np.isfinite(start), stop, np.nan)
    time = np.concatenate([stop, start], axis=1)  # stops first, where both are at one moment
    there = np.isfinite(time)
    change = np.where(there, np.concatenate([-level, level], axis=1), 0.0)
    count = np.where(there, np.repeat([[-1, 1]], start.shape[1], axis=1), 0)
    turn = np.argsort(np.where(there, time, np.inf), axis=1, kind="stable")
    time, change, count = (np.take_along_axis(a, turn, axis=1) for a in (time, change, count))
    total, holding = np.cumsum(change, axis=1), np.cumsum(count, axis=1)
    # What rounding left when none held is taken out of all that follows.
    idle = np.where(holding == 0, np.arange(time.shape[1]), -1)
    last = np.maximum.accumulate(idle, axis=1)
    left = np.where(last < 0, 0.0, np.take_along_axis(total, np.maximum(last, 0), axis=1))
    return np.where(np.isfinite(time), time, np.nan), 0.0, np.where(holding == 0, 0.0, total - left)


def products(start: Any, stop: Any, level: Any) -> tuple[Any, float, Any]:
    """When the product of the levels that hold changes, and to what; exactly 1 where none holds."""
    start, stop, level = _alike(start, stop, level)
    stop = np.where(np.isfinite(start), stop, np.nan)
    time = np.concatenate([stop, start], axis=1)
    product = np.ones(time.shape)
    for at in range(start.shape[1]):
        holds = (start[:, at : at + 1] <= time) & (time < stop[:, at : at + 1])
        product *= np.where(holds, level[:, at : at + 1], 1.0)
    return np.where(np.isfinite(time), time, np.nan), 0.0, product


def _by_target(spans: Sequence[Spans]) -> list[tuple[str, list[Spans]]]:
    targets = dict.fromkeys(span.target for span in spans)
    return [(key, [span for span in spans if span.target == key]) for key in targets]


def _joined(spans: Sequence[Spans]) -> tuple[Any, Any, Any]:
    """Starts, stops and levels of several spans side by side."""
    parts = [_alike(span.start, span.stop, span.level) for span in spans]
    rows = max(part[0].shape[0] for part in parts)
    wide = [[np.broadcast_to(array, (rows, array.shape[1])) for array in part] for part in parts]
    start, stop, level = (np.concatenate(columns, axis=1) for columns in zip(*wide, strict=True))
    return start, stop, level


def _alike(*arrays: Any) -> tuple[Any, ...]:
    return tuple(np.broadcast_arrays(*arrays))


def _cut(start: Any, stop: Any, cuts: Sequence[Any]) -> Any:
    """Where each span stops, if all that began before one of `cuts` stops there."""
    for times in cuts:
        for at in range(times.shape[1]):
            cut = times[:, at : at + 1]
            stop = np.where((start < cut) & (cut < stop), cut, stop)
    return stop


def _refuse_in_clamps(timeline: Timeline, cuts: Sequence[Any]) -> None:
    """ModelError where clamps of a state overlap, or it is dosed or set while it is clamped."""
    for key, spans in _by_target(timeline.clamps):
        start, stop, _ = _joined(spans)
        doses = [dose.time for dose in timeline.doses if dose.target == key]
        for at in range(start.shape[1]):
            begun, over = start[:, at : at + 1], stop[:, at : at + 1]
            if np.any(_inside(begun, over, np.delete(start, at, axis=1))):
                raise ModelError(f"clamps of '{key}' overlap; end one before the next begins")
            for what, times in (("dosed", doses), ("set", cuts)):
                for time in times:
                    inside = _inside(begun, over, time)
                    if np.any(inside):
                        when = np.broadcast_to(time, inside.shape)[inside][0]
                        raise ModelError(
                            f"'{key}' is {what} at {when:g}, while it is clamped; "
                            "do it before or after"
                        )


def _inside(begun: Any, over: Any, time: Any) -> Any:
    return (begun <= time) & (time < over)
