"""What is asked about derivatives, read and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.directional.posed import Solving
from axissim.analysis.directional.values import values_of
from axissim.model.model import Implicit, Model, ModelError, Observable, State
from axissim.model.rates import with_read_outs
from axissim.study.plan import variables
from axissim.study.protocol import read
from axissim.study.question import Times, times_of
from axissim.study.timetable import NUMBERED, members

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Asked:
    """What is asked, every name known.

    Attributes
    ----------
    directions : tuple of str
        Ids of parameters, and of states, whose value at the start is meant.
    design : xarray.Dataset
    times : (t,) array
    given : mapping
        Values in place of the model's own.
    """

    model: Model
    directions: tuple[str, ...]
    design: xr.Dataset
    times: Any
    outputs: tuple[str, ...]
    given: Mapping[str, float]
    actions: Sequence[Any]
    solving: Solving

    @property
    def told(
        self,
    ) -> tuple[
        Model, tuple[str, ...], xr.Dataset, Any, tuple[str, ...], Mapping[str, float], Sequence[Any]
    ]:
        """What `axissim.analysis.directional.posed.pose` is told, but for how to solve."""
        return (
            self.model, self.directions, self.design, self.times, self.outputs, self.given,
            self.actions,
        )  # fmt: skip

    @property
    def values(self) -> dict[str, Any]:
        """Of each direction and each swept quantity, (runs,) or a number."""
        start = float(self.times[0])
        return values_of(self.model, self.directions, self.design, self.given, start)

    def along(self, directions: Sequence[str]) -> Asked:
        """The same along some of the directions; the others are still numbers of their own."""
        dims, shape = tuple(self.design.dims), tuple(self.design.sizes.values())
        others = set(self.directions) - set(directions)
        formulas = [key for key in others if _formula(self.model, key).op != "number"]
        values, runs = self.values, int(np.prod(shape))
        held = {
            key: (dims, np.broadcast_to(values[key], (runs,)).reshape(shape)) for key in formulas
        }
        return replace(self, directions=tuple(directions), design=self.design.assign(held))


def asked_of(
    model: Model,
    parameters: Sequence[str] | None,
    t: Times,
    design: xr.Dataset | None,
    params: Mapping[str, float] | None,
    init: Mapping[str, float] | None,
    protocol: Any,
    outputs: Sequence[str] | None,
    solving: Solving,
) -> Asked:
    """Read what `axissim.analysis.sensitivity.sensitivity` is told; ModelError in one line."""
    actions, times = read(protocol), times_of(t)
    design = members(actions) if design is None else design
    known = variables(actions)
    for key in map(str, design.data_vars.keys() | (design.indexes.keys() - NUMBERED)):
        if key not in known:
            model.part(key)
    given = _given(model, params or {}, init or {})
    directions = _numbers(model) if parameters is None else tuple(parameters)
    wanted = _moving(model) if outputs is None else tuple(outputs)
    with_read_outs(model, wanted)
    _check(model, directions)
    return Asked(model, directions, design, times, wanted, given, actions, solving)


def _given(
    model: Model, params: Mapping[str, float], init: Mapping[str, float]
) -> dict[str, float]:
    for key in params:
        if isinstance(model.part(key), State):
            raise ModelError(f"'{key}' is a state; give its value at the start as init")
    for key in init:
        if not isinstance(model.part(key), State):
            raise ModelError(f"'{key}' is not a state; give its value as params")
    both = {**params, **init}
    for key, number in both.items():
        if not np.isfinite(number):
            raise ModelError(f"'{key}' = {number} is not a number that a run can start from")
    return both


def _numbers(model: Model) -> tuple[str, ...]:
    return tuple(p.id for p in model.parameters if p.value.op == "number")


def _moving(model: Model) -> tuple[str, ...]:
    return tuple(part.id for part in (*model.states, *model.implicit, *model.observables))


def _check(model: Model, directions: Sequence[str]) -> None:
    if not directions:
        raise ModelError("there is no parameter to differentiate in; name some")
    for key in directions:
        if isinstance(model.part(key), (Observable, Implicit)):
            raise ModelError(f"'{key}' is computed by a rule; differentiate in what it reads")
        if directions.count(key) > 1:
            raise ModelError(f"'{key}' is named twice; leave one out")


def _formula(model: Model, key: str) -> Any:
    part = model.part(key)
    return part.initial if isinstance(part, (State, Implicit)) else part.value
