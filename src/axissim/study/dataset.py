"""Results as xarray: variables with units and names, status and provenance."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.model.expression import Expression, in_order
from axissim.model.model import Model, Observable, formulas_of
from axissim.model.units import spelled
from axissim.study.kept import kept

if TYPE_CHECKING:
    import xarray as xr

RECORD = ("status", "n_steps", "n_rejected", "t_fail", "method")  # of each run
METHODS = ("none", "rodas4", "rodas5p", "tsit5", "LSODA", "Radau", "BDF", "DOP853", "RK45")


def model_hash(model: Model) -> str:
    """A hash of all that decides a model's trajectories: ids, formulas and values."""
    return kept(model, "hash", lambda: _hashed(model))


def _hashed(model: Model) -> str:
    parts = [part for part in model.parts if part.id.isidentifier()]  # read-outs decide nothing
    told = _digests([f for part in (*parts, *model.events) for f in formulas_of(part)])
    lines = []
    for part in parts:
        formulas = [told[formula] for formula in formulas_of(part)]
        lines.append(" ".join([type(part).__name__, part.id, *formulas]))
    for event in model.events:
        timing = (event.delay, event.priority)
        said = ["-" if formula is None else told[formula] for formula in timing]
        flags = f"{event.initially:d}{event.persistent:d}{event.at_trigger:d}"
        given = [f"{key} = {told[formula]}" for key, formula in event.assignments]
        lines.append("; ".join(["Event", flags, told[event.trigger], *said, *given]))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _digests(formulas: Sequence[Expression]) -> dict[Expression, str]:
    """A hash of each formula, made of those of its operands: a shared part is looked at once."""
    told: dict[Expression, str] = {}
    for node in in_order(formulas):
        said = " ".join([node.op, repr(node.value), *(told[arg] for arg in node.args)])
        told[node] = hashlib.sha256(said.encode()).hexdigest()[:32]
    return told


def attributes(model: Model, identifier: str) -> dict[str, str]:
    """Units and names of one variable."""
    part = model.part(identifier)
    unit = kept(model, ("unit", part.unit), lambda: spelled(model, part.unit))
    found = {"units": unit, "long_name": part.name or part.id}
    if isinstance(part, Observable) or part.note:
        found["note"] = part.note
    return {key: text for key, text in found.items() if text}


def labelled(
    model: Model,
    times: Any,
    values: Mapping[str, Any],
    dims: tuple[str, ...],
    coords: Mapping[str, Any],
    record: Mapping[str, Any],
    config: Mapping[str, Any],
) -> xr.Dataset:
    """The Dataset of a sweep.

    Parameters
    ----------
    values : mapping
        Id -> array of shape (*dims, time).  Where an id is a name that the Dataset needs itself
        (``time``, ``status``, what is swept), the variable is that with ``_`` behind it.
    coords : mapping
        The design's coordinates.
    record : mapping
        ``status``, ``n_steps``, ``n_rejected``, ``t_fail``, ``method``: arrays of shape dims.
    config : mapping
        The resolved configuration, for the attributes.
    """
    import pandas as pd
    import xarray as xr

    # As a pandas index, for xarray would import pint to ask whether an array is one of pint's.
    clock = ("time", pd.Index(times), _time_attributes(model))
    called = free_names(values, {*dims, *coords})
    moving = {
        called[key]: ((*dims, "time"), v, attributes(model, key)) for key, v in values.items()
    }
    notes = _record_attributes(model)
    endings = {key: (dims, array, notes[key]) for key, array in record.items()}
    return xr.Dataset(
        moving | endings,
        coords={"time": clock, **coords},
        attrs=_provenance(model, config),
    )


def free_names(keys: Iterable[str], swept: Iterable[Any]) -> dict[str, str]:
    """What quantities are called in a Dataset: ``time_`` for one whose id is ``time``."""
    taken, wanted = {*RECORD, "time", *map(str, swept)}, list(keys)
    found = {}
    for key in wanted:
        name = key
        while name in taken or (name != key and name in wanted):
            name += "_"
        found[key] = name
    return found


def _time_attributes(model: Model) -> dict[str, str]:
    unit = {"units": model.time_unit} if model.time_unit else {}
    return {"long_name": "time", "standard_name": "time", "axis": "T", **unit}


def _record_attributes(model: Model) -> dict[str, dict[str, Any]]:
    from axissim.solve.work import STATUS

    unit = {"units": model.time_unit} if model.time_unit else {}
    return {
        "status": _flags("how the run ended", STATUS),
        "method": _flags("method that made the run", METHODS),
        "n_steps": {"long_name": "accepted steps"},
        "n_rejected": {"long_name": "rejected steps"},
        "t_fail": {"long_name": "time at which a run failed", **unit},
    }


def _flags(title: str, words: tuple[str, ...]) -> dict[str, Any]:
    """CF's way to say what small numbers mean."""
    return {
        "long_name": title,
        "flag_values": np.arange(len(words), dtype=np.int8),
        "flag_meanings": " ".join(words),
    }


@cache
def _versions() -> dict[str, str]:
    """Versions of what decides a result."""
    return {name: version(name) for name in ("axissim", "numpy", "scipy", "numba", "xarray")}


def _provenance(model: Model, config: Mapping[str, Any]) -> dict[str, str]:
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    versions = _versions()
    return {
        "Conventions": "CF-1.11",
        "title": model.name or model.id,
        "source": f"axissim {versions['axissim']}",
        "model_id": model.id,
        "model_hash": model_hash(model),
        "config": json.dumps(config, sort_keys=True),
        "versions": json.dumps(versions),
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds)),
        "disclaimer": "For research and teaching; not medical advice.",
    }
