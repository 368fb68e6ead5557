"""Draw the gallery: one picture a model, by the script of its name in this folder.

``python docs/gallery/make.py`` draws all, ``python docs/gallery/make.py ID ...`` those named.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from axissim.plot.style import drawn

HERE = Path(__file__).parent
NOTE = "For research and teaching; not medical advice."


@drawn
def picture(model: str) -> Figure:
    """The picture of a model, drawn by ``draw(figure)`` of its script."""
    figure = Figure(figsize=(9, 5), layout="constrained")
    runpy.run_path(str(HERE / f"{model}.py"))["draw"](figure)
    figure.supxlabel(NOTE, x=0.995, ha="right", size=7, color="#6b6b6b")
    return figure


def scripts() -> list[str]:
    """The models that have a script here."""
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem != "make")


if __name__ == "__main__":
    mpl.use("agg")
    for name in sys.argv[1:] or scripts():
        picture(name).savefig(HERE / f"{name}.png", dpi=110)
        print(HERE / f"{name}.png")
