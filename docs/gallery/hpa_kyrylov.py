"""Pulses of the human axis without a clock: CRH, ACTH and free cortisol over half a day."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK


def draw(figure: Figure) -> None:
    keys = ["y0", "y1", "y2"]
    run = ax.simulate(ax.load("hpa_kyrylov"), t=(0, 2720, 5441), outputs=keys)
    late = run.isel(time=slice(4000, None))
    hours = (late["time"].values - 2000) / 60
    figure.suptitle(
        "A pulse every 169 minutes, without a clock and without a delay",
        x=0.01,
        ha="left",
        size=13,
        weight="bold",
        color=INK,
    )
    panels = figure.subplots(3, 1, sharex=True)
    words = ("CRH (µg/L)", "ACTH (µg/L)", "Free cortisol (µg/L)")
    for axes, key, colour, word in zip(panels, keys, COLOURS[2::-1], words, strict=True):
        axes.plot(hours, late[key], color=colour, lw=2.5)
        axes.set_ylabel(word)
    panels[0].axhline(0.5, color=FAINT, lw=0.8, ls=":")
    panels[0].annotate("falls slow down here", (4.75, 0.66), color=FAINT, ha="center")
    panels[2].set(xlabel="Time (h)", xlim=(0, 12), xticks=range(0, 13, 2))
