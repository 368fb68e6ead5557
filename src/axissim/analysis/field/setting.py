"""What is asked of a field: parameter sets by name, resolved to arrays as a sweep does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.field.field import Field, field_of
from axissim.model.model import Model, ModelError
from axissim.study.dataset import attributes, free_names, labelled
from axissim.study.plan import planned
from axissim.study.question import Question, question_of

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Setting:
    """A field and the parameter sets at which it is looked at.

    Attributes
    ----------
    question : Question
        Names resolved; its `shape` and `coords` are those of the result.
    field : Field
    inputs : (runs, inputs) array
        Of the field.
    varied : tuple of str
        What the design changes, by the columns of `question.design`.
    """

    question: Question
    field: Field
    inputs: Any
    varied: tuple[str, ...]

    @property
    def model(self) -> Model:
        return self.question.model

    @property
    def count(self) -> int:
        return len(self.inputs)


def setting(
    model: Model,
    design: xr.Dataset | None,
    params: Mapping[str, float] | None,
    init: Mapping[str, float] | None,
    outputs: Sequence[str] | None,
    start: float = 0.0,
    free: Sequence[str] = (),
) -> Setting:
    """Resolve a design, values and outputs; ModelError in one line where they are wrong."""
    import xarray as xr

    if not model.movers:
        raise ModelError(f"'{model.id}' has no states: nothing in it moves, rests or cycles")
    design = xr.Dataset() if design is None else design
    times = np.array([start, start + 1.0])
    plan = planned(model, design, (), times).with_outputs(tuple(outputs or ()))
    given = {key: value for key, value in (params or {}).items() if key not in free}
    question = question_of(plan, design, times, given, init or {}, outputs)
    varied = tuple(str(key) for key in design.variables if str(key) in model.by_id)
    field = field_of(_valued(question, params or {}, free), free, (*varied, *given), start)
    inputs = np.tile(field.defaults, (max(len(question.design), 1), 1))
    keys = list(question.kernel.system.inputs)
    for at, key in enumerate(keys):
        if key in field.inputs:
            inputs[:, field.inputs.index(key)] = question.defaults[at]
    for column, at in enumerate(question.columns):
        if keys[at] in field.inputs:
            inputs[:, field.inputs.index(keys[at])] = question.design[:, column]
    return Setting(question, field, inputs, varied)


def _valued(question: Question, params: Mapping[str, float], free: Sequence[str]) -> Model:
    """The model with the values that free parameters have in `params`."""
    values = {key: float(params[key]) for key in free if key in params}
    return question.model.with_values(values) if values else question.model


def frame(
    asked: Setting, config: Mapping[str, Any], dims: tuple[str, ...] | None = None
) -> xr.Dataset:
    """A Dataset with the design's coordinates and the house's attributes, and nothing in it yet."""
    question = asked.question
    whole = question.dims if dims is None else dims
    coords = question.coords if dims is None else {}
    told = {**config, "set": dict(question.changed), "outputs": list(question.outputs)}
    empty = labelled(question.model, [asked.field.start], {}, whole, coords, {}, told)
    return empty.drop_vars("time")


def labels(asked: Setting, taken: Sequence[str]) -> dict[str, str]:
    """What each output is called in a result that has names of its own."""
    return free_names(asked.question.outputs, {*taken, *map(str, asked.question.coords)})


def values_of(
    asked: Setting, x: Any, q: Any, inputs: Any, time: float, free: Any, past: Any = None
) -> dict[str, Any]:
    """Every output asked for at movers (m, n), delayed ones (m, lags): id to (m,)."""
    field = asked.field
    whole = field.whole(x, free, past)
    observed = field.observed(whole, q, time)
    found = {}
    for key in asked.question.outputs:
        if key in field.opened.movers:
            found[key] = x[:, field.opened.movers.index(key)]
        elif key in field.opened.free:
            found[key] = free[:, field.opened.free.index(key)]
        elif key in field.observables:
            found[key] = observed[:, field.observables.index(key)]
        else:
            found[key] = _parameter(asked, key, inputs)
    return found


def _parameter(asked: Setting, key: str, inputs: Any) -> Any:
    if key in asked.field.inputs:
        return inputs[:, asked.field.inputs.index(key)]
    return np.broadcast_to(asked.question.parameter(key), len(inputs))


def described(asked: Setting, key: str) -> dict[str, str]:
    return attributes(asked.model, key)


def in_time(asked: Setting, name: str) -> dict[str, str]:
    """The attributes of a length of time."""
    unit = asked.model.time_unit
    return {"long_name": name, **({"units": unit} if unit else {})}


def per_time(asked: Setting, name: str) -> dict[str, str]:
    """The attributes of a rate."""
    unit = asked.model.time_unit
    return {"long_name": name, **({"units": f"1/{unit}"} if unit else {})}


def flags(title: str, words: Sequence[str]) -> dict[str, Any]:
    """CF's way to say what small numbers mean."""
    return {
        "long_name": title,
        "flag_values": np.arange(len(words), dtype=np.int8),
        "flag_meanings": " ".join(words),
    }
