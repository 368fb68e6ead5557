"""Steady states: where a model rests, whether it is stable, and whether there are others."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.field.approach import (
    DRIVEN,
    NONE,
    STEADY,
    UNSTABLE,
    WORDS,
    Approach,
    approach,
)
from axissim.analysis.field.laws import told
from axissim.analysis.field.setting import (
    Setting,
    described,
    flags,
    frame,
    in_time,
    labels,
    per_time,
    setting,
    values_of,
)
from axissim.analysis.field.starts import every_rest
from axissim.model.model import Model, ModelError

if TYPE_CHECKING:
    import xarray as xr

Variables = dict[str, Any]  # dimensions, values and attributes, by name
_OWN = ("status", "eigenvalue_real", "eigenvalue_imag", "time_constant", "after", "mode", "rest")
_FATES = flags("what the run came to", WORDS)


def steady_state(
    model: Model,
    design: xr.Dataset | None = None,
    *,
    params: Mapping[str, float] | None = None,
    init: Mapping[str, float] | None = None,
    outputs: Sequence[str] | None = None,
    t_start: float = 0.0,
    span: float | None = None,
    tol: float = 1e-11,
    several: bool = False,
    starts: int = 64,
    seed: int | np.random.Generator = 0,
    threads: int | None = None,
) -> xr.Dataset:
    """Where `model` comes to rest, of each parameter set.

    A run is followed until it is near a state at which nothing changes and that draws it in;
    Newton's method with the analytic Jacobian then finds that state to rounding.  Sums that the
    equations conserve keep the value that they have at the start.

    Parameters
    ----------
    design : xarray.Dataset, optional
        Parameter sets and starts, as for `axissim.sweep`.
    params, init : mapping, optional
        Values in place of the model's own; of parameters, and of states at the start.
    outputs : sequence of str, optional
        Ids to keep; left out, all that moves.
    t_start : float
        When the run starts, in the model's time unit.
    span : float, optional
        How long to follow a run at first; left out, ten of the model's middling time constants.
        What does not rest by then is followed 5 times as long, up to ten times.
    tol : float
        Newton's last move, for states of size 1.
    several : bool
        Look for every steady state that holds the same conserved sums, from `starts` random starts;
        where the run has no state below zero, none of those is kept.
    starts, seed
        For `several`.
    threads : int, optional

    Returns
    -------
    xarray.Dataset
        Outputs over the design's dimensions (and ``rest`` with `several`), NaN where there is no
        rest; ``status`` (steady, unstable, periodic, none, failed, driven), eigenvalues without
        those of conserved sums, rightmost first, over ``mode``; ``time_constant``, the slowest;
        ``after``, how long it took to settle this.  The attribute ``conserved`` tells the sums.

        ``driven``: rates change with the clock, so that there is no rest.  ``periodic``: the run
        swings for ever, as far as it was followed.  ``none``: it neither rests nor repeats itself.

    Raises
    ------
    ModelError
        One line that says what is wrong and how to mend it.
    """
    asked = setting(model, design, params, init, outputs, t_start)
    if not tol > 0.0 or (span is not None and not span > 0.0):
        raise ModelError("tol and span are above 0")
    found = approach(asked, tol, span, threads)
    config = {"analysis": "steady_state", "tol": tol, "t_start": t_start, "several": several}
    if several:
        if starts < 1:
            raise ModelError("several steady states need at least one start; give starts=64")
        return _many(asked, found, tol, starts, np.random.default_rng(seed), config)
    return _dataset(asked, found, config)


def _dataset(asked: Setting, found: Approach, config: Mapping[str, Any]) -> xr.Dataset:
    """One rest a run."""
    into: Variables = {}
    shape, dims = asked.question.shape, asked.question.dims
    named, runs = labels(asked, _OWN), range(asked.count)
    rows = [_outputs(asked, found, run, found.x[run : run + 1]) for run in runs]
    for key, name in named.items():
        column = np.array([row[key][0] for row in rows])
        into[name] = (dims, column.reshape(shape), described(asked, key))
    width = max((len(values) for values in found.values), default=0)
    values = _padded(found.values, width).reshape(*shape, width)
    _spectrum(into, values, asked, dims)
    into["status"] = (dims, found.status.astype(np.int8).reshape(shape), _FATES)
    told = in_time(asked, "how long the run was followed")
    into["after"] = (dims, found.after.reshape(shape), told)
    return _finished(asked, found, config, into)


def _many(
    asked: Setting, found: Approach, tol: float, starts: int, rng: Any, config: Mapping[str, Any]
) -> xr.Dataset:
    """All rests of each run, those the start leads to first."""
    into: Variables = {}
    dims = (*asked.question.dims, "rest")
    all_x, all_values, all_status = [], [], []
    for run in range(asked.count):
        if found.status[run] == DRIVEN:  # what is still at one moment is not at the next
            x, values, status = found.x[run : run + 1], [np.array([])], np.array([DRIVEN])
        else:
            x, values, stable = every_rest(asked, found, run, tol, starts, rng)
            status = np.where(stable, STEADY, UNSTABLE)
        all_x.append(x)
        all_values.append(values)
        all_status.append(status)
    most = max((len(x) for x in all_x), default=0)
    shape = (*asked.question.shape, most)
    rows = [_outputs(asked, found, run, x) for run, x in enumerate(all_x)]
    for key, name in labels(asked, _OWN).items():
        column = np.full((asked.count, most), np.nan)
        for run, row in enumerate(rows):
            column[run, : len(row[key])] = row[key]
        into[name] = (dims, column.reshape(shape), described(asked, key))
    width = max((len(v) for values in all_values for v in values), default=0)
    spectra = np.full((asked.count, most, width), np.nan + 0j)
    status = np.full((asked.count, most), NONE)
    for run in range(asked.count):
        spectra[run, : len(all_x[run])] = _padded(all_values[run], width)
        status[run, : len(all_x[run])] = all_status[run]
    _spectrum(into, spectra.reshape(*shape, width), asked, dims)
    into["status"] = (dims, status.astype(np.int8).reshape(shape), _FATES)
    return _finished(asked, found, config, into)


def _finished(
    asked: Setting, found: Approach, config: Mapping[str, Any], into: Variables
) -> xr.Dataset:
    ds = frame(asked, config).assign(into)
    return ds.assign_attrs(conserved=json.dumps(_conserved(asked, found)))


def _outputs(asked: Setting, found: Approach, run: int, x: Any) -> dict[str, Any]:
    inputs = np.repeat(asked.inputs[run : run + 1], len(x), axis=0)
    after = found.after[run]
    time = asked.field.start + (after if np.isfinite(after) else 0.0)
    values = values_of(asked, x, found.q[run : run + 1], inputs, time, np.zeros((len(x), 0)))
    lost = np.isnan(x).any(axis=1)
    return {key: np.where(lost, np.nan, value) for key, value in values.items()}


def _padded(rows: Sequence[Any], width: int) -> Any:
    out = np.full((len(rows), width), np.nan + 0j)
    for at, row in enumerate(rows):
        out[at, : len(row)] = row
    return out


def _spectrum(into: Variables, values: Any, asked: Setting, dims: tuple[str, ...]) -> None:
    """Eigenvalues, and the slowest time constant."""
    for part, numbers in (("real", values.real), ("imag", values.imag)):
        told_as = per_time(asked, f"eigenvalues, {part} part")
        into[f"eigenvalue_{part}"] = ((*dims, "mode"), numbers, told_as)
    rightmost = values.real[..., 0] if values.shape[-1] else np.full(values.shape[:-1], np.nan)
    with np.errstate(divide="ignore"):
        slowest = np.where(rightmost < 0.0, -1.0 / rightmost, np.nan)
    into["time_constant"] = (dims, slowest, in_time(asked, "slowest time constant"))


def _conserved(asked: Setting, found: Approach) -> list[str]:
    """The conserved sums of the first run, in words."""
    rows = next((rows for rows in found.conserved if len(rows)), np.zeros((0, 0)))
    return told(rows, asked.field.opened.movers, found.begun[0])
