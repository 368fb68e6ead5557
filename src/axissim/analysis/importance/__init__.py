"""Global sensitivity: which parameters decide a model's answers, over ranges of all of them.

SALib's samplers say which runs to make, the swept kernel makes them, SALib's estimators say what
they mean.  In between stands what SALib leaves to its users: ranges with distributions, and runs
that failed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.importance.ranges import Range, bent, distributions
from axissim.analysis.importance.result import dataset
from axissim.analysis.importance.schemes import SCHEMES, Asked
from axissim.model.model import Model, ModelError, suggestion
from axissim.study.distribution import Distribution
from axissim.study.sampling import whole
from axissim.study.sweep import sweep

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["importance", "indices"]

_PART = 50_000  # runs whose trajectories are held at once
_NEEDED = "global sensitivity needs the package SALib: pip install 'axissim[gsa]'"
_ROOM = 16  # seeds after the first, for FAST's curves
METHODS = tuple(SCHEMES)


def importance(
    model: Model,
    ranges: Mapping[str, Range],
    *,
    t: Sequence[float] | tuple[float, float, int],
    summaries: Sequence[str] | Mapping[str, str],
    scale: str | Mapping[str, str] = "linear",
    method: str = "sobol",
    n: int = 1024,
    seed: int | np.random.Generator = 0,
    second_order: bool = True,
    resamples: int = 100,
    params: Mapping[str, float] | None = None,
    init: Mapping[str, float] | None = None,
    protocol: Any = (),
    solver: str = "auto",
    rtol: float = 1e-6,
    atol: float | Mapping[str, float] | None = None,
    max_steps: int = 100_000,
    threads: int | None = None,
    watch: Callable[[int], None] | None = None,
) -> xr.Dataset:
    """How much each parameter, over its range, decides numbers that are read off each run.

    Parameters
    ----------
    ranges : mapping
        Id of a parameter, a state (its value at the start), or a name that the protocol reads, to
        (low, high), to a distribution (`axissim.design`) or its text.  They vary independently.
    t, params, init, protocol, rtol, atol, max_steps, threads, watch
        As in `axissim.sweep`; `solver` is its `method`.
    summaries : sequence of str, or mapping
        Formulas of numbers a run, ``auc(eda)``; or names to formulas.
    scale : "linear" or "log", or a mapping from id to these
        Of ranges given as (low, high).
    method : str
        ``sobol``: shares of the variance, by a parameter alone (`S1`), with all its interactions
        (`ST`), by pairs (`S2`).  ``morris``: effects of steps along walks (`mu_star`, `sigma`),
        for many parameters and few runs.  ``fast`` and ``rbd_fast``: `S1` (and `ST`) by
        frequencies.  ``dgsm``: a bound on `ST` by mean squared slopes.  ``pawn``: distance
        between distributions (`pawn`), for what is skewed; compare with `pawn_noise`, the index
        of a parameter that does nothing.
    n : int
        Sobol': base points, a power of 2; runs are n (2 d + 2), or n (d + 2) without pairs.
        Morris: walks of d + 1 runs.  DGSM: points of d + 1 runs.  FAST: runs a parameter.
        RBD-FAST and PAWN: runs.
    seed : int or numpy.random.Generator
    second_order : bool
        Whether Sobol' indices of pairs are wanted.
    resamples : int
        Of the bootstrap that the intervals come from.

    Returns
    -------
    xarray.Dataset
        Indices over ``output`` and ``parameter``, each with ``_conf``, half of its 95 % interval;
        ``mean`` and ``std`` of each output; ``groups`` that they rest on.  A run that failed, or
        gave no number, takes its whole group with it (Saltelli's crossed points, a walk, a curve;
        with RBD-FAST and PAWN itself): ``groups_left_out``.  An output that does not vary, or has
        fewer than four whole groups, has NaN.

    Raises
    ------
    ValueError
        For a range, method, count or summary that is none; ModelError if the model has no such id.

    Notes
    -----
    FAST's interval is from four curves with phases of their own, since a bootstrap along one curve
    says nothing (SALib issue 649).  Sources: Saltelli (2010) doi:10.1016/j.cpc.2009.09.018;
    Campolongo (2007) doi:10.1016/j.envsoft.2006.10.004; Saltelli (1999)
    doi:10.1080/00401706.1999.10485594; Tissot and Prieur (2012) doi:10.1016/j.ress.2012.06.010;
    Pianosi and Wagener (2018) doi:10.1016/j.envsoft.2018.07.019.
    """
    import xarray as xr

    if not summaries:
        raise ValueError("importance is of numbers a run; give summaries, ['auc(eda)'] say")
    options: dict[str, Any] = {
        "t": t, "params": params, "init": init, "protocol": protocol, "summaries": summaries,
        "method": solver, "rtol": rtol, "atol": atol, "max_steps": max_steps, "threads": threads,
    }  # fmt: skip
    told: dict[str, Any] = {"status": {}, "units": {}, "long_names": {}, "attrs": {}}

    def runs(values: Mapping[str, Any]) -> dict[str, Any]:
        design = xr.Dataset({key: ("sample", column) for key, column in values.items()})
        return _swept(model, design, options, told, watch)

    kinds = distributions(ranges, scale)
    ds = _found(kinds, runs, method, n, seed, second_order, resamples, told["units"])
    names = [told["long_names"].get(str(key), str(key)) for key in ds["output"].values]
    config = json.loads(told["attrs"]["config"]) | {
        "ranges": {key: str(kind) for key, kind in kinds.items()}
    }
    kept = ("Conventions", "title", "model_id", "model_hash")
    labels = [_label(model, key) for key in ds["parameter"].values]
    return ds.assign_coords(
        formula=("output", names), parameter_name=("parameter", labels)
    ).assign_attrs(
        {key: told["attrs"][key] for key in kept}
        | {"config": json.dumps(config, sort_keys=True), "status": json.dumps(told["status"])}
    )


def indices(
    function: Callable[[dict[str, Any]], Any],
    ranges: Mapping[str, Range],
    *,
    scale: str | Mapping[str, str] = "linear",
    method: str = "sobol",
    n: int = 1024,
    seed: int | np.random.Generator = 0,
    second_order: bool = True,
    resamples: int = 100,
) -> xr.Dataset:
    """The same of any function.

    Parameters
    ----------
    function : callable
        Takes a mapping from id to values, (runs,) arrays, and returns an array (runs,), or a
        mapping from names to such; NaN where there is no answer.

    The others, what is returned and the errors are those of `importance`.

    Examples
    --------
    >>> ds = indices(lambda at: at["a"] + 2 * at["b"], {"a": (0, 1), "b": (0, 1)}, n=256)
    >>> ds["S1"].sel(output="y").values.round(1).tolist()
    [0.2, 0.8]
    """
    kinds = distributions(ranges, scale)
    return _found(kinds, function, method, n, seed, second_order, resamples, {})


def _found(
    kinds: Mapping[str, Distribution],
    function: Callable[[dict[str, Any]], Any],
    method: str,
    n: int,
    seed: int | np.random.Generator,
    second_order: bool,
    resamples: int,
    units: Mapping[str, str],
) -> xr.Dataset:
    if method not in SCHEMES:
        near = suggestion(method, METHODS) or f"; choose from {', '.join(METHODS)}"
        raise ValueError(f"unknown method '{method}'{near}")
    if resamples < 2:
        raise ValueError(f"resamples = {resamples}: a bootstrap needs 2 or more")
    if find_spec("SALib") is None:
        raise ValueError(_NEEDED)
    lot = int(np.random.default_rng(seed).integers(1, 2**31 - _ROOM))
    asked = Asked(tuple(kinds), whole(n), lot, second_order, int(resamples))
    points = np.ascontiguousarray(SCHEMES[method].points(asked))
    given = function(bent(points, kinds))
    answers = given if isinstance(given, Mapping) else {"y": given}
    for key, values in answers.items():
        if np.shape(values) != (len(points),):
            raise ValueError(
                f"'{key}' has shape {np.shape(values)}, not that of {len(points)} runs"
            )
    ds = dataset(method, asked, points, answers, units)
    return ds.assign_attrs(seed=int(seed)) if isinstance(seed, (int, np.integer)) else ds


def _swept(
    model: Model,
    design: xr.Dataset,
    options: Mapping[str, Any],
    told: dict[str, Any],
    watch: Callable[[int], None] | None,
) -> dict[str, Any]:
    """The summaries of each run; what else is to be told goes into `told`."""
    found: dict[str, list[Any]] = {}
    runs = design.sizes["sample"]
    for begun in range(0, runs, _PART):
        part = design.isel(sample=slice(begun, begun + _PART))
        hears = (lambda done, before=begun: watch(before + done)) if watch else None
        ds = sweep(model, part, watch=hears, **options)
        if not json.loads(ds.attrs["config"])["complete"]:
            raise KeyboardInterrupt
        formulas = json.loads(ds.attrs["config"])["summaries"]
        if any("quantile" in ds[key].dims for key in formulas):
            raise ModelError("bands are of all runs together; importance needs a number a run")
        for key in (str(name) for name in ds.data_vars if name in formulas):
            found.setdefault(key, []).append(ds[key].values)
            told["units"][key] = str(ds[key].attrs.get("units", ""))
            told["long_names"][key] = str(ds[key].attrs["long_name"])
        words = str(ds["status"].attrs["flag_meanings"]).split()
        for word, count in zip(words, np.bincount(ds["status"], minlength=len(words)), strict=True):
            if count:
                told["status"][word] = told["status"].get(word, 0) + int(count)
        told["attrs"] = ds.attrs
    return {key: np.concatenate(parts) for key, parts in found.items()}


def _label(model: Model, key: str) -> str:
    part = model.by_id.get(key)
    return str((part.name or part.id) if part is not None else key)
