"""Bupropion: a flat quarter of the dopamine transporter."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK

TITLE = "Bupropion occupies a quarter of the dopamine transporter, all day long"


def draw(figure: Figure) -> None:
    model = ax.load("bupropion")
    figure.suptitle(TITLE, x=0.01, ha="left", size=13, weight="bold", color=INK)
    axes = figure.subplots()
    for amount, colour in ((300, COLOURS[4]), (150, COLOURS[0]), (75, COLOURS[2])):
        last = ax.dose("load", amount, at=0, every=12, count=1, steady_state=True)
        run = ax.simulate(model, t=(0, 48, 193), protocol=[last])
        occupied = 100 * run["DAT_occupancy"]
        axes.plot(run["time"], occupied, color=colour, lw=2.5 if amount == 150 else 1.5)
        word = f"{amount} mg twice a day" + (" (the dose of the scans)" if amount == 150 else "")
        axes.annotate(word, (25, occupied.values[100] + 1.2), color=colour)
    axes.plot([3, 12, 24], [26, 26, 26], "o", color=INK, ms=7)
    axes.annotate("PET: 26 %, flat from 3 to 24 h", (3, 30.5), color=INK)
    axes.errorbar(36, 14, [[8], [8]], fmt="s", color=FAINT, elinewidth=1)
    axes.annotate("a second study:\n14 % (6 to 22)", (37, 17), color=FAINT)
    axes.set(xlabel="Time after the last tablet (h)", ylabel="Dopamine transporter occupied (%)")
    axes.set(xlim=(0, 48), ylim=(0, 60), xticks=range(0, 49, 6))
