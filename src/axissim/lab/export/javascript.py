"""A model's equations as JavaScript, straight-line code in the author's names."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence

from axissim.compile.definitions import START_TIME, at_start
from axissim.compile.kernel import kernel_of
from axissim.compile.system import System
from axissim.model.expression import OPERATIONS, Expression, in_order
from axissim.model.model import Model, ModelError

_FORMS = {
    "power": "Math.pow(%s, %s)", "exp": "Math.exp(%s)", "log": "Math.log(%s)",
    "log10": "Math.log10(%s)", "sqrt": "Math.sqrt(%s)", "absolute": "Math.abs(%s)",
    "floor": "Math.floor(%s)", "ceil": "Math.ceil(%s)", "factorial": "factorial(%s)",
    "minimum": "Math.min(%s, %s)", "maximum": "Math.max(%s, %s)", "where": "(%s ? %s : %s)",
    "lt": "(%s < %s ? 1 : 0)", "le": "(%s <= %s ? 1 : 0)", "gt": "(%s > %s ? 1 : 0)",
    "ge": "(%s >= %s ? 1 : 0)", "eq": "(%s === %s ? 1 : 0)", "ne": "(%s !== %s ? 1 : 0)",
    "both": "(%s && %s ? 1 : 0)", "either": "(%s || %s ? 1 : 0)", "negated": "(%s ? 0 : 1)",
} | {name: f"Math.{name}(%s)" for name in (
    "sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan", "asinh", "acosh", "atanh",
)}  # fmt: skip
_FACTORIAL = """function factorial(x) {
  let product = 1;
  for (let i = 2; i <= x; i += 1) product *= i;
  return product;
}"""
Text = tuple[str, int]


def javascript(model: Model) -> str:
    """The text ``const model = {...}`` that ``static/alone/solver.js`` reads.

    Every parameter that is a number may be changed by it.

    Raises
    ------
    ModelError
        The model has events, delays or constraints, which that solver does not do.
    """
    numbers = [p.id for p in model.parameters if p.value.op == "number"]
    system = kernel_of(model, numbers).system
    _refuse(model, system)
    inputs = {key: f"q[{at}]" for at, key in enumerate(system.inputs)}
    leaves = {key: f"p[{at}]" for at, key in enumerate(system.fixed)}
    leaves |= {key: f"y[{at}]" for at, key in enumerate(system.states)}
    n = len(system.states)
    order = list(system.inputs)
    starts = [order.index(at_start(s)) if at_start(s) in inputs else -1 for s in system.states]
    return "\n".join([
        _FACTORIAL,
        "const model = {",
        f"  states: {json.dumps(system.states)},",
        f"  observables: {json.dumps(list(system.observables))},",
        f"  inputs: {json.dumps(_finite(system.inputs))},",
        f"  startTime: {order.index(START_TIME)},",
        f"  order: {json.dumps(list(system.elimination.order))},",
        f"  fixed: {len(system.fixed)},",
        f"  starts: {json.dumps(starts)},",
        _function("prepare(q, p)", "p", list(system.fixed.values()), inputs),
        _function("initial(q, y)", "y", list(system.initial), inputs),
        _function("rhs(t, y, p, f)", "f", list(system.rates), leaves),
        _function("slope(t, y, p, f)", "f", list(system.time_slopes), leaves),
        _function("observe(t, y, p, o)", "o", list(system.observables.values()), leaves),
        _function(
            "jacobian(t, y, p, j)", "j", list(system.jacobian.values()), leaves,
            [row * n + column for row, column in system.jacobian],
        ),
        _switches(system, inputs),
        "};",
    ])  # fmt: skip


def _refuse(model: Model, system: System) -> None:
    has = {
        "events": bool(system.events),
        "delays": bool(system.lags),
        "algebraic constraints": system.differential < len(system.states),
    }
    for what, there in has.items():
        if there:
            raise ModelError(
                f"'{model.id}' has {what}, which a page without Python cannot run; take the "
                "notebook or SBML"
            )


def _finite(inputs: Mapping[str, float]) -> dict[str, float | None]:
    """Numbers as JSON has them; null for one that a model leaves open."""
    return {key: value if math.isfinite(value) else None for key, value in inputs.items()}


def _switches(system: System, inputs: Mapping[str, str]) -> str:
    """A function that answers ``[[moment, period], ...]``."""
    pairs = [formula for switch in system.switches for formula in switch]
    body = _function("switches(q)", "s", pairs, inputs)
    head = "const s = [];"
    tail = "return Array.from({ length: s.length / 2 }, (_, i) => [s[2 * i], s[2 * i + 1]]);"
    return body.replace("{\n", f"{{\n    {head}\n", 1).replace("\n  },", f"\n    {tail}\n  }},")


def _function(
    head: str,
    into: str,
    roots: Sequence[Expression],
    leaves: Mapping[str, str],
    places: Sequence[int] | None = None,
) -> str:
    """A method that stores the value of each root; what is used twice is computed once."""
    nodes = list(in_order(roots))
    uses = Counter(arg for node in nodes for arg in node.args)
    uses.update(roots)
    texts: dict[Expression, Text] = {}
    lines: list[str] = []
    for node in nodes:
        texts[node] = _code(node, [texts[arg] for arg in node.args], leaves)
        if node.args and uses[node] > 1:
            lines.append(f"    const x{len(lines)} = {texts[node][0]};")
            texts[node] = (f"x{len(lines) - 1}", 100)
    at = places if places is not None else range(len(roots))
    stores = [f"    {into}[{i}] = {texts[root][0]};" for i, root in zip(at, roots, strict=True)]
    return "\n".join([f"  {head} {{", *lines, *stores, "  },"])


def _code(node: Expression, args: list[Text], leaves: Mapping[str, str]) -> Text:
    """JavaScript of one node, and how tightly it binds."""
    if node.op == "number":
        return _number(node.value), 100 if node.value >= 0.0 else 70
    if node.op in ("name", "time"):
        return leaves[node.value] if node.op == "name" else "t", 100
    row = OPERATIONS[node.op]
    if node.op in _FORMS:
        return _FORMS[node.op] % tuple(_within(arg, 100) for arg in args), 100
    if node.op == "neg":
        return f"-{_within(args[0], 71)}", row.binding
    left, right = _within(args[0], row.binding), _within(args[1], row.binding + 1)
    return f"{left} {row.infix} {right}", row.binding


def _within(text: Text, least: int) -> str:
    return text[0] if text[1] >= least else f"({text[0]})"


def _number(value: float) -> str:
    if math.isfinite(value):
        return repr(value)
    return "NaN" if value != value else f"{'-' if value < 0.0 else ''}Infinity"
