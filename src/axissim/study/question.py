"""What is asked, resolved: names and designs become the arrays that the solver reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.compile.definitions import START_TIME, at_start, starting
from axissim.compile.kernel import Kernel, kernel_of
from axissim.model.expression import value
from axissim.model.model import Implicit, Model, ModelError, Observable, Parameter, State
from axissim.model.units import spelled
from axissim.study.plan import Plan
from axissim.study.timetable import NUMBERED

if TYPE_CHECKING:
    import xarray as xr

Times = Sequence[float] | tuple[float, float, int]


@dataclass(frozen=True)
class Question:
    """A sweep with every name resolved.

    Attributes
    ----------
    own : (inputs,) array
        The model's own inputs, for trial runs.
    defaults : (inputs,) array
        The same, with `params` and `init` put in.
    columns : (c,) array of int
        The inputs that the design changes.
    design : (runs, c) array
    outputs : tuple of str
    dims, shape, coords
        Of the result, without the time.
    changed : dict
        What `params` and `init` put in.
    """

    model: Model
    kernel: Kernel
    times: Any
    own: Any
    defaults: Any
    columns: Any
    design: Any
    outputs: tuple[str, ...]
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    coords: Mapping[str, Any]
    changed: Mapping[str, float]

    @property
    def saved(self) -> tuple[str, ...]:
        """Outputs that move; the others are parameters."""
        return tuple(o for o in self.outputs if not isinstance(self.model.part(o), Parameter))

    @property
    def picked(self) -> Any:
        """Where the solver finds each of `saved`."""
        system = self.kernel.system
        order = {key: i for i, key in enumerate([*system.states, *system.observables])}
        return np.array([order[key] for key in self.saved], np.int64)

    def parameter(self, identifier: str) -> Any:
        """A parameter's value in every run, shape (runs,)."""
        env = self._inputs()
        if identifier not in env:
            return np.broadcast_to(value(starting(self.model)[identifier], env), len(self.design))
        return np.broadcast_to(env[identifier], len(self.design))

    def at_start(self, states: Sequence[str]) -> dict[str, Any]:
        """Each state's value at the start: a number, or (runs,) where runs differ."""
        env, begun = self._inputs(), starting(self.model)
        return {key: value(begun[key], env) for key in states}

    def _inputs(self) -> dict[str, Any]:
        """Every input: a number, or (runs,) where runs differ."""
        keys = list(self.kernel.system.inputs)
        env = dict(zip(keys, self.defaults, strict=True)) | dict(self.kernel.system.baked)
        return env | {keys[c]: self.design[:, at] for at, c in enumerate(self.columns)}


def question_of(
    plan: Plan,
    design: xr.Dataset,
    times: Any,
    params: Mapping[str, float],
    init: Mapping[str, float],
    outputs: Sequence[str] | None,
) -> Question:
    """Resolve every name; ModelError says which is wrong."""
    model = plan.asked
    _check_kinds(model, params, init)
    swept = [str(key) for key in design.variables if str(key) in model.by_id]
    for key in (design.data_vars.keys() | (design.indexes.keys() - NUMBERED)) - plan.variables:
        model.part(str(key))
    touched = [*params, *init, *swept, *plan.numbers, *plan.arrays]
    numeric = _with_numbers(plan.model, touched, float(times[0]))
    kernel = kernel_of(numeric, touched)
    keys = list(kernel.system.inputs)
    own = np.array(list(kernel.system.inputs.values()))
    own[keys.index(START_TIME)] = times[0]
    defaults = own.copy()
    for key, number in {**params, **init, **plan.numbers}.items():
        defaults[keys.index(_input(numeric, key))] = _finite(key, number)
    dims = tuple(str(dim) for dim in design.dims)
    shape = tuple(design.sizes[dim] for dim in design.dims)
    named = design.rename({key: _coordinate(model, key) for key in swept})
    names = tuple(outputs) if outputs is not None else _all_outputs(model)
    for name in names:
        numeric.part(name)
    varied = [*swept, *plan.arrays]
    return Question(
        model=numeric,
        kernel=kernel,
        times=times,
        own=own,
        defaults=defaults,
        columns=np.array([keys.index(_input(numeric, key)) for key in varied], np.int64),
        design=_matrix(design, swept, plan.arrays, dims, shape),
        outputs=names,
        dims=tuple(_coordinate(model, dim) if dim in swept else dim for dim in dims),
        shape=shape,
        coords={str(key): _described(model, named[key].variable, key) for key in named.variables},
        changed={key: float(number) for key, number in {**params, **init}.items()},
    )


