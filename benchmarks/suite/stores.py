"""Results on a disk: a sweep streamed into a store, read back, verified; a Dataset saved."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from axissim.study import store
from axissim.study.verify import verify
from suite.cases import design, scratch, swept, warm

NAME, RUNS = "dopamine_terminal", 16_384


def stream(path: Path) -> None:
    """16,384 trajectories into a store."""
    swept(NAME, RUNS, store=path, audit=0.0).close()


@cache
def kept() -> Path:
    """A store that is there already."""
    path = scratch() / "kept.zarr"
    stream(path)
    return path


@cache
def result() -> Any:
    """The same sweep in memory."""
    return swept(NAME, RUNS)


class Write:
    """Into a new file or folder each time."""

    calibration: ClassVar = "files"
    number, timeout = 1, 120

    def setup(self) -> None:
        warm(NAME)
        design(NAME, RUNS)
        kept(), result()
        self.folder = scratch()

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def time_stream(self) -> None:
        stream(self.folder / "new.zarr")

    def time_save_zarr(self) -> None:
        store.save(result(), self.folder / "new.zarr")

    def time_save_netcdf(self) -> None:
        store.save(result(), self.folder / "new.nc")


class Look:
    """At a store that is there."""

    calibration: ClassVar = "files"

    def setup(self) -> None:
        kept()

    def time_read(self) -> None:
        with store.open(kept()) as ds:
            ds.load()

    def time_verify(self) -> None:
        assert verify(kept()).sound
