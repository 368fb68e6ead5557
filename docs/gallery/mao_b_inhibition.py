"""Monoamine oxidase B: ten days of rasagiline, and weeks until the enzyme is made anew."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK

TITLE = "Blocked in days, made anew in weeks: rasagiline 1 mg a day for ten days"


def draw(figure: Figure) -> None:
    model = ax.load("mao_b_inhibition")
    figure.suptitle(TITLE, x=0.01, ha="left", size=13, weight="bold", color=INK)
    axes = figure.subplots()
    axes.axvspan(0, 10, color=FAINT, alpha=0.12, lw=0)
    axes.annotate("tablets", (5, 103), color=FAINT, ha="center")
    axes.axvspan(37, 51, color=COLOURS[1], alpha=0.10, lw=0)
    axes.annotate(
        "4 to 6 weeks after:\nnear baseline in people", (44, 7), color=COLOURS[1], ha="center"
    )
    for half_time, colour, word in (
        (10, COLOURS[2], "turnover with a\nhalf-time of 10 days"),
        (20, COLOURS[4], "20 days"),
        (40, COLOURS[0], "40 days (default, recalled)"),
    ):
        run = ax.simulate(
            model,
            t=(0, 90, 1801),
            params={"half_time": half_time},
            protocol=[ax.dose("drug", 1, at=0, every=1, count=10)],
        )
        axes.plot(run["time"], 100 * run["E"], color=colour, lw=2)
        spot = (62, 100 * run["E"].values[1240] - 8) if half_time > 10 else (11.5, 82)
        axes.annotate(word, spot, color=colour)
    axes.set(
        xlabel="Time (d)", ylabel="Monoamine oxidase B at work (%)", xlim=(0, 90), ylim=(0, 110)
    )
    axes.set(xticks=range(0, 91, 10), yticks=range(0, 101, 25))
