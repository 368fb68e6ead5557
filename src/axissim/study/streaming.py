"""A sweep into a store, block by block: memory does not grow, and nothing done is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.model.cache import code_hash
from axissim.solve.work import NOT_RUN, OK, STATUS
from axissim.study.banded import write_bands
from axissim.study.blocks import Block, blocks, box, runs_in_block
from axissim.study.blockwise import Study, part_of, put
from axissim.study.cluster import on_cluster
from axissim.study.layout import Layout
from axissim.study.manifest import FOLDER, Manifest, same_study
from axissim.study.place import Place
from axissim.study.store import open as open_store

if TYPE_CHECKING:
    import xarray as xr

DTYPES = ("float64", "float32")


def stream(
    study: Study,
    path: str | Path,
    *,
    force: bool = False,
    watch: Callable[[int], None] | None = None,
    cluster: str = "",
) -> xr.Dataset:
    """Run `study` into the Zarr store at `path`, or go on where an earlier call ended.

    Parameters
    ----------
    study : Study
    path : str or Path
        A folder, or a URL that fsspec knows, whose name ends in ``.zarr``.
    force : bool
        Begin anew, whatever is there.
    watch : callable, optional
        Is told after each block how many runs the store holds.
    cluster : str
        Have the blocks done by dask.distributed: ``local:4`` for so many processes here, or the
        address of a scheduler whose workers see the same folder.

    Returns
    -------
    xarray.Dataset
        The store's content, its numbers read when they are first asked for.

    Raises
    ------
    ValueError
        If the store holds another study; it says which difference.
    BlockingIOError
        If another process writes to the store.
    OSError
        If it cannot be written; what is done stays, and the same call goes on from there.
    """
    if Path(path).suffix != ".zarr":
        raise ValueError(f"{path}: a sweep runs into a .zarr store; give such a name")
    if study.dtype not in DTYPES:
        raise ValueError(f"dtype is {' or '.join(DTYPES)}, not '{study.dtype}'")
    manifest = Manifest(path)
    if not (force or manifest.place.empty or manifest.place.names(FOLDER)):
        raise FileExistsError(f"{path} exists; give another name, or --force (force=True)")
    with manifest.place.held():
        if force:
            manifest.place.clear()
        try:
            _go_on(study, manifest, watch, cluster)
        except OSError as wrong:
            said = f"{wrong.strerror or wrong}; what is done is kept, and the same call goes on"
            raise OSError(wrong.errno, said, str(manifest.place)) from wrong
    return open_store(path)


def layout_of(study: Study, at: Path | str | Place) -> tuple[Layout, list[Block]]:
    """How the store at a place lies, and its blocks."""
    shape = tuple(study.design.sizes.values())
    size = box(shape, runs_in_block(study.bytes_of_run))
    return Layout(at, shape, size), blocks(shape, size)


def facts_of(study: Study) -> dict[str, Any]:
    """All that decides what a store holds."""
    layout, _ = layout_of(study, Path())
    return {
        **study.facts,
        "design": _digest(study.design),
        "runs": list(layout.shape),
        "block": list(layout.size),
        "dtype": study.dtype,
        "code": code_hash("compile", "solve", "solve/reference"),
    }


def _go_on(
    study: Study, manifest: Manifest, watch: Callable[[int], None] | None, cluster: str
) -> None:
    """Compute the blocks that are not done."""
    facts = facts_of(study)
    layout, whole = layout_of(study, manifest.place)
    if manifest.exists:
        same_study(manifest, facts)
    manifest.place.tidy()
    done = manifest.done() if manifest.exists else {}
    todo = [block for block in whole if block.number not in done]
    if not manifest.exists:
        _begin(layout, manifest, study, facts)
    told = _counting(watch, _runs(whole) - _runs(todo))
    if cluster and todo:
        on_cluster(cluster, study, layout, todo, told)
        manifest.place.tidy()  # of workers that died
    else:
        _one_by_one(study, layout, manifest, todo, told)
    config = layout.attributes()["config"]
    if len(manifest.done()) == len(whole) and not json.loads(config)["complete"]:
        write_bands(layout, manifest)
        layout.finish({"config": completed(config, True)})


def _one_by_one(
    study: Study, layout: Layout, manifest: Manifest, todo: list[Block], told: Callable[[int], None]
) -> None:
    """Each block is written while the next is computed."""
    with ThreadPoolExecutor(1) as writer:
        pending: Future[None] | None = None
        for block in todo:
            part = study.run(part_of(study, block))
            if part.interrupted:
                break
            if pending is not None:
                pending.result()
            pending = writer.submit(put, layout, manifest, block, part)
            told(part.runs)
        if pending is not None:
            pending.result()


def _counting(watch: Callable[[int], None] | None, count: int) -> Callable[[int], None]:
    """What to tell of each block's runs: `watch` hears of the runs in all."""

    def told(runs: int) -> None:
        nonlocal count
        count += runs
        if watch is not None:
            watch(count)

    return told


def _runs(of: list[Block]) -> int:
    return sum(prod(block.shape) for block in of)


def _begin(layout: Layout, manifest: Manifest, study: Study, facts: Any) -> None:
    """Lay the store out, after the result of one run; until all is done it says that it is not."""
    one = dict.fromkeys(study.design.sizes, slice(0, 1))
    example = study.run(study.design.isel(one)).result
    config = completed(example.attrs["config"], False)
    fixed = layout.make(example.assign_attrs(config=config), study.dtype)
    manifest.begin(facts, fixed)


def completed(config: str, complete: bool) -> str:
    """A store's configuration, which says whether all of it is done."""
    return json.dumps({**json.loads(config), "complete": complete}, sort_keys=True)


def _digest(design: xr.Dataset) -> str:
    """A hash of every value of a design."""
    import hashlib

    digest = hashlib.sha256()
    for key in sorted(map(str, design.variables)):
        variable = design.variables[key]
        values = np.ascontiguousarray(variable.values)
        digest.update(f"{key} {variable.dims} {values.dtype} {values.shape}".encode())
        digest.update(values.data if values.dtype.kind in "iufb" else values.tobytes())
    return digest.hexdigest()[:20]


def ended(manifest: Manifest) -> dict[str, int]:
    """How many runs of a store ended in which way, those not run yet among them."""
    found: dict[str, int] = {}
    for record in manifest.done().values():
        for word, count in record["ended"].items():
            found[word] = found.get(word, 0) + count
    missing = int(np.prod(manifest.facts()["runs"])) - sum(found.values())
    return {STATUS[NOT_RUN]: missing, STATUS[OK]: 0, **found}
