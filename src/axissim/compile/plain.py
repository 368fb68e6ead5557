"""The arithmetic of `axissim.compile.lanes` in plain Python, for tests and debugging.

The same names with the same special values, over `numpy.float64` scalars and arrays that
broadcast. Nothing raises or warns here; division in the equations' own text is NumPy's, so run
it on `numpy.float64` under ``numpy.errstate(all="ignore")``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from axissim.model.expression import OPERATIONS

Value: TypeAlias = "float | np.float64 | NDArray[np.float64]"


def _silent(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` of float64 without warnings."""

    def silent(*values: Value) -> Any:
        with np.errstate(all="ignore"):
            return function(*(np.asarray(value, dtype=np.float64)[()] for value in values))

    silent.__doc__ = function.__doc__
    return silent


def _number(value: Any) -> Any:
    return np.asarray(value, dtype=np.float64)[()]


exp = _silent(np.exp)
log = _silent(np.log)
log10 = _silent(np.log10)
power = _silent(np.power)
sqrt = _silent(np.sqrt)
sin = _silent(np.sin)
cos = _silent(np.cos)
tan = _silent(np.tan)
asin = _silent(np.arcsin)
acos = _silent(np.arccos)
atan = _silent(np.arctan)
sinh = _silent(np.sinh)
cosh = _silent(np.cosh)
tanh = _silent(np.tanh)
asinh = _silent(np.arcsinh)
acosh = _silent(np.arccosh)
atanh = _silent(np.arctanh)
absolute = _silent(np.absolute)
floor = _silent(np.floor)
ceil = _silent(np.ceil)
copysign = _silent(np.copysign)

lt = _silent(lambda a, b: _number(a < b))
le = _silent(lambda a, b: _number(a <= b))
gt = _silent(lambda a, b: _number(a > b))
ge = _silent(lambda a, b: _number(a >= b))
eq = _silent(lambda a, b: _number(a == b))
ne = _silent(lambda a, b: _number(a != b))
both = _silent(lambda a, b: _number((a != 0) & (b != 0)))
either = _silent(lambda a, b: _number((a != 0) | (b != 0)))
negated = _silent(lambda a: _number(a == 0))
where = _silent(lambda condition, x, y: _number(np.where(condition != 0, x, y)))
minimum = _silent(lambda a, b: _number(np.where(np.isnan(a) | (a < b), a, b)))
maximum = _silent(lambda a, b: _number(np.where(np.isnan(a) | (a > b), a, b)))


factorial = _silent(OPERATIONS["factorial"].value)


@_silent
def fma(a: Any, b: Any, c: Any) -> Any:
    """Return a * b + c, here with two roundings."""
    return a * b + c


def broadcast(x: Value) -> Value:
    """Return x itself: plain numbers are as wide as they need to be."""
    return x


def load(array: NDArray[np.float64], i: int) -> Any:
    """The `i`-th value, or `i`-th row of values."""
    return array[i]


def store(array: NDArray[np.float64], i: int, value: Value) -> None:
    """Write what `load` would read."""
    array[i] = value
