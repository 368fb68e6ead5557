"""A study whose design is cut into blocks: one block's part of it, and its result in the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.solve.work import STATUS
from axissim.study.blocks import Block
from axissim.study.layout import Layout
from axissim.study.manifest import Manifest

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Study:
    """What is to be computed.

    Attributes
    ----------
    design : xarray.Dataset
    run : callable
        Makes the result of a part of the design; a part is done whole or not at all: where its
        ``status`` says ``not_run``, the sweep was interrupted.  A cluster gets it pickled.
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


def part_of(study: Study, block: Block) -> xr.Dataset:
    """A block of the design."""
    return study.design.isel(dict(zip(study.design.sizes, block.region, strict=True)))


def put(layout: Layout, manifest: Manifest, block: Block, result: xr.Dataset) -> None:
    """Write a block: its data, its status, and last its record."""
    chunks = layout.fill(block, result)
    words, counts = np.unique(result["status"].values, return_counts=True)
    ended = {STATUS[word]: int(n) for word, n in zip(words, counts, strict=True)}
    region = [[part.start, part.stop] for part in block.region]
    manifest.note(block.number, {"region": region, "ended": ended, "chunks": chunks})
