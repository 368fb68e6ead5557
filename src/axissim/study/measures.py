"""Numbers of a trajectory, of many runs at once: ``max``, ``auc``, ``period`` and so on.

Each takes the times (t,), the trajectories (runs, t) without NaN, and further numbers, one or one
a run (runs, 1), and gives (runs,).  Between the times kept a trajectory is a straight line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def _sum(x: Any) -> Any:
    """Of each row, in the same order whatever rows there are beside it, as a product has it not."""
    return np.ascontiguousarray(x).sum(axis=1)


def _auc(t: Any, x: Any) -> Any:
    return _sum((x[:, 1:] + x[:, :-1]) * (np.diff(t) / 2.0))


def _mean(t: Any, x: Any) -> Any:
    return _auc(t, x) / (t[-1] - t[0])


def _std(t: Any, x: Any) -> Any:
    """Over the time, of the straight lines: the square of one has the mean (aa + ab + bb)/3."""
    d = x - _mean(t, x)[:, None]
    left, right = d[:, :-1], d[:, 1:]
    squares = (left * left + left * right + right * right) / 3.0
    return np.sqrt(_sum(squares * np.diff(t)) / (t[-1] - t[0]))


def _at(t: Any, x: Any, moment: Any) -> Any:
    """By the straight line between the times kept; NaN outside of them."""
    moments = np.broadcast_to(np.asarray(moment, float).reshape(-1, 1), (len(x), 1))[:, 0]
    after = np.clip(np.searchsorted(t, moments, side="left"), 1, len(t) - 1)
    rows = np.arange(len(x))
    left, right = x[rows, after - 1], x[rows, after]
    share = (moments - t[after - 1]) / (t[after] - t[after - 1])
    found = np.where(share == 1.0, right, left + share * (right - left))  # the very value kept
    return np.where((moments >= t[0]) & (moments <= t[-1]), found, np.nan)


def _time_above(t: Any, x: Any, level: Any) -> Any:
    """How long the straight lines between the times kept lie above a level."""
    d = x - np.asarray(level, float).reshape(-1, 1)
    left, right = d[:, :-1], d[:, 1:]
    high, low = np.maximum(left, right), np.minimum(left, right)
    share = np.where(low >= 0.0, high > 0.0, np.where(high > 0.0, high / (high - low), 0.0))
    return _sum(share * np.diff(t))


def _time_below(t: Any, x: Any, level: Any) -> Any:
    return _time_above(t, -x, -np.asarray(level, float))


def _rise(t: Any, x: Any) -> Any:
    """How long from a tenth to nine tenths of the way from the first value to the greatest.

    Each is reached for the first time; NaN where no value is greater than the first.
    """
    first, height = x[:, 0], x.max(axis=1) - x[:, 0]
    tenth, most = (_reached(t, x, first + share * height) for share in (0.1, 0.9))
    return np.where(height > 0.0, most - tenth, np.nan)


def _reached(t: Any, x: Any, level: Any) -> Any:
    """When a trajectory that starts below its level is there for the first time."""
    after = np.maximum((x >= level[:, None]).argmax(axis=1), 1)
    rows = np.arange(len(x))
    left, right = x[rows, after - 1], x[rows, after]
    return t[after - 1] + (t[after] - t[after - 1]) * ((level - left) / (right - left))


def _period(t: Any, x: Any) -> Any:
    """Mean time between rises through the middle of the range; NaN with fewer than two."""
    d = x - (x.max(axis=1) + x.min(axis=1))[:, None] / 2.0
    up = (d[:, :-1] < 0.0) & (d[:, 1:] >= 0.0)
    moments = t[:-1] + np.diff(t) * (d[:, :-1] / (d[:, :-1] - d[:, 1:]))
    first = np.where(up, moments, np.inf).min(axis=1)
    last = np.where(up, moments, -np.inf).max(axis=1)
    count = up.sum(axis=1)
    return np.where(count > 1, (last - first) / np.maximum(count - 1, 1), np.nan)


def _peaks(t: Any, x: Any) -> Any:
    """How often a trajectory falls after it has risen; a level top is one, a shelf none."""
    way = np.sign(np.diff(x, axis=1)).astype(np.int8)
    told = np.maximum.accumulate(np.where(way != 0, np.arange(way.shape[1]), 0), axis=1)
    way = np.take_along_axis(way, told, axis=1)  # where level: the way it came
    return ((way[:, :-1] > 0) & (way[:, 1:] < 0)).sum(axis=1).astype(float)


# Each function, and how many numbers it takes after the trajectory.
MEASURES: dict[str, tuple[Callable[..., Any], int]] = {
    "max": (lambda t, x: x.max(axis=1), 0),
    "min": (lambda t, x: x.min(axis=1), 0),
    "range": (lambda t, x: x.max(axis=1) - x.min(axis=1), 0),
    "mean": (_mean, 0),
    "std": (_std, 0),
    "auc": (_auc, 0),
    "first": (lambda t, x: x[:, 0], 0),
    "last": (lambda t, x: x[:, -1], 0),
    "at": (_at, 1),
    "t_max": (lambda t, x: t[x.argmax(axis=1)], 0),
    "t_min": (lambda t, x: t[x.argmin(axis=1)], 0),
    "time_above": (_time_above, 1),
    "time_below": (_time_below, 1),
    "rise": (_rise, 0),
    "peaks": (_peaks, 0),
    "period": (_period, 0),
}

KEEP = ("max", "min", "range", "mean", "std", "first", "last", "at", "bands")  # the unit
TIMES = ("t_max", "t_min", "time_above", "time_below", "rise", "period")  # that of the time
