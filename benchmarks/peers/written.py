"""A system's equations as the peers read them: a Python module, a C++ header.

Python: ``rhs_inplace``, ``rhs_list``, ``jac_inplace``, ``jac_list``; it runs by Python, under
Numba, and with JAX or CasADi in the place of ``math``.  C++: templates of any number type, with the
LU factorisation of g I - J by the system's own order of elimination.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from axissim.compile.elimination import Elimination
from axissim.compile.system import System
from axissim.model.expression import Expression, in_order
from axissim.model.model import ModelError
from axissim.model.passes import substitute

INFIX = {
    "add": "+", "sub": "-", "mul": "*", "div": "/",
    "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!=",
}  # fmt: skip
SAME = (
    "exp", "log", "log10", "sqrt", "floor", "ceil", "sin", "cos", "tan", "sinh", "cosh", "tanh",
    "asin", "acos", "atan", "asinh", "acosh", "atanh",
)  # fmt: skip

Spell = Callable[[Expression, list[str]], str]


def formulas(system: System) -> tuple[list[Expression], dict[tuple[int, int], Expression]]:
    """The rates and the entries of the Jacobian, of states and inputs alone."""
    entries = {key: system.jacobian[key] for key in sorted(system.jacobian)}
    roots = [*system.rates, *entries.values()]
    roots = substitute(roots, system.fixed)
    return roots[: len(system.rates)], dict(zip(entries, roots[len(system.rates) :], strict=True))


def computed(
    roots: Sequence[Expression], leaves: Mapping[str, str], spell: Spell
) -> tuple[list[tuple[str, str]], list[str]]:
    """Straight-line text: a variable for what is used twice, and the text of each root."""
    nodes = list(in_order(roots))
    uses = Counter(arg for node in nodes for arg in node.args)
    uses.update(roots)
    lines: list[tuple[str, str]] = []
    texts: dict[Expression, str] = {}
    for node in nodes:
        if node.op == "name":
            texts[node] = leaves[node.value]
            continue
        texts[node] = spell(node, [texts[arg] for arg in node.args])
        if node.args and uses[node] > 1:
            lines.append((f"x{len(lines)}", texts[node]))
            texts[node] = lines[-1][0]
    return lines, [texts[root] for root in roots]


def leaves(system: System, swept: Sequence[str]) -> dict[str, str]:
    """What a formula calls each state and each swept parameter."""
    places = {key: f"y{i}_" for i, key in enumerate(system.states)}
    return places | {key: f"p{i}_" for i, key in enumerate(swept)}


PYTHON = '''"""Equations of {name}; y and p may be sequences or arrays."""

import math

if hasattr(math, "if_else"):  # CasADi
    where = math.if_else
elif hasattr(math, "where"):  # JAX
    where = math.where
else:

    def where(c, x, y):
        return x if c else y

    try:
        from numba import njit

        where = njit(where)
    except ImportError:
        pass

'''


def python(system: System, swept: Sequence[str]) -> str:
    """The text of the Python module."""
    rates, entries = formulas(system)
    called = leaves(system, swept)
    size = len(rates)
    load = [f"    y{i}_ = y[{i}]" for i in range(size)]
    load += [f"    p{i}_ = p[{i}]" for i in range(len(swept))]

    def function(head: str, roots: Sequence[Expression], tail: Callable[[list[str]], list[str]]):
        lines, texts = computed(roots, called, _python)
        body = [*load, *(f"    {key} = {text}" for key, text in lines), *tail(texts)]
        return "\n".join([f"def {head}:", *body, "", ""])

    def dense(texts: list[str]) -> list[str]:
        known = dict(zip(entries, texts, strict=True))
        rows = [[known.get((i, j), "0.0") for j in range(size)] for i in range(size)]
        return [f"    return [{', '.join('[' + ', '.join(row) + ']' for row in rows)}]"]

    slopes = list(entries.values())
    return PYTHON.format(name=system.model_id) + "\n".join([
        function("rhs_inplace(t, y, p, dy)", rates,
                 lambda texts: [f"    dy[{i}] = {text}" for i, text in enumerate(texts)]),
        function("rhs_list(t, y, p)", rates, lambda texts: [f"    return [{', '.join(texts)}]"]),
        function("jac_inplace(t, y, p, J)", slopes, lambda texts: [
            f"    J[{i}, {j}] = {text}" for (i, j), text in zip(entries, texts, strict=True)]),
        function("jac_list(t, y, p)", slopes, dense),
    ])  # fmt: skip


def _python(node: Expression, args: list[str]) -> str:
    if node.op == "number":
        return repr(float(node.value)) if node.value >= 0.0 else f"({float(node.value)!r})"
    if node.op in INFIX:
        return f"({args[0]} {INFIX[node.op]} {args[1]})"
    if node.op in SAME:
        return f"math.{node.op}({args[0]})"
    by_op = {
        "neg": "(-{0})", "power": "({0})**({1})", "absolute": "math.fabs({0})",
        "minimum": "where({0} < {1}, {0}, {1})", "maximum": "where({0} > {1}, {0}, {1})",
        "where": "where({0}, {1}, {2})", "both": "({0}*{1})", "negated": "(1 - {0})",
        "either": "(1 - (1 - {0})*(1 - {1}))",
    }  # fmt: skip
    return _spelt(node, by_op, args)


def _spelt(node: Expression, by_op: Mapping[str, str], args: list[str]) -> str:
    if node.op not in by_op:
        raise ModelError(f"the peers' equations have no '{node.op}'")
    return by_op[node.op].format(*args)


FUNCTIONS = Path(__file__).with_name("functions.h")


def cpp(system: System, swept: Sequence[str], initial: Sequence[float]) -> str:
    """The text of the C++ header."""
    rates, entries = formulas(system)
    size, slopes = len(rates), list(entries.values())
    called = leaves(system, swept)
    load = [f"  const T y{i}_ = y[{i}];" for i in range(size)]
    load += [f"  const T p{i}_ = p[{i}];" for i in range(len(swept))]

    def function(head: str, roots: Sequence[Expression], stores: Sequence[str]) -> str:
        lines, texts = computed(roots, called, _cpp)
        body = [*load, *(f"  const T {key} = {text};" for key, text in lines)]
        body += [f"  {store} = {text};" for store, text in zip(stores, texts, strict=True)]
        reads = "const T* __restrict y, const T* __restrict p"
        return "\n".join(
            [f"template<class T> static inline void {head.format(reads)} {{", *body, "}"]
        )

    dy = [f"dy[{i}]" for i in range(size)]
    sparse = [f"J[{k}]" for k in range(len(slopes))]
    columns = [f"J[{j * size + i}]" for i, j in entries]
    return "\n".join([
        f"// Equations of {system.model_id}.",
        "#pragma once",
        '#include "common.h"',
        "namespace prob {",
        FUNCTIONS.read_text(),
        f"constexpr int n = {size}, np = {len(swept)}, nnz = {len(entries)};",
        f'static const char* name = "{system.model_id}";',
        function("rhs({}, T* __restrict dy)", rates, dy),
        function("jac_sp({}, T* __restrict J)", slopes, sparse),
        function("jac_dense_cm({}, T* __restrict J)", slopes, columns),
        function("rhsjac({}, T* __restrict dy, T* __restrict J)", [*rates, *slopes],
                 [*dy, *sparse]),
        f"static const int jrow[] = {{{', '.join(str(i) for i, _ in entries)}}};",
        f"static const int jcol[] = {{{', '.join(str(j) for _, j in entries)}}};",
        f"static const double Y0i[] = {{{', '.join(repr(float(v)) for v in initial)}}};",
        *_factors(system.elimination, list(entries)),
        "}\n",
    ])  # fmt: skip


def _cpp(node: Expression, args: list[str]) -> str:
    if node.op == "number":
        return f"T({float(node.value)!r})"
    if node.op in ("add", "sub", "mul", "div"):
        return f"({args[0]} {INFIX[node.op]} {args[1]})"
    if node.op in SAME or node.op in INFIX:
        return f"{node.op}_({', '.join(args)})"
    by_op = {
        "neg": "(-{0})", "power": "pow_({0}, {1})", "absolute": "max_({0}, -({0}))",
        "minimum": "min_({0}, {1})", "maximum": "max_({0}, {1})",
        "where": "where_({0}, {1}, {2})", "both": "({0}*{1})", "negated": "(T(1) - {0})",
        "either": "max_({0}, {1})",
    }  # fmt: skip
    return _spelt(node, by_op, args)


def _factors(plan: Elimination, entries: Sequence[tuple[int, int]]) -> list[str]:
    """``lu``: g I - J = L U in place, the diagonal inverted; ``lusolve``: b from L U x = b."""
    at = {entry: k for k, entry in enumerate(plan.entries)}
    known = {entry: k for k, entry in enumerate(entries)}
    size = len(plan.order)
    lines = [
        f"constexpr int lunnz = {len(at)};",
        "template<class T> static inline void lu(T g, const T* __restrict J, T* __restrict A) {",
    ]
    for (row, column), k in at.items():
        entry = plan.order[row], plan.order[column]
        terms = ["g"] if row == column else []
        terms += [f"- J[{known[entry]}]"] if entry in known else []
        lines.append(f"  T a{k} = {' '.join(terms) or 'T(0)'};")
    for k in range(size):
        below = [i for i in range(k + 1, size) if (i, k) in at]
        right = [j for j in range(k + 1, size) if (k, j) in at]
        lines.append(f"  a{at[k, k]} = T(1)/a{at[k, k]};")
        for i in below:
            lines.append(f"  a{at[i, k]} = a{at[i, k]}*a{at[k, k]};")
            lines += [f"  a{at[i, j]} = a{at[i, j]} - a{at[i, k]}*a{at[k, j]};" for j in right]
    lines += [f"  A[{k}] = a{k};" for k in at.values()]
    lines += ["}", "template<class T> static inline void lusolve(const T* __restrict A, T* b) {"]
    lines += [f"  T c{row} = b[{i}];" for row, i in enumerate(plan.order)]
    for row in range(size):
        left = [j for j in range(row) if (row, j) in at]
        lines += [f"  c{row} = c{row} - A[{at[row, j]}]*c{j};" for j in left]
    for row in reversed(range(size)):
        right = [j for j in range(row + 1, size) if (row, j) in at]
        lines += [f"  c{row} = c{row} - A[{at[row, j]}]*c{j};" for j in right]
        lines.append(f"  c{row} = c{row}*A[{at[row, row]}];")
    lines += [f"  b[{i}] = c{row};" for row, i in enumerate(plan.order)]
    return [*lines, "}"]
