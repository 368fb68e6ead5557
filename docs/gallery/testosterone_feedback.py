"""A GnRH agonist and an antagonist: LH and testosterone after one injection of each."""

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK

STUDIES = (
    ("triptorelin, an agonist: a flare first", 0.0, COLOURS[1]),
    ("degarelix, an antagonist: no flare", 1.0, COLOURS[0]),
)


def draw(figure: Figure) -> None:
    """LH above, testosterone below, on a logarithmic scale."""
    model = ax.load("testosterone_feedback")
    top, bottom = figure.subplots(2, 1, sharex=True)
    for text, drug, colour in STUDIES:
        run = ax.simulate(model, t=(0.0, 2880.0, 2881), params={"drug": drug}, outputs=["LH", "Te"])
        for axes, key in ((top, "LH"), (bottom, "Te")):
            axes.plot(run["time"] / 24, run[key], color=colour, lw=1.9, label=text)
    for axes, label, ticks in (
        (top, "LH (IU/L)", (0.2, 1, 5, 20)),
        (bottom, "Testosterone (ng/mL)", (0.1, 0.5, 2, 10)),
    ):
        axes.set_yscale("log")
        axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
        axes.set_ylabel(label)
    bottom.axhspan(0.05, 0.5, color=FAINT, alpha=0.12, lw=0)
    bottom.text(118, 0.36, "castrate", ha="right", color=INK)
    bottom.set_ylim(0.05, 14)
    bottom.set_xlim(0, 120)
    bottom.set_xticks(range(0, 121, 14))
    bottom.set_xlabel("Days after one injection")
    top.legend(loc="upper right")
    top.set_title("Two ways to castration: exhausting the pituitary, or blocking it")
