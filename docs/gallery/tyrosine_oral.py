"""Tyrosine by mouth: plasma, and its ratio to the amino acids that compete with it."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK

FOUND = {0: (69, 3.9, 0.10), 100: (154, 9.5, 0.28), 150: (203, 31.5, 0.35)}

SPOT = {0: (7, 55), 100: (1.6, 128), 150: (3.4, 190)}
TITLE = "Tyrosine by mouth triples plasma tyrosine, and its share at the carrier into brain"


def draw(figure: Figure) -> None:
    model = ax.load("tyrosine_oral")
    figure.suptitle(TITLE, x=0.01, ha="left", size=13, weight="bold", color=INK)
    plasma, ratio = figure.subplots(1, 2)
    for mg_per_kg, colour in ((0, FAINT), (100, COLOURS[0]), (150, COLOURS[1])):
        mean, spread, share = FOUND[mg_per_kg]
        dose = [ax.dose("gut", 70 * mg_per_kg, at=0)]
        run = ax.simulate(model, t=(0, 12, 241), protocol=dose)
        plasma.plot(run["time"], run["tyrosine"], color=colour, lw=2)
        plasma.errorbar(2, mean, spread, fmt="o", color=colour, mec=INK, elinewidth=1)
        word = f"{mg_per_kg} mg/kg" if mg_per_kg else "at rest"
        plasma.annotate(word, SPOT[mg_per_kg], color=colour)
        fell = ax.simulate(model, t=(0, 12, 241), protocol=dose, params={"LNAA_fold": 0.8})
        ratio.plot(run["time"], run["ratio"], color=colour, lw=2)
        if mg_per_kg:
            ratio.plot(fell["time"], fell["ratio"], color=colour, lw=1.5, ls="--")
        ratio.plot(2, share, "o", color=colour, mec=INK)
    plasma.set(xlabel="Time (h)", ylabel="Tyrosine in plasma (µmol/L)", xlim=(0, 12), ylim=(0, 250))
    ratio.set(xlabel="Time (h)", ylabel="Tyrosine / other large neutral amino acids", xlim=(0, 12))
    ratio.annotate(
        "solid: the others held\ndashed: the others down by a fifth", (5, 0.355), color=FAINT
    )
    ratio.set(ylim=(0, 0.42))
    for axes in (plasma, ratio):
        axes.set_xticks(range(0, 13, 2))
    plasma.annotate("points: people, 2 h after the dose", (5, 235), color=FAINT)
