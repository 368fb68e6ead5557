"""TSH over the day, and what 400 ug of T4 do to it: the model and 33 volunteers."""

import csv
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import axissim as ax
from axissim.model.library import folder
from axissim.plot.style import COLOURS, FAINT, INK


def volunteers(name: str) -> np.ndarray:
    """Hours and group means after 400 ug (Blakesley 2004)."""
    table: Path = folder() / "thyroid_human" / "reference" / "blakesley_2004.csv"
    with table.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["quantity"] == name]
    rows = [row for row in rows if "=400;" in row["condition"]]
    return np.array([(float(r["condition"].split("t=")[1]), float(r["value"])) for r in rows]).T


def draw(figure: Figure) -> None:
    """TSH, T4 and T3 over five days, with and without the tablet."""
    model = ax.load("thyroid_human")
    names = ["TSH", "T4", "T3"]
    span = (0, 120, 961)
    without = ax.simulate(model, t=span, outputs=names)
    tablet = [ax.dose("q10", 400 / 777, at=24)]
    dosed = ax.simulate(model, t=span, outputs=names, protocol=tablet)
    panels = figure.subplots(3, 1, sharex=True)
    for axes, name, unit in zip(panels, names, ("mU/L", "µg/L", "µg/L"), strict=True):
        axes.plot(without["time"], without[name], color=FAINT, lw=1.2)
        axes.plot(dosed["time"], dosed[name], color=COLOURS[0], lw=1.8)
        axes.plot(*volunteers(name), "o", color=COLOURS[1], ms=3.5)
        axes.axvline(24, color=INK, lw=0.8, ls=":")
        axes.set_ylabel(f"{name} ({unit})")
        axes.margins(y=0.12)
    panels[1].text(25, 72, "400 µg of T4", color=INK, va="top")
    panels[1].text(90, 97, "model", color=COLOURS[0])
    panels[1].text(101, 80.5, "no tablet", color=FAINT)
    panels[0].text(19.5, 3.35, "33 volunteers, mean", color=COLOURS[1])
    panels[2].set(xlabel="Time (h; 0 is 9 in the morning)", xlim=(0, 120), xticks=range(0, 121, 12))
    panels[0].set_title("TSH has a rhythm of a day; one large dose of T4 holds it down for days")
