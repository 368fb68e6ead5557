"""One step of a group of lanes: the text, unrolled from a tableau, that combines its stages.

Looping over a tableau at run time costs 10 to 15 % of a step; written out, the weights become
constants and a zero costs nothing.  What is written out is only the sums; how a step goes is
`axissim.solve.loop`.
"""

from __future__ import annotations

from axissim.solve.tableaus import Row, Tableau


def step_text(tableau: Tableau) -> str:
    """Text of a module's functions for one method.

    ``combine(stage, n, h, inverse_h, y, k, at, s)`` stores where a stage is evaluated in ``at``
    and, for a Rosenbrock method, what is added to the rates there in ``s``.
    ``finish(n, h, y, k, at, y1, error)`` stores the new value and its estimated error.
    ``interpolants(n, h, k, d)`` stores the vectors of the dense output.
    ``offset(stage)`` and ``slope(stage)`` are alpha and gamma of a stage.
    """
    return "\n\n".join(
        [
            _combine(tableau),
            _finish(tableau),
            _interpolants(tableau),
            _lookup("offset", [_clean(x) for x in tableau.alpha]),
            _lookup("slope", [_clean(x) for x in tableau.gammas]),
        ]
    )


def _clean(x: float) -> float:
    """A sum that is 0 or 1 but for rounding, made so: a stage must not look past the step."""
    return next((float(whole) for whole in (0, 1) if abs(x - whole) < 1e-12), float(x))


def _lookup(title: str, values: list[float]) -> str:
    lines = ["@njit(inline='always')", f"def {title}(stage):"]
    for at, value in enumerate(values[:-1]):
        lines += [f"    if stage == {at}:", f"        return {value!r}"]
    return "\n".join([*lines, f"    return {values[-1]!r}"]) + "\n"


def _combine(tableau: Tableau) -> str:
    lines = ["@njit(error_model='numpy')", "def combine(stage, n, h, inverse_h, y, k, at, s):"]
    for stage in range(1, tableau.stages):
        a, c = tableau.a[stage], tableau.c[stage] if tableau.implicit else ()
        grown = tableau.implicit and stage > 1 and a == (*tableau.a[stage - 1], 1.0)
        used = [j for j in range(stage) if (c and c[j]) or (a[j] and not grown) or j == stage - 1]
        lines += [
            f"    {'el' if stage > 1 else ''}if stage == {stage}:",
            "        for i in range(n):",
        ]
        lines += [f"            k{j} = load(k, {j} * n + i)" for j in used]
        if grown:
            where = f"load(at, i) + k{stage - 1}"
        elif tableau.implicit:
            where = f"load(y, i) + ({_sum(a)})"
        else:
            where = f"load(y, i) + h * ({_sum(a)})"
        lines.append(f"            store(at, i, {where})")
        if tableau.implicit:
            lines.append(f"            store(s, i, ({_sum(c)}) * inverse_h)")
    return "\n".join(lines) + "\n"


def _finish(tableau: Tableau) -> str:
    last = tableau.stages - 1
    head = ["@njit(error_model='numpy')", "def finish(n, h, y, k, at, y1, error):"]
    body = ["    for i in range(n):"]
    used = [j for j in range(last + 1) if tableau.error[j] or tableau.solution[j]]
    if tableau.implicit and tableau.solution == (*tableau.a[last], 1.0):
        body += [f"        k{last} = load(k, {last} * n + i)"]
        body += [f"        store(y1, i, load(at, i) + k{last})"]
        body += [f"        store(error, i, {_sum(tableau.error)})"]
    else:
        scale = "" if tableau.implicit else "h * "
        value = f"load(y, i) + {scale}({_sum(tableau.solution)})"
        value = "load(at, i)" if tableau.first_same_as_last else value
        body += [f"        k{j} = load(k, {j} * n + i)" for j in used]
        body += [f"        store(y1, i, {value})"]
        body += [f"        store(error, i, {scale}({_sum(tableau.error)}))"]
    return "\n".join(head + body) + "\n"


def _interpolants(tableau: Tableau) -> str:
    scale = "" if tableau.implicit else "h * "
    lines = [
        "@njit(error_model='numpy')",
        "def interpolants(n, h, k, d):",
        "    for i in range(n):",
    ]
    used = [j for j in range(tableau.stages) if any(row[j] for row in tableau.dense)]
    lines += [f"        k{j} = load(k, {j} * n + i)" for j in used]
    lines += [
        f"        store(d, {q} * n + i, {scale}({_sum(row)}))"
        for q, row in enumerate(tableau.dense)
    ]
    return "\n".join(lines) + "\n"


def _sum(weights: Row) -> str:
    """``w0 * k0 + w1 * k1 ...`` without the terms that are zero."""
    terms = [
        f"k{j}" if weight == 1.0 else f"{weight!r} * k{j}"
        for j, weight in enumerate(weights)
        if weight
    ]
    return " + ".join(terms)
