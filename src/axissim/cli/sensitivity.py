"""``axissim sensitivity``: which parameter matters, around one set of values or over ranges."""

from __future__ import annotations

import json
import shlex
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from axissim.cli import grammar
from axissim.cli.options import (
    Atol,
    Doses,
    Force,
    Initial,
    Json,
    MaxSteps,
    ModelName,
    Out,
    Outputs,
    Plot,
    Protocol,
    Quiet,
    Rtol,
    Times,
)
from axissim.cli.question import asked, protocol, titled, vacant, written

if TYPE_CHECKING:
    import xarray as xr

SOME_FAILED = 3
_ROWS = 12  # of the table, unless all are asked for


def sensitivity(
    model: ModelName,
    t: Times = None,
    p: Annotated[
        list[str] | None,
        typer.Option("-p", "--param", metavar="ID,ID", help="See above; repeatable."),
    ] = None,
    init: Initial = None,
    dose: Doses = None,
    protocol_file: Protocol = None,
    outputs: Outputs = None,
    local: Annotated[
        bool, typer.Option("--local", help="Derivatives along one run, by sensitivity equations.")
    ] = False,
    by: Annotated[
        str, typer.Option(help="How derivatives are made: auto, forward or differences.")
    ] = "auto",
    relative: Annotated[
        bool, typer.Option("--relative", help="Keep relative derivatives in --out.")
    ] = False,
    rtol: Rtol = 1e-6,
    atol: Atol = None,
    max_steps: MaxSteps = 100_000,
    out: Out = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Tell which parameters matter for a model's outputs.

    \b
    -p a,b,c                  differentiate in these; states mean their value at the start;
                              left out, every parameter that is a number
    -p k=8                    a value in place of the model's own

    \b
    axissim sensitivity dopamine_terminal --local -o eda --plot matter.png
    """
    if not local:
        raise ValueError("say --local for derivatives along one run")
    vacant(out, plot, force)
    settings, directions = _directions(p or ())
    start = grammar.numbers("--init", init or ())
    question = asked(model, t, outputs, settings.fixed)
    actions = protocol(dose, protocol_file, quiet)
    from axissim.analysis.sensitivity import sensitivity as derivatives

    begun = time.perf_counter()
    ds = derivatives(
        question.model, directions or None, t=question.times, params=settings.fixed, init=start,
        protocol=actions, outputs=question.outputs, method=by, relative=relative, rtol=rtol,
        atol=atol, max_steps=max_steps,
    )  # fmt: skip
    seconds = time.perf_counter() - begun
    titled(ds, question.card, shlex.join(["axissim", *sys.argv[1:]]))
    paths = written(ds, out, plot, force)
    told = _summary(ds, seconds, paths)
    if as_json:
        print(json.dumps(told))
    else:
        print("\n".join([*_table(told, _ROWS if directions == [] else len(directions)), *paths]))
    _tell(ds, told, quiet)
    if told["failed"]:
        raise typer.Exit(SOME_FAILED)


def _directions(texts: Any) -> tuple[grammar.Settings, list[str]]:
    """The values that ``-p`` sets, and the ids that it names."""
    settings = grammar.settings([text for text in texts if "=" in text or "~" in text])
    for key in (*settings.axes, *settings.drawn):
        raise ValueError(f"-p gives '{key}' several values; --local is about one run")
    return settings, grammar.ids([text for text in texts if "=" not in text and "~" not in text])


def _summary(ds: xr.Dataset, seconds: float, paths: list[str]) -> dict[str, Any]:
    from axissim.analysis.directional.ranking import ranking

    ranked = ranking(ds)
    failed = [str(k) for k in ds["parameter"].values[ds["status"].values != 1]]
    return {
        "model": ds.attrs["model_id"],
        "model_hash": ds.attrs["model_hash"],
        "parameters": [str(key) for key in ranked["parameter"].values],
        "outputs": {
            str(key): {
                "of_mean": _plain(ranked["of_mean"].sel(output=key).values),
                "at_end": _plain(ranked["at_end"].sel(output=key).values),
            }
            for key in ranked["output"].values
        },
        "differences": json.loads(ds.attrs["config"])["differences"],
        "failed": failed,
        "seconds": round(seconds, 3),
        "files": paths,
    }


def _plain(values: Any) -> list[float | None]:
    return [float(v) if v == v else None for v in values]


def _table(told: dict[str, Any], rows: int) -> list[str]:
    """The parameters that matter most, a line each."""
    keys, outputs = told["parameters"][:rows], list(told["outputs"])[:4]
    wide = max(len(key) for key in (*keys, "parameter"))
    heads = [(key, *(f"{key}: mean", f"{key}: end")) for key in outputs]
    cells = [head for _, *pair in heads for head in pair]
    width = [max(len(cell), 9) for cell in cells]
    lines = ["% of change for 1 % of a parameter", ""]
    lines[1] = "  ".join(["parameter".ljust(wide), *map(str.rjust, cells, width)])
    for at, key in enumerate(keys):
        numbers = [
            told["outputs"][out][which][at] for out in outputs for which in ("of_mean", "at_end")
        ]
        said = ["" if number is None else f"{number:+.4f}" for number in numbers]
        lines.append("  ".join([key.ljust(wide), *map(str.rjust, said, width)]).rstrip())
    return lines


def _tell(ds: xr.Dataset, told: dict[str, Any], quiet: bool) -> None:
    count, by = ds.sizes["parameter"], told["differences"]
    if not quiet:
        said = f"{count} parameters in {told['seconds']:.2f} s with compiling"
        print(said, file=sys.stderr)
        for key, why in by.items():
            if why != "asked for":
                print(f"note: '{key}' by differences: {why}", file=sys.stderr)
    if told["failed"]:
        words = ", ".join(told["failed"][:5])
        print(f"{len(told['failed'])} failed: {words}", file=sys.stderr)
