"""From text to machine code: reading, ordering and deriving, compiling, finding again."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from axissim.compile.kernel import Kernel
from axissim.compile.system import system_of
from axissim.model.library import load
from suite.cases import SPANS, EmptyCache, model

NOTHING: frozenset[str] = frozenset()
MODELS = Path(__file__).parents[2] / "models"


class Read:
    """Antimony's text as a Model, as a user's own file is read.

    The process that translates lives on: its millisecond is seen by the clock alone.
    """

    calibration: ClassVar = "python"
    params: ClassVar = ["dopamine_terminal"]
    param_names: ClassVar = ["model"]

    def time_text(self, name: str) -> None:
        load(MODELS / name / f"{name}.ant")


class Derive:
    """A Model as an ordered system, with its Jacobian and its elimination."""

    calibration: ClassVar = "python"
    params: ClassVar = list(SPANS)
    param_names: ClassVar = ["model"]

    def time_system(self, name: str) -> None:
        system_of(model(name), NOTHING)


class Compile:
    """A system as machine code, with an empty cache; a method's loop is in `start.Cold`."""

    calibration: ClassVar = "compiler"
    params: ClassVar = list(SPANS)
    param_names: ClassVar = ["model"]
    number, repeat, warmup_time, timeout = 1, 3, 0, 120

    def setup(self, name: str) -> None:
        self.system, self.cache = system_of(model(name), NOTHING), EmptyCache()

    def teardown(self, name: str) -> None:
        self.cache.close()

    def time_equations(self, name: str) -> None:
        _ = Kernel(self.system).equations


class Find:
    """A system's machine code found in the cache."""

    calibration: ClassVar = "python"
    params: ClassVar = list(SPANS)
    param_names: ClassVar = ["model"]

    def setup(self, name: str) -> None:
        self.system = system_of(model(name), NOTHING)
        _ = Kernel(self.system).equations

    def time_equations(self, name: str) -> None:
        _ = Kernel(self.system).equations
