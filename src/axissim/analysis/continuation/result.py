"""Branches and curves as a Dataset."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.continuation.beginning import Beginning
from axissim.analysis.continuation.branch import KINDS, Branch, unstable
from axissim.analysis.continuation.curves import CORNERS, Curve
from axissim.analysis.continuation.cycle_table import cycles
from axissim.analysis.continuation.cycles import Tube
from axissim.analysis.continuation.wording import OWN
from axissim.analysis.field.laws import told
from axissim.analysis.field.setting import (
    described,
    flags,
    frame,
    labels,
    per_time,
    values_of,
)
from axissim.analysis.field.spectrum import is_stable

if TYPE_CHECKING:
    import xarray as xr


Variables = dict[str, Any]  # dimensions, values and attributes, by name


def dataset(
    begun: Beginning,
    parameters: Sequence[str],
    branches: Sequence[Branch],
    curves: Sequence[Curve],
    tubes: Sequence[Tube],
) -> xr.Dataset:
    """Everything that was followed, labelled."""
    ranges = {
        key: [float(begun.of.free_base[i]), float(begun.of.free_base[i] + begun.of.free_scale[i])]
        for i, key in enumerate(parameters)
    }
    config = {"analysis": "continuation", "ranges": ranges}
    found: Variables = {}
    _points(found, begun, parameters[0], branches)
    _specials(found, begun, parameters[0], branches)
    if len(parameters) == 2:
        _curves(found, begun, parameters, curves)
    cycles(found, begun, parameters[0], tubes)
    conserved = told(begun.conserved, begun.asked.field.opened.movers, begun.begun)
    ds = frame(begun.asked, config, dims=()).assign(found).set_coords(parameters[0])
    if len(parameters) == 2:
        ds.attrs["second_value"] = float(begun.of.parameters(begun.free)[1])
    return ds.assign_attrs(
        parameter=parameters[0], parameters=json.dumps(parameters), conserved=json.dumps(conserved)
    )


def _points(into: Variables, begun: Beginning, key: str, branches: Sequence[Branch]) -> None:
    w = _stacked([w for branch in branches for w in branch.w], begun.of.r + 1)
    values = [v for branch in branches for v in branch.values]
    number = [at for at, branch in enumerate(branches) for _ in branch.w]
    kinds = [kind for branch in branches for kind in branch.kinds]
    _outputs(into, begun, "", "point", w, key)
    into["branch"] = ("point", np.array(number, np.int64), {"long_name": "branch"})
    into["stable"] = (
        "point",
        np.array([is_stable(v) for v in values], np.int8),
        {"long_name": "whether it is stable", "flag_values": [0, 1], "flag_meanings": "no yes"},
    )
    into["unstable"] = (
        "point",
        np.array([unstable(v) for v in values], np.int64),
        {"long_name": "eigenvalues to the right of 0"},
    )
    into["label"] = ("point", np.array(kinds, np.int8), flags("what the point is", KINDS))
    width = max((len(v) for v in values), default=0)
    table = np.full((len(values), width), np.nan + 0j)
    for row, v in zip(table, values, strict=True):
        row[: len(v)] = v
    for part, numbers in (("real", table.real), ("imag", table.imag)):
        named = per_time(begun.asked, f"eigenvalues, {part} part")
        into[f"eigenvalue_{part}"] = (("point", "mode"), numbers, named)


def _specials(into: Variables, begun: Beginning, key: str, branches: Sequence[Branch]) -> None:
    found = [(at, s) for at, branch in enumerate(branches) for s in branch.specials]
    w = _stacked([s.w for _, s in found], begun.of.r + 1)
    _outputs(into, begun, "special_", "special", w, key)
    columns: dict[str, tuple[Any, dict[str, Any]]] = {
        "kind": (
            np.array([s.kind for _, s in found], np.int8),
            flags("what the point is", KINDS),
        ),
        "branch": (np.array([at for at, _ in found], np.int64), {"long_name": "branch"}),
        "omega": (
            np.array([s.omega for _, s in found], float),
            per_time(begun.asked, "angular frequency of the cycles born"),
        ),
        "coefficient": (
            np.array([s.coefficient for _, s in found], float),
            {"long_name": "first Lyapunov coefficient of a Hopf point, quadratic one of a fold"},
        ),
        "exact": (
            np.array([s.exact for _, s in found], np.int8),
            {"long_name": "whether its defining equations are solved, not only bisected"},
        ),
    }
    for name, (values, attrs) in columns.items():
        into[f"special_{name}"] = ("special", values, attrs)


def _curves(
    into: Variables, begun: Beginning, parameters: Sequence[str], curves: Sequence[Curve]
) -> None:
    r = begun.of.r
    w = _stacked([w for curve in curves for w in curve.w], r + 2)
    _outputs(into, begun, "curve_", "curve_point", w, *parameters)
    kinds = ("fold", "hopf")
    columns: dict[str, tuple[Any, dict[str, Any]]] = {
        "curve": (_each(curves, lambda at, c: at, np.int64), {"long_name": "curve"}),
        "curve_kind": (
            _each(curves, lambda at, c: int(c.hopf), np.int8),
            flags("what the curve is of", kinds),
        ),
        "curve_corner": (
            np.array([kind for c in curves for kind in c.kinds], np.int8),
            flags("where it changes kind", CORNERS),
        ),
        "curve_omega": (
            np.array([omega for c in curves for omega in c.omega], float),
            per_time(begun.asked, "angular frequency of the cycles born"),
        ),
        "curve_coefficient": (
            np.array([value for c in curves for value in c.coefficient], float),
            {"long_name": "first Lyapunov coefficient of a Hopf point, quadratic one of a fold"},
        ),
    }
    for name, (values, attrs) in columns.items():
        into[name] = ("curve_point", values, attrs)


def _each(curves: Sequence[Curve], what: Any, dtype: Any) -> Any:
    return np.array([what(at, c) for at, c in enumerate(curves) for _ in c.w], dtype)


def _stacked(rows: Sequence[Any], width: int) -> Any:
    return np.array(rows, float).reshape(len(rows), width)


def _outputs(
    into: Variables, begun: Beginning, prefix: str, dim: str, w: Any, *parameters: str
) -> None:
    """Outputs and parameters at points (m, r + parameters)."""
    of, asked, r = begun.of, begun.asked, begun.of.r
    free = np.tile(begun.free, (len(w), 1))
    free[:, : len(parameters)] = w[:, r:]
    at = of.parameters(free)
    values: Mapping[str, Any] = {}
    if len(w):
        inputs = np.repeat(asked.inputs, len(w), axis=0)
        values = values_of(asked, of.movers(w[:, :r]), of.q, inputs, of.time, at)
    for i, key in enumerate(parameters):
        into[f"{prefix}{key}"] = (dim, at[:, i], described(asked, key))
    for key, name in labels(asked, (*OWN, *parameters)).items():
        into[f"{prefix}{name}"] = (dim, values.get(key, np.empty(0)), described(asked, key))
