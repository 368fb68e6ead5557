"""A settled day: the clock drives CRH, and ACTH and cortisol follow in pulses."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK


def draw(figure: Figure) -> None:
    days = ax.simulate(
        ax.load("hpa_bangsgaard"), t=(0, 43_200, 43_201), outputs=["C", "x1", "x2", "cortisol"]
    )
    day = days.isel(time=slice(41_760, None))
    hours = (day["time"].values - 41_760) / 60
    figure.suptitle(
        "Cortisol rises before waking, in pulses, and is low at midnight",
        x=0.01,
        ha="left",
        size=13,
        weight="bold",
        color=INK,
    )
    drive, glands, adrenal = figure.subplots(3, 1, sharex=True, height_ratios=(2, 3, 4))
    for axes in (drive, glands, adrenal):
        axes.axvspan(0, 7, color=FAINT, alpha=0.1, lw=0)
        axes.axvspan(23, 24, color=FAINT, alpha=0.1, lw=0)
    drive.fill_between(hours, day["C"], color=FAINT, alpha=0.4, lw=0)
    drive.set_ylabel("Clock\n(fold)")
    glands.plot(hours, day["x1"], color=COLOURS[2], lw=1.5)
    glands.plot(hours, day["x2"], color=COLOURS[1], lw=2)
    glands.annotate("CRH", (9.6, 58), color=COLOURS[2])
    glands.annotate("ACTH", (15.6, 21), color=COLOURS[1])
    glands.set_ylabel("CRH, ACTH\n(pg/mL)")
    adrenal.plot(hours, day["cortisol"], color=COLOURS[0], lw=2.5)
    adrenal.set_ylabel("Cortisol (µg/dL)")
    adrenal.set(xlabel="Clock time (h)", xlim=(0, 24), xticks=range(0, 25, 3), ylim=(0, None))
