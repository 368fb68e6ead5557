"""A protocol, read against a model and a design: inputs for the model, and a timeline."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.model.model import Model, ModelError, suggestion
from axissim.model.rates import with_read_outs
from axissim.study import timetable
from axissim.study.action import (
    ACTIONS,
    Block,
    Circadian,
    Clamp,
    Dose,
    Infusion,
    PulseTrain,
    Reset,
    check,
    label_of,
    values_of,
)
from axissim.study.dosing_table import DosingTable
from axissim.study.inputs import Equipped, day, equipped, parameter, target_state
from axissim.study.timeline import Instants, Spans, Steady, Timeline, not_before, repeated

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Plan:
    """What a protocol means for a sweep.

    Attributes
    ----------
    asked : Model
        The model as it was given.
    inputs : Equipped
        The model that is run.
    numbers, arrays : dict
        Values of its parameters that are alike in all runs, and of those that are not: (runs,).
    variables : set of str
        Variables of the design that the protocol reads.
    told : list
        The protocol as plain values, for the result.
    """

    asked: Model
    inputs: Equipped
    timeline: Timeline = field(default_factory=Timeline)
    numbers: Mapping[str, float] = field(default_factory=dict)
    arrays: Mapping[str, Any] = field(default_factory=dict)
    variables: frozenset[str] = frozenset()
    told: Sequence[Mapping[str, Any]] = ()

    @property
    def model(self) -> Model:
        return self.inputs.model

    def with_outputs(self, outputs: tuple[str, ...]) -> Plan:
        """The same with what `outputs` ask for beside the model's quantities, as ``rate(x)``."""
        model = with_read_outs(self.model, outputs)
        return replace(self, inputs=replace(self.inputs, model=model))


def planned(model: Model, design: xr.Dataset, actions: Sequence[Any], times: Any) -> Plan:
    """Resolve `actions`; ModelError says which is wrong, and the mend."""
    reader = _Reader(model, design, float(times[0]), float(times[-1]))
    rhythms: list[tuple[str, Any]] = []
    for action in actions:
        if isinstance(action, DosingTable):
            span = (reader.start, reader.end)
            timetable.add(action, model, design, span, reader.timeline)
        elif isinstance(action, Circadian):
            rhythms.append((parameter(model, action.parameter, label_of(action)), action))
        else:
            _ADD[type(action)](reader, action)
    line = reader.timeline
    taken = frozenset(str(key) for key in design.variables)
    infused = [flow.target for flow in line.flows]
    infused += [steady.target for steady in line.steadies if np.any(steady.duration > 0.0)]
    ready = equipped(
        model, _once(infused), _once(span.target for span in line.clamps),
        _once(span.target for span in line.blocks), tuple(key for key, _ in rhythms), taken,
    )  # fmt: skip
    numbers, arrays = _rhythms(reader, ready, [action for _, action in rhythms])
    told = [_told(action) for action in actions]
    return Plan(model, ready, line, numbers, arrays, frozenset(reader.variables), told)


def variables(actions: Sequence[Any]) -> set[str]:
    """Variables of a design that actions read."""
    parts = [action for action in actions if not isinstance(action, DosingTable)]
    return {v for part in parts for v in values_of(part).values() if isinstance(v, str)}


class _Reader:
    """Values of actions over a design, and the timeline that they are put in."""

    def __init__(self, model: Model, design: xr.Dataset, start: float, end: float) -> None:
        self.model, self.design, self.start, self.end = model, design, start, end
        self.dims = tuple(design.dims)
        self.shape = tuple(design.sizes[dim] for dim in design.dims)
        self.timeline = Timeline()
        self.variables: set[str] = set()

    def values(self, action: Any) -> dict[str, Any]:
        """Each value of an action as an array of shape (1 or runs, 1)."""
        found = {}
        for key, value in values_of(action).items():
            found[key] = self._value(f"{label_of(action)}: {key}", value)
            instant = isinstance(action, PulseTrain) and key == "duration"
            check(label_of(action), key, found[key], instant=instant)
        return found

    def _value(self, label: str, value: Any) -> Any:
        import xarray as xr

        if isinstance(value, str):
            value = self._variable(label, value)
        if isinstance(value, xr.DataArray):
            return self._spread(label, value)
        try:
            array = np.asarray(value, float)
        except (TypeError, ValueError):
            raise ModelError(f"{label} is a number, a name or an array of numbers") from None
        if array.ndim == 0:
            return array.reshape(1, 1)
        if array.shape != self.shape:
            raise ModelError(
                f"{label} has shape {array.shape}, and the design {self.shape}; give a value a run"
            )
        return array.reshape(-1, 1)

    def _variable(self, label: str, key: str) -> Any:
        """A variable of the design that means nothing to the model."""
        if key in self.model.by_id:
            raise ModelError(f"{label} = '{key}' is an id of the model; give it another name")
        if key not in self.design.variables:
            known = [str(k) for k in self.design.variables if str(k) not in self.model.by_id]
            near = suggestion(key, known) or "; put it there, or give a number"
            raise ModelError(f"{label} = '{key}' is not in the design{near}")
        self.variables.add(key)
        return self.design[key]

    def _spread(self, label: str, array: xr.DataArray) -> Any:
        """`array` over every dimension of the design, a row a run."""
        for dim in array.dims:
            if dim not in self.dims or array.sizes[dim] != self.design.sizes[dim]:
                raise ModelError(f"{label}: its dimension '{dim}' is not that of the design")
            both = dim in array.indexes and dim in self.design.indexes
            if both and not array.indexes[dim].equals(self.design.indexes[dim]):
                raise ModelError(f"{label}: its '{dim}' is not that of the design; align the two")
        if not array.dims:
            return array.values.astype(float).reshape(1, 1)
        missing = {dim: self.design.sizes[dim] for dim in self.dims if dim not in array.dims}
        full = array.drop_vars(list(array.coords)).astype(float).expand_dims(missing)
        return full.transpose(*self.dims).values.reshape(-1, 1)


