"""Warm: one run, sweeps by size, summaries, doses."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

import numpy as np

import axissim as ax
from suite.cases import SPANS, asked, design, model, output, swept, warm

OWN = ax.dose("eda", "amount", at="when")  # of each run its own


class Run:
    """One run: mostly the question read and the answer labelled."""

    calibration: ClassVar = "python"
    params: ClassVar = list(SPANS)
    param_names: ClassVar = ["model"]

    def setup(self, name: str) -> None:
        warm(name)

    def time_run(self, name: str) -> None:
        ax.simulate(model(name), outputs=[output(name)], **asked(name))


class Sweep:
    """Trajectories of one output, on one thread."""

    calibration: ClassVar = "arithmetic"
    params: ClassVar = (list(SPANS), [64, 4096])
    param_names: ClassVar = ["model", "runs"]
    timeout = 300

    def setup(self, name: str, runs: int) -> None:
        warm(name)
        design(name, runs)

    def time_sweep(self, name: str, runs: int) -> None:
        swept(name, runs)


class Many:
    """65,536 runs, on one thread and on all processors."""

    calibration: ClassVar = "arithmetic"
    params: ClassVar = ["dopamine_terminal"]
    param_names: ClassVar = ["model"]
    number, timeout = 1, 300

    def setup(self, name: str) -> None:
        warm(name)
        design(name, 65_536)

    def time_sweep(self, name: str) -> None:
        swept(name, 65_536)

    def time_sweep_on_all_processors(self, name: str) -> None:
        swept(name, 65_536, threads=None)


class Summaries:
    """4,096 runs of which numbers are kept."""

    calibration: ClassVar = "arithmetic"
    params: ClassVar = ["dopamine_terminal", "thyroid_human"]
    param_names: ClassVar = ["model"]

    def setup(self, name: str) -> None:
        warm(name)
        design(name, 4096)

    def time_numbers(self, name: str) -> None:
        swept(name, 4096, summaries=[f"max({output(name)})", f"auc({output(name)})"])

    def time_bands(self, name: str) -> None:
        swept(name, 4096, summaries=[f"bands({output(name)})"])


class Doses:
    """4,096 runs, each with a dose of its own size and time."""

    calibration: ClassVar = "arithmetic"

    def setup(self) -> None:
        dosed()
        warm_doses()

    def time_own(self) -> None:
        name = "dopamine_terminal"
        how = {**asked(name), "outputs": [output(name)], "protocol": [OWN], "threads": 1}
        ax.sweep(model(name), dosed(), **how)


@cache
def dosed() -> Any:
    """A design with the amount and the moment of a dose for each run."""
    rng = np.random.default_rng(1)
    return design("dopamine_terminal", 4096).assign(
        amount=("sample", 0.002 * rng.lognormal(0.0, 0.3, 4096)),
        when=("sample", rng.uniform(2.0, 22.0, 4096)),
    )


@cache
def warm_doses() -> None:
    """Compile what a dose needs."""
    Doses().time_own()
