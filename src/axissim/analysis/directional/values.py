"""What runs have of quantities at their start, and values around these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.compile.definitions import START_TIME, at_start, starting
from axissim.model.expression import value
from axissim.model.model import Model, ModelError, Parameter, State

if TYPE_CHECKING:
    import xarray as xr


def values_of(
    model: Model,
    directions: Sequence[str],
    design: xr.Dataset,
    given: Mapping[str, float],
    start: float,
) -> dict[str, Any]:
    """What the runs of a design have of each direction and each swept quantity, (runs,)."""
    swept = {key: array for key, array in _flat(design).items() if key in model.by_id}
    for key in (*directions, *swept, *given):
        if not isinstance(model.part(key), (Parameter, State)):
            raise ModelError(f"'{key}' is computed by a rule and cannot be set; set what it reads")
    numeric = model.with_values({**given, **dict.fromkeys(swept, 0.0)})
    env: dict[str, Any] = {START_TIME: start}
    env |= {p.id: p.value.value for p in numeric.parameters if p.value.op == "number"}
    env |= {at_start(s.id): s.initial.value for s in numeric.movers if s.initial.op == "number"}
    env |= {_input(model, key): array for key, array in swept.items()}
    begun = starting(numeric)
    found = dict(swept)
    for key in directions:
        known = env.get(_input(model, key))
        found.setdefault(key, value(begun[key], env) if known is None else np.asarray(known, float))
    return found


def spread_around(values: Mapping[str, Any], spread: float) -> dict[str, Any]:
    """Values around those given: 32 lognormal draws of each, or what is given if `spread` is 0."""
    if not spread:
        return dict(values)
    rng = np.random.default_rng(2)
    found = {}
    for key, given in values.items():
        moved = spread * rng.normal(size=32)
        own = np.ravel(given)[0]
        found[key] = own * np.exp(moved) if own else np.abs(moved)
    return found


def is_state(model: Model, key: str) -> bool:
    return isinstance(model.part(key), State)


def _input(model: Model, key: str) -> str:
    return at_start(key) if is_state(model, key) else key


def _flat(design: xr.Dataset) -> dict[str, Any]:
    """Each variable of a design over all its runs."""
    dims, sizes = tuple(design.dims), dict(design.sizes)
    found = {}
    for key in design.variables:
        if np.issubdtype(design[key].dtype, np.number):
            missing = {dim: n for dim, n in sizes.items() if dim not in design[key].dims}
            full = design[key].drop_vars(list(design[key].coords)).expand_dims(missing)
            found[str(key)] = np.ravel(full.transpose(*dims).values.astype(float))
    return found
