"""The small language of options: ``k=8``, ``k=1:20:50``, ``k~lognormal(0, 0.3)``, ``0:24:97``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_FORMS = (
    "write ID=8 (fixed), ID=1:20:50 or ID=1,2,5 (grid; ID=1:20:50:log with even ratios), or "
    "'ID~lognormal(0,0.3)' (drawn)"
)


@dataclass(frozen=True)
class Settings:
    """What ``-p`` asks for.

    Attributes
    ----------
    fixed : dict
        Id to number.
    axes : dict
        Id to the values along its axis of a grid.
    drawn : dict
        Id to the text of its distribution.
    """

    fixed: dict[str, float] = field(default_factory=dict)
    axes: dict[str, list[float]] = field(default_factory=dict)
    drawn: dict[str, str] = field(default_factory=dict)


def settings(texts: Sequence[str]) -> Settings:
    """Read the options ``-p``; ValueError names the one that is wrong, and the mend."""
    found = Settings()
    for text in texts:
        match = re.fullmatch(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*([=~])\s*(.*\S)\s*", text, re.ASCII)
        if match is None:
            raise ValueError(f"-p '{text}' cannot be read; {_FORMS}")
        key, sign, said = match.groups()
        if key in {**found.fixed, **found.axes, **found.drawn}:
            raise ValueError(f"-p gives '{key}' twice; leave one out")
        if sign == "~":
            found.drawn[key] = said
        elif ":" in said:
            found.axes[key] = _axis(text, said)
        elif "," in said:
            found.axes[key] = [_number(text, cell) for cell in said.split(",")]
        else:
            found.fixed[key] = _number(text, said)
    return found


def _axis(text: str, said: str) -> list[float]:
    """The values of ``start:stop:points`` or ``start:stop:points:log``."""
    import numpy as np

    parts = said.split(":")
    if len(parts) not in (3, 4) or (len(parts) == 4 and parts[3] not in ("log", "linear")):
        raise ValueError(f"-p '{text}' cannot be read; {_FORMS}")
    start, stop = (_number(text, cell) for cell in parts[:2])
    points = _count(f"-p '{text}'", parts[2])
    if points < 2 or start == stop:
        raise ValueError(f"-p '{text}': an axis has two points or more, from one value to another")
    if parts[3:] == ["log"]:
        if min(start, stop) <= 0.0:
            raise ValueError(f"-p '{text}': an axis with even ratios needs both ends above 0")
        return [float(value) for value in np.geomspace(start, stop, points)]
    return [float(value) for value in np.linspace(start, stop, points)]


def numbers(option: str, texts: Sequence[str]) -> dict[str, float]:
    """Read options of the form ``ID=VALUE``."""
    found: dict[str, float] = {}
    for text in texts:
        key, sign, said = (part.strip() for part in text.partition("="))
        if not sign or not key:
            raise ValueError(f"{option} '{text}' cannot be read; write {option} ID=VALUE")
        if key in found:
            raise ValueError(f"{option} gives '{key}' twice; leave one out")
        found[key] = _number(text, said, option)
    return found


@dataclass(frozen=True)
class Dosing:
    """What ``--dose`` asks for: `duration` is None for an instant, `every` for one dose.

    A value is a number, or the name of what ``-p`` varies or a lever moves.
    """

    target: str
    amount: float | str
    at: float | str
    every: float | str | None
    count: int
    duration: float | str | None


def dosings(texts: Sequence[str]) -> list[Dosing]:
    """Read the options ``--dose``; ValueError names the one that is wrong, and the mend."""
    return [_dosing(text) for text in texts]


def _dosing(text: str) -> Dosing:
    match = re.fullmatch(r"\s*(\w+)\s*=\s*([^@=]*[^@=\s])\s*@\s*([^@/=]+)(?:/([^@/=]+))?", text)
    if match is None:
        raise ValueError(
            f"--dose '{text}' cannot be read; write ID=AMOUNT@TIME, ID=AMOUNT@TIME:EVERY:COUNT, "
            "and /DURATION after it for an infusion"
        )
    target, amount, when, lasting = match.groups()
    parts = when.split(":")
    if len(parts) not in (1, 3):
        raise ValueError(f"--dose '{text}': repeats are TIME:EVERY:COUNT, as in 0:24:7")
    return Dosing(
        target=target,
        amount=_named(text, amount),
        at=_named(text, parts[0]),
        every=_named(text, parts[1]) if len(parts) == 3 else None,
        count=_count(f"--dose '{text}'", parts[2], "doses") if len(parts) == 3 else 1,
        duration=None if lasting is None else _named(text, lasting),
    )


def _named(text: str, cell: str) -> float | str:
    """A number of a dose, or a name in its place."""
    cell = cell.strip()
    if re.fullmatch(r"[A-Za-z_]\w*", cell, re.ASCII) and cell.lower() not in ("nan", "inf"):
        return cell
    return _number(text, cell, "--dose")


def people(texts: Sequence[str]) -> dict[str, float | str]:
    """Read the options ``--people``: what is known of virtual people, ``all`` for nothing."""
    found: dict[str, float | str] = {}
    for text in texts:
        key, sign, said = (cell.strip() for cell in text.partition("="))
        if key == "all" and not sign:
            continue
        if not (key and said):
            raise ValueError(f"--people '{text}' cannot be read; write all, sex=female or age=40")
        try:
            found[key] = float(said)
        except ValueError:
            found[key] = said
    return found


def formulas(texts: Sequence[str]) -> dict[str, str] | list[str]:
    """Read the options ``--summary``: formulas, or ``NAME=FORMULA`` each."""
    named = [re.match(r"\s*([A-Za-z_]\w*)\s*=(?!=)\s*(.+)", text, re.ASCII) for text in texts]
    if all(match is None for match in named):
        return list(texts)
    if None in named:
        raise ValueError("give a name to each --summary or to none: 'top=max(eda)'")
    return {match[1]: match[2] for match in named if match is not None}


def times(text: str) -> tuple[float, float, int] | list[float]:
    """Read ``-t``: ``start:stop:points``, or times with commas between them."""
    if ":" not in text:
        return [_number(text, cell, "-t") for cell in text.split(",")]
    parts = text.split(":")
    if len(parts) != 3:
        raise ValueError(f"-t '{text}' cannot be read; write -t START:STOP:POINTS, as in 0:24:97")
    start, stop = (_number(text, cell, "-t") for cell in parts[:2])
    points = _count(f"-t '{text}'", parts[2])
    if points < 2:
        raise ValueError(f"-t '{text}': a run needs two points or more")
    if not stop > start:
        raise ValueError(f"-t '{text}': the end, {stop:g}, does not come after {start:g}")
    return start, stop, points


def ids(texts: Sequence[str]) -> list[str]:
    """Read ids with commas between them, each once."""
    found = [cell.strip() for text in texts for cell in text.split(",")]
    return list(dict.fromkeys(cell for cell in found if cell))


def _number(text: str, cell: str, option: str = "-p") -> float:
    try:
        return float(cell)
    except ValueError:
        raise ValueError(f"{option} '{text}': '{cell.strip()}' is not a number") from None


def _count(option: str, cell: str, of: str = "points") -> int:
    try:
        return int(cell)
    except ValueError:
        raise ValueError(f"{option}: '{cell.strip()}' is not a count of {of}") from None


def ranges(texts: Sequence[str]) -> tuple[dict[str, tuple[float, float, str]], dict[str, float]]:
    """Read ``-p`` of a fit: ``k=0.1:10``, ``k=0.1:10:lin``, or ``k=8``, which is fixed."""
    found: dict[str, tuple[float, float, str]] = {}
    fixed: dict[str, float] = {}
    for key, said in named("-p", texts).items():
        parts, text = said.split(":"), f"{key}={said}"
        if len(parts) == 1:
            fixed[key] = _number(text, said)
            continue
        if len(parts) not in (2, 3):
            raise ValueError(f"-p '{text}' cannot be read; write {key}=LOW:HIGH, as in k=0.1:10")
        low, high = (_number(text, cell) for cell in parts[:2])
        own = "log10" if low > 0.0 else "lin"
        found[key] = (low, high, parts[2] if len(parts) == 3 else own)
    return found, fixed


def named(option: str, texts: Sequence[str]) -> dict[str, str]:
    """Read options of the form ``NAME=TEXT``, each name once."""
    found: dict[str, str] = {}
    for text in texts:
        key, sign, said = (part.strip() for part in text.partition("="))
        if not (key and sign and said):
            raise ValueError(f"{option} '{text}' cannot be read; write {option} NAME=...")
        if key in found:
            raise ValueError(f"{option} gives '{key}' twice; leave one out")
        found[key] = said
    return found
