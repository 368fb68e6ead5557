"""A tornado: which parameter moves an output most, up or down, as ranked bars."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from axissim.plot.sensitivities import derived, lost
from axissim.plot.style import COLOURS, INK, drawn, name, page

if TYPE_CHECKING:
    import xarray as xr

_MOST = 12  # bars a panel
_LEAST = 5e-4  # of an effect that is drawn
_OF = {"mean": "the mean over time", "end": "the last value"}


@drawn
def tornado(ds: xr.Dataset, ids: str | Sequence[str] | None = None, *, of: str = "mean") -> Figure:
    """A panel an output: per cent of change for one per cent of each parameter, largest above.

    These are local; bars of indices over whole ranges are `axissim.plot.importance`.

    Parameters
    ----------
    ds : xarray.Dataset
        Of `axissim.sensitivity`, for one set of values, ``relative`` or not.
    ids : str or sequence of str, optional
        Outputs to draw; left out, all, at most four.
    of : "mean" or "end"
        What changes: an output's mean over time, or its last value.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        For a result of another kind, or an output that it does not hold.
    """
    if of not in _OF:
        raise ValueError(f"of='{of}' is not {' or '.join(_OF)}")
    if "importance" in ds.attrs:
        raise ValueError("indices over ranges have bars of their own: axissim.plot.importance")
    keys = derived(ds, [ids] if isinstance(ids, str) else ids)
    effects = [_effects(ds, key, of) for key in keys]
    rows = max(max(len(values) for _, values in effects), 3)
    across = min(len(keys), 2)
    down = -(-len(keys) // across)
    note = f"% of change of {_OF[of]} for 1 % of a parameter{lost(ds)}"
    with page(ds, (4.6 * across + 1.4, down * (0.25 * rows + 1.0) + 0.8), note) as figure:
        grid: Any = figure.subplots(down, across, squeeze=False)
        panels = list(grid.ravel())
        for axes, key, (parameters, values) in zip(panels, keys, effects, strict=False):
            _bars(axes, parameters, values)
            axes.set_title(name(ds[key], 50))
        for axes in panels[len(keys) :]:
            axes.remove()
    return figure


def _effects(ds: xr.Dataset, key: str, of: str) -> tuple[list[str], Any]:
    """The parameters that move an output, and by how much, the most important first."""
    y, slope = ds[key], ds[f"d_{key}"]
    relative = json.loads(ds.attrs["config"])["relative"]
    change = (slope * y).where(y != 0.0, 0.0) if relative else slope * ds["value"]
    with np.errstate(divide="ignore", invalid="ignore"):
        if of == "mean":
            found = change.integrate("time") / y.integrate("time")
        else:
            found = (change / y).isel(time=-1)
    values = np.nan_to_num(found.values, posinf=0.0, neginf=0.0)
    order = np.argsort(-np.abs(values), kind="stable")[:_MOST]
    order = order[np.abs(values[order]) >= _LEAST]
    return [str(ds["parameter"].values[at]) for at in order], values[order]


def _bars(axes: Axes, parameters: list[str], values: Any) -> None:
    axes.grid(False)
    if not len(values):
        axes.text(0.5, 0.5, "nothing moves it", transform=axes.transAxes, ha="center")
        axes.set_axis_off()
        return
    place = np.arange(len(values))
    colours = [COLOURS[1] if value > 0.0 else COLOURS[0] for value in values]
    axes.barh(place, values, 0.66, color=colours, lw=0)
    axes.axvline(0.0, color=INK, lw=0.8)
    size = float(np.abs(values).max())
    for at, value in enumerate(values):
        axes.annotate(
            f"{value:+.2g}", (value, at), (4 if value > 0.0 else -4, 0), va="center", size=8,
            textcoords="offset points", ha="left" if value > 0.0 else "right",
        )  # fmt: skip
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    axes.set_xlim(low - 0.28 * size * (low < 0.0), high + 0.28 * size * (high > 0.0))
    axes.set_yticks(place, parameters)
    axes.set_ylim(len(values) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("relative sensitivity (%/%)")
