"""Three days of an axis that swings by itself, and its loop."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK


def draw(figure: Figure) -> None:
    run = ax.simulate(ax.load("hpa_sriram"), t=(0, 400, 8001), outputs=["C", "A", "F", "G"])
    late = run.isel(time=slice(6560, None))
    hours = late["time"].values - late["time"].values[0]
    figure.suptitle(
        "Feedback alone makes a rhythm of about 24 hours",
        x=0.01,
        ha="left",
        size=13,
        weight="bold",
        color=INK,
    )
    course, loop = figure.subplots(1, 2, width_ratios=(3, 2))
    for name, colour, label, at in (
        ("C", COLOURS[2], "CRH", 0),
        ("A", COLOURS[1], "ACTH", 1),
        ("F", COLOURS[0], "cortisol", 2),
        ("G", COLOURS[3], "receptor", 3),
    ):
        fold = late[name] / float(late[name].max())
        course.plot(hours, fold - 1.25 * at, color=colour, lw=2)
        course.annotate(
            label,
            (-1, (0.82 if name == "G" else 0.4) - 1.25 * at),
            color=colour,
            ha="right",
            annotation_clip=False,
        )
    course.set(xlabel="Time (h)", xlim=(0, 72), xticks=range(0, 73, 12), yticks=[])
    course.set_ylabel("Each as a share of its maximum", labelpad=52)
    loop.plot(late["A"], late["F"], color=COLOURS[0], lw=2)
    loop.set(xlabel="ACTH (scaled)", ylabel="Cortisol (µg/dL)", xlim=(0, None), ylim=(0, None))
    peak = int(late["F"].values.argmax())
    loop.plot(late["A"][peak], late["F"][peak], "o", color=COLOURS[0])
    loop.annotate("cortisol peaks\nafter ACTH", (5, 12), color=FAINT, ha="center")
