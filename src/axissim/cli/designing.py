"""The runs that a command line asks for: a grid, draws, a table, or virtual people."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axissim.cli import grammar
from axissim.cli.question import Asked

if TYPE_CHECKING:
    import xarray as xr

    from axissim.model.model import Model

RUNS = 1000  # drawn unless told otherwise


def designed(
    model: Model,
    given: grammar.Settings,
    table: Path | None,
    n: int | None,
    seed: int,
    sampler: str,
    actions: Sequence[Any] = (),
    people: dict[str, Any] | None = None,
) -> xr.Dataset:
    """The runs asked for; ValueError if they are none, or a mixture."""
    from axissim.study import design
    from axissim.study.plan import variables
    from axissim.study.timetable import members

    persons = "virtual people"
    kinds = {
        "a grid": bool(given.axes),
        "draws": bool(given.drawn),
        "a table": table is not None,
        persons: people is not None,
    }
    wanted = [kind for kind, asked_for in kinds.items() if asked_for]
    by_id = members(actions)
    if not wanted and by_id.sizes and n is None:
        return by_id
    if len(wanted) != 1:
        said = f"not both {' and '.join(wanted)}" if wanted else "-p ID=1:20:50, say"
        raise ValueError(f"a sweep is a grid, draws, a table or virtual people; {said}")
    if n is not None and wanted[0] not in ("draws", persons):
        raise ValueError(f"-n is for draws; {wanted[0]} says itself how many runs it has")
    if given.axes:
        found = design.grid(given.axes)
    elif table is not None:
        found = design.table(table)
    elif people is not None:
        runs = RUNS if n is None else n
        found = design.population(model.id, n=runs, seed=seed, people=people, sampler=sampler)
    else:
        kinds_of = {key: drawn_around(model, key, text) for key, text in given.drawn.items()}
        _advise(model, kinds_of)
        found = design.sample(kinds_of, n=RUNS if n is None else n, seed=seed, sampler=sampler)
    for key in (found.data_vars.keys() | found.indexes.keys()) - {"sample"} - variables(actions):
        model.part(str(key))
    return found


def drawn_around(model: Model, key: str, text: str) -> Any:
    """The distribution that a text says; ``k*`` before it is the model's own value of k."""
    from axissim.study.distribution import distribution

    head, sign, rest = text.partition("*")
    if not sign or head.strip() != key:
        return distribution(text)
    value = _value(model, key)
    if value is None:
        raise ValueError(f"-p '{key}~{text}': the model has no number for '{key}' to draw around")
    return value * distribution(rest.strip())


def _value(model: Model, key: str) -> float | None:
    part = model.part(key)
    formula = getattr(part, "initial", None) or getattr(part, "value", None)
    return float(formula.value) if formula is not None and formula.op == "number" else None


def _advise(model: Model, kinds: dict[str, Any]) -> None:
    """Say so where draws lie far from the model's own value: a factor was meant, perhaps."""
    for key, kind in kinds.items():
        value = _value(model, key) if key in model.by_id else None
        if value and kind.kind == "lognormal" and not 0.1 <= kind.median / value <= 10.0:
            print(
                f"note: half of {key} ~ {kind} lies below {kind.median:g}, and the model's own "
                f"value is {value:g}; '{key}~{key}*{kind}' draws around that",
                file=sys.stderr,
            )


def fits(question: Asked, design: xr.Dataset) -> None:
    """Refuse a sweep that would not fit in memory, rather than be killed half way."""
    runs = math.prod(design.sizes.values())
    points = question.times[2] if isinstance(question.times, tuple) else len(question.times)
    model = question.model
    outputs = len(question.outputs or [*model.states, *model.observables])
    need = 8 * runs * points * outputs
    try:
        room = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return
    if need > 0.8 * room:
        raise ValueError(
            f"{runs:,} runs of {points:,} times and {outputs} outputs take {need / 1e9:.1f} GB, "
            f"and this machine has {room / 1e9:.1f}; keep fewer times or outputs, or sweep in parts"
        )
