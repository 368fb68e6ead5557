"""Learning what work pays and costs, and the turn to free food as D2 receptors are blocked."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK


def draw(figure: Figure) -> None:
    model = ax.load("motivation_effort")
    figure.suptitle(
        "A hypothesis: with D2 receptors blocked, work is no longer worth the effort",
        x=0.01,
        ha="left",
        size=13,
        weight="bold",
        color=INK,
    )
    learning, choice = figure.subplots(1, 2)
    run = ax.simulate(model, t=(0, 180, 181))
    for key, colour, word, at in (
        ("G", COLOURS[0], "Go: what work pays", (70, 15.4)),
        ("N", COLOURS[1], "No-Go: what work costs", (70, 11.6)),
        ("G_chow", COLOURS[2], "Go of the free food", (70, 1.6)),
    ):
        learning.plot(run["time"], run[key], color=colour, lw=2)
        learning.annotate(word, at, color=colour)
    learning.set(xlabel="Trials", ylabel="Weight", xlim=(0, 180), ylim=(0, 18))
    passed = np.linspace(1.0, 0.6, 17)
    ends = [
        ax.simulate(model, t=(0, 181, 2), params={"kN": kN}, outputs=["T", "T_chow"])
        for kN in passed
    ]
    blocked = 100 * (1 - passed)
    for key, colour, word, at in (
        ("T", COLOURS[0], "to work for pellets", (6.0, -0.3)),
        ("T_chow", COLOURS[2], "to the free food", (22, 0.5)),
    ):
        choice.plot(blocked, [float(end[key][-1]) for end in ends], color=colour, lw=2)
        choice.annotate(word, at, color=colour)
    choice.plot([0, 24.93], [1.0, -0.6], "o", color=INK, ms=5, label="published (Fig 6)")
    choice.plot([0, 24.93], [0.4, 0.4], "o", color=INK, ms=5)
    choice.axhline(0, color=FAINT, lw=1)
    choice.set(xlabel="D2 receptors blocked (%)", ylabel="Drive (thalamic activity)")
    choice.legend(loc="lower left")
