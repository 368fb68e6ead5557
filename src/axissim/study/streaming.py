"""A sweep into a store, block by block: memory does not grow, and nothing done is lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.model.cache import code_hash
from axissim.solve.work import NOT_RUN, OK, STATUS
from axissim.study.blocks import Block, blocks, box, runs_in_block
from axissim.study.layout import Layout
from axissim.study.manifest import Manifest, same_study
from axissim.study.store import open as open_store

if TYPE_CHECKING:
    import xarray as xr

DTYPES = ("float64", "float32")


@dataclass(frozen=True)
class Study:
    """What is to be computed.

    Attributes
    ----------
    design : xarray.Dataset
    run : callable
        Makes the result of a part of the design; a part is done whole or not at all: where its
        ``status`` says ``not_run``, the sweep was interrupted.
    facts : mapping
        All that decides the result, but for the design: plain values, which a manifest keeps.
    bytes_of_run : int
        What a run's result takes in memory.
    dtype : "float64" or "float32"
        How trajectories and summaries are kept.
    """

    design: xr.Dataset
    run: Callable[[xr.Dataset], xr.Dataset]
    facts: Mapping[str, Any]
    bytes_of_run: int
    dtype: str = "float64"


def stream(
    study: Study,
    path: str | Path,
    *,
    force: bool = False,
    watch: Callable[[int], None] | None = None,
) -> xr.Dataset:
    """Run `study` into the Zarr store at `path`, or go on where an earlier call ended.

    Parameters
    ----------
    study : Study
    path : str or Path
        A folder whose name ends in ``.zarr``.
    force : bool
        Begin anew, whatever is there.
    watch : callable, optional
        Is told after each block how many runs the store holds.

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
    path = Path(path)
    if path.suffix != ".zarr":
        raise ValueError(f"{path}: a sweep runs into a .zarr store; give such a name")
    if study.dtype not in DTYPES:
        raise ValueError(f"dtype is {' or '.join(DTYPES)}, not '{study.dtype}'")
    manifest = Manifest(path)
    _refuse_others(path, manifest, force)
    with manifest.held():
        if force:
            _clear(path)
        try:
            _go_on(study, manifest, watch)
        except OSError as wrong:
            said = f"{wrong.strerror or wrong}; what is done is kept, and the same call goes on"
            raise OSError(wrong.errno, said, str(path)) from wrong
    return open_store(path)


def layout_of(study: Study, path: Path) -> tuple[Layout, list[Block]]:
    """How the store at `path` lies, and its blocks."""
    shape = tuple(study.design.sizes.values())
    size = box(shape, runs_in_block(study.bytes_of_run))
    return Layout(path, shape, size), blocks(shape, size)


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


def part_of(study: Study, block: Block) -> xr.Dataset:
    """A block of the design."""
    return study.design.isel(dict(zip(study.design.sizes, block.region, strict=True)))


def _refuse_others(path: Path, manifest: Manifest, force: bool) -> None:
    """FileExistsError if something is there that no sweep of this kind has begun."""
    begun = manifest.exists or manifest.folder.is_dir()
    if path.exists() and not force and not begun and any(path.iterdir()):
        raise FileExistsError(f"{path} exists; give another name, or --force (force=True)")


def _clear(path: Path) -> None:
    """Remove all but the lock that is held."""
    for inside in path.iterdir():
        if inside.is_dir() and inside.name != "manifest":
            shutil.rmtree(inside)
        elif inside.is_file():
            inside.unlink()
    for record in (path / "manifest").glob("*.json"):
        record.unlink()


def _go_on(study: Study, manifest: Manifest, watch: Callable[[int], None] | None) -> None:
    """Compute the blocks that are not done, each written while the next is computed."""
    facts = facts_of(study)
    layout, todo = layout_of(study, manifest.path)
    if manifest.exists:
        same_study(manifest, facts)
    done = manifest.done() if manifest.exists else {}
    count = sum(int(np.prod(block.shape)) for block in todo if block.number in done)
    last: dict[str, Any] = {}
    with ThreadPoolExecutor(1) as writer:
        pending: Future[None] | None = None
        for block in todo:
            if block.number in done:
                continue
            result = study.run(part_of(study, block))
            if (result["status"].values == NOT_RUN).any():
                break
            if pending is not None:
                pending.result()
            if not manifest.exists:
                _begin(layout, manifest, study, result, facts)
            pending = writer.submit(_put, layout, manifest, block, result)
            count, last = count + result["status"].size, result.attrs
            if watch is not None:
                watch(count)
        if pending is not None:
            pending.result()
    if last and len(manifest.done()) == len(todo):
        layout.finish({"config": last["config"]})


def _begin(
    layout: Layout, manifest: Manifest, study: Study, example: xr.Dataset, facts: Any
) -> None:
    """Lay the store out; until the whole is done it says that it is not."""
    config = {**json.loads(example.attrs["config"]), "complete": False}
    layout.make(example.assign_attrs(config=json.dumps(config, sort_keys=True)), study.dtype)
    manifest.begin(facts)


def _put(layout: Layout, manifest: Manifest, block: Block, result: xr.Dataset) -> None:
    """Write a block: its data, its status, and last its record."""
    chunks = layout.fill(block, result)
    words, counts = np.unique(result["status"].values, return_counts=True)
    ended = {STATUS[word]: int(n) for word, n in zip(words, counts, strict=True)}
    region = [[part.start, part.stop] for part in block.region]
    manifest.note(block.number, {"region": region, "ended": ended, "chunks": chunks})


def _digest(design: xr.Dataset) -> str:
    """A hash of every value of a design."""
    import hashlib

    digest = hashlib.sha256()
    for key in sorted(map(str, design.variables)):
        variable = design.variables[key]
        values = np.ascontiguousarray(variable.values)
        digest.update(f"{key} {variable.dims} {values.dtype} {values.shape}".encode())
        digest.update(values.tobytes())
    return digest.hexdigest()[:20]


def ended(manifest: Manifest) -> dict[str, int]:
    """How many runs of a store ended in which way, those not run yet among them."""
    found: dict[str, int] = {}
    for record in manifest.done().values():
        for word, count in record["ended"].items():
            found[word] = found.get(word, 0) + count
    missing = int(np.prod(manifest.facts()["runs"])) - sum(found.values())
    return {STATUS[NOT_RUN]: missing, STATUS[OK]: 0, **found}
