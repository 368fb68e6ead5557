"""The actions that a protocol is made of: frozen values, and the functions that make them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from axissim.model.model import ModelError

A = TypeVar("A")
Value = Any  # a number, the name of a design's variable, or an array over the design's dimensions


@dataclass(frozen=True)
class Dose:
    """See `dose`."""

    target: str
    amount: Value
    at: Value
    every: Value = None
    count: Value = 1
    bioavailability: Value = 1.0
    steady_state: bool = False


@dataclass(frozen=True)
class Infusion:
    """See `infuse`."""

    target: str
    amount: Value
    rate: Value
    at: Value
    duration: Value
    every: Value = None
    count: Value = 1
    steady_state: bool = False


@dataclass(frozen=True)
class Clamp:
    """See `clamp`."""

    target: str
    value: Value
    start: Value = None
    stop: Value = None


@dataclass(frozen=True)
class Block:
    """See `block`."""

    parameter: str
    factor: Value
    start: Value = None
    stop: Value = None


@dataclass(frozen=True)
class PulseTrain:
    """See `pulse_train`."""

    target: str
    amount: Value
    start: Value
    stop: Value
    period: Value
    duration: Value = 0.0


@dataclass(frozen=True)
class Circadian:
    """See `circadian`."""

    parameter: str
    amplitude: Value
    peak: Value
    period: Value = None


@dataclass(frozen=True)
class Reset:
    """See `reset`."""

    at: Value


def dose(
    target: str,
    amount: Value,
    *,
    at: Value,
    every: Value = None,
    count: Value = 1,
    bioavailability: Value = 1.0,
    steady_state: bool = False,
) -> Dose:
    """Add to a state in an instant.

    Parameters
    ----------
    target : str
        A state.
    amount : value
        In the state's unit; below 0 it is taken away.
    at, every, count : value
        The first dose is at `at`, then one `every` so long, `count` in all.
    bioavailability : value
        The share of `amount` that arrives.
    steady_state : bool
        Before the first dose set every state to where the same dose, `every` so long for ever,
        would have brought it by then; infusions begun before end there.
    """
    return _checked(Dose(target, amount, at, every, count, bioavailability, steady_state))


def infuse(
    target: str,
    amount: Value = None,
    *,
    rate: Value = None,
    at: Value,
    duration: Value,
    every: Value = None,
    count: Value = 1,
    steady_state: bool = False,
) -> Infusion:
    """Add to a state's rate of change for a while.

    Parameters
    ----------
    target : str
        A state.
    amount, rate : value
        One of the two: what flows in all (of each infusion), or per time unit.
    at, duration : value
        When it begins, and how long it lasts.
    every, count, steady_state
        As in `dose`.
    """
    if (amount is None) == (rate is None):
        raise ModelError(f"infusion into '{target}': give its amount or its rate, one of the two")
    return _checked(Infusion(target, amount, rate, at, duration, every, count, steady_state))


def clamp(target: str, value: Value, *, start: Value = None, stop: Value = None) -> Clamp:
    """Hold a state at a value, whatever flows, and let it go on from there.

    Parameters
    ----------
    target : str
        A state.
    value : value
    start, stop : value
        From when to when; left out, from the start and to the end of the run.
    """
    return _checked(Clamp(target, value, start, stop))


def block(parameter: str, factor: Value, *, start: Value = None, stop: Value = None) -> Block:
    """Multiply a parameter for a while; blocks that overlap multiply each other.

    Rates, rules and triggers see the parameter so; initial values, and parameters that are
    computed once at the start, do not.

    Parameters
    ----------
    parameter : str
    factor : value
        0 blocks it wholly, 1 leaves it, 2 doubles it.
    start, stop : value
        As in `clamp`.
    """
    return _checked(Block(parameter, factor, start, stop))


def pulse_train(
    target: str,
    amount: Value,
    *,
    start: Value,
    stop: Value,
    period: Value,
    duration: Value = 0.0,
) -> PulseTrain:
    """Pulses into a state from `start` on, one a `period`, the last before `stop`.

    Parameters
    ----------
    target : str
        A state.
    amount : value
        Of each pulse.
    start, stop, period : value
    duration : value
        How long a pulse flows; 0 for an instant.
    """
    return _checked(PulseTrain(target, amount, start, stop, period, duration))


def circadian(parameter: str, *, amplitude: Value, peak: Value, period: Value = None) -> Circadian:
    """Give a parameter a rhythm: value * (1 + amplitude*cos(2*pi*(time - peak)/period)).

    Where the parameter is seen so is told at `block`.

    Parameters
    ----------
    parameter : str
    amplitude : value
        As a share of the value, -1 to 1.
    peak : value
        A time at which the parameter is greatest.
    period : value
        Left out, 24 hours in the model's time unit.
    """
    return _checked(Circadian(parameter, amplitude, peak, period))


def reset(*, at: Value) -> Reset:
    """Set every state to its value at the start, and end infusions begun before."""
    return _checked(Reset(at))


_FROM = {"every": 0.0, "duration": 0.0, "period": 0.0, "factor": 0.0, "bioavailability": 0.0}
_STRICTLY = ("every", "duration", "period")


def check(label: str, key: str, values: Any, *, instant: bool = False) -> None:
    """ModelError if an action's value is not finite, or not one that `key` can have."""
    values = np.asarray(values, float)
    finite = np.isfinite(values)
    if not np.all(finite):
        raise ModelError(f"{label}: {key} = {values[~finite][0]} is not a finite number")
    low = values.min(initial=np.inf)
    strictly = key in _STRICTLY and not instant
    if low < _FROM.get(key, -np.inf) or (strictly and low == 0.0):
        raise ModelError(
            f"{label}: {key} = {low:g} is not {'above 0' if strictly else '0 or more'}"
        )
    if key == "count" and np.any((values < 1) | (values % 1 != 0)):
        raise ModelError(f"{label}: count = {low:g} is not a whole number, 1 or more")
    if key == "amplitude" and np.any(np.abs(values) > 1.0):
        most = np.abs(values).max()
        raise ModelError(f"{label}: amplitude = {most:g} is a share of the value; give -1 to 1")


