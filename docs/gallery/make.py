"""Draw the gallery: one picture a model, by the script of its name in this folder.

``python docs/gallery/make.py`` draws all, and the page that shows them;
``python docs/gallery/make.py ID ...`` draws those named.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from axissim.model.library import models
from axissim.plot.style import FAINT, drawn

HERE = Path(__file__).parent
NOTE = "For research and teaching; not medical advice."


@drawn
def picture(model: str) -> Figure:
    """The picture of a model, drawn by ``draw(figure)`` of its script."""
    figure = Figure(figsize=(9, 5), layout="constrained")
    runpy.run_path(str(HERE / f"{model}.py"))["draw"](figure)
    figure.supxlabel(NOTE, x=0.995, ha="right", size=7, color=FAINT)
    return figure


def page() -> Iterator[str]:
    """The lines of the gallery's page, by axis."""
    yield "# The gallery"
    yield "\nOne picture a model, by the script beside it; `python docs/gallery/make.py` makes all."
    yield NOTE
    cards = models()
    for axis in sorted({card.axis for card in cards}):
        yield f"\n## {axis.capitalize()}"
        for card in cards:
            if card.axis == axis:
                yield f"\n**[{card.title}]({card.id}.py)** (`{card.id}`). {card.summary}"
                yield f"\n![{card.title}]({card.id}.png)"


if __name__ == "__main__":
    mpl.use("agg")
    for name in sys.argv[1:] or (card.id for card in models()):
        picture(name).savefig(HERE / f"{name}.png", dpi=110)
        print(HERE / f"{name}.png")
    if not sys.argv[1:]:
        (HERE / "README.md").write_text("\n".join(page()) + "\n")
