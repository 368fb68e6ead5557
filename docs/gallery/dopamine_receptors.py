"""A burst and a pause of dopamine, as D1 and D2 see them by two published kinetics."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK


def draw(figure: Figure) -> None:
    model = ax.load("dopamine_receptors")
    stimulus = {"burst_height": 200.0, "burst_start": 2.0, "pause_start": 15.0, "pause_length": 5.0}
    runs = {
        kind: ax.simulate(model, t=(0, 30, 6001), params={**stimulus, "kinetics": kind}, rtol=1e-8)
        for kind in (1.0, 3.0)
    }
    seconds = runs[1.0]["time"].values
    figure.suptitle(
        "A burst and a pause of dopamine: D1 follows, D2 may remember",
        x=0.01,
        ha="left",
        size=13,
        weight="bold",
        color=INK,
    )
    dopamine, d1, d2 = figure.subplots(3, 1, sharex=True, height_ratios=(2, 2, 3))
    dopamine.fill_between(seconds, runs[1.0]["C_t"], color=FAINT, alpha=0.25, lw=0)
    dopamine.plot(seconds, runs[1.0]["C_t"], color=FAINT, lw=1.5)
    dopamine.annotate("burst", (3.2, 120), color=FAINT)
    dopamine.annotate("pause", (17.5, 40), color=FAINT, ha="center")
    dopamine.set_ylabel("Dopamine\n(nmol/L)")
    for kind, colour, style in ((1.0, COLOURS[0], "-"), (3.0, COLOURS[1], (0, (4, 2)))):
        d1.plot(seconds, 100 * runs[kind]["o_D1"], color=colour, lw=2, ls=style)
        d2.plot(seconds, 100 * runs[kind]["o_D2"], color=colour, lw=2, ls=style)
    d1.set(ylabel="D1 bound (%)", ylim=(0, 20))
    d1.annotate("both kinetics agree", (3.6, 10), color=INK)
    d2.annotate("kinetics of Ejdrup: slow and strong", (5.6, 83), color=COLOURS[1])
    d2.annotate("kinetics of Dreyer: fast and weak", (4.0, 6), color=COLOURS[0])
    d2.set(xlabel="Time (s)", ylabel="D2 bound (%)", xlim=(0, 30), ylim=(0, 105))
