"""Sixty days of stress, and the half year after it."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK


def draw(figure: Figure) -> None:
    run = ax.simulate(
        ax.load("hpa_gland_mass"),
        t=(0, 260, 2601),
        params={"rates": 1.0},
        outputs=["x2", "x3", "P", "A"],
    )
    days = run["time"].values - 20
    fold = {key: run[key] / float(run[key][0]) for key in ("x2", "x3", "P", "A")}
    figure.suptitle(
        "Weeks after stress cortisol is normal, ACTH is not yet",
        x=0.01,
        ha="left",
        size=13,
        weight="bold",
        color=INK,
    )
    hormones, glands = figure.subplots(2, 1, sharex=True)
    for axes in (hormones, glands):
        axes.axvspan(0, 60, color=COLOURS[5], alpha=0.15, lw=0)
        axes.axhline(1, color=FAINT, lw=0.8, ls=":")
    hormones.plot(days, fold["x3"], color=COLOURS[0], lw=2.5)
    hormones.plot(days, fold["x2"], color=COLOURS[1], lw=2.5)
    hormones.annotate("stress", (30, 2.27), color=FAINT, ha="center")
    hormones.annotate("cortisol", (40, 2.02), color=COLOURS[0])
    hormones.annotate("ACTH", (36, 1.2), color=COLOURS[1])
    hormones.annotate("blunted ACTH", (77, 0.55), color=COLOURS[1])
    hormones.set(ylabel="Hormone (fold of rest)", ylim=(0.45, 2.5))
    glands.plot(days, fold["A"], color=COLOURS[0], lw=2.5)
    glands.plot(days, fold["P"], color=COLOURS[1], lw=2.5)
    glands.annotate("adrenal cortex", (66, 1.76), color=COLOURS[0])
    glands.annotate("corticotrophs", (80, 0.68), color=COLOURS[1])
    glands.set(ylabel="Gland (fold of rest)", xlabel="Time from the start of stress (d)")
    glands.set(ylim=(0.63, 1.95), xlim=(-20, 240), xticks=range(0, 241, 30))
