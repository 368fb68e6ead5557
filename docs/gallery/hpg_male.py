"""A man's LH and testosterone over two days, and LH without gonads."""

import numpy as np
from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK


def draw(figure: Figure) -> None:
    """LH above, testosterone below; ticks are pulses of GnRH."""
    model, names = ax.load("hpg_male"), ["LH", "T", "t_next"]
    run = ax.simulate(model, t=(0.0, 5760.0, 5761), outputs=names, rtol=1e-8)
    bare = ax.simulate(
        model, t=(0.0, 5760.0, 5761), params={"T_secretion": 0.0}, outputs=names, rtol=1e-8
    )
    hours = run["time"] / 60 - 48
    pulses = hours[1:][np.diff(run["t_next"]) > 1]
    top, bottom = figure.subplots(2, 1, sharex=True)
    top.plot(hours, bare["LH"], color=COLOURS[2], lw=1.4)
    top.plot(hours, run["LH"], color=COLOURS[0], lw=1.8)
    top.plot(pulses, np.full(len(pulses), 0.7), "|", color=INK, ms=7)
    top.text(24, 16.2, "without gonads", color=COLOURS[2], ha="center")
    top.text(24, 7.6, "with gonads", color=COLOURS[0], ha="center")
    top.annotate("pulses of GnRH", (0.25, 1.35), color=INK, size=8)
    top.set_ylim(0, 18.5)
    top.set_ylabel("LH (IU/L)")
    top.set_title(
        "The male axis: an LH pulse every hour and a half, testosterone high in the morning"
    )
    bottom.plot(hours, run["T"], color=COLOURS[1], lw=1.8)
    bottom.set_ylabel("Testosterone (nmol/L)")
    bottom.set_ylim(10, 25)
    for axes in (top, bottom):
        for night in (-3, 21, 45):
            axes.axvspan(night, night + 9, color=FAINT, alpha=0.1, lw=0)
    bottom.set_xlim(0, 48)
    bottom.set_xticks(range(0, 49, 6), [f"{hour % 24}:00" for hour in range(0, 49, 6)])
    bottom.set_xlabel("Clock time (h)")
