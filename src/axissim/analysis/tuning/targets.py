"""Targets and costs: bands that read-outs shall be in, and read-outs that shall be small."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np

from axissim.model.model import suggestion

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_TARGET = re.compile(
    rf"(?:(?P<name>[A-Za-z_]\w*)\s*:\s*)?(?P<of>.+?)\s*"
    rf"(?:\bin\s+(?P<low>{_NUMBER})\s*\.\.\s*(?P<high>{_NUMBER})|<=?\s*(?P<below>{_NUMBER})"
    rf"|>=?\s*(?P<above>{_NUMBER}))(?P<rest>\s.*)?",
    re.ASCII,
)
_COST = re.compile(
    rf"(?:(?P<name>[A-Za-z_]\w*)\s*:\s*)?(?P<of>.+?)\s*(?:<=?\s*(?P<limit>{_NUMBER}))?"
    r"(?P<rest>\s+over\s.*)?",
    re.ASCII,
)
_REST = re.compile(
    rf"over\s+(?P<start>{_NUMBER})\s*\.\.\s*(?P<stop>{_NUMBER})|weight\s+(?P<weight>{_NUMBER})"
    r"|(?P<hard>hard)",
    re.ASCII,
)


@dataclass(frozen=True)
class Target:
    """A band that a read-out shall be in.

    Attributes
    ----------
    of : str
        The read-out: a formula of summaries, such as ``mean(TSH)`` (`axissim.study.summaries`).
    low, high : float
        The band; one of them may be left out.
    weight : float
        Of its miss beside those of other targets.
    hard : bool
        Whether to be outside is not allowed, rather than merely bad.
    start, stop : float, optional
        The read-out is of what is between these times; left out, of the whole run.
    name : str
        Left out, made of the formula.
    """

    of: str
    low: float = -np.inf
    high: float = np.inf
    weight: float = 1.0
    hard: bool = False
    start: float | None = None
    stop: float | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if not self.low < self.high or np.isinf([self.low, self.high]).all():
            raise ValueError(f"target '{self.of}': {self.low:g} to {self.high:g} is no band")
        if not 0.0 < self.weight < np.inf:
            raise ValueError(f"target '{self.of}': its weight, {self.weight:g}, is not above 0")
        _checked(self)

    @property
    def width(self) -> float:
        """In what its distance is counted: the band's width, or, of one bound, its size."""
        width = self.high - self.low
        return width if np.isfinite(width) else abs(self.bound) or 1.0

    @property
    def bound(self) -> float:
        """The bound that is finite, the lower of two."""
        return self.low if np.isfinite(self.low) else self.high

    def inside(self, values: Any) -> Any:
        """Whether values are in the band; what is not a number is not."""
        return (values >= self.low) & (values <= self.high)

    def miss(self, values: Any) -> Any:
        """How far values are outside: 0 in the band, 1/2 at one width from it, 1 for no value."""
        away = np.maximum(np.maximum(self.low - values, values - self.high), 0.0) / self.width
        return np.where(np.isnan(away), 1.0, 1.0 - 1.0 / (1.0 + away))

    def off_centre(self, values: Any) -> Any:
        """The distance from the middle of the band in half widths; 0 where it has one bound."""
        middle = (self.low + self.high) / 2.0
        if not np.isfinite(middle):
            return np.zeros(np.shape(values))
        return np.abs(values - middle) / (self.width / 2.0)


@dataclass(frozen=True)
class Cost:
    """A read-out that shall be small: a dose, a side effect.

    Attributes
    ----------
    of : str
        A formula of summaries, or of levers, derived quantities and what is known of people.
    limit : float
        What it must not exceed.
    start, stop, name
        As in `Target`.
    """

    of: str
    limit: float = np.inf
    start: float | None = None
    stop: float | None = None
    name: str = ""

    def __post_init__(self) -> None:
        _checked(self)


A = TypeVar("A", Target, Cost)


def named(asked: Target | Cost) -> str:
    """What a read-out is called."""
    return asked.name or re.sub(r"\W+", "_", asked.of).lstrip("_0123456789").rstrip("_")


