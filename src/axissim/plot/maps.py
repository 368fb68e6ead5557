"""A variable at one moment over a grid of two quantities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator

from axissim.plot.runs import dims, is_log, words
from axissim.plot.style import FAILED, MAP, drawn, label, logarithmic, outputs, page, unit, wide

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
        finite = values[np.isfinite(values)]
        norm = LogNorm() if finite.size and wide(finite) else None
        mesh = axes.pcolormesh(ds[across], ds[up], values, cmap=MAP, shading="nearest", norm=norm)
        mesh.set_edgecolor("face")
        _lines(axes, ds, across, up, values)
        failed = np.argwhere(moment["status"].transpose(up, across).values > 1)
        if failed.size:
            axes.plot(ds[across][failed[:, 1]], ds[up][failed[:, 0]], "x", color=FAILED, ms=5)
        _axes(axes, ds, across, up)
        bar = figure.colorbar(mesh, ax=axes, aspect=30, pad=0.02)
        if norm:
            logarithmic(bar.ax, "y")
        bar.set_label(label(ds[key]))
        bar.outline.set_visible(False)
    return figure


def _lines(axes: Axes, ds: xr.Dataset, across: str, up: str, values: Any) -> None:
    """Contours, where there is something to draw them through."""
    finite = np.isfinite(values)
    if min(values.shape) < 3 or not finite.all() or np.ptp(values) == 0.0:
        return
    levels: Any = MaxNLocator(7).tick_values(values.min(), values.max())
    if wide(values):
        levels = LogLocator(subs=(1.0, 2.0, 5.0)).tick_values(values.min(), values.max())
    lines = axes.contour(ds[across], ds[up], values, levels, colors="white", linewidths=0.7)
    axes.clabel(lines, fontsize=7, fmt="%.3g")


def _axes(axes: Axes, ds: xr.Dataset, across: str, up: str) -> None:
    axes.grid(False)
    if is_log(ds[across].values):
        logarithmic(axes, "x")
    if is_log(ds[up].values):
        logarithmic(axes, "y")
    axes.set_xlabel(label(ds[across]))
    axes.set_ylabel(label(ds[up]))
