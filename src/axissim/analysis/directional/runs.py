"""Runs of a model with its derivatives, as arrays: values, derivatives, and how each run ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from axissim.analysis.directional.posed import Posed, Solving, parts_of, pose, stepped
from axissim.analysis.directional.values import values_of
from axissim.model.model import Model, ModelError
from axissim.solve.work import NOT_RUN, OK
from axissim.study.choice import runs_of
from axissim.study.jumps import Jumps, Series, jumps_of
from axissim.study.protocol import read
from axissim.study.solving import solved
from axissim.study.steady_doses import protocol_series

_SPREAD = 0.01  # enough to see whether a rate jumps only by chance not at the model's own values
_MOST_NUMBERS = 20_000_000  # of a part of the runs: 160 MB


class Derived(NamedTuple):
    """What runs gave.

    Attributes
    ----------
    values : (sets, times, outputs) array
    jacobian : (sets, times, outputs, directions) array
    status : (sets, directions) array of int8
        How the run ended that gave the derivatives: see `axissim.solve.work.STATUS`.
    record : dict
        ``n_steps``, ``n_rejected``, ``t_fail``, ``method``, each (sets, directions).
    complete : bool
        False if interrupted.
    """

    values: Any
    jacobian: Any
    status: Any
    record: Mapping[str, Any]
    complete: bool


class Sensitivities:
    """Values and derivatives of outputs at many sets of values, for callers that ask often.

    Everything that does not depend on the values is done once, here; a call is a sweep.

    Parameters
    ----------
    model : Model
    parameters : sequence of str
        Ids of parameters, and of states, whose value at the start is meant.
    times : (T,) array
        When to look; the first is where the run starts.
    outputs : sequence of str
    params, init : mapping, optional
        Values of what does not vary, in place of the model's own.
    protocol : optional
        As `axissim.simulate` has it; alike for all sets.
    method, rtol, atol, max_steps
        As `axissim.simulate` has them; `atol` holds for a derivative times its parameter.
    threads : int, optional

    Raises
    ------
    ModelError
        One line that says what is wrong and how to mend it.
    """

    def __init__(
        self,
        model: Model,
        parameters: Sequence[str],
        times: Any,
        outputs: Sequence[str],
        *,
        params: Mapping[str, float] | None = None,
        init: Mapping[str, float] | None = None,
        protocol: Any = (),
        method: str = "auto",
        rtol: float = 1e-6,
        atol: float | Mapping[str, float] | None = None,
        max_steps: int = 100_000,
        threads: int | None = None,
    ) -> None:
        import xarray as xr

        self.solving = Solving(method, rtol, atol, max_steps, threads)
        given = {**(params or {}), **(init or {})}
        times = np.asarray(times, float)
        self.parameters = tuple(parameters)
        actions, design = read(protocol), xr.Dataset()
        told = (times, outputs, given, actions)
        parts = parts_of(model, self.parameters, design, *told, _SPREAD)
        values = values_of(model, self.parameters, design, given, float(times[0]))
        self.parts = [
            _Part(
                pose(
                    model, part, design.assign({k: v for k, v in values.items() if k not in part}),
                    *told, self.solving, _SPREAD,
                ),
                self.parameters,
            )
            for part in parts
        ]  # fmt: skip

    def __call__(self, values: Any) -> tuple[Any, Any, Any]:
        """Solve at N sets of values of the P parameters.

        Parameters
        ----------
        values : (N, P) array

        Returns
        -------
        (N, T, O), (N, T, O, P), (N,) arrays
            Values, their derivatives, and whether all went well; NaN where not.
        """
        found = self.derived(values)
        return found.values, found.jacobian, np.all(found.status == OK, axis=1)

    def derived(self, values: Any) -> Derived:
        """The same with all that is known of the runs."""
        values = np.asarray(values, float)
        if values.ndim != 2 or values.shape[1] != len(self.parameters):
            raise ModelError(
                f"values have the shape {values.shape}; give (sets, {len(self.parameters)})"
            )
        order = [self.parameters.index(k) for part in self.parts for k in part.posed.directions]
        return joined([part.derived(values, self.solving) for part in self.parts], order)


class _Part:
    """Runs along some of the directions, whose design is filled in anew."""

    def __init__(self, posed: Posed, parameters: Sequence[str]) -> None:
        self.posed = posed
        self._row = posed.question.design[: posed.turns]
        at = {key: i for i, key in enumerate(posed.columns)}
        self._columns = [at[key] for key in parameters]
        line = posed.plan.timeline
        moves = bool(line.resets or line.steadies)  # jumps that depend on the values
        self._jumps = None if moves else jumps(posed, 1)

    def derived(self, values: Any, solving: Solving) -> Derived:
        matrix = np.tile(self._row, (len(values), 1))
        matrix[:, self._columns] = np.repeat(values, self.posed.turns, axis=0)
        matrix = stepped(self.posed, matrix)
        question = replace(self.posed.question, design=matrix)
        return derived(replace(self.posed, question=question), solving, self._jumps)


def joined(parts: Sequence[Derived], places: Sequence[int]) -> Derived:
    """Parts, each along some directions, put together; values are those of the first.

    Parameters
    ----------
    places : sequence of int
        Where each direction of the first part belongs, of the second, ...
    """
    if len(parts) == 1:
        return parts[0]
    turn = np.argsort(places)

    def along(axis: int, arrays: Sequence[Any]) -> Any:
        return np.take(np.concatenate(arrays, axis), turn, axis)

    return Derived(
        parts[0].values,
        along(3, [part.jacobian for part in parts]),
        along(1, [part.status for part in parts]),
        {key: along(1, [part.record[key] for part in parts]) for key in parts[0].record},
        all(part.complete for part in parts),
    )


def nothing(values: Any, count: int) -> Derived:
    """Room for the derivatives of values (sets, times, outputs) along `count` directions."""
    each = (len(values), count)
    record = {
        "n_steps": np.zeros(each, np.int64),
        "n_rejected": np.zeros(each, np.int64),
        "t_fail": np.full(each, np.nan),
        "method": np.zeros(each, np.int8),
    }
    jacobian = np.full((*values.shape, count), np.nan)
    return Derived(values, jacobian, np.zeros(each, np.int8), record, True)


def derived(
    posed: Posed,
    solving: Solving,
    known: Jumps | None = None,
    watch: Callable[[int], None] | None = None,
) -> Derived:
    """Solve the runs of `posed`, part by part; `known` are jumps that all runs share."""
    p, question, turns = len(posed.directions), posed.question, posed.turns
    sets, points, width = (
        len(question.design) // turns,
        len(question.times),
        len(posed.made.outputs),
    )
    whole = nothing(np.full((sets, points, width), np.nan), p)
    each = turns * points * len(question.outputs)
    most = max(1, _MOST_NUMBERS // max(each, 1))
    if known is None:
        known = jumps(posed, len(question.design))
    for first in range(0, sets, most):
        part = slice(first, min(first + most, sets))
        told = (lambda done, first=first: watch(first * turns + done)) if watch else None
        complete = _part(posed, solving, known, part, whole, told)
        whole = whole._replace(complete=complete)
        if not complete:
            break
    return whole


def _part(
    posed: Posed, solving: Solving, known: Jumps, part: slice, whole: Derived, watch: Any
) -> bool:
    """Solve the sets `part`, into `whole`; whether all were run."""
    question, choice, turns = posed.question, posed.choice, posed.turns
    rows = slice(part.start * turns, part.stop * turns)
    runs = runs_of(
        question, question.design[rows], question.times, question.picked, choice.rtol,
        choice.atol, choice.max_steps,
    )  # fmt: skip
    count = len(runs.status)
    first, last = known.jump_first, known.jump_last
    if len(first) == 1:
        first, last = (np.full(count, ends[0]) for ends in (first, last))
    else:
        first, last = first[rows], last[rows]
    runs = runs._replace(**known._replace(jump_first=first, jump_last=last)._asdict())
    by, complete = solved(question.kernel, choice, runs, solving.max_steps, solving.threads, watch)
    runs.out[runs.status == NOT_RUN] = np.nan
    _sort(posed, runs, by, part, whole)
    return complete


def _sort(posed: Posed, runs: Any, by: Any, part: slice, whole: Derived) -> None:
    """Put what runs gave where it belongs."""
    made, turns, width = posed.made, posed.turns, len(posed.made.outputs)
    sets = part.stop - part.start
    out = runs.out.reshape(sets, turns, *runs.out.shape[1:])
    ended = {**{key: getattr(runs, key) for key in ("status", "n_steps", "n_rejected", "t_fail")},
             "method": by}  # fmt: skip
    ended = {key: array.reshape(sets, turns) for key, array in ended.items()}
    best = np.argmax(ended["status"] == OK, axis=1)  # the first turn that went well, or the first
    whole.values[part] = out[np.arange(sets), best, :, :width]
    at = {key: i for i, key in enumerate(posed.columns)}
    for which, group in enumerate(made.groups):
        own = slice(width * (which + 1), width * (which + 2))
        step = posed.question.design[part.start * turns : part.stop * turns, at[made.steps[which]]]
        for turn, key in enumerate(group):
            column = posed.directions.index(key)
            divided = out[:, turn, :, own] / step.reshape(sets, turns)[:, turn, None, None]
            whole.jacobian[part, :, :, column] = divided
            whole.status[part, column] = ended["status"][:, turn]
            for title, array in whole.record.items():
                array[part, column] = ended[title][:, turn]


def jumps(posed: Posed, runs: int) -> Jumps:
    """What the protocol does at which moments, to the derivatives as well."""
    plan, question = posed.plan, posed.question
    series = protocol_series(plan, question, posed.choice)
    for clamp in plan.timeline.clamps:  # to a value that depends on nothing
        for slopes in posed.made.slopes:
            if clamp.target in slopes:
                own = slopes[clamp.target]
                series.append(Series(own, clamp.start, 0.0, np.zeros((1, 1))))
    return jumps_of(series, question.kernel.system.states, runs, float(question.times[-1]))
