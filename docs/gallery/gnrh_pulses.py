"""Firing of kisspeptin neurons at four basal drives, and the pulse rate against the drive."""

import numpy as np
from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK

SHOWN = (0.06, 0.08, 0.14, 0.20, 0.24)


def rate(firing: np.ndarray, minutes: float) -> float:
    """Pulses an hour."""
    rises = np.flatnonzero((firing[1:] > 1500) & (firing[:-1] <= 1500))
    return 60 * (len(rises) - 1) / ((rises[-1] - rises[0]) * minutes) if len(rises) > 1 else 0.0


def draw(figure: Figure) -> None:
    """Five traces on the left, the rate on the right."""
    model = ax.load("gnrh_pulses")
    panels = figure.subplot_mosaic([[str(i), "rate"] for i in range(len(SHOWN))])
    for i, drive in enumerate(SHOWN):
        axes = panels[str(i)]
        run = ax.simulate(
            model, t=(0.0, 220.0, 4401), params={"I_0": drive}, outputs=["v"], method="rodas5p"
        )
        axes.plot(run["time"] - 100, run["v"] / 1000, color=COLOURS[0], lw=1.3)
        axes.set_xlim(0, 120)
        axes.set_ylim(-0.2, 4.9)
        axes.set_yticks([0, 3])
        axes.text(0.995, 1.0, f"drive {drive:.2f}", ha="right", va="top", transform=axes.transAxes)
        axes.tick_params(labelbottom=i == len(SHOWN) - 1)
    panels["2"].set_ylabel("Firing (1000 spikes/min)")
    panels["4"].set_xlabel("Time (min)")
    panels["0"].set_title("Neurons fire in bursts, each a pulse of GnRH")
    drives = np.round(np.arange(0.05, 0.2451, 0.005), 4)
    design = ax.design.grid({"I_0": drives})
    runs = ax.sweep(model, design, t=(0.0, 500.0, 5001), outputs=["v"], method="rodas5p")
    rates = [rate(firing[1000:], 0.1) for firing in runs["v"].values]
    axes = panels["rate"]
    axes.plot(drives, rates, "o-", color=COLOURS[1], ms=4, lw=1.5)
    for drive in SHOWN:
        axes.axvline(drive, color=FAINT, lw=0.8, ls=":", zorder=0)
    axes.text(0.0605, 0.15, "silent", color=INK, ha="center")
    axes.text(0.236, 0.15, "silent", color=INK, ha="center")
    axes.set_ylim(0, 4.2)
    axes.set_xlim(0.045, 0.25)
    axes.set_xticks([0.06, 0.08, 0.14, 0.20, 0.24])
    axes.set_xlabel("Basal drive (dimensionless)")
    axes.set_ylabel("Pulses an hour")
    axes.set_title("More drive: pulses set in, quicken, end")
