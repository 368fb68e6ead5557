"""From nothing, in a new process: the import, the command line, a first result."""

from __future__ import annotations

import subprocess
import sys
from typing import ClassVar

from suite.cases import EmptyCache, warm

FIRST = (
    "import axissim as ax; "
    "ax.simulate(ax.load('dopamine_terminal'), t=(0, 24, 97), method='rodas5p')"
)


def python(*arguments: str) -> None:
    """Run an interpreter to its end."""
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)


class Start:
    """What has been compiled before is found in the cache."""

    calibration: ClassVar = "process"
    timeout = 120

    def setup(self) -> None:
        warm("dopamine_terminal")

    def time_import(self) -> None:
        python("-c", "import axissim")

    def time_help(self) -> None:
        python("-m", "axissim", "--help")

    def time_first_result(self) -> None:
        python("-c", FIRST)


class Cold:
    """Nothing has been compiled before: what a user waits for, once a machine."""

    calibration: ClassVar = "compiler"
    number, repeat, rounds, min_run_count, warmup_time, timeout = 1, 1, 1, 1, 0, 300

    def setup(self) -> None:
        self.cache = EmptyCache()

    def teardown(self) -> None:
        self.cache.close()

    def time_first_result(self) -> None:
        python("-c", FIRST)
