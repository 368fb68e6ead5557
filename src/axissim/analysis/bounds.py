"""How far the swept values of a failed run must move until it succeeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.solve.work import OK
from axissim.study.sweep import sweep

if TYPE_CHECKING:
    from axissim.model.model import Model

_PLACES = 64  # looked at on the way


def moved(
    model: Model, one: Mapping[str, Any], values: Mapping[str, float], to: Mapping[str, float]
) -> str:
    """Where on the way from the values of a failed run to those of one that did not it succeeds.

    Parameters
    ----------
    one : mapping
        What `axissim.simulate` is asked for the failed run.
    values, to : mapping
        What the design sets in either.

    Returns
    -------
    str
        ``ok from k = 0.92, a = 1.1 (31 % of the way to the nearest run that succeeded)``.
    """
    import xarray as xr

    keys = [key for key in to if np.isfinite(values[key]) and values[key] != to[key]]
    if not keys:
        return "no value that could be moved"
    way = np.arange(1, _PLACES + 1) / _PLACES
    columns = {key: values[key] + way * (to[key] - values[key]) for key in keys}
    fixed = {
        name: {key: value for key, value in one[name].items() if key not in keys}
        for name in ("params", "init")
    }
    design = xr.Dataset({key: ("sample", column) for key, column in columns.items()})
    ended = sweep(model, design, **{**one, **fixed})["status"].values == OK
    if not ended[-1]:
        return "fails even there"
    first = int(np.flatnonzero(~ended)[-1]) + 1 if not ended.all() else 0
    where = ", ".join(f"{key} = {column[first]:.4g}" for key, column in columns.items())
    return (
        f"ok from {where} ({100 * way[first]:.0f} % of the way to the nearest run that succeeded)"
    )
