"""A day after mating, whole and without the clock's drive of oxytocin."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK


def draw(figure: Figure) -> None:
    model, keys = ax.load("prolactin_egli"), ["PRL", "DA", "OT"]
    runs = {
        drive: ax.simulate(
            model, t=(0, 48, 4801), params={"oxytocin_drive": drive}, outputs=keys
        ).isel(time=slice(2400, None))
        for drive in (1.0, 0.0)
    }
    hours = runs[1.0]["time"].values - 24
    figure.suptitle(
        "Two prolactin surges a day: dopamine makes way for one, oxytocin drives the other",
        x=0.01,
        ha="left",
        size=13,
        weight="bold",
        color=INK,
    )
    top, middle, bottom = figure.subplots(3, 1, sharex=True, height_ratios=(2, 2, 4))
    for axes in (top, middle, bottom):
        axes.axvspan(2, 4, color=FAINT, alpha=0.15, lw=0)
        axes.axvspan(16, 18, color=FAINT, alpha=0.15, lw=0)
    top.plot(hours, runs[1.0]["DA"] / 20_000, color=COLOURS[2], lw=2)
    top.set(ylabel="Dopamine\n(fold of rest)", ylim=(0, 1.1))
    for drive, colour in ((0.0, COLOURS[1]), (1.0, COLOURS[0])):
        middle.plot(hours, runs[drive]["OT"], color=colour, lw=2)
        bottom.plot(hours, runs[drive]["PRL"], color=colour, lw=2)
    middle.set(ylabel="Oxytocin\n(pg/mL)", ylim=(0, None))
    bottom.annotate("as published", (19.5, 29), color=COLOURS[0])
    bottom.annotate("without the clock's drive of oxytocin", (15, 9), color=COLOURS[1], ha="center")
    bottom.set(ylabel="Prolactin (ng/mL)", ylim=(0, None), xlim=(0, 24))
    bottom.set(xlabel="Clock time (h)", xticks=range(0, 25, 2))
