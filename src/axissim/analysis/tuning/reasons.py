"""Reasons: which lever moves which read-out, about one candidate."""

from __future__ import annotations

from typing import Any

import numpy as np

from axissim.analysis.tuning.levers import Lever
from axissim.analysis.tuning.trials import Trials, mean_of

_STEP = 0.02  # of a lever's range, to either side


def reasons(trials: Trials, at: Any, people: Any) -> tuple[Any, Any, Any]:
    """Slopes and elasticities of each read-out's mean over people with each lever.

    Each lever is moved to either side of its setting, by a fiftieth of its range or to the next
    of its values, as far as its bounds let it.

    Parameters
    ----------
    at : (levers,) array
        The candidate.
    people : array of int

    Returns
    -------
    slope : (levers, read-outs) array
        Change of the read-out per unit of the lever.
    elasticity : (levers, read-outs) array
        Change in per cent for one per cent of the lever; NaN where either is 0.
    agree : (levers, read-outs) array
        The share of people in whom the change has the sign of the mean's.
    """
    levers = trials.levers
    moved = np.tile(at, (2 * len(levers) + 1, 1))
    for row, lever in enumerate(levers):
        moved[2 * row + 1, row], moved[2 * row + 2, row] = _aside(lever, float(at[row]))
    outcome = trials.outcome(moved, people)
    middle = outcome.values[0]
    low, high = outcome.values[1::2], outcome.values[2::2]
    step = (moved[2::2] - moved[1::2])[np.arange(len(levers)), np.arange(len(levers))]
    change = high - low
    there = ~np.isnan(change)
    mean = mean_of(change)
    slope = mean / step[:, None]
    size = mean_of(np.where(there, middle, np.nan))
    with np.errstate(all="ignore"):
        elasticity = np.where(at[:, None] == 0.0, np.nan, slope * at[:, None] / size)
        same = (np.sign(change) == np.sign(mean)[:, None]) & there
        agree = same.sum(axis=1) / there.sum(axis=1)
    return slope, np.where(np.isfinite(elasticity), elasticity, np.nan), agree


def none(trials: Trials) -> tuple[Any, Any, Any]:
    """What `reasons` gives where nothing was tried."""
    blank = np.full((len(trials.levers), len(trials.read_outs)), np.nan)
    return blank, blank, blank


def _aside(lever: Lever, setting: float) -> tuple[float, float]:
    """Settings below and above one."""
    if lever.values:
        index = int(np.argmin(np.abs(np.array(lever.values) - setting)))
        return lever.values[max(index - 1, 0)], lever.values[min(index + 1, len(lever.values) - 1)]
    if lever.scale == "log":
        factor = (lever.high / lever.low) ** _STEP
        return max(setting / factor, lever.low), min(setting * factor, lever.high)
    step = _STEP * (lever.high - lever.low)
    return max(setting - step, lever.low), min(setting + step, lever.high)
