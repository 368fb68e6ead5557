"""Twice the carrier: total T4 doubles, free T4 comes back; and T4 and T3 without a thyroid."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK

DAY = 86400.0

TITLE = "Twice the carrier (TBG) makes more total T4, and no more free T4"


def draw(figure: Figure) -> None:
    model = ax.load("thyroid_binding")
    figure.suptitle(TITLE, x=0.01, ha="left", size=13, weight="bold", color=INK)
    carrier, gland = figure.subplots(1, 2)
    days = np.concatenate(([0, 0.05, 0.2, 0.5], np.arange(1, 61)))
    more = ax.simulate(model, t=days * DAY, params={"TBG": 2 * 3.515e5}, rtol=1e-7)
    for name, colour, word, place in (
        ("T4", COLOURS[0], "total T4", (25, 151)),
        ("fT4_B", COLOURS[1], "free T4", (12, 71)),
    ):
        values = 100 * more[name] / {"T4": 93.34, "fT4_B": 15.002}[name]
        carrier.plot([-5, 0, *days], [100, 100, *values], color=colour, lw=2.5)
        carrier.annotate(word, place, color=colour)
    carrier.axvline(0, color=FAINT, lw=1, ls=":")
    carrier.annotate("TBG doubled", (1, 22), color=FAINT)
    carrier.set(xlabel="Time (d)", ylabel="Of the level before (%)", xlim=(-5, 60), ylim=(0, 200))
    stopped = ax.simulate(model, t=(0, 42 * DAY, 169), params={"k20": 0.0, "k22": 0.0}, rtol=1e-7)
    for name, colour, place in (("T4", COLOURS[0], (17, 26)), ("T3", COLOURS[2], (3, 28))):
        values = 100 * stopped[name] / stopped[name][0]
        gland.plot(stopped["time"] / DAY, values, color=colour, lw=2.5)
        gland.annotate(f"total {name}", place, color=colour)
    gland.set_title("Thyroid removed: T4 halves in a week", loc="left", color=FAINT)
    carrier.set_title("More carrier, production as before", loc="left", color=FAINT)
    gland.set(xlabel="Time (d)", ylabel="Of the level before (%)", xlim=(0, 42))
    gland.set(yscale="log", yticks=[2, 5, 10, 20, 50, 100], ylim=(1.5, 110))
    gland.set_yticklabels(["2", "5", "10", "20", "50", "100"])
