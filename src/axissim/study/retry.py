"""Runs of a store that failed, tried again in another way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.solve.work import OK
from axissim.study.banded import kept, together, write_bands
from axissim.study.blocks import Block
from axissim.study.blockwise import Part, Study, part_of, put
from axissim.study.layout import Layout
from axissim.study.manifest import Manifest, same_study
from axissim.study.store import open as open_store
from axissim.study.streaming import facts_of, layout_of

if TYPE_CHECKING:
    import xarray as xr

SOLVER = ("method", "rtol", "atol", "max_steps", "step")  # what may differ in another try


def retry(study: Study, path: str | Path, watch: Callable[[int], None] | None = None) -> xr.Dataset:
    """Run what failed in the store at `path` again, by the settings of `study`.

    Parameters
    ----------
    study : Study
        That of the store, but for method, tolerances, step and `max_steps`.
    path : str or Path
    watch : callable, optional
        Is told after each block how many runs have been tried again.

    Returns
    -------
    xarray.Dataset
        The store's content; ``method`` and ``n_steps`` tell of each run's last try.

    Raises
    ------
    ValueError
        If the store holds another study, or none.
    """
    tried = 0
    manifest = Manifest(path)
    if not manifest.exists:
        raise ValueError(f"{path} holds no sweep whose failed runs could be tried again")
    asked = facts_of(study)
    same_study(manifest, asked | {key: manifest.facts().get(key) for key in SOLVER})
    with manifest.place.held():
        layout, blocks = layout_of(study, manifest.place)
        done = manifest.done()
        for block in blocks:
            if set(done.get(block.number, {"ended": ()})["ended"]) - {"ok"}:
                tried += _again(study, layout, manifest, block)
                if watch is not None:
                    watch(tried)
        write_bands(layout, manifest)
        manifest.add({"retried": {key: asked.get(key) for key in SOLVER}, "runs": tried})
    return open_store(path)


def _again(study: Study, layout: Layout, manifest: Manifest, block: Block) -> int:
    """Try the failed runs of a block again; how many they were."""
    held = _of_block(layout, study, block)
    rows = np.flatnonzero(held["status"].values != OK)
    part = part_of(study, block)
    again, failed = study.run(members(part, rows)), place_of(rows, part)
    for key in held.data_vars:
        if set(part.sizes) <= set(held[key].dims):
            found = again.result[key].values
            held[key].values[failed] = found if failed else found[0]  # the only run
    counts = together(kept(manifest, block.number), again.bands)
    manifest.forget(block.number)  # should this be cut short, the block is computed anew
    put(layout, manifest, block, Part(held, counts))
    return len(rows)


def _of_block(layout: Layout, study: Study, block: Block) -> xr.Dataset:
    """What the store holds of a block, in memory."""
    region = dict(zip(study.design.sizes, block.region, strict=True))
    with open_store(layout.place) as ds:
        return ds.isel(region).load()


def place_of(rows: Any, part: xr.Dataset) -> tuple[Any, ...]:
    """Where members stand along each dimension, by their place in the order of the design."""
    shape = tuple(part.sizes.values())
    return np.unravel_index(rows, shape) if shape else ()


def members(part: xr.Dataset, rows: Any) -> xr.Dataset:
    """Some members of a part of a design, by their place in its order, each a sample of its own."""
    import xarray as xr

    at = dict(zip(part.sizes, place_of(rows, part), strict=True))
    columns = {}
    for key, variable in part.variables.items():
        if key != "sample" and set(variable.dims) & set(at):
            columns[key] = variable.values[tuple(at[dim] for dim in variable.dims)]
    columns |= {
        key: np.full(len(rows), v.values) for key, v in part.variables.items() if not v.dims
    }
    data = {key: ("sample", values) for key, values in columns.items()}
    return xr.Dataset(data, {"sample": np.arange(len(rows))})
