"""LLVM code written as arithmetic: an `Operand` is one double, or eight side by side.

The functions of the lane arithmetic are written once, in Python, over `Operand`; running one
appends its instructions to the LLVM function under construction. Every operator is a single
IEEE instruction that nothing may reassociate or fuse, so that range reductions and error-free
sums survive the optimiser; a fused multiply-add is asked for by name (`fma`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from llvmlite import ir

WIDTH = 8
DOUBLE = ir.DoubleType()
INTEGER = ir.IntType(64)
TRUTH = ir.IntType(1)
LANES = ir.VectorType(DOUBLE, WIDTH)

Number: TypeAlias = "float | int"

# Numba's fastmath option adds its flags to every instruction that has none. A flag that prints
# as nothing keeps it away, whatever options a caller compiles with.
EXACT = [""]
FUSIBLE = ["contract"]


class Operand:
    """A double, integer or truth value, or eight of them, in the function being written.

    Parameters
    ----------
    builder : llvmlite.ir.IRBuilder
        Where further instructions go.
    value : llvmlite.ir.Value
        A scalar or a vector of `WIDTH` elements.

    """

    __slots__ = ("builder", "value")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, builder: Any, value: Any) -> None:
        self.builder = builder
        self.value = value

    @property
    def element(self) -> Any:
        """The LLVM type of one element."""
        kind = self.value.type
        return kind.element if isinstance(kind, ir.VectorType) else kind

    def _widened(self, element: Any) -> Any:
        return ir.VectorType(element, WIDTH) if self.is_lanes else element

    @property
    def is_lanes(self) -> bool:
        return isinstance(self.value.type, ir.VectorType)

    def constant(self, number: Number) -> Operand:
        """`number` in every element, of this operand's type."""
        one = ir.Constant(self.element, number)
        kind = self.value.type
        return Operand(self.builder, ir.Constant(kind, [one] * WIDTH) if self.is_lanes else one)

    def _other(self, other: Operand | Number) -> Any:
        return (other if isinstance(other, Operand) else self.constant(other)).value

    def _emit(self, floating: str, integral: str, other: Operand | Number) -> Operand:
        left, right = self.value, self._other(other)
        if self.element == DOUBLE:
            return Operand(self.builder, getattr(self.builder, floating)(left, right, flags=EXACT))
        return Operand(self.builder, getattr(self.builder, integral)(left, right))

    def __add__(self, other: Operand | Number) -> Operand:
        return self._emit("fadd", "add", other)

    def __sub__(self, other: Operand | Number) -> Operand:
        return self._emit("fsub", "sub", other)

    def __mul__(self, other: Operand | Number) -> Operand:
        return self._emit("fmul", "mul", other)

    def __truediv__(self, other: Operand | Number) -> Operand:
        return self._emit("fdiv", "fdiv", other)

    def __rsub__(self, other: Number) -> Operand:
        return self.constant(other) - self

    def __rtruediv__(self, other: Number) -> Operand:
        return self.constant(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self) -> Operand:
        """Turn the sign, of zeros and NaN too."""
        instruction = self.builder.fneg(self.value)
        return Operand(self.builder, instruction)

    def __and__(self, other: Operand | Number) -> Operand:
        return Operand(self.builder, self.builder.and_(self.value, self._other(other)))

    def __or__(self, other: Operand | Number) -> Operand:
        return Operand(self.builder, self.builder.or_(self.value, self._other(other)))

    def __xor__(self, other: Operand | Number) -> Operand:
        return Operand(self.builder, self.builder.xor(self.value, self._other(other)))

    def __invert__(self) -> Operand:
        return Operand(self.builder, self.builder.not_(self.value))

    def __lshift__(self, places: int) -> Operand:
        return Operand(self.builder, self.builder.shl(self.value, self._other(places)))

    def __rshift__(self, places: int) -> Operand:
        """Shift right, filling with zeros."""
        return Operand(self.builder, self.builder.lshr(self.value, self._other(places)))

    def _compare(self, sign: str, other: Operand | Number) -> Operand:
        right = self._other(other)
        if self.element != DOUBLE:
            return Operand(self.builder, self.builder.icmp_unsigned(sign, self.value, right))
        ordered = self.builder.fcmp_unordered if sign == "!=" else self.builder.fcmp_ordered
        comparison = ordered(sign, self.value, right)
        comparison.flags.extend(EXACT)
        return Operand(self.builder, comparison)

    def __lt__(self, other: Operand | Number) -> Operand:
        return self._compare("<", other)

    def __le__(self, other: Operand | Number) -> Operand:
        return self._compare("<=", other)

    def __gt__(self, other: Operand | Number) -> Operand:
        return self._compare(">", other)

    def __ge__(self, other: Operand | Number) -> Operand:
        return self._compare(">=", other)

    def __eq__(self, other: Operand | Number) -> Operand:  # type: ignore[override]
        return self._compare("==", other)

    def __ne__(self, other: Operand | Number) -> Operand:  # type: ignore[override]
        return self._compare("!=", other)

    def __abs__(self) -> Operand:
        return self.llvm("fabs")

    def llvm(self, name: str, *others: Operand) -> Operand:
        """Call LLVM's intrinsic `name` for this type: `fabs`, `sqrt`, `floor`, `copysign`..."""
        return self.external(f"llvm.{name}.{'v8f64' if self.is_lanes else 'f64'}", *others)

    def fma(self, factor: Operand | Number, addend: Operand | Number) -> Operand:
        """`self * factor + addend` with one rounding."""
        values = [Operand(self.builder, self._other(other)) for other in (factor, addend)]
        return self.llvm("fma", *values)

    def external(self, name: str, *others: Operand) -> Operand:
        """Call the function `name` of doubles, as wide as this operand."""
        values = [self.value, *(other.value for other in others)]
        kind = self.value.type
        function = self.builder.module.globals.get(name) or ir.Function(
            self.builder.module, ir.FunctionType(kind, [kind] * len(values)), name
        )
        return Operand(self.builder, self.builder.call(function, values))

    def bits(self) -> Operand:
        """The doubles' bits as 64-bit integers."""
        return Operand(self.builder, self.builder.bitcast(self.value, self._widened(INTEGER)))

    def double(self) -> Operand:
        """The integers as the bits of doubles."""
        return Operand(self.builder, self.builder.bitcast(self.value, self._widened(DOUBLE)))

    def select(self, if_true: Operand, if_false: Operand | Number) -> Operand:
        """Element by element, one or the other: `self` is truth."""
        chosen = self.builder.select(self.value, if_true.value, if_true._other(if_false))
        return Operand(self.builder, chosen)

    def anywhere(self) -> Any:
        """Is any element true? An LLVM i1."""
        if not self.is_lanes:
            return self.value
        packed = self.builder.bitcast(self.value, ir.IntType(WIDTH))
        return self.builder.icmp_unsigned("!=", packed, ir.Constant(packed.type, 0))

    def lane(self, index: int) -> Operand:
        """One element."""
        where = ir.Constant(ir.IntType(32), index)
        return Operand(self.builder, self.builder.extract_element(self.value, where))

    def with_lane(self, index: int, element: Operand) -> Operand:
        """These lanes with one element replaced."""
        where = ir.Constant(ir.IntType(32), index)
        changed = self.builder.insert_element(self.value, element.value, where)
        return Operand(self.builder, changed)


