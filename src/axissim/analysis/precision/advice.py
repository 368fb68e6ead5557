"""Which method and tolerance to take for an error that is asked for, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import xarray as xr


def recommended(ds: xr.Dataset, error: float, by: str = "") -> tuple[str, float] | None:
    """The cheapest point within an error, in processor time.

    Parameters
    ----------
    ds : xarray.Dataset
        Of `axissim.analysis.precision.precision`.
    error : float
        What the worst run may be off by.
    by : str
        ``axissim`` or ``SciPy``; left out, both.

    Returns
    -------
    (solver, rtol) or None
        None if no point without a failed run is within the error.
    """
    within = (ds["error"].values <= error) & (ds["failed"].values == 0) & (ds["runs"].values > 0)
    if by:
        within &= (ds["by"].values == by)[:, None]
    if not within.any():
        return None
    cpu = np.where(within, ds["cpu"].values, np.inf)
    row, column = np.unravel_index(int(np.argmin(cpu)), cpu.shape)
    return str(ds["solver"].values[row]), float(ds["rtol"].values[column])


def advice(ds: xr.Dataset, error: float) -> str:
    """The recommendation, in one sentence.

    Parameters
    ----------
    ds : xarray.Dataset
        Of `axissim.analysis.precision.precision`.
    error : float
        What the worst run may be off by.
    """
    best = recommended(ds, error)
    if best is None:
        return _nothing(ds, error)
    said = f"for an error of {spelled(error)} take {_point(ds, best)}"
    makers = dict(zip(ds["solver"].values, ds["by"].values, strict=True))
    rival = "SciPy" if makers[best[0]] == "axissim" else "axissim"
    other = recommended(ds, error, rival)
    whose = "SciPy's" if rival == "SciPy" else "our"
    how = "(ours solve eight runs at once, SciPy's one by one from Python)"
    if other is not None:
        ratio = _cpu(ds, other) / _cpu(ds, best)
        said += f"; {whose} best, {_point(ds, other)}, takes {_times(ratio)} as long {how}"
    elif (ds["by"].values == rival).any():
        said += f"; none of {whose} was within it in the time {how}"
    return said + _doubt(ds, error)


def _doubt(ds: xr.Dataset, error: float) -> str:
    """What to add if the reference is no surer than what is asked."""
    apart = float(ds.attrs.get("reference_apart", 0.0))
    if np.isnan(apart):
        return "; but nothing confirms the reference"
    return f"; but the reference is only sure to {apart:.1e}" if 3.0 * apart > error else ""


def advised(ds: xr.Dataset, error: float) -> xr.Dataset:
    """`ds` with the recommendation in its attributes."""
    best = recommended(ds, error)
    solver, rtol = best if best is not None else ("", float("nan"))
    return ds.assign_attrs(
        error_asked=error, best_solver=solver, best_rtol=rtol, advice=advice(ds, error)
    )


def spelled(number: float) -> str:
    """A tolerance or an error as people write it: ``1e-4``, ``2.5e-6``."""
    head, _, power = f"{number:.2e}".partition("e")
    return f"{head.rstrip('0').rstrip('.')}e{int(power)}"


def _times(ratio: float) -> str:
    return f"{ratio:,.0f} times" if ratio >= 10.0 else f"{ratio:.1f} times"


def duration(seconds: float) -> str:
    """Seconds as people say them: ``12.3 us``, ``5.1 ms``, ``2.4 s``."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size or unit == "us":
            return f"{seconds / size:.3g} {unit}"
    return ""


def _point(ds: xr.Dataset, point: tuple[str, float]) -> str:
    """``tsit5 at rtol 1e-5: 12 us a run, off by 3e-5 at most``."""
    at = ds.sel(solver=point[0], rtol=point[1])
    off = float(at["error"])
    cost = duration(float(at["cpu"]))
    return f"{point[0]} at rtol {spelled(point[1])}: {cost} a run, off by {off:.1e} at most"


def _cpu(ds: xr.Dataset, point: tuple[str, float]) -> float:
    return float(ds["cpu"].sel(solver=point[0], rtol=point[1]))


def _nothing(ds: xr.Dataset, error: float) -> str:
    """What to say if no point is within the error."""
    good = np.where(
        (ds["failed"].values == 0) & (ds["runs"].values > 0), ds["error"].values, np.nan
    )
    if np.isnan(good).all():
        return (
            f"no method did every run, so that none is recommended for an error of {spelled(error)}"
        )
    row, column = np.unravel_index(int(np.nanargmin(good)), good.shape)
    best = str(ds["solver"].values[row]), float(ds["rtol"].values[column])
    return f"no method came within an error of {spelled(error)}; nearest was {_point(ds, best)}"
