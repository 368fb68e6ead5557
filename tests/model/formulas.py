"""Random expressions for property tests, and the same in SymPy."""

import math

import sympy
from hypothesis import strategies as st

from axissim.model.expression import (
    OPERATIONS,
    TIME,
    Expression,
    in_order,
    name,
    number,
    operation,
    value,
)

NAMES = ("x", "y", "k_1", "Vmax")
CODED = sorted(op for op, row in OPERATIONS.items() if row.coded)  # of this moment alone
LEAVES = st.one_of(
    st.sampled_from([name(key) for key in NAMES]),
    st.just(TIME),
    st.floats(0.0, allow_infinity=False).filter(lambda of: math.copysign(1.0, of) > 0).map(number),
)


def _operations(
    inner: st.SearchStrategy[Expression], ops: list[str]
) -> st.SearchStrategy[Expression]:
    return st.sampled_from(ops).flatmap(
        lambda op: st.tuples(*[inner] * OPERATIONS[op].arity).map(lambda args: operation(op, *args))
    )


def expressions(most: int = 12) -> st.SearchStrategy[Expression]:
    """Any expression of any operation."""
    return st.recursive(
        LEAVES, lambda inner: _operations(inner, sorted(OPERATIONS)), max_leaves=most
    )


SMOOTH = (
    "add", "sub", "mul", "div", "neg", "exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh",
    "tanh", "atan", "asinh", "power", "log10",
)  # fmt: skip


TAME = st.one_of(
    st.sampled_from([name(key) for key in NAMES]),
    st.integers(-4, 4).map(number),
    st.sampled_from([0.5, 1.5, 2.5]).map(number),
)


def smooth(most: int = 8) -> st.SearchStrategy[Expression]:
    """Expressions that have a derivative wherever they have a value, of tame numbers."""
    return st.recursive(TAME, lambda inner: _operations(inner, list(SMOOTH)), max_leaves=most)


def tame(most: int = 8) -> st.SearchStrategy[Expression]:
    """Expressions of any operation that has code, of tame numbers."""
    return st.recursive(TAME, lambda inner: _operations(inner, CODED), max_leaves=most)


_SYMPY = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "power": lambda x, y: x**y,
    "log10": lambda x: sympy.log(x) / sympy.log(10),
    "absolute": sympy.Abs,
    "ceil": sympy.ceiling,
    "minimum": sympy.Min,
    "maximum": sympy.Max,
}


def in_sympy(root: Expression) -> sympy.Expr:
    """The same formula in SymPy, with real symbols."""
    if root.op == "number":
        exact = root.value == round(root.value) and math.isfinite(root.value)
        return sympy.Integer(int(root.value)) if exact else sympy.Rational(root.value)
    if root.op == "name":
        return sympy.Symbol(root.value, real=True)
    if root.op == "time":
        return sympy.Symbol("time", real=True)
    args = [in_sympy(arg) for arg in root.args]
    return _SYMPY.get(root.op, getattr(sympy, root.op, None))(*args)


def finite(root: Expression, point: dict[str, float]) -> bool:
    """Whether every part of a formula is a finite real number (SymPy would go on in complex)."""
    return all(math.isfinite(value(node, point)) for node in in_order([root]))


def exactly(root: sympy.Expr, point: dict[str, float]) -> float:
    """The value of a SymPy formula, NaN where it is not a tame real number."""
    found = root.subs({sympy.Symbol(key, real=True): of for key, of in point.items()}).evalf(30)
    if not found.is_number or found.has(sympy.nan, sympy.zoo, sympy.oo) or not found.is_real:
        return math.nan
    return float(found) if abs(found) < 1e6 else math.nan
