"""power and log10 of eight lanes, through log2 in two doubles, written over `Operand`.

The exponent of x^y = 2^(y log2 x) reaches 1075, so that its error is a thousand times that of
log2 x in the result: log2 is carried to about 68 bits as a sum of two doubles, by products and
sums whose rounding errors are computed and kept.
"""

from __future__ import annotations

import math

from axissim.compile.lane_coefficients import (
    EXP2,
    LN2_HIGH,
    LN2_LOW,
    LOG2,
    LOG2_HEAD,
    LOG10_2_HIGH,
    LOG10_2_LOW,
)
from axissim.compile.lane_exp import (
    ROUNDING,
    capped,
    is_ordinary,
    nearest_integer,
    normalized,
    split,
    times_power_of_two,
)
from axissim.compile.lane_ir import APART, RARE, Operand, call, polynomial, rarely

SIGN = -(1 << 63)


def _log2(m: Operand, k: Operand) -> tuple[Operand, Operand]:
    """log2(m 2^k) as a sum of two doubles: s (A0 + z (A1 + z (A2 + ...))), s = (m-1)/(m+1)."""
    f = m - 1.0
    u = m + 1.0
    u_low = m - (u - 1.0)
    inverse = 1.0 / u
    s = f * inverse
    s_low = (-s).fma(u_low, (-s).fma(u, f)) * inverse
    z = s * s
    z_low = s.fma(s, -z) + (s + s) * s_low
    w, w_low = polynomial(z, LOG2), None
    for a, a_low in reversed(LOG2_HEAD):
        total = z.fma(w, a)
        # Of the first sum the low part of z w is beyond what counts.
        carried = a_low if w_low is None else z_low.fma(w, z.fma(w_low, a_low))
        w, w_low = total, z.fma(w, a - total) + carried
    assert w_low is not None
    product = s * w
    product_low = s.fma(w, -product) + s.fma(w_low, s_low * w)
    total = k + product
    return total, ((k - total) + product) + product_low


def _exp2(high: Operand, low: Operand) -> tuple[Operand, Operand]:
    """2^(high + low) = p 2^n: p, and n as `times_power_of_two` takes it; |high| <= 2000."""
    n, biased = nearest_integer(high)
    r = (high - n) + low
    tail = r * polynomial(r, (LN2_LOW, *EXP2))
    return r.fma(LN2_HIGH, tail) + 1.0, biased


def _product(y: Operand, high: Operand, low: Operand) -> tuple[Operand, Operand]:
    """Return y (high + low) as a sum of two doubles."""
    product = y * high
    return product, y.fma(low, y.fma(high, -product))


def power(x: Operand, y: Operand) -> Operand:
    """x^y with the special values of C's `pow`."""
    return call("axissim.power", _power, x, y, attributes=APART)


def _power(x: Operand, y: Operand) -> Operand:
    high, low = _product(y, *_log2(*split(x)))
    usual = is_ordinary(x) & (abs(high) < 1021.0)
    p, _ = _exp2(high, low)
    exponent = (high + ROUNDING).bits() << 52
    return rarely(
        ~usual,
        lambda: call("axissim.power.rare", _power_of_any, x, y, attributes=RARE),
        (p.bits() + exponent).double(),
    )


def _power_of_any(x: Operand, y: Operand) -> Operand:
    size = abs(x)
    normal, exponent = normalized(size)
    m, k = split(normal)
    log, log_low = _log2(m, k + exponent)
    log = (size < math.inf).select(log, size)
    log = (size == 0.0).select(x.constant(-math.inf), log)
    high, low = _product(y, log, log_low)
    low = (abs(high) < 1100.0).select(low, 0.0)
    result = times_power_of_two(*_exp2(capped(high, -2000.0, 2000.0), low))
    return _with_sign(x, y, result)


def _with_sign(x: Operand, y: Operand, result: Operand) -> Operand:
    """|x|^y made x^y: sign, NaN of negative bases, and the cases that are 1."""
    half = y * 0.5
    is_integer = y.llvm("floor") == y
    is_odd = is_integer & (half.llvm("floor") != half)
    turned = is_odd.select((x.bits() & SIGN), 0)
    result = (result.bits() ^ turned).double()
    undefined = (x < 0.0) & (x > -math.inf) & ~is_integer
    result = undefined.select(x.constant(math.nan), result)
    is_one = (y == 0.0) | (x == 1.0) | ((x == -1.0) & (abs(y) == math.inf))
    return is_one.select(x.constant(1.0), result)


def log10(x: Operand) -> Operand:
    """The decimal logarithm; exact at powers of ten, -inf at 0, NaN below."""
    return call("axissim.log10", _log10, x, attributes=APART)


def _log10(x: Operand) -> Operand:
    return rarely(
        ~is_ordinary(x),
        lambda: call("axissim.log10.rare", _log10_of_any, x, attributes=RARE),
        _log10_of(*split(x)),
    )


def _log10_of(m: Operand, k: Operand) -> Operand:
    log, log_low = _log2(m, k)
    product = log * LOG10_2_HIGH
    rounding = log.fma(LOG10_2_HIGH, -product)
    return product + log_low.fma(LOG10_2_HIGH, log.fma(LOG10_2_LOW, rounding))


def _log10_of_any(x: Operand) -> Operand:
    normal, exponent = normalized(x)
    m, k = split(normal)
    result = _log10_of(m, k + exponent)
    result = (x < math.inf).select(result, x)
    result = (x == 0.0).select(x.constant(-math.inf), result)
    return (x < 0.0).select(x.constant(math.nan), result)
