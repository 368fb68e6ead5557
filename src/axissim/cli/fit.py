"""``axissim fit``: parameters from data."""

from __future__ import annotations

import json
import math
import shlex
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from axissim.cli import grammar
from axissim.cli.options import (
    Atol,
    Doses,
    Force,
    Json,
    MaxSteps,
    Method,
    Out,
    Plot,
    Protocol,
    Quiet,
    Rtol,
)
from axissim.cli.progress import progress
from axissim.cli.question import draw, protocol, titled, vacant, written

if TYPE_CHECKING:
    import xarray as xr

    from axissim.analysis.fitting.problem import Problem


def fit(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="PROBLEM.yaml", help="A PEtab problem; or --model and --data."),
    ] = None,
    model: Annotated[
        str, typer.Option("--model", metavar="MODEL", help="A shipped model, or a file.")
    ] = "",
    data: Annotated[
        Path | None,
        typer.Option(metavar="TABLE.csv", help="time, and a column an observable; see above."),
    ] = None,
    p: Annotated[
        list[str] | None,
        typer.Option("-p", "--param", metavar="SETTING", help="k=0.1:10 or k=8; repeatable."),
    ] = None,
    observable: Annotated[
        list[str] | None,
        typer.Option("--observable", metavar="ID=FORMULA", help="What a column is; repeatable."),
    ] = None,
    noise: Annotated[
        list[str] | None,
        typer.Option(metavar="ID=SIGMA", help="Its standard deviation or formula; repeatable."),
    ] = None,
    scale: Annotated[str, typer.Option(help="On which noise is added: lin, log, log10.")] = "lin",
    dose: Doses = None,
    protocol_file: Protocol = None,
    starts: Annotated[int, typer.Option("-n", "--starts", min=1, help="How many starts.")] = 20,
    screen: Annotated[
        int, typer.Option(min=1, help="Draw so many points for each start, go from the best.")
    ] = 1,
    iterations: Annotated[int, typer.Option(min=1, help="At most so many steps a start.")] = 300,
    seed: Annotated[int, typer.Option(help="Of the starts and of the sample.")] = 0,
    profiles: Annotated[
        bool, typer.Option("--profiles", help="Profile the likelihood over each parameter.")
    ] = False,
    sample: Annotated[
        int, typer.Option(metavar="N", min=0, help="Draw so many steps from the posterior.")
    ] = 0,
    method: Method = "rodas5p",
    rtol: Rtol = 1e-8,
    atol: Atol = None,
    max_steps: MaxSteps = 20_000,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Left out, as many as there are processors.")
    ] = None,
    out: Out = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Fit a model to data: a PEtab problem, or a table of measurements.

    \b
    axissim fit problem.yaml --starts 100 --profiles --out fit.nc --plot fit.png
    axissim fit --model decay.ant --data x.csv -p k=0.01:10 -p x=0.1:100

    \b
    -p k=0.1:10               to be found between these, on a logarithmic scale if both are above 0
    -p k=0.1:10:lin           on this scale: lin, log or log10
    -p k=8                    fixed

    The table has a column time and one for each observable, or columns observable, time, value
    and sigma; x_sigma is the standard deviation of x; a column that is a parameter's id, or x_0 of
    a state, is set in that experiment.  Where no sigma is known it is found, too, as sd_x.

    --plot draws data and curves; with --profiles also NAME_profiles beside it.
    """
    vacant(out, plot, force)
    if out is not None and out.suffix not in (".nc", ".zarr"):
        raise ValueError(f"{out}: a fit is kept in a .nc or .zarr file")
    if sample and find_spec("emcee") is None:  # told before the search, not after it
        from axissim.analysis.fitting.sampling import NEEDED

        raise ValueError(NEEDED)
    beside = _beside(plot) if plot is not None and profiles else None
    vacant(None, beside, force)
    problem = _problem(file, model, data, p or (), observable or (), noise or (), scale,
                       protocol(dose, protocol_file, quiet))  # fmt: skip
    begun = time.perf_counter()
    from axissim.analysis.fitting import fit as fitted

    solving: dict[str, Any] = {
        "method": method, "rtol": rtol, "atol": atol, "max_steps": max_steps, "threads": threads,
    }  # fmt: skip
    with progress(starts, quiet) as watch:
        ds = fitted(problem, starts=starts, seed=seed, screen=screen, iterations=iterations,
                    watch=watch, **solving)  # fmt: skip
    seconds = time.perf_counter() - begun
    ds = _more(problem, ds, profiles, sample, seed, solving)
    titled(ds, None, shlex.join(["axissim", *sys.argv[1:]]))
    paths = written(ds, out, plot, force)
    if beside is not None:
        from axissim.plot import picture

        draw(picture(ds, "profiles"), beside)
        paths.append(str(beside))
    told = _summary(ds, seconds, paths)
    print(json.dumps(told) if as_json else "\n".join(_lines(ds, told)))


def _problem(
    file: Path | None,
    model: str,
    data: Path | None,
    p: Any,
    observables: Any,
    noise: Any,
    scale: str,
    actions: Any,
) -> Problem:
    """What is to be fitted; ValueError for half a question."""
    from axissim.analysis.fitting import petab, table
    from axissim.model.library import load

    if file is not None:
        if model or data is not None or p or observables or noise or actions:
            raise ValueError("a PEtab problem says all itself; leave --model, --data, -p out")
        return petab(file)
    if not model or data is None:
        raise ValueError("give a PEtab problem, or --model MODEL --data TABLE.csv -p k=0.1:10")
    ranges, fixed = grammar.ranges(p)
    return table(
        load(model), data, ranges, observables=grammar.named("--observable", observables),
        noise=_noise(noise), scale=scale, params=fixed, protocol=actions,
    )  # fmt: skip


def _noise(texts: Any) -> dict[str, float | str]:
    found: dict[str, float | str] = {}
    for key, said in grammar.named("--noise", texts).items():
        try:
            found[key] = float(said)
        except ValueError:
            found[key] = said
    return found


def _more(
    problem: Problem, ds: xr.Dataset, profiles: bool, sample: int, seed: int, solving: Any
) -> xr.Dataset:
    """The fit with profiles and a sample, where they are asked for."""
    if profiles:
        from axissim.analysis.fitting import profiles as profiled

        ds = ds.merge(profiled(problem, ds, **solving), combine_attrs="override")
    if sample:
        from axissim.analysis.fitting import sample as sampled

        drawn = sampled(problem, ds, steps=sample, seed=seed, **solving)
        ds = ds.merge(drawn, combine_attrs="override")
    return ds


def _beside(plot: Path) -> Path:
    """Where the profiles are drawn."""
    return plot.with_name(f"{plot.stem}_profiles{plot.suffix}")


def _summary(ds: xr.Dataset, seconds: float, paths: list[str]) -> dict[str, Any]:
    words = str(ds["status"].attrs["flag_meanings"]).split()
    status = [words[code] for code in ds["status"].values]
    config = json.loads(ds.attrs["config"])
    best = float(ds["objective"].values[0])
    keys = [str(key) for key in ds["parameter"].values]
    told = {
        "problem": ds.attrs["problem"],
        "objective": best,
        "nominal_objective": _number(ds["nominal_objective"]),
        "starts": ds.sizes["start"],
        "within_0.01": int((ds["objective"].values <= best + 0.01).sum()),
        "status": {word: status.count(word) for word in dict.fromkeys(status)},
        "best": {k: float(v) for k, v in zip(keys, ds["best"].values, strict=True)},
        "at_bound": [str(k) for k in ds["parameter"].values[ds["at_bound"].values != 0]],
        "rank": int(ds["rank"]),
        "runs": config["runs"],
        "failed_runs": config["failed_runs"],
        "seconds": round(seconds, 3),
        "files": paths,
    }
    if "credible" in ds:
        length = float(ds["autocorrelation"].max())
        told["credible"] = {
            k: list(map(float, v)) for k, v in zip(keys, ds["credible"].values, strict=True)
        }
        told["autocorrelation"] = _number(length)
        told["sample_too_short"] = not ds.sizes["draw"] >= 50.0 * length
    if "identifiable" in ds:
        keys = list(map(str, ds["profiled"].values))
        told["better"] = float(ds["better"])
        told["identifiable"] = dict(zip(keys, map(str, ds["identifiable"].values), strict=True))
        told["confidence"] = {
            key: [_number(end) for end in ends]
            for key, ends in zip(keys, ds["confidence"].values, strict=True)
        }
    return told


def _number(value: Any) -> float | None:
    return float(value) if math.isfinite(float(value)) else None


def _lines(ds: xr.Dataset, told: dict[str, Any]) -> list[str]:
    """The fit for people."""
    from axissim.analysis.fitting import directions

    nominal = told["nominal_objective"]
    beside = "" if nominal is None else f" (nominal {nominal:.7g})"
    said = [f"objective {told['objective']:.7g}{beside}"]
    said.append(
        f"{told['within_0.01']} of {told['starts']} starts within 0.01 of it; "
        + ", ".join(f"{count} {word}" for word, count in told["status"].items())
    )
    width = max(len(key) for key in told["best"])
    for at, (key, value) in enumerate(told["best"].items()):
        low, high = ds["interval"].values[at]
        word = "at its bound" if key in told["at_bound"] else f"95 % {low:.4g} to {high:.4g}"
        if key in told.get("identifiable", {}):
            how = told["identifiable"][key]
            blank = "?" if how == "unfinished" else "open"
            ends = [blank if end is None else f"{end:.4g}" for end in told["confidence"][key]]
            word = f"95 % {' to '.join(ends)}, {how}"
        if "credible" in ds:
            low, _, high = ds["credible"].values[at]
            word += f"; sampled {low:.4g} to {high:.4g}"
        said.append(f"  {key:<{width}} {value:>12.6g}   {word}")
    if told["rank"] < len(told["best"]):
        said.append(f"the data tell {told['rank']} of {len(told['best'])} directions; silent are")
        said += [f"  {line}" for line in directions(ds)]
    if told.get("better", 0.0) > 0.01:
        said.append(f"a profile came {told['better']:.3g} below this objective; take more starts")
    if told.get("sample_too_short"):
        said.append("the sample is shorter than 50 autocorrelation times; draw more steps")
    said.append(
        f"{told['runs']:,} runs ({told['failed_runs']:,} failed) in {told['seconds']:.1f} s"
    )
    return [*said, *told["files"]]
