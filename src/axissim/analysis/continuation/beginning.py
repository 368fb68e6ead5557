"""From which rests branches start: a model, its ranges, and the coordinates to go in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from axissim.analysis.field.approach import DRIVEN, Approach, approach
from axissim.analysis.field.courses import sizes
from axissim.analysis.field.laws import laws
from axissim.analysis.field.manifold import Manifold, manifold
from axissim.analysis.field.newton import rest
from axissim.analysis.field.opened import parameter_value
from axissim.analysis.field.setting import Setting, setting
from axissim.analysis.field.starts import every_rest
from axissim.model.model import Model, ModelError

Ranges = Mapping[str, tuple[float, float]]
_STARTS = 48  # random ones, where the start's own run does not rest


@dataclass(frozen=True, eq=False)
class Beginning:
    """What is needed to follow branches.

    Attributes
    ----------
    asked : Setting
        With the parameters of the ranges free.
    of : Manifold
        The free parameters' coordinates are 0 and 1 at the ends of their ranges.
    free : (f,) array
        Their coordinates at the start.
    rests : list of (r,) arrays
        The coordinates of rests at the start.
    conserved : (laws, differential) array
    begun, end : (n,) array
        A run's start, and where it ended.
    still : Setting
        The same with no parameter free.
    found : Approach
        What became of its run.
    """

    asked: Setting
    of: Manifold
    free: Any
    rests: list[Any]
    conserved: Any
    begun: Any
    end: Any
    still: Setting
    found: Approach


def beginning(
    model: Model,
    ranges: Ranges,
    params: Mapping[str, float] | None,
    init: Mapping[str, float] | None,
    outputs: Sequence[str] | None,
    several: bool,
) -> Beginning:
    """Find the rests from which branches start; ModelError in one line where there are none."""
    limits = _limits(model, ranges)
    values = _values(model, ranges, params or {}, limits)
    asked = setting(model, None, params, init, outputs, free=list(ranges))
    still = setting(model, None, {**(params or {}), **values}, init, None)
    if still.field.opened.has_events:
        raise ModelError(
            f"'{model.id}' has events, across which rests and cycles cannot be followed; leave "
            "them out"
        )
    found = approach(still, 1e-11, None, 1)
    if found.status[0] == DRIVEN:
        raise ModelError(
            f"rates of '{model.id}' change with the clock for ever, so that nothing rests; set the "
            "parameter that turns its clock off"
        )
    x = found.x
    if several or not np.isfinite(x).all():
        enough = _STARTS if several else 1
        rng = np.random.default_rng(0)
        x, _, _ = every_rest(still, found, 0, 1e-11, _STARTS, rng, enough)
    begun, end = found.begun[0], found.ends[0]
    size = sizes(np.vstack([begun[None], end[None], x]))
    after = float(np.nan_to_num(found.after[0]))
    of, held = _manifold(asked, begun, size, limits, asked.field.start + after)
    free = np.array([(values[key] - limits[0, i]) / np.ptp(limits[:, i])
                     for i, key in enumerate(ranges)])  # fmt: skip
    rests = _confirmed(of, x, free)
    return Beginning(asked, of, free, rests, held, begun, end, still, found)


def _limits(model: Model, ranges: Ranges) -> Any:
    """The ends of each range (2, f)."""
    if not 1 <= len(ranges) <= 2:
        raise ModelError("branches are followed in one parameter, or in two for curves")
    for key, (low, high) in ranges.items():
        model.part(key)
        if not np.isfinite(high - low) or not low < high:
            raise ModelError(f"'{key}': {low:g} to {high:g} is no range")
    return np.array(list(ranges.values()), float).T


def _values(
    model: Model, ranges: Ranges, params: Mapping[str, float], limits: Any
) -> dict[str, float]:
    """Where each parameter of the ranges starts."""
    values = {}
    for at, key in enumerate(ranges):
        value = float(params[key]) if key in params else parameter_value(model, key)
        low, high = limits[:, at]
        if not low <= value <= high:
            if at or key in params:
                raise ModelError(
                    f"'{key}' = {value:g} lies outside {low:g} to {high:g}, where the branch is to "
                    "start; give it a value inside"
                )
            value = float(np.clip(value, low, high))
        values[key] = value
    return values


def _manifold(
    asked: Setting, begun: Any, size: Any, limits: Any, time: float
) -> tuple[Manifold, Any]:
    q, _ = asked.field.prepared(asked.inputs)
    held = laws(asked.field, asked.inputs[0])
    return manifold(asked.field, q, begun[None], size, held, limits, time), held


def _confirmed(of: Manifold, x: Any, free: Any) -> list[Any]:
    """The coordinates of rests, found again with the parameters free."""
    if not len(x):
        return []
    u, good = rest(of, of.coordinates(x), np.repeat(free[None], len(x), axis=0))
    return [row for row, well in zip(u, good, strict=True) if well]
