"""System -> text of straight-line equations, in the author's names and order.

The text is the same for every arithmetic: what `load`, `store`, `exp`, `where`... mean is decided
by the module it is put in.  A name's first letter tells its role: ``y_`` state, ``s_`` a state's
value at the start, ``p_`` parameter, ``q_`` fixed for a run, ``d_`` delayed (a value of the past or
its slope), ``g_`` the sign of a relation, ``v_`` a quantity the author named, ``x`` a shared part
without a name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from axissim.compile.blocks import factor_blocks, solve_blocks
from axissim.compile.definitions import START_TIME
from axissim.compile.switches import relation
from axissim.compile.system import System
from axissim.model.expression import OPERATIONS, Expression, in_order
from axissim.model.model import ModelError

Stores = Sequence[tuple[str, int, Expression]]  # array, index, what is stored there

FUNCTIONS = {
    "prepare": "p, q, y",
    "rhs": "t, y, q, f",
    "rhs_jacobian": "t, y, q, f, ft, jac",
    "factor": "g, jac, lu",
    "solve": "lu, f, s, k",
    "observe": "t, y, q, v",
    "lags": "t, y, q, v",
    "relations": "t, y, q, v",
    "triggers": "t, y, q, g, v",
    "actions": "t, y, q, v",
}


def emit(system: System) -> dict[str, str]:
    """The text of each function of `FUNCTIONS`, but for those that the system has no use for.

    ``prepare``: inputs p to fixed quantities q (then switch times and periods) and initial y.
    ``rhs``: rates f.  ``rhs_jacobian``: also their slopes in time ft and the Jacobian's entries.
    ``factor``: LU of J - g M, diagonal inverted.  ``solve``: k from LU k = -(f + s).
    ``observe``: every observable v.  ``lags``: how long ago each delayed value is looked up.
    ``relations``, ``triggers``, ``actions``: what `System` has of events, by these names; triggers
    of the relations g.
    """
    inputs = {key: _input(key) for key in system.inputs}
    moving = {key: f"y_{key}" for key in system.states}
    moving |= {key: _variable("q", key) for key in system.fixed}
    moving |= {key: _variable("d", key) for key in system.delayed}
    signs = [relation(k) for k in range(len(system.relations))]
    moving |= {key: _variable("g", key) for key in signs}
    authors = {node: _variable("v", key) for key, node in system.observables.items() if node.args}
    rates = [("f", i, rate) for i, rate in enumerate(system.rates)]
    slopes = [] if system.autonomous else [("ft", i, s) for i, s in enumerate(system.time_slopes)]
    entries = [("jac", i, entry) for i, entry in enumerate(system.jacobian.values())]
    where = _places(system)
    tables = {
        "observe": system.observables.values(),
        "lags": [lag for _, lag in system.lags],
        "relations": system.relations,
        "triggers": system.triggers,
        "actions": system.actions,
    }
    given = {key: ("p", i) for i, key in enumerate(system.inputs)}
    return {
        "prepare": _function("prepare", _preparations(system), inputs, given, {}),
        "rhs": _function("rhs", rates, moving, where, authors),
        "rhs_jacobian": _function(
            "rhs_jacobian", [*rates, *slopes, *entries], moving, where, authors
        ),
        **_linear_solver(system),
        **{
            title: _function(title, _numbered(formulas), moving, where, authors)
            for title, formulas in tables.items()
            if formulas or title == "observe"
        },
    }


def _linear_solver(system: System) -> dict[str, str]:
    headings = {title: f"def {title}({FUNCTIONS[title]}):" for title in ("factor", "solve")}
    if system.elimination.blocks:
        return {
            "factor": factor_blocks(system, headings["factor"]),
            "solve": solve_blocks(system, headings["solve"]),
        }
    return {"factor": _factor(system), "solve": _solve(system)}


def _numbered(formulas: Iterable[Expression]) -> Stores:
    return [("v", i, formula) for i, formula in enumerate(formulas)]


def _variable(role: str, key: str) -> str:
    """What the code calls a quantity; one of ours has spaces or brackets."""
    return f"{role}_{key}" if key.isidentifier() else f"{role}x_" + re.sub(r"\W", "_", key)


def _input(key: str) -> str:
    """What the code calls an input; a value at the start is no parameter of a like name."""
    if key == START_TIME:
        return "start"
    state, _, rest = key.partition(" ")
    return f"s_{state}" if rest else f"p_{key}"


def _places(system: System) -> dict[str, tuple[str, int]]:
    """Where a moving equation loads each named quantity from: array and index."""
    places = {key: ("q", i) for i, key in enumerate(system.fixed)}
    behind = len(system.fixed) + 2 * len(system.switches)
    places |= {key: ("q", behind + i) for i, key in enumerate(system.delayed)}
    places |= {relation(i): ("g", i) for i in range(len(system.relations))}
    return places | {key: ("y", i) for i, key in enumerate(system.states)}


def _preparations(system: System) -> Stores:
    switches = [part for pair in system.switches for part in pair]
    stores = [("q", i, part) for i, part in enumerate([*system.fixed.values(), *switches])]
    return [*stores, *(("y", i, formula) for i, formula in enumerate(system.initial))]


def _function(
    title: str,
    stores: Stores,
    leaves: Mapping[str, str],
    places: Mapping[str, tuple[str, int]],
    authors: Mapping[Expression, str],
) -> str:
    """One function that loads what it reads, computes in order, and stores `stores`."""
    roots = [node for _, _, node in stores]
    nodes = list(in_order(roots))
    read = {node.value for node in nodes if node.op == "name"}
    lines = [f"def {title}({FUNCTIONS[title]}):"]
    lines += ["    time = load(t, 0)"] if any(node.op == "time" for node in nodes) else []
    lines += [
        f"    {leaves[key]} = load({places[key][0]}, {places[key][1]})"
        for key in leaves
        if key in read
    ]
    _texts(nodes, stores, leaves, authors, lines)
    return "\n".join(lines if len(lines) > 1 else [*lines, "    pass"]) + "\n"


def _texts(
    nodes: Sequence[Expression],
    stores: Stores,
    leaves: Mapping[str, str],
    authors: Mapping[Expression, str],
    lines: list[str],
) -> None:
    """Append to `lines` what is shared, or named by the author, and each store once it is known."""
    uses = Counter(arg for node in nodes for arg in node.args)
    uses.update(node for _, _, node in stores)
    waiting: dict[Expression, list[tuple[str, int]]] = {}
    for array, index, node in stores:
        waiting.setdefault(node, []).append((array, index))
    texts: dict[Expression, tuple[str, int]] = {}
    shared = 0
    for node in nodes:
        texts[node] = _code(node, [texts[arg] for arg in node.args], leaves)
        if node.args and (uses[node] > 1 or node in authors):
            shared += node not in authors
            variable = authors.get(node, f"x{shared}")
            lines.append(f"    {variable} = {texts[node][0]}")
            texts[node] = (variable, 100)
        text = f"broadcast({texts[node][0]})" if node.op == "number" else texts[node][0]
        lines += [f"    store({array}, {index}, {text})" for array, index in waiting.get(node, ())]


def _code(
    node: Expression, args: list[tuple[str, int]], leaves: Mapping[str, str]
) -> tuple[str, int]:
    """Python text of one node, and how tightly it binds."""
    if node.op == "number":
        return _float(node.value), 100 if node.value >= 0.0 else 70
    if node.op in ("name", "time"):
        return leaves[node.value] if node.op == "name" else "time", 100
    row = OPERATIONS[node.op]
    if node.op not in ("add", "sub", "mul", "div", "neg"):
        return f"{node.op}({', '.join(text for text, _ in args)})", 100
    if node.op == "neg":
        return "-" + _bracketed(args[0], row.binding), row.binding
    left, right = _bracketed(args[0], row.binding), _bracketed(args[1], row.binding + 1)
    return f"{left} {row.infix} {right}", row.binding


def _bracketed(text: tuple[str, int], least: int) -> str:
    return text[0] if text[1] >= least else f"({text[0]})"


def _float(number: float) -> str:
    if number != number:
        return "nan"
    return {float("inf"): "inf", float("-inf"): "-inf"}.get(number, repr(float(number)))


def _factor(system: System) -> str:
    """J - g M = L U, an entry a line: L without its unit diagonal, U with its diagonal inverted.

    M is 1 on the diagonal where there is a rate, and 0 for an implicit quantity.

    Behind them, by how many times the pivots together are smaller than g: there are no row
    exchanges, so a pivot that has lost its digits must be seen.
    """
    plan = system.elimination
    place = {unknown: at for at, unknown in enumerate(plan.order)}
    known = {(place[i], place[j]): at for at, (i, j) in enumerate(system.jacobian)}
    left: dict[int, set[int]] = {row: set() for row in place.values()}
    above: dict[int, set[int]] = {column: set() for column in place.values()}
    for row, column in plan.entries:
        left[row].add(column)
        above[column].add(row)
    lines = [f"def factor({FUNCTIONS['factor']}):", "    diagonal = load(g, 0)"]
    for at, (row, column) in enumerate(plan.entries):
        text = f"load(jac, {known[row, column]})" if (row, column) in known else ""
        moving = plan.order[row] < system.differential
        text += " - diagonal" if row == column and moving else ""
        for k in sorted(left[row] & above[column]):
            if k < min(row, column):
                text += f" - a{row}_{k} * a{k}_{column}"
        text = f"-{text.removeprefix(' - ')}" if text.startswith(" - ") else text
        if column < row:
            text = f"({text}) * a{column}_{column}"
        elif column == row:
            if not text:
                raise ModelError(
                    f"nothing determines '{system.states[plan.order[row]]}': the constraint that "
                    "should does not depend on it; mend the algebraic rule"
                )
            text = f"1.0 / ({text})"
        lines.append(f"    a{row}_{column} = {text}")
        lines.append(f"    store(lu, {at}, a{row}_{column})")
    pivots = " + ".join(
        f"absolute(a{row}_{row})" for row, i in enumerate(plan.order) if i < system.differential
    )
    lines.append(f"    store(lu, {len(plan.entries)}, diagonal * ({pivots or '0.0'}))")
    return "\n".join(lines) + "\n"


def _solve(system: System) -> str:
    """Forward and backward substitution, an unknown a line."""
    plan = system.elimination
    lower: dict[int, list[str]] = {row: [] for row in range(len(plan.order))}
    upper: dict[int, list[str]] = {row: [] for row in range(len(plan.order))}
    inverse = {}
    for at, (row, column) in enumerate(plan.entries):
        if row == column:
            inverse[row] = f"load(lu, {at})"
        else:
            part = lower if column < row else upper
            part[row].append(f" - load(lu, {at}) * {'b' if column < row else 'k'}{column}")
    lines = [f"def solve({FUNCTIONS['solve']}):"]
    for row, i in enumerate(plan.order):
        lines.append(f"    b{row} = -load(f, {i}) - load(s, {i}){''.join(lower[row])}")
    for row in reversed(range(len(plan.order))):
        lines.append(f"    k{row} = (b{row}{''.join(upper[row])}) * {inverse[row]}")
    lines += [f"    store(k, {i}, k{row})" for row, i in enumerate(plan.order)] or ["    pass"]
    return "\n".join(lines) + "\n"
