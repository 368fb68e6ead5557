"""A phase plane: how two quantities move together, and where each of them stands still."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from axissim.plot.runs import dims, flat, members, succeeded, words
from axissim.plot.style import COLOURS, INK, drawn, key_to_bands, label, outputs, page

if TYPE_CHECKING:
    import xarray as xr

_MOST = 25  # trajectories that can be told apart
_NULLCLINES = (COLOURS[1], COLOURS[2])


@drawn
def phase_plane(
    ds: xr.Dataset, x: str | None = None, y: str | None = None, *, field: xr.Dataset | None = None
) -> Figure:
    """One quantity against another, each run a line from a ring to a dot.

    Parameters
    ----------
    ds : xarray.Dataset
        Of one run, or of several, of which 25 at most are drawn.
    x, y : str, optional
        Ids; left out, the first two variables.
    field : xarray.Dataset, optional
        Of a sweep over a grid of the two at the start, with the outputs ``rate(x)`` and
        ``rate(y)``: where a rate is zero at the start its nullcline is drawn, all other states
        being as that sweep has them.  Left out, `ds`, if it is such a sweep.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        For an id that is not there, fewer than two variables, or a field without these rates.

    Examples
    --------
    >>> import axissim as ax
    >>> m = ax.load("model spring; x = 1; v = 0; x' = v; v' = -x; end")
    >>> figure = phase_plane(ax.simulate(m, t=(0, 7, 71)), "x", "v")
    >>> figure.axes[0].get_xlabel()
    'x'
    """
    across, up = _pair(ds, x, y)
    if field is not None and not _holds(field, across, up):
        raise ValueError(
            f"the field holds no rates over a grid of {across} and {up}; sweep a grid of both "
            f"with the outputs rate({across}) and rate({up})"
        )
    grid = ds if field is None and _holds(ds, across, up) else field
    with page(ds, (6.6, 5.6), _words(ds)) as figure:
        axes = figure.subplots()
        _trajectories(axes, ds, across, up)
        if grid is not None:
            _nullclines(axes, grid, across, up)
        axes.grid(True, axis="x")
        axes.set_xlabel(label(ds[across]))
        axes.set_ylabel(label(ds[up]))
        key_to_bands(figure, axes)
    return figure


def _pair(ds: xr.Dataset, x: str | None, y: str | None) -> tuple[str, str]:
    keys = outputs(ds, [key for key in (x, y) if key])
    spare = [key for key in outputs(ds, None) if key not in (x, y)]
    if x and y:
        return keys[0], keys[1]
    if len(spare) < (1 if x or y else 2):
        raise ValueError("a phase plane is of two quantities, and the result holds but one")
    first = x or spare.pop(0)
    return first, y or spare[0]


def _holds(ds: xr.Dataset, x: str, y: str) -> bool:
    """Whether rates are there, over a grid of the two at the start and nothing else."""
    over = {f"{x}_0", f"{y}_0", "time"}
    return all(f"rate({key})" in ds and set(ds[f"rate({key})"].dims) == over for key in (x, y))


def _words(ds: xr.Dataset) -> str:
    said = words(ds)
    count = int(np.sum(succeeded(ds)))
    if dims(ds) and count > _MOST:
        said += f"; {_MOST} drawn"
    return said


def _trajectories(axes: Axes, ds: xr.Dataset, x: str, y: str) -> None:
    good = _some(ds)
    one = len(good) == 1
    begins, ends = "start", "end"
    for row, (first, second) in enumerate(zip(flat(ds, x)[good], flat(ds, y)[good], strict=True)):
        colour = INK if one else COLOURS[0]
        axes.plot(first, second, color=colour, lw=1.6 if one else 0.9, alpha=1 if one else 0.7)
        named = row == 0
        axes.plot(
            first[0], second[0], "o", color=colour, mfc="white", ms=6 if one else 4, zorder=4,
            label=begins if named else None,
        )  # fmt: skip
        axes.plot(
            first[-1], second[-1], "o", color=colour, ms=6 if one else 4, zorder=5,
            label=ends if named else None,
        )  # fmt: skip
    if not len(good):
        axes.text(0.5, 0.5, "no run succeeded", transform=axes.transAxes, ha="center")


def _some(ds: xr.Dataset) -> Any:
    """The runs to draw, spread over each swept quantity where these make a grid."""
    good = np.flatnonzero(succeeded(ds))
    shape = [ds.sizes[dim] for dim in dims(ds)]
    if len(shape) == 2 and len(good) > _MOST:
        side = int(np.sqrt(_MOST))
        chosen = np.ravel_multi_index(np.ix_(*[members(n, side) for n in shape]), shape)
        found = np.intersect1d(chosen, good)
        if found.size:
            return found
    return good[members(len(good), _MOST)] if len(good) else good


def _nullclines(axes: Axes, ds: xr.Dataset, x: str, y: str) -> None:
    across, up = ds[f"{x}_0"], ds[f"{y}_0"]
    limits = axes.get_xlim(), axes.get_ylim()
    for key, colour in zip((x, y), _NULLCLINES, strict=True):
        rates = ds[f"rate({key})"].isel(time=0).transpose(up.name, across.name).values
        if np.nanmin(rates) < 0.0 < np.nanmax(rates):
            styles: Sequence[Any] = ["--"] if key == x else ["-."]
            axes.contour(across, up, rates, [0.0], colors=[colour], linewidths=1.4,
                         linestyles=styles)  # fmt: skip
            axes.plot([], [], styles[0], color=colour, lw=1.4, label=f"{key} stands still")
    axes.set_xlim(min(limits[0][0], float(across.min())), max(limits[0][1], float(across.max())))
    axes.set_ylim(min(limits[1][0], float(up.min())), max(limits[1][1], float(up.max())))
