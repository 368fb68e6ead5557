"""exp, log, power, sin, cos of lanes: accuracy, special values, and that no lane sees another.

Worst errors in a million points of each set below (POINTS), in units in the last place:
exp 0.90, log 0.79, log10 0.51, power 0.99, sin 0.80, cos 0.82.
"""

import math

import mpmath
import numpy as np
import pytest
from numba import njit

from axissim.compile import lane_coefficients as coefficients
from axissim.compile import lanes as lane_arithmetic
from axissim.compile import plain
from axissim.compile.lanes import WIDTH, load, store

POINTS = 100_000
BITS_INFINITY = 0x7FF << 52
NAMES_OF_ONE = [
    "exp", "log", "log10", "sin", "cos", "tan", "asin", "acos", "atan",
    "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
]  # fmt: skip
# fmt: off
SPECIAL = np.array([
    0.0, 1.0, 0.5, 2.0, 3.0, 0.1, 5e-324, 1e-310, 2.0**-1022, 1e308, np.inf,
    1 - 2**-53, 1 + 2**-52, 2.5, 709.0, 709.8, 745.2, 746.0, 2.0**53, 2.0**53 + 2, 1e5, 1e22,
    math.pi / 2, 2.0**28, 1e300,
])
# fmt: on
SPECIAL = np.concatenate([SPECIAL, -SPECIAL, [np.nan] * 6])

wide_float = pytest.mark.skipif(
    np.finfo(np.longdouble).nmant < 63, reason="the reference needs 80-bit floats"
)


