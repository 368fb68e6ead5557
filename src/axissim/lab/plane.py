"""The phase plane of two states: how they move, and where each stands still."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from axissim.compile.definitions import START_TIME
from axissim.compile.kernel import kernel_of
from axissim.lab.asked import Asked, MalformedError
from axissim.lab.bench import Bench
from axissim.lab.limits import PLANE_SIDE
from axissim.model.expression import value
from axissim.model.model import ModelError, State

_MARGIN = 0.15  # about the trajectory, as a share of its extent


def plane(bench: Bench, asked: Asked) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a phase plane shows.

    The nullclines are drawn where all other states stand as at the end of the run.

    Returns
    -------
    dict, dict
        For the header, ``axes``; and arrays: ``path`` (2, times), ``x`` and ``y`` (side,), ``dx``
        and ``dy`` (side, side), rates of change, a row a value of y.
    """
    if len(asked.axes) != 2:
        raise MalformedError("axes is not two states")
    model = bench.model
    for key in asked.axes:
        if not isinstance(model.part(key), State):
            raise ModelError(f"'{key}' is not a state; a phase plane is of two states")
    states = [state.id for state in model.states]
    times = np.linspace(asked.start, asked.stop, asked.points)
    values, word = bench.run(asked.params, times, states, asked.doses)
    where = [states.index(key) for key in asked.axes]
    path = values[where]
    good = np.isfinite(values).all(axis=0)
    if not good.any():
        raise ModelError(f"the run failed at once ({word}); there is no plane to show")
    sides = [_side(row[good]) for row in path]
    last = int(np.flatnonzero(good)[-1])
    rest = dict(zip(states, values[:, last], strict=True))
    rates = _rates(bench, asked, rest, sides, float(times[last]))
    arrays = {"path": path, "x": sides[0], "y": sides[1], "dx": rates[0], "dy": rates[1]}
    return {"axes": list(asked.axes), "status": word, "at": float(times[last])}, arrays


def _side(values: Any) -> Any:
    low, high = float(values.min()), float(values.max())
    room = _MARGIN * (high - low) or 0.2 * abs(high) or 1.0
    least = max(low - room, 0.0) if low >= 0.0 else low - room
    return np.linspace(least, high + room, PLANE_SIDE)


def _rates(
    bench: Bench, asked: Asked, rest: Mapping[str, float], sides: Any, moment: float
) -> list[Any]:
    """The rates of the two states over the grid of their values."""
    system = kernel_of(bench.model, bench.numbers).system
    env: dict[str, Any] = {**system.inputs, **system.baked, **bench.params(asked.params)}
    env[START_TIME] = asked.start
    env |= {key: value(formula, env) for key, formula in system.fixed.items()}
    env |= rest
    if any(key not in env for key in system.states):
        raise ModelError("a model with algebraic constraints has no phase plane here")
    if system.lags:
        raise ModelError("a model with delays has no phase plane: its rates depend on the past")
    across, up = np.meshgrid(*sides)
    env |= {asked.axes[0]: across, asked.axes[1]: up}
    order = {key: at for at, key in enumerate(system.states)}
    found = [value(system.rates[order[key]], env, moment) for key in asked.axes]
    return [np.broadcast_to(rate, across.shape) for rate in found]
