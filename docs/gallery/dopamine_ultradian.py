"""Half a day on the rhythm: dopamine swings, autoreceptors and transporter follow it late."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK


def draw(figure: Figure) -> None:
    model = ax.load("dopamine_ultradian")
    runs = {
        fold: ax.simulate(model, t=(0, 60, 6001), params={"DAT": fold}, rtol=1e-8)
        for fold in (1.0, 0.7)
    }
    run = runs[1.0].isel(time=slice(4800, None))
    hours = run["time"].values - 48
    figure.suptitle(
        "A rhythm of four hours from dopamine's own brakes",
        x=0.01,
        ha="left",
        size=13,
        weight="bold",
        color=INK,
    )
    dopamine, brakes = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    dopamine.fill_between(hours, 1000 * run["DA"], color=COLOURS[0], alpha=0.12, lw=0)
    dopamine.plot(hours, 1000 * run["DA"], color=COLOURS[0], lw=2)
    still = 1000 * runs[0.7]["DA"].values[4800:]
    dopamine.plot(hours, still, color=COLOURS[1], lw=2, ls="--")
    dopamine.annotate("as published", (1.5, 112), color=COLOURS[0], ha="center")
    dopamine.annotate(
        "no rhythm with 70 %\nof the transporter", (3.2, 27), color=COLOURS[1], ha="center"
    )
    dopamine.set(ylabel="Extracellular\ndopamine (nmol/L)", ylim=(0, 130))
    scaled = (
        ("D", 10.0, COLOURS[2], "activated D2 autoreceptors, of all"),
        ("T", 1.0, COLOURS[3], "transporter, fold"),
        ("F_rel", 1.0, FAINT, "firing, of the greatest"),
    )
    for key, scale, colour, word in scaled:
        brakes.plot(hours, scale * run[key], color=colour, lw=2, label=word)
    brakes.set(xlabel="Time (h)", ylabel="Share or fold", xlim=(0, 12), xticks=range(0, 13, 2))
    brakes.set(ylim=(0, 1.9))
    brakes.legend(ncols=3, loc="upper left")
