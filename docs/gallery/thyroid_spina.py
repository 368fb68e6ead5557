"""What TSH and free T4 say together: the gland's capacity and the pituitary's set point as maps."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK, MAP


def draw(figure: Figure) -> None:
    model = ax.load("thyroid_spina")
    tsh, free = np.geomspace(0.1, 20, 61), np.linspace(4, 32, 57)
    found = ax.sweep(model, ax.design.grid({"TSH": tsh, "FT4": free}), t=(0, 1, 2))
    found = found.isel(time=0)
    figure.suptitle(
        "TSH and free T4 together tell the gland from the pituitary",
        x=0.01,
        ha="left",
        size=13,
        weight="bold",
        color=INK,
    )
    words = {
        "GT": (((8, 13), "weak"), ((24, 0.17), "strong"), ((27, 2.2), "healthy")),
        "JTI": (((8.2, 0.14), "too little drive"), ((25, 8.0), "resists"), ((9.8, 3.3), "healthy")),
    }
    panels = (
        ("GT", "Gland: secretory capacity (pmol/s)", [0.5, 1, 1.41, 3, 8.67, 20, 50], (1.41, 8.67)),
        ("JTI", "Pituitary: TSH index", [0, 1.3, 2, 3, 4.1, 5, 6], (1.3, 4.1)),
    )
    for axes, (name, title, levels, healthy) in zip(figure.subplots(1, 2), panels, strict=True):
        values = found[name].transpose("TSH", "FT4").values
        axes.contourf(free, tsh, values, levels=healthy, colors=[COLOURS[2]], alpha=0.18)
        lines = axes.contour(free, tsh, values, levels=levels, cmap=MAP, linewidths=1.5)
        axes.clabel(lines, fmt="%g", fontsize=8, colors=INK)
        axes.set_title(title, loc="left", color=FAINT)
        axes.set(yscale="log", xlabel="Free T4 (pmol/L)", ylabel="TSH (mU/L)")
        axes.set_yticks([0.1, 0.3, 1, 3, 10], ["0.1", "0.3", "1", "3", "10"])
        axes.plot(17.67, 1.81, "o", color=INK, ms=6)
        axes.grid(False)
        for place, word in words[name]:
            colour = COLOURS[2] if word == "healthy" else INK
            axes.annotate(word, place, color=colour, ha="center")
