"""Moments of a run at which something is known to happen: switches, doses, echoes of jumps."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import numpy as np

_LEVELS = 5  # a jump is that many derivatives higher at its fifth echo: smooth for any method
_MOST = 200  # echoes of one moment


class Moments:
    """The known moments of a run, rising.

    Parameters
    ----------
    start, stop : float
    blur : float
        How far rounding may move a moment: those nearer to each other than this are one.
    lags : sequence of float
        Constant delays: what happens has an echo that much later, and echoes have echoes.
    """

    def __init__(self, start: float, stop: float, blur: float, lags: Any) -> None:
        self.start, self.stop, self.blur = start, stop, blur
        self.echoes = _sums([lag for lag in lags if blur < lag < stop - start], stop - start)
        self.times: Any = np.empty(0)

    def add(self, moments: Any) -> None:
        """Have `moments`, and their echoes."""
        moments = np.asarray(moments, float).reshape(-1)
        later = (moments[:, None] + self.echoes).ravel()
        found = np.concatenate([self.times, moments, later])
        inside = (found > self.start + self.blur) & (found < self.stop - self.blur)
        self.times = np.unique(found[inside])

    def after(self, t: float) -> float:
        """The next one, or the end of the run."""
        at = bisect_right(self.times, t + self.blur)
        return float(self.times[at]) if at < len(self.times) else self.stop

    def snapped(self, t: float) -> float:
        """`t`, or the known moment that it can only differ from by rounding."""
        at = bisect_right(self.times, t - self.blur)
        near = at < len(self.times) and self.times[at] <= t + self.blur
        return float(self.times[at]) if near else t


def _sums(lags: list[float], span: float) -> Any:
    """Sums of up to `_LEVELS` of `lags` that are less than `span`."""
    found: set[float] = set()
    level = {0.0}
    for _ in range(_LEVELS):
        level = {so_far + lag for so_far in level for lag in lags if so_far + lag < span}
        if len(found | level) > _MOST:
            break
        found |= level
    return np.array(sorted(found))


def turns(switches: Any, start: float, stop: float) -> Any:
    """When the `switches` (first, period), shape (k, 2), change within a run."""
    moments = [np.empty(0)]
    for first, period in switches:
        if period > 0.0 and np.isfinite(first + period):
            at = np.arange(np.ceil((start - first) / period), (stop - first) / period + 1.0)
            moments.append(first + period * at)
        else:
            moments.append(np.array([first]))
    return np.concatenate(moments)
