"""Local sensitivities as heat maps: which parameter matters when, up or down."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from axissim.plot.style import clock, drawn, name, page
from axissim.solve.work import OK

if TYPE_CHECKING:
    import xarray as xr

_MOST = 14  # parameters a panel


@drawn
def sensitivities(ds: xr.Dataset, ids: Sequence[str] | None = None) -> Figure:
    """A panel an output: relative sensitivity to the parameters that matter most, over time.

    Parameters
    ----------
    ds : xarray.Dataset
        Of `axissim.analysis.sensitivity.sensitivity`, for one set of values.
    ids : sequence of str, optional
        Outputs to draw; left out, all, at most four.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        For a result of another kind, or an output that it does not hold.
    """
    keys = derived(ds, ids)
    found = [_relative(ds, key) for key in keys]
    rows = max(len(array["parameter"]) for array in found)
    across = min(len(keys), 2)
    down = -(-len(keys) // across)
    size = (5.6 * across + 1.2, down * (0.22 * rows + 1.3) + 0.6)
    sizes = np.concatenate([np.abs(array.values).ravel() for array in found])
    most = max(float(np.nanquantile(sizes, 0.98)) if sizes.size else 0.0, 1e-6)
    norm = Normalize(-most, most)
    with page(ds, size, "% of change of an output for 1 % of a parameter" + lost(ds)) as figure:
        grid: Any = figure.subplots(down, across, squeeze=False)
        panels = list(grid.ravel())
        for axes, key, array in zip(panels, keys, found, strict=False):
            mesh = _panel(axes, ds, key, array, norm)
        for axes in panels[len(keys) :]:
            axes.set_visible(False)
        bar = figure.colorbar(mesh, ax=panels, aspect=30, pad=0.02, extend="both")
        bar.outline.set_visible(False)
        bar.set_label("relative sensitivity")
    return figure


def lost(ds: xr.Dataset) -> str:
    """What a note says of parameters whose runs failed."""
    failed = int((ds["status"] != OK).sum())
    return f"; {failed} of {ds.sizes['parameter']} parameters failed" if failed else ""


def derived(ds: xr.Dataset, ids: Sequence[str] | None) -> list[str]:
    """The outputs with derivatives to draw, at most four; ValueError where there are none."""
    known = [str(k).removeprefix("d_") for k in ds.data_vars if str(k).startswith("d_")]
    known = [key for key in known if key in ds]
    if not known or "derived" not in ds.coords:
        raise ValueError("this picture needs derivatives; make them by axissim sensitivity --local")
    others = [dim for dim in ds[f"d_{known[0]}"].dims if dim not in ("parameter", "time")]
    if others:
        raise ValueError(f"this picture is of one set of values; pick one of each {others[0]}")
    for key in ids or ():
        if key not in known:
            raise ValueError(f"'{key}' is not in the result; it holds {', '.join(known)}")
    if not np.any(ds["status"] == OK):
        raise ValueError(f"{ds['status'].size} of the runs failed; there is nothing to rank")
    return (list(ids) if ids else known)[:4]


def _relative(ds: xr.Dataset, key: str) -> xr.DataArray:
    """Relative sensitivities of an output, the most important parameters first."""
    slopes = ds[f"d_{key}"].transpose("parameter", "time")
    if not json.loads(ds.attrs["config"])["relative"]:
        with np.errstate(divide="ignore", invalid="ignore"):
            slopes = slopes * ds["value"] / ds[key]
        slopes = slopes.where(np.isfinite(slopes))
    size = np.nan_to_num(np.abs(slopes.values)).max(axis=1)
    order = np.argsort(-size, kind="stable")[:_MOST]
    return slopes.isel(parameter=order[size[order] > 0.0] if np.any(size) else order)


def _panel(axes: Axes, ds: xr.Dataset, key: str, array: xr.DataArray, norm: Any) -> Any:
    rows = np.arange(len(array["parameter"]) + 1.0)
    times = ds["time"].values
    edges = np.concatenate([[times[0]], 0.5 * (times[1:] + times[:-1]), [times[-1]]])
    mesh = axes.pcolormesh(edges, rows, array.values, cmap="RdBu_r", norm=norm)
    mesh.set_edgecolor("face")
    axes.set_yticks(rows[:-1] + 0.5, [str(key) for key in array["parameter"].values])
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.grid(False)
    axes.set_title(name(ds[key], 50))
    clock(axes, ds)
    return mesh
