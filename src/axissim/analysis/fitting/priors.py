"""What is believed of a parameter before the data: PEtab's priors, and their slopes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = {
    "normal": ("normal", "plain"),
    "parameterScaleNormal": ("normal", "own"),
    "laplace": ("laplace", "plain"),
    "parameterScaleLaplace": ("laplace", "own"),
    "logNormal": ("normal", "log"),
    "logLaplace": ("laplace", "log"),
}


@dataclass(frozen=True)
class Prior:
    """A distribution of PEtab: `kind` is a key of `KINDS`; an even one is no prior here.

    Attributes
    ----------
    first, second : float
        Mean and standard deviation; of a Laplace distribution location and scale.
    """

    kind: str
    first: float
    second: float

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"prior '{self.kind}' is not {', '.join(KINDS)}")
        if not self.second > 0.0:
            raise ValueError(f"prior {self.kind}({self.first:g}, {self.second:g}) has no width")


def negative_log(prior: Prior, own: Any, plain: Any, slope: Any) -> tuple[Any, Any, Any]:
    """The negative logarithm of a prior's density, its slope and curvature on the own scale.

    Parameters
    ----------
    own, plain, slope : array
        The parameter on its own scale, as a plain value, and the slope of the second in the
        first.

    Notes
    -----
    The density is that of what the prior speaks of (PEtab 1, "objectivePriorType"): the plain
    value, its logarithm as a density of the plain value, or the value on its own scale.  The
    curvature is Gauss and Newton's.
    """
    shape, of = KINDS[prior.kind]
    x, turn, extra, extra_slope = own, np.ones_like(own), 0.0, 0.0
    if of == "plain":
        x, turn = plain, slope
    elif of == "log":
        x, turn = np.log(plain), slope / plain
        extra, extra_slope = x, turn
    z, width = (x - prior.first) / prior.second, prior.second
    if shape == "normal":
        value = 0.5 * z**2 + 0.5 * math.log(2.0 * math.pi * width**2)
        first = z / width * turn
    else:
        value = np.abs(z) + math.log(2.0 * width)
        first = np.sign(z) / width * turn
    return value + extra, first + extra_slope, (turn / width) ** 2
