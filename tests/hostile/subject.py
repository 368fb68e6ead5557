"""What hostile inputs are put to: read, then run from 0 to 10 with 11 points."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import axissim as ax
from axissim.model.model import Model

TIMES = (0.0, 10.0, 11)
_STEPS = 20_000


def from_file(path: str) -> dict[str, Any]:
    """The model in a file, run; raises ModelError where axissim refuses it."""
    return _run(ax.load(Path(path)))


def from_text(text: str) -> dict[str, Any]:
    """The model in an Antimony text, run."""
    return _run(ax.load(text if "\n" in text else text + "\n"))


def from_xml(text: str) -> dict[str, Any]:
    """The model in a text that is taken for SBML whatever it looks like, run."""
    with tempfile.NamedTemporaryFile("w", suffix=".xml", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        return from_file(file.name)


def _run(model: Model) -> dict[str, Any]:
    """How the run ended, whether all it left is finite, and its last values."""
    result = ax.simulate(model, t=TIMES, max_steps=_STEPS)
    word = result.status.attrs["flag_meanings"].split()[int(result.status)]
    moving = {str(key): column for key, column in result.items() if column.dims == ("time",)}
    return {
        "status": word,
        "t_fail": float(result.t_fail),
        "finite": all(bool(np.all(np.isfinite(column))) for column in moving.values()),
        "last": {key: float(column[-1]) for key, column in list(moving.items())[:1000]},
    }


def warm(_: str) -> None:
    """Have the stepping loops compiled and the libraries loaded, so that no call waits for it."""
    for rate in ("-x", "-1e6*(x - cos(time))"):
        from_text(f"model warm()\n x' = {rate}; x = 1; n = 0; at x < 0.5: n = 1\nend")
