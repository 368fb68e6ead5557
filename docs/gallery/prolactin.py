"""Prolactin under a blocker of D2 receptors, and at other tones of dopamine."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK


def draw(figure: Figure) -> None:
    model = ax.load("prolactin")
    figure.suptitle(
        "A D2 blocker lifts prolactin, and prolactin calls dopamine up against it",
        x=0.01,
        ha="left",
        size=13,
        weight="bold",
        color=INK,
    )
    days, day = figure.subplots(1, 2, width_ratios=(3, 2))
    for block, colour in ((30.0, COLOURS[1]), (10.0, COLOURS[5]), (0.0, COLOURS[0])):
        run = ax.simulate(model, t=(0, 96, 1921), params={"D2_block": block}, outputs=["PROL"])
        days.plot(run["time"], run["PROL"], color=colour, lw=2)
        word = f"blocker at {block:.0f} $K_\\mathrm{{i}}$" if block else "none"
        peak = float(run["PROL"].values[800:960].max())
        days.annotate(word, (44.2, peak + 1), color=colour, ha="center")
    days.set(xlabel="Time (h)", ylabel="Prolactin (ng/mL)", xlim=(0, 96), ylim=(0, None))
    days.set_xticks(range(0, 97, 24))
    for tone, colour in ((0.5, COLOURS[1]), (1.0, COLOURS[0]), (2.0, COLOURS[2])):
        settings = {"DA_tone": tone, "clock_0": 7.0}
        run = ax.simulate(model, t=(0, 240, 2401), params=settings, outputs=["PROL"])
        last = run.isel(time=slice(2160, None))
        day.plot(last["time"] - 216, last["PROL"], color=colour, lw=2)
        word = f"tone x {tone:g}" if tone != 1.0 else "dopamine at rest"
        peak = float(last["PROL"].values[120:200].max())
        day.annotate(word, (16, peak + 0.25), color=colour, ha="center")
    day.set(xlabel="Clock time (h), time 0 of the source taken as 7 h", xlim=(0, 24))
    day.set(xticks=range(0, 25, 6), ylim=(0, None), ylabel="Prolactin (ng/mL)")
    day.axvspan(0, 7, color=FAINT, alpha=0.1, lw=0)
    day.axvspan(23, 24, color=FAINT, alpha=0.1, lw=0)
