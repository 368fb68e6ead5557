"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ModelName = Annotated[
    str, typer.Argument(metavar="MODEL", help="A shipped model (`axissim list`), or a file.")
]
Times = Annotated[
    str | None,
    typer.Option("-t", "--time", metavar="START:STOP:POINTS", help="When to save, or T1,T2,..."),
]
Initial = Annotated[
    list[str] | None,
    typer.Option("--init", metavar="ID=VALUE", help="A state's value at the start; repeatable."),
]
Doses = Annotated[
    list[str] | None,
    typer.Option(
        "--dose",
        metavar="ID=AMOUNT@TIME",
        help="Into a state; q=1@0:24:7 at 0, every 24, 7 times; q=1@0/2 over 2; repeatable.",
    ),
]
Protocol = Annotated[
    list[Path] | None,
    typer.Option(
        "--protocol",
        metavar="FILE",
        help="Doses and more: a .toml, or a table with NONMEM's columns; repeatable.",
    ),
]
Outputs = Annotated[
    list[str] | None,
    typer.Option("-o", "--outputs", metavar="ID,ID", help="What to keep; `all` for everything."),
]
Method = Annotated[
    str, typer.Option(help="auto, rodas4, rodas5p, tsit5, scipy:LSODA, scipy:Radau, ...")
]
Rtol = Annotated[float, typer.Option(help="Relative tolerance.")]
Atol = Annotated[
    float | None,
    typer.Option(help="Absolute tolerance for all states; left out, by each state's own scale."),
]
MaxSteps = Annotated[int, typer.Option(help="Give a run up after so many steps.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Keep the result: .nc, .zarr or .csv."),
]
Plot = Annotated[
    Path | None,
    typer.Option("--plot", metavar="FILE", help="Draw the result: .png, .pdf or .svg."),
]
Force = Annotated[bool, typer.Option("--force", help="Replace files that exist.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON summary.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Nothing on stderr but errors.")]
