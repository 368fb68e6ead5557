"""Where runs failed: a map over the quantities that tell it best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from axissim.plot.runs import dims, is_log, members, swept, words
from axissim.plot.style import COLOURS, FAILED, FAINT, drawn, label, page

if TYPE_CHECKING:
    import xarray as xr

_MOST_DOTS = 3000  # of each kind
_PAIRS = 3
_ENDINGS = {  # status: its colour and shape
    1: (FAINT, "o"),
    2: (COLOURS[5], "s"),
    3: (FAILED, "o"),
    4: (COLOURS[0], "^"),
    5: (COLOURS[3], "D"),
}


@drawn
def failures(ds: xr.Dataset, ids: str | Sequence[str] | None = None) -> Figure:
    """How runs ended over pairs of the swept quantities in which failed ones differ most.

    Parameters
    ----------
    ds : xarray.Dataset
        Of a sweep of which some runs failed.
    ids : str or sequence of str, optional
        The swept quantities to draw over; left out, the most telling three.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If no run failed, or nothing was swept.
    """
    values, status, keys = told(ds, ids)
    first, others = keys[0], keys[1 : 1 + _PAIRS] or [""]
    with page(ds, (3.6 * max(len(others), 2), 4.2), words(ds)) as figure:
        panels = np.atleast_1d(figure.subplots(1, len(others)))
        for axes, other in zip(panels, others, strict=True):
            _map(axes, ds, values, status, (first, other))
        panels[0].legend(loc="upper left", bbox_to_anchor=(0.0, -0.18), ncols=3)
    return figure


def told(ds: xr.Dataset, ids: str | Sequence[str] | None) -> tuple[dict[str, Any], Any, list[str]]:
    """What was swept, how runs ended, and the ids to draw over, the most telling first.

    ValueError if no run failed, nothing was swept, or an id was not.
    """
    values = swept(ds)
    status = ds["status"].transpose(*dims(ds)).values.ravel()
    keys = [ids] if isinstance(ids, str) else list(ids or _telling(values, status))
    for key in keys:
        if key not in values:
            raise ValueError(f"'{key}' is not swept; swept are {', '.join(values) or 'none'}")
    if not (status > 1).any():
        raise ValueError("no run failed; there is no map of failures to draw")
    if not keys:
        raise ValueError("nothing was swept; there is no map of failures to draw")
    return values, status, keys


def _telling(values: dict[str, Any], status: Any) -> list[str]:
    """The swept quantities, those first in which failed runs differ most from the others."""
    failed, good = status > 1, status == 1

    def apart(key: str) -> float:
        ranks = np.argsort(np.argsort(values[key], kind="stable"))
        if not failed.any() or not good.any():
            return 0.0
        return float(abs(ranks[failed].mean() - ranks[good].mean()))

    return sorted(values, key=apart, reverse=True)


def _map(
    axes: Axes, ds: xr.Dataset, values: dict[str, Any], status: Any, keys: tuple[str, str]
) -> None:
    """One pair; where there is but one quantity, it is spread over the other axis by chance."""
    first, other = keys
    x = values[first]
    y = values[other] if other else np.random.default_rng(0).random(len(x))
    by_status(axes, ds, x, y, status)
    axes.set_xlabel(label(ds[first], 30))
    axes.set_xscale("log" if is_log(np.unique(x)) else "linear")
    if other:
        axes.set_ylabel(label(ds[other], 30))
        axes.set_yscale("log" if is_log(np.unique(y)) else "linear")
    else:
        axes.set_yticks([])


def by_status(axes: Axes, ds: xr.Dataset, x: Any, y: Any, status: Any) -> None:
    """Runs as dots; how they ended is told by colour and by shape."""
    kinds = str(ds["status"].attrs["flag_meanings"]).split()
    for code, (colour, shape) in _ENDINGS.items():
        rows = np.flatnonzero(status == code)
        if rows.size:
            some = rows[members(len(rows), _MOST_DOTS)]
            size, name = (4, "ok") if code == 1 else (14, kinds[code].replace("_", " "))
            axes.scatter(
                x[some], y[some], s=size, color=colour, lw=0, marker=shape, label=name, zorder=code
            )
