"""What the commands on steady states, cycles and branches share: a model, values, files."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axissim.cli import grammar
from axissim.cli.question import titled

if TYPE_CHECKING:
    from axissim.model.library import Card
    from axissim.model.model import Model


@dataclass(frozen=True)
class Subject:
    """A model as a command line names it, its card if it is a shipped one, and what to keep."""

    model: Model
    card: Card | None
    outputs: list[str] | None


def subject(model: str, outputs: Sequence[str] | None, fixed: Mapping[str, float]) -> Subject:
    """Read the model; ModelError or ValueError in one line."""
    from axissim.model.library import card, load, shipped
    from axissim.model.model import State

    read = load(model)
    for key, value in fixed.items():
        if isinstance(read.part(key), State):
            raise ValueError(f"'{key}' is a state; write --init {key}={value:g} for its start")
    wanted = grammar.ids(outputs or ())
    if not wanted:
        wanted = [mover.id for mover in read.movers]
    return Subject(read, card(model) if model in shipped() else None, _all(wanted))


def _all(wanted: list[str]) -> list[str] | None:
    return None if wanted == ["all"] else wanted


def signed(ds: Any, card: Card | None) -> Any:
    """`ds` with the card's title and the command that made it."""
    return titled(ds, card, shlex.join(["axissim", *sys.argv[1:]]))


def room(out: Path | None, plot: Path | None, force: bool) -> None:
    """Refuse, before any work is done, a file that could not be written after it."""
    from axissim.cli.question import vacant

    if out is not None and out.suffix == ".csv":
        raise ValueError(f"{out}: a table a row a time does not fit; give --out FILE.nc or .zarr")
    vacant(out, plot, force)


def saved(ds: Any, out: Path | None, force: bool) -> list[str]:
    """Write a result's file; its path, or nothing."""
    from axissim.study.store import save

    return [str(save(ds, out, force=force))] if out is not None else []


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells as columns, the second cell of each to the right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if at == 1 else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def complex_text(real: float, imag: float) -> str:
    """An eigenvalue or multiplier as people write it."""
    return (
        f"{real:.6g}" if imag == 0.0 else f"{real:.6g} {'+' if imag > 0 else '-'} {abs(imag):.6g}i"
    )
