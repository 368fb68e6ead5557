"""A day of TSH, and the rhythm of free T3 that the thyroid's own deiodinase makes of it."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK

DAY = 86400.0


def draw(figure: Figure) -> None:
    model = ax.load("thyroid_berberich")
    figure.suptitle(
        "TSH swings over the day; with a T3 shunt in the gland, free T3 follows",
        x=0.01,
        ha="left",
        size=13,
        weight="bold",
        color=INK,
    )
    tsh, hormones = figure.subplots(2, 1, sharex=True, height_ratios=(2, 3))
    runs = {}
    for name, settings in (("with", {}), ("without", {"GT3": 0.0, "k": 1e15})):
        run = ax.simulate(model, t=(0, 16 * DAY, 16 * 144 + 1), params=settings, rtol=1e-7)
        runs[name] = run.isel(time=slice(14 * 144, None))
    hours = runs["with"]["time"].values / 3600 - 14 * 24
    tsh.plot(hours, runs["with"]["TSH"], color=COLOURS[0], lw=2.5)
    tsh.set(ylabel="TSH (mU/L)", ylim=(0, None))
    curves = (
        ("with", "FT3_pM", COLOURS[1], "free T3, with the shunt", (13.8, 0.47)),
        ("without", "FT3_pM", FAINT, "free T3, without", (8.4, 0.07)),
        ("with", "FT4_pM", COLOURS[2], "free T4", (21.6, -0.22)),
    )
    for name, hormone, colour, word, place in curves:
        values = runs[name][hormone]
        swing = 100 * (values / values.mean() - 1)
        hormones.plot(hours, swing, color=colour, lw=2.5 if hormone == "FT3_pM" else 1.5)
        hormones.annotate(word, place, color=colour)
    hormones.set(xlabel="Hour of the day", ylabel="From the mean of the days (%)")
    hormones.set(xlim=(0, 48), xticks=range(0, 49, 6), ylim=(-0.6, 0.6))
    hormones.set_xticklabels([f"{hour % 24}" for hour in range(0, 49, 6)])