def polynomial(x: Operand, coefficients: Sequence[float]) -> Operand:
    """`coefficients[0] + coefficients[1] x + ...` by Estrin's scheme: a short chain of fma."""
    terms: list[Operand] = [x.constant(coefficient) for coefficient in coefficients]
    while len(terms) > 1:
        pairs = [high.fma(x, low) for low, high in zip(terms[::2], terms[1::2], strict=False)]
        terms = pairs + terms[len(pairs) * 2 :]
        x = x * x
    return terms[0]


def rarely(rare: Operand, slow: Callable[[], Operand], common: Operand) -> Operand:
    """`slow()` for all lanes when any lane is `rare`, else `common`.

    The two must agree bit for bit where a lane is not rare: a neighbour decides which runs.
    """
    builder = rare.builder
    start = builder.block
    with builder.if_then(rare.anywhere(), likely=False):
        mended = slow()
        detour = builder.block
    merged = builder.phi(common.value.type)
    merged.add_incoming(mended.value, detour)
    merged.add_incoming(common.value, start)
    return Operand(builder, merged)


APART = ("noinline",)  # too long to be repeated wherever it is called
RARE = ("noinline", "cold")


def call(
    name: str, body: Callable[..., Operand], *operands: Operand, attributes: Sequence[str] = ()
) -> Operand:
    """Call the LLVM function `name` of lanes, written by `body` on its first use in a module.

    It is internal to its module: the same name in code cached by another version of this
    package can never be taken for it.
    """
    builder = operands[0].builder
    function = builder.module.globals.get(name)
    if function is None:
        kind = operands[0].value.type
        function = ir.Function(builder.module, ir.FunctionType(kind, [kind] * len(operands)), name)
        function.linkage = "internal"
        for attribute in ("nounwind", *attributes):
            function.attributes.add(attribute)
        inner = ir.IRBuilder(function.append_basic_block("entry"))
        result = body(*(Operand(inner, argument) for argument in function.args))
        inner.ret(result.value)
    return Operand(builder, builder.call(function, [operand.value for operand in operands]))