def _coordinate(model: Model, key: str) -> str:
    """What a swept quantity is called in the result: a state's value at the start is ``x_0``."""
    return f"{key}_0" if isinstance(model.part(key), State) else key


def _described(model: Model, variable: Any, key: Any) -> Any:
    """A coordinate with its unit and display name."""
    part = model.by_id.get(str(key)) or model.by_id.get(str(key).removesuffix("_0"))
    if part is None or variable.attrs:
        return variable
    start = " at the start" if isinstance(part, State) else ""
    found = {"units": spelled(model, part.unit), "long_name": (part.name or part.id) + start}
    described = variable.copy(deep=False)
    described.attrs = {k: text for k, text in found.items() if text}
    return described


def _check_kinds(model: Model, params: Mapping[str, float], init: Mapping[str, float]) -> None:
    for key in params:
        if isinstance(model.part(key), State):
            raise ModelError(f"'{key}' is a state; give its value at the start as init")
    for key in init:
        if not isinstance(model.part(key), State):
            raise ModelError(f"'{key}' is not a state; give its value as params")


def _finite(key: str, number: float) -> float:
    if not np.isfinite(number):
        raise ModelError(f"'{key}' = {number} is not a number that a run can start from")
    return float(number)


def _input(model: Model, key: str) -> str:
    part = model.part(key)
    if isinstance(part, (Observable, Implicit)):
        raise ModelError(f"'{key}' is computed by a rule and cannot be set; set what it reads")
    return at_start(key) if isinstance(part, State) else key


def _with_numbers(model: Model, touched: Sequence[str], start: float) -> Model:
    """`model` with numbers in place of the formulas of the quantities `touched`."""
    formulas = [key for key in touched if _formula(model, key).op != "number"]
    if not formulas:
        return model
    system = kernel_of(model, touched).system
    env = {**system.inputs, **system.baked, START_TIME: start}
    return model.with_values({key: value(starting(model)[key], env) for key in formulas})


def _formula(model: Model, key: str) -> Any:
    _input(model, key)
    part = model.part(key)
    return part.initial if isinstance(part, (State, Implicit)) else part.value


def _all_outputs(model: Model) -> tuple[str, ...]:
    return tuple(part.id for part in (*model.states, *model.implicit, *model.observables))


def _matrix(
    design: xr.Dataset,
    swept: Sequence[str],
    arrays: Mapping[str, Any],
    dims: tuple[str, ...],
    shape: tuple[int, ...],
) -> Any:
    """One row a run, one column a swept quantity, then one a parameter of the protocol."""
    columns = []
    for key in swept:
        values = design[key].astype(float)
        missing = [dim for dim in dims if dim not in values.dims]
        full = values.expand_dims({dim: design.sizes[dim] for dim in missing}).transpose(*dims)
        columns.append(full.values.ravel())
    columns += arrays.values()
    runs = int(np.prod(shape))
    return np.ascontiguousarray(np.array(columns).T) if columns else np.empty((runs, 0))


def times_of(t: Times) -> Any:
    """The times to save at; ModelError if they do not rise."""
    if isinstance(t, tuple) and len(t) == 3 and isinstance(t[2], (int, np.integer)):
        times = np.linspace(float(t[0]), float(t[1]), max(int(t[2]), 2))
    else:
        times = np.asarray(t, float)
    if times.ndim != 1 or times.size < 2 or not np.all(np.diff(times) > 0.0):
        raise ModelError("t needs at least two times, rising: (start, stop, points) or an array")
    if not np.all(np.isfinite(times)):
        raise ModelError("t holds a time that is not finite")
    return times
