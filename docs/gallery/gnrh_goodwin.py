"""Impulsive Goodwin oscillator: pulses of GnRH, what follows them, and the feedback."""

import numpy as np
from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK

ROWS = (("x", "GnRH", COLOURS[2]), ("y", "LH", COLOURS[0]), ("z", "Testosterone", COLOURS[1]))


def draw(figure: Figure) -> None:
    """Eight hours on the left; what testosterone at a pulse does on the right."""
    model = ax.load("gnrh_goodwin")
    run = ax.simulate(model, t=(0.0, 480.0, 4801), outputs=["x", "y", "z"], rtol=1e-8)
    panels = figure.subplot_mosaic([["x", "Phi"], ["y", "Phi"], ["z", "F"]], width_ratios=(1.6, 1))
    for key, name, colour in ROWS:
        axes = panels[key]
        axes.plot(run["time"] / 60, run[key], color=colour, lw=1.8)
        axes.set_ylabel(name)
        axes.set_xlim(0, 8)
        axes.set_ylim(0, None)
        axes.tick_params(labelbottom=key == "z")
    panels["z"].set_xlabel("Time (h)")
    panels["x"].set_title("GnRH comes in pulses, LH and testosterone follow (nominal units)")
    level = np.linspace(0, 15, 31)
    met = [
        ax.simulate(model, t=(0.0, 1.0, 2), init={"z": z}, outputs=["Phi", "F"]).isel(time=0)
        for z in level
    ]
    for key, label in (("Phi", "Interval to the next (min)"), ("F", "Size of the pulse")):
        axes = panels[key]
        curve = [float(one[key]) for one in met]
        axes.plot(level, curve, color=INK, lw=1.8)
        here = float(np.interp(9.0195, level, curve))
        axes.plot(9.0195, here, "o", color=COLOURS[1], ms=6)
        axes.axvline(9.0195, color=FAINT, lw=0.8, ls=":")
        axes.set_ylabel(label)
        axes.set_xlim(0, 15)
    panels["Phi"].annotate("settles here", (9.4, 95.2), va="top", color=COLOURS[1])
    panels["Phi"].tick_params(labelbottom=False)
    panels["F"].set_xlabel("Testosterone at a pulse")
    panels["Phi"].set_title("More testosterone: rarer, smaller pulses")
