"""``axissim sensitivity``: which parameter matters, around one set of values or over ranges."""

from __future__ import annotations

import json
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path
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
from axissim.cli.question import Asked, asked, protocol, titled, vacant, written

if TYPE_CHECKING:
    import xarray as xr

SOME_FAILED = 3
_ROWS = 12  # of the table, unless all are asked for


def sensitivity(
    model: ModelName,
    t: Times = None,
    p: Annotated[
        list[str] | None,
        typer.Option("-p", "--param", metavar="SETTING", help="See above; repeatable."),
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
    summary: Annotated[
        list[str] | None,
        typer.Option(metavar="FORMULA", help="Over ranges: of what, 'auc(eda)'; repeatable."),
    ] = None,
    method: Annotated[
        str, typer.Option(help="Over ranges: sobol, morris, fast, rbd_fast, pawn, dgsm.")
    ] = "sobol",
    n: Annotated[
        int, typer.Option("-n", help="Points (sobol, dgsm), walks (morris), runs (others).")
    ] = 1024,
    seed: Annotated[int, typer.Option(help="Of what is drawn.")] = 0,
    pairs: Annotated[
        bool, typer.Option("--pairs/--no-pairs", help="Sobol' indices of pairs too.")
    ] = True,
    rtol: Rtol = 1e-6,
    atol: Atol = None,
    max_steps: MaxSteps = 100_000,
    out: Out = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Tell which parameters matter for a model's answers.

    \b
    Over ranges (global):
    -p k=1:20                 evenly between 1 and 20; k=1:20:log with even ratios
    -p 'k~lognormal(0,0.3)'   by a distribution, as `axissim sweep` has them
    -p k=8                    fixed

    \b
    axissim sensitivity dopamine_terminal -p Vd=4000:16000:log -p fire=0.5:2:log \\
      --summary 'mean(eda)' -n 1024 --plot matter.png

    Sobol' indices take n (2 d + 2) runs of d parameters, with --no-pairs n (d + 2); a group of
    runs of which one failed is left out, and told.

    \b
    Around one run (--local):
    -p a,b,c                  differentiate in these; states mean their value at the start;
                              left out, every parameter that is a number
    -p k=8                    a value in place of the model's own

    \b
    axissim sensitivity dopamine_terminal --local -o eda --plot matter.png
    """
    vacant(out, plot, force)
    start = grammar.numbers("--init", init or ())
    actions = protocol(dose, protocol_file, quiet)
    options: dict[str, Any] = {
        "init": start, "protocol": actions, "rtol": rtol, "atol": atol, "max_steps": max_steps,
    }  # fmt: skip
    if local:
        if summary or method != "sobol":
            raise ValueError(
                "--summary and --method are for ranges; with --local give -o eda, and --by"
            )
        failed = _local(
            model, t, p or (), outputs, (out, plot, force), as_json, quiet,
            method=by, relative=relative, **options,
        )  # fmt: skip
    else:
        if outputs or relative or by != "auto":
            raise ValueError("-o, --relative and --by are for --local; over ranges give --summary")
        options |= {"method": method, "n": n, "seed": seed, "second_order": pairs}
        question = asked(model, t, None, {})
        files = (out, plot, force)
        failed = _global(question, p or (), summary or (), files, as_json, quiet, **options)
    if failed:
        raise typer.Exit(SOME_FAILED)


def _global(
    question: Asked,
    p: Sequence[str],
    summary: Sequence[str],
    files: tuple[Path | None, Path | None, bool],
    as_json: bool,
    quiet: bool,
    **options: Any,
) -> int:
    """Importance over ranges; how many runs failed."""
    from axissim.cli.importance import over_ranges, table, tell, told

    ds, seconds = over_ranges(question, p, summary, quiet, **options)
    said = told(ds, seconds, written(ds, *files))
    print(json.dumps(said) if as_json else "\n".join([*table(ds), *said["files"]]))
    tell(said, quiet)
    return int(said["failed"])


def _local(
    model: str,
    t: str | None,
    p: Sequence[str],
    outputs: Sequence[str] | None,
    files: tuple[Path | None, Path | None, bool],
    as_json: bool,
    quiet: bool,
    **options: Any,
) -> int:
    """Derivatives along one run; how many parameters failed."""
    settings, directions = _directions(p)
    question = asked(model, t, outputs, settings.fixed)
    from axissim.analysis.sensitivity import sensitivity as derivatives

    begun = time.perf_counter()
    ds = derivatives(
        question.model, directions or None, t=question.times, params=settings.fixed,
        outputs=question.outputs, **options,
    )  # fmt: skip
    seconds = time.perf_counter() - begun
    titled(ds, question.card, shlex.join(["axissim", *sys.argv[1:]]))
    paths = written(ds, *files)
    told = _summary(ds, seconds, paths)
    if as_json:
        print(json.dumps(told))
    else:
        print("\n".join([*_table(told, _ROWS if directions == [] else len(directions)), *paths]))
    _tell(ds, told, quiet)
    return len(told["failed"])


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
    cells = [f"{key}: {which}" for key in outputs for which in ("mean", "end")]
    width = [max(len(cell), 9) for cell in cells]
    head = "  ".join(["parameter".ljust(wide), *map(str.rjust, cells, width)])
    lines = ["% of change for 1 % of a parameter", head]
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
