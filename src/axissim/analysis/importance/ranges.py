"""Ranges of what varies, and how they bend the unit cube into values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from axissim.model.model import suggestion
from axissim.study.distribution import Distribution, distribution, loguniform, uniform

Range = tuple[float, float] | Distribution | str
_EDGE = 0.005  # of what has no ends: where the ends of a grid are put


def distributions(
    ranges: Mapping[str, Range], scale: str | Mapping[str, str]
) -> dict[str, Distribution]:
    """A distribution for each id.

    Parameters
    ----------
    ranges : mapping
        Id to (low, high), to a distribution, or to its text.
    scale : "linear" or "log", or a mapping from id to these
        Of those given as (low, high).
    """
    if len(ranges) < 2:
        raise ValueError("importance compares parameters; give ranges of at least two")
    if not isinstance(scale, str):
        for key in scale:
            if key not in ranges:
                raise ValueError(f"a scale is given for '{key}'" + (suggestion(key, ranges) or ""))
    found = {}
    for key, given in ranges.items():
        word = scale if isinstance(scale, str) else scale.get(key, "linear")
        if word not in ("linear", "log"):
            raise ValueError(f"'{key}': scale '{word}' is not linear or log")
        try:
            if isinstance(given, (str, Distribution)):
                found[key] = distribution(given)
            else:
                low, high = given
                found[key] = (loguniform if word == "log" else uniform)(low, high)
        except (TypeError, ValueError) as wrong:
            raise ValueError(f"'{key}': {wrong}") from None
    return found


def bent(points: Any, kinds: Mapping[str, Distribution]) -> dict[str, Any]:
    """The values at points of the unit cube, (runs,) an id.

    A grid has points on the cube's faces, where a distribution without ends is infinite; such an
    axis is drawn in a little, to the 0.5th and 99.5th percentile.
    """
    found = {}
    for at, (key, kind) in enumerate(kinds.items()):
        u = points[:, at]
        endless = "normal" in kind.kind and not (np.isfinite(kind.low) and np.isfinite(kind.high))
        if endless and (u.min() <= 0.0 or u.max() >= 1.0):
            u = _EDGE + (1.0 - 2.0 * _EDGE) * u
        found[key] = kind.quantile(u)
    return found
