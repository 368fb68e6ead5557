"""A sweep on one page: its courses, how they end, and what decides that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm, Normalize
from matplotlib.figure import Figure

from axissim.plot.curves import spread
from axissim.plot.runs import flat, is_log, succeeded, swept, words
from axissim.plot.style import (
    COLOURS,
    FAILED,
    FAINT,
    INK,
    MAP,
    clock,
    drawn,
    key_to_bands,
    label,
    logarithmic,
    name,
    outputs,
    page,
    unit,
    wide,
)

if TYPE_CHECKING:
    import xarray as xr

_SMALL = 3  # further variables beside the first
_MOST_SWEPT = 5
_BINS = 16
_MOST_DOTS = 3000


@drawn
def overview(ds: xr.Dataset, ids: str | Sequence[str] | None = None) -> Figure:
    """A sweep on one page.

    Above, the first variable's fan with its distribution at the end, and the fans of up to three
    others; below, how the first ends against each swept quantity, and over the first two of them.
    Runs that failed are red crosses.

    Parameters
    ----------
    ds : xarray.Dataset
        Of a sweep.
    ids : str or sequence of str, optional
        What to draw, the most important first; left out, all.

    Returns
    -------
    matplotlib.figure.Figure
    """
    keys = outputs(ds, ids)[: _SMALL + 1]
    differing = [(key, at) for key, at in swept(ds).items() if len(np.unique(at)) > 1]
    varied = dict((differing or list(swept(ds).items()))[:_MOST_SWEPT])
    with page(ds, (13.0, 8.0), words(ds)) as figure:
        figure.set_layout_engine("none")  # the page is fixed, and both rows begin at one edge
        _courses(figure, ds, keys)
        _causes(figure, ds, keys[0], varied)
    return figure


def _courses(figure: Figure, ds: xr.Dataset, keys: list[str]) -> None:
    """The first variable's fan, large, with its distribution at the end; the others', small."""
    small = len(keys) - 1
    left = {"left": 0.055, "top": 0.885, "bottom": 0.495}
    grid = figure.add_gridspec(
        1, 2, width_ratios=(6, 1), wspace=0.03, right=0.62 if small else 0.985, **left
    )
    hero = figure.add_subplot(grid[0])
    spread(hero, ds, keys[0], COLOURS[0])
    hero.set_title(label(ds[keys[0]]), weight="bold", size=11)
    clock(hero, ds)
    key_to_bands(figure, hero)
    _ends(figure.add_subplot(grid[1], sharey=hero), ds, keys[0])
    if not small:
        return
    beside = figure.add_gridspec(
        small, 1, hspace=0.42, left=0.68, right=0.985, top=0.885, bottom=0.495
    )
    for at, key in enumerate(keys[1:]):
        axes = figure.add_subplot(beside[at])
        spread(axes, ds, key, COLOURS[at + 1])
        axes.set_title(label(ds[key]), size=9)
        clock(axes, ds)
        if at < small - 1:
            axes.set_xlabel("")
            axes.xaxis.set_tick_params(labelbottom=False)


def _causes(figure: Figure, ds: xr.Dataset, key: str, varied: dict[str, Any]) -> None:
    """How the first variable ends against each swept quantity, and over the first two."""
    if not varied:
        return
    mapped = len(varied) > 1
    row = {"top": 0.375, "bottom": 0.135}
    right = 0.715 if mapped else 0.985
    grid = figure.add_gridspec(1, len(varied), wspace=0.08, left=0.055, right=right, **row)
    panels = [figure.add_subplot(grid[at]) for at in range(len(varied))]
    for axes, quantity in zip(panels, varied, strict=True):
        _against(axes, ds, key, quantity, varied[quantity])
        axes.set_xlabel(label(ds[quantity], min(30, 100 // len(varied))))
    for axes in panels[1:]:
        axes.set_ylim(panels[0].get_ylim())
        axes.yaxis.set_tick_params(labelleft=False, which="both")
    said = f" ({unit(ds[key])})" if unit(ds[key]) else ""
    panels[0].set_title(f"{name(ds[key])} at the end{said}")
    if mapped:
        place = figure.add_gridspec(
            1, 2, width_ratios=(20, 1), wspace=0.06, left=0.79, right=0.94, **row
        )
        over = figure.add_subplot(place[0])
        _over_two(over, figure.add_subplot(place[1]), ds, key, varied)


def _ends(axes: Axes, ds: xr.Dataset, key: str) -> None:
    """The distribution of a variable at the end, lying beside its fan."""
    values = flat(ds, key)[succeeded(ds), -1]
    if len(values) and np.ptp(values) > 0.0:
        space = np.geomspace if axes.get_yscale() == "log" else np.linspace
        bins: Any = space(float(values.min()), float(values.max()), 41)
        axes.hist(values, bins, orientation="horizontal", color=COLOURS[0], alpha=0.55)
    axes.set_title("at the end", size=9, color=FAINT)
    axes.yaxis.set_tick_params(labelleft=False, length=0)
    axes.xaxis.set_visible(False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.grid(False)


def _against(axes: Axes, ds: xr.Dataset, key: str, quantity: str, values: Any) -> None:
    """How a variable ends against one swept quantity: all runs as density, and their median."""
    good = succeeded(ds)
    ends = flat(ds, key)[good, -1]
    log_x, log_y = is_log(values), bool(len(ends)) and wide(ends)
    if len(ends) > _MOST_DOTS:
        _density(axes, values[good], ends, log_x, log_y)
    elif len(ends):
        axes.plot(values[good], ends, "o", color=COLOURS[0], ms=3, mew=0, alpha=0.45)
    if len(ends):
        axes.plot(*_medians(values[good], ends), color=COLOURS[1], lw=2.2)
    _crosses(axes, values[~good], None)
    axes.grid(False)
    if log_x:
        logarithmic(axes, "x")
    if log_y:
        logarithmic(axes, "y")


def _density(axes: Axes, x: Any, y: Any, log_x: bool, log_y: bool) -> None:
    """Runs too many to tell apart, as hexagons that are as wide as high on the page."""
    shades = LinearSegmentedColormap.from_list("blue", ["#dfebf4", COLOURS[0], "#00243d"])
    across: Any = "log" if log_x else "linear"
    up: Any = "log" if log_y else "linear"
    box, figure = axes.get_position(), axes.get_figure(root=True)
    page = figure.get_size_inches() if figure is not None else (1.0, 1.0)
    high = int(np.clip(np.sqrt(len(y)) / 5, 8, 20))
    cells = (round(high * np.sqrt(3.0) * box.width * page[0] / (box.height * page[1])), high)
    axes.hexbin(
        x, y, gridsize=cells, cmap=shades, mincnt=1, lw=0.1, bins="log", xscale=across, yscale=up
    )


def _medians(x: Any, y: Any) -> tuple[Any, Any]:
    """The median of y in slices of x that hold as many runs each."""
    order = np.argsort(x, kind="stable")
    slices = [part for part in np.array_split(order, _BINS) if part.size]
    return (
        np.array([np.median(x[part]) for part in slices]),
        np.array([np.median(y[part]) for part in slices]),
    )


def _crosses(axes: Axes, x: Any, y: Any) -> None:
    """Failed runs: where they lie, or at the foot of the panel where that has no height."""
    if not len(x):
        return
    if y is None:
        transform: Any = axes.get_xaxis_transform()
        axes.plot(x, np.full(len(x), 0.02), "|", color=FAILED, ms=7, transform=transform)
    else:
        axes.plot(x, y, "x", color=FAILED, ms=4 if len(x) < 300 else 2, mew=0.8)


def _over_two(axes: Axes, beside: Axes, ds: xr.Dataset, key: str, varied: dict[str, Any]) -> None:
    """How a variable ends over the first two swept quantities, and where runs failed."""
    (across, x), (up, y) = list(varied.items())[:2]
    logs = (is_log(x), is_log(y))
    good = succeeded(ds)
    ends = flat(ds, key)[good, -1]
    if len(ends):
        tiles, said = _levels(axes, x[good], y[good], ends, logs)
        axes.figure.colorbar(tiles, cax=beside).outline.set_visible(False)
        if wide(ends):
            logarithmic(beside, "y")
        beside.set_ylabel(f"{said}{key} at the end", size=8)
    else:
        beside.remove()
    _crosses(axes, x[~good], y[~good])
    for which, log in zip("xy", logs, strict=True):
        if log:
            logarithmic(axes, which)
    axes.set_xlabel(label(ds[across], 34), size=8)
    axes.set_ylabel(label(ds[up], 34), size=8)
    failed = int((~good).sum())
    axes.set_title(f"{failed:,} failed (red)" if failed else "no run failed", size=9, color=INK)
    axes.grid(False)


def _levels(axes: Axes, x: Any, y: Any, ends: Any, logs: tuple[bool, bool]) -> tuple[Any, str]:
    """Dots coloured by how each run ends, or hexagons by the median of the many in them."""
    norm = (LogNorm if wide(ends) else Normalize)(*np.quantile(ends, [0.02, 0.98]))
    if len(ends) <= _MOST_DOTS:
        size = float(np.clip(6000.0 / len(ends), 4.0, 40.0))
        return axes.scatter(x, y, size, ends, cmap=MAP, norm=norm, lw=0), ""
    scales: Any = {
        f"{which}scale": "log" if log else "linear" for which, log in zip("xy", logs, strict=True)
    }
    cells = int(np.clip(np.sqrt(len(ends)) / 3.5, 6, 30))
    tiles = axes.hexbin(
        x, y, ends, gridsize=cells, cmap=MAP, norm=norm, lw=0.2, reduce_C_function=np.median,
        **scales,
    )  # fmt: skip
    return tiles, "median of "
