"""``axissim steady``: where a model rests."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from axissim.cli import grammar
from axissim.cli.designing import designed
from axissim.cli.options import Force, Initial, Json, ModelName, Out, Outputs, Quiet
from axissim.cli.resting import complex_text, room, saved, signed, subject, table

if TYPE_CHECKING:
    import xarray as xr

NO_REST = 3
WHY = {
    "none": "no rest was found: the run neither rests nor repeats itself as far as it was followed",
    "periodic": "no rest: the run swings for ever; axissim cycle tells its period",
    "failed": "no rest: the run failed; axissim run shows where",
    "driven": "no rest: rates change with the clock for ever",
    "unstable": "the rest is unstable: a run that starts beside it leaves it",
}


def steady(
    model: ModelName,
    p: Annotated[
        list[str] | None,
        typer.Option("-p", "--param", metavar="SETTING", help="As in axissim sweep; repeatable."),
    ] = None,
    init: Initial = None,
    outputs: Outputs = None,
    several: Annotated[
        bool, typer.Option("--several", help="Look for other steady states, from random starts.")
    ] = False,
    starts: Annotated[int, typer.Option(min=1, help="How many, for --several.")] = 64,
    n: Annotated[int | None, typer.Option("-n", "--runs", help="How many runs to draw.")] = None,
    seed: Annotated[int, typer.Option(help="Of what is drawn.")] = 0,
    tab: Annotated[
        Path | None, typer.Option("--table", metavar="FILE.csv", help="Parameter sets, a row each.")
    ] = None,
    out: Out = None,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find where a model rests, and whether it is stable.

    A run is followed until it is near rest, and Newton's method finds the state to rounding; sums
    that the equations conserve keep their value at the start.

    \b
    axissim steady dopamine_terminal -p TH=0.5
    axissim steady thyroid_setpoint --several
    axissim steady dopamine_terminal -p Vd=4000:16000:100 --out rest.nc

    Exit codes: 0 a steady state was found everywhere, 3 it was not.
    """
    from axissim.analysis.steady import steady_state

    room(out, None, force)
    given = grammar.settings(p or ())
    asked = subject(model, outputs, given.fixed)
    many = given.axes or given.drawn or tab
    if many and out is None and not as_json:
        raise ValueError("steady states of many parameter sets are for a file; give --out FILE.nc")
    ds = steady_state(
        asked.model,
        designed(asked.model, given, tab, n, seed, "sobol") if many else None,
        params=given.fixed,
        init=grammar.numbers("--init", init or ()),
        outputs=asked.outputs,
        several=several,
        starts=starts,
        seed=seed,
    )
    signed(ds, asked.card)
    paths = saved(ds, out, force)
    counts = _counts(ds)
    if as_json:
        print(json.dumps({"status": counts, "files": paths, **_values(ds, bool(many))}))
    elif paths:
        print("\n".join(paths))
    else:
        _print(ds)
    _tell(ds, counts, quiet)
    if set(counts) - {"steady", "unstable" if several else "steady"} or not counts:
        raise typer.Exit(NO_REST)


def _words(ds: xr.Dataset) -> list[str]:
    return str(ds["status"].attrs["flag_meanings"]).split()


def _counts(ds: xr.Dataset) -> dict[str, int]:
    import numpy as np

    found = np.bincount(ds["status"].values.ravel(), minlength=len(_words(ds)))
    counts = {word: int(n) for word, n in zip(_words(ds), found, strict=True) if n}
    if "rest" in ds.dims and set(counts) > {"none"}:
        counts.pop("none", None)  # room for rests that other runs have
    return counts


def _outputs(ds: xr.Dataset) -> list[str]:
    own = ("status", "time_constant", "after")
    return [str(k) for k in ds.data_vars if k not in own and "mode" not in ds[k].dims]


def _values(ds: xr.Dataset, many: bool) -> dict[str, Any]:
    """What JSON tells of one parameter set."""
    if many:
        return {}
    values = {key: _plain(ds[key].values) for key in _outputs(ds)}
    real, imag = (_plain(ds[f"eigenvalue_{part}"].values) for part in ("real", "imag"))
    words = _words(ds)
    states: Any = ds["status"].values.tolist()
    told = [words[s] for s in states] if isinstance(states, list) else words[states]
    return {
        "values": values,
        "stability": told,
        "eigenvalues": {"real": real, "imag": imag},
        "time_constant": _plain(ds["time_constant"].values),
        "conserved": json.loads(ds.attrs["conserved"]),
    }


def _plain(array: Any) -> Any:
    """Numbers for JSON, which has no NaN."""
    if array.ndim:
        return [_plain(part) for part in array]
    return float(array) if array == array else None


def _print(ds: xr.Dataset) -> None:
    """The table of each rest."""
    rests = [ds.isel(rest=i) for i in range(ds.sizes["rest"])] if "rest" in ds.dims else [ds]
    for rest in rests:
        word = _words(ds)[int(rest["status"])]
        if word not in ("steady", "unstable"):
            continue
        rows = [
            [key, f"{float(rest[key]):.7g}", str(rest[key].attrs.get("units", ""))]
            for key in _outputs(ds)
        ]
        print(table([["id", "value", "unit"], *rows]))
        _print_stability(rest, word)
        print()
    for law in json.loads(ds.attrs["conserved"]):
        print(f"conserved: {law}")


def _print_stability(rest: xr.Dataset, word: str) -> None:
    """Eigenvalues, and the slowest time constant."""
    real, imag = rest["eigenvalue_real"], rest["eigenvalue_imag"]
    texts = [complex_text(a, b) for a, b in zip(real.values, imag.values, strict=True) if a == a]
    more = f", ... ({len(texts)})" if len(texts) > 8 else ""
    unit = real.attrs.get("units", "per time unit")
    print(f"{word}; eigenvalues ({unit}): {', '.join(texts[:8])}{more}")
    if word == "steady" and texts:
        time = rest["time_constant"]
        said = f"{float(time):.6g} {time.attrs.get('units', '')}".rstrip()
        print(f"slowest time constant: {said}")


def _tell(ds: xr.Dataset, counts: dict[str, int], quiet: bool) -> None:
    """What a reader must know, on stderr."""
    if "rest" in ds.dims:
        found = counts.get("steady", 0) + counts.get("unstable", 0)
        if not quiet:
            print(f"{found} steady state{'s' if found != 1 else ''} found", file=sys.stderr)
        if "driven" in counts:
            print(WHY["driven"], file=sys.stderr)
    elif sum(counts.values()) == 1:
        (word,) = counts
        if word in WHY:
            print(WHY[word], file=sys.stderr)
    elif not quiet:
        print(", ".join(f"{count:,} {word}" for word, count in counts.items()), file=sys.stderr)
