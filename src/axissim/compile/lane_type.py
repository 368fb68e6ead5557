"""`Lanes`, the Numba type of eight float64 side by side in a vector register.

What a caller needs is gathered in `axissim.compile.lanes`; here are the type, its operators
`+ - * /`, and the makers of functions that take `Lanes` and float64 scalars under one name.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.typeconv import Conversion
from numba.core.typing import signature
from numba.extending import (
    intrinsic,
    lower_builtin,
    lower_cast,
    models,
    register_model,
    type_callable,
)

from axissim.compile.lane_ir import FUSIBLE, LANES, WIDTH, Operand

NUMBERS = (types.Float, types.Integer, types.Boolean)


class LanesType(types.Type):  # type: ignore[misc]
    """Numba's type of `Lanes`; a number turns into one by being copied to all lanes."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")

    def can_convert_from(self, typingctx: Any, other: Any) -> Any:
        return Conversion.safe if isinstance(other, NUMBERS) else None

    def unify(self, typingctx: Any, other: Any) -> Any:
        return self if isinstance(other, NUMBERS) else None


lanes = LanesType()


@register_model(LanesType)
class LanesModel(models.PrimitiveModel):  # type: ignore[misc]
    """By value in a vector register (or in several narrower ones)."""

    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, LANES)


def _copied(builder: Any, number: Any) -> Any:
    """Eight copies of a double."""
    nothing = ir.Constant(LANES, ir.Undefined)
    first = builder.insert_element(nothing, number, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(first, nothing, zeros)


@lower_cast(types.Float, LanesType)
@lower_cast(types.Integer, LanesType)
@lower_cast(types.Boolean, LanesType)
def _cast_number(context: Any, builder: Any, source: Any, target: Any, value: Any) -> Any:
    return _copied(builder, context.cast(builder, value, source, types.float64))


def common_type(*arguments: Any) -> Any:
    """Lanes if any argument is, float64 if all are numbers, None for what is neither."""
    if not all(isinstance(argument, (LanesType, *NUMBERS)) for argument in arguments):
        return None
    return lanes if lanes in arguments else types.float64


Emitter = Callable[..., Operand]


def _typed(emit: Emitter, emit_scalar: Emitter | None, *arguments: Any) -> Any:
    kind = common_type(*arguments)
    if kind is None:
        return None
    body = emit if kind is lanes or emit_scalar is None else emit_scalar

    def generate(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        return body(*(Operand(builder, value) for value in values)).value

    return signature(kind, *[kind] * len(arguments)), generate


def _named(function: Any, description: str) -> Any:
    function.__name__ = function.__qualname__ = description.partition("(")[0]
    function.__doc__ = description
    return intrinsic(function)


def unary(description: str, emit: Emitter, emit_scalar: Emitter | None = None) -> Any:
    """A function for compiled code of one number or `Lanes`.

    Parameters
    ----------
    description : str
        Its docstring, which begins with its name and arguments: ``"sqrt(a): ..."``.
    emit : callable
        Writes it over `Operand`.
    emit_scalar : callable, optional
        Writes it for float64 scalars, where that differs.
    """

    def function(typingctx: Any, a: Any) -> Any:
        return _typed(emit, emit_scalar, a)

    return _named(function, description)


def binary(description: str, emit: Emitter, emit_scalar: Emitter | None = None) -> Any:
    """As `unary`, of two arguments; a number beside `Lanes` is copied to all lanes."""

    def function(typingctx: Any, a: Any, b: Any) -> Any:
        return _typed(emit, emit_scalar, a, b)

    return _named(function, description)


def ternary(description: str, emit: Emitter, emit_scalar: Emitter | None = None) -> Any:
    """As `binary`, of three arguments."""

    def function(typingctx: Any, a: Any, b: Any, c: Any) -> Any:
        return _typed(emit, emit_scalar, a, b, c)

    return _named(function, description)


def _register_operator(function: Any, instruction: str) -> None:
    @type_callable(function)
    def type_operator(context: Any) -> Any:
        def typer(left: Any, right: Any) -> Any:
            kind = common_type(left, right)
            return signature(lanes, lanes, lanes) if kind is lanes else None

        return typer

    @lower_builtin(function, lanes, lanes)
    def lower_operator(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        return getattr(builder, instruction)(*values, flags=FUSIBLE)


for _plain, _in_place, _instruction in (
    (operator.add, operator.iadd, "fadd"),
    (operator.sub, operator.isub, "fsub"),
    (operator.mul, operator.imul, "fmul"),
    (operator.truediv, operator.itruediv, "fdiv"),
):
    _register_operator(_plain, _instruction)
    _register_operator(_in_place, _instruction)


@type_callable(operator.neg)
def _type_negation(context: Any) -> Any:
    def typer(value: Any) -> Any:
        return lanes if value is lanes else None

    return typer


@lower_builtin(operator.neg, lanes)
def _lower_negation(context: Any, builder: Any, sig: Any, values: Any) -> Any:
    return builder.fneg(values[0])
