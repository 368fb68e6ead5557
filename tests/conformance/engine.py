"""axissim as an engine for harnesses: an SBML file and a case's settings in, columns out.

``lanes`` is the fast path, ``scipy`` the reference with compiled equations, ``plain`` the reference
with the same equations' text in plain Python. All go through the public door.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

import axissim as ax
from axissim.compile import kernel
from axissim.compile.build import plain_module
from axissim.compile.build import scalar_module as compiled_module
from axissim.model.model import Model
from axissim.model.reading.refusal import UnsupportedModelError

_TAKEN = ("time", "status", "method", "n_steps", "n_rejected", "t_fail")  # a result's own names
_METHODS = {"lanes": "auto", "scipy": "scipy:LSODA", "plain": "scipy:LSODA"}


class RefusedError(NotImplementedError):
    """axissim refuses the model by name."""


class FailedError(RuntimeError):
    """The run did not come to its end; how and when is in the words."""


def lanes(path: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """By the fast path."""
    return _simulated(path, settings, "lanes")


def scipy(path: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """By SciPy, with compiled equations."""
    return _simulated(path, settings, "scipy")


def plain(path: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """By SciPy, with the equations in plain Python: nothing is compiled."""
    return _simulated(path, settings, "plain")


simulate = lanes


def warm(engine: str) -> None:
    """Have the stepping loops compiled, so that no case waits for it."""
    if engine == "lanes":
        model = ax.load("model warm()\n x' = -x; x = 1; n = 0; at x < 0.5: n = 1\nend")
        for method in ("tsit5", "rodas5p"):
            ax.simulate(model, t=(0.0, 1.0, 3), method=method)


def read(path: str) -> str:
    """Read the file, and no more; its id."""
    return loaded(path).id


def loaded(path: str) -> Model:
    """The model in a file; RefusedError where axissim refuses it."""
    try:
        return ax.load(path)
    except UnsupportedModelError as refusal:
        raise RefusedError(str(refusal)) from None


def columns(model: Model, settings: Mapping[str, Any], engine: str = "lanes") -> dict[str, Any]:
    """The columns that `settings` ask for, by variable."""
    wanted = {key: _output(model, key, settings) for key in settings["variables"]}
    start = settings["start"]
    times = np.linspace(start, start + settings["duration"], settings["steps"] + 1)
    kernel.scalar_module = plain_module if engine == "plain" else compiled_module
    result = ax.simulate(
        model,
        t=times,
        outputs=list(dict.fromkeys(wanted.values())),
        method=_METHODS[engine],
        rtol=1e-9,
        atol=1e-15 if engine == "plain" else None,  # None needs trial runs in lanes
    )
    if int(result.status) != 1:
        word = result.status.attrs["flag_meanings"].split()[int(result.status)]
        raise FailedError(f"{word} at {float(result.t_fail):.9g}")
    return {
        key: result[f"{output}_" if output in _TAKEN else output].values
        for key, output in wanted.items()
    }


def _output(model: Model, key: str, settings: Mapping[str, Any]) -> str:
    """What to ask for; some cases call a compartment's size its amount."""
    for kind in ("amount", "concentration"):
        if key in settings[kind] and key in model.species:
            return f"{kind}({key})"
    return key


def _simulated(path: str, settings: Mapping[str, Any], engine: str) -> dict[str, Any]:
    model = loaded(path)
    try:
        return columns(model, settings, engine)
    except UnsupportedModelError as refusal:
        raise RefusedError(str(refusal)) from None
