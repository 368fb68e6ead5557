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
    broken,
    clock,
    drawn,
    label,
    outputs,
    page,
    spread_log,
    unit,
)

if TYPE_CHECKING:
    import xarray as xr

_SMALL = 3  # further variables beside the first
_MOST_SWEPT = 5
_BINS = 16


@drawn
def overview(ds: xr.Dataset, ids: Sequence[str] | None = None) -> Figure:
    """A sweep on one page.

    Above, the first variable's fan with its distribution at the end, and the fans of up to three
    others; below, how the first ends against each swept quantity, and over the first two of them.
    Runs that failed are red crosses.

    Parameters
    ----------
    ds : xarray.Dataset
        Of a sweep.
    ids : sequence of str, optional
        What to draw, the most important first; left out, all.

    Returns
    -------
    matplotlib.figure.Figure
    """
    keys = outputs(ds, ids)[: _SMALL + 1]
    varied = dict(list(swept(ds).items())[:_MOST_SWEPT])
    mapped = len(varied) > 1
    with page(ds, (13.0, 8.2), words(ds)) as figure:
        above, below = figure.subfigures(2, 1, height_ratios=(1.25, 1.0), hspace=0.02)
        above.set_facecolor("none")
        below.set_facecolor("none")
        _courses(above, ds, keys)
        panels = below.subplots(1, max(len(varied), 1) + mapped, squeeze=False)[0]
        for axes, key in zip(panels, varied, strict=False):
            _against(axes, ds, keys[0], key, varied[key], first=axes is panels[0])
        if mapped:
            _over_two(below, panels[-1], ds, keys[0], varied)
    return figure


def _courses(figure: Any, ds: xr.Dataset, keys: list[str]) -> None:
    """The first variable's fan, large, with its distribution at the end; the others', small."""
    small = len(keys) - 1
    widths = (3.4, 0.45, 1.5) if small else (4.9, 0.45)
    grid = figure.add_gridspec(max(small, 1), len(widths), width_ratios=widths)
    hero = figure.add_subplot(grid[:, 0])
    spread(hero, ds, keys[0], COLOURS[0])
    hero.set_title(label(ds[keys[0]]), weight="bold", size=11)
    clock(hero, ds)
    if hero.get_legend_handles_labels()[0]:
        hero.legend(loc="best")
    _ends(figure.add_subplot(grid[:, 1], sharey=hero), ds, keys[0])
    for at, key in enumerate(keys[1:]):
        axes = figure.add_subplot(grid[at, 2])
        spread(axes, ds, key, COLOURS[at + 1])
        axes.set_title(broken(label(ds[key]), 40), size=9)
        clock(axes, ds)
        if at < small - 1:
            axes.set_xlabel("")
            axes.xaxis.set_tick_params(labelbottom=False)


def _ends(axes: Axes, ds: xr.Dataset, key: str) -> None:
    """The distribution of a variable at the end, lying beside its fan."""
    values = flat(ds, key)[succeeded(ds), -1]
    if len(values) and np.ptp(values) > 0.0:
        space = np.geomspace if axes.get_yscale() == "log" else np.linspace
        bins = space(float(values.min()), float(values.max()), 41)
        axes.hist(values, bins, orientation="horizontal", color=COLOURS[0], alpha=0.55)
    axes.set_title("at the end", size=9, color=FAINT)
    axes.yaxis.set_tick_params(labelleft=False, length=0)
    axes.xaxis.set_visible(False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.grid(False)


def _against(
    axes: Axes, ds: xr.Dataset, key: str, quantity: str, values: Any, *, first: bool
) -> None:
    """How a variable ends against one swept quantity: all runs as density, and their median."""
    good = succeeded(ds)
    ends = flat(ds, key)[:, -1]
    axes.set_xlabel(label(ds[quantity], width=30))
    log_x, log_y = is_log(values), bool(good.any()) and _wide(ends[good])
    axes.set_xscale("log" if log_x else "linear")
    axes.set_yscale("log" if log_y else "linear")
    if good.any():
        shades = LinearSegmentedColormap.from_list("blue", ["#e3eef6", COLOURS[0], "#00243d"])
        scales: Any = {"xscale": axes.get_xscale(), "yscale": axes.get_yscale()}
        cells = min(max(int(np.sqrt(good.sum()) / 3), 8), 36)
        axes.hexbin(
            values[good], ends[good], gridsize=cells, cmap=shades, mincnt=1, linewidths=0.1,
            bins="log", **scales,
        )  # fmt: skip
        middle, medians = _medians(values[good], ends[good])
        axes.plot(middle, medians, color=COLOURS[1], lw=2.0)
    _crosses(axes, values[~good], None)
    axes.grid(False)
    if first:
        axes.set_title(f"{key} at the end", size=10)
        axes.set_ylabel(unit(ds[key]))
    else:
        axes.yaxis.set_tick_params(labelleft=False, which="both")


def _wide(values: Any) -> bool:
    low, high = np.quantile(values, [0.01, 0.99])
    return spread_log(values) and bool(high > 20.0 * low)


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
        axes.plot(x, y, "x", color=FAILED, ms=4, mew=1.0)


def _over_two(
    figure: Any, axes: Axes, ds: xr.Dataset, key: str, varied: dict[str, Any]
) -> None:
    """How a variable ends over the first two swept quantities, and where runs failed."""
    (across, x), (up, y) = list(varied.items())[:2]
    good = succeeded(ds)
    ends = flat(ds, key)[:, -1]
    if good.any():
        low, high = np.quantile(ends[good], [0.01, 0.99])
        norm = (LogNorm if _wide(ends[good]) else Normalize)(low, high)
        size = float(np.clip(6000.0 / good.sum(), 2.0, 30.0))
        dots = axes.scatter(x[good], y[good], size, ends[good], cmap=MAP, norm=norm, lw=0)
        bar = figure.colorbar(dots, ax=axes, aspect=30, pad=0.03, extend="both")
        bar.outline.set_visible(False)
        bar.set_label(f"{key} at the end" + (f" ({unit(ds[key])})" if unit(ds[key]) else ""))
    _crosses(axes, x[~good], y[~good])
    axes.set_xscale("log" if is_log(x) else "linear")
    axes.set_yscale("log" if is_log(y) else "linear")
    axes.set_xlabel(label(ds[across], width=30))
    axes.set_ylabel(label(ds[up], width=30))
    failed = int((~good).sum())
    axes.set_title(f"{failed:,} failed (red)" if failed else "no run failed", size=9, color=INK)
    axes.grid(False)
