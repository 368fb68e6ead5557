"""Branches of cycles as variables of a Dataset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.continuation.beginning import Beginning
from axissim.analysis.continuation.cycles import TURNS, Tube
from axissim.analysis.continuation.wording import OWN
from axissim.analysis.field.setting import described, flags, in_time, labels, values_of
from axissim.analysis.orbit.multipliers import is_attracting

if TYPE_CHECKING:
    from axissim.analysis.orbit.collocation import Collocation

_FINE = 8  # places in each interval at which extremes are looked for


def cycles(into: dict[str, Any], begun: Beginning, key: str, tubes: Sequence[Tube]) -> None:
    """Add every cycle that was followed: dimensions, values and attributes, by name."""
    every = [(at, tube, i) for at, tube in enumerate(tubes) for i in range(len(tube.w))]
    solved = [(tube.of[i], tube.w[i]) for _, tube, i in every]
    split = [of.split(w) for of, w in solved]
    free = [begun.of.parameters(one[2])[0] for one in split]
    values = [tube.values[i] for _, tube, i in every]
    kinds = [tube.kinds[i] for _, tube, i in every]
    columns: dict[str, tuple[Any, dict[str, Any]]] = {
        "cycle": (
            np.array([at for at, _, _ in every], np.int64),
            {"long_name": "branch of cycles"},
        ),
        f"cycle_{key}": (np.array(free, float), described(begun.asked, key)),
        "cycle_period": (
            np.array([one[1] for one in split], float),
            in_time(begun.asked, "period"),
        ),
        "cycle_stable": (
            np.array([is_attracting(v) for v in values], np.int8),
            {"long_name": "whether it is stable", "flag_values": [0, 1], "flag_meanings": "no yes"},
        ),
        "cycle_label": (
            np.array(kinds, np.int8),
            flags("what the cycle is; a torus lies just before it", TURNS),
        ),
    }
    for name, (numbers, attrs) in columns.items():
        into[name] = ("cycle_point", numbers, attrs)
    extremes = [_extremes(begun, of, w) for of, w in solved]
    for output, name in labels(begun.asked, (*OWN, key)).items():
        for bound in ("min", "max"):
            column = np.array([one[output][bound == "max"] for one in extremes], float)
            into[f"cycle_{bound}_{name}"] = ("cycle_point", column, described(begun.asked, output))
    width = max((len(v) for v in values), default=0)
    table = np.full((len(values), width), np.nan + 0j)
    for row, v in zip(table, values, strict=True):
        row[: len(v)] = v
    for part, numbers in (("real", table.real), ("imag", table.imag)):
        named = {"long_name": f"Floquet multipliers, {part} part"}
        into[f"multiplier_{part}"] = (("cycle_point", "multiplier"), numbers, named)


def _extremes(begun: Beginning, of: Collocation, w: Any) -> dict[str, tuple[float, float]]:
    """The least and greatest value of each output over a cycle."""
    x, _, free = of.split(w)
    inner = np.arange(_FINE) / _FINE
    places = (of.mesh.edges[:-1, None] + of.mesh.widths[:, None] * inner).ravel()
    movers = of.of.movers(of.mesh.at(x, places))
    inputs = np.repeat(begun.asked.inputs[:1], len(movers), axis=0)
    at = np.repeat(of.of.parameters(free)[None], len(movers), axis=0)
    past = of.past(w, places)
    values = values_of(begun.asked, movers, of.of.q, inputs, of.of.time, at, past)
    return {key: (float(np.min(v)), float(np.max(v))) for key, v in values.items()}
