"""How far to trust a sweep: some of its runs made again by SciPy, a hundred times finer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.solve.work import OK
from axissim.study.dataset import RECORD

if TYPE_CHECKING:
    import xarray as xr

FINER = 100.0  # the reference's tolerance, beside that of the sweep
PROMISE = 100.0  # times the relative tolerance: what a run may be off by
_HARDEST = 8  # runs with the most steps, and runs next to failures, that are looked at


@dataclass(frozen=True)
class Report:
    """What an audit found.

    Attributes
    ----------
    runs : int
        How many were made again.
    unsolved : int
        How many of them the reference could not do either.
    worst, typical : dict
        Of each variable the greatest and the median deviation: of a run, its greatest over the
        times, of the variable's greatest value in that run.
    run : int
        The run that is furthest off, in the order of the design.
    promise : float
        What the deviations are held to.
    """

    runs: int
    unsolved: int
    worst: dict[str, float]
    typical: dict[str, float]
    run: int
    promise: float

    @property
    def kept(self) -> bool:
        """Whether every run is as near as promised, and, of some, that could be seen."""
        seen = not self.runs or self.unsolved < self.runs
        return seen and all(value <= self.promise for value in self.worst.values())

    def told(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "runs": self.runs, "unsolved": self.unsolved, "worst": self.worst,
            "typical": self.typical, "run": self.run, "promise": self.promise, "kept": self.kept,
        }  # fmt: skip

    def line(self) -> str:
        """The report in one line."""
        if not self.worst:  # nothing to compare
            return f"audit: SciPy could do none of {self.runs} runs"
        key = max(self.worst, key=lambda key: self.worst[key])
        verdict = "within" if self.kept else "BEYOND"
        left = f"; SciPy could not do {self.unsolved} of them" if self.unsolved else ""
        return (
            f"audit: {self.runs} runs by SciPy at {FINER:g}x finer tolerance: at most "
            f"{self.worst[key]:.1e} off ({key}, run {self.run}; half of them below "
            f"{self.typical[key]:.1e}), {verdict} the promise of {self.promise:.1e}{left}"
        )


def chosen(
    status: Any,
    n_steps: Any,
    points: Any = None,
    *,
    share: float = 1e-3,
    least: int = 16,
    seed: int = 0,
) -> Any:
    """Which runs to make again, by their place in the order of the design.

    Parameters
    ----------
    status, n_steps : (runs,) array
    points : (runs, d) array, optional
        What the design sets in each.
    share : float
        Of the runs that are done, drawn by lot with `seed`; at least `least`.

    Returns
    -------
    (k,) array of int
        Those drawn, those with the most steps, and those nearest to a failure: by `points`, or,
        without them, in the design's order.
    """
    good = np.flatnonzero(status == OK)
    count = min(max(int(np.ceil(share * good.size)), least), good.size)
    drawn = np.random.default_rng(seed).choice(good, count, replace=False)
    hard = _hardest(good, n_steps[good])
    failed = np.flatnonzero((status != OK) & (status != 0))[:_HARDEST]
    beside = [nearest(good, place, points, 2) for place in failed] if good.size else []
    return np.unique(np.concatenate([drawn, hard, *beside]).astype(int))


def _hardest(good: Any, n_steps: Any) -> Any:
    """Of those with the most steps the last ones, found without sorting all."""
    if good.size > _HARDEST:
        least = np.partition(n_steps, -_HARDEST)[-_HARDEST]
        among = n_steps >= least
        good, n_steps = good[among], n_steps[among]
    return good[np.argsort(n_steps, kind="stable")[::-1][:_HARDEST]]


def nearest(good: Any, place: int, points: Any, count: int) -> Any:
    """The runs that are done nearest to one that failed, the nearest first.

    Parameters
    ----------
    good : (k,) array of int
        Which runs are done.
    place : int
        The one that failed.
    points : (runs, d) array or None
        What the design sets in each, seen by its spread; without it, the design's order counts.
    count : int
        How many.
    """
    if points is None:
        far = np.abs(good - place)
    else:
        spread = np.ptp(points[good], axis=0)  # a failure may be due to a value that is not finite
        apart = np.abs(points[good] - points[place]) / np.where(spread > 0.0, spread, 1.0)
        far = np.where(np.isfinite(points[place]), apart, 0.0).max(axis=1)
    return good[np.argsort(far, kind="stable")[:count]]


def audit(
    result: xr.Dataset,
    rerun: Callable[[Any], xr.Dataset],
    *,
    rtol: float | None = None,
    points: Any = None,
    share: float = 1e-3,
    least: int = 16,
    seed: int = 0,
    promise: float | None = None,
) -> Report:
    """Make some runs of a sweep again and tell how far it was off.

    Parameters
    ----------
    result : xarray.Dataset
        Of a sweep, in memory or from a store.
    rerun : callable
        Makes the runs at some places of the design's order again, over ``sample``, finer.
    rtol : float, optional
        Of the sweep, where `result` does not say; the looser counts, since a store may hold runs
        of another try.
    points, share, least, seed
        See `chosen`.
    promise : float, optional
        What to hold the runs to in place of that below.

    Returns
    -------
    Report
        Held to ``PROMISE * rtol``: error control holds each step's error to the tolerance, and in
        the models of the library they add up to some ten times of it.  Numbers kept as float32
        are allowed their rounding beside it.
    """
    dims = result["status"].dims
    flat = {key: result[key].values.ravel() for key in ("status", "n_steps")}
    rows = chosen(flat["status"], flat["n_steps"], points, share=share, least=least, seed=seed)
    of_runs = (key for key, held in result.data_vars.items() if set(dims) <= set(held.dims))
    keys = [str(key) for key in of_runs if key not in RECORD]
    promise = _promise(result[keys], rtol) if promise is None else promise
    if not rows.size:
        return Report(0, 0, {}, {}, -1, promise)
    truth = rerun(rows)
    solved = truth["status"].values == OK
    shape = [result.sizes[dim] for dim in dims]
    places = np.unravel_index(rows, shape) if dims else ()
    off = {
        key: _deviation(_rows(result[key], dims, places)[solved], truth[key].values[solved])
        for key in keys
    }
    worst = {key: float(values.max()) for key, values in off.items() if values.size}
    run = -1
    if worst:
        key = max(worst, key=lambda key: worst[key])
        run = int(rows[solved][off[key].argmax()])
    typical = {key: float(np.median(values)) for key, values in off.items() if values.size}
    return Report(len(rows), int((~solved).sum()), worst, typical, run, promise)


def _promise(kept: xr.Dataset, rtol: float | None) -> float:
    """What a sweep is held to, by its tolerance and how its numbers are kept."""
    own = json.loads(kept.attrs.get("config", "{}")).get("rtol")
    given = [float(value) for value in (rtol, own) if value is not None]
    if not given:
        raise ValueError("the result does not say its tolerance; give rtol, or promise")
    narrow = any(variable.dtype == np.float32 for variable in kept.data_vars.values())
    return PROMISE * max(given) + (float(np.finfo(np.float32).eps) if narrow else 0.0)


def _rows(variable: xr.DataArray, dims: Any, places: Any) -> Any:
    """Some runs of a variable, those of a store read one by one."""
    import xarray as xr

    at = {dim: xr.DataArray(place, dims="audited") for dim, place in zip(dims, places, strict=True)}
    return variable.isel(at).transpose("audited", ...).values if dims else variable.values[None]


def _deviation(fast: Any, truth: Any) -> Any:
    """How far each run is off, of its greatest value, or of what is usual where that is tiny.

    Where the truth is NaN there is nothing to compare; where only the sweep is, it is wrong.
    """
    fast, truth = (array.reshape(len(array), -1).astype(float) for array in (fast, truth))
    known = ~np.isnan(truth)
    size = np.abs(np.where(known, truth, 0.0)).max(axis=1)
    usual = np.median(size[size > 0.0]) if (size > 0.0).any() else 1.0
    apart = np.where(known, np.abs(fast - truth), 0.0).max(axis=1)
    off = apart / np.maximum(size, 1e-3 * usual)
    return np.where(np.isnan(off), np.inf, off)
