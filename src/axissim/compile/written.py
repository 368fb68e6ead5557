"""Equations written straight into LLVM: the text runs once, over values that record themselves.

Numba spends nearly all of its time on straight-line code in Python, looking at every operation
some fifty times; running the text over `Lane` values instead compiles it five times as fast, to
the same instructions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from axissim.compile import lanes as lane_functions
from axissim.compile.lane_ir import DOUBLE, FUSIBLE, LANES, WIDTH, Operand


class Lane(Operand):
    """Eight doubles in the function being written, whose + - * / may be fused."""

    def _emit(self, floating: str, integral: str, other: Any) -> Lane:
        instruction = getattr(self.builder, floating)
        return Lane(self.builder, instruction(self.value, self._other(other), flags=FUSIBLE))

    def _reversed(self, other: Any) -> Lane:
        return Lane(self.builder, self.constant(other).value)

    def __rsub__(self, other: Any) -> Operand:
        return self._reversed(other) - self

    def __rtruediv__(self, other: Any) -> Operand:
        return self._reversed(other) / self

    def __neg__(self) -> Lane:
        return Lane(self.builder, self.builder.fneg(self.value))


class Loaded(Lane):
    """Eight doubles that lie in memory, and are loaded anew wherever they are used.

    Kept in a register from its first use on, a value is mostly stored a second time before its
    next one: there are 32 registers, and hundreds of values.  No function writes what it reads.
    """

    __slots__ = ("pointer",)

    def __init__(self, pointer: Pointer, i: int) -> None:
        self.builder, self.pointer = pointer.builder, (pointer, i)

    @property
    def value(self) -> Any:
        pointer, i = self.pointer
        return self.builder.load(pointer.vector(i), align=8, typ=LANES)


class Pointer:
    """Where the function being written reads or writes lanes."""

    def __init__(self, builder: Any, value: Any) -> None:
        self.builder, self.value = builder, value

    def vector(self, i: int) -> Any:
        """The address of the `i`-th eight doubles."""
        index = ir.Constant(ir.IntType(64), i * WIDTH)
        start = self.builder.gep(self.value, [index], source_etype=DOUBLE)
        return self.builder.bitcast(start, LANES.as_pointer())


def load(pointer: Pointer, i: int) -> Lane:
    """The `i`-th eight doubles."""
    return Loaded(pointer, i)


def store(pointer: Pointer, i: int, value: Operand | float) -> None:
    """Write the `i`-th eight doubles; a number into all of them."""
    if not isinstance(value, Operand):
        value = Operand(pointer.builder, ir.Constant(LANES, [ir.Constant(DOUBLE, value)] * WIDTH))
    pointer.builder.store(value.value, pointer.vector(i), align=8)


def broadcast(number: float) -> float:
    """A number stands for eight of itself."""
    return number


def _written(name: str) -> Callable[..., Lane]:
    emit = getattr(lane_functions, name).emit

    def write(*arguments: Operand | float) -> Lane:
        lane = next(a for a in arguments if isinstance(a, Operand))
        values = [Operand(lane.builder, lane._other(a)) for a in arguments]
        return Lane(lane.builder, emit(*values).value)

    return write


def __getattr__(name: str) -> Callable[..., Lane]:
    """Every other function of `axissim.compile.lanes`, written rather than called."""
    if not hasattr(getattr(lane_functions, name, None), "emit"):
        raise AttributeError(f"no lane arithmetic is called '{name}'")
    return _written(name)
