"""A study whose design is cut into blocks: one block's part of it, and its result in the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.solve.work import NOT_RUN, STATUS
from axissim.study.banded import keep
from axissim.study.bands import Bands
from axissim.study.blocks import Block
from axissim.study.layout import Layout
from axissim.study.manifest import Manifest

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Part:
    """What came of a part of a design.

    Attributes
    ----------
    result : xarray.Dataset
    bands : mapping
        Name to the counts from which bands over all runs are made.
    """

    result: xr.Dataset
    bands: Mapping[str, Bands] = field(default_factory=dict)

    @property
    def interrupted(self) -> bool:
        """Whether some of its runs were not done."""
        return bool((self.result["status"].values == NOT_RUN).any())

    @property
    def runs(self) -> int:
        """How many it has."""
        return int(self.result["status"].size)


@dataclass(frozen=True)
class Study:
    """What is to be computed.

    Attributes
    ----------
    design : xarray.Dataset
    run : callable
        Makes of a part of the design a `Part`, which is kept whole or not at all: not if it was
        interrupted.  A cluster gets it pickled.
    facts : mapping
        All that decides the result, but for the design: plain values, which a manifest keeps.
    bytes_of_run : int
        What a run's result takes in memory.
    dtype : "float64" or "float32"
        How trajectories and summaries are kept.
    """

    design: xr.Dataset
    run: Callable[[xr.Dataset], Part]
    facts: Mapping[str, Any]
    bytes_of_run: int
    dtype: str = "float64"


def part_of(study: Study, block: Block) -> xr.Dataset:
    """A block of the design."""
    return study.design.isel(dict(zip(study.design.sizes, block.region, strict=True)))


def put(layout: Layout, manifest: Manifest, block: Block, part: Part) -> None:
    """Write a block: its data, its status, and last its record."""
    chunks = layout.fill(block, part.result)
    if part.bands:
        chunks |= keep(manifest, block.number, part.bands)
    words, counts = np.unique(part.result["status"].values, return_counts=True)
    ended = {STATUS[word]: int(n) for word, n in zip(words, counts, strict=True)}
    region = [[part.start, part.stop] for part in block.region]
    manifest.note(block.number, {"region": region, "ended": ended, "chunks": chunks})
