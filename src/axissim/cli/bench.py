"""``axissim bench``: what each method costs on a model, how far off it is, which one to take."""

from __future__ import annotations

import json
import math
import shlex
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from axissim.cli import grammar
from axissim.cli.options import (
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
    Times,
)
from axissim.cli.question import Asked, asked, protocol, titled, vacant, written

if TYPE_CHECKING:
    import xarray as xr

RUNS = 32


def bench(
    model: ModelName,
    t: Times = None,
    p: Annotated[
        list[str] | None,
        typer.Option("-p", "--param", metavar="SETTING", help="As in a sweep; repeatable."),
    ] = None,
    init: Initial = None,
    dose: Doses = None,
    protocol_file: Protocol = None,
    outputs: Outputs = None,
    n: Annotated[
        int | None,
        typer.Option("-n", "--runs", min=1, help=f"How many runs to draw.  [default: {RUNS}]"),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of what is drawn.")] = 0,
    error: Annotated[float, typer.Option(help="What a run may be off by.")] = 1e-4,
    seconds: Annotated[float, typer.Option(help="About how long, without compiling.")] = 20.0,
    methods: Annotated[
        str | None,
        typer.Option(metavar="METHOD,METHOD", help="rodas5p,scipy:LSODA; left out, all."),
    ] = None,
    max_steps: MaxSteps = 100_000,
    out: Out = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Measure every method on a model, and say which to take.

    \b
    axissim bench dopamine_terminal
    axissim bench dopamine_terminal -p 'Vd~loguniform(4000,16000)' --error 1e-6 --plot work.png

    Ours and SciPy's methods, at relative tolerances from 1e-3 to 1e-9. The error of a run is its
    greatest difference from a reference at 1e-11, over what is saved, of each output's greatest
    value; the table has the worst run. Time is the processor's, of a run on one thread: ours solve
    eight runs at once, SciPy's are called one by one from Python.

    Without -p that varies something, the runs are the model's with each parameter times
    lognormal(0, 0.05); -n 1 is the model as it is. A method too slow for the time makes fewer
    runs, or is left out, and that is told; what a method cannot do is no error of this command.
    """
    vacant(out, plot, force)
    given = grammar.settings(p or ())
    start = grammar.numbers("--init", init or ())
    question = asked(model, t, outputs, given.fixed)
    actions = protocol(dose, protocol_file, quiet)
    design = _design(question, given, n, seed, actions)
    options: dict[str, Any] = {
        "t": question.times, "params": given.fixed, "init": start, "protocol": actions,
        "outputs": question.outputs, "error": error, "seconds": seconds, "max_steps": max_steps,
    }  # fmt: skip
    if methods is not None:
        options["methods"] = grammar.ids([methods])
    ds = _measured(question, design, options, quiet)
    titled(ds, question.card, shlex.join(["axissim", *sys.argv[1:]]))
    paths = written(ds, out, plot, force)
    if as_json:
        print(json.dumps(_summary(ds, paths)))
    else:
        print("\n".join([*_table(ds), *_left_out(ds), "", ds.attrs["advice"], *paths]))
    if not quiet:
        _tell(ds)


def _design(
    question: Asked, given: grammar.Settings, n: int | None, seed: int, actions: list[Any]
) -> xr.Dataset:
    """The runs asked for: those of -p or of a protocol's table, or some near the model's own."""
    import xarray as xr

    from axissim.analysis.precision import perturbed
    from axissim.cli.designing import designed, fits
    from axissim.study.timetable import members

    if given.axes or given.drawn:
        count = RUNS if n is None and given.drawn else n
        found = designed(question.model, given, None, count, seed, "sobol", actions)
        fits(question, found)
        return found
    by_id = members(actions)
    if by_id.sizes and n is None:
        return by_id
    if n == 1:
        return xr.Dataset()
    fixed = [*given.fixed]
    return perturbed(question.model, RUNS if n is None else n, seed=seed, fixed=fixed)


def _measured(
    question: Asked, design: xr.Dataset, options: dict[str, Any], quiet: bool
) -> xr.Dataset:
    from axissim.analysis.precision import METHODS, precision
    from axissim.cli.progress import progress

    with progress(len(options.get("methods", METHODS)), quiet) as watch:
        return precision(question.model, design, watch=watch, **options)


def _summary(ds: xr.Dataset, paths: list[str]) -> dict[str, Any]:
    points = []
    for solver in ds["solver"].values:
        for rtol in ds["rtol"].values:
            at = ds.sel(solver=solver, rtol=rtol)
            if int(at["runs"]):
                keys = ("error", "error_median", "cpu", "wall")
                measured = {key: _number(float(at[key])) for key in keys}
                counts = {key: int(at[key]) for key in ("runs", "failed")}
                names = {"solver": str(solver), "by": str(at["by"].values), "rtol": float(rtol)}
                points.append(names | measured | counts)
    attrs = ds.attrs
    best = attrs["best_solver"]
    return {
        "model": attrs["model_id"],
        "model_hash": attrs["model_hash"],
        "runs": int(attrs["design_runs"]),
        "unknown": int(attrs["design_unknown"]),
        "reference": attrs["reference"],
        "reference_apart": _number(attrs["reference_apart"]),
        "scipy_by": attrs["scipy_by"],
        "compile_seconds": json.loads(attrs["compile_seconds"]),
        "points": points,
        "left_out": {
            str(key): str(why)
            for key, why in zip(ds["solver"].values, ds["left_out"].values, strict=True)
            if why
        },
        "auto": attrs["auto"],
        "error": attrs["error_asked"],
        "best": {"solver": best, "rtol": attrs["best_rtol"]} if best else None,
        "advice": attrs["advice"],
        "files": paths,
    }


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _table(ds: xr.Dataset) -> list[str]:
    """The error of the worst run and the time of a run, a line a method."""
    from axissim.analysis.precision import duration, spelled

    def off(at: Any) -> str:
        if int(at["failed"]):
            return f"{int(at['failed'])}/{int(at['runs'])} fail"
        return f"{float(at['error']):.1e}" if int(at["runs"]) else "-"

    def cost(at: Any) -> str:
        return duration(float(at["cpu"])) if int(at["runs"]) else "-"

    lines = []
    parts = (("error of the worst run", off), ("processor time of a run", cost))
    for title, said in parts:
        heads = [f"rtol {spelled(rtol)}" for rtol in ds["rtol"].values]
        lines += ["".join([title.ljust(24), *(head.rjust(11) for head in heads)])]
        for name, by in zip(ds["solver"].values, ds["by"].values, strict=True):
            row = ds.sel(solver=name)
            cells = [said(row.sel(rtol=rtol)).rjust(11) for rtol in ds["rtol"].values]
            full = str(name) if by == "axissim" else f"SciPy {name}"
            lines.append("".join([f"  {full}".ljust(24), *cells]))
    return lines


def _left_out(ds: xr.Dataset) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for name, why in zip(ds["solver"].values, ds["left_out"].values, strict=True):
        if why:
            reasons.setdefault(str(why), []).append(str(name))
    return [f"left out: {', '.join(names)}: {why}" for why, names in reasons.items()]


def _tell(ds: xr.Dataset) -> None:
    """Where the figures come from, on stderr."""
    compiled = sum(json.loads(ds.attrs["compile_seconds"]).values())
    fewest = ds["runs"].where(ds["runs"] > 0).min("rtol").values
    possible = ds.attrs["design_runs"] - ds.attrs["design_unknown"]
    named = zip(ds["solver"].values, fewest, strict=True)
    few = [f"{name} {int(count)}" for name, count in named if count < possible]
    lines = [f"reference: {ds.attrs['reference']}"]
    if ds.attrs["design_unknown"]:
        lines.append(f"{ds.attrs['design_unknown']} runs the reference could not do; left out")
    slow = f"; where slow only so many: {', '.join(few)}" if few else ""
    lines.append(f"{ds.attrs['design_runs']} runs{slow}")
    lines.append(f"SciPy by {ds.attrs['scipy_by']}; compiled in {compiled:.1f} s before")
    lines.append(f"--method auto takes {ds.attrs['auto']} here, at rtol 1e-6")
    print("\n".join(lines), file=sys.stderr)
