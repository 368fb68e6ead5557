"""Pulses in courses of time: how many, how far apart, how high, how much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import xarray as xr

_NAMES = {
    "count": ("pulses", ""),
    "interval": ("mean time between neighbouring pulses", "time"),
    "interval_sd": ("standard deviation of the time between pulses", "time"),
    "amplitude": ("mean prominence of a pulse", "value"),
    "peak": ("mean height of a pulse's top", "value"),
    "mass": ("mean area of a pulse above its foot", "value time"),
    "width": ("mean width of a pulse at half its prominence", "time"),
}


def pulses(
    ds: xr.Dataset,
    ids: str | Sequence[str],
    *,
    prominence: float | None = None,
    share: float = 0.1,
    spacing: float = 0.0,
    first: float | None = None,
) -> xr.Dataset:
    """Find pulses in courses of time by one plain rule.

    A pulse is a local maximum that stands at least `prominence` above the higher of the two lowest
    points between it and a higher one (or the end) on either side: its topographic prominence.  A
    maximum at an end of the course is none.  Of two pulses closer than `spacing` the less prominent
    is none.  The rule asks for no assay error, as those of Cluster, Ultra or Pulsar do, since a
    model's course has none; for a sampled one, give a multiple of the error as `prominence`.

    Parameters
    ----------
    ds : xarray.Dataset
        Of `axissim.simulate`, `axissim.sweep` or a file, with a dimension ``time``.
    ids : str or sequence of str
    prominence : float, optional
        In the unit of what is looked at.
    share : float
        Where `prominence` is left out: so much of the range of each course.
    spacing : float
        The least time between two pulses.
    first : float, optional
        Only look from this time on.

    Returns
    -------
    xarray.Dataset
        Over what dimensions `ds` has beside the time, of each id X: ``X_count``, ``X_interval``,
        ``X_interval_sd``, ``X_amplitude`` (prominence), ``X_peak``, ``X_mass`` (area above the
        line between the feet) and ``X_width``; means over the pulses that are whole, NaN where
        there are none (or one, for intervals), or where a run failed.

    Raises
    ------
    ValueError
        For an id that is not there, or a number that is none.
    """
    import xarray as xr

    keys = [ids] if isinstance(ids, str) else list(ids)
    if not 0.0 < share < 1.0 or spacing < 0.0 or (prominence is not None and not prominence > 0.0):
        raise ValueError("share lies between 0 and 1, prominence is above 0, spacing not below")
    window = ds if first is None else ds.sel(time=slice(first, None))
    times = window["time"].values
    if len(times) < 5:
        raise ValueError("pulses need a course of at least five times")
    unit = str(ds["time"].attrs.get("units", ""))
    found = xr.Dataset(attrs=dict(ds.attrs))
    for key in keys:
        if key not in window.data_vars or "time" not in window[key].dims:
            there = [str(k) for k in window.data_vars if "time" in window[k].dims]
            raise ValueError(f"'{key}' is no course in time; there are {', '.join(there)}")
        course = window[key].transpose(..., "time")
        rows = course.values.reshape(-1, len(times))
        table = np.array([_measured(times, row, prominence, share, spacing) for row in rows])
        dims, shape = course.dims[:-1], course.shape[:-1]
        own = {"value": str(ds[key].attrs.get("units", "")), "time": unit, "": "1"}
        for at, (name, (words, kind)) in enumerate(_NAMES.items()):
            units = " ".join(filter(None, (own[part] for part in kind.split(" "))))
            attrs = {"long_name": f"{ds[key].attrs.get('long_name', key)}: {words}"}
            attrs |= {"units": units} if units else {}
            found[f"{key}_{name}"] = (dims, table[:, at].reshape(shape), attrs)
    coords = {k: v for k, v in window.coords.items() if "time" not in v.dims}
    rule = f"prominence {prominence:g}" if prominence else f"prominence {share:g} of the range"
    return found.assign_coords(coords).assign_attrs(pulse_rule=f"{rule}, {spacing:g} apart")


def _measured(times: Any, y: Any, prominence: float | None, share: float, spacing: float) -> Any:
    """The numbers of `_NAMES` of one course."""
    from scipy.signal import find_peaks

    if not np.isfinite(y).all():
        return np.full(len(_NAMES), np.nan)
    wide = float(np.ptp(y))
    least = prominence if prominence is not None else share * wide
    if wide <= 1e-9 * np.abs(y).max() or wide < least:
        return np.r_[0.0, np.full(len(_NAMES) - 1, np.nan)]
    tops, facts = find_peaks(y, prominence=least)
    kept = _apart(times[tops], facts["prominences"], spacing)
    tops, heights = tops[kept], facts["prominences"][kept]
    if not len(tops):
        return np.r_[0.0, np.full(len(_NAMES) - 1, np.nan)]
    feet = _feet(y, tops)
    shapes = np.array([_shape(times, y, *foot) for foot in zip(tops, *feet, strict=True)])
    moments = np.array([_top(times, y, top) for top in tops])
    gaps = np.diff(moments)
    between = [gaps.mean() if len(gaps) else np.nan, gaps.std(ddof=1) if len(gaps) > 1 else np.nan]
    whole = np.isfinite(shapes).all(axis=1)
    means = shapes[whole].mean(axis=0) if whole.any() else [np.nan, np.nan]
    return np.array(
        [
            len(tops),
            *between,
            heights.mean(),
            y[tops].mean(),
            *means,
        ]
    )


def _apart(moments: Any, heights: Any, spacing: float) -> Any:
    """Which pulses stay, the most prominent first, so that all are `spacing` apart."""
    kept: list[int] = []
    for at in np.argsort(-heights, kind="stable"):
        if all(abs(moments[at] - moments[other]) >= spacing for other in kept):
            kept.append(int(at))
    return np.array(sorted(kept), np.int64)


def _feet(y: Any, tops: Any) -> tuple[Any, Any]:
    """The lowest place before and after each pulse, up to its neighbours' tops."""
    edges = np.r_[0, tops, len(y) - 1]
    left = [a + int(np.argmin(y[a : b + 1])) for a, b in zip(edges[:-2], tops, strict=True)]
    right = [b + int(np.argmin(y[b : c + 1])) for b, c in zip(tops, edges[2:], strict=True)]
    return np.array(left), np.array(right)


