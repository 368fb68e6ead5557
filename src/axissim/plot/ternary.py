"""Where runs failed over three quantities, as shares of their sum: a triangle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from axissim.plot.failures import by_status, told
from axissim.plot.runs import words
from axissim.plot.style import FAINT, INK, RULE, drawn, name, page, plain, unit

if TYPE_CHECKING:
    import xarray as xr

_HEIGHT = np.sqrt(3.0) / 2.0
_STEPS = (0.2, 0.4, 0.6, 0.8)


@drawn
def ternary(ds: xr.Dataset, ids: Sequence[str] | None = None) -> Figure:
    """How runs ended over the shares of three swept quantities in their sum.

    A corner is a run in which one quantity is everything; on the side across from it, it is
    nothing.  Quantities in different units are each divided by its median over all runs.

    Parameters
    ----------
    ds : xarray.Dataset
        Of a sweep of three quantities or more, none negative, of which some runs failed.
    ids : sequence of str, optional
        The three; left out, those in which failed runs differ most from the others.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If no run failed, there are not three such quantities, one of them is negative, or all
        three are zero in a run.
    """
    values, status, keys = told(ds, ids)
    keys = keys if ids else keys[:3]
    if len(keys) != 3:
        raise ValueError(f"a triangle is of three swept quantities, not {len(keys)}")
    for key in keys:
        if np.any(values[key] < 0.0):
            raise ValueError(f"'{key}' is negative in some run; shares are of what is not")
    units = {unit(ds[key]) for key in keys}
    amounts = np.stack([values[key] for key in keys])
    alike = len(units) == 1 and units != {""}
    sizes = np.ones(3) if alike else np.median(amounts, axis=1)
    if not np.all(sizes > 0.0):
        raise ValueError("one of the three is zero in most runs; choose others")
    amounts = amounts / sizes[:, None]
    total = amounts.sum(axis=0)
    if not np.all(total > 0.0):
        raise ValueError("all three are zero in some run; they have no shares there")
    shares = amounts / total
    note = f"{words(ds)}; shares of the sum" + ("" if alike else ", each by its median")
    with page(ds, (6.6, 6.3), note) as figure:
        axes = figure.subplots()
        _triangle(axes, [_corner(ds, key, size) for key, size in zip(keys, sizes, strict=True)])
        by_status(axes, ds, shares[1] + shares[2] / 2.0, _HEIGHT * shares[2], status)
        axes.legend(loc="upper right", bbox_to_anchor=(1.0, 1.0))
    return figure


def _corner(ds: xr.Dataset, key: str, size: float) -> str:
    """What a corner is called, and what it is divided by."""
    divided = "" if size == 1.0 else f"\n/ {plain(float(f'{size:.3g}'))} {unit(ds[key])}".rstrip()
    return name(ds[key], 26) + divided


def _triangle(axes: Axes, corners: list[str]) -> None:
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.plot([0.0, 1.0, 0.5, 0.0], [0.0, 0.0, _HEIGHT, 0.0], color=FAINT, lw=1.0)
    for share in _STEPS:
        rest = 1.0 - share
        lines: Any = (  # of the first, the second and the third corner's share
            ((rest, rest / 2.0), (0.0, _HEIGHT * rest)),
            ((share, share + rest / 2.0), (0.0, _HEIGHT * rest)),
            ((share / 2.0, share / 2.0 + rest), (_HEIGHT * share, _HEIGHT * share)),
        )
        for x, y in lines:
            axes.plot(x, y, color=RULE, lw=0.6, zorder=0)
        said, look = f"{100 * share:g} %", dict[str, Any](size=7, color=FAINT)
        axes.text(rest / 2.0 - 0.02, _HEIGHT * rest, said, ha="right", va="center", **look)
        axes.text(share, -0.02, said, ha="center", va="top", **look)
        axes.text(1.02 - share / 2.0, _HEIGHT * share, said, ha="left", va="center", **look)
    first, second, third = corners
    axes.text(0.0, -0.07, first, ha="center", va="top", color=INK)
    axes.text(1.0, -0.07, second, ha="center", va="top", color=INK)
    axes.text(0.5, _HEIGHT + 0.03, third, ha="center", va="bottom", color=INK)
    axes.set_xlim(-0.16, 1.16)
    axes.set_ylim(-0.2, _HEIGHT + 0.14)
