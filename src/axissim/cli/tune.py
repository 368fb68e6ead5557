"""``axissim tune``: settings of levers that bring people into the bands, and what they cost."""

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
    Out,
    Plot,
    Protocol,
    Quiet,
    Times,
)
from axissim.cli.progress import progress
from axissim.cli.question import protocol, titled, vacant, written
from axissim.cli.tuning_file import Case, read_case

SOME_FAILED, INTERRUPTED = 3, 130


def tune(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A model, or a .toml that states a whole case.")
    ],
    lever: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=LOW:HIGH", help="What may be changed; repeatable."),
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(metavar="BAND", help="'mean(TSH) in 0.5..2.5', and more; repeatable."),
    ] = None,
    cost: Annotated[
        list[str] | None, typer.Option(metavar="FORMULA", help="What shall be small; repeatable.")
    ] = None,
    derive: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FORMULA", help="Of levers and people; repeatable."),
    ] = None,
    t: Times = None,
    p: Annotated[
        list[str] | None,
        typer.Option("-p", "--param", metavar="ID=VALUE", help="A parameter; repeatable."),
    ] = None,
    init: Initial = None,
    dose: Doses = None,
    protocol_file: Protocol = None,
    people: Annotated[
        list[str] | None,
        typer.Option(metavar="WHO", help="Virtual people: all, or what is known; repeatable."),
    ] = None,
    persons: Annotated[
        int | None, typer.Option(min=1, help="How many people.  [default: 1000]")
    ] = None,
    n: Annotated[
        int | None, typer.Option("-n", min=1, help="First candidates.  [default: 128]")
    ] = None,
    rounds: Annotated[
        int | None, typer.Option(min=0, help="Of a quarter as many each.  [default: 12]")
    ] = None,
    screen: Annotated[
        int | None, typer.Option(min=1, help="People to search in.  [default: 32]")
    ] = None,
    finalists: Annotated[
        int | None, typer.Option(min=1, help="Candidates for all people.  [default: 16]")
    ] = None,
    tolerate: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="Share that a hard band may miss.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Of all that is drawn.  [default: 0]")] = None,
    method: Annotated[
        str | None, typer.Option(help="auto, rodas5p, tsit5, scipy:LSODA, ...  [default: auto]")
    ] = None,
    rtol: Annotated[
        float | None, typer.Option(help="Relative tolerance.  [default: 1e-06]")
    ] = None,
    atol: Atol = None,
    max_steps: Annotated[
        int | None, typer.Option(help="Give a run up after so many steps.  [default: 100000]")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Left out, as many as there are processors.")
    ] = None,
    out: Out = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Look for settings of levers that bring read-outs into bands, at little cost.

    \b
    --lever ug=50:250           also ug=50:250:log, ug=50:250:9 (so many values), ug=50,100
    --target 'mean(TSH) in 0.5..2.5 over 2232..2400 weight 2 hard'   also < and >
    --cost ug                   also 'total: 90*ug', 'max(T4) < 120 over 2232..2400'
    --derive umol=ug/777        a formula of levers and of what is known of people

    A lever is a parameter, a state at the start, or a name that stands for an amount, a time, an
    interval or a duration in --dose (q10=umol@24:24:100, q10=1@begin:gap:9) or a --protocol file.

    \b
    axissim tune thyroid_person --people residual=0 --persons 200 -t 0:2400:801 \\
      --lever ug=50:250 --derive umol=ug/777 --dose q10=umol@24:24:100 \\
      --target 'mean(TSH) in 0.5..2.5 over 2232..2400' --cost ug --plot tuned.png

    What it finds is a hypothesis for study; not medical advice.
    """
    vacant(out, plot, force)
    if out is not None and out.suffix == ".csv":
        raise ValueError(f"{out}: a tuning is kept in .nc or .zarr files; --json tells it as text")
    case = read_case(
        model,
        levers=grammar.named("--lever", lever or ()),
        targets=target or (),
        costs=cost or (),
        derived=grammar.named("--derive", derive or ()),
        times=None if t is None else grammar.times(t),
        params=grammar.numbers("-p", p or ()),
        init=grammar.numbers("--init", init or ()),
        protocol=protocol(dose, protocol_file, quiet),
        people=grammar.people(people) if people else None,
        settings={
            "persons": persons, "n": n, "rounds": rounds, "screen": screen,
            "finalists": finalists, "tolerate": tolerate, "seed": seed,
            "method": method, "rtol": rtol, "max_steps": max_steps,
        },
    )  # fmt: skip
    ds, seconds = _tuned(case, {"atol": atol, "threads": threads}, quiet)
    titled(ds, case.card, shlex.join(["axissim", *sys.argv[1:]]))
    from axissim.cli.tuning_table import lines, summary

    paths = written(ds, out, plot, force)
    if as_json:
        print(json.dumps(summary(ds) | {"seconds": round(seconds, 2), "files": paths}))
    else:
        print("\n".join([*lines(ds), *paths]))
    if not quiet:
        rate = ds.attrs["runs"] / seconds
        print(
            f"{ds.attrs['runs']:,} runs in {seconds:.1f} s with compiling: {rate:,.0f} runs/s",
            file=sys.stderr,
        )
    if not json.loads(ds.attrs["config"])["complete"]:
        print("interrupted: this is what was found by then", file=sys.stderr)
        raise typer.Exit(INTERRUPTED)
    if ds.attrs["failed_runs"]:
        print(f"{ds.attrs['failed_runs']:,} runs failed; none counts as a success", file=sys.stderr)
        raise typer.Exit(SOME_FAILED)


def _tuned(case: Case, options: dict[str, Any], quiet: bool) -> tuple[Any, float]:
    """The result, and the seconds that it took."""
    from axissim.analysis.tuning import tune as tuned

    with progress(case.runs, quiet) as watch:
        begun = time.perf_counter()
        ds = tuned(case.model, **case.arguments, **options, watch=watch)
        return ds, time.perf_counter() - begun
