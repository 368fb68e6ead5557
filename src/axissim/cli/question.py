"""What a command line asks of a model, resolved before anything is compiled or run."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axissim.cli import grammar

if TYPE_CHECKING:
    from axissim.model.library import Card
    from axissim.model.model import Model

PICTURES = (".png", ".pdf", ".svg")


@dataclass(frozen=True)
class Asked:
    """A model, its card if it is a shipped one, and when and what to save."""

    model: Model
    card: Card | None
    times: Any
    outputs: list[str] | None


def asked(
    model: str, t: str | None, outputs: Sequence[str] | None, fixed: Mapping[str, float]
) -> Asked:
    """Read the model and what is asked of it; ModelError or ValueError in one line."""
    from axissim.model.library import card, load, shipped
    from axissim.model.model import State
    from axissim.model.rates import with_read_outs

    read = load(model)
    known = card(model) if model in shipped() else None
    if t is None and known is None:
        raise ValueError(f"-t is needed, since '{model}' has no card; as in -t 0:24:97")
    times = grammar.times(t) if t is not None else known.span if known else None
    wanted: list[str] | None = grammar.ids(outputs or ())
    if not wanted:
        wanted = list(known.outputs) if known else None
    if wanted == ["all"]:
        wanted = None
    with_read_outs(read, tuple(wanted or ()))
    for key, value in fixed.items():
        if isinstance(read.part(key), State):
            raise ValueError(f"'{key}' is a state; write --init {key}={value:g} for its start")
    return Asked(read, known, times, wanted or None)


def protocol(doses: Sequence[str] | None, files: Sequence[Path] | None, quiet: bool) -> list[Any]:
    """The actions that ``--dose`` and ``--protocol`` ask for."""
    from axissim.study.action import dose, infuse
    from axissim.study.dosing_table import DosingTable
    from axissim.study.protocol import read

    found: list[Any] = []
    for said in grammar.dosings(doses or ()):
        when: dict[str, Any] = {"at": said.at, "every": said.every, "count": said.count}
        if said.duration is None:
            found.append(dose(said.target, said.amount, **when))
        else:
            found.append(infuse(said.target, said.amount, duration=said.duration, **when))
    for action in read(list(files or ())):
        if isinstance(action, DosingTable) and action.unused and not quiet:
            print(f"note: {action.source}: {', '.join(action.unused)} not used", file=sys.stderr)
        found.append(action)
    return found


def vacant(out: Path | None, plot: Path | None, force: bool) -> None:
    """Refuse, before any work is done, a file that could not be written after it."""
    from axissim.study import store

    if out is not None:
        store.vacant(out, force=force)
    if plot is not None:
        if plot.suffix not in PICTURES:
            raise ValueError(f"{plot}: pictures are {', '.join(PICTURES)} files")
        store.unwritten(plot, force=force)


def written(ds: Any, out: Path | None, plot: Path | None, force: bool) -> list[str]:
    """Write a result's files; their paths."""
    paths = []
    if out is not None:
        from axissim.study.store import save

        paths.append(str(save(ds, out, force=force)))
    if plot is not None:
        from axissim.plot import picture

        draw(picture(ds), plot)
        paths.append(str(plot))
    return paths


def draw(figure: Any, path: Path) -> None:
    """Write a picture to its file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def titled(ds: Any, card: Card | None, command: str) -> Any:
    """`ds` with the card's title, and the command that made it."""
    if card is not None:
        ds.attrs["title"] = card.title
    ds.attrs["history"] = f"{ds.attrs['created']} {command}"
    return ds


def ends(ds: Any) -> dict[str, int]:
    """How many runs ended how, by the words of ``status``."""
    import numpy as np

    meanings = str(ds["status"].attrs["flag_meanings"]).split()
    counts = np.bincount(ds["status"].values.ravel(), minlength=len(meanings))
    return {word: int(count) for word, count in zip(meanings, counts, strict=True) if count}
