"""``axissim sweep``: many runs of a model."""

from __future__ import annotations

import json
import math
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from axissim.cli import grammar
from axissim.cli.designing import RUNS, designed, fits
from axissim.cli.keeping import annotate, done_before, line_of, storing, tell_state
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
from axissim.cli.progress import progress
from axissim.cli.question import asked, ends, protocol, titled, vacant, written

if TYPE_CHECKING:
    import xarray as xr

    from axissim.model.model import Model

SOME_FAILED, AUDIT_FAILED, INTERRUPTED = 3, 4, 130


def sweep(
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
    summary: Annotated[
        list[str] | None,
        typer.Option(metavar="FORMULA", help="Keep a number a run, max(eda); repeatable."),
    ] = None,
    n: Annotated[
        int | None,
        typer.Option("-n", "--runs", help=f"How many runs to draw.  [default: {RUNS}]"),
    ] = None,
    sampler: Annotated[str, typer.Option(help="How to draw: sobol, lhs or random.")] = "sobol",
    seed: Annotated[int, typer.Option(help="Of what is drawn.")] = 0,
    table: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="Take the runs from a table: ids, then a row a run."),
    ] = None,
    people: Annotated[
        list[str] | None,
        typer.Option(metavar="WHO", help="Virtual people: all, or what is known; repeatable."),
    ] = None,
    method: Method = "auto",
    rtol: Rtol = 1e-6,
    atol: Atol = None,
    max_steps: MaxSteps = 100_000,
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="Left out, as many as there are processors."),
    ] = None,
    cluster: Annotated[
        str,
        typer.Option(metavar="WHERE", help="dask.distributed: local:4, or a scheduler's address."),
    ] = "",
    float32: Annotated[
        bool, typer.Option("--float32", help="Keep trajectories in a .zarr store as float32.")
    ] = False,
    retry: Annotated[
        str, typer.Option(metavar="failed", help="Run what failed in the store again, otherwise.")
    ] = "",
    audit: Annotated[
        float,
        typer.Option(metavar="SHARE", help="Of a store's runs, made again by SciPy; 0 for none."),
    ] = 1e-3,
    status: Annotated[
        bool, typer.Option("--status", help="Run nothing; tell what the store holds.")
    ] = False,
    out: Out = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run a model many times: over a grid, over draws, or over the rows of a table.

    \b
    -p k=8                    fixed
    -p k=1:20:50              an axis of a grid: 50 values from 1 to 20; so is k=1,2,5
    -p k=1:20:50:log          the same with even ratios
    -p 'k~loguniform(1,20)'   drawn; also uniform(a,b), normal(mean,sd[,low,high]),
                              lognormal(mu,sigma), which is exp(normal(mu,sigma))
    -p 'k~k*lognormal(0,0.3)' drawn around the model's own value of k

    Ids are those of parameters, or of states, whose value at the start is then meant; or names of
    amounts that --dose gives: --dose q10=pill@24 -p pill=0.25,0.5.  A table of --protocol with
    several IDs is a run an ID, where -p varies nothing.

    \b
    --people all              virtual people, as far as the model knows them
    --people sex=female       also male, or the share of men; age, height, weight
    --people 'residual=uniform(0,1)'  gland function that remains

    \b
    axissim sweep dopamine_terminal -p 'Vd~loguniform(4000,16000)' \\
      -n 10000 --out sweep.zarr

    --summary 'max(eda)' keeps that number of each run in place of trajectories; also min,
    mean, std, range, auc, first, last, at(x,t), t_max, t_min, time_above(x,level), time_below,
    rise, peaks, period, and what + - * / make of them; 'top=max(eda)' gives it a name.
    'bands(eda)' keeps quantiles over all runs at each time; so 'bands(eda, 0.1, 0.5, 0.9)'.

    A .zarr store is filled block by block: whatever ends the sweep, the same command goes on.
    --retry failed --max-steps 1000000 runs what failed there again.
    """
    from axissim.study.where import place

    store = out if out is not None and out.suffix == ".zarr" else None
    if status:
        tell_state(store, as_json)
        return
    vacant(None if store else out, plot, force)
    if out is None and plot is None and not as_json:
        raise ValueError("nothing would be kept; give --out FILE.nc, --plot FILE.png or --json")
    given = grammar.settings(p or ())
    start = grammar.numbers("--init", init or ())
    question = asked(model, t, outputs, given.fixed)
    summed = grammar.formulas(summary or ())
    if summed and outputs:
        raise ValueError("a sweep keeps outputs or summaries; leave -o or --summary out")
    if summed and plot and not any("bands(" in text for text in summary or ()):
        raise ValueError("a sweep's picture is of trajectories, or of --summary 'bands(x)'")
    actions = protocol(dose, protocol_file, quiet)
    persons = grammar.people(people) if people else None
    design = designed(question.model, given, table, n, seed, sampler, actions, persons)
    if store is None:
        fits(question, design)
    options: dict[str, Any] = {
        "t": question.times, "params": given.fixed, "init": start, "protocol": actions,
        "outputs": None if summed else question.outputs, "summaries": summed, "method": method,
        "rtol": rtol, "atol": atol, "max_steps": max_steps, "threads": threads,
    }  # fmt: skip
    kept = storing(store, force, cluster, float32, retry, audit)
    earlier = 0 if force else done_before(store)
    ds, compiling, seconds = _swept(question.model, design, options, kept, quiet)
    titled(ds, question.card, shlex.join(["axissim", *sys.argv[1:]]))
    if store:
        annotate(store, {key: ds.attrs[key] for key in ("title", "history")})
    paths = [str(place(store))] if store else []
    paths += written(ds, None if store else out, plot, force)
    told = _summary(ds, earlier, compiling, seconds, paths)
    print(json.dumps(told) if as_json else "\n".join(paths))
    _tell(told, quiet)
    if told["interrupted"]:
        raise typer.Exit(INTERRUPTED)
    if told.get("audit") and not told["audit"]["kept"]:
        raise typer.Exit(AUDIT_FAILED)
    if told["failed"]:
        raise typer.Exit(SOME_FAILED)


def _swept(
    model: Model, design: xr.Dataset, options: dict[str, Any], kept: dict[str, Any], quiet: bool
) -> tuple[Any, float, float]:
    """The sweep's result, the seconds that compiling took, and those of the runs after it."""
    from axissim.study.sweep import sweep as runs_of
    from axissim.study.timetable import for_one

    first = {dim: slice(0, 1) for dim in design.dims}
    with progress(math.prod(design.sizes.values()), quiet) as watch:
        started = time.perf_counter()
        one = {**options, "threads": 1, "protocol": for_one(options["protocol"], design)}
        runs_of(model, design.isel(first), **one)  # compiles
        begun = time.perf_counter()
        ds = runs_of(model, design, watch=watch, **options, **kept)
        seconds = time.perf_counter() - begun
    return ds, begun - started, seconds


