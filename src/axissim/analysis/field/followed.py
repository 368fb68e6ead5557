"""Runs of a setting, as the courses of its movers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.field.setting import Setting
from axissim.solve.work import NOT_RUN, OK
from axissim.study.dataset import free_names
from axissim.study.sweep import sweep

if TYPE_CHECKING:
    import xarray as xr


def followed(
    asked: Setting, times: Any, design: xr.Dataset | None = None, **options: Any
) -> tuple[Any, Any]:
    """Solve the runs of a design that starts as the setting does.

    Parameters
    ----------
    times : (t,) array
        The first is where runs start.
    design : xarray.Dataset, optional
        Left out, one run.
    options
        Of `axissim.sweep`.

    Returns
    -------
    (runs, t, n) array, (runs,) array of bool
        The movers, and which runs ended well.

    Raises
    ------
    KeyboardInterrupt
        If that came before all were run: what is not known is no result.
    """
    states = {state.id for state in asked.model.states}
    movers, changed = list(asked.field.opened.movers), asked.question.changed
    ds = sweep(
        asked.model,
        design,
        t=times.tolist(),
        params={key: v for key, v in changed.items() if key not in states},
        init={key: v for key, v in changed.items() if key in states},
        outputs=movers,
        **options,
    )
    status = ds["status"].values.reshape(-1)
    if np.any(status == NOT_RUN):
        raise KeyboardInterrupt
    called = free_names(movers, {*ds.coords} - {"time"})
    courses = [ds[called[key]].values.reshape(len(status), -1) for key in movers]
    return np.stack(courses, axis=-1), status == OK
