"""Hydrocortisone three times a day: total and free cortisol, in both forms of the model."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK

DOSES = ((10, 7), (5, 12), (5, 17))
FORMS = ((0, "-", "total cortisol is cleared"), (1, "--", "free cortisol is cleared"))

TITLE = "Hydrocortisone 10, 5 and 5 mg: three peaks of cortisol a day"


def draw(figure: Figure) -> None:
    model = ax.load("hydrocortisone")
    figure.suptitle(TITLE, x=0.01, ha="left", size=13, weight="bold", color=INK)
    panels = figure.subplot_mosaic([["total", "law"], ["free", "law"]], width_ratios=(3, 2))
    total, free, law = (panels[key] for key in ("total", "free", "law"))
    total.sharex(free)
    doses = [ax.dose("gut", amount, at=at) for amount, at in DOSES]
    for kind, line, word in FORMS:
        run = ax.simulate(model, t=(0, 24, 961), params={"free_kinetics": kind}, protocol=doses)
        total.plot(run["time"], run["total"], color=COLOURS[0], lw=2, ls=line, label=word)
        free.plot(run["time"], run["free"], color=COLOURS[1], lw=2, ls=line)
    total.set(ylabel="Total cortisol\n(nmol/L)", ylim=(0, 600))
    total.tick_params(labelbottom=False)
    total.legend(loc="upper right")
    free.set(xlabel="Clock time (h)", ylabel="Free cortisol\n(nmol/L)", xlim=(0, 24), ylim=(0, 32))
    free.set_xticks(range(0, 25, 4))
    for axes in (total, free):
        for _, at in DOSES:
            axes.axvline(at, color=FAINT, lw=0.8, ls=":")
    unbound = np.linspace(0, 60, 301)
    for fold, colour in ((1.75, COLOURS[3]), (1.0, COLOURS[2])):
        bound = fold * 431 * unbound / (9.71 + unbound)
        law.plot(5.15 * unbound + bound, unbound, color=colour, lw=2)
    law.annotate("binding globulin\nas usual", (300, 43), color=COLOURS[2], ha="center")
    law.annotate("1.75 fold", (800, 15), color=COLOURS[3], ha="center")
    law.set(xlabel="Total cortisol (nmol/L)", ylabel="Free cortisol (nmol/L)")
    law.set(xlim=(0, 1000), ylim=(0, 60))