def targets_of(given: Any) -> tuple[Target, ...]:
    """Read targets: `Target`, mappings of its attributes, or texts.

    ``[NAME:] FORMULA in LOW..HIGH [over START..STOP] [weight W] [hard]``, or with ``< HIGH`` or
    ``> LOW``.

    Raises
    ------
    ValueError
        For one that cannot be read, and where there is none.
    """
    found = tuple(_one(Target, "target", what) for what in _several(given))
    if not found:
        raise ValueError("there is no target; give one, as 'mean(TSH) in 0.5..2.5'")
    return found


def costs_of(given: Any) -> tuple[Cost, ...]:
    """Read costs, as `targets_of` reads targets.

    ``[NAME:] FORMULA [< LIMIT] [over START..STOP]``
    """
    return tuple(_one(Cost, "cost", what) for what in _several(given))


def _several(given: Any) -> Sequence[Any]:
    return [given] if isinstance(given, (str, Mapping, Target, Cost)) else list(given)


def _one(kind: type[A], word: str, given: Any) -> A:
    if isinstance(given, kind):
        return given
    if isinstance(given, str):
        return kind(**(_read_target(given) if kind is Target else _read_cost(given)))
    if not isinstance(given, Mapping):
        raise ValueError(f"a {word} is a text or a table, not {given!r:.60}")
    known = [field.name for field in fields(kind)]
    for key in given:
        if key not in known:
            near = suggestion(str(key), known) or f"; it has {', '.join(known)}"
            raise ValueError(f"a {word} has no '{key}'{near}")
    if "of" not in given:
        raise ValueError(f"a {word} lacks 'of', its formula; as of = \"mean(TSH)\"")
    for key, value in given.items():
        wanted = {"of": str, "name": str, "hard": bool}.get(str(key), (int, float))
        if not isinstance(value, wanted) or (wanted is not bool and isinstance(value, bool)):
            raise ValueError(f"{word} '{given['of']}': {key} = {value!r:.40} is not what it can be")
    return kind(**{str(key): value for key, value in given.items()})


def _read_target(text: str) -> dict[str, Any]:
    match = _TARGET.fullmatch(text.strip())
    if match is None:
        raise ValueError(
            f"target '{text[:80]}' cannot be read; write 'mean(TSH) in 0.5..2.5', < or >, and "
            "after it over 48..72, weight 2, hard as needed"
        )
    said = match.groupdict()
    found: dict[str, Any] = {"of": said["of"], "name": said["name"] or ""}
    for key, low_or_high in (("low", "low"), ("above", "low"), ("high", "high"), ("below", "high")):
        if said[key]:
            found[low_or_high] = float(said[key])
    return found | _rest("target", text, said["rest"] or "")


def _read_cost(text: str) -> dict[str, Any]:
    match = _COST.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"cost '{text[:80]}' cannot be read; write 'max(x)' or 'max(x) < 3'")
    said = match.groupdict()
    found: dict[str, Any] = {"of": said["of"], "name": said["name"] or ""}
    found |= {"limit": float(said["limit"])} if said["limit"] else {}
    return found | _rest("cost", text, said["rest"] or "")


def _rest(word: str, text: str, rest: str) -> dict[str, Any]:
    """What stands behind a band: a window, a weight, hard."""
    found: dict[str, Any] = {}
    rest = rest.strip()
    while rest:
        match = _REST.match(rest)
        if match is None:
            raise ValueError(
                f"{word} '{text[:80]}': '{rest[:30]}' cannot be read; "
                "write over 48..72, weight 2 or hard"
            )
        found |= {k: v == "hard" or float(v) for k, v in match.groupdict().items() if v}
        rest = rest[match.end() :].strip()
    return found


def _checked(asked: Target | Cost) -> None:
    start, stop = asked.start, asked.stop
    if start is not None and stop is not None and not start < stop:
        raise ValueError(f"'{asked.of}': its window ends before it begins")
    if not named(asked).isidentifier():
        raise ValueError(f"'{named(asked)}' is no name for '{asked.of}'; give one before a colon")
