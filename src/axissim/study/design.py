"""Designs: which runs to make, as a Dataset of parameters and initial values.

Grids have a dimension a quantity; samples have one dimension, ``sample``, and a variable a
quantity over it.  Every design is a function of its arguments and the seed alone.  Ids are checked
when a model meets the design, in `axissim.sweep`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.study.distribution import (
    Distribution,
    distribution,
    lognormal,
    loguniform,
    normal,
    uniform,
)
from axissim.study.population import population
from axissim.study.sampling import parts_of_cube, whole
from axissim.study.table import table

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "Distribution",
    "distribution",
    "grid",
    "latin_hypercube",
    "lognormal",
    "loguniform",
    "normal",
    "population",
    "sample",
    "sobol",
    "table",
    "uniform",
]

Axis = Sequence[float] | tuple[float, float, int]
Scale = str | Mapping[str, str]


def grid(axes: Mapping[str, Axis], *, scale: Scale = "linear") -> xr.Dataset:
    """Every combination of the values of each axis.

    Parameters
    ----------
    axes : mapping
        Id to values, or to (start, stop, points) with an int as third element.
    scale : "linear" or "log", or a mapping from id to these
        How the points between start and stop are spaced.

    Returns
    -------
    xarray.Dataset
        A dimension and coordinate an id, in the order given.

    Raises
    ------
    ValueError
        For an axis that is empty, not finite or not of distinct values.
    """
    import xarray as xr

    _some(axes)
    scales = _scales(scale, axes)
    coords = {key: _axis(key, given, scales[key]) for key, given in axes.items()}
    return xr.Dataset(coords=coords, attrs={"design": "grid"})


def _some(quantities: Mapping[str, Any]) -> None:
    if not quantities:
        raise ValueError("a design needs at least one quantity; give its id and its values")


def _scales(scale: Scale, keys: Mapping[str, Any]) -> dict[str, str]:
    """The scale of each quantity."""
    given = dict.fromkeys(keys, scale) if isinstance(scale, str) else dict(scale)
    for key, word in given.items():
        if word not in ("linear", "log"):
            raise ValueError(f"'{key}': scale '{word}' is not linear or log")
        if key not in keys:
            raise ValueError(f"a scale is given for '{key}', which is not in the design")
    return dict.fromkeys(keys, "linear") | given


def _axis(key: str, given: Axis, scale: str) -> Any:
    """The values along one axis of a grid."""
    if isinstance(given, tuple) and len(given) == 3 and isinstance(given[2], (int, np.integer)):
        start, stop, points = float(given[0]), float(given[1]), int(given[2])
        if points < 2 or not np.isfinite(stop - start) or start == stop:
            raise ValueError(f"'{key}': {start:g} to {stop:g} in {points} points is not an axis")
        if scale == "log" and min(start, stop) <= 0.0:
            raise ValueError(f"'{key}': a log axis needs bounds above 0")
        space = np.geomspace if scale == "log" else np.linspace
        return space(start, stop, points)
    values = np.atleast_1d(np.asarray(given, float))
    if values.ndim != 1 or not values.size or not np.all(np.isfinite(values)):
        raise ValueError(f"'{key}': an axis is a list of finite numbers")
    if np.unique(values).size < values.size:
        raise ValueError(f"'{key}': the axis holds a value twice; leave one out")
    return values


def sobol(
    ranges: Mapping[str, tuple[float, float]],
    *,
    n: int,
    seed: int | np.random.Generator = 0,
    scale: Scale = "linear",
) -> xr.Dataset:
    """`n` points of a scrambled Sobol' sequence, which fill the ranges evenly.

    Its balance is best where `n` is a power of 2; the first `n` points of a longer design with the
    same seed are this one.

    Parameters
    ----------
    ranges : mapping
        Id to (low, high).
    n : int
    seed : int or numpy.random.Generator
    scale : "linear" or "log", or a mapping from id to these
        Whether the values or their logarithms are spread evenly.

    Returns
    -------
    xarray.Dataset
        A variable an id over ``sample``.

    Raises
    ------
    ValueError
        For a range or a count that is none.
    """
    return sample(_uniforms(ranges, scale), n=n, seed=seed, sampler="sobol")


def latin_hypercube(
    ranges: Mapping[str, tuple[float, float]],
    *,
    n: int,
    seed: int | np.random.Generator = 0,
    scale: Scale = "linear",
) -> xr.Dataset:
    """`n` points, of which each of `n` equal slices of each range holds one; else as `sobol`."""
    return sample(_uniforms(ranges, scale), n=n, seed=seed, sampler="lhs")


def _uniforms(ranges: Mapping[str, tuple[float, float]], scale: Scale) -> dict[str, Distribution]:
    _some(ranges)
    scales = _scales(scale, ranges)
    kinds = {"linear": uniform, "log": loguniform}
    found = {}
    for key, bounds in ranges.items():
        try:
            low, high = bounds
            found[key] = kinds[scales[key]](low, high)
        except (TypeError, ValueError) as wrong:
            raise ValueError(f"'{key}': {wrong}") from None
    return found


def sample(
    quantities: Mapping[str, Distribution | str],
    *,
    n: int,
    seed: int | np.random.Generator = 0,
    sampler: str = "random",
) -> xr.Dataset:
    """`n` draws of quantities that vary independently.

    Parameters
    ----------
    quantities : mapping
        Id to a distribution: `uniform`, `loguniform`, `normal`, `lognormal`, or its text, such as
        ``"lognormal(0, 0.3)"``.
    n : int
    seed : int or numpy.random.Generator
    sampler : "random", "sobol" or "lhs"
        How the points are spread before the distributions bend them.

    Returns
    -------
    xarray.Dataset
        A variable an id over ``sample``; ``seed`` in the attributes, if it was a number.

    Raises
    ------
    ValueError
        For a text that is no distribution, or a count or sampler that is none.

    Examples
    --------
    >>> sample({"Vd": 8000 * lognormal(0, 0.3)}, n=2, seed=1).sizes["sample"]
    2
    """
    import xarray as xr

    _some(quantities)
    count = whole(n)
    kinds = {key: distribution(given) for key, given in quantities.items()}
    columns = {key: np.empty(count) for key in kinds}
    at = 0
    for points in parts_of_cube(sampler, count, len(kinds), np.random.default_rng(seed)):
        for column, (key, kind) in enumerate(kinds.items()):
            columns[key][at : at + len(points)] = kind.quantile(points[:, column])
        at += len(points)
    ds = xr.Dataset(
        {key: ("sample", values) for key, values in columns.items()},
        coords={"sample": np.arange(count)},
        attrs={
            "design": sampler,
            "distributions": "; ".join(f"{k} ~ {d}" for k, d in kinds.items()),
        },
    )
    if isinstance(seed, (int, np.integer)):
        ds.attrs["seed"] = int(seed)
    return ds
