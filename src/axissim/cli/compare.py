"""``axissim compare``: two models, their equations and their trajectories."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from axissim.cli import grammar
from axissim.cli.options import Json, Outputs, Quiet, Times

if TYPE_CHECKING:
    from axissim.model.model import Model

DIFFERENT = 4
_FINER = 1e-3  # the runs' tolerance, of that of the comparison
_FINEST = 1e-10


@dataclass(frozen=True)
class Deviation:
    """How far an output is apart at worst, of its largest value, and when."""

    id: str
    worst: float
    time: float


def compare(
    first: Annotated[str, typer.Argument(metavar="A", help="A shipped model, or a file.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    t: Times = None,
    outputs: Outputs = None,
    rtol: Annotated[
        float, typer.Option(help="Trajectories this near, of their largest value, are the same.")
    ] = 1e-6,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare two models: which equations differ, and how far the trajectories are apart.

    Both are run on one grid of times; without -t, on that of A's card, or B's.  Exit code 0 if
    all is the same, 4 if not.

    axissim compare thyroid_human thyroid.xml -t 0:24:97
    """
    from axissim.model.difference import differences
    from axissim.model.library import load

    if not rtol > 0.0:
        raise ValueError(f"--rtol {rtol:g}: how near is the same is a number above 0")
    models = (load(first), load(second))
    times = _times(t, (first, second))
    found = differences(*models)
    kept = _common(models, grammar.ids(outputs or ()))
    words, apart = ("", ""), list[Deviation]()
    ran = times is not None and bool(kept)
    if ran:
        words, apart = _trajectories(models, times, kept, rtol)
    differ = [row for row in apart if not row.worst <= rtol]
    if as_json:
        told = {
            "equations": [asdict(row) for row in found],
            "status": list(words) if ran else None,
            "trajectories": [_plain(row) for row in apart] if ran else None,
            "same": not (found or differ or words[0] != words[1]),
        }
        print(json.dumps(told))
    else:
        _page(found, words, apart, rtol, ran)
        if not ran and not quiet:
            lacking = "the models have no state or rule in common" if times is not None else ""
            note = lacking or "give -t START:STOP:POINTS to compare trajectories too"
            print(f"note: {note}", file=sys.stderr)
    if found or differ or words[0] != words[1]:
        raise typer.Exit(DIFFERENT)


def _times(t: str | None, sources: Sequence[str]) -> Any:
    """The times to save at: those asked for, or of a card; None if there are none."""
    from axissim.model.library import card, shipped

    if t is not None:
        return grammar.times(t)
    return next((card(source).span for source in sources if source in shipped()), None)


def _common(models: tuple[Model, Model], wanted: Sequence[str]) -> list[str]:
    """The ids to compare: those asked for, or all that both models compute."""
    from axissim.model.model import Parameter

    if list(wanted) not in ([], ["all"]):
        for key in wanted:
            for model in models:
                model.part(key)
        return list(wanted)
    moving = [
        {part.id for part in model.parts if not isinstance(part, Parameter)} for model in models
    ]
    return [part.id for part in models[0].parts if part.id in moving[0] & moving[1]]


def _trajectories(
    models: tuple[Model, Model], times: Any, kept: list[str], rtol: float
) -> tuple[tuple[str, str], list[Deviation]]:
    """How the two runs ended, and each output's deviation, the worst first."""
    from axissim.cli.question import ends
    from axissim.study.sweep import simulate

    finer = max(rtol * _FINER, _FINEST)
    runs = [simulate(model, t=times, outputs=kept, rtol=finer) for model in models]
    first, second = (next(iter(ends(ds))) for ds in runs)
    rows = [_deviation(key, *(ds[key] for ds in runs)) for key in kept]
    return (first, second), sorted(rows, key=lambda row: -row.worst)


def _deviation(key: str, first: Any, second: Any) -> Deviation:
    import numpy as np

    ours, theirs = first.values, second.values
    with np.errstate(all="ignore"):
        scale = np.nanmax(np.where(np.isfinite([ours, theirs]), np.abs([ours, theirs]), 0.0))
        apart = np.abs(ours - theirs) / (scale or 1.0)
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    apart = np.where(same, 0.0, np.where(np.isnan(apart), np.inf, apart))
    at = int(np.argmax(apart))
    return Deviation(key, float(apart[at]), float(first["time"][at]))


def _page(
    found: Sequence[Any], words: tuple[str, str], apart: list[Deviation], rtol: float, ran: bool
) -> None:
    if found:
        print("Equations that differ")
        print("".join(f"  {row}\n" for row in found), end="")
    else:
        print("The equations are the same.")
    if not ran:
        return
    if words[0] != words[1]:
        print(f"The runs end differently: {words[0]}, {words[1]}")
    differ = [row for row in apart if not row.worst <= rtol]
    if not differ:
        worst = f"{apart[0].worst:.1e} ('{apart[0].id}')"
        print(f"The trajectories are the same: {len(apart)} outputs, at worst {worst} apart.")
        return
    print("Trajectories that differ, at worst, of the largest value")
    width = max(len(row.id) for row in differ)
    for row in differ:
        print(f"  {row.id:<{width}}  {row.worst:.1e}  at t = {row.time:g}")
    if len(apart) > len(differ):
        print(f"  {len(apart) - len(differ)} others are the same to {rtol:g}")


def _plain(row: Deviation) -> dict[str, Any]:
    """A deviation as JSON has it, which knows no infinity."""
    import math

    return asdict(row) | {"worst": row.worst if math.isfinite(row.worst) else None}