def _summary(
    ds: Any, earlier: int, compiling: float, seconds: float, paths: list[str]
) -> dict[str, Any]:
    counts = ends(ds)
    done = sum(count for word, count in counts.items() if word != "not_run")
    return {
        "model": ds.attrs["model_id"],
        "model_hash": ds.attrs["model_hash"],
        "runs": int(ds["status"].size),
        "done": done,
        "done_before": earlier,
        "failed": done - counts.get("ok", 0),
        "status": counts,
        "interrupted": not json.loads(ds.attrs["config"])["complete"],
        "compile_seconds": round(compiling, 3),
        "seconds": round(seconds, 4),
        "runs_per_second": round((done - earlier) / seconds, 1),
        "files": paths,
        **({"audit": json.loads(ds.attrs["audit"])} if "audit" in ds.attrs else {}),
    }


def _tell(summary: dict[str, Any], quiet: bool) -> None:
    """What a reader wants to know at the end, on stderr."""
    bad = {key: n for key, n in summary["status"].items() if key not in ("ok", "not_run")}
    if summary["interrupted"]:
        kept = f", kept in {summary['files'][0]}" if summary["files"] else ""
        kept += "; the same command goes on" if kept.endswith(".zarr") else ""
        print(
            f"interrupted: {summary['done']:,} of {summary['runs']:,} runs are done{kept}",
            file=sys.stderr,
        )
    elif not quiet:
        before = f" ({summary['done_before']:,} before)" if summary["done_before"] else ""
        print(
            f"{summary['runs']:,} runs{before} in {summary['seconds']:.2f} s: "
            f"{summary['runs_per_second']:,.0f} runs/s; compiled in "
            f"{summary['compile_seconds']:.1f} s before",
            file=sys.stderr,
        )
    audited = summary.get("audit")
    if audited and not (quiet and audited["kept"]):
        print(line_of(audited), file=sys.stderr)
    if bad or not quiet:
        words = ", ".join(f"{count:,} {key}" for key, count in bad.items())
        print(f"{summary['failed']:,} failed" + (f": {words}" if words else ""), file=sys.stderr)
