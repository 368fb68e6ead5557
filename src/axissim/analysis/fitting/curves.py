"""Fitted curves to draw through data: each observable in each condition, at many moments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.fitting.likelihood import Objective
from axissim.analysis.fitting.problem import plain
from axissim.model.expression import value

if TYPE_CHECKING:
    import xarray as xr

_POINTS = 121


def curves(objective: Objective, best: Any) -> xr.Dataset:
    """The courses that fit, a ``series`` for each observable, condition and set of placeholders.

    Returns
    -------
    xarray.Dataset
        ``curve`` (series, moment); coordinates ``moment`` (time), and
        ``series`` of each ``measurement``; ``series_observable``, ``series_condition``.
    """
    import xarray as xr

    problem, lay = objective.problem, objective.simulation.layout
    times = _moments(lay.times)
    theta, _ = plain(problem.unknowns, best[None])
    moved = objective.simulation.values(theta, times)
    lines: list[Any] = []
    observed, conditions, scales = [], [], []
    series = np.zeros(len(problem.measurements), np.int64)
    for group in objective.groups:
        alike: dict[Any, list[int]] = {}
        read = group.read_by_formula
        for at in range(group.count):
            given = [(s.numbers[at], s.unknowns[at]) for s in read.values()]
            key = (int(group.group.experiment[at]), repr(given))
            alike.setdefault(key, []).append(at)
        for (experiment, _), rows in alike.items():
            env: dict[str, Any] = {
                k: s.values(theta)[0, rows[0]] for k, s in group.group.given.items()
            }
            env |= {k: moved[0, experiment, :, at] for at, k in enumerate(lay.quantities)}
            series[group.group.rows[rows]] = len(lines)
            lines.append(np.broadcast_to(value(group.formula, env, times), times.shape))
            observed.append(group.group.reading.id)
            scales.append(group.group.reading.scale)
            conditions.append(lay.experiments[experiment][0])
    unit = {"units": problem.model.time_unit} if problem.model.time_unit else {}
    return xr.Dataset(
        {"curve": (("series", "moment"), np.array(lines))},
        coords={
            "moment": ("moment", times, {"long_name": "time", **unit}),
            "series_observable": ("series", observed),
            "series_condition": ("series", conditions),
            "series_scale": ("series", scales),
            "series_of": ("measurement", series),
        },
    )


def _moments(times: Any) -> Any:
    finite = times[np.isfinite(times)]
    return np.unique(np.concatenate([finite, np.linspace(0.0, max(finite[-1], 1e-9), _POINTS)]))
