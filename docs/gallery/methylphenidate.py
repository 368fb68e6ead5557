"""Methylphenidate: the scans at two hours, and a day with one tablet."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK

SCANS = ((5, 12, 4), (10, 40, 12), (20, 54, 5), (40, 72, 3), (60, 74, 2))

TITLE = "Methylphenidate: 17.5 mg occupy half of the dopamine transporter after 2 h"


def draw(figure: Figure) -> None:
    model = ax.load("methylphenidate")
    doses = np.linspace(0, 70, 71)
    figure.suptitle(TITLE, x=0.01, ha="left", size=13, weight="bold", color=INK)
    dose, day = figure.subplots(1, 2)
    law = ax.simulate(model, t=(0, 2, 2), protocol=[ax.dose("gut", 20, at=0)])
    for key, ed50, colour, word in (
        ("NET", 9.8, COLOURS[2], "norepinephrine"),
        ("DAT", 17.5, COLOURS[0], "dopamine transporter"),
    ):
        dose.plot(doses, 100 * doses / (doses + ed50), color=colour, lw=2, label=word)
        dose.plot(20, 100 * law[f"{key}_occupancy"].values[-1], "D", ms=6, color=colour)
    amount, mean, spread = zip(*SCANS, strict=True)
    dose.errorbar(
        amount, mean, spread, fmt="o", ms=5, color=INK, elinewidth=1, label="PET, mean and sd"
    )
    dose.set(
        xlabel="Dose (mg, 70 kg)", ylabel="Occupied after 2 h (%)", xlim=(0, 70), ylim=(0, 100)
    )
    dose.legend(loc="lower right")
    for mg, colour in ((60, COLOURS[0]), (20, COLOURS[4]), (5, FAINT)):
        run = ax.simulate(model, t=(0, 24, 481), protocol=[ax.dose("gut", mg, at=0)])
        day.plot(run["time"], 100 * run["DAT_occupancy"], color=colour, lw=2)
        day.annotate(f"{mg} mg", (2.2, 100 * run["DAT_occupancy"].values.max() + 1), color=colour)
    day.annotate(
        "this course in time is chosen,\nonly the value at 2 h is measured", (9, 78), color=FAINT
    )
    day.axvline(2, color=FAINT, lw=0.8, ls=":")
    day.set(xlabel="Time after the tablet (h)", ylabel="Dopamine transporter occupied (%)")
    day.set(xlim=(0, 24), ylim=(0, 100), xticks=range(0, 25, 4))