def label_of(action: Any) -> str:
    """An action in words: ``dose of 'q10'``."""
    kind = type(action).__name__
    of = getattr(action, "target", None) or getattr(action, "parameter", None)
    words = {"PulseTrain": "pulses into", "Infusion": "infusion into", "Circadian": "rhythm of"}
    return f"{words.get(kind, f'{kind.lower()} of')} '{of}'" if of else kind.lower()


def values_of(action: Any) -> dict[str, Any]:
    """The values of an action that are given and may differ between runs, by name."""
    named = {f.name: getattr(action, f.name) for f in dataclasses.fields(action)}
    fixed = ("target", "parameter", "steady_state")
    return {k: v for k, v in named.items() if k not in fixed and v is not None}


def _checked(action: A) -> A:
    label = label_of(action)
    for key in ("target", "parameter"):
        if not isinstance(getattr(action, key, ""), str):
            raise ModelError(f"{label}: the {key} is an id, as text")
    for key, value in values_of(action).items():
        if isinstance(value, (bool, np.bool_)):
            raise ModelError(f"{label}: {key} = {value} is not a number")
        if isinstance(value, (int, float, np.number)):
            check(label, key, value, instant=isinstance(action, PulseTrain) and key == "duration")
    if isinstance(action, (Dose, Infusion)) and action.every is None:
        once = isinstance(action.count, (int, float)) and action.count == 1
        if action.steady_state or not once:
            raise ModelError(f"{label}: to repeat it, say every how long")
    return action


ACTIONS: dict[str, type] = {
    "dose": Dose,
    "infuse": Infusion,
    "clamp": Clamp,
    "block": Block,
    "pulse_train": PulseTrain,
    "circadian": Circadian,
    "reset": Reset,
}
