"""Reference intervals behind courses in time: the range that a quantity usually keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from axissim.plot.style import FAINT, plain, unit

if TYPE_CHECKING:
    import xarray as xr

Bands = Mapping[str, Sequence[float | None]]

_LEAST = 0.15  # of a panel's height, what a course keeps when the interval comes into view


def intervals(ds: xr.Dataset, keys: Sequence[str], bands: Bands | None) -> dict[str, Any]:
    """The interval of each id that has one: as given, or else as the result says.

    Parameters
    ----------
    keys : sequence of str
        What is drawn.
    bands : mapping
        Id to the least and the greatest value in the variable's unit, None where there is no bound.

    Returns
    -------
    dict
        Id to ``(low, high)``, infinite where there is no bound.

    Raises
    ------
    ValueError
        For an id that is not drawn, or bounds that are not two numbers, the lesser first.
    """
    for key in bands or ():
        if key not in keys:
            raise ValueError(f"bands: '{key}' is not drawn; drawn are {', '.join(keys)}")
    found = {}
    for key in keys:
        given: Any = (bands or {}).get(key, ds[key].attrs.get("reference_interval"))
        if given is not None:
            found[key] = _bounds(key, given)
    return found


def _bounds(key: str, given: Any) -> tuple[float, float]:
    try:
        low, high = given
        bottom = -np.inf if low is None or np.isnan(low) else float(low)
        top = np.inf if high is None or np.isnan(high) else float(high)
    except (TypeError, ValueError):
        raise ValueError(f"bands: '{key}' needs two numbers, the least and the greatest") from None
    if not bottom < top:
        raise ValueError(f"bands: of '{key}' the least, {bottom:g}, is not below {top:g}")
    return bottom, top


def shade(axes: Axes, variable: xr.DataArray, interval: tuple[float, float]) -> None:
    """Shade an interval behind a course, with its bounds in view where the course stays legible."""
    low, high = interval
    bottom, top = axes.get_ylim()
    log = axes.get_yscale() == "log"
    wanted = [bound for bound in interval if np.isfinite(bound) and (bound > 0.0 or not log)]
    least, most = min([bottom, *wanted]), max([top, *wanted])
    room = np.log(most / least) if log else most - least
    if (np.log(top / bottom) if log else top - bottom) >= _LEAST * room:
        pad = 0.0 if log else 0.04 * room
        bottom = bottom if least == bottom else max(least - pad, 0.0 if least >= 0.0 else -np.inf)
        top = top if most == top else most + pad
    room_for_words = (top / bottom) ** 0.1 if log else 0.1 * (top - bottom)
    top = top * room_for_words if log else top + room_for_words
    axes.set_ylim(bottom, top)
    lower, upper = max(low, bottom), min(high, top)
    if lower < upper:
        axes.axhspan(lower, upper, color=FAINT, alpha=0.14, lw=0, zorder=0, gid="reference")
    axes.annotate(
        _said(low, high, unit(variable)), (1.0, 1.0), (0, -2), xycoords="axes fraction",
        textcoords="offset points", ha="right", va="top", size=7, color=FAINT,
    )  # fmt: skip


def _said(low: float, high: float, units: str) -> str:
    if np.isfinite(low) and np.isfinite(high):
        text = f"{plain(low)} to {plain(high)}"
    else:
        text = f"above {plain(low)}" if np.isfinite(low) else f"below {plain(high)}"
    return f"shaded: reference, {text} {units}".rstrip()
