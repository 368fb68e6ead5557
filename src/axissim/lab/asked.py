"""What a page asks, read from a message that may hold anything."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from axissim.lab.limits import DOSES, OUTPUTS, POINTS
from axissim.model.model import ModelError
from axissim.study.action import Dose, dose

KINDS = ("run", "fan", "plane", "why")
FILES = ("csv", "sbml", "antimony", "notebook", "page")
_LONGEST = 200  # of an id


class MalformedError(ValueError):
    """A message that no page of ours sends; the text says what is wrong with it."""


@dataclass(frozen=True)
class Asked:
    """One question.

    Attributes
    ----------
    kind : str
        One of `KINDS`, or the name of a file to make.
    number : int
        Given back with the answer.
    params : mapping
        Parameters whose value is not the model's own.
    before : mapping
        The same, of the setting to compare with (``why``).
    start, stop, points
        When to save.
    outputs : tuple of str
    over : tuple of str
        Parameters that a fan spreads; `spread` is the factor, up and down.
    axes : tuple of str
        The two states of a phase plane, or the one state of ``why``.
    """

    kind: str
    number: int
    model: str
    params: Mapping[str, float] = field(default_factory=dict)
    before: Mapping[str, float] = field(default_factory=dict)
    doses: tuple[Dose, ...] = ()
    start: float = 0.0
    stop: float = 1.0
    points: int = 2
    outputs: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    spread: float = 1.5
    axes: tuple[str, ...] = ()


def read(text: str | bytes) -> dict[str, Any]:
    """A message as a mapping; MalformedError if it is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise MalformedError("the message is not JSON") from None
    if not isinstance(found, dict):
        raise MalformedError("the message is not an object")
    return found


def asked(message: Mapping[str, Any], kinds: tuple[str, ...] = KINDS) -> Asked:
    """Read a question.

    Raises
    ------
    MalformedError
        It is no question, or asks for more than `axissim.lab.limits` allow.
    """
    kind = message.get("kind")
    if kind not in kinds:
        raise MalformedError(f"kind is none of {', '.join(kinds)}")
    start, stop, points = _times(message.get("t"))
    return Asked(
        kind=str(kind),
        number=number_of(message),
        model=_id(message.get("model"), "model"),
        params=_numbers(message.get("params"), "params"),
        before=_numbers(message.get("before"), "before"),
        doses=_doses(message.get("doses")),
        start=start,
        stop=stop,
        points=points,
        outputs=_ids(message.get("outputs"), "outputs", OUTPUTS),
        over=_ids(message.get("over"), "over", 8),
        spread=_within(message.get("spread", 1.5), "spread", 1.0, 100.0),
        axes=_ids(message.get("axes"), "axes", 2),
    )


def number_of(message: Mapping[str, Any]) -> int:
    """The number that a page gave its message, 0 if it gave none."""
    number = message.get("n", 0)
    return number if isinstance(number, int) and abs(number) < 2**53 else 0


def _finite(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise MalformedError(f"{what} is not a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise MalformedError(f"{what} is not a finite number")
    return number


def _within(value: Any, what: str, low: float, high: float) -> float:
    number = _finite(value, what)
    if not low <= number <= high:
        raise MalformedError(f"{what} = {number:g} is not between {low:g} and {high:g}")
    return number


def _id(value: Any, what: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
        raise MalformedError(f"{what} is not an id")
    return value


def _ids(value: Any, what: str, most: int) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > most:
        raise MalformedError(f"{what} is not a list of at most {most} ids")
    return tuple(dict.fromkeys(_id(item, what) for item in value))


def _numbers(value: Any, what: str) -> dict[str, float]:
    if value is None:
        return {}
    if not isinstance(value, dict) or len(value) > 2_000:
        raise MalformedError(f"{what} is not a mapping of ids to numbers")
    return {_id(key, what): _finite(number, f"{what}: {key[:40]}") for key, number in value.items()}


def _times(value: Any) -> tuple[float, float, int]:
    if not isinstance(value, list) or len(value) != 3:
        raise MalformedError("t is not [start, stop, points]")
    start, stop = _finite(value[0], "t"), _finite(value[1], "t")
    points = _within(value[2], "the number of points", 2, POINTS)
    if not start < stop or points % 1.0:
        raise MalformedError("t is not [start, stop, points], rising")
    return start, stop, int(points)


def _doses(value: Any) -> tuple[Dose, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > DOSES:
        raise MalformedError(f"doses is not a list of at most {DOSES}")
    return tuple(_dose(item) for item in value)


def _dose(item: Any) -> Dose:
    if not isinstance(item, dict) or item.keys() - {"target", "amount", "at", "every", "count"}:
        raise MalformedError("a dose is {target, amount, at, every, count}")
    every, count = item.get("every"), item.get("count", 1)
    try:
        return dose(
            _id(item.get("target"), "a dose's target"),
            _finite(item.get("amount"), "a dose's amount"),
            at=_finite(item.get("at"), "a dose's time"),
            every=None if every is None else _finite(every, "a dose's interval"),
            count=_within(count, "a dose's count", 1, 1_000),
        )
    except ModelError as wrong:
        raise MalformedError(str(wrong)) from None
