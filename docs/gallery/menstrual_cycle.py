"""Two menstrual cycles: the hormones of the pituitary above, those of the ovary below."""

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK

SETTLED = 113.0  # d, start of the fifth cycle


def draw(figure: Figure) -> None:
    """LH and FSH, estradiol and progesterone, over two cycles."""
    run = ax.simulate(
        ax.load("menstrual_cycle"), t=(0.0, SETTLED + 57.0, 3401), outputs=["LH", "FSH", "E2", "P4"]
    )
    run = run.sel(time=slice(SETTLED, None))
    days = run["time"] - SETTLED
    surges = [14.12, 42.29]
    top, bottom = figure.subplots(2, 1, sharex=True)
    pairs = ((top, "LH", "FSH"), (bottom, "E2", "P4"))
    names = {"LH": "LH (IU/L)", "FSH": "FSH (IU/L)", "E2": "Estradiol (pg/mL)"}
    names["P4"] = "Progesterone (ng/mL)"
    for axes, left, right in pairs:
        twin = axes.twinx()
        for side, key, colour in ((axes, left, COLOURS[0]), (twin, right, COLOURS[1])):
            side.plot(days, run[key], color=colour, lw=1.8)
            side.set_ylabel(names[key], color=colour)
            side.set_ylim(0, 1.1 * float(run[key].max()))
            side.grid(side is axes, axis="y")
        for day in surges:
            axes.axvline(day, color=FAINT, lw=0.8, ls=":")
    top.annotate("LH surge", (surges[0] + 1.3, 112), color=INK)
    bottom.annotate("corpus luteum", (21.5, 40), ha="center", color=COLOURS[1])
    bottom.set_xlabel("Day (d)")
    bottom.set_xlim(0, 57)
    bottom.set_xticks(range(0, 57, 7))
    top.set_title(
        "Two menstrual cycles of GynCycle: estradiol calls the LH surge, progesterone follows"
    )
