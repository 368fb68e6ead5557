"""Pulses of the adrenal axis: with the lag, without it, and with too much CRH."""

from __future__ import annotations

from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK


def draw(figure: Figure) -> None:
    model = ax.load("hpa_walker")
    figure.suptitle(
        "Constant CRH, pulsing hormones: the adrenal gland answers late",
        x=0.01,
        ha="left",
        size=13,
        weight="bold",
        color=INK,
    )
    top, left, right = figure.subplot_mosaic([["top", "top"], ["left", "right"]]).values()
    cases = (
        (top, {}, "ACTH and corticosterone of a rat, one pulse an hour", (0, 480)),
        (left, {"tau": 3.0}, "A lag of 3 instead of 15 min", (0, 240)),
        (right, {"p1": 100.0}, "More than three times the CRH", (0, 240)),
    )
    for axes, settings, title, span in cases:
        run = ax.simulate(model, t=(0, 600, 1201), params=settings, outputs=["a", "o"])
        kept = (
            run.isel(time=slice(0, 2 * span[1] + 1))
            if settings
            else run.isel(time=slice(240, None))
        )
        minutes = kept["time"].values - kept["time"].values[0]
        axes.plot(minutes, kept["a"], color=COLOURS[1], lw=1.5)
        axes.plot(minutes, kept["o"], color=COLOURS[0], lw=2.5)
        axes.set_title(title, loc="left", color=FAINT)
        axes.set(xlim=span, ylim=(0, None), ylabel="Level (scaled)", xlabel="Time (min)")
        axes.set_xticks(range(0, span[1] + 1, 60))
    top.annotate("ACTH", (17, 2.7), color=COLOURS[1], ha="center")
    top.annotate("corticosterone", (33, 2.7), color=COLOURS[0])
    top.set_ylim(0, 3.1)
