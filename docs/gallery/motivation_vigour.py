"""Latency against tonic dopamine, and vigour through a rich period."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK, logarithmic


def draw(figure: Figure) -> None:
    model = ax.load("motivation_vigour")
    figure.suptitle(
        "A hypothesis: tonic dopamine sets the price of time, and so vigour",
        x=0.01,
        ha="left",
        size=13,
        weight="bold",
        color=INK,
    )
    still, rich = figure.subplots(1, 2, width_ratios=(4, 5))
    tones = np.geomspace(0.2, 5, 41)
    runs = [
        ax.simulate(model, t=(0, 1, 2), params={"tone": tone}, outputs=["latency"])
        for tone in tones
    ]
    still.plot(tones, [float(run["latency"][0]) for run in runs], color=COLOURS[0], lw=2)
    still.plot([0.25, 1, 4], [2, 1, 0.5], "o", color=COLOURS[0], ms=6)
    still.annotate("a quarter: twice as slow", (0.29, 2.03), color=COLOURS[0])
    still.annotate("rest", (1.08, 1.02), color=COLOURS[0])
    still.annotate("four times:\ntwice as fast", (3.4, 0.455), color=COLOURS[0], ha="right")
    logarithmic(still, "x")
    logarithmic(still, "y")
    still.set(xlabel="Tonic dopamine (fold of rest)", ylabel="Latency of an action (s)")
    rich.axvspan(5, 15, color=FAINT, alpha=0.12, lw=0)
    rich.annotate("rewards worth double", (10, 2.32), color=FAINT, ha="center")
    for tone, colour, word in ((1.0, COLOURS[0], "dopamine as it is"), (0.5, COLOURS[1], "half")):
        dials = {"learned": 1.0, "rich": 2.0, "tone": tone}
        run = ax.simulate(model, t=(0, 1500, 1501), params=dials)
        rich.plot(run["time"] / 60, run["vigour"], color=colour, lw=2)
        rich.annotate(word, (14.8, float(run["vigour"][880]) - 0.12), color=colour, ha="right")
    rich.set(xlabel="Time (min)", ylabel="Vigour (actions per second)", xlim=(0, 25))
    rich.set_ylim(0, 2.5)
