"""Indices as a Dataset: over parameter and output, with what they rest on."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.importance.schemes import SCHEMES, Asked, estimated

if TYPE_CHECKING:
    import xarray as xr

ABOUT = {
    "S1": "share of the variance by the parameter alone",
    "ST": "share of the variance by the parameter with all its interactions",
    "S2": "share of the variance by a pair together, beyond both alone",
    "mu": "mean elementary effect over the whole range",
    "mu_star": "mean size of elementary effects over the whole range",
    "sigma": "standard deviation of elementary effects: curvature and interactions",
    "dgsm": "bound on ST by mean squared slopes",
    "pawn": "median distance of the distributions with the parameter known and unknown",
    "pawn_max": "greatest such distance",
    "pawn_noise": "the same index of a parameter that does nothing",
}
_IN_UNITS = ("mu", "mu_star", "sigma", "mu_star_conf")


def dataset(
    method: str,
    asked: Asked,
    points: Any,
    answers: Mapping[str, Any],
    units: Mapping[str, str],
) -> xr.Dataset:
    """The indices of every output.

    Parameters
    ----------
    points : (runs, d) array
        Of the unit cube.
    answers : mapping
        Output to (runs,) array, NaN where a run failed.
    units : mapping
        Output to its unit.
    """
    import xarray as xr

    found: list[dict[str, Any]] = []
    groups = []
    for key in answers:
        indices, count = estimated(method, asked, points, np.asarray(answers[key], float))
        found.append(indices)
        groups.append(count)
    size = SCHEMES[method].group(asked)
    told = {key for indices in found for key in indices}
    variables: dict[str, Any] = {}
    for key in sorted(told):
        shape = next(np.shape(indices[key]) for indices in found if key in indices)
        blank = np.full(shape, np.nan)
        stacked = np.stack([indices.get(key, blank) for indices in found])
        variables[key] = (_DIMS[len(shape)], stacked, _about(key))
    values = np.stack([np.asarray(answers[key], float) for key in answers])
    variables |= _moments(values)
    variables["groups"] = ("output", groups, {"long_name": "groups of runs that were used"})
    left = len(points) // size - np.asarray(groups)
    about_left = "groups left out, since a run of them failed or gave no number"
    variables["groups_left_out"] = ("output", left, {"long_name": about_left})
    coords: dict[str, Any] = {
        "parameter": list(asked.keys),
        "output": list(answers),
        "units": ("output", [units.get(key, "") for key in answers]),
    }
    if "S2" in variables:
        coords["with_parameter"] = list(asked.keys)
    return xr.Dataset(variables, coords, attrs=_attributes(method, asked, len(points), size))


_DIMS = {0: ("output",), 1: ("output", "parameter"), 2: ("output", "parameter", "with_parameter")}


def _about(key: str) -> dict[str, str]:
    of = key.removesuffix("_conf")
    said = ABOUT.get(of, of)
    words = said if of == key else f"half of the 95 % interval of {of}"
    return {"long_name": words, **({} if key in _IN_UNITS else {"units": "1"})}


def _moments(values: Any) -> dict[str, Any]:
    """Mean and spread of each output over the runs that gave one."""
    counts = np.isfinite(values).sum(axis=1)
    filled = np.where(np.isfinite(values), values, 0.0)
    mean = np.where(counts > 0, filled.sum(axis=1) / np.maximum(counts, 1), np.nan)
    apart = np.where(np.isfinite(values), values - mean[:, None], 0.0)
    spread = np.sqrt((apart**2).sum(axis=1) / np.maximum(counts, 1))
    return {
        "mean": ("output", mean, {"long_name": "mean over the runs"}),
        "std": ("output", np.where(counts > 0, spread, np.nan),
                {"long_name": "standard deviation over the runs"}),
        "runs": ("output", counts, {"long_name": "runs that gave a value"}),
    }  # fmt: skip


def _attributes(method: str, asked: Asked, runs: int, size: int) -> dict[str, Any]:
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    packages: Sequence[str] = ("axissim", "SALib", "numpy", "scipy", "numba", "xarray")
    return {
        "importance": method,
        "n": asked.n,
        "resamples": asked.resamples,
        "asked_runs": runs,
        "runs_in_group": size,
        "source": f"axissim {version('axissim')}",
        "versions": json.dumps({name: version(name) for name in packages}),
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds)),
        "disclaimer": "For research and teaching; not medical advice.",
    }
