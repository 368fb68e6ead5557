"""What the data tell about each parameter: Fisher's information, its rank and its directions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.fitting.likelihood import Objective
from axissim.analysis.fitting.problem import plain

if TYPE_CHECKING:
    import xarray as xr

_RANK = 1e-8  # eigenvalues below this share of the greatest are nothing that data tell


def information(objective: Objective, best: Any) -> xr.Dataset:
    """Fisher's information at one set of parameters, and what follows from it.

    Parameters
    ----------
    best : (P,) array
        On the parameters' own scales, as everything here but ``standard_error_plain``.

    Returns
    -------
    xarray.Dataset
        ``fisher`` (parameter, parameter_), ``eigenvalue`` (direction), the greatest first,
        ``eigenvector`` (direction, parameter), ``rank``, ``standard_error`` on the own scale (inf
        for what the data do not tell), and ``interval`` (parameter, side): 95 % by the curvature
        alone, as plain values.
    """
    import xarray as xr

    problem = objective.problem
    matrix = objective.slopes(best[None], expected=True).curvature[0]
    matrix = np.where(np.isfinite(matrix), matrix, 0.0)
    values, vectors = np.linalg.eigh(matrix)
    values, vectors = values[::-1], vectors[:, ::-1]
    told = values > _RANK * max(values[0], 1e-300)
    error = _errors(values, vectors, told)
    ends = np.stack([best - 1.96 * error, best + 1.96 * error])
    with np.errstate(over="ignore"):
        interval = plain(problem.unknowns, ends)[0].T
    keys = [u.id for u in problem.unknowns]
    return xr.Dataset(
        {
            "fisher": (("parameter", "parameter_"), matrix),
            "eigenvalue": ("direction", values),
            "eigenvector": (("direction", "parameter"), vectors.T),
            "rank": int(told.sum()),
            "standard_error": ("parameter", error, {"long_name": "on the parameter's own scale"}),
            "interval": (("parameter", "side"), interval, {"long_name": "95 %, by curvature"}),
        },
        coords={"parameter": keys, "parameter_": keys, "side": ["low", "high"]},
    )


def _errors(values: Any, vectors: Any, told: Any) -> Any:
    """Standard errors by the inverse over what is told; inf where a silent direction leads."""
    spread = ((vectors[:, told] ** 2) / values[told]).sum(axis=1)
    silent = (vectors[:, ~told] ** 2).sum(axis=1) > 1e-6
    return np.where(silent, np.inf, np.sqrt(spread))


def directions(ds: xr.Dataset, most: int = 3) -> list[str]:
    """The combinations of parameters that the data do not tell, in words."""
    said = []
    rank, count = int(ds["rank"]), ds.sizes["direction"]
    for at in range(rank, min(count, rank + most)):
        vector = ds["eigenvector"].values[at]
        leading = np.argsort(-np.abs(vector))[:3]
        parts = [
            f"{vector[i]:+.2f} {ds['parameter'].values[i]}" for i in leading if abs(vector[i]) > 0.1
        ]
        said.append(" ".join(parts))
    return said
