"""The most memory that a sweep of 100,000 runs takes, kept as numbers and streamed into a store."""

from __future__ import annotations

from typing import ClassVar

from suite.cases import design, scratch, swept

NAME, RUNS = "dopamine_terminal", 100_000
KEPT = ["max(eda)", "auc(eda)"]


class Memory:
    """asv tells a whole process's peak, a budget what comes on top of imports and set-up."""

    calibration: ClassVar = "memory"
    timeout = 120

    def setup(self) -> None:
        design(NAME, RUNS)
        self.store = scratch() / "sweep.zarr"
        for options in ({}, {"summaries": KEPT}, {"store": scratch() / "small.zarr", "audit": 0.0}):
            swept(NAME, 64, **options).close()

    def peakmem_trajectories(self) -> None:
        swept(NAME, RUNS)

    def peakmem_summaries(self) -> None:
        swept(NAME, RUNS, summaries=KEPT)

    def peakmem_streamed(self) -> None:
        swept(NAME, RUNS, store=self.store, audit=0.0).close()
