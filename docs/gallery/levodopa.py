"""Levodopa: patients' plasma on the model's curve, and two groups' effect."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK

MINUTES = (15, 30, 45, 60, 75, 90, 120, 150, 180)
MEAN = (0.85, 1.82, 1.66, 1.24, 0.97, 0.77, 0.53, 0.37, 0.27)
SPREAD = (0.84, 0.93, 0.41, 0.28, 0.24, 0.20, 0.16, 0.11, 0.08)

TITLE = "100 mg of levodopa: plasma is gone in three hours, the effect may stay"


def draw(figure: Figure) -> None:
    run = ax.simulate(
        ax.load("levodopa"),
        t=(0, 480, 961),
        params={"mean_curve": 1},
        protocol=[ax.dose("tablet", 100, at=0)],
    )
    minutes = run["time"].values
    figure.suptitle(TITLE, x=0.01, ha="left", size=13, weight="bold", color=INK)
    plasma, effect = figure.subplots(1, 2)
    plasma.plot(minutes, run["C1"], color=COLOURS[0], lw=2, label="model")
    plasma.errorbar(
        MINUTES,
        MEAN,
        SPREAD,
        fmt="o",
        ms=5,
        color=INK,
        elinewidth=1,
        label="25 patients, mean and sd",
    )
    plasma.set(xlabel="Time (min)", ylabel="Levodopa in plasma (mg/L)", xlim=(0, 240), ylim=(0, 3))
    plasma.set_xticks(range(0, 241, 60))
    plasma.legend(loc="upper right")
    for group, colour, word in (
        ("G1", COLOURS[1], "group G1\nlong memory, shallow"),
        ("G2", COLOURS[2], "group G2\nshort memory, steep"),
    ):
        effect.plot(minutes, 100 * run[f"E_{group}"], color=colour, lw=2)
        spot = (270, 42) if group == "G1" else (170, 8)
        effect.annotate(word, spot, color=colour)
    effect.set(
        xlabel="Time (min)", ylabel="Effect (% of the greatest)", xlim=(0, 480), ylim=(0, 60)
    )
    effect.set_xticks(range(0, 481, 120))
    effect.axvline(0, color=FAINT, lw=0.5)
