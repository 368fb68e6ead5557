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
    failed = np.nonzero(held["status"].values != OK)
    part = part_of(study, block)
    again = study.run(members(part, failed))
    for key in held.data_vars:
        if set(part.sizes) <= set(held[key].dims):
            held[key].values[failed] = again.result[key].values
    counts = together(kept(manifest, block.number), again.bands)
    manifest.forget(block.number)  # should this be cut short, the block is computed anew
    put(layout, manifest, block, Part(held, counts))
    return len(failed[0])


def _of_block(layout: Layout, study: Study, block: Block) -> xr.Dataset:
    """What the store holds of a block, in memory."""
    region = dict(zip(study.design.sizes, block.region, strict=True))
    with open_store(layout.place) as ds:
        return ds.isel(region).load()


def members(part: xr.Dataset, places: tuple[Any, ...]) -> xr.Dataset:
    """Some members of a part of a design, each a sample of its own."""
    import xarray as xr

    at = dict(zip(part.sizes, places, strict=True))
    columns = {}
    for key, variable in part.variables.items():
        if key != "sample" and set(variable.dims) & set(at):
            columns[key] = variable.values[tuple(at[dim] for dim in variable.dims)]
    columns |= {
        key: np.full(len(places[0]), v.values) for key, v in part.variables.items() if not v.dims
    }
    return xr.Dataset({key: ("sample", values) for key, values in columns.items()})
