"""``axissim cycle``: the cycle that a model settles on."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from axissim.cli import grammar
from axissim.cli.options import Force, Initial, Json, ModelName, Out, Outputs, Plot, Quiet
from axissim.cli.resting import complex_text, saved, signed, subject, table

if TYPE_CHECKING:
    import xarray as xr

_MEASURED = (
    "measured in a run, not solved for: events, algebraic rules, or a cycle that is one of a family"
)

_UNKNOWN = "a delay is longer than the period: whether the cycle is stable is not known"


def cycle(
    model: ModelName,
    p: Annotated[
        list[str] | None,
        typer.Option("-p", "--param", metavar="ID=VALUE", help="A parameter; repeatable."),
    ] = None,
    init: Initial = None,
    outputs: Outputs = None,
    phase: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Whose greatest value is at time 0; else the first's."),
    ] = None,
    tol: Annotated[float, typer.Option(help="Of the period, from mesh to mesh, relative.")] = 1e-7,
    out: Out = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find a model's cycle: period, ranges, phases, and whether it is stable.

    A run is followed until it repeats itself; equations on a mesh then give the cycle exactly.

    \b
    axissim cycle hpa_sriram -o F,A --phase F
    axissim cycle hpa_walker -p p1=20 --plot pulses.png
    """
    from axissim.cli.question import vacant, written

    vacant(out, plot, force)
    given = grammar.settings(p or ())
    for key in (*given.axes, *given.drawn):
        raise ValueError(f"-p gives '{key}' several values; that is for axissim continue")
    asked = subject(model, outputs, given.fixed)
    from axissim.analysis.cycles import cycle as cycle_of

    ds = cycle_of(
        asked.model,
        params=given.fixed,
        init=grammar.numbers("--init", init or ()),
        outputs=asked.outputs,
        phase=phase,
        tol=tol,
    )
    signed(ds, asked.card)
    course = ds.drop_dims("mode")
    paths = saved(ds, out, force) + written(course, None, plot, force)
    if as_json:
        print(json.dumps({**_summary(ds), "files": paths}))
    else:
        _print(ds, paths)
    if not quiet and not _known(ds):
        print(_UNKNOWN if int(ds["exact"]) else _MEASURED, file=sys.stderr)


def _outputs(ds: xr.Dataset) -> list[str]:
    return [str(key) for key in ds.data_vars if "time" in ds[key].dims]


def _known(ds: xr.Dataset) -> bool:
    """Whether there are multipliers, which tell stability."""
    return bool(ds["multiplier_real"].notnull().all())


def _multipliers(ds: xr.Dataset) -> list[str]:
    real, imag = ds["multiplier_real"].values, ds["multiplier_imag"].values
    return [complex_text(a, b) for a, b in zip(real, imag, strict=True) if a == a]


def _summary(ds: xr.Dataset) -> dict[str, Any]:
    rows = {}
    for key in _outputs(ds):
        names = ("minimum", "maximum", "amplitude", "mean", "t_max", "t_min")
        rows[key] = {name: float(ds[f"{key}_{name}"]) for name in names}
    error = float(ds["period_error"])
    return {
        "model": ds.attrs["model_id"],
        "period": float(ds["period"]),
        "period_error": error if error == error else None,
        "stable": bool(ds["stable"]) if _known(ds) else None,
        "multipliers": _multipliers(ds),
        "outputs": rows,
    }


def _print(ds: xr.Dataset, paths: list[str]) -> None:
    unit = str(ds["period"].attrs.get("units", ""))
    print(f"period {float(ds['period']):.8g} {unit}".rstrip())
    names = ("minimum", "maximum", "mean", "t_max")
    rows = [["id", *names, "unit"]]
    for key in _outputs(ds):
        numbers = [f"{float(ds[f'{key}_{name}']):.6g}" for name in names]
        rows.append([key, *numbers, str(ds[key].attrs.get("units", ""))])
    print(table(rows))
    if _known(ds):
        word = "stable" if int(ds["stable"]) else "unstable"
        told = _multipliers(ds)
        print(f"{word}; Floquet multipliers: {', '.join(told[:6])}{', ...' * (len(told) > 6)}")
    for path in paths:
        print(path)
