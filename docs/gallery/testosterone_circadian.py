"""Testosterone over a day, for three ages and two halves of the year."""

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK


def draw(figure: Figure) -> None:
    """Two days; full lines summer and autumn, dashed winter and spring."""
    model = ax.load("testosterone_circadian")
    axes = figure.subplots()
    for age, colour in ((30, COLOURS[0]), (50, COLOURS[2]), (70, COLOURS[1])):
        for season, dashes in ((0, "-"), (1, "--")):
            run = ax.simulate(
                model,
                t=(0.0, 36.0, 721),
                params={"age": age, "winter_spring": season},
                outputs=["T"],
            )
            axes.plot(run["time"], run["T"], color=colour, ls=dashes, lw=1.8)
            if not season:
                end = float(run["T"][-1])
                axes.annotate(f"{age} years", (36.3, end), color=colour, va="center")
    axes.axvspan(9 + 22 / 60, 14 + 2 / 60, color=FAINT, alpha=0.12, lw=0)
    axes.text(11.7, 316, "fall\n9:22 to 14:02", ha="center", va="top", color=INK)
    axes.plot([], [], color=INK, label="summer, autumn")
    axes.plot([], [], color=INK, ls="--", label="winter, spring")
    axes.legend(loc="upper right", ncols=2)
    axes.set_xlim(0, 39)
    axes.set_ylim(190, 320)
    axes.set_xticks(range(0, 37, 6), [f"{hour % 24}:00" for hour in range(0, 37, 6)])
    axes.set_xlabel("Clock time (h)")
    axes.set_ylabel("Testosterone (ng/dL)")
    axes.set_title("Testosterone of hypogonadal men falls in five hours and rises in nineteen")
