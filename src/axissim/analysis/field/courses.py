"""What a course in time tells of its end: how large, how fast, whether it swings."""

from __future__ import annotations

from typing import Any

import numpy as np

POINTS = 1001  # of a run that is watched, in its last half
NEAR = 1e-3  # of a state's size: so near to rest a run must have come by itself
_NOTHING = 1e-30
_NOISE = 1e-6  # of a state's size: what integration leaves to and fro


def sizes(rows: Any) -> Any:
    """The greatest size of each mover; 1 where it is nothing but what rounding leaves."""
    size = np.nanmax(np.abs(rows), axis=0)
    return np.where(size > _NOTHING, size, 1.0)


def late_size(course: Any) -> Any:
    """How large each mover is in the end, not less than a thousandth of what it has been."""
    return np.maximum(sizes(course[-POINTS // 10 :]), 1e-3 * sizes(course))


def hurries(course: Any) -> bool:
    """Whether a run still moves in the end, by more than one that is near rest could."""
    recent = course[-POINTS // 10 :]
    return bool(np.any(np.ptp(recent, axis=0) > 10.0 * NEAR * late_size(course)))


def swings_on(course: Any, largest: Any) -> bool:
    """Whether a course goes up and down as far as ever to its end.

    Spread, not range, is compared: samples of sharp peaks miss their tops.
    """
    early, late = course[: len(course) // 2], course[len(course) // 2 :]
    size = np.abs(course).max(axis=0)
    before, after = early.std(axis=0), late.std(axis=0)
    moving = (after > 1e-4 * np.where(size > 0.0, size, 1.0)) & (after > _NOISE * largest)
    if not moving.any():
        return False
    change = np.abs(after - before)[moving] / np.maximum(after, before)[moving]
    if np.median(change) > 0.1 or change.max() > 0.5:
        return False
    turns = [_turns(course[:, at]) for at in np.flatnonzero(moving)]
    return bool(np.max(turns) >= 6)


def _turns(course: Any) -> int:
    way = np.sign(np.diff(course))
    way = way[way != 0]
    return int(np.sum(way[1:] != way[:-1]))
