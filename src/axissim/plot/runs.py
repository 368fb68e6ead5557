"""The runs of a sweep as rows, which succeeded, and words about them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.plot.style import spread_log

if TYPE_CHECKING:
    import xarray as xr

MOST = 20_000  # runs that a fan is made of; more change no line that an eye can see


def dims(ds: xr.Dataset) -> list[str]:
    """The dimensions that tell runs apart."""
    return [str(dim) for dim in ds.dims if dim not in ("time", "quantile")]


def flat(ds: xr.Dataset, key: str) -> Any:
    """A variable's courses, shape (runs, times)."""
    return ds[key].transpose(*dims(ds), "time").values.reshape(-1, ds.sizes["time"])


def succeeded(ds: xr.Dataset) -> Any:
    """Which runs ended well, shape (runs,)."""
    status = ds["status"].transpose(*dims(ds)).values.ravel()
    return status == 1


def swept(ds: xr.Dataset) -> dict[str, Any]:
    """What differs between runs: id to its value in each, shape (runs,)."""
    axes = dims(ds)
    shape = tuple(ds.sizes[dim] for dim in axes)
    keys = [
        str(key)
        for key in ds.coords
        if key not in ("time", "sample", "quantile") and ds[key].dims and "time" not in ds[key].dims
    ]
    found = {}
    for key in keys:
        own = ds[key]
        full = own.expand_dims({dim: ds.sizes[dim] for dim in axes if dim not in own.dims})
        found[key] = full.transpose(*axes).values.reshape(shape).ravel()
    return found


def members(count: int, wanted: int) -> Any:
    """The indices of a few of `count` runs, spread over all."""
    return np.unique(np.linspace(0, count - 1, min(count, wanted)).round().astype(int))


def words(ds: xr.Dataset) -> str:
    """How many runs, of what, and how they ended: one line."""
    axes = dims(ds)
    if not axes:
        changed = json.loads(ds.attrs.get("config", "{}")).get("set", {})
        return ", ".join(f"{key} = {value:g}" for key, value in changed.items())
    ended = ds["status"].values.ravel()
    failed = int(np.sum(ended > 1))
    left = int(np.sum(ended == 0))
    said = [f"{ended.size:,} runs over {_listed(list(swept(ds)))}", f"{failed:,} failed"]
    said += [f"{left:,} not run"] if left else []
    part = ended.size - failed - left > MOST and "quantile" not in ds.dims
    said += [f"fans of {MOST:,} of them"] if part else []
    return "; ".join(said)


def _listed(keys: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(keys[:-1]), *keys[-1:]]))


def is_log(values: Any) -> bool:
    """Whether an axis of these values is logarithmic."""
    return len(values) > 2 and spread_log(values)
