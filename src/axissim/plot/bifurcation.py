"""A bifurcation diagram: rests and cycles over a parameter, or curves in two parameters."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from axissim.plot.style import COLOURS, FAINT, INK, drawn, label, page

if TYPE_CHECKING:
    import xarray as xr

_MARKS = {
    "fold": ("s", "fold"),
    "hopf": ("o", "Hopf point"),
    "branch": ("D", "branch point"),
    "cusp": ("^", "cusp"),
    "bogdanov_takens": ("P", "Bogdanov-Takens"),
    "generalised_hopf": ("X", "generalised Hopf"),
}


@drawn
def bifurcation(ds: xr.Dataset, ids: str | Sequence[str] | None = None) -> Figure:
    """Draw what `axissim.analysis.continuation` followed.

    Rests are lines, solid where stable and dashed where not; cycles are the greatest and least
    value they reach, with dots where stable and rings where not.  A result in two parameters gets
    a second panel with its curves of folds and Hopf points.

    Parameters
    ----------
    ds : xarray.Dataset
    ids : str or sequence of str, optional
        Up to four outputs; left out, the first.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        For an id that is not there, or a result of something else.
    """
    if "parameter" not in ds.attrs or "point" not in ds.dims:
        raise ValueError("a bifurcation diagram is of what axissim continue has followed")
    parameter = str(ds.attrs["parameter"])
    shown = _ids(ds, parameter, ids)
    two = "curve_point" in ds.dims
    panels = len(shown) + two
    across = min(panels, 2)
    down = -(-panels // across)
    with page(ds, (1.2 + 5.0 * across, 1.3 + 3.1 * down), _note(ds)) as figure:
        axes = np.atleast_1d(figure.subplots(down, across)).ravel()
        for panel, key in zip(axes, shown, strict=False):
            _diagram(panel, ds, parameter, key)
        if two:
            _curves(axes[len(shown)], ds)
        for panel in axes[panels:]:
            panel.set_visible(False)
    return figure


def _ids(ds: xr.Dataset, parameter: str, ids: str | Sequence[str] | None) -> list[str]:
    own = ("branch", "stable", "unstable", "label", parameter)
    there = [str(k) for k in ds.data_vars if ds[k].dims == ("point",) and k not in own]
    wanted = [ids] if isinstance(ids, str) else list(ids or there[:1])
    for key in wanted:
        if key not in there:
            raise ValueError(f"'{key}' is not in the result; it holds {', '.join(there)}")
    return wanted[:4]


def _note(ds: xr.Dataset) -> str:
    count = int(ds["branch"].max()) + 1 if ds["branch"].size else 0
    said = f"{count} branch{'es' if count != 1 else ''} of rests"
    if "cycle_point" in ds.dims and ds.sizes["cycle_point"]:
        cycles = int(ds["cycle"].max()) + 1
        said += f", {cycles} of cycles"
    return said + "; solid and filled: stable, dashed and open: unstable"


def _diagram(axes: Axes, ds: xr.Dataset, parameter: str, key: str) -> None:
    x, y = ds[parameter].values, ds[key].values
    stable, branch = ds["stable"].values.astype(bool), ds["branch"].values
    for at in np.unique(branch):
        here = branch == at
        _line(axes, x[here], y[here], stable[here])
    if "cycle_point" in ds.dims:
        _cycles(axes, ds, parameter, key)
    if ds.sizes.get("special", 0):
        words = str(ds["special_kind"].attrs["flag_meanings"]).split()
        kinds = np.array(words)[ds["special_kind"].values]
        _marks(axes, ds[f"special_{parameter}"].values, ds[f"special_{key}"].values, kinds)
    low, high = json.loads(ds.attrs["config"])["ranges"][parameter]
    axes.set_xlim(low, high)
    axes.set_xlabel(label(ds[parameter]))
    axes.set_ylabel(label(ds[key]))
    _legend(axes)


def _line(axes: Axes, x: Any, y: Any, stable: Any) -> None:
    """A line, in pieces that are solid or dashed."""
    turns = np.flatnonzero(stable[1:] != stable[:-1]) + 1
    edges = [0, *turns, len(x)]
    for begin, end in itertools.pairwise(edges):
        piece = slice(max(begin - 1, 0), end)  # joined to what is before
        good = bool(stable[begin])
        axes.plot(x[piece], y[piece], "-" if good else "--", color=INK, lw=1.8 if good else 1.2)


def _cycles(axes: Axes, ds: xr.Dataset, parameter: str, key: str) -> None:
    x = ds[f"cycle_{parameter}"].values
    stable, number = ds["cycle_stable"].values.astype(bool), ds["cycle"].values
    for at in np.unique(number):
        for bound in ("min", "max"):
            y = ds[f"cycle_{bound}_{key}"].values
            here = number == at
            axes.plot(x[here], y[here], "-", color=COLOURS[0], lw=0.8, alpha=0.6)
            axes.plot(x[here & stable], y[here & stable], "o", color=COLOURS[0], ms=3)
            loose = here & ~stable
            axes.plot(x[loose], y[loose], "o", color=COLOURS[0], ms=3, mfc="white", mew=0.8)
    words = np.array(str(ds["cycle_label"].attrs["flag_meanings"]).split())
    folds = words[ds["cycle_label"].values] == "fold"
    for bound in ("min", "max") if folds.any() else ():
        y = ds[f"cycle_{bound}_{key}"].values[folds]
        said = "fold of cycles" if bound == "max" else None
        axes.plot(x[folds], y, "v", color=COLOURS[1], ms=6, mec="white", label=said, zorder=5)
    if len(x):
        axes.plot([], [], "o-", color=COLOURS[0], ms=3, lw=0.8, label="cycles, least and greatest")


def _marks(axes: Axes, x: Any, y: Any, kinds: Any) -> None:
    for kind, (shape, name) in _MARKS.items():
        here = kinds == kind
        if here.any():
            axes.plot(
                x[here], y[here], shape, color=COLOURS[1], ms=6, mec="white", label=name, zorder=5
            )


def _curves(axes: Axes, ds: xr.Dataset) -> None:
    first, second = json.loads(ds.attrs["parameters"])
    x, y = ds[f"curve_{first}"].values, ds[f"curve_{second}"].values
    kinds, number = ds["curve_kind"].values, ds["curve"].values
    seen = set()
    for at in np.unique(number):
        here = number == at
        hopf = bool(kinds[here][0])
        name = "Hopf points" if hopf else "folds"
        axes.plot(
            x[here], y[here], "-", color=COLOURS[0] if hopf else COLOURS[2], lw=1.6,
            label=None if name in seen else name,
        )  # fmt: skip
        seen.add(name)
    words = np.array(str(ds["curve_corner"].attrs["flag_meanings"]).split())
    _marks(axes, x, y, words[ds["curve_corner"].values])
    ranges = json.loads(ds.attrs["config"])["ranges"]
    axes.set_xlim(*ranges[first])
    axes.set_ylim(*ranges[second])
    axes.set_xlabel(label(ds[f"curve_{first}"]))
    axes.set_ylabel(label(ds[f"curve_{second}"]))
    own = ds.attrs.get("second_value")
    if own is not None:
        axes.axhline(float(own), color=FAINT, lw=0.8, ls=":")
    _legend(axes)


def _legend(axes: Axes) -> None:
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="best")
