"""The mean day of cortisol: the input, and the three hormones after it."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK


def draw(figure: Figure) -> None:
    keys = ["u", "x1", "x2", "x3"]
    run = ax.simulate(ax.load("hpa_grosskopf"), t=(0, 7200, 7201), outputs=keys)
    day = run.isel(time=slice(5760, None))
    hours = (day["time"].values - 5760) / 60
    figure.suptitle(
        "The mean day of cortisol, once the noise that makes its pulses is left out",
        x=0.01,
        ha="left",
        size=13,
        weight="bold",
        color=INK,
    )
    axes = figure.subplots()
    axes.fill_between(hours, day["u"], color=FAINT, alpha=0.15, lw=0)
    axes.annotate("input", (12.6, 1.62), color=FAINT)
    words = {"x1": "CRH", "x2": "ACTH", "x3": "cortisol"}
    looks = {"x1": (COLOURS[2], 1.5), "x2": (COLOURS[1], 2), "x3": (COLOURS[0], 3)}
    for key, (colour, width) in looks.items():
        axes.plot(hours, day[key], color=colour, lw=width, label=words[key])
    axes.legend(frameon=False, loc="upper right")
    axes.set(xlabel="Clock time (h)", xlim=(0, 24), xticks=range(0, 25, 3), ylim=(0, None))
    axes.set_ylabel("Level (scaled)")
