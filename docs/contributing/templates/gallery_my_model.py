"""TITLE: what the picture shows, in a line."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS


def draw(figure: Figure) -> None:
    """HORMONE after its secretion has risen and fallen."""
    model = ax.load("my_model")
    axes = figure.subplots()
    for colour, s in zip(COLOURS, (40, 80, 160, 320), strict=False):
        run = ax.simulate(model, t=(0, 24, 241), params={"s": s}, outputs=["H"])
        axes.plot(run["time"], run["H"], color=colour, lw=1.8, label=f"{s} nmol/L/h")
    axes.set_xlabel("Time (h)")
    axes.set_ylabel("HORMONE (nmol/L)")
    axes.set_title("More secretion is felt less, the more there is")
    axes.legend(title="Secretion without feedback", frameon=False)
