"""A day of meals: tyrosine swings, dopamine does not while tyrosine inhibits its own enzyme."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK


def draw(figure: Figure) -> None:
    model = ax.load("dopamine_terminal")
    runs = {}
    for on in (1.0, 0.0):
        settings = {"meals": 1.0, "substrate_inhibition": on}
        week = ax.simulate(model, t=(0, 168, 1681), params=settings, outputs=["tyr", "cda", "eda"])
        runs[on] = week.isel(time=slice(1440, None))
    hours = runs[1.0]["time"].values - 144
    figure.suptitle(
        "Three meals a day: tyrosine swings, dopamine hardly does",
        x=0.01,
        ha="left",
        size=13,
        weight="bold",
        color=INK,
    )
    meals, dopamine = figure.subplots(2, 1, sharex=True, height_ratios=(2, 3))
    for axes in (meals, dopamine):
        for start in (7, 12, 18):
            axes.axvspan(start, start + 3, color=FAINT, alpha=0.12, lw=0)
    meals.plot(hours, runs[1.0]["tyr"], color=COLOURS[2], lw=2)
    meals.set_ylabel("Tyrosine (µmol/L)")
    for start, word in ((7, "breakfast"), (12, "lunch"), (18, "dinner")):
        meals.annotate(
            word, (start + 1.5, 1.02), xycoords=("data", "axes fraction"), ha="center", color=FAINT
        )
    for on, colour in ((1.0, COLOURS[0]), (0.0, COLOURS[1])):
        day = runs[on]["cda"]
        dopamine.plot(hours, 100 * (day / day.mean()), color=colour, lw=2)
    dopamine.annotate("without inhibition\nby tyrosine", (8.0, 93.2), color=COLOURS[1])
    dopamine.annotate("with it, as published", (0.4, 101.3), color=COLOURS[0])
    dopamine.set_ylabel("Cytosolic dopamine\n(% of the day's mean)")
    dopamine.set(xlabel="Clock time (h)", xlim=(0, 24), xticks=range(0, 25, 3))
