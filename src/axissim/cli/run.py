"""``axissim run``: one run of a model."""

from __future__ import annotations

import json
import shlex
import sys
import time
from typing import Annotated, Any

import typer

from axissim.cli import grammar
from axissim.cli.options import (
    Atol,
    Doses,
    Force,
    Initial,
    Json,
    MaxSteps,
    Method,
    ModelName,
    Out,
    Outputs,
    Plot,
    Protocol,
    Quiet,
    Rtol,
    Times,
)
from axissim.cli.question import asked, ends, protocol, titled, vacant, written

SOME_FAILED = 3


def run(
    model: ModelName,
    t: Times = None,
    p: Annotated[
        list[str] | None,
        typer.Option("-p", "--param", metavar="ID=VALUE", help="A parameter; repeatable."),
    ] = None,
    init: Initial = None,
    dose: Doses = None,
    protocol_file: Protocol = None,
    outputs: Outputs = None,
    method: Method = "auto",
    rtol: Rtol = 1e-6,
    atol: Atol = None,
    max_steps: MaxSteps = 100_000,
    out: Out = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run a model once.

    Without --out, --plot or --json the result goes to stdout as CSV.

    \b
    axissim run dopamine_terminal -t 0:24:241 -p meals=1 -o eda,cda --plot day.png
    axissim run thyroid_human -t 0:120:481 --dose q10=0.515@24 --plot pill.png
    """
    vacant(out, plot, force)
    given = grammar.settings(p or ())
    for key in (*given.axes, *given.drawn):
        raise ValueError(f"-p gives '{key}' several values; that is for axissim sweep")
    start = grammar.numbers("--init", init or ())
    question = asked(model, t, outputs, given.fixed)
    actions = protocol(dose, protocol_file, quiet)
    from axissim.study.sweep import simulate

    begun = time.perf_counter()
    ds = simulate(
        question.model, t=question.times, params=given.fixed, init=start,
        protocol=actions, outputs=question.outputs, method=method, rtol=rtol, atol=atol,
        max_steps=max_steps,
    )  # fmt: skip
    seconds = time.perf_counter() - begun
    titled(ds, question.card, shlex.join(["axissim", *sys.argv[1:]]))
    paths = written(ds, out, plot, force)
    (word,) = ends(ds)
    if as_json:
        print(json.dumps(_summary(ds, word, seconds, paths)))
    elif paths:
        print("\n".join(paths))
    else:
        from axissim.study.store import write_csv

        write_csv(ds, sys.stdout)
    if word != "ok":
        print(f"the run failed: {word} at t = {float(ds['t_fail']):g}", file=sys.stderr)
        raise typer.Exit(SOME_FAILED)
    if not quiet and paths and not as_json:
        print(f"{int(ds['n_steps']):,} steps, {seconds:.2f} s with compiling", file=sys.stderr)


def _summary(ds: Any, word: str, seconds: float, paths: list[str]) -> dict[str, Any]:
    outputs = [str(key) for key in ds.data_vars if "time" in ds[key].dims]
    return {
        "model": ds.attrs["model_id"],
        "model_hash": ds.attrs["model_hash"],
        "status": word,
        "steps": int(ds["n_steps"]),
        "rejected": int(ds["n_rejected"]),
        "seconds": round(seconds, 3),
        "end": {key: float(ds[key][-1]) for key in outputs},
        "files": paths,
    }
