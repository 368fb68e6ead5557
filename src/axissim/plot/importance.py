"""Indices of global sensitivity: bars of shares, or Morris' effects against their spread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from axissim.plot.style import COLOURS, FAINT, INK, drawn, page

if TYPE_CHECKING:
    import xarray as xr

_MOST = 6  # outputs on a page
_ROWS = 14  # parameters of each, the most important ones
_LETTER = 0.065  # inches of a letter of a label
_BARS = {  # index: its colour, its words
    "ST": (COLOURS[4], "with interactions"),
    "S1": (COLOURS[0], "alone"),
    "pawn": (COLOURS[0], "distance of distributions"),
    "dgsm": (COLOURS[0], "bound on the share with interactions"),
}


@drawn
def importance(ds: xr.Dataset, ids: str | Sequence[str] | None = None) -> Figure:
    """Which parameters decide each output, the most important above.

    Parameters
    ----------
    ds : xarray.Dataset
        Of `axissim.analysis.importance`.
    ids : str or sequence of str, optional
        Outputs to draw; left out, the first six.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the result is of something else, or has no such output.
    """
    if "importance" not in ds.attrs:
        raise ValueError("the result holds no indices; make them by axissim sensitivity")
    known = [str(key) for key in ds["output"].values]
    keys = [ids] if isinstance(ids, str) else list(ids or known[:_MOST])
    for key in keys:
        if key not in known:
            raise ValueError(f"'{key}' is no output of the result; it holds {', '.join(known)}")
    morris = ds.attrs["importance"] == "morris"
    columns = min(len(keys), 3)
    rows = -(-len(keys) // columns)
    shown = min(ds.sizes["parameter"], _ROWS)
    tall = 3.4 if morris else max(1.9, 0.75 + 0.34 * shown)
    wide = 3.0 + (0.6 if morris else _LETTER * min(40, max(map(len, _labels(ds)))))
    with page(ds, (max(5.6, wide * columns), rows * tall + 1.1), _words(ds)) as figure:
        grid = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes, key in zip(grid, keys, strict=False):
            (_effects if morris else _bars)(axes, ds.sel(output=key))
        for spare in grid[len(keys) :]:
            spare.remove()
        if not morris:
            _key(figure, grid[0])
    return figure


def _labels(ds: xr.Dataset) -> list[str]:
    """Each parameter's name, short enough for a row."""
    source = ds["parameter_name"] if "parameter_name" in ds.coords else ds["parameter"]
    return [text if len(text) <= 40 else text[:38] + "…" for text in map(str, source.values)]


def _heading(axes: Axes, one: xr.Dataset) -> None:
    key = str(one["formula"].values) if "formula" in one.coords else str(one["output"].values)
    axes.set_title(key, weight="bold")


def _bars(axes: Axes, one: xr.Dataset) -> None:
    kinds = [key for key in _BARS if key in one]
    _heading(axes, one)
    if not kinds or not np.isfinite(one[kinds[0]].values).any():
        axes.text(0.5, 0.5, "no index", transform=axes.transAxes, ha="center", color=FAINT)
        axes.set_axis_off()
        return
    order = np.argsort(-np.nan_to_num(one[kinds[0]].values, nan=-1.0), kind="stable")[:_ROWS]
    place: Any = np.arange(len(order))
    high = 0.38 if len(kinds) > 1 else 0.6
    for at, key in enumerate(kinds):
        values = one[key].values[order]
        half = one[f"{key}_conf"].values[order]
        shift = (at - (len(kinds) - 1) / 2.0) * high
        colour, words = _BARS[key]
        axes.barh(place + shift, values, high, color=colour, label=words, lw=0)
        axes.errorbar(values, place + shift, xerr=half, fmt="none", ecolor=INK, elinewidth=1.1)
    if "pawn_noise" in one:
        axes.axvline(float(one["pawn_noise"]), color=FAINT, lw=1.0, ls="--", label="of nothing")
    axes.set_yticks(place, [_labels(one)[at] for at in order])
    axes.set_ylim(len(order) - 0.45, -0.55)
    axes.set_xlim(0.0, None)
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")
    axes.yaxis.set_tick_params(length=0)
    names = {"pawn": "Distance (0 to 1)", "dgsm": "Bound on the share of the variance"}
    axes.set_xlabel(names.get(kinds[0], "Share of the variance"))


def _effects(axes: Axes, one: xr.Dataset) -> None:
    _heading(axes, one)
    unit = str(one["units"].values)
    across, up = one["mu_star"].values, one["sigma"].values
    axes.errorbar(across, up, xerr=one["mu_star_conf"].values, fmt="o", ms=5, color=COLOURS[0],
                  ecolor=FAINT, elinewidth=1.0)  # fmt: skip
    for x, y, key in zip(across, up, one["parameter"].values, strict=True):
        axes.annotate(str(key), (x, y), (4, 4), textcoords="offset points", size=8)
    most = float(np.nanmax(across))
    axes.plot([0.0, most], [0.0, most], color=FAINT, lw=0.8, ls=":")
    axes.set_xlim(0.0, 1.06 * float(np.nanmax(across + one["mu_star_conf"].values)))
    axes.set_ylim(0.0, None)
    said = f" ({unit})" if unit and unit != "1" else ""
    axes.set_xlabel(f"Mean effect of the whole range{said}")
    axes.set_ylabel(f"Spread of effects{said}")


def _key(figure: Figure, axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        corner = (1 - 0.10 / figure.get_figwidth(), 1 - 0.06 / figure.get_figheight())
        figure.legend(
            handles[::-1], labels[::-1], loc="upper right", bbox_to_anchor=corner, ncols=2
        )


def _words(ds: xr.Dataset) -> str:
    names = {"sobol": "Sobol' indices", "morris": "Elementary effects (Morris)", "fast": "FAST",
             "rbd_fast": "RBD-FAST", "pawn": "PAWN", "dgsm": "DGSM"}  # fmt: skip
    said = f"{names[ds.attrs['importance']]}, {int(ds.attrs['asked_runs']):,} runs"
    left = int(ds["groups_left_out"].max())
    if left:
        count = f"{left:,} of {left + int(ds['groups'].min()):,}"
        said += f"; {count} groups left out for runs that failed"
    return f"{said}; whiskers: 95 % intervals"
