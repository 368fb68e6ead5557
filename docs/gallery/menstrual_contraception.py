"""Cycles before, during and after three packs of a pill."""

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK

START, PACK, PILLS = 61.0, 28.0, 21
NAMES = {"LH": "LH (IU/L)", "P4_own": "Progesterone (ng/mL)"}


def draw(figure: Figure) -> None:
    """LH and the ovary's progesterone; pills for 21 of 28 days, three times."""
    packs = [START + PACK * number for number in range(3)]
    pills = [
        ax.dose(depot, amount, at=pack, every=1, count=PILLS)
        for depot, amount in (("EE_depot", 21.0), ("DNG_depot", 2000.0))
        for pack in packs
    ]
    model = ax.load("menstrual_contraception")
    run = ax.simulate(model, t=(0.0, 224.0, 4481), protocol=pills, outputs=list(NAMES))
    top, bottom = figure.subplots(2, 1, sharex=True)
    for axes, key, colour in ((top, "LH", COLOURS[0]), (bottom, "P4_own", COLOURS[1])):
        axes.plot(run["time"], run[key], color=colour, lw=1.8)
        axes.set_ylabel(NAMES[key], color=colour)
        axes.set_ylim(0, 1.15 * float(run[key].max()))
        for pack in packs:
            axes.axvspan(pack, pack + PILLS, color=FAINT, alpha=0.13, lw=0)
    top.text(packs[1] + PILLS / 2, 118, "pills on 21 of 28 days", ha="center", color=INK)
    bottom.axhline(3.0, color=FAINT, lw=1.0, ls="--")
    bottom.text(packs[1] + PILLS / 2, 3.6, "above: an ovulation", ha="center", color=FAINT)
    bottom.set_xlabel("Time (d)")
    bottom.set_xlim(0, 224)
    bottom.set_xticks(range(0, 225, 28))
    top.set_title("21 µg ethinylestradiol with 2 mg dienogest stop ovulation; the cycle comes back")
