"""Points that fill a cube: at random, or more evenly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

SAMPLERS = ("random", "sobol", "lhs")
_PART = 1 << 20


def whole(n: int) -> int:
    """`n` as a count of runs; ValueError if it is none."""
    if n != int(n) or n < 1:
        raise ValueError(f"n = {n} is not a count of runs; give 1 or more")
    return int(n)


def cube(sampler: str, n: int, d: int, rng: np.random.Generator) -> Any:
    """`n` points in the unit cube of `d` dimensions, shape (n, d)."""
    return np.concatenate(list(parts_of_cube(sampler, n, d, rng)))


def parts_of_cube(sampler: str, n: int, d: int, rng: np.random.Generator) -> Iterator[Any]:
    """The same points in parts of `_PART` rows, so that ten million take no memory at once."""
    from scipy.stats import qmc

    if sampler == "sobol":
        # whole powers of 2, cut: any other count makes SciPy warn, and the points are the same
        sobol = qmc.Sobol(d, seed=rng)
        yield sobol.random_base2((min(n, _PART) - 1).bit_length())[:n]
        for begun in range(_PART, n, _PART):
            yield sobol.random(min(_PART, n - begun))
    elif sampler == "lhs":
        yield qmc.LatinHypercube(d, seed=rng).random(n)
    elif sampler == "random":
        for begun in range(0, n, _PART):
            yield rng.random((min(_PART, n - begun), d))
    else:
        raise ValueError(f"unknown sampler '{sampler}'; choose from {', '.join(SAMPLERS)}")
