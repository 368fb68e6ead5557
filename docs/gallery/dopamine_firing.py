"""A burst and a pause of firing, and what blocked uptake makes of them."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK


def draw(figure: Figure) -> None:
    model = ax.load("dopamine_firing")
    pattern = {
        "burst_start": 22.0,
        "burst_length": 0.3,
        "pause_start": 25.0,
        "pause_length": 1.0,
    }
    figure.suptitle(
        "Firing and dopamine: blocked uptake raises it, and blurs bursts and pauses",
        x=0.01,
        ha="left",
        size=13,
        weight="bold",
        color=INK,
    )
    firing, dopamine = figure.subplots(2, 1, sharex=True, height_ratios=(1, 3))
    for block, colour in ((0.75, COLOURS[1]), (0.5, COLOURS[5]), (0.0, COLOURS[0])):
        run = ax.simulate(model, t=(0, 30, 6001), params={**pattern, "DAT_block": block})
        run = run.isel(time=slice(4000, None))
        seconds = run["time"].values - 20
        if not block:
            firing.fill_between(seconds, run["nu"], color=FAINT, alpha=0.25, lw=0)
            firing.plot(seconds, run["nu"], color=FAINT, lw=1.5)
        dopamine.plot(seconds, run["Ct"], color=colour, lw=2)
        word = f"{100 * block:.0f} % of uptake blocked" if block else "uptake as it is"
        dopamine.annotate(word, (0.1, float(run["Ct"].values[0]) + 6), color=colour)
    firing.annotate("burst", (2.45, 14), color=FAINT)
    firing.annotate("pause", (5.5, 6), color=FAINT, ha="center")
    firing.set(ylabel="Firing (Hz)", ylim=(0, 21))
    dopamine.set(xlabel="Time (s)", ylabel="Dopamine about terminals (nmol/L)", xlim=(0, 10))
    dopamine.set_ylim(0, None)
