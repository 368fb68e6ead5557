"""Graves' disease: a year with methimazole for the first part, and then without."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK

PATIENT_20 = {"k3": 0.085, "kd": 0.067, "N": 0.25, "k7": 0.26, "kb": 4.95}


def draw(figure: Figure) -> None:
    model = ax.load("thyroid_graves")
    figure.suptitle(
        "Graves' disease: the drug holds it down, and it comes back without",
        x=0.01,
        ha="left",
        size=13,
        weight="bold",
        color=INK,
    )
    hormone, others = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    course = [ax.protocol.block("s", 0, start=0, stop=30), ax.protocol.block("s", 0, start=150)]
    run = ax.simulate(
        model, t=(0, 330, 661), params=PATIENT_20 | {"s": 0.93 * 30}, protocol=course, rtol=1e-8
    )
    hormone.axhspan(7, 18, color=FAINT, alpha=0.12, lw=0)
    hormone.annotate("normal", (2, 8), color=FAINT)
    hormone.plot(run["time"], run["y"], color=COLOURS[1], lw=2.5)
    hormone.set(ylabel="Free T4 (pg/mL)", ylim=(0, 28))
    for axes in (hormone, others):
        axes.axvspan(30, 150, color=COLOURS[0], alpha=0.10, lw=0)
    hormone.annotate("methimazole", (90, 25), color=COLOURS[0], ha="center")
    others.plot(run["time"], 100 * run["z"] / run["z"][0], color=COLOURS[2], lw=2.5)
    others.annotate("gland and antibodies", (173, 58), color=COLOURS[2])
    others.set(ylabel="Of untreated (%)", xlabel="Time (d)", xlim=(0, 330), ylim=(0, 110))