def _add_dose(reader: _Reader, action: Dose) -> None:
    label, v = label_of(action), reader.values(action)
    target = target_state(reader.model, action.target, label)
    time = repeated(label, v["at"], v.get("every"), v["count"], reader.end)
    not_before(reader.start, label, time)
    amount = v["amount"] * v["bioavailability"]
    reader.timeline.doses.append(Instants(target, time, amount, label))
    if action.steady_state:
        steady = Steady(target, v["at"], v["every"], amount, np.zeros((1, 1)), label)
        reader.timeline.steadies.append(steady)


def _add_infusion(reader: _Reader, action: Infusion) -> None:
    label, v = label_of(action), reader.values(action)
    target = target_state(reader.model, action.target, label)
    start = repeated(label, v["at"], v.get("every"), v["count"], reader.end)
    not_before(reader.start, label, start)
    lasting = v["duration"]
    rate = v["rate"] if "rate" in v else v["amount"] / lasting
    reader.timeline.flows.append(Spans(target, start, start + lasting, rate, label))
    if action.steady_state:
        if np.any(lasting > v["every"]):
            raise ModelError(f"{label}: it lasts longer than `every`; shorten it")
        steady = Steady(target, v["at"], v["every"], rate * lasting, lasting, label)
        reader.timeline.steadies.append(steady)


def _add_pulses(reader: _Reader, action: PulseTrain) -> None:
    label, v = label_of(action), reader.values(action)
    target = target_state(reader.model, action.target, label)
    _rising(label, v["start"], v["stop"])
    count = np.ceil((v["stop"] - v["start"]) / v["period"] - 1e-9)  # 0.3 in 0.1 is 3, not 4
    time = repeated(label, v["start"], v["period"], count, reader.end)
    not_before(reader.start, label, time)
    if not np.any(v["duration"]):
        reader.timeline.doses.append(Instants(target, time, v["amount"], label))
        return
    check(label, "duration", v["duration"])
    rate = v["amount"] / v["duration"]
    reader.timeline.flows.append(Spans(target, time, time + v["duration"], rate, label))


def _add_clamp(reader: _Reader, action: Clamp) -> None:
    label, v = label_of(action), reader.values(action)
    target = target_state(reader.model, action.target, label)
    start, stop = _span(reader, label, v)
    reader.timeline.clamps.append(Spans(target, start, stop, v["value"], label))


def _add_block(reader: _Reader, action: Block) -> None:
    label, v = label_of(action), reader.values(action)
    key = parameter(reader.model, action.parameter, label)
    start, stop = _span(reader, label, v)
    reader.timeline.blocks.append(Spans(key, start, stop, v["factor"], label))


def _add_reset(reader: _Reader, action: Reset) -> None:
    at = reader.values(action)["at"]
    not_before(reader.start, "reset", at)
    reader.timeline.resets.append(at)


_ADD: Mapping[type, Any] = {
    Dose: _add_dose,
    Infusion: _add_infusion,
    PulseTrain: _add_pulses,
    Clamp: _add_clamp,
    Block: _add_block,
    Reset: _add_reset,
}


def _span(reader: _Reader, label: str, v: Mapping[str, Any]) -> tuple[Any, Any]:
    start = v.get("start", np.full((1, 1), reader.start))
    stop = v.get("stop", np.full((1, 1), np.inf))
    not_before(reader.start, label, start)
    _rising(label, start, stop)
    return start, stop


def _rising(label: str, start: Any, stop: Any) -> None:
    if np.any(stop <= start):
        raise ModelError(f"{label}: its stop does not come after its start")


def _rhythms(
    reader: _Reader, ready: Equipped, actions: Sequence[Circadian]
) -> tuple[dict[str, float], dict[str, Any]]:
    """Values of the parameters of rhythms: those alike in all runs, and those that are not."""
    numbers, arrays = {}, {}
    for keys, action in zip(ready.rhythms, actions, strict=True):
        v = reader.values(action)
        if "period" not in v:
            v["period"] = np.full((1, 1), day(reader.model, label_of(action)))
        for key, part in zip(keys, ("amplitude", "peak", "period"), strict=True):
            if v[part].shape[0] == 1:
                numbers[key] = float(v[part][0, 0])
            else:
                arrays[key] = v[part][:, 0]
    return numbers, arrays


def _once(keys: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(keys))


def _told(action: Any) -> dict[str, Any]:
    """An action as plain values; an array of many by its shape and a hash of its numbers."""
    if isinstance(action, DosingTable):
        told = {"action": "table", "source": action.source, "digest": action.digest}
        return told | {"unused": list(action.unused)}
    told = {"action": next(key for key, kind in ACTIONS.items() if kind is type(action))}
    for key in ("target", "parameter", "steady_state"):
        if getattr(action, key, None):
            told[key] = getattr(action, key)
    return told | {key: _plain(value) for key, value in values_of(action).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, (str, int)):
        return value
    array = np.asarray(value, float)
    if array.size <= 100:
        return array.tolist()
    digest = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()[:16]
    return {"shape": list(array.shape), "digest": digest}
