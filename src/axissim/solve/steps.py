"""One step of a group of lanes, as text unrolled from a tableau.

Looping over a tableau at run time costs 10 to 15 % of a step; written out, the weights become
constants and a zero costs nothing.
"""

from __future__ import annotations

from axissim.solve.tableaus import Row, Tableau

_COMPILED = "@njit(error_model='numpy', forceinline=True)"


def step_text(tableau: Tableau) -> str:
    """Text of a module's functions for one method, made of those of `axissim.solve.stages`.

    ``take_step(m, w, t, h)`` goes from ``w.y`` to ``w.y1`` in every lane, with its ``w.error``.
    ``interpolants(task, n, h, k, d)`` stores the vectors of the dense output, of the states that
    are saved or read by what is.
    """
    return f"{_take_step(tableau)}\n\n{_interpolants(tableau)}"


def _clean(x: float) -> float:
    """A sum that is 0 or 1 but for rounding, made so: a stage must not look past the step."""
    return next((float(whole) for whole in (0, 1) if abs(x - whole) < 1e-12), float(x))


def _take_step(tableau: Tableau) -> str:
    lines = [_COMPILED, "def take_step(m, w, t, h):", "    n = m.states"]
    if tableau.implicit:
        lines += [
            "    inverse = 1.0 / h",
            f"    factorise(m, w, inverse / {tableau.gamma!r})",
            *_rosenbrock(tableau, 0),
        ]
    for stage in range(1, tableau.stages):
        lines += _sums(tableau, stage)
        lines += ["    constrain(m, w)"] if tableau.implicit else []
        lines.append(f"    look(w, t + {_clean(tableau.alpha[stage])!r} * h)")
        if tableau.implicit:
            lines += ["    rates(m, w, w.f)", *_rosenbrock(tableau, stage)]
        else:
            lines.append(f"    rates(m, w, moved(w.k, {stage} * n))")
    return "\n".join(lines + _finish(tableau)) + "\n"


def _rosenbrock(tableau: Tableau, stage: int) -> list[str]:
    slope = _clean(tableau.gammas[stage])
    lines = [f"    add_slope(m, w, {slope!r} * h)"] if slope else []
    return [*lines, f"    solve_stage(m, w, {stage})"]


def _sums(tableau: Tableau, stage: int) -> list[str]:
    """Where a stage is evaluated and, for a Rosenbrock method, what is added to the rates there."""
    a, c = tableau.a[stage], tableau.c[stage] if tableau.implicit else ()
    grown = tableau.implicit and stage > 1 and a == (*tableau.a[stage - 1], 1.0)
    used = [j for j in range(stage) if (c and c[j]) or (a[j] and not grown) or j == stage - 1]
    if grown:
        where = f"load(w.stage, i) + k{stage - 1}"
    elif tableau.implicit:
        where = f"load(w.y, i) + ({_sum(a)})"
    else:
        where = f"load(w.y, i) + h * ({_sum(a)})"
    lines = [
        "    for i in range(n):",
        *(f"        k{j} = load(w.k, {j} * n + i)" for j in used),
        f"        store(w.stage, i, {where})",
    ]
    return lines + ([f"        store(w.shift, i, ({_sum(c)}) * inverse)"] if c else [])


def _finish(tableau: Tableau) -> list[str]:
    """The new value and its estimated error."""
    last, scale = tableau.stages - 1, "" if tableau.implicit else "h * "
    if tableau.implicit and tableau.solution == (*tableau.a[last], 1.0):
        value = f"load(w.stage, i) + k{last}"
    elif tableau.first_same_as_last:
        value = "load(w.stage, i)"
    else:
        value = f"load(w.y, i) + {scale}({_sum(tableau.solution)})"
    error = f"{scale}({_sum(tableau.error)})"
    used = [j for j in range(last + 1) if f"k{j}" in f"{value} {error}"]
    return [
        "    for i in range(n):",
        *(f"        k{j} = load(w.k, {j} * n + i)" for j in used),
        f"        store(w.y1, i, {value})",
        f"        store(w.error, i, {error})",
    ]


def _interpolants(tableau: Tableau) -> str:
    scale = "" if tableau.implicit else "h * "
    lines = [
        _COMPILED,
        "def interpolants(task, n, h, k, d):",
        "    for o in range(n if task.whole else task.width):",
        "        i = o if task.whole else task.picked[o]",
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
