"""Text of the LU factorisation block by block, in which blocks that are equal are done once.

A model beside its derivatives has the Jacobian [[J, 0], [H, J]]: only J is factorised, and once; H
is multiplied with, and makes no fill.
"""

from __future__ import annotations

from dataclasses import dataclass

from axissim.compile.system import System
from axissim.model.expression import Expression


@dataclass(frozen=True)
class _Factors:
    """Lines of code, the variable of each entry of L + U, and where each variable is stored."""

    lines: list[str]
    variables: dict[tuple[int, int], str]
    slots: dict[str, int]


def factor_blocks(system: System, heading: str) -> str:
    """As `axissim.compile.emit.emit` has ``factor``, each different entry a line."""
    plan, found = system.elimination, _factors(system)
    lines = [heading, "    diagonal = load(g, 0)"]
    for line, (variable, at) in zip(found.lines, found.slots.items(), strict=True):
        lines += [line, f"    store(lu, {at}, {variable})"]
    pivots = " + ".join(f"absolute({found.variables[row, row]})" for row in range(len(plan.order)))
    lines.append(f"    store(lu, {len(plan.entries)}, diagonal * ({pivots or '0.0'}))")
    return "\n".join(lines) + "\n"


def solve_blocks(system: System, heading: str) -> str:
    """As `axissim.compile.emit.emit` has ``solve``, a block after the other."""
    plan, found = system.elimination, _factors(system)
    rows = range(len(plan.order))
    before: dict[int, str] = dict.fromkeys(rows, "")
    behind: dict[int, str] = dict.fromkeys(rows, "")
    for row, column in plan.entries:
        part = f" - load(lu, {found.slots[found.variables[row, column]]}) * "
        if plan.blocks[row] != plan.blocks[column]:
            before[row] += f"{part}k{column}"
        elif column < row:
            before[row] += f"{part}b{column}"
        elif column > row:
            behind[row] += f"{part}k{column}"
    lines = [heading]
    for first in sorted(set(plan.blocks)):
        block = [row for row in rows if plan.blocks[row] == first]
        for row in block:
            i = plan.order[row]
            lines.append(f"    b{row} = -load(f, {i}) - load(s, {i}){before[row]}")
        for row in reversed(block):
            inverse = f"load(lu, {found.slots[found.variables[row, row]]})"
            lines.append(f"    k{row} = (b{row}{behind[row]}) * {inverse}")
    lines += [f"    store(k, {i}, k{row})" for row, i in enumerate(plan.order)]
    return "\n".join(lines) + "\n"


def _factors(system: System) -> _Factors:
    """Each entry by its formula of others; two of one formula are one variable."""
    plan = system.elimination
    place = {unknown: at for at, unknown in enumerate(plan.order)}
    first: dict[Expression, int] = {}  # the first of the entries that are the same expression
    for at, entry in enumerate(system.jacobian.values()):
        first.setdefault(entry, at)
    known = {(place[i], place[j]): first[e] for (i, j), e in system.jacobian.items()}
    inside = {(i, j) for i, j in plan.entries if plan.blocks[i] == plan.blocks[j]}
    variables: dict[tuple[int, int], str] = {}
    texts: dict[str, str] = {}
    for row, column in plan.entries:
        text = f"load(jac, {known[row, column]})" if (row, column) in known else ""
        if (row, column) in inside:
            text += " - diagonal" if row == column else ""
            for k in range(plan.blocks[row], min(row, column)):
                if (row, k) in inside and (k, column) in inside:
                    text += f" - {variables[row, k]} * {variables[k, column]}"
            text = f"-{text.removeprefix(' - ')}" if text.startswith(" - ") else text
            if column < row:
                text = f"({text}) * {variables[column, column]}"
            elif column == row:
                text = f"1.0 / ({text})"
        variables[row, column] = texts.setdefault(text, f"a{row}_{column}")
    lines = [f"    {variable} = {text}" for text, variable in texts.items()]
    return _Factors(lines, variables, {v: at for at, v in enumerate(texts.values())})
