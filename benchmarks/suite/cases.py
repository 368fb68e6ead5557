"""What is run: models, spans, ranges, and what is made of them once a process."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import axissim as ax

SPANS = {
    "dopamine_terminal": (0, 24, 97),
    "thyroid_human": (0, 24, 97),
    "menstrual_cycle": (0, 56, 101),
}
RANGES = {
    "dopamine_terminal": {"Vd": (4000, 16000), "fire": (0.5, 2)},
    "thyroid_human": {"S4": (0.0009, 0.0035), "S3": (1.7e-4, 6.7e-4)},
    "menstrual_cycle": {"f_0": (12, 20), "a_0": (0.004, 0.008)},
}


@cache
def model(name: str) -> Any:
    """A shipped model."""
    return ax.load(name)


@cache
def design(name: str, runs: int) -> Any:
    """`runs` sets of two parameters of a model, by Sobol'."""
    return ax.design.sobol(RANGES[name], n=runs, seed=1)


def asked(name: str) -> dict[str, Any]:
    """A model over its span, by Rodas5P."""
    return {"t": SPANS[name], "method": "rodas5p"}


def output(name: str) -> str:
    """What is saved of a model."""
    return str(model(name).states[0].id)


def swept(name: str, runs: int, **options: Any) -> Any:
    """A sweep on one thread, so that its time does not hang on what else the machine does."""
    kept = {} if "summaries" in options else {"outputs": [output(name)]}
    options = {**asked(name), **kept, "threads": 1, **options}
    return ax.sweep(model(name), design(name, runs), **options)


@cache
def warm(name: str) -> None:
    """Compile all that a sweep of a model calls, or find it in the cache."""
    swept(name, 16)


def scratch() -> Path:
    """A new folder that goes with this process, if nothing takes it away before."""
    folder = Path(tempfile.mkdtemp(prefix="axissim-suite-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class EmptyCache:
    """A cache folder of our own with nothing in it, until `close`."""

    def __init__(self) -> None:
        self.folder, self.before = scratch(), os.environ.get("AXISSIM_CACHE_DIR")
        os.environ["AXISSIM_CACHE_DIR"] = str(self.folder)

    def close(self) -> None:
        """The cache folder as it was before."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.before is None:
            del os.environ["AXISSIM_CACHE_DIR"]
        else:
            os.environ["AXISSIM_CACHE_DIR"] = self.before
