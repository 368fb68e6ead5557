"""Which parameter matters most: relative sensitivities as one number a parameter and output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import xarray as xr


def ranking(ds: xr.Dataset) -> xr.Dataset:
    """How much outputs change for one per cent of each parameter, the most important first.

    Parameters
    ----------
    ds : xarray.Dataset
        Of `axissim.analysis.sensitivity.sensitivity`, for one set of values or many.

    Returns
    -------
    xarray.Dataset
        Over the design's dimensions, ``parameter`` and ``output``: ``of_mean``, per cent of
        change of the mean over time for one per cent of the parameter, and ``at_end``, of the last
        value.  NaN where the output is 0.
    """
    import xarray as xr

    keys = [str(key).removeprefix("d_") for key in ds.data_vars if str(key).startswith("d_")]
    keys = [key for key in keys if key in ds and f"d_{key}" in ds]
    relative = bool(json.loads(ds.attrs["config"])["relative"])
    of_mean, at_end = [], []
    for key in keys:
        y, slope = ds[key], ds[f"d_{key}"]
        # a share of an output that is 0 is not known; a run that failed stays NaN
        change = (slope * y).where(y != 0.0, 0.0) if relative else slope * ds["value"]
        with np.errstate(divide="ignore", invalid="ignore"):
            of_mean.append(change.integrate("time") / y.integrate("time"))
            at_end.append((change / y).isel(time=-1, drop=True))
    label = xr.Variable("output", keys, {"long_name": "output"})
    found = xr.Dataset(
        {
            "of_mean": xr.concat(of_mean, label).assign_attrs(units="1", long_name=_MEAN),
            "at_end": xr.concat(at_end, label).assign_attrs(units="1", long_name=_END),
        }
    )
    found = found.where(np.isfinite(found)).transpose(..., "parameter", "output")
    sizes = np.abs(found["of_mean"].transpose("parameter", ...).values)
    most = np.nan_to_num(sizes, nan=-1.0).reshape(len(sizes), -1).max(axis=1)
    return found.isel(parameter=np.argsort(-most, kind="stable"))


_MEAN = "relative change of the mean by that of a parameter"
_END = "relative change at the end by that of a parameter"
