"""Two days of TSH, a test with TRH, and TSH against free T4 for glands of all strengths."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK


def draw(figure: Figure) -> None:
    model = ax.load("thyroid_simthyr")
    figure.suptitle(
        "A loop with dead times: its day, a test with TRH, and its resting point",
        x=0.01,
        ha="left",
        size=13,
        weight="bold",
        color=INK,
    )
    day, rest = figure.subplots(1, 2, width_ratios=(3, 2))
    for amount, colour in ((0, COLOURS[0]), (200, COLOURS[1])):
        test = [ax.dose("TRH_iv", amount, at=250)]
        run = ax.simulate(model, t=(0, 288, 288 * 12 + 1), protocol=test, outputs=["TSH"])
        run = run.isel(time=slice(240 * 12, None))
        day.plot(run["time"] - 240, run["TSH"], color=colour, lw=2.5, zorder=3 - amount / 100)
    day.annotate("200 µg of TRH\ninto a vein at 10 h", (11.5, 2.95), color=COLOURS[1])
    day.annotate("TSH", (31, 2.25), color=COLOURS[0])
    day.set(xlabel="Hour", ylabel="TSH (mU/L)", xlim=(0, 48), ylim=(0, 3.6))
    day.set_xticks(range(0, 49, 6), [f"{hour % 24}" for hour in range(0, 49, 6)])
    folds = np.geomspace(0.1, 10, 25)
    still = {"rhythm": 0.0}
    for name, size, colour in (("GT_gland", 3.375, COLOURS[2]), ("GH", 471.854, COLOURS[3])):
        swept = ax.sweep(model, ax.design.grid({name: size * folds}), t=(0, 2400, 2), params=still)
        rest.plot(swept["FT4"][:, -1], swept["TSH"][:, -1], color=colour, lw=2.5)
    rest.plot(17.67, 1.814, "o", color=INK, ms=7, zorder=4)
    rest.annotate("healthy", (19.5, 1.95), color=INK)
    rest.annotate("gland, weak\nto strong", (2.7, 1.6), color=COLOURS[2])
    rest.annotate("pituitary, weak\nto strong", (31, 3.2), color=COLOURS[3])
    rest.set(xscale="log", yscale="log", xlabel="Free T4 (pmol/L)", ylabel="TSH (mU/L)")
    rest.set_xticks([3, 10, 30, 90], ["3", "10", "30", "90"])
    rest.set_yticks([0.3, 1, 3, 10], ["0.3", "1", "3", "10"])
    rest.set_title("At rest, a tenth to ten times the strength", loc="left", color=FAINT)
