"""Derivatives as a Dataset: with units, names, how each was made, and provenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.directional.asked import Asked
from axissim.analysis.directional.runs import Derived
from axissim.model.model import Model, State
from axissim.model.rates import with_read_outs
from axissim.model.units import spelled
from axissim.study.dataset import attributes, free_names, labelled
from axissim.study.plan import planned

if TYPE_CHECKING:
    import xarray as xr

_OWN = ("unit", "name", "derived", "value")  # coordinates beside ``parameter``


def labelled_derivatives(
    asked: Asked, found: Derived, why: Mapping[str, str], relative: bool
) -> xr.Dataset:
    """The Dataset of `axissim.analysis.sensitivity.sensitivity`.

    Parameters
    ----------
    why : mapping
        The directions whose derivatives are differences, and the reason.
    """
    model, outputs = with_read_outs(asked.model, asked.outputs), asked.outputs
    shape, points = tuple(asked.design.sizes.values()), len(asked.times)
    dims, coords = _swept(model, asked.design)
    along = "parameter"
    while along in {*dims, *coords}:
        along += "_"
    given = free_names(outputs, {*dims, *coords})
    called = free_names(outputs, {*dims, *coords, along, *_OWN, *(f"d_{key}" for key in outputs)})
    record = {"status": found.status, **found.record}
    ds = labelled(
        model,
        asked.times,
        {k: found.values[:, :, i].reshape(*shape, points) for i, k in enumerate(outputs)},
        dims,
        coords,
        {key: array[:, 0].reshape(shape) for key, array in record.items()},
        _config(asked, found, why, relative),
    )
    cells = {
        key: ((*dims, along), array.reshape(*shape, -1), ds[key].attrs)
        for key, array in record.items()
    }
    rows = (len(found.values),)
    own = asked.values
    values = np.stack([np.broadcast_to(own[key], rows) for key in asked.directions], axis=1)
    jacobian = _relative(found, values) if relative else found.jacobian
    for at, key in enumerate(outputs):
        slopes = np.moveaxis(jacobian[:, :, at], 2, 1).reshape(*shape, -1, points)
        told = _described(model, key, relative, asked.directions)
        cells[f"d_{called[key]}"] = ((*dims, along, "time"), slopes, told)
    names = {given[key]: name for key, name in called.items() if given[key] != name}
    ds = ds.drop_vars(list(record)).rename(names).assign(cells)
    ds = ds.assign_coords(_coordinates(asked, why, (*dims, along), values.reshape(*shape, -1)))
    return ds.assign_attrs(asked.design.attrs)


def _relative(found: Derived, values: Any) -> Any:
    """Changes as shares: of the output for a share of the parameter; NaN where there is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = found.jacobian * values[:, None, None, :] / found.values[..., None]
    return np.where(np.isfinite(shares), shares, np.nan)


def _described(model: Model, key: str, relative: bool, directions: Sequence[str]) -> dict[str, str]:
    own = attributes(model, key)
    said, unit = own.get("long_name", key), own.get("units", "")
    if relative:
        return {"long_name": f"relative change of {said} by that of a parameter", "units": "1"}
    told = {"long_name": f"derivative of {said} in a parameter"}
    units = {spelled(model, model.part(k).unit) for k in directions}
    by = units.pop() if len(units) == 1 else "unit"  # the coordinate, where they differ
    if not unit or not by:
        return told
    return told | {"units": unit if by == "1" else f"{unit}/({by})"}


def _coordinates(
    asked: Asked, why: Mapping[str, str], dims: tuple[str, ...], values: Any
) -> dict[str, Any]:
    model, along = asked.model, dims[-1]
    keys = list(asked.directions)
    units = [spelled(model, model.part(key).unit) for key in keys]
    by = ["differences" if key in why else "forward" for key in keys]
    names = [_title(model, key) for key in keys]
    return {
        along: (along, keys, {"long_name": "parameter, or state at the start"}),
        "unit": (along, units, {"long_name": "unit of the parameter"}),
        "name": (along, names, {"long_name": "name of the parameter"}),
        "derived": (along, by, {"long_name": "how the derivatives were made"}),
        "value": (dims, values, {"long_name": "value of the parameter"}),
    }


def _title(model: Model, key: str) -> str:
    part = model.part(key)
    return (part.name or key) + (" at the start" if isinstance(part, State) else "")


def _swept(model: Model, design: Any) -> tuple[tuple[str, ...], dict[str, Any]]:
    """A design's dimensions and coordinates, a state's value at the start as ``x_0``."""
    starts = {
        key: f"{key}_0"
        for key in map(str, design.variables)
        if isinstance(model.by_id.get(key), State)
    }
    named = design.rename(starts)
    return tuple(map(str, named.dims)), {str(key): named[key].variable for key in named.variables}


def _config(asked: Asked, found: Derived, why: Mapping[str, str], relative: bool) -> dict[str, Any]:
    solving = asked.solving
    atol = dict(solving.atol) if isinstance(solving.atol, Mapping) else solving.atol
    return {
        "parameters": list(asked.directions),
        "differences": dict(why),
        "relative": relative,
        "set": dict(asked.given),
        "protocol": list(planned(asked.model, asked.design, asked.actions, asked.times).told),
        "solver": solving.method,
        "rtol": solving.rtol,
        "atol": atol,
        "max_steps": solving.max_steps,
        "outputs": list(asked.outputs),
        "complete": found.complete,
    }
