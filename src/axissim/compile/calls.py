"""What compiled code needs beside arithmetic: pointers, calls through addresses, a shared counter.

Pointers rather than arrays go through the innermost loop: an array is seven words and a reference
count, and counting took more than half of the time of a small model.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from axissim.compile.lane_type import lanes

POINTER = types.CPointer(types.float64)


@intrinsic
def pointer(typingctx: Any, array: Any) -> Any:
    """`pointer(array)`: where a contiguous array begins; keep the array alive."""

    def generate(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        return context.make_array(sig.args[0])(context, builder, values[0]).data

    return types.CPointer(array.dtype)(array), generate


@intrinsic
def moved(typingctx: Any, start: Any, by: Any) -> Any:
    """`moved(start, by)`: the pointer `by` vectors of lanes further on."""

    def generate(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        eight = builder.mul(values[1], values[1].type(8))
        return builder.gep(values[0], [eight], source_etype=ir.DoubleType())

    return POINTER(POINTER, types.intp), generate


@intrinsic
def spread(typingctx: Any, start: Any, sizes: Any) -> Any:
    """`spread(start, sizes)`: a pointer to each of several neighbours of so many vectors."""

    def generate(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        at, found = ir.Constant(ir.IntType(64), 0), []
        for i in range(len(sizes)):
            begins = builder.mul(at, at.type(8))
            found.append(builder.gep(values[0], [begins], source_etype=ir.DoubleType()))
            at = builder.add(at, builder.extract_value(values[1], i))
        return context.make_tuple(builder, sig.return_type, found)

    return types.UniTuple(POINTER, len(sizes))(POINTER, sizes), generate


@intrinsic
def integers(typingctx: Any, address: Any) -> Any:
    """`integers(address)`: a pointer to the int64 that lie at an address."""

    def generate(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        return builder.inttoptr(values[0], ir.IntType(64).as_pointer())

    return types.CPointer(types.int64)(types.intp), generate


def packing(kind: Any) -> tuple[Any, Any]:
    """Functions for compiled code that write and read a value where a pointer points.

    Parameters
    ----------
    kind : numba type
        A tuple of numbers and pointers, and of such tuples: nothing that counts references.
    """

    @intrinsic
    def packed(typingctx: Any, start: Any, value: Any) -> Any:
        def generate(context: Any, builder: Any, sig: Any, values: Any) -> Any:
            at = builder.bitcast(values[0], values[1].type.as_pointer())
            builder.store(values[1], at, align=8)
            return context.get_dummy_value()

        return (types.void(start, value), generate) if value == kind else None

    @intrinsic
    def unpacked(typingctx: Any, start: Any) -> Any:
        def generate(context: Any, builder: Any, sig: Any, values: Any) -> Any:
            layout = context.get_value_type(kind)
            at = builder.bitcast(values[0], layout.as_pointer())
            return builder.load(at, align=8, typ=layout)

        return kind(start), generate

    return packed, unpacked


@intrinsic
def shifted(typingctx: Any, start: Any, by: Any) -> Any:
    """`shifted(start, by)`: the pointer `by` numbers further on."""

    def generate(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        return builder.gep(values[0], [values[1]], source_etype=ir.DoubleType())

    return POINTER(POINTER, types.intp), generate


@intrinsic
def store_first(typingctx: Any, start: Any, at: Any, value: Any, count: Any) -> Any:
    """`store_first(start, at, value, count)`: write the first `count` lanes from element `at` on.

    What lies behind is left as it is, even while another thread writes it.
    """

    def generate(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        begin, index, vector, number = values
        whole = ir.VectorType(ir.IntType(64), 8)
        spread = ir.Constant(ir.VectorType(ir.IntType(32), 8), [0] * 8)
        first = builder.insert_element(ir.Constant(whole, ir.Undefined), number, _index(0))
        copies = builder.shuffle_vector(first, first, spread)
        mask = builder.icmp_signed("<", ir.Constant(whole, list(range(8))), copies)
        address = builder.gep(begin, [index], source_etype=ir.DoubleType())
        pointer_to = builder.bitcast(address, vector.type.as_pointer())
        kinds = [vector.type, pointer_to.type, ir.IntType(32), mask.type]
        function = builder.module.declare_intrinsic(
            "llvm.masked.store.v8f64.p0", fnty=ir.FunctionType(ir.VoidType(), kinds)
        )
        builder.call(function, [vector, pointer_to, _index(8), mask])
        return context.get_dummy_value()

    return types.void(POINTER, types.intp, lanes, types.intp), generate


def _index(number: int) -> Any:
    return ir.Constant(ir.IntType(32), number)


@intrinsic
def call(typingctx: Any, address: Any, *pointers: Any) -> Any:
    """`call(address, pointer, ...)`: call a C function that takes pointers to double."""

    def generate(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        count = len(sig.args[1])
        function = ir.FunctionType(ir.VoidType(), [ir.DoubleType().as_pointer()] * count)
        arguments = [builder.extract_value(values[1], at) for at in range(count)]
        builder.call(builder.inttoptr(values[0], function.as_pointer()), arguments)
        return context.get_dummy_value()

    return types.void(types.intp, types.StarArgTuple(pointers)), generate


@intrinsic
def fetch_add(typingctx: Any, counter: Any, by: Any) -> Any:
    """`fetch_add(counter, by)`: add to the int64 a pointer points at, for all threads at once.

    Returns what it held before.
    """

    def generate(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        return builder.atomic_rmw("add", values[0], values[1], "seq_cst")

    return types.int64(counter, types.int64), generate
