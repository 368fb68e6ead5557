"""Two curves that cross: the pituitary's and three glands', and where the first bends most."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK

TITLE = "Rest is where two curves cross; the set point, where one bends most"


def draw(figure: Figure) -> None:
    model = ax.load("thyroid_setpoint")
    figure.suptitle(TITLE, x=0.01, ha="left", size=13, weight="bold", color=INK)
    plane, time = figure.subplots(1, 2, width_ratios=(3, 2))
    free, tsh = np.linspace(8, 24, 81), np.linspace(0, 8, 81)
    start = {"t": (0, 1e-9, 2)}
    curve = ax.sweep(model, ax.design.grid({"FT4": free}), **start).isel(time=0)
    plane.plot(free, curve["pituitary"], color=COLOURS[0], lw=2.5)
    plane.annotate("pituitary", (11.9, 7.3), color=COLOURS[0])
    glands = (
        (30.0, COLOURS[2], "gland", (20.9, 3.0)),
        (22.5, COLOURS[1], "a quarter weaker", (16.2, 5.0)),
        (42.0, COLOURS[3], "stronger", (20.6, 0.95)),
    )
    for most, colour, word, place in glands:
        drawn = ax.sweep(model, ax.design.grid({"TSH": tsh}), **start, params={"A": most})
        plane.plot(drawn["thyroid"].isel(time=0), tsh, color=colour, lw=1.5)
        there = ax.simulate(model, t=(0, 60, 2), params={"A": most}).isel(time=-1)
        plane.plot(there["FT4"], there["TSH"], "o", color=colour, ms=7, zorder=3)
        plane.annotate(word, place, color=colour)
    line = {"arrowstyle": "-", "color": INK}
    plane.annotate("set point", (14.7, 1.35), (11.4, 0.15), color=INK, arrowprops=line)
    plane.plot(15, 1.5, "o", color=INK, ms=11, mfc="none", mew=1.5, zorder=4)
    plane.set(xlabel="Free T4 (pmol/L)", ylabel="TSH (mU/L)", xlim=(8, 24), ylim=(0, 8))
    back = ax.simulate(model, t=(0, 6, 121), init={"FT4": 20.0})
    time.plot(back["time"], 100 * back["TSH"] / 1.5, color=COLOURS[0], lw=2.5)
    time.plot(back["time"], 100 * back["FT4"] / 15, color=COLOURS[2], lw=2.5)
    time.annotate("TSH", (1.45, 82), color=COLOURS[0])
    time.annotate("free T4", (0.3, 128), color=COLOURS[2])
    time.set_title("After a third more T4 at once", loc="left", color=FAINT)
    time.set(xlabel="Time (d)", ylabel="Of the set point (%)", xlim=(0, 6), ylim=(0, 150))
