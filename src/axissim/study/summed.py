"""A sweep's result with numbers in place of trajectories."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from axissim.model.model import ModelError
from axissim.study.summaries import Summary, reduced, unit_of

if TYPE_CHECKING:
    import xarray as xr


def needed(summed: Sequence[Summary], outputs: Sequence[str] | None) -> list[str]:
    """The trajectories that summaries are made of."""
    if outputs is not None:
        raise ModelError("a sweep keeps outputs or summaries; leave one of them out")
    return list(dict.fromkeys(key for summary in summed for key in summary.outputs))


def summed_up(ds: xr.Dataset, summed: Sequence[Summary], dims: tuple[str, ...]) -> xr.Dataset:
    """Numbers in place of trajectories."""
    keys = needed(summed, None)
    times = ds["time"].values
    flat = {key: ds[key].values.reshape(-1, len(times)) for key in keys}
    units = {key: str(ds[key].attrs.get("units", "")) for key in keys}
    found, clock = reduced(summed, times, flat), str(ds["time"].attrs.get("units", ""))
    numbers = {}
    for summary in summed:
        unit = unit_of(summary, units, clock)
        about = {"long_name": summary.text, **({"units": unit} if unit else {})}
        values = found[summary.name].reshape([ds.sizes[dim] for dim in dims])
        numbers[summary.name] = (dims, values, about)
    config = json.loads(ds.attrs["config"]) | {"summaries": {s.name: s.text for s in summed}}
    left = ds.drop_vars([*keys, "time"]).assign(numbers)
    order = [*numbers, *(key for key in left.data_vars if key not in numbers)]
    return left[order].assign_attrs(config=json.dumps(config, sort_keys=True))
