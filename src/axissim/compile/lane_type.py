"""`Lanes`, the Numba type of eight float64 side by side in a vector register.

What a caller needs is gathered in `axissim.compile.lanes`; here are the type, its operators
`+ - * /`, and the makers of functions that take `Lanes` and float64 scalars under one name.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable
from typing import Any, TypeAlias

from llvmlite import ir
from numba import extending, types
from numba.core.typeconv.castgraph import Conversion
from numba.core.typing import templates

from axissim.compile.lane_ir import FUSIBLE, LANES, WIDTH, Operand

Lowering: TypeAlias = Callable[[Any, Any, Any, Any], Any]

# Numba's own functions carry no annotations.
lower_builtin: Any = extending.lower_builtin
lower_cast: Any = extending.lower_cast
register_model: Any = extending.register_model
infer_global: Any = templates.infer_global
signature: Any = templates.signature

NUMBERS = (types.Float, types.Integer, types.Boolean)


class LanesType(types.Type):
    """Numba's type of `Lanes`; a number turns into one by being copied to all lanes."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")

    def can_convert_from(self, typingctx: Any, other: Any) -> Any:
        return Conversion.safe if isinstance(other, NUMBERS) else None

    def unify(self, typingctx: Any, other: Any) -> Any:
        return self if isinstance(other, NUMBERS) else None


lanes: Any = LanesType()


@register_model(LanesType)
class LanesModel(extending.models.PrimitiveModel):
    """By value in a vector register (or in several narrower ones)."""

    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, LANES)


def _copied(builder: Any, number: Any) -> Any:
    """Eight copies of a double."""
    nothing = ir.Constant(LANES, ir.Undefined)
    first = builder.insert_element(nothing, number, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(first, nothing, zeros)


def _cast_number(context: Any, builder: Any, source: Any, target: Any, value: Any) -> Any:
    return _copied(builder, context.cast(builder, value, source, types.float64))


for _number in NUMBERS:
    lower_cast(_number, LanesType)(_cast_number)


def common_type(*arguments: Any) -> Any:
    """Lanes if any argument is, float64 if all are numbers, None for what is neither."""
    if not all(isinstance(argument, (LanesType, *NUMBERS)) for argument in arguments):
        return None
    return lanes if lanes in arguments else types.float64


def typed(function: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate what gives the signature of a call of `function`, or None, from its arguments.

    Numba tries what is made for this target before its own many meanings of `+`, which halves
    the time to compile straight-line equations.
    """
    count = len(inspect.signature(function).parameters)

    def decorate(typer: Callable[..., Any]) -> Callable[..., Any]:
        class Template(templates.AbstractTemplate):
            key = function
            metadata = {"target": "cpu"}  # noqa: RUF012

            def generic(self, args: tuple[Any, ...], kws: dict[str, Any]) -> Any:
                return typer(*args) if len(args) == count and not kws else None

        infer_global(function, types.Function(Template))
        return typer

    return decorate


def lowered(function: Any, *kinds: Any) -> Callable[[Lowering], Lowering]:
    """Decorate what writes the code of a call of `function` with arguments of `kinds`."""

    def decorate(lowering: Lowering) -> Lowering:
        lower_builtin(function, *kinds)(lowering)
        return lowering

    return decorate


def only_compiled(name: str) -> NotImplementedError:
    """What a function for compiled code raises elsewhere."""
    return NotImplementedError(f"{name} of lanes is for code compiled by Numba")


Emitter = Callable[..., Operand]


def _define(function: Any, description: str, emit: Emitter, emit_scalar: Emitter | None) -> Any:
    """Make `function` mean `emit` in compiled code."""
    function.__name__ = function.__qualname__ = description.partition("(")[0]
    function.__doc__ = description
    function.emit = emit
    count = len(inspect.signature(function).parameters)

    @typed(function)
    def type_call(*arguments: Any) -> Any:
        kind = common_type(*arguments)
        return kind and signature(kind, *[kind] * count)

    for kind, body in ((lanes, emit), (types.float64, emit_scalar or emit)):

        def lower(context: Any, builder: Any, sig: Any, values: Any, body: Emitter = body) -> Any:
            return body(*(Operand(builder, value) for value in values)).value

        lower_builtin(function, *[kind] * count)(lower)
    return function


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

    def function(a: Any) -> Any:
        raise only_compiled(function.__name__)

    return _define(function, description, emit, emit_scalar)


def binary(description: str, emit: Emitter, emit_scalar: Emitter | None = None) -> Any:
    """As `unary`, of two arguments; a number beside `Lanes` is copied to all lanes."""

    def function(a: Any, b: Any) -> Any:
        raise only_compiled(function.__name__)

    return _define(function, description, emit, emit_scalar)


def ternary(description: str, emit: Emitter, emit_scalar: Emitter | None = None) -> Any:
    """As `binary`, of three arguments."""

    def function(a: Any, b: Any, c: Any) -> Any:
        raise only_compiled(function.__name__)

    return _define(function, description, emit, emit_scalar)


def _register_operator(function: Any, instruction: str) -> None:
    @typed(function)
    def type_operator(left: Any, right: Any) -> Any:
        return signature(lanes, lanes, lanes) if common_type(left, right) is lanes else None

    @lowered(function, lanes, lanes)
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


@typed(operator.neg)
def _type_negation(value: Any) -> Any:
    return signature(lanes, lanes) if value is lanes else None


@lowered(operator.neg, lanes)
def _lower_negation(context: Any, builder: Any, sig: Any, values: Any) -> Any:
    return builder.fneg(values[0])
