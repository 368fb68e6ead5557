"""``axissim continue``: branches of rests and cycles in a parameter."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from axissim.cli import grammar
from axissim.cli.options import Force, Initial, Json, ModelName, Out, Outputs, Plot, Quiet
from axissim.cli.resting import room, saved, signed, subject, table

if TYPE_CHECKING:
    import xarray as xr


def continue_(
    model: ModelName,
    p: Annotated[
        list[str] | None,
        typer.Option(
            "-p",
            "--param",
            metavar="ID=FROM:TO",
            help="What is varied; a second one for curves in both; ID=VALUE fixes.  Repeatable.",
        ),
    ] = None,
    init: Initial = None,
    outputs: Outputs = None,
    several: Annotated[
        bool, typer.Option("--several", help="Start at every rest found from random starts.")
    ] = False,
    no_cycles: Annotated[
        bool, typer.Option("--no-cycles", help="Do not follow the cycles born at Hopf points.")
    ] = False,
    out: Out = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Follow a model's rests as a parameter changes: folds, Hopf points, the cycles born there.

    \b
    axissim continue hpa_sriram -p kstress=0.01:40 -o F --plot cortisol.png
    axissim continue hpa_sriram -p kstress=0.01:40 -p Ki=1:2 --plot window.png
    """
    room(out, plot, force)
    ranges, others = _ranges(p or ())
    fixed = grammar.settings(others).fixed
    asked = subject(model, outputs, {**fixed, **dict.fromkeys(ranges, 0.0)})
    from axissim.analysis.continuation import continuation

    ds = continuation(
        asked.model,
        ranges,
        params=fixed,
        init=grammar.numbers("--init", init or ()),
        outputs=asked.outputs,
        several=several,
        cycles=not no_cycles,
    )
    signed(ds, asked.card)
    paths = saved(ds, out, force)
    if plot is not None:
        from axissim.cli.question import draw
        from axissim.plot.bifurcation import bifurcation

        draw(bifurcation(ds, grammar.ids(outputs or ()) or None), plot)
        paths.append(str(plot))
    found = _found(ds)
    if as_json:
        print(json.dumps({"model": ds.attrs["model_id"], "special": found, "files": paths}))
    else:
        _print(ds, found, paths)
    if not quiet:
        _tell(ds, asked_cycles=not no_cycles)


def _ranges(texts: Sequence[str]) -> tuple[dict[str, tuple[float, float]], list[str]]:
    """The ranges among settings, and the settings that are none."""
    ranges: dict[str, tuple[float, float]] = {}
    others = []
    for text in texts:
        match = re.fullmatch(r"\s*([A-Za-z_]\w*)\s*=([^:=]+):([^:=]+)", text, re.ASCII)
        if match is None:
            others.append(text)
            continue
        key = match[1]
        if key in ranges:
            raise ValueError(f"-p gives '{key}' twice; leave one out")
        try:
            ranges[key] = (float(match[2]), float(match[3]))
        except ValueError:
            raise ValueError(f"-p '{text}' cannot be read; write -p ID=FROM:TO") from None
    if not ranges:
        raise ValueError("nothing is varied; write -p ID=FROM:TO, as in -p kstress=0.01:40")
    given = grammar.settings(others)
    for key in (*given.axes, *given.drawn):
        raise ValueError(f"-p gives '{key}' several values; a range is written {key}=FROM:TO")
    return ranges, others


def _words(variable: Any) -> list[str]:
    said = str(variable.attrs["flag_meanings"]).split()
    return [said[int(kind)] for kind in variable.values]


def _found(ds: xr.Dataset) -> list[dict[str, Any]]:
    """What is special, for JSON and the table."""
    first, *second = json.loads(ds.attrs["parameters"])
    found = []
    for at, kind in enumerate(_words(ds["special_kind"])):
        one: dict[str, Any] = {"kind": kind, first: float(ds[f"special_{first}"][at])}
        if kind == "hopf":
            omega = float(ds["special_omega"][at])
            coefficient = float(ds["special_coefficient"][at])
            one |= {"period": math.tau / omega, "criticality": _criticality(coefficient)}
        found.append(one)
    if "cycle_point" in ds.dims:
        for at, kind in enumerate(_words(ds["cycle_label"])):
            if kind != "point":
                one = {"kind": f"{kind} of cycles" if kind == "fold" else kind}
                one |= {first: float(ds[f"cycle_{first}"][at])}
                found.append({**one, "period": float(ds["cycle_period"][at])})
    if second:
        corners = _words(ds["curve_corner"])
        for at, corner in enumerate(corners):
            if corner != "point":
                places = {key: float(ds[f"curve_{key}"][at]) for key in (first, *second)}
                if {"kind": corner, **places} not in found:
                    found.append({"kind": corner, **places})
    return found


def _criticality(coefficient: float) -> str:
    """Of a Hopf point: whether its cycles are on the side where the rest has become unstable."""
    if coefficient != coefficient:
        return "unknown"
    return "supercritical" if coefficient < 0.0 else "subcritical"


def _print(ds: xr.Dataset, found: list[dict[str, Any]], paths: list[str]) -> None:
    parameters = json.loads(ds.attrs["parameters"])
    if not found:
        print("nothing changes kind in this range")
    else:
        rows = [["what", *parameters, "period", "criticality"]]
        for one in found:
            cells = [f"{one[key]:.9g}" if key in one else "" for key in (*parameters, "period")]
            rows.append([one["kind"], *cells, one.get("criticality", "")])
        print(table(rows))
    for path in paths:
        print(path)


def _tell(ds: xr.Dataset, asked_cycles: bool) -> None:
    stable = int(ds["stable"].sum())
    count = int(ds["branch"].max()) + 1
    said = (
        f"{count} branch{'es' if count != 1 else ''}, {ds.sizes['point']} rests ({stable} stable)"
    )
    if ds.sizes.get("cycle_point"):
        said += f", {ds.sizes['cycle_point']} cycles ({int(ds['cycle_stable'].sum())} stable)"
    elif asked_cycles and "hopf" in _words(ds["special_kind"]):
        said += ", no cycles found at its Hopf points"
    for law in json.loads(ds.attrs["conserved"]):
        said += f"; conserved: {law}"
    print(said, file=sys.stderr)
