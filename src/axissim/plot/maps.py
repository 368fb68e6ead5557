"""A variable at one moment over a grid of two quantities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from axissim.plot.runs import dims, is_log, words
from axissim.plot.style import FAILED, MAP, drawn, label, outputs, page, unit

if TYPE_CHECKING:
    import xarray as xr


@drawn
def heatmap(ds: xr.Dataset, id: str | None = None, *, at: float | None = None) -> Figure:
    """One variable at one moment over a grid of two quantities, failed runs crossed out.

    Parameters
    ----------
    ds : xarray.Dataset
        Of a sweep over a grid with two dimensions.
    id : str, optional
        What to draw; left out, the first variable.
    at : float, optional
        When (the nearest time saved); left out, at the end.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        For a result of another shape.
    """
    key = outputs(ds, [id] if id else None)[0]
    axes_of = dims(ds)
    if len(axes_of) != 2:
        raise ValueError(f"a heat map needs a grid over two quantities, not {len(axes_of)}")
    moment = ds.isel(time=-1) if at is None else ds.sel(time=at, method="nearest")
    across, up = axes_of
    when = f"at {float(moment['time']):g} {unit(ds['time'])}".strip()
    with page(ds, (7.2, 5.6), f"{words(ds)}; {when}") as figure:
        axes = figure.subplots()
        values = moment[key].transpose(up, across).values
        mesh = axes.pcolormesh(ds[across], ds[up], values, cmap=MAP, shading="nearest")
        mesh.set_edgecolor("face")
        _lines(axes, ds, across, up, values)
        failed = np.argwhere(moment["status"].transpose(up, across).values > 1)
        if failed.size:
            axes.plot(ds[across][failed[:, 1]], ds[up][failed[:, 0]], "x", color=FAILED, ms=5)
        _axes(axes, ds, across, up)
        bar = figure.colorbar(mesh, ax=axes, aspect=30, pad=0.02)
        bar.set_label(label(ds[key]))
        bar.outline.set_visible(False)  # type: ignore[operator]
    return figure


def _lines(axes: Axes, ds: xr.Dataset, across: str, up: str, values: Any) -> None:
    """Contours, where there is something to draw them through."""
    finite = np.isfinite(values)
    if min(values.shape) < 3 or not finite.all() or np.ptp(values) == 0.0:
        return
    lines = axes.contour(ds[across], ds[up], values, levels=6, colors="white", linewidths=0.7)
    axes.clabel(lines, fontsize=7, fmt="%.3g")


def _axes(axes: Axes, ds: xr.Dataset, across: str, up: str) -> None:
    axes.grid(False)
    if is_log(ds[across].values):
        axes.set_xscale("log")
    if is_log(ds[up].values):
        axes.set_yscale("log")
    axes.set_xlabel(label(ds[across]))
    axes.set_ylabel(label(ds[up]))
