"""An uptake inhibitor: serotonin outside leaps up, then the vesicles run empty."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK


def draw(figure: Figure) -> None:
    model = ax.load("serotonin_terminal")
    figure.suptitle(
        "Serotonin reuptake blocked at 0: outside it leaps, then the vesicles run empty",
        x=0.01,
        ha="left",
        size=13,
        weight="bold",
        color=INK,
    )
    panels = figure.subplots(3, 1, sharex=True, height_ratios=(3, 2, 2))
    for left, colour, word in (
        (0.2, COLOURS[0], "80 % blocked"),
        (0.5, COLOURS[1], "50 % blocked"),
    ):
        block = ax.protocol.block("SERT", left, start=0)
        run = ax.simulate(model, t=(-1, 4, 2001), protocol=[block])
        rows = (1e3 * run["eht"], run["vht"], run["isyn"])
        for axes, values in zip(panels, rows, strict=True):
            axes.plot(run["time"], values, color=colour, lw=2)
        panels[0].annotate(word, (0.5, 175) if left < 0.5 else (0.08, 110), color=colour)
    outside, inside, brake = panels
    outside.axhspan(60.5, 80.5, color=FAINT, alpha=0.15, lw=0)
    outside.annotate("in this band uptake by glia switches on", (3.97, 87), color=FAINT, ha="right")
    outside.set(ylabel="Outside (nmol/L)", ylim=(0, 215))
    inside.set(ylabel="In vesicles\n(µmol/L)", ylim=(0, 75))
    brake.set(ylabel="Synthesis,\nautoreceptor's\nfactor", ylim=(0, 1.1))
    brake.set(xlabel="Time (h)", xlim=(-1, 4))
