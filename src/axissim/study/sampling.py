"""Points that fill a cube: at random, or more evenly."""

from __future__ import annotations

from typing import Any

import numpy as np

SAMPLERS = ("random", "sobol", "lhs")


def whole(n: int) -> int:
    """`n` as a count of runs; ValueError if it is none."""
    if n != int(n) or n < 1:
        raise ValueError(f"n = {n} is not a count of runs; give 1 or more")
    return int(n)


def cube(sampler: str, n: int, d: int, rng: np.random.Generator) -> Any:
    """`n` points in the unit cube of `d` dimensions, shape (n, d)."""
    from scipy.stats import qmc

    if sampler == "sobol":
        # a whole power of 2, cut: any other count makes SciPy warn, and the points are the same
        return qmc.Sobol(d, seed=rng).random_base2((n - 1).bit_length())[:n]
    if sampler == "lhs":
        return qmc.LatinHypercube(d, seed=rng).random(n)
    if sampler == "random":
        return rng.random((n, d))
    raise ValueError(f"unknown sampler '{sampler}'; choose from {', '.join(SAMPLERS)}")