def _shape(times: Any, y: Any, top: int, left: int, right: int) -> tuple[float, float]:
    """Area above the line between the feet, and width at half height; NaN if it is cut off."""
    if left == 0 or right == len(y) - 1:
        return np.nan, np.nan
    t, part = times[left : right + 1], y[left : right + 1]
    line = np.interp(t, [t[0], t[-1]], [part[0], part[-1]])
    above = part - line
    area = float(np.sum(0.5 * (above[1:] + above[:-1]) * np.diff(t)))
    level, at = 0.5 * above[top - left], top - left
    before = np.interp(level, *_rising(above[: at + 1], t[: at + 1]))
    after = np.interp(level, *_rising(above[at:][::-1], t[at:][::-1]))
    return area, float(after - before)


def _rising(y: Any, t: Any) -> tuple[Any, Any]:
    """A flank as a function of its height."""
    return np.maximum.accumulate(y) + 1e-15 * np.arange(len(y)) * np.abs(y).max(), t


def _top(times: Any, y: Any, top: int) -> float:
    """When a pulse is highest, by the parabola through three samples."""
    bend = y[top + 1] - 2.0 * y[top] + y[top - 1]
    slope = 0.5 * (y[top + 1] - y[top - 1])
    shift = -slope / bend if bend < 0.0 else 0.0
    step = times[top + 1] - times[top] if shift > 0 else times[top] - times[top - 1]
    return float(times[top] + np.clip(shift, -1.0, 1.0) * step)