def over_lanes(name):
    """The lane function `name`, made a function of one or two arrays."""
    function = getattr(lane_arithmetic, name)

    @njit
    def one(out, a):
        for i in range(out.size // WIDTH):
            store(out, i, function(load(a, i)))

    @njit
    def two(out, a, b):
        for i in range(out.size // WIDTH):
            store(out, i, function(load(a, i), load(b, i)))

    def run(*values):
        out = np.empty(values[0].size)
        (one if len(values) == 1 else two)(out, *map(np.ascontiguousarray, values))
        return out

    return run


RUN = {name: over_lanes(name) for name in [*NAMES_OF_ONE, "power"]}


def error(found, exact):
    """Worst distance from `exact` (longdouble), in units in the last place of its double."""
    with np.errstate(over="ignore"):
        double = exact.astype(np.float64)
    finite = np.isfinite(double)
    np.testing.assert_array_equal(found[~finite], double[~finite])
    last_place = np.spacing(np.abs(double[finite])).astype(np.longdouble)
    return float(np.max(np.abs(found[finite].astype(np.longdouble) - exact[finite]) / last_place))


def any_positive(rng, n):
    """Doubles of all magnitudes alike, subnormals too."""
    return rng.integers(1, BITS_INFINITY, n).view(np.float64)


def near_one(rng, n):
    return 1 + np.ldexp(rng.uniform(-1, 1, n), -rng.integers(1, 50, n))


def subnormal(rng, n):
    return rng.integers(1, 1 << 52, n).view(np.float64)


def near_quarter_turns(rng, n):
    x = rng.integers(1, 1 << 27, n) * (np.pi / 2)
    return x + np.spacing(x) * rng.integers(-2, 3, n)


def between(low, high):
    return lambda rng, n: rng.uniform(low, high, n)


LOGARITHM = [any_positive, near_one, subnormal, between(0.5, 2), between(0, 1000)]
CIRCLE = [between(-0.8, 0.8), between(-100, 100), between(-(2.0**28), 2.0**28), near_quarter_turns]
SETS = {
    "exp": [
        between(-746, 710),
        between(-2, 2),
        between(-746, -708),
        lambda rng, n: near_one(rng, n) - 1,
    ],
    "log": LOGARITHM,
    "log10": LOGARITHM,
    "sin": CIRCLE,
    "cos": CIRCLE,
}


@wide_float
@pytest.mark.parametrize("name", SETS)
def test_functions_are_within_one_unit_in_the_last_place(name):
    rng = np.random.default_rng(11)
    for points in SETS[name]:
        x = points(rng, POINTS // WIDTH * WIDTH)
        with np.errstate(all="ignore"):
            exact = getattr(np, name)(x.astype(np.longdouble))
        assert error(RUN[name](x), exact) < 1


def whole_range(x, rng):
    """Exponents that spread x^y over all doubles, and a little beyond at both ends."""
    return rng.uniform(-1080, 1026, x.size) / np.log2(x)


@wide_float
@pytest.mark.parametrize("points", [any_positive, near_one, subnormal, between(0.01, 100)])
def test_power_is_within_one_unit_in_the_last_place(points):
    rng = np.random.default_rng(12)
    x = points(rng, POINTS // WIDTH * WIDTH)
    x[x == 1] = 2.0
    for y in (whole_range(x, rng), rng.uniform(-5, 5, x.size)):
        with np.errstate(all="ignore"):
            exact = np.power(x.astype(np.longdouble), y.astype(np.longdouble))
        assert error(RUN["power"](x, y), exact) < 1


def test_a_sample_against_many_digits():
    """The same without 80-bit floats, and a check of that reference."""
    rng = np.random.default_rng(13)
    n = 800
    with mpmath.workprec(300):
        for name in SETS:
            for points in SETS[name]:
                x = points(rng, n)
                exact = [getattr(mpmath, name)(mpmath.mpf(value)) for value in x.tolist()]
                assert worst(RUN[name](x), exact) < 1
        x = any_positive(rng, n)
        y = whole_range(x, rng)
        exact = [
            mpmath.mpf(a) ** mpmath.mpf(b) for a, b in zip(x.tolist(), y.tolist(), strict=True)
        ]
        assert worst(RUN["power"](x, y), exact) < 1


def worst(found, exact):
    errors = [0.0]
    for ours, truth in zip(found.tolist(), exact, strict=True):
        double = float(truth)
        if math.isinf(double):
            assert ours == double
        else:
            errors.append(float(abs(mpmath.mpf(ours) - truth) / math.ulp(double)))
    return max(errors)


def assert_same(found, expected):
    np.testing.assert_array_equal(found, expected)
    numbers = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(found)[numbers], np.signbit(expected)[numbers])


@pytest.mark.parametrize("name", NAMES_OF_ONE)
def test_special_values_are_those_of_c(name):
    """Where the C library's answer is 0, infinite or NaN, so is ours, sign and all."""
    x = SPECIAL[: SPECIAL.size // WIDTH * WIDTH]
    expected, found = getattr(plain, name)(x), RUN[name](x)
    edge = ~np.isfinite(expected) | (expected == 0) | (found == 0) | ~np.isfinite(found)
    assert_same(found[edge], expected[edge])
    # NumPy's own functions are up to 4 units off.
    np.testing.assert_array_max_ulp(found[~edge], expected[~edge], 4)


def test_power_has_the_special_values_of_c():
    x, y = (grid.ravel() for grid in np.meshgrid(SPECIAL, SPECIAL))
    x, y = x[: x.size // WIDTH * WIDTH], y[: y.size // WIDTH * WIDTH]
    expected, found = plain.power(x, y), RUN["power"](x, y)
    edge = ~np.isfinite(expected) | (expected == 0) | ~np.isfinite(found) | (found == 0)
    assert_same(found[edge], expected[edge])
    np.testing.assert_array_max_ulp(found[~edge], expected[~edge], 1)


def test_what_is_exact_stays_exact():
    base, exponent = (g.ravel().astype(float) for g in np.meshgrid(range(-16, 16), range(8)))
    assert_same(RUN["power"](base, exponent), [b**e for b, e in zip(base, exponent, strict=True)])
    squares = np.arange(64.0) ** 2
    assert_same(RUN["power"](squares, np.full(64, 0.5)), np.arange(64.0))
    x = any_positive(np.random.default_rng(14), 800)
    assert_same(RUN["power"](x, np.ones(800)), x)
    tens = np.arange(-304, 304)
    assert_same(RUN["log10"](np.array([float(f"1e{k}") for k in tens])), tens.astype(float))


@pytest.mark.parametrize("name", RUN)
def test_a_lane_sees_nothing_of_its_neighbours(name):
    rng = np.random.default_rng(15)
    count = 2 if name == "power" else 1
    for _ in range(40):
        ordinary = rng.normal(0, 2, (count, WIDTH))
        spread = [np.repeat(ordinary[:, [i]], WIDTH, axis=1) for i in range(WIDTH)]
        alone = np.array([RUN[name](*values)[0] for values in spread])
        for _ in range(5):
            kept, order = rng.random(WIDTH) < 0.4, rng.permutation(WIDTH)
            poisoned = np.where(kept, ordinary, rng.choice(SPECIAL, (count, WIDTH)))
            found = np.empty(WIDTH)
            found[order] = RUN[name](*poisoned[:, order])
            np.testing.assert_array_equal(found.view(np.int64)[kept], alone.view(np.int64)[kept])


@pytest.mark.parametrize("name", RUN)
def test_scalars_have_the_same_special_values(name):
    function = getattr(lane_arithmetic, name)
    if name == "power":
        scalar = njit(lambda x: function(x, -1.5))
        expected = plain.power(SPECIAL, -1.5)
    else:
        scalar = njit(lambda x: function(x))
        expected = getattr(plain, name)(SPECIAL)
    found = np.array([scalar(x) for x in SPECIAL])
    np.testing.assert_array_max_ulp(found, expected, 4)


TEXT = """
k = 2 / (1 + exp(-x))
hill = power(x, n) / (power(0.5, n) + power(x, n))
piece = where(both(lt(x, 2.0), negated(eq(n, 3.0))), log(x + 1) * k, sqrt(absolute(x)) - hill)
wave = sin(x) * cos(n) + tanh(x - n) - floor(x) + maximum(x, minimum(n, 1.5))
result = piece + fma(k, hill, wave) + where(either(gt(x, 1e300), ne(x, x)), x, log10(x))
"""
BODY = "".join(f"    {line}\n" for line in TEXT.strip().splitlines())


def test_one_text_under_three_arithmetics():
    names = {**vars(lane_arithmetic), "njit": njit}
    exec(f"@njit(error_model='numpy')\ndef scalar(x, n):\n{BODY}    return result\n", names)
    exec(
        f"@njit\ndef in_lanes(out, xs, ns):\n    x, n = load(xs, 0), load(ns, 0)\n{BODY}"
        "    store(out, 0, result)\n",
        names,
    )
    by_plain = dict(vars(plain))
    exec(f"def formula(x, n):\n{BODY}    return result\n", by_plain)
    rng = np.random.default_rng(16)
    for x in (rng.uniform(0, 4, WIDTH), np.array([0, 1e-320, 1, 50, 1e10, np.nan, -1, np.inf])):
        n = np.array([1.0, 2, 3, 4, 0.5, 1.7, 3, 2.2])
        lanes = np.empty(WIDTH)
        names["in_lanes"](lanes, x, n)
        scalars = [names["scalar"](*pair) for pair in zip(x, n, strict=True)]
        with np.errstate(all="ignore"):
            truth = [by_plain["formula"](*pair) for pair in zip(x, n, strict=True)]
            np.testing.assert_array_equal(truth, by_plain["formula"](x, n))
        np.testing.assert_allclose(scalars, truth, rtol=1e-14)
        np.testing.assert_allclose(lanes, truth, rtol=1e-14)


def log2_head(s):
    z = s * s
    heads = [mpmath.mpf(a) + mpmath.mpf(a_low) for a, a_low in coefficients.LOG2_HEAD]
    return s * (heads[0] + heads[1] * z + heads[2] * z**2)


def squared(x):
    return x * x


def itself(x):
    return x


# Name: largest argument, the polynomial's own argument, the function, its form around the
# polynomial, the relative error allowed (as a power of two).
APPROXIMATIONS = {
    "EXP": (0.34658, itself, mpmath.exp, lambda r, p: 1 + r + r**2 / 2 + r**3 * p, -57),
    "EXP2": (0.5, itself, lambda r: 2**r, lambda r, p: 1 + r * mpmath.ln2 + r**2 * p, -57),
    "LOG": (
        0.17158,
        squared,
        lambda s: mpmath.log((1 + s) / (1 - s)),
        lambda s, p: 2 * s + s**3 * p,
        -58,
    ),
    "LOG2": (
        0.17158,
        squared,
        lambda s: mpmath.log((1 + s) / (1 - s), 2),
        lambda s, p: log2_head(s) + s**7 * p,
        -71,
    ),
    "SIN": (0.7854, squared, mpmath.sin, lambda r, p: r + r**3 * p, -57),
    "COS": (0.7854, squared, mpmath.cos, lambda r, p: 1 - r**2 / 2 + r**4 * p, -59),
}


@pytest.mark.parametrize("name", APPROXIMATIONS)
def test_polynomials_approximate_what_they_stand_for(name):
    largest, argument, function, form, bound = APPROXIMATIONS[name]
    powers = [mpmath.mpf(c) for c in reversed(getattr(coefficients, name))]
    with mpmath.workdps(60):
        for x in mpmath.linspace(-largest, largest, 200):
            value = form(x, mpmath.polyval(powers, argument(x)))
            assert abs(value / function(x) - 1) < mpmath.mpf(2) ** bound


def test_constants_in_two_parts():
    with mpmath.workdps(60):
        exact = {
            "LN2": mpmath.log(2),
            "LOG10_2": mpmath.log10(2),
        }
        for name, value in exact.items():
            high, low = getattr(coefficients, f"{name}_HIGH"), getattr(coefficients, f"{name}_LOW")
            assert (high, low) == (float(value), float(value - mpmath.mpf(high)))
        for j, (high, low) in enumerate(coefficients.LOG2_HEAD):
            value = 2 / ((2 * j + 1) * mpmath.log(2))
            assert (high, low) == (float(value), float(value - mpmath.mpf(high)))
        rest = mpmath.pi / 2
        for part in coefficients.HALF_PI:
            assert part == float(rest)
            rest -= mpmath.mpf(part)
