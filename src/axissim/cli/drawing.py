"""``axissim plot``: a picture of a result."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from axissim.cli import grammar
from axissim.cli.options import Force
from axissim.cli.question import draw, vacant


def plot(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A result, .nc or .zarr.")],
    out: Annotated[
        Path | None,
        typer.Option(metavar="PICTURE", help=".png, .pdf or .svg; left out, FILE with .png."),
    ] = None,
    kind: Annotated[
        str,
        typer.Option(help="auto, timecourse, fan, heatmap, overview, failures, phase_plane, ..."),
    ] = "auto",
    ids: Annotated[
        list[str] | None,
        typer.Option("-o", "--ids", metavar="ID,ID", help="What to draw, the first the largest."),
    ] = None,
    force: Force = False,
) -> None:
    """Draw a result.

    axissim plot sweep.zarr --kind fan -o eda,cda --out fan.png
    """
    from axissim.plot import picture
    from axissim.study import store

    target = out or file.with_suffix(".png")
    with store.open(file) as ds:
        vacant(None, target, force)
        draw(picture(ds.load(), kind, ids=grammar.ids(ids or ()) or None), target)
    print(target)
