"""Sapropterin: BH4 in plasma after three doses, and clearance by body weight."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK

LABEL = ((30, 51.7, 21.9, "6 to 12 y"), (50, 39.2, 9.3, "12 to 18 y"), (70, 37.9, 20.2, "adults"))

TITLE = "A daily dose of sapropterin: BH4 in plasma up to six-fold, and back within the day"


def draw(figure: Figure) -> None:
    model = ax.load("sapropterin")
    figure.suptitle(TITLE, x=0.01, ha="left", size=13, weight="bold", color=INK)
    plasma, clearance = figure.subplots(1, 2, width_ratios=(3, 2))
    for mg_per_kg, colour in ((20, COLOURS[0]), (10, COLOURS[4]), (5, COLOURS[2])):
        dose = ax.dose("tablet", 70 * mg_per_kg, at=0, every=24, count=2)
        run = ax.simulate(model, t=(0, 48, 961), protocol=[dose])
        plasma.plot(run["time"], run["BH4"], color=colour, lw=2, label=f"{mg_per_kg} mg/kg")
    plasma.axhline(13.5, color=FAINT, lw=1, ls=":")
    plasma.annotate("own BH4", (13, 6.5), color=FAINT)
    plasma.set(xlabel="Time (h)", ylabel="BH4 in plasma (µg/L)", xlim=(0, 48), ylim=(0, 100))
    plasma.set_xticks(range(0, 49, 12))
    plasma.legend(loc=(0.24, 0.78))
    weights = np.linspace(20, 110, 91)
    clearance.plot(weights, 2100 * (weights / 70) ** 0.586 / weights, color=COLOURS[0], lw=2)
    clearance.annotate("model", (92, 29), color=COLOURS[0])
    for weight, mean, spread, word in LABEL:
        clearance.errorbar(weight, mean, spread, fmt="o", color=INK, elinewidth=1)
        clearance.annotate(word, (weight - 8, mean + spread + 2), color=INK)
    clearance.set(xlabel="Body weight (kg)", ylabel="Apparent clearance (L/h/kg)")
    clearance.set(xlim=(15, 112), ylim=(0, 80))
