"""The type of eight lanes: operators, choice, memory, and how Numba carries and caches it."""

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import llvmlite.binding as llvm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numba import cfunc, config, njit, types
from numba.core.errors import TypingError

from axissim.compile.lanes import (
    WIDTH,
    absolute,
    align64,
    aligned,
    anywhere,
    both,
    broadcast,
    ceil,
    copysign,
    either,
    eq,
    exp,
    floor,
    fma,
    ge,
    get,
    gt,
    le,
    load,
    lt,
    maximum,
    minimum,
    ne,
    negated,
    power,
    put,
    sqrt,
    store,
    where,
)

PLUS_MINUS = np.array([0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 2.5])
A, B = (grid.ravel() for grid in np.meshgrid(PLUS_MINUS, PLUS_MINUS))
VECTORS = arrays(np.float64, 16, elements=st.floats(width=64))


def over_lanes(function):
    """`function` of one or two `Lanes`, made a function of arrays."""

    @njit
    def one(out, a):
        for i in range(out.size // WIDTH):
            store(out, i, function(load(a, i)))

    @njit
    def two(out, a, b):
        for i in range(out.size // WIDTH):
            store(out, i, function(load(a, i), load(b, i)))

    def run(*values):
        out = np.full_like(values[0], 99.0)
        (one if len(values) == 1 else two)(out, *values)
        return out

    return run


def assert_same(found, expected):
    """Equal bit for bit, but for the bits of NaN."""
    expected = np.asarray(expected, dtype=np.float64)
    np.testing.assert_array_equal(found, expected)
    numbers = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(found)[numbers], np.signbit(expected)[numbers])


OPERATORS = {
    "add": (njit(lambda a, b: a + b), lambda a, b: a + b),
    "subtract": (njit(lambda a, b: a - b), lambda a, b: a - b),
    "multiply": (njit(lambda a, b: a * b), lambda a, b: a * b),
    "divide": (njit(lambda a, b: a / b), lambda a, b: a / b),
    "negative": (njit(lambda a, b: -a), lambda a, b: -a),
    "float on the left": (njit(lambda a, b: 2.5 / a), lambda a, b: 2.5 / a),
    "integer on the right": (njit(lambda a, b: a - 3), lambda a, b: a - 3),
    "truth on the left": (njit(lambda a, b: True + a), lambda a, b: 1 + a),
    "copysign": (copysign, np.copysign),
}
RUN_OPERATORS = {name: over_lanes(ours) for name, (ours, _) in OPERATORS.items()}


@pytest.mark.parametrize("name", OPERATORS)
@settings(deadline=None)  # the first call compiles
@given(a=VECTORS, b=VECTORS)
def test_single_operators_are_ieee(name, a, b):
    with np.errstate(all="ignore"):
        assert_same(RUN_OPERATORS[name](a, b), OPERATORS[name][1](a, b))


@pytest.mark.parametrize(
    ("ours", "numpy"),
    [(sqrt, np.sqrt), (floor, np.floor), (ceil, np.ceil), (absolute, np.abs)],
    ids=["sqrt", "floor", "ceil", "absolute"],
)
def test_rounding_and_roots_are_ieee(ours, numpy):
    a = np.concatenate([PLUS_MINUS, [0.49999999999999994, -2.5, 2.0**52 + 1, 5e-324, -0.3, 1e308]])
    a = np.concatenate([a, [7.0, -7.5]])
    with np.errstate(invalid="ignore"):
        assert_same(over_lanes(ours)(a), numpy(a))


def test_in_place_operators():
    @njit
    def function(a, b):
        a += b
        a *= 2
        a -= b
        a /= 4.0
        return a

    a, b = np.arange(8.0), np.arange(8.0)[::-1].copy()
    assert_same(over_lanes(function)(a, b), ((a + b) * 2 - b) / 4)


def test_fma_rounds_once():
    rng = np.random.default_rng(3)
    a, b = rng.uniform(1, 2, (2, 64))
    exact = [float(Fraction(x) * Fraction(y) - 2) for x, y in zip(a, b, strict=True)]
    assert_same(over_lanes(njit(lambda a, b: fma(a, b, -2)))(a, b), exact)
    scalar = njit(lambda a, b: fma(a, b, -2.0))
    assert_same([scalar(x, y) for x, y in zip(a, b, strict=True)], exact)


COMPARISONS = {
    "lt": (lt, np.less),
    "le": (le, np.less_equal),
    "gt": (gt, np.greater),
    "ge": (ge, np.greater_equal),
    "eq": (eq, np.equal),
    "ne": (ne, np.not_equal),
    "both": (both, np.logical_and),
    "either": (either, np.logical_or),
}


@pytest.mark.parametrize("name", COMPARISONS)
def test_truth_in_lanes_and_scalars(name):
    ours, numpy = COMPARISONS[name]
    expected = numpy(A, B).astype(float)
    assert_same(over_lanes(ours)(A, B), expected)
    scalar = njit(lambda a, b: ours(a, b))
    assert_same([scalar(a, b) for a, b in zip(A, B, strict=True)], expected)


def test_negated():
    assert_same(over_lanes(negated)(PLUS_MINUS), PLUS_MINUS == 0)


def test_minimum_and_maximum_carry_nan_and_prefer_the_second_of_equals():
    undefined = np.isnan(A) | np.isnan(B)
    smaller = np.where(undefined, np.nan, np.where(A < B, A, B))
    larger = np.where(undefined, np.nan, np.where(A > B, A, B))
    assert_same(over_lanes(minimum)(A, B), smaller)
    assert_same(over_lanes(maximum)(A, B), larger)
    scalar = njit(lambda a, b: minimum(a, b))
    assert_same([scalar(a, b) for a, b in zip(A, B, strict=True)], smaller)


def test_the_branch_not_taken_leaves_no_trace():
    function = over_lanes(njit(lambda a, b: where(gt(a, 0), sqrt(a), 1 / (a - a)) * 2 + b * 0))
    a = np.array([4.0, 9.0, 16.0, 25.0, 1.0, 0.25, 0.0625, 100.0])
    assert_same(function(a, np.ones(8)), 2 * np.sqrt(a))


def test_where_takes_numbers_for_any_argument():
    a = np.array([0.0, -0.0, 1.0, -2.0, np.nan, np.inf, 0.0, 5e-324])
    taken = np.array([0, 0, 1, 1, 1, 1, 0, 1], dtype=bool)
    assert_same(over_lanes(njit(lambda a: where(a, 1, 0)))(a), taken)
    assert_same(over_lanes(njit(lambda a: where(True, a, 3)))(a), a)
    assert_same(over_lanes(njit(lambda a: where(0.0, a, 3)))(a), np.full(8, 3.0))


def test_anywhere():
    function = njit(lambda a: anywhere(load(a, 0)))
    assert not function(np.zeros(8))
    for lane in range(WIDTH):
        assert function(np.eye(8)[lane].copy())


def test_single_lanes():
    @njit
    def reverse(a):
        result = broadcast(0)
        for i in range(WIDTH):
            result = put(result, WIDTH - 1 - i, get(a, i))
        return result

    assert_same(over_lanes(reverse)(np.arange(16.0)), [*range(7, -1, -1), *range(15, 7, -1)])


def test_lanes_pass_through_tuples_loops_and_calls():
    @njit
    def pair(a):
        return a + 1, a * 2

    @njit
    def function(a):
        total = 0.0  # becomes Lanes in the loop
        for part in pair(a):
            total = total + part
        return total

    a = np.arange(8.0)
    assert_same(over_lanes(function)(a), 3 * a + 1)


def test_a_function_written_out_of_line_may_be_needed_by_caller_and_callee():
    @njit
    def cube(a):
        return power(a, 3)

    function = over_lanes(njit(lambda a: cube(a) + power(a, 2)))
    a = np.arange(8.0)
    assert_same(function(a), a**3 + a**2)


def test_plain_python_is_refused():
    with pytest.raises(NotImplementedError, match="exp of lanes is for code compiled by Numba"):
        exp(1.0)


def test_memory_of_arrays_needs_no_alignment_and_is_not_wrapped():
    @njit
    def copy(out, a, first):
        store(out, 0, load(a, first))

    buffer, out = np.arange(33.0), np.zeros(9)
    copy(out[1:], buffer[9:], 1)
    assert_same(out[1:], buffer[17:25])
    copy(out[1:], buffer[9:], -1)
    assert_same(out[1:], buffer[1:9])


def test_memory_of_pointers():
    @cfunc(types.void(types.CPointer(types.float64), types.CPointer(types.float64)))
    def double(a, out):
        store(out, 1, load(a, 1) * 2.0)
        store(out, 0, 7)

    a, out = np.arange(16.0), np.zeros(16)
    double.ctypes(*(array.ctypes.data_as(double.ctypes.argtypes[0]) for array in (a, out)))
    assert_same(out, [7.0] * 8 + list(2 * a[8:]))


@pytest.mark.parametrize(
    "array",
    [np.zeros(8, np.float32), np.zeros((2, 8)), np.zeros(32)[::2], np.zeros(8, np.int64)],
    ids=["float32", "two dimensions", "strided", "integer"],
)
def test_other_memory_is_refused(array):
    with pytest.raises(TypingError, match="load"):
        njit(lambda a: get(load(a, 0), 0))(array)


def test_read_only_memory_is_not_written():
    array = np.zeros(8)
    array.flags.writeable = False
    with pytest.raises(TypingError, match="store"):
        njit(lambda a: store(a, 0, 1.0))(array)


def test_aligned_buffers():
    for n in (1, 8, 100):
        buffer = aligned(n)
        assert (buffer.size, buffer.ctypes.data % 64, buffer.any()) == (n, 0, False)
    for offset in range(9):
        view = align64(np.arange(64.0)[offset:])
        assert view.ctypes.data % 64 == 0
        assert view.size == 64 - offset - 7
        assert 0 <= view[0] - offset < 8


@pytest.mark.parametrize("fastmath", [True, {"reassoc", "nsz", "arcp"}])
def test_fastmath_of_the_caller_changes_nothing(fastmath):
    def text(out, a, b):
        for i in range(out.size // WIDTH):
            x, y = load(a, i), load(b, i)
            store(out, i, where(lt(x, y), exp(x) * power(x, y), minimum(x, y) / 3 + x))

    a, b = np.tile(A, 2), np.tile(B, 2)
    results = []
    for options in ({}, {"fastmath": fastmath}):
        results.append(np.empty_like(a))
        njit(**options)(text)(results[-1], a, b)
    assert_same(*results)


def test_it_is_vector_code():
    @njit
    def function(out, a, b):
        for i in range(out.size // WIDTH):
            store(out, i, exp(load(a, i) * load(b, i) + load(a, i)))

    function(*np.zeros((3, 16)))
    (text,) = function.inspect_llvm().values()
    assert "fmul contract <8 x double>" in text
    (assembly,) = function.inspect_asm().values()
    if config.CPU_NAME is None and llvm.get_host_cpu_features().get("avx512f"):
        assert "zmm" in assembly
        assert "vfmadd" in assembly


CALLER = """
import numpy as np
from numba import cfunc, config, njit, types
from axissim.compile.lanes import align64, cos, exp, load, log, power, store, tanh, where

POINTER = types.CPointer(types.float64)

@njit(cache=True)
def function(out, a):
    store(align64(out), 0, where(load(a, 0), exp(load(a, 0)), tanh(power(load(a, 0), 2.0))))

@cfunc(types.void(POINTER, POINTER), cache=True, error_model="numpy")
def callback(out, a):
    store(out, 0, log(load(a, 0)) + cos(load(a, 0)) / 2)
"""
RUN = """
import numpy as np, caller
out, a = np.zeros(15), np.arange(8.0)
caller.function(out, a)
pointer = caller.callback.ctypes.argtypes[0]
caller.callback.ctypes(out.ctypes.data_as(pointer), a.ctypes.data_as(pointer))
print(sum(caller.function.stats.cache_hits.values()), caller.callback.cache_hits, out[0])
"""


def test_callers_are_cached_from_one_process_to_the_next(tmp_path):
    (tmp_path / "caller.py").write_text(CALLER)
    source = Path(sys.modules["axissim"].__file__).parents[1]
    environment = os.environ | {
        "NUMBA_CACHE_DIR": str(tmp_path / "cache"),
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(source)]),
    }
    runs = [
        subprocess.run(
            [sys.executable, "-c", RUN], env=environment, capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(2)
    ]
    assert runs[0] == ["0", "0", "-inf"]
    assert runs[1] == ["1", "1", "-inf"]
