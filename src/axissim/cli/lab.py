"""``axissim lab``: a page with sliders."""

from __future__ import annotations

import importlib.util
from typing import Annotated

import typer

_NEEDED = ("starlette", "uvicorn", "websockets")


def lab(
    models: Annotated[
        list[str] | None,
        typer.Argument(metavar="[MODEL]...", help="Shipped models or files; the first is opened."),
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Where to serve; left out, 8765 or any that is free.")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
) -> None:
    """A page with sliders for every model: curves at once, doses, phase plane, lessons.

    It is served on this machine, to this machine alone, and needs nothing from outside. Ctrl-C
    ends it.

    \b
    axissim lab
    axissim lab thyroid_human
    axissim lab my_model.ant --port 9000 --no-browser
    """
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise ValueError(
            f"the lab needs {', '.join(missing)}; install it: pip install 'axissim[lab]'"
        )
    from axissim.lab.serving import serve

    serve(tuple(models or ()), port=port, browser=browser, told=_told)


def _told(address: str) -> None:
    print(f"the lab is at {address}  (Ctrl-C ends it)", flush=True)
