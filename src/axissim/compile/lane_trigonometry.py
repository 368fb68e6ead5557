"""sin and cos of eight lanes, written over `Operand`.

Cody and Waite's reduction: n pi/2 is taken from x in three parts, of which a fused multiply-add
makes the first exact; what remains is a sum of two doubles within pi/4 of 0. Arguments beyond
2^28, infinity and NaN go to the C library, lane by lane.
"""

from __future__ import annotations

from axissim.compile.lane_coefficients import COS, HALF_PI, SIN, TWO_OVER_PI
from axissim.compile.lane_exp import ROUNDING
from axissim.compile.lane_ir import RARE, WIDTH, Operand, call, polynomial, rarely

LARGEST = 2.0**28


def lane_by_lane(name: str, *operands: Operand) -> Operand:
    """The C library's function `name`, eight times."""
    result = operands[0]
    for i in range(WIDTH):
        first, *others = (operand.lane(i) for operand in operands)
        result = result.with_lane(i, first.external(name, *others))
    return result


def sin(x: Operand) -> Operand:
    """The sine of x in radians."""
    return call("axissim.sin", lambda x: _sine_or_cosine(x, "sin", 0), x)


def cos(x: Operand) -> Operand:
    """The cosine of x in radians."""
    return call("axissim.cos", lambda x: _sine_or_cosine(x, "cos", 1), x)


def _sine_or_cosine(x: Operand, name: str, quarter_turns: int) -> Operand:
    quadrant, r, r_low = _reduced(x)
    quadrant = quadrant + quarter_turns
    size = ((quadrant & 1) != 0).select(_cos(r, r_low), _sin(r, r_low))
    result = (size.bits() ^ ((quadrant & 2) << 62)).double()
    far = ~(abs(x) < LARGEST)

    def slow(x: Operand, result: Operand) -> Operand:
        far = ~(abs(x) < LARGEST)
        return far.select(lane_by_lane(name, far.select(x, 0.0)), result)

    return rarely(
        far, lambda: call(f"axissim.{name}.rare", slow, x, result, attributes=RARE), result
    )


def _reduced(x: Operand) -> tuple[Operand, Operand, Operand]:
    """Return n (its low bits) and x - n pi/2 as a sum of two doubles."""
    shifted = x.fma(TWO_OVER_PI, x.constant(ROUNDING))
    n = shifted - ROUNDING
    # Exact: a multiple of 2^-53 below 1.
    first = n.fma(-HALF_PI[0], x)
    product = n * HALF_PI[1]
    r = first - product
    # The rounding error of that difference, whichever of the two is larger.
    back = r - first
    error = (first - (r - back)) - (product + back)
    r_low = error - n.fma(HALF_PI[2], n.fma(HALF_PI[1], -product))
    return shifted.bits(), r, r_low


def _sin(r: Operand, r_low: Operand) -> Operand:
    z = r * r
    # Subtracted, not added: so the sign of -0 survives.
    return r - ((-r) * z).fma(polynomial(z, SIN), (z * 0.5).fma(r_low, -r_low))


def _cos(r: Operand, r_low: Operand) -> Operand:
    z = r * r
    half = z * 0.5
    w = 1.0 - half
    tail = (z * z).fma(polynomial(z, COS), (-r) * r_low)
    return w + (((1.0 - w) - half) + tail)
