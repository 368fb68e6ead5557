"""Bands over runs that a sweep kept in place of trajectories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from axissim.plot.curves import dressed, panels, rest, size_of
from axissim.plot.runs import words
from axissim.plot.style import COLOURS, drawn, key_to_bands, logarithmic, outputs, page, wide

if TYPE_CHECKING:
    import xarray as xr


@drawn
def bands(ds: xr.Dataset, ids: str | Sequence[str] | None = None) -> Figure:
    """Quantiles over all runs at each time, a panel a variable.

    Parameters
    ----------
    ds : xarray.Dataset
        Of a sweep with summaries such as ``bands(eda)``.
    ids : str or sequence of str, optional
        What to draw; left out, all bands.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the result holds no bands.
    """
    if "quantile" not in ds.dims:
        raise ValueError("the result holds no bands; sweep with the summary bands(x)")
    keys = outputs(ds, ids)
    with page(ds, size_of(len(keys)), words(ds)) as figure:
        grid = panels(figure, len(keys))
        for at, (axes, key) in enumerate(zip(grid, keys, strict=True)):
            _fill(axes, ds[key].transpose("quantile", "time"), COLOURS[at % len(COLOURS)])
            dressed(axes, ds, key)
        key_to_bands(figure, grid[0])
    return figure


def _fill(axes: Axes, variable: xr.DataArray, colour: str) -> None:
    """Between the first quantile and the last, and inwards; the middle one is a line."""
    times, values = variable["time"].values, variable.values
    levels: Any = variable["quantile"].values
    pairs = len(levels) // 2
    for at in range(pairs):
        said = f"{100 * levels[at]:g} to {100 * levels[-1 - at]:g} %"
        opacity = 0.18 + 0.14 * at
        axes.fill_between(
            times, values[at], values[-1 - at], color=colour, alpha=opacity, lw=0, label=said
        )
    if len(levels) % 2:
        said = "median" if levels[pairs] == 0.5 else f"{100 * levels[pairs]:g} %"
        axes.plot(times, values[pairs], color=colour, lw=2.0, label=said)
    known = values[np.isfinite(values)]
    if known.size:
        axes.margins(y=0.06)
        if wide(known):
            logarithmic(axes, "y")
        rest(axes, known)
