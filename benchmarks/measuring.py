"""The suite's benchmarks as asv finds them, each measured beside a calibration of its kind."""

from __future__ import annotations

import gc
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from itertools import product
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

MEMORY = "memory"  # what a class names as its calibration where peaks are measured
SAMPLE = 0.03  # seconds of processor time, at least, between two calibrations
LONG = 0.5  # seconds of a call from which on three rounds will do
LONGEST = 5.0  # and one


@dataclass(frozen=True)
class Benchmark:
    """A method of a class of the suite, with its parameters."""

    group: str  # module and class
    kind: Any
    method: str
    params: tuple[Any, ...] = ()

    @property
    def name(self) -> str:
        """As asv has it, with the parameters behind."""
        behind = f"({', '.join(map(str, self.params))})" if self.params else ""
        return f"{self.group}.{self.method}{behind}"

    @property
    def calibration(self) -> str:
        """A key of `suite.calibration.PIECES`, or `MEMORY`."""
        return str(self.kind.calibration)

    @property
    def alone(self) -> bool:
        """Whether each call has a set-up of its own, as asv's ``number = 1`` asks."""
        return getattr(self.kind, "number", 0) == 1

    @contextmanager
    def ready(self) -> Iterator[Callable[[], None]]:
        """The call, between its class's set-up and tear-down."""
        made = self.kind()
        getattr(made, "setup", _nothing)(*self.params)
        try:
            yield lambda: getattr(made, self.method)(*self.params)
        finally:
            getattr(made, "teardown", _nothing)(*self.params)


def _nothing(*_: Any) -> None:
    """What a class without a set-up does."""


def benchmarks() -> list[Benchmark]:
    """All of the suite, but the calibrations themselves."""
    import suite

    found = []
    for module in iter_modules(suite.__path__):
        for key, kind in vars(import_module(f"suite.{module.name}")).items():
            if isinstance(kind, type) and hasattr(kind, "calibration"):
                found += [
                    Benchmark(f"{module.name}.{key}", kind, method, row)
                    for method in vars(kind)
                    if method.startswith(("time_", "peakmem_"))
                    for row in rows(getattr(kind, "params", ()))
                ]
    return found


def rows(params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What asv makes of ``params``: of a list its elements, of several lists all their pairs."""
    several = bool(params) and isinstance(params[0], (list, tuple))
    return list(product(*(params if several or not params else [params])))


@dataclass
class Measured:
    """What the rounds of a benchmark took.

    Attributes
    ----------
    own, calibration : list of float
        Seconds of processor time, a round; of a peak its MB, and 1.
    wall : list of float
        Ratios of wall times, a round.
    number : int
        Calls in a round.
    """

    own: list[float] = field(default_factory=list)
    calibration: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    number: int = 1

    @property
    def ratio(self) -> float:
        """What is compared to the budget: the median over rounds."""
        pairs = zip(self.own, self.calibration, strict=True)
        return statistics.median(own / one for own, one in pairs)

    @property
    def waited(self) -> float:
        """The least ratio of wall times, which other work on the machine touches least."""
        return min(self.wall, default=0.0)

    def enough(self, rounds: int) -> bool:
        """Whether these rounds will do: what is long is steady by itself."""
        if not self.own:
            return False
        least = min(self.own) if self.wall else LONGEST
        return len(self.own) >= (1 if least >= LONGEST else min(rounds, 3 if least >= LONG else 99))


def measure(picked: Sequence[Benchmark], rounds: int) -> dict[str, Measured]:
    """All that is picked, round by round."""
    found = {benchmark.name: Measured() for benchmark in picked}
    for _ in range(rounds):
        for benchmark in picked:
            if not found[benchmark.name].enough(rounds):
                take = _peak if benchmark.calibration == MEMORY else _round
                take(benchmark, found[benchmark.name])
    return found


def _round(benchmark: Benchmark, into: Measured) -> None:
    """One round: calibration, benchmark, calibration."""
    from suite.calibration import PIECES

    piece = PIECES[benchmark.calibration]
    with benchmark.ready() as call:
        if not into.own:
            piece()
            into.number = 1 if benchmark.alone else _number(call)
        elif into.number > 1:
            call()  # what other benchmarks have pushed out of the processor's memory comes back
        before = seconds(piece)
        own = seconds(call, into.number)
        after = seconds(piece, _times(own[0] * into.number, before[0]))
    into.own.append(own[0])
    into.calibration.append((before[0] + after[0]) / 2.0)
    into.wall.append(2.0 * own[1] / (before[1] + after[1]))


def _number(call: Callable[[], None]) -> int:
    """How many calls make a sample."""
    first = seconds(call)[0]
    used = first if first > 10.0 * SAMPLE else seconds(call)[0]  # the first may have had to begin
    return max(1, round(SAMPLE / max(used, 1e-6)))


def _times(length: float, piece: float) -> int:
    """How often to calibrate after `length` seconds: for a twentieth of it, within bounds."""
    return max(1, min(20, round(0.05 * length / piece)))


def seconds(call: Callable[[], None], number: int = 1) -> tuple[float, float]:
    """Processor and wall seconds of a call, the mean of `number`."""
    gc.collect()
    gc.disable()  # as asv does
    try:
        used, begun = processor(), time.perf_counter()
        for _ in range(number):
            call()
        return (processor() - used) / number, (time.perf_counter() - begun) / number
    finally:
        gc.enable()


def processor() -> float:
    """Seconds that this process and its children have had of processors."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _peak(benchmark: Benchmark, into: Measured) -> None:
    """Once, in a process of its own."""
    command = [sys.executable, __file__, benchmark.name]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    into.own.append(float(done.stdout))
    into.calibration.append(1.0)


def peak(benchmark: Benchmark) -> float:
    """MB that a call takes on top of what this process has taken before."""
    with benchmark.ready() as call:
        before = most_memory()
        call()
        return most_memory() - before


def most_memory() -> float:
    """MB of this process at its peak; not of its parent, which Linux hands on in `resource`."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text().splitlines()
        return next(float(line.split()[1]) / 1e3 for line in lines if line.startswith("VmHWM"))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    print(peak(next(found for found in benchmarks() if found.name == sys.argv[1])))
