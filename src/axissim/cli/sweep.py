"""``axissim sweep``: many runs of a model."""

from __future__ import annotations

import json
import math
import os
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
from axissim.cli.question import Asked, asked, ends, protocol, titled, vacant, written

if TYPE_CHECKING:
    import xarray as xr

    from axissim.model.model import Model

SOME_FAILED, INTERRUPTED = 3, 130
_RUNS = 1000


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
    n: Annotated[
        int | None,
        typer.Option("-n", "--runs", help=f"How many runs to draw.  [default: {_RUNS}]"),
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
    """
    vacant(out, plot, force)
    if out is None and plot is None and not as_json:
        raise ValueError("nothing would be kept; give --out FILE.nc, --plot FILE.png or --json")
    given = grammar.settings(p or ())
    start = grammar.numbers("--init", init or ())
    question = asked(model, t, outputs, given.fixed)
    actions = protocol(dose, protocol_file, quiet)
    persons = grammar.people(people) if people else None
    design = designed(question.model, given, table, n, seed, sampler, actions, persons)
    _fits(question, design)
    options: dict[str, Any] = {
        "t": question.times, "params": given.fixed, "init": start, "protocol": actions,
        "outputs": question.outputs, "method": method, "rtol": rtol, "atol": atol,
        "max_steps": max_steps, "threads": threads,
    }  # fmt: skip
    ds, compiling, seconds = _swept(question.model, design, options, quiet)
    titled(ds, question.card, shlex.join(["axissim", *sys.argv[1:]]))
    paths = written(ds, out, plot, force)
    summary = _summary(ds, compiling, seconds, paths)
    print(json.dumps(summary) if as_json else "\n".join(paths))
    _tell(summary, quiet)
    if summary["interrupted"]:
        raise typer.Exit(INTERRUPTED)
    if summary["failed"]:
        raise typer.Exit(SOME_FAILED)


def designed(
    model: Model,
    given: grammar.Settings,
    table: Path | None,
    n: int | None,
    seed: int,
    sampler: str,
    actions: Sequence[Any] = (),
    people: dict[str, Any] | None = None,
) -> xr.Dataset:
    """The runs asked for; ValueError if they are none, or a mixture."""
    from axissim.study import design
    from axissim.study.plan import variables
    from axissim.study.timetable import members

    persons = "virtual people"
    kinds = {
        "a grid": bool(given.axes),
        "draws": bool(given.drawn),
        "a table": table is not None,
        persons: people is not None,
    }
    wanted = [kind for kind, asked_for in kinds.items() if asked_for]
    by_id = members(actions)
    if not wanted and by_id.sizes and n is None:
        return by_id
    if len(wanted) != 1:
        said = f"not both {' and '.join(wanted)}" if wanted else "-p ID=1:20:50, say"
        raise ValueError(f"a sweep is a grid, draws, a table or virtual people; {said}")
    if n is not None and wanted[0] not in ("draws", persons):
        raise ValueError(f"-n is for draws; {wanted[0]} says itself how many runs it has")
    if given.axes:
        found = design.grid(given.axes)
    elif table is not None:
        found = design.table(table)
    elif people is not None:
        runs = _RUNS if n is None else n
        found = design.population(model.id, n=runs, seed=seed, people=people, sampler=sampler)
    else:
        kinds_of = {key: _own(model, key, text) for key, text in given.drawn.items()}
        _advise(model, kinds_of)
        found = design.sample(kinds_of, n=_RUNS if n is None else n, seed=seed, sampler=sampler)
    for key in (found.data_vars.keys() | found.indexes.keys()) - {"sample"} - variables(actions):
        model.part(str(key))
    return found


def _own(model: Model, key: str, text: str) -> Any:
    """The distribution that a text says; ``k*`` before it is the model's own value of k."""
    from axissim.study.distribution import distribution

    head, sign, rest = text.partition("*")
    if not sign or head.strip() != key:
        return distribution(text)
    value = _value(model, key)
    if value is None:
        raise ValueError(f"-p '{key}~{text}': the model has no number for '{key}' to draw around")
    return value * distribution(rest.strip())


def _value(model: Model, key: str) -> float | None:
    part = model.part(key)
    formula = getattr(part, "initial", None) or getattr(part, "value", None)
    return float(formula.value) if formula is not None and formula.op == "number" else None


def _advise(model: Model, kinds: dict[str, Any]) -> None:
    """Say so where draws lie far from the model's own value: a factor was meant, perhaps."""
    for key, kind in kinds.items():
        value = _value(model, key) if key in model.by_id else None
        if value and kind.kind == "lognormal" and not 0.1 <= kind.median / value <= 10.0:
            print(
                f"note: half of {key} ~ {kind} lies below {kind.median:g}, and the model's own "
                f"value is {value:g}; '{key}~{key}*{kind}' draws around that",
                file=sys.stderr,
            )


def _fits(question: Asked, design: xr.Dataset) -> None:
    """Refuse a sweep that would not fit in memory, rather than be killed half way."""
    runs = math.prod(design.sizes.values())
    points = question.times[2] if isinstance(question.times, tuple) else len(question.times)
    model = question.model
    outputs = len(question.outputs or [*model.states, *model.observables])
    need = 8 * runs * points * outputs
    try:
        room = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return
    if need > 0.8 * room:
        raise ValueError(
            f"{runs:,} runs of {points:,} times and {outputs} outputs take {need / 1e9:.1f} GB, "
            f"and this machine has {room / 1e9:.1f}; keep fewer times or outputs, or sweep in parts"
        )


def _swept(
    model: Model, design: xr.Dataset, options: dict[str, Any], quiet: bool
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
        ds = runs_of(model, design, watch=watch, **options)
        seconds = time.perf_counter() - begun
    return ds, begun - started, seconds


def _summary(ds: Any, compiling: float, seconds: float, paths: list[str]) -> dict[str, Any]:
    counts = ends(ds)
    done = sum(count for word, count in counts.items() if word != "not_run")
    return {
        "model": ds.attrs["model_id"],
        "model_hash": ds.attrs["model_hash"],
        "runs": int(ds["status"].size),
        "done": done,
        "failed": done - counts.get("ok", 0),
        "status": counts,
        "interrupted": not json.loads(ds.attrs["config"])["complete"],
        "compile_seconds": round(compiling, 3),
        "seconds": round(seconds, 4),
        "runs_per_second": round(done / seconds, 1),
        "files": paths,
    }


def _tell(summary: dict[str, Any], quiet: bool) -> None:
    """What a reader wants to know at the end, on stderr."""
    bad = {key: n for key, n in summary["status"].items() if key not in ("ok", "not_run")}
    if summary["interrupted"]:
        kept = f", kept in {summary['files'][0]}" if summary["files"] else ""
        print(
            f"interrupted: {summary['done']:,} of {summary['runs']:,} runs are done{kept}",
            file=sys.stderr,
        )
    elif not quiet:
        print(
            f"{summary['runs']:,} runs in {summary['seconds']:.2f} s: "
            f"{summary['runs_per_second']:,.0f} runs/s; compiled in "
            f"{summary['compile_seconds']:.1f} s before",
            file=sys.stderr,
        )
    if bad or not quiet:
        words = ", ".join(f"{count:,} {key}" for key, count in bad.items())
        print(f"{summary['failed']:,} failed" + (f": {words}" if words else ""), file=sys.stderr)
