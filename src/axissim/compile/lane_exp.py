"""exp and log of eight lanes, written over `Operand`.

Both take a number apart into a power of two and a remainder near 0 or 1, by integer arithmetic
on its bits and by the sum with 1.5 * 2^52, whose last bits then hold the rounded integer.
"""

from __future__ import annotations

import math

from axissim.compile.lane_coefficients import EXP, LN2_HIGH, LN2_LOW, LOG, LOG2_E
from axissim.compile.lane_ir import RARE, Operand, call, polynomial, rarely

ROUNDING = 1.5 * 2.0**52  # x + ROUNDING has no fraction bits: its last bits are round(x)
BIAS = 1023  # of the exponent, in the bits from 52 on
BITS_ONE = BIAS << 52
BITS_INFINITY = 0x7FF << 52
BITS_SMALLEST = 1 << 52  # the smallest normal number
BITS_SQRT_HALF = 0x3FE6A09E667F3BCD
SMALLEST = 2.0**-1022


def capped(x: Operand, low: float, high: float) -> Operand:
    """Bring x into [low, high]; NaN stays."""
    x = (x > high).select(x.constant(high), x)
    return (x < low).select(x.constant(low), x)


def nearest_integer(x: Operand) -> tuple[Operand, Operand]:
    """round(x), and the integer whose low 12 bits are round(x) + 2 BIAS; |x| <= 2000."""
    shifted = x + (ROUNDING + 2 * BIAS)
    return shifted - (ROUNDING + 2 * BIAS), shifted.bits()


def times_power_of_two(x: Operand, biased: Operand) -> Operand:
    """Return x 2^n with one rounding, from the low 12 bits of `biased` = n + 2 BIAS; |n| <= 2000.

    Two factors, because 2^n alone leaves the range of doubles where the product does not.
    """
    exponent = biased & 0xFFF
    half = exponent >> 1
    rest = exponent - half
    return x * (half << 52).double() * (rest << 52).double()


def exp(x: Operand) -> Operand:
    """e^x; 0, infinity and subnormal results as they should be."""
    return call("axissim.exp", _exp, x)


def _exp(x: Operand) -> Operand:
    x = capped(x, -746.0, 710.0)
    n, biased = nearest_integer(x * LOG2_E)
    # x - n LN2_HIGH is exact: both are multiples of 2^-54, and the difference is below 1/2.
    high = n.fma(-LN2_HIGH, x)
    low = n * -LN2_LOW
    r = high + low
    tail = (r * r).fma(polynomial(r, (0.5, *EXP)), low)
    return times_power_of_two(high + tail + 1.0, biased)


def split(x: Operand) -> tuple[Operand, Operand]:
    """Find m in [sqrt(1/2), sqrt(2)) and k with x = m 2^k, of positive normal numbers."""
    bits = x.bits()
    shifted = bits + (BITS_ONE - BITS_SQRT_HALF)
    m = (bits - (shifted & BITS_INFINITY) + BITS_ONE).double()
    # An integer below 2^52 becomes a double by taking 2^52's exponent.
    k = ((shifted >> 52) | ((BIAS + 52) << 52)).double() - (2.0**52 + BIAS)
    return m, k


def is_ordinary(x: Operand) -> Operand:
    """Tell whether x is positive, normal and finite."""
    return (x.bits() - BITS_SMALLEST) < (BITS_INFINITY - BITS_SMALLEST)


def normalized(x: Operand) -> tuple[Operand, Operand]:
    """A positive x as a normal number, and the power of two it was multiplied by, negated."""
    subnormal = x < SMALLEST
    return subnormal.select(x * 2.0**54, x), subnormal.select(x.constant(-54.0), 0.0)


def log(x: Operand) -> Operand:
    """The natural logarithm; -inf at 0, NaN below."""
    return call("axissim.log", _log, x)


def _log(x: Operand) -> Operand:
    m, k = split(x)
    return rarely(
        ~is_ordinary(x),
        lambda: call("axissim.log.rare", _log_of_any, x, attributes=RARE),
        _log_of(m, k),
    )


def _log_of(m: Operand, k: Operand) -> Operand:
    """Return k ln(2) + log(m): log(1 + f) = f - (f^2/2 - s (f^2/2 + R(s))), s = f / (2 + f)."""
    f = m - 1.0
    s = f / (f + 2.0)
    z = s * s
    half = f * f * 0.5
    inner = s.fma(z.fma(polynomial(z, LOG), half), k * LN2_LOW)
    return k.fma(LN2_HIGH, f - (half - inner))


def _log_of_any(x: Operand) -> Operand:
    normal, exponent = normalized(x)
    m, k = split(normal)
    result = _log_of(m, k + exponent)
    result = (x < math.inf).select(result, x)  # NaN and infinity stay
    result = (x == 0.0).select(x.constant(-math.inf), result)
    return (x < 0.0).select(x.constant(math.nan), result)
