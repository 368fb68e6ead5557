"""The elementary functions of `Lanes` and of float64 scalars, under one name each.

In lanes exp, log, log10, power, sin and cos are vector code; the others call the C library lane
by lane. For scalars all call the C library. None raises: log(0) is -inf, log(-1) NaN,
power(0, -1) infinity, as IEEE and C have it.
"""

from __future__ import annotations

from typing import Any

from axissim.compile import lane_exp, lane_power, lane_trigonometry
from axissim.compile.lane_ir import APART, Operand, call
from axissim.compile.lane_type import binary, unary


def _library(name: str, meaning: str) -> Any:
    """The C library's function of one number, lane by lane."""

    def emit(x: Operand) -> Operand:
        return call(
            f"axissim.{name}",
            lambda x: lane_trigonometry.lane_by_lane(name, x),
            x,
            attributes=APART,
        )

    return unary(f"{name}(a): {meaning}", emit, lambda x: x.external(name))


def _factorial(tgamma: Any) -> Any:
    """The nearest whole number to the gamma function of a number one greater."""
    return lambda x: tgamma(x + 1.0).llvm("rint")


factorial = unary(
    "factorial(a): a times a - 1 and so on down to 1",
    _factorial(
        lambda x: call(
            "axissim.tgamma",
            lambda x: lane_trigonometry.lane_by_lane("tgamma", x),
            x,
            attributes=APART,
        )
    ),
    _factorial(lambda x: x.external("tgamma")),
)
exp = unary("exp(a): e to the power a", lane_exp.exp, lambda x: x.external("exp"))
log = unary("log(a): the natural logarithm", lane_exp.log, lambda x: x.external("log"))
log10 = unary("log10(a): the decimal logarithm", lane_power.log10, lambda x: x.external("log10"))
power = binary(
    "power(a, b): a to the power b, as C's pow", lane_power.power, lambda x, y: x.external("pow", y)
)

sin = unary("sin(a): the sine of radians", lane_trigonometry.sin, lambda x: x.external("sin"))
cos = unary("cos(a): the cosine of radians", lane_trigonometry.cos, lambda x: x.external("cos"))
tan = _library("tan", "the tangent of radians")
asin = _library("asin", "the angle with sine a, in radians")
acos = _library("acos", "the angle with cosine a, in radians")
atan = _library("atan", "the angle with tangent a, in radians")
sinh = _library("sinh", "the hyperbolic sine")
cosh = _library("cosh", "the hyperbolic cosine")
tanh = _library("tanh", "the hyperbolic tangent")
asinh = _library("asinh", "the inverse hyperbolic sine")
acosh = _library("acosh", "the inverse hyperbolic cosine")
atanh = _library("atanh", "the inverse hyperbolic tangent")
