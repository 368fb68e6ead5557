"""Levers: what may be changed, and how far; points of a unit cube become their settings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from axissim.model.model import suggestion

_FORMS = (
    "write LOW:HIGH, LOW:HIGH:log, LOW:HIGH:POINTS for so many values, or values with commas "
    "between them"
)


_TABLE = ("low", "high", "scale", "points", "values")


@dataclass(frozen=True)
class Lever:
    """A quantity that may be changed.

    Attributes
    ----------
    name : str
        The id of a parameter or of a state (its value at the start), or a name that an action of
        the protocol or a derived quantity uses.
    low, high : float
        Its bounds.
    scale : "linear" or "log"
        Whether its values or their logarithms are searched evenly.
    values : tuple of float
        If there are any, it takes no other.
    """

    name: str
    low: float
    high: float
    scale: str = "linear"
    values: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        label = f"lever '{self.name}'"
        if not re.fullmatch(r"[A-Za-z_]\w*", self.name, re.ASCII):
            raise ValueError(f"{label}: the name is letters, digits and _, and begins with none")
        if self.scale not in ("linear", "log"):
            raise ValueError(f"{label}: scale '{self.scale}' is not linear or log")
        if not np.all(np.isfinite([self.low, self.high, *self.values])):
            raise ValueError(f"{label}: its bounds and values are finite numbers")
        if not self.low < self.high:
            raise ValueError(f"{label}: {self.high:g} is not above {self.low:g}; nothing to search")
        if self.scale == "log" and self.low <= 0.0:
            raise ValueError(f"{label}: on a log scale both bounds are above 0")

    def at(self, places: Any) -> Any:
        """The settings at places from 0 to 1."""
        if self.values:
            last = len(self.values) - 1
            return np.array(self.values)[np.minimum((places * (last + 1)).astype(int), last)]
        if self.scale == "log":
            found = self.low * (self.high / self.low) ** places
        else:
            found = self.low + (self.high - self.low) * places
        return np.clip(found, self.low, self.high)

    def reach(self, width: float) -> float:
        """`width`, a share of the range, or so much that the next of its values is reached."""
        return max(width, 1.0 / len(self.values)) if self.values else width


def levers_of(given: Mapping[str, Any] | Sequence[Lever]) -> tuple[Lever, ...]:
    """Read levers.

    Parameters
    ----------
    given : mapping, or sequence of Lever
        Name to a `Lever`, (low, high), (low, high, "log"), (low, high, points), a list of values,
        or a text: ``"50:250"``, ``"50:250:log"``, ``"50:250:9"``, ``"50,100,200"``.

    Raises
    ------
    ValueError
        For one that is none, and where there is none.
    """
    if isinstance(given, Mapping):
        found = [_lever(str(name), what) for name, what in given.items()]
    else:
        found = list(given)
    if not found:
        raise ValueError("there is no lever to move; give one, as 'dose=50:250'")
    if len({lever.name for lever in found}) < len(found):
        raise ValueError("two levers have the same name; leave one out")
    return tuple(found)


def _lever(name: str, given: Any) -> Lever:
    if isinstance(given, Lever):
        return given
    if isinstance(given, Mapping):
        return _of_table(name, given)
    if isinstance(given, str):
        given = _read(name, given)
    if not isinstance(given, (Sequence, np.ndarray)):
        raise ValueError(f"lever '{name}': {_FORMS}")
    if isinstance(given, tuple) and len(given) == 3:
        low, high, last = given
        if isinstance(last, str):
            return Lever(name, float(low), float(high), last)
        if isinstance(last, (int, np.integer)):
            given = np.linspace(low, high, max(int(last), 2))
    elif isinstance(given, tuple) and len(given) == 2:
        return Lever(name, *map(_number(name), given))
    values = sorted({_number(name)(value) for value in given})
    if len(values) < 2:
        raise ValueError(f"lever '{name}': one value is nothing to choose from; give it as fixed")
    return Lever(name, values[0], values[-1], values=tuple(values))


def _of_table(name: str, given: Mapping[str, Any]) -> Lever:
    """A lever of a table: ``{low = 50, high = 250, scale = "log"}`` or ``{values = [50, 100]}``."""
    for key in given:
        if key not in _TABLE:
            near = suggestion(str(key), _TABLE) or f"; it has {', '.join(_TABLE)}"
            raise ValueError(f"lever '{name}' has no '{key}'{near}")
    if "values" in given:
        if not isinstance(given["values"], (Sequence, np.ndarray)):
            raise ValueError(f"lever '{name}': its values are a list, as [50, 100]")
        return _lever(name, list(given["values"]))
    if not {"low", "high"} <= set(given):
        raise ValueError(f"lever '{name}' lacks its bounds; give low and high, or values")
    low, high = map(_number(name), (given["low"], given["high"]))
    if "points" in given:
        if not isinstance(given["points"], (int, np.integer)):
            raise ValueError(f"lever '{name}': points = {given['points']!r:.40} is not a count")
        return _lever(name, (low, high, given["points"]))
    return Lever(name, low, high, str(given.get("scale", "linear")))


def _number(name: str) -> Any:
    def number(value: Any) -> float:
        try:
            return float(value)
        except (TypeError, ValueError):
            raise ValueError(f"lever '{name}': {value!r:.40} is not a number; {_FORMS}") from None

    return number


def _read(name: str, text: str) -> Any:
    """What a text says of a lever: (low, high), (low, high, word or points) or a list."""
    number = _number(name)
    if ":" not in text:
        return [number(cell) for cell in text.split(",")]
    cells = [cell.strip() for cell in text.split(":")]
    if len(cells) == 2:
        return number(cells[0]), number(cells[1])
    if len(cells) == 3 and cells[2].isdigit() and int(cells[2]) > 1:
        return number(cells[0]), number(cells[1]), int(cells[2])
    if len(cells) == 3 and cells[2] in ("log", "linear"):
        return number(cells[0]), number(cells[1]), cells[2]
    raise ValueError(f"lever '{name}': '{text[:60]}' cannot be read; {_FORMS}")


def settings(levers: Sequence[Lever], places: Any) -> Any:
    """Settings (candidates, levers) at places (candidates, levers) of the unit cube."""
    return np.stack([lever.at(places[:, at]) for at, lever in enumerate(levers)], axis=1)


def every_setting(levers: Sequence[Lever], most: int) -> Any:
    """Places of all combinations, if all levers have values and they are `most` or fewer."""
    counts = [len(lever.values) for lever in levers]
    if min(counts) == 0 or np.prod(counts, dtype=float) > most:
        return None
    grid = np.meshgrid(*[(np.arange(count) + 0.5) / count for count in counts], indexing="ij")
    return np.stack([axis.ravel() for axis in grid], axis=1)
