"""A sweep's result with numbers in place of trajectories."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from axissim.model.model import ModelError
from axissim.study.bands import Bands
from axissim.study.dataset import free_names
from axissim.study.summaries import Summary, courses, reduced, unit_of

if TYPE_CHECKING:
    import xarray as xr


def needed(summed: Sequence[Summary], outputs: Sequence[str] | None) -> list[str]:
    """The trajectories that summaries are made of."""
    if outputs is not None:
        raise ModelError("a sweep keeps outputs or summaries; leave one of them out")
    return list(dict.fromkeys(key for summary in summed for key in summary.outputs))


def distinct(summed: Sequence[Summary], swept: Iterable[Any]) -> None:
    """ModelError if a summary is called as something that is swept, or as a dimension."""
    banded = {"quantile"} if any(summary.levels for summary in summed) else set()
    for summary in summed:
        if summary.name in {*swept, *banded}:
            raise ModelError(
                f"'{summary.name}' is a dimension or swept; call '{summary.text}' something else"
            )
    if banded & {*swept}:
        raise ModelError("bands have a dimension 'quantile'; give what is swept another name")


def counted(ds: xr.Dataset, summed: Sequence[Summary]) -> dict[str, Bands]:
    """The counts from which bands are made, by the summary's name."""
    times = ds["time"].values
    flat = _trajectories(ds, summed)
    found = {}
    for summary in summed:
        if summary.levels:
            found[summary.name] = Bands(len(times))
            found[summary.name].add(courses(summary, times, flat))
    return found


def summed_up(
    ds: xr.Dataset, summed: Sequence[Summary], dims: tuple[str, ...], bands: Mapping[str, Bands]
) -> xr.Dataset:
    """Numbers in place of trajectories: of each run, and of all of them at each time."""
    times, called = ds["time"].values, _called(ds, summed)
    units = {key: _unit(ds[name]) for key, name in called.items()}
    found, clock = reduced(summed, times, _trajectories(ds, summed)), _unit(ds["time"])
    numbers: dict[str, Any] = {}
    for summary in summed:
        unit = unit_of(summary, units, clock)
        about = {"long_name": summary.text, **({"units": unit} if unit else {})}
        if summary.levels:
            quantiles = bands[summary.name].quantile(summary.levels)
            numbers[summary.name] = (("quantile", "time"), quantiles, about)
        else:
            values = found[summary.name].reshape([ds.sizes[dim] for dim in dims])
            numbers[summary.name] = (dims, values, about)
    config = json.loads(ds.attrs["config"]) | {"summaries": {s.name: s.text for s in summed}}
    left = ds.drop_vars([*called.values(), *([] if bands else ["time"])]).assign(numbers)
    order = [*numbers, *(key for key in left.data_vars if key not in numbers)]
    left = left[order].assign_attrs(config=json.dumps(config, sort_keys=True))
    levels = [list(summary.levels) for summary in summed if summary.levels]
    return left.assign_coords(quantile=levels[0]) if levels else left


def _called(ds: xr.Dataset, summed: Sequence[Summary]) -> dict[str, str]:
    """What the trajectories that are summed up are called in a result, by id."""
    return free_names(needed(summed, None), set(ds.coords) - {"time"})


def _trajectories(ds: xr.Dataset, summed: Sequence[Summary]) -> dict[str, Any]:
    """Id to an array (runs, t)."""
    points = ds.sizes["time"]
    return {key: ds[name].values.reshape(-1, points) for key, name in _called(ds, summed).items()}


def _unit(variable: xr.DataArray) -> str:
    return str(variable.attrs.get("units", ""))
