"""Lanes: eight float64 side by side in a vector register, for compiled code.

Inside `numba.njit` functions and `numba.cfunc` callbacks a value of the Numba type `lanes` adds,
multiplies and compares element by element; beside it a plain number stands for eight copies of
itself. Every function also takes float64 scalars, so that one text of equations computes one
run or eight (`axissim.compile.plain` has the same names for plain Python).

- `+ - * /` are single instructions that may be fused to a multiply-add and are otherwise never
  rearranged, whatever `fastmath` a caller is compiled with.
- Truth is 1.0 or 0.0, so that it can be stored and multiplied; any number but 0 counts as true,
  NaN too. Between a comparison and a `where` the compiler keeps it as a mask.
- What comes out in a lane depends on what went into that lane alone, to the last bit.

Compiled callers can be cached (`cache=True`), but Numba does not notice when the files of this
arithmetic change: a caller's own file must change too, or its cache be cleared.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import types

from axissim.compile.lane_ir import DOUBLE, LANES, WIDTH, Operand
from axissim.compile.lane_math import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atanh,
    cos,
    cosh,
    exp,
    factorial,
    log,
    log10,
    power,
    sin,
    sinh,
    tan,
    tanh,
)
from axissim.compile.lane_type import (
    binary,
    common_type,
    lanes,
    lowered,
    only_compiled,
    ternary,
    typed,
    unary,
)

# fmt: off
__all__ = [
    "WIDTH", "absolute", "acos", "acosh", "align64", "aligned", "anywhere", "asin", "asinh",
    "atan", "atanh", "both", "broadcast", "ceil", "copysign", "cos", "cosh", "either", "eq",
    "exp", "factorial", "floor", "fma", "ge", "get", "gt", "lanes", "le", "load", "log", "log10",
    "lt", "maximum", "minimum", "ne", "negated", "power", "put", "sin", "sinh", "sqrt", "store",
    "tan", "tanh", "where",
]
# fmt: on


def _number(truth: Operand, like: Operand) -> Operand:
    return truth.select(like.constant(1.0), 0.0)


def _smaller(a: Operand, b: Operand) -> Operand:
    return (a != a).select(a, (a < b).select(a, b))


def _larger(a: Operand, b: Operand) -> Operand:
    return (a != a).select(a, (a > b).select(a, b))


lt = binary("lt(a, b): 1.0 where a < b, else 0.0", lambda a, b: _number(a < b, a))
le = binary("le(a, b): 1.0 where a <= b, else 0.0", lambda a, b: _number(a <= b, a))
gt = binary("gt(a, b): 1.0 where a > b, else 0.0", lambda a, b: _number(a > b, a))
ge = binary("ge(a, b): 1.0 where a >= b, else 0.0", lambda a, b: _number(a >= b, a))
eq = binary("eq(a, b): 1.0 where a = b, else 0.0", lambda a, b: _number(a == b, a))
ne = binary(
    "ne(a, b): 1.0 where a differs from b or either is NaN", lambda a, b: _number(a != b, a)
)

both = binary(
    "both(a, b): 1.0 where neither is 0, else 0.0",
    lambda a, b: _number((a != 0.0) & (b != 0.0), a),
)
either = binary(
    "either(a, b): 1.0 where one is not 0, else 0.0",
    lambda a, b: _number((a != 0.0) | (b != 0.0), a),
)
negated = unary("negated(a): 1.0 where a is 0, else 0.0", lambda a: _number(a == 0.0, a))
where = ternary(
    "where(condition, x, y): x where condition is not 0, else y; the other leaves no trace",
    lambda condition, x, y: (condition != 0.0).select(x, y),
)

minimum = binary("minimum(a, b): the smaller; NaN if either is; b of equals (-0 is 0)", _smaller)
maximum = binary("maximum(a, b): the larger; NaN if either is; b of equals (-0 is 0)", _larger)

absolute = unary("absolute(a): a without its sign", abs)
sqrt = unary("sqrt(a): the square root; NaN below 0", lambda a: a.llvm("sqrt"))
floor = unary("floor(a): the next integer down", lambda a: a.llvm("floor"))
ceil = unary("ceil(a): the next integer up", lambda a: a.llvm("ceil"))
copysign = binary("copysign(a, b): |a| with the sign of b", lambda a, b: a.llvm("copysign", b))
fma = ternary("fma(a, b, c): a * b + c with one rounding", lambda a, b, c: a.fma(b, c))


def anywhere(condition: Any) -> bool:
    """`anywhere(condition)`: a bool, true when the condition holds (is not 0) in any lane."""
    raise only_compiled("anywhere")


@typed(anywhere)
def _type_anywhere(condition: Any) -> Any:
    kind = common_type(condition)
    return kind and types.boolean(kind)


@lowered(anywhere, lanes)
@lowered(anywhere, types.float64)
def _lower_anywhere(context: Any, builder: Any, sig: Any, values: Any) -> Any:
    return (Operand(builder, values[0]) != 0.0).anywhere()


# ---- memory and single lanes ------------------------------------------------------------------


def load(pointer: Any, i: int) -> Any:
    """`load(pointer, i)`: the `i`-th eight doubles of a float64 pointer or contiguous array.

    Unchecked, and a negative `i` does not count from the end. Any alignment of doubles will do;
    64 bytes are fastest (see `aligned`).
    """
    raise only_compiled("load")


def store(pointer: Any, i: int, value: Any) -> None:
    """`store(pointer, i, value)`: write eight doubles where `load` would read them."""
    raise only_compiled("store")


def _holds_doubles(pointer: Any) -> bool:
    if isinstance(pointer, types.CPointer):
        return bool(pointer.dtype == types.float64)
    if isinstance(pointer, types.Array):
        return bool(pointer.dtype == types.float64 and (pointer.ndim, pointer.layout) == (1, "C"))
    return False


def _address(context: Any, builder: Any, kind: Any, pointer: Any, index: Any) -> Any:
    if isinstance(kind, types.Array):
        pointer = context.make_array(kind)(context, builder, pointer).data
    first = builder.gep(pointer, [builder.mul(index, index.type(WIDTH))], source_etype=DOUBLE)
    return builder.bitcast(first, LANES.as_pointer())


@typed(load)
def _type_load(pointer: Any, i: Any) -> Any:
    known = _holds_doubles(pointer) and isinstance(i, types.Integer)
    return lanes(pointer, types.intp) if known else None


@lowered(load, types.CPointer, types.intp)
@lowered(load, types.Array, types.intp)
def _lower_load(context: Any, builder: Any, sig: Any, values: Any) -> Any:
    address = _address(context, builder, sig.args[0], *values)
    return builder.load(address, align=8, typ=LANES)


@typed(store)
def _type_store(pointer: Any, i: Any, value: Any) -> Any:
    known = _holds_doubles(pointer) and isinstance(i, types.Integer) and common_type(value)
    if not known or not getattr(pointer, "mutable", True):
        return None
    return types.void(pointer, types.intp, lanes)


@lowered(store, types.CPointer, types.intp, lanes)
@lowered(store, types.Array, types.intp, lanes)
def _lower_store(context: Any, builder: Any, sig: Any, values: Any) -> Any:
    address = _address(context, builder, sig.args[0], *values[:2])
    builder.store(values[2], address, align=8)
    return context.get_dummy_value()


def broadcast(x: Any) -> Any:
    """`broadcast(x)`: the number `x` in all lanes."""
    raise only_compiled("broadcast")


@typed(broadcast)
def _type_broadcast(x: Any) -> Any:
    return lanes(lanes) if common_type(x) else None


@lowered(broadcast, lanes)
def _lower_broadcast(context: Any, builder: Any, sig: Any, values: Any) -> Any:
    return values[0]


def get(value: Any, lane: int) -> float:
    """`get(value, lane)`: one lane, as a float64; `lane` is 0 to 7, unchecked."""
    raise only_compiled("get")


@typed(get)
def _type_get(value: Any, lane: Any) -> Any:
    known = value is lanes and isinstance(lane, types.Integer)
    return types.float64(lanes, types.intp) if known else None


@lowered(get, lanes, types.intp)
def _lower_get(context: Any, builder: Any, sig: Any, values: Any) -> Any:
    return builder.extract_element(*values)


def put(value: Any, lane: int, x: float) -> Any:
    """`put(value, lane, x)`: `value` with the number `x` in one lane, 0 to 7, unchecked."""
    raise only_compiled("put")


@typed(put)
def _type_put(value: Any, lane: Any, x: Any) -> Any:
    known = value is lanes and isinstance(lane, types.Integer)
    known = known and common_type(x) is types.float64
    return lanes(lanes, types.intp, types.float64) if known else None


@lowered(put, lanes, types.intp, types.float64)
def _lower_put(context: Any, builder: Any, sig: Any, values: Any) -> Any:
    return builder.insert_element(values[0], values[2], values[1])


# ---- buffers ----------------------------------------------------------------------------------


def aligned(n: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """`n` zeros as float64 that begin at a 64-byte boundary, where vectors load fastest.

    NumPy's own buffers begin at 16-byte boundaries, and stepping through them took 15 % longer.
    """
    buffer = np.zeros(n + WIDTH - 1)
    return buffer[(-buffer.ctypes.data % 64) // 8 :][:n]


@numba.njit(cache=True)
def align64(buffer: Any) -> Any:
    """A view of a 1-d contiguous float64 array from its first 64-byte boundary on.

    It is 7 elements shorter: in compiled code, ``align64(np.empty(n + 7))`` has `n`.
    """
    start = (-buffer.ctypes.data % 64) // 8
    return buffer[start : start + buffer.size - 7]
