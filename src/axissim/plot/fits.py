"""Pictures of fits: data and curves, the waterfall of starts, profiles of the likelihood."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator

from axissim.plot.curves import size_of
from axissim.plot.style import COLOURS, FAILED, FAINT, INK, drawn, logarithmic, page, plain

if TYPE_CHECKING:
    import xarray as xr

_MOST_NAMED = 6  # conditions that a legend names
_GAP = 1e-3  # the least distance from the best that a waterfall tells apart


@drawn
def fits(ds: xr.Dataset, ids: str | Sequence[str] | None = None) -> Figure:
    """Data with their noise and the curves that fit, a panel an observable, and the waterfall.

    Parameters
    ----------
    ds : xarray.Dataset
        Of `axissim.analysis.fitting.fit`.
    ids : str or sequence of str, optional
        Observables to draw; left out, all.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        For what is no fit, or an observable that was not measured.
    """
    keys = _observables(ds, ids)
    conditions = list(dict.fromkeys(ds["series_condition"].values))
    with page(ds, size_of(len(keys) + 1), _words(ds)) as figure:
        grid = _panels(figure, len(keys) + 1)
        for axes, key in zip(grid, keys, strict=False):
            _fitted(axes, ds, key, conditions)
        _waterfall(grid[-1], ds)
        if 1 < len(conditions) <= _MOST_NAMED:
            handles, labels = _named(grid[: len(keys)])
            corner = (1 - 0.10 / figure.get_figwidth(), 1 - 0.06 / figure.get_figheight())
            figure.legend(
                handles, labels, loc="upper right", bbox_to_anchor=corner, ncols=len(labels)
            )
    return figure


@drawn
def waterfall(ds: xr.Dataset, ids: str | Sequence[str] | None = None) -> Figure:
    """How far above the best each start ended, the best first."""
    del ids
    _is_fit(ds)
    with page(ds, size_of(1), _words(ds)) as figure:
        _waterfall(figure.subplots(), ds)
    return figure


@drawn
def profiles(ds: xr.Dataset, ids: str | Sequence[str] | None = None) -> Figure:
    """Profiles of the likelihood, a panel a parameter, with the limit of the interval.

    Parameters
    ----------
    ds : xarray.Dataset
        Of `axissim.analysis.fitting.profiles`.
    ids : str or sequence of str, optional
        Parameters to draw; left out, all.
    """
    if "profile" not in ds:
        raise ValueError("the result holds no profiles; ask the fit for them (--profiles)")
    known = [str(key) for key in ds["profiled"].values]
    keys = [ids] if isinstance(ids, str) else list(ids or known)
    for key in keys:
        if key not in known:
            raise ValueError(f"'{key}' has no profile; there are {', '.join(known)}")
    level = ds["confidence"].attrs["long_name"]
    said = f"Twice the objective above the best, all others following; {level} below the line"
    with page(ds, size_of(len(keys)), said) as figure:
        for axes, key in zip(_panels(figure, len(keys)), keys, strict=True):
            _profile(axes, ds.sel(profiled=key), key)
    return figure


def _is_fit(ds: xr.Dataset) -> None:
    if "curve" not in ds or "objective" not in ds:
        raise ValueError("this picture is of a fit; make one with `axissim fit`")


def _observables(ds: xr.Dataset, ids: str | Sequence[str] | None) -> list[str]:
    _is_fit(ds)
    known = [str(key) for key in dict.fromkeys(ds["series_observable"].values)]
    keys = [ids] if isinstance(ids, str) else list(ids or known)
    for key in keys:
        if key not in known:
            raise ValueError(f"'{key}' was not measured; measured are {', '.join(known)}")
    return keys


def _words(ds: xr.Dataset) -> str:
    best = float(ds["objective"].values[0])
    near = int((ds["objective"].values <= best + 0.01).sum())
    said = f"objective {best:.6g}; {near} of {ds.sizes['start']} starts within 0.01 of it"
    return f"{said}; {ds.sizes['measurement']} measurements, {ds.sizes['parameter']} parameters"


def _panels(figure: Figure, count: int) -> list[Axes]:
    """Panels that share no axis."""
    columns = next((n for most, n in ((3, count), (4, 2), (9, 3)) if count <= most), 4)
    grid = figure.subplots(-(-count // columns), columns, squeeze=False)
    found: list[Axes] = list(grid.ravel())
    for spare in found[count:]:
        spare.remove()
    return found[:count]


def _fitted(axes: Axes, ds: xr.Dataset, key: str, conditions: Sequence[Any]) -> None:
    """One observable: a curve and its data a condition."""
    scale = "lin"
    for line in np.flatnonzero(ds["series_observable"].values == key):
        condition = ds["series_condition"].values[line]
        scale = str(ds["series_scale"].values[line])
        colour = COLOURS[conditions.index(condition) % len(COLOURS)]
        rows = ds["series_of"].values == line
        axes.plot(ds["moment"], ds["curve"].values[line], color=colour, lw=1.6)
        times, measured = ds["time"].values[rows], ds["measured"].values[rows]
        at_rest, end = np.isinf(times), float(ds["moment"].values[-1])
        axes.plot(np.full(at_rest.sum(), end), measured[at_rest], ">", color=colour, ms=5)
        bars = _bars(measured, ds["noise"].values[rows], scale)
        axes.errorbar(
            times, measured, yerr=bars, fmt="o", ms=3.5, color=colour, ecolor=colour,
            elinewidth=0.8, capsize=1.5, alpha=0.9, label=str(condition),
        )  # fmt: skip
    finite = ds["measured"].values[ds["observable"].values == key]
    if scale != "lin" and finite.min() > 0.0 and finite.max() > 10.0 * finite.min():
        logarithmic(axes, "y")
    axes.set_title(key.replace("_", " "))
    unit = str(ds["moment"].attrs.get("units", ""))
    axes.set_xlabel(f"Time ({unit})" if unit else "Time")


def _bars(measured: Any, noise: Any, scale: str) -> Any:
    """One noise down and up, on the axis of what was measured."""
    if scale == "lin":
        return np.stack([noise, noise])
    factor = 10.0**noise if scale == "log10" else np.exp(noise)
    return np.stack([measured - measured / factor, measured * factor - measured])


def _named(grid: Sequence[Axes]) -> tuple[list[Any], list[str]]:
    """Each condition once, for the legend."""
    found: dict[str, Any] = {}
    for axes in grid:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    return list(found.values()), list(found)


def _waterfall(axes: Axes, ds: xr.Dataset) -> None:
    """Distances from the best; starts that could not be followed are not drawn."""
    objective, status = ds["objective"].values, ds["status"].values
    good = np.isfinite(objective)
    above = np.maximum(objective[good] - objective[0], _GAP)
    order = 1 + np.arange(len(above))
    ended = status[good] == 1
    axes.plot(order, above, color=FAINT, lw=0.8)
    axes.scatter(order[ended], above[ended], s=12, color=COLOURS[0], zorder=3, label="converged")
    if not ended.all():
        axes.scatter(
            order[~ended], above[~ended], s=12, color=COLOURS[1], zorder=3, label="stopped"
        )
        axes.legend(loc="lower right")
    logarithmic(axes, "y")
    axes.set_ylim(0.5 * _GAP, max(2.0 * above.max(), 10.0 * _GAP))
    lost = int((~good).sum())
    axes.set_title("Starts, the best first" + (f" ({lost} failed)" if lost else ""))
    axes.set_xlabel("Start")
    axes.set_ylabel("Above the best")


def _profile(axes: Axes, ds: xr.Dataset, key: str) -> None:
    """One parameter: twice the objective above the best, over its value."""
    x, rise = ds["value"].values, 2.0 * ds["profile"].values
    good = np.isfinite(x) & np.isfinite(rise)
    order = np.argsort(x[good])
    x, rise = x[good][order], rise[good][order]
    limit = 2.0 * float(ds["threshold"])
    axes.plot(x, rise, color=COLOURS[0], lw=1.6, marker="o", ms=2.5)
    axes.axhline(limit, color=FAILED, lw=0.9, ls="--")
    axes.axvline(float(ds["profile_best"]), color=INK, lw=0.6)
    axes.set_ylim(-0.05 * limit, 2.2 * limit)
    if str(ds["profile_scale"].values) != "lin":
        logarithmic(axes, "x")
    axes.set_title(f"{key}: {_interval(ds)}", fontsize=8.5)
    axes.xaxis.set_major_locator(_ticks(axes))


def _interval(ds: xr.Dataset) -> str:
    """The interval of one parameter in words."""
    low, high = (
        plain(float(f"{end:.3g}")) if np.isfinite(end) else "" for end in ds["confidence"].values
    )
    return {
        "identifiable": f"{low} to {high}",
        "no upper limit": f"above {low}, no upper limit",
        "no lower limit": f"below {high}, no lower limit",
        "unfinished": f"{low or '?'} to {high or '?'}, unfinished",
        "not identifiable": "not identifiable",
    }[str(ds["identifiable"].values)]


def _ticks(axes: Axes) -> Any:
    """Few enough ticks that their numbers do not meet."""
    low, high = axes.get_xlim()
    if axes.get_xscale() == "log" and high > 30.0 * low:
        return LogLocator(numticks=5)
    return MaxNLocator(4)
