"""SALib's schemes: which points of the unit cube to run, and what the answers say of each axis.

A scheme's points come in groups that only make sense whole: Saltelli's crossed points, a walk of
Morris, a curve of FAST.  A group with a failed run is left out, whole, and counted; PAWN and
RBD-FAST take any points, so there a group is one run.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from axissim.study.sampling import cube

_CURVES = 4  # of FAST, a parameter, each with phases of its own: their spread is the interval
_LEAST_CURVE = 64  # points, more than that for each other parameter: 4 M^2 with M = 4 harmonics
_STUDENT = 3.1824463  # 97.5 % of Student's t with _CURVES - 1 degrees of freedom
_LEVELS = 4  # of Morris' grid
_SLICES = 10  # of PAWN
_HARMONICS = 10  # of RBD-FAST
_STEP = 5e-3  # of a range and more, for the slopes of DGSM
_FEWEST = 4  # groups, below which there is no index


@dataclass(frozen=True)
class Asked:
    """How indices are asked for.

    Attributes
    ----------
    keys : tuple of str
        The axes of the cube.
    n : int
        See `axissim.analysis.importance.importance`.
    seed : int
        Above 0: SALib takes 0 for no seed.
    second : bool
        Whether Sobol' indices of pairs are estimated too.
    resamples : int
        Of the bootstrap.
    """

    keys: tuple[str, ...]
    n: int
    seed: int
    second: bool
    resamples: int

    @property
    def d(self) -> int:
        return len(self.keys)

    @property
    def problem(self) -> dict[str, Any]:
        """The unit cube as SALib has it; the ranges bend it (`axissim.analysis.importance`)."""
        return {"num_vars": self.d, "names": list(self.keys), "bounds": [[0.0, 1.0]] * self.d}


@dataclass(frozen=True)
class Scheme:
    """A way to sample and to estimate.

    Attributes
    ----------
    group : callable
        Of `Asked`, how many runs a group has.
    points : callable
        Of `Asked`, the points, shape (runs, d).
    estimate : callable
        Of `Asked`, points and values of whole groups, each index by name: (d,), or (d, d).
    """

    group: Callable[[Asked], int]
    points: Callable[[Asked], Any]
    estimate: Callable[[Asked, Any, Any], dict[str, Any]]


def whole_groups(values: Any, size: int) -> Any:
    """Which of the groups, runs one after another, hold no NaN: (groups,) of bool."""
    return np.isfinite(values).reshape(-1, size).all(axis=1)


def estimated(method: str, asked: Asked, points: Any, values: Any) -> tuple[dict[str, Any], int]:
    """The indices of one output, and how many groups they rest on.

    Parameters
    ----------
    points : (runs, d) array
    values : (runs,) array
        NaN where a run failed.
    """
    scheme = SCHEMES[method]
    size = scheme.group(asked)
    good = whole_groups(values, size)
    rows = np.repeat(good, size)
    count, left = int(good.sum()), values[rows]
    if count < _FEWEST or np.ptp(left) <= 1e-12 * np.abs(left).max():  # nothing varies
        return {}, count
    if method == "fast":  # its curves stay where they are: each belongs to a parameter
        return scheme.estimate(asked, points, np.where(rows, values, np.nan)), count
    return scheme.estimate(asked, points[rows], left), count


def _saltelli(asked: Asked) -> Any:
    from SALib.sample import sobol

    if asked.n & (asked.n - 1) or asked.n < 2:
        near = 1 << max(1, round(np.log2(max(asked.n, 2))))
        raise ValueError(f"n = {asked.n} is no power of 2, which Sobol' needs; give {near}")
    return sobol.sample(asked.problem, asked.n, calc_second_order=asked.second, seed=asked.seed)


def _sobol(asked: Asked, _: Any, values: Any) -> dict[str, Any]:
    from SALib.analyze import sobol

    found = sobol.analyze(
        asked.problem, values, calc_second_order=asked.second,
        num_resamples=asked.resamples, seed=asked.seed,
    )  # fmt: skip
    return {key: np.asarray(found[key], float) for key in found}


def _walks(asked: Asked) -> Any:
    from SALib.sample import morris

    return morris.sample(asked.problem, asked.n, num_levels=_LEVELS, seed=asked.seed)


def _morris(asked: Asked, points: Any, values: Any) -> dict[str, Any]:
    from SALib.analyze import morris

    found = morris.analyze(
        asked.problem, points, values, num_resamples=asked.resamples, num_levels=_LEVELS,
        seed=asked.seed,
    )  # fmt: skip
    keys = ("mu", "mu_star", "sigma", "mu_star_conf")
    return {key: np.asarray(found[key], float) for key in keys}


def _curves(asked: Asked) -> Any:
    from SALib.sample import fast_sampler

    each = asked.n // _CURVES
    # With fewer, two others share a frequency (Saltelli 1999) and are not independent.
    least = _LEAST_CURVE * max(1, asked.d - 1) + 1
    if each < least:
        raise ValueError(
            f"n = {asked.n} runs a parameter are too few for FAST over {asked.d} parameters; "
            f"give {_CURVES * least}"
        )
    parts = [
        fast_sampler.sample(asked.problem, each, seed=asked.seed + at) for at in range(_CURVES)
    ]
    return np.concatenate(parts)


def _fast(asked: Asked, _: Any, values: Any) -> dict[str, Any]:
    from SALib.analyze import fast

    parts = []
    with warnings.catch_warnings():  # SALib's own intervals are not used
        warnings.simplefilter("ignore")
        for part in values.reshape(_CURVES, -1):
            kept = np.random.get_state()  # SALib draws from it
            found = fast.analyze(asked.problem, part, num_resamples=2)
            np.random.set_state(kept)
            parts.append([found["S1"], found["ST"]])
        spread = np.asarray(parts, float)  # (curves, 2, d)
        middle = np.nanmean(spread, axis=0)
        count = np.isfinite(spread).sum(axis=0)
        half = _STUDENT * np.nanstd(spread, axis=0, ddof=1) / np.sqrt(count)
    half = np.where(count == _CURVES, half, np.nan)
    return {"S1": middle[0], "S1_conf": half[0], "ST": middle[1], "ST_conf": half[1]}


def _rbd_fast(asked: Asked, points: Any, values: Any) -> dict[str, Any]:
    from SALib.analyze import rbd_fast

    found = rbd_fast.analyze(
        asked.problem, points, values, M=_HARMONICS, num_resamples=asked.resamples,
        seed=asked.seed,
    )  # fmt: skip
    return {key: np.asarray(found[key], float) for key in ("S1", "S1_conf")}


def _pawn(asked: Asked, points: Any, values: Any) -> dict[str, Any]:
    from SALib.analyze import pawn

    rng = np.random.default_rng(asked.seed)
    with warnings.catch_warnings():  # of SciPy, about p-values that nobody reads
        warnings.simplefilter("ignore")
        found = pawn.analyze(asked.problem, points, values, S=_SLICES)
    again = np.empty((asked.resamples, asked.d))
    for at in range(asked.resamples):
        rows = rng.integers(len(values), size=len(values))
        again[at] = distances(points[rows], values[rows])
    noise = distances(rng.random((len(values), 1)), values)[0]
    return {
        "pawn": np.asarray(found["median"], float),
        "pawn_max": np.asarray(found["maximum"], float),
        "pawn_conf": 1.959964 * again.std(axis=0, ddof=1),
        "pawn_noise": noise,
    }


def _steps(asked: Asked) -> Any:
    from SALib.sample import finite_diff

    # SALib's steps are shares of the value, too short near 0 for runs with a tolerance: from 1 to 2
    beside = asked.problem | {"bounds": [[1.0, 2.0]] * asked.d}
    return finite_diff.sample(beside, asked.n, delta=_STEP) - 1.0


def _dgsm(asked: Asked, points: Any, values: Any) -> dict[str, Any]:
    from SALib.analyze import dgsm

    kept = np.random.get_state()  # SALib draws from it, for an interval of something else
    found = dgsm.analyze(asked.problem, points, values, num_resamples=2)
    np.random.set_state(kept)
    base, moved = (array.reshape(-1, asked.d + 1, *array.shape[1:]) for array in (values, points))
    run = np.diagonal(moved[:, 1:], axis1=1, axis2=2) - moved[:, 0]
    squares = ((base[:, 1:] - base[:, :1]) / run) ** 2  # (groups, d)
    rng, again = np.random.default_rng(asked.seed), np.empty((asked.resamples, asked.d))
    for at in range(asked.resamples):
        rows = rng.integers(len(base), size=len(base))
        again[at] = squares[rows].mean(axis=0) / (np.pi**2 * base[rows, 0].var())
    half = 1.959964 * again.std(axis=0, ddof=1)
    return {"dgsm": np.asarray(found["dgsm"], float), "dgsm_conf": half}


def distances(points: Any, values: Any) -> Any:
    """PAWN's index of each axis, the median over slices of the Kolmogorov-Smirnov distance.

    As SALib's, which asks SciPy for a p-value each time and is too slow for a bootstrap.

    Parameters
    ----------
    points : (runs, d) array
    values : (runs,) array

    Returns
    -------
    (d,) array
    """
    runs, d = points.shape
    order = np.argsort(values, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(values[order])), runs - 1)  # of equal values the last
    everyone = (ends + 1.0) / runs
    found = np.empty(d)
    for axis in range(d):
        column = points[order, axis]
        edges = np.quantile(column, np.linspace(0.0, 1.0, _SLICES + 1))
        apart = []
        for low, high in pairwise(edges):
            inside = (column >= low) & (column < high)
            if inside.any():
                share = np.cumsum(inside)[ends] / inside.sum()
                apart.append(np.abs(share - everyone).max())
        found[axis] = np.median(apart) if apart else np.nan
    return found


def _spread(sampler: str) -> Callable[[Asked], Any]:
    def points(asked: Asked) -> Any:
        return cube(sampler, asked.n, asked.d, np.random.default_rng(asked.seed))

    return points


SCHEMES: Mapping[str, Scheme] = {
    "sobol": Scheme(
        lambda asked: (2 if asked.second else 1) * asked.d + 2,
        _saltelli,
        _sobol,
    ),
    "morris": Scheme(lambda asked: asked.d + 1, _walks, _morris),
    "fast": Scheme(lambda asked: asked.n // _CURVES, _curves, _fast),
    "rbd_fast": Scheme(lambda _: 1, _spread("lhs"), _rbd_fast),
    "dgsm": Scheme(lambda asked: asked.d + 1, _steps, _dgsm),
    "pawn": Scheme(lambda _: 1, _spread("sobol"), _pawn),
}
