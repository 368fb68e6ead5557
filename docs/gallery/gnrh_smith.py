"""The smallest oscillator: the three hormones in time, and their cycle."""

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK

NAMES = (("R", "GnRH", COLOURS[2]), ("L", "LH", COLOURS[0]), ("T", "testosterone", COLOURS[1]))


def draw(figure: Figure) -> None:
    """Fold of the mean against time; testosterone against LH."""
    run = ax.simulate(
        ax.load("gnrh_smith"), t=(0.0, 60.0, 6001), outputs=["R", "L", "T", "T_stop"], rtol=1e-8
    )
    settled = run.sel(time=slice(40.0, None))
    left, right = figure.subplots(1, 2, width_ratios=(1.5, 1))
    for key, name, colour in NAMES:
        fold = settled[key] / float(settled[key].mean())
        left.plot(settled["time"] - 40.0, fold, color=colour, lw=1.8, label=name)
    left.set_xlim(0, 12)
    left.set_ylim(0, 3.9)
    left.set_xticks(range(0, 13, 2))
    left.set_xlabel("Time (h)")
    left.set_ylabel("Fold of the mean")
    left.legend(ncols=3, loc="upper left")
    left.set_title("Testosterone stops GnRH: pulses every 3.6 h")
    right.plot(run["L"], run["T"], color=FAINT, lw=0.7)
    right.plot(settled["L"], settled["T"], color=INK, lw=2.0)
    right.axhline(float(run["T_stop"][0]), color=COLOURS[2], lw=1.2, ls="--")
    right.annotate("above: no GnRH", (50, 8.6), ha="right", va="bottom", color=COLOURS[2])
    right.set_xlim(0, 50)
    right.set_ylim(0, 20)
    right.set_xlabel("LH (ng/L)")
    right.set_ylabel("Testosterone (ng/L)")
    right.set_title("One cycle attracts")
