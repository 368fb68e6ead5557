"""Testosterone undecanoate: the first year of injections every ten or every eight weeks."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK

WEEK = 168

TITLE = "750 mg of testosterone undecanoate at 0 and 4 weeks, then every 8 or 10 weeks"


def draw(figure: Figure) -> None:
    model = ax.load("testosterone")
    figure.suptitle(TITLE, x=0.01, ha="left", size=13, weight="bold", color=INK)
    serum, own = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    for weeks, colour in ((10, COLOURS[0]), (8, COLOURS[1])):
        doses = [
            ax.dose("depot", 750, at=0),
            ax.dose("depot", 750, at=4 * WEEK, every=weeks * WEEK, count=6),
        ]
        run = ax.simulate(model, t=(0, 54 * WEEK, 54 * 56 + 1), protocol=doses)
        serum.plot(run["time"] / WEEK, run["T"], color=colour, lw=2, label=f"every {weeks} weeks")
    serum.axhline(300, color=FAINT, lw=1, ls="--")
    serum.annotate("300 ng/dL", (47, 260), color=FAINT)
    rest = float(run["T"].values[0])
    serum.plot([-4, 0], [rest, rest], color=INK, lw=2)
    serum.annotate("before", (-3.8, rest - 60), color=INK)
    serum.set(ylabel="Total testosterone (ng/dL)", ylim=(0, 850))
    molar = serum.secondary_yaxis(
        "right", functions=(lambda x: 0.034672 * x, lambda x: x / 0.034672)
    )
    molar.set_ylabel("(nmol/L)")
    serum.legend(loc="upper left", ncols=2)
    own.plot([-4, 0], [0.445, 0.445], color=COLOURS[2], lw=2)
    own.plot(run["time"] / WEEK, run["secretion"], color=COLOURS[2], lw=2)
    own.set(xlabel="Time (weeks)", ylabel="Own\n(mg/h)", ylim=(0, 0.65), xlim=(-4, 54))
    own.annotate(
        "own secretion: silenced by the first injection, then back", (8, 0.12), color=COLOURS[2]
    )
    own.set_xticks(range(-4, 55, 4))
