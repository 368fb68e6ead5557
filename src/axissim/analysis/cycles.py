"""Cycles: their period, phase, amplitude and stability; pulses in any course of time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.field.approach import Approach
from axissim.analysis.field.laws import told
from axissim.analysis.field.setting import (
    Setting,
    described,
    flags,
    frame,
    in_time,
    labels,
    setting,
    values_of,
)
from axissim.analysis.orbit.finding import Cycle, Repeat, around, exact, repeated, settled
from axissim.analysis.orbit.multipliers import is_attracting, multipliers
from axissim.analysis.pulses import pulses
from axissim.model.model import Model, ModelError
from axissim.solve.work import OK, STATUS

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["cycle", "pulses"]

_REPELS = 1.05  # a multiplier beyond this is no error of the mesh
_FINE = 24  # places in each interval at which extremes are looked for
_OWN = ("period", "period_error", "stable", "multiplier_real", "multiplier_imag", "exact", "mode")
SUMMARY = ("minimum", "maximum", "amplitude", "mean", "t_max", "t_min")


def cycle(
    model: Model,
    *,
    params: Mapping[str, float] | None = None,
    init: Mapping[str, float] | None = None,
    outputs: Sequence[str] | None = None,
    phase: str | None = None,
    points: int = 401,
    span: float | None = None,
    tol: float = 1e-7,
) -> xr.Dataset:
    """The cycle that a run of `model` settles on, exactly.

    A run is followed until it repeats itself; collocation at Gauss's points then solves for the
    cycle and its period on meshes that are made finer until the period stays.  Constant delays are
    part of it.  A model with events or algebraic rules, or a cycle that is one of a family (as
    where an energy is conserved), is only measured: its period is that of a run.

    Parameters
    ----------
    params, init : mapping, optional
        Values in place of the model's own; of parameters, and of states at the start.
    outputs : sequence of str, optional
        Ids to keep; left out, all that moves.
    phase : str, optional
        Of what the greatest value is at time 0; left out, of the first output.
    points : int
        At which the cycle is kept, first and last the same.
    span : float, optional
        How long to follow a run at first, as in `steady_state`.
    tol : float
        The relative change of the period from mesh to mesh that is small enough.

    Returns
    -------
    xarray.Dataset
        Outputs over ``time``, one period from the greatest value of `phase`; ``period``,
        ``period_error`` (the change with the last mesh), Floquet multipliers over ``mode`` (one is
        1), ``stable`` (0, and multipliers NaN, where that is not known: of a cycle that is only
        measured, or shorter than a delay); and of each output X ``X_minimum``, ``X_maximum``,
        ``X_amplitude`` (half their difference), ``X_mean``, ``X_t_max``, ``X_t_min``.

    Raises
    ------
    ModelError
        One line where the run comes to rest, fails, never repeats itself or is driven by a clock.
    """
    if points < 3 or not tol > 0.0:
        raise ModelError("points are 3 or more, and tol is above 0")
    asked = setting(model, None, params, init, outputs)
    keys = asked.question.outputs
    if phase is not None and phase not in keys:
        model.part(phase)
        raise ModelError(f"phase: '{phase}' is not among the outputs; ask for it")
    found = settled(asked, span)
    repeat = repeated(asked, found)
    one = _solved(asked, found, repeat, tol)
    config = {"analysis": "cycle", "tol": tol, "phase": phase or keys[0]}
    into: dict[str, Any] = {}
    late = asked.field.start + float(found.after[0])
    places, movers, past = _fine_course(one, repeat)
    values = _outputs(asked, found.q[:1], movers, past, late)
    period = one.period if one is not None else repeat.period
    top = _extreme(places, values[phase or keys[0]], one is not None)[0]
    _courses(into, asked, places, values, top, period, points)
    _summary(into, asked, places, values, top, period, one is not None)
    _facts(into, asked, one, period)
    laws = told(found.conserved[0], asked.field.opened.movers, found.begun[0])
    ds = frame(asked, config).assign(into).set_coords("time")
    return ds.assign_attrs(conserved=json.dumps(laws), phase=phase or keys[0])


def _solved(asked: Setting, found: Approach, repeat: Repeat, tol: float) -> Cycle | None:
    """The cycle by its equations; None where it can only be measured."""
    if asked.field.opened.has_events or asked.field.n > asked.field.d:
        return None
    one = exact(around(asked, found, repeat.course), repeat, tol)
    if one is None:
        return None
    values = multipliers(one.of, one.w)
    if np.isfinite(values).all() and np.abs(values).max(initial=0.0) > _REPELS:
        raise ModelError(
            f"'{asked.model.id}' settles on no cycle: it comes near one of period {one.period:.6g} "
            "again and again, but that is unstable"
        )
    return one


def _fine_course(one: Cycle | None, repeat: Repeat) -> tuple[Any, Any, Any]:
    """Places in the period, from 0 to 1, the movers there, and the delayed ones."""
    if one is None:
        course = repeat.course
        return np.linspace(0.0, 1.0, len(course)), course, None
    mesh = one.of.mesh
    inner = np.arange(_FINE) / _FINE
    places = np.r_[(mesh.edges[:-1, None] + mesh.widths[:, None] * inner).ravel(), 1.0]
    x, _, _ = one.of.split(one.w)
    return places, one.of.of.movers(mesh.at(x, places)), one.of.past(one.w, places)


def _outputs(asked: Setting, q: Any, x: Any, past: Any, time: float) -> dict[str, Any]:
    inputs = np.repeat(asked.inputs[:1], len(x), axis=0)
    found = values_of(asked, x, q, inputs, time, np.zeros((len(x), 0)), past)
    return {key: np.broadcast_to(y, (len(x),)) for key, y in found.items()}


def _extreme(places: Any, y: Any, smooth: bool) -> tuple[float, float]:
    """Where a periodic course is greatest, and how great; by a parabola where it is smooth."""
    at = int(np.argmax(y[:-1]))
    if not smooth:
        return float(places[at]), float(y[at])
    count = len(y) - 1
    left, right = (at - 1) % count, (at + 1) % count
    x0 = places[left] - (left > at)
    x1, x2 = places[at], places[right] + (right < at)
    y0, y1, y2 = y[left], y[at], y[right]
    below = (x1 - x0) * (y1 - y2) - (x1 - x2) * (y1 - y0)
    if below == 0.0:
        return float(x1), float(y1)
    top = x1 - 0.5 * ((x1 - x0) ** 2 * (y1 - y2) - (x1 - x2) ** 2 * (y1 - y0)) / below
    weights = [
        (top - x1) * (top - x2) / ((x0 - x1) * (x0 - x2)),
        (top - x0) * (top - x2) / ((x1 - x0) * (x1 - x2)),
        (top - x0) * (top - x1) / ((x2 - x0) * (x2 - x1)),
    ]
    return float(top), float(np.dot(weights, [y0, y1, y2]))


def _courses(
    into: dict[str, Any],
    asked: Setting,
    places: Any,
    values: Mapping[str, Any],
    top: float,
    period: float,
    points: int,
) -> None:
    from scipy.interpolate import PchipInterpolator

    times = np.linspace(0.0, 1.0, points)
    at = (times + top) % 1.0
    into["time"] = ("time", times * period, in_time(asked, "time"))
    for key, name in labels(asked, _OWN).items():
        y = values[key]
        into[name] = ("time", PchipInterpolator(places, y)(at), described(asked, key))


def _summary(
    into: dict[str, Any],
    asked: Setting,
    places: Any,
    values: Mapping[str, Any],
    top: float,
    period: float,
    smooth: bool,
) -> None:
    """Ranges and phases of each output."""
    for key, name in labels(asked, _OWN).items():
        y, about = values[key], described(asked, key)
        (at, high), (low_at, low) = _extreme(places, y, smooth), _extreme(places, -y, smooth)
        mean = np.sum(0.5 * (y[1:] + y[:-1]) * np.diff(places))
        when = [((place - top) % 1.0) * period for place in (at, low_at)]
        when = [0.0 if period - t < 1e-9 * period else t for t in when]
        row = (-low, high, 0.5 * (high + low), mean, *when)
        for word, number in zip(SUMMARY, row, strict=True):
            said = f"{about['long_name']}: {word.replace('_', ' ')}"
            unit = in_time(asked, said) if word.startswith("t_") else about
            kept = {k: v for k, v in unit.items() if k == "units"}
            into[f"{name}_{word}"] = ((), number, {"long_name": said, **kept})


def _facts(into: dict[str, Any], asked: Setting, one: Cycle | None, period: float) -> None:
    values = multipliers(one.of, one.w) if one is not None else np.array([np.nan + 0j])
    into["period"] = ((), period, in_time(asked, "period"))
    error = one.error if one is not None else np.nan
    into["period_error"] = ((), error, {"long_name": "relative change of the period with the mesh"})
    for part, numbers in (("real", values.real), ("imag", values.imag)):
        into[f"multiplier_{part}"] = (
            "mode",
            numbers,
            {"long_name": f"Floquet multipliers, {part} part"},
        )
    stable = is_attracting(values)
    into["stable"] = (
        (),
        np.int8(stable),
        {"long_name": "whether all multipliers but one lie inside"},
    )
    into["status"] = ((), np.int8(OK), flags("how the run ended", STATUS))
    into["exact"] = (
        (),
        np.int8(one is not None),
        {"long_name": "whether equations were solved, not only a run measured"},
    )
