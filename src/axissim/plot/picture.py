"""The picture that fits a result, chosen by its shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from axissim.plot.bands import bands
from axissim.plot.bifurcation import bifurcation
from axissim.plot.curves import fan, timecourse
from axissim.plot.failures import failures
from axissim.plot.fits import fits, profiles, waterfall
from axissim.plot.importance import importance
from axissim.plot.maps import heatmap
from axissim.plot.overview import overview
from axissim.plot.phase import phase_plane
from axissim.plot.precision import precision
from axissim.plot.runs import dims
from axissim.plot.sensitivities import sensitivities
from axissim.plot.ternary import ternary
from axissim.plot.tornado import tornado
from axissim.plot.tuning import tuning

if TYPE_CHECKING:
    import xarray as xr


def picture(ds: xr.Dataset, kind: str = "auto", *, ids: Sequence[str] | None = None) -> Figure:
    """Draw a result.

    Parameters
    ----------
    ds : xarray.Dataset
        Of `axissim.simulate` or `axissim.sweep`.
    kind : str
        One of `KINDS`; ``auto`` takes courses in time for a run or a sweep of one quantity, a heat
        map for a grid of two, bands where a sweep kept them, and an overview else.
    ids : sequence of str, optional
        What to draw, the most important first; left out, all.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        For an unknown kind or id, or a kind that does not fit the result's shape.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind of picture '{kind}'; choose from {', '.join(KINDS)}")
    return _DRAWN[_fitting(ds) if kind == "auto" else kind](ds, ids)


def _heatmap(ds: xr.Dataset, ids: Sequence[str] | None) -> Figure:
    return heatmap(ds, ids[0] if ids else None)


def _phase_plane(ds: xr.Dataset, ids: Sequence[str] | None) -> Figure:
    if ids and len(ids) > 2:
        raise ValueError(f"a phase plane is of two quantities, not {len(ids)}")
    return phase_plane(ds, *(ids or ()))


_DRAWN: dict[str, Callable[[xr.Dataset, Sequence[str] | None], Figure]] = {
    "timecourse": timecourse,
    "fan": fan,
    "heatmap": _heatmap,
    "overview": overview,
    "failures": failures,
    "ternary": ternary,
    "phase_plane": _phase_plane,
    "bands": bands,
    "tuning": tuning,
    "fits": fits,
    "waterfall": waterfall,
    "profiles": profiles,
    "sensitivities": sensitivities,
    "tornado": tornado,
    "importance": importance,
    "bifurcation": bifurcation,
    "precision": precision,
}
KINDS = ("auto", *_DRAWN)


def _fitting(ds: xr.Dataset) -> str:
    """The kind by which a result is known, the most telling sign first."""
    if "point" in ds.dims and "parameter" in ds.attrs:
        return "bifurcation"
    if "derived" in ds.coords:
        return "sensitivities"
    if "importance" in ds.attrs:
        return "importance"
    if "precision" in ds.attrs:
        return "precision"
    if "quantile" in ds.dims:
        return "bands"
    if "candidate" in ds.dims:
        return "tuning"
    if "series" in ds.dims:
        return "fits"
    axes = dims(ds)
    if "sample" in axes or len(axes) > 2:
        return "overview"
    return "heatmap" if len(axes) == 2 else "timecourse"
