"""Courses in time: one run, a few side by side, or the fan of many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, LogNorm, Normalize
from matplotlib.figure import Figure

from axissim.plot.reference import Bands, intervals, shade
from axissim.plot.runs import MOST, flat, members, succeeded, words
from axissim.plot.style import (
    COLOURS,
    FAINT,
    INK,
    clock,
    drawn,
    key_to_bands,
    label,
    logarithmic,
    name,
    outputs,
    page,
    spread_log,
    unit,
    wide,
)

if TYPE_CHECKING:
    import xarray as xr

_BANDS = ((0.05, 0.95, 0.18), (0.25, 0.75, 0.32))  # from, to, opacity
_MEMBERS = 12  # single runs drawn in a fan
_MOST_LINES = 60


@drawn
def timecourse(
    ds: xr.Dataset, ids: str | Sequence[str] | None = None, *, bands: Bands | None = None
) -> Figure:
    """Each variable over time, a panel each.

    Parameters
    ----------
    ds : xarray.Dataset
        Of one run, or of a few along one dimension, which colours then tell apart.
    ids : str or sequence of str, optional
        What to draw; left out, all.
    bands : mapping, optional
        Id to its reference interval, ``{"TSH": (0.4, 4.0)}``, in the variable's unit, shaded; None
        for a bound that there is not.  Left out, what a variable's `reference_interval` says.

    Returns
    -------
    matplotlib.figure.Figure
    """
    keys = outputs(ds, ids)
    dims = [dim for dim in ds[keys[0]].dims if dim != "time"]
    if len(dims) > 1 or (dims and ds.sizes[dims[0]] > _MOST_LINES):
        return fan(ds, keys, bands=bands)
    usual = intervals(ds, keys, bands)
    many = str(dims[0]) if dims else ""
    with page(ds, size_of(len(keys)), words(ds)) as figure:
        grid = panels(figure, len(keys))
        for at, (axes, key) in enumerate(zip(grid, keys, strict=True)):
            if many:
                _coloured(axes, ds, key, many)
            else:
                axes.plot(ds["time"], ds[key], color=COLOURS[at % len(COLOURS)], lw=1.8)
            axes.margins(y=0.08)
            if np.isfinite(ds[key]).any():
                rest(axes, ds[key].values)
            dressed(axes, ds, key)
            if key in usual:
                shade(axes, ds[key], usual[key])
        if many:
            _colour_bar(figure, grid, ds[many])
    return figure


@drawn
def fan(
    ds: xr.Dataset, ids: str | Sequence[str] | None = None, *, bands: Bands | None = None
) -> Figure:
    """The spread of many runs over time: median, middle half, middle nine tenths, a few members.

    Parameters
    ----------
    ds : xarray.Dataset
        Of a sweep; runs that failed are left out, and counted in the note.
    ids : str or sequence of str, optional
        What to draw; left out, all.
    bands : mapping, optional
        Id to its reference interval, ``{"TSH": (0.4, 4.0)}``, in the variable's unit, shaded; None
        for a bound that there is not.  Left out, what a variable's `reference_interval` says.

    Returns
    -------
    matplotlib.figure.Figure
    """
    keys = outputs(ds, ids)
    usual = intervals(ds, keys, bands)
    with page(ds, size_of(len(keys)), words(ds)) as figure:
        grid = panels(figure, len(keys))
        for at, (axes, key) in enumerate(zip(grid, keys, strict=True)):
            spread(axes, ds, key, COLOURS[at % len(COLOURS)])
            dressed(axes, ds, key)
            if key in usual:
                shade(axes, ds[key], usual[key])
        key_to_bands(figure, grid[0])
    return figure


def spread(axes: Axes, ds: xr.Dataset, key: str, colour: str) -> None:
    """The fan of one variable, in axes of its own."""
    good = np.flatnonzero(succeeded(ds))
    values = flat(ds, key)[good[members(len(good), MOST)]]
    times = ds["time"].values
    if not len(values):
        axes.text(0.5, 0.5, "no run succeeded", transform=axes.transAxes, ha="center", color=FAINT)
        axes.set_yticks([])
        return
    for at in members(len(values), _MEMBERS):
        axes.plot(times, values[at], color=INK, lw=0.4, alpha=0.35)
    for low, high, opacity in _BANDS:
        edges = np.quantile(values, [low, high], axis=0)
        said = f"middle {round(100 * (high - low))} %"
        axes.fill_between(times, *edges, color=colour, alpha=opacity, lw=0, label=said)
    axes.plot(times, np.median(values, axis=0), color=colour, lw=2.0, label="median")
    low, high = np.quantile(values, [0.003, 0.997])
    if wide(values):
        axes.set_ylim(low / 1.1, high * 1.1)
        logarithmic(axes, "y")
    elif high > low:
        axes.set_ylim(low - 0.06 * (high - low), high + 0.06 * (high - low))
    rest(axes, values)


def rest(axes: Axes, values: Any) -> None:
    """Stand an axis of quantities that are never negative on 0, where 0 is near."""
    bottom, top = axes.get_ylim()
    if axes.get_yscale() == "linear" and np.nanmin(values) >= 0.0 and bottom < 0.2 * top:
        axes.set_ylim(0.0, top)


def size_of(count: int) -> tuple[float, float]:
    """The size of a page with so many panels, in inches."""
    columns = _columns(count)
    rows = -(-count // columns)
    return (7.2, 4.6) if count == 1 else (4.0 * columns, 2.5 * rows + 0.9)


def _columns(count: int) -> int:
    return next((n for most, n in ((3, count), (4, 2), (9, 3)) if count <= most), 4)


def panels(figure: Figure, count: int) -> list[Axes]:
    """Small multiples with one axis of time, as many as asked for."""
    columns = _columns(count)
    rows = -(-count // columns)
    grid = figure.subplots(rows, columns, sharex=True, squeeze=False)
    found: list[Axes] = list(grid.ravel())
    for spare in found[count:]:
        spare.remove()
    for above, axes in enumerate(found[:count]):
        axes.xaxis.set_tick_params(labelbottom=above + columns >= count)
    return found[:count]


def dressed(axes: Axes, ds: xr.Dataset, key: str) -> None:
    """Give a panel its title, unit and clock."""
    axes.set_title(name(ds[key], 44))
    axes.set_ylabel(unit(ds[key]))
    bottom = axes.xaxis.get_tick_params().get("labelbottom", True)
    clock(axes, ds)
    if not bottom:
        axes.set_xlabel("")


def _coloured(axes: Axes, ds: xr.Dataset, key: str, dim: str) -> None:
    """A line a run, its colour telling the value of what was swept."""
    lines = ds[key].transpose(dim, "time").values
    colour = _colours(ds[dim])
    for value, line in zip(ds[dim].values, lines, strict=True):
        axes.plot(ds["time"], line, color=colour.to_rgba(value), lw=1.4)


def _colours(swept: xr.DataArray) -> ScalarMappable:
    values: Any = swept.values
    low, high = float(np.min(values)), float(np.max(values))
    kind = LogNorm if len(values) > 2 and spread_log(values) else Normalize
    # the palest tenth of the map is lost on white
    shades = colormaps["viridis"].resampled(256)(np.linspace(0.0, 0.9, 256))
    return ScalarMappable(kind(low, high), ListedColormap(shades))


def _colour_bar(figure: Figure, panels: list[Axes], swept: xr.DataArray) -> None:
    colours = _colours(swept)
    bar = figure.colorbar(colours, ax=panels, aspect=40, pad=0.02)
    if isinstance(colours.norm, LogNorm):
        logarithmic(bar.ax, "y")
    bar.set_label(label(swept))
    bar.outline.set_visible(False)
