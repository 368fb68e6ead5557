"""Bodies and glands: what height, weight and a smaller gland do to T3 and TSH."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT, INK

MODEL = ax.load("thyroid_person")
INDICES = np.linspace(17.0, 40.0, 24)


def means(height: float, sex: float, convention: float, gland: float = 1.0):
    """T3 and TSH, means of a settled day, by body mass index."""
    frame = pd.DataFrame({"weight": INDICES * height**2, "d1": gland, "d3": gland})
    design = ax.design.table(frame)
    params = {"sex": sex, "height": height, "convention": convention}
    ds = ax.sweep(MODEL, design, t=(0, 2400, 801), params=params, outputs=["T3", "TSH"])
    day = ds.isel(time=slice(-9, -1))
    return day["T3"].mean("time"), day["TSH"].mean("time")


def draw(figure: Figure) -> None:
    """T3 by index in three conventions, TSH by gland."""
    left, right = figure.subplots(1, 2)
    for convention, name in enumerate(("A, the default", "B0", "B1")):
        for sex, height, style in ((0.0, 1.63, "-"), (1.0, 1.77, "--")):
            t3, _ = means(height, sex, float(convention))
            left.plot(
                INDICES, t3, style, color=COLOURS[convention], lw=4 if convention == 1 else 1.8
            )
        left.plot([], [], color=COLOURS[convention], label=f"convention {name}")
    left.plot([], [], "--", color=INK, label="dashed: men")
    left.set(xlabel="Body mass index (kg/m²)", ylabel="T3, mean of a day (µg/L)", ylim=(0, 2))
    left.legend(loc="lower left")
    left.set_title("T3 by body: three conventions of one model")
    for gland, colour in (
        (1.0, COLOURS[0]),
        (0.5, COLOURS[1]),
        (0.25, COLOURS[2]),
        (0.1, COLOURS[3]),
    ):
        _, tsh = means(1.63, 0.0, 0.0, gland)
        right.plot(INDICES, tsh, color=colour, lw=1.8)
        right.text(40.5, float(tsh[-1]), f"{gland:.0%}", color=colour, va="center")
    right.axhspan(0.45, 4.5, color=FAINT, alpha=0.12, lw=0)
    right.text(17.4, 4.1, "normal", color=FAINT, va="top")
    right.set(xlabel="Body mass index (kg/m²)", ylabel="TSH, mean of a day (mU/L)", xlim=(17, 43.5))
    right.set(yscale="log", ylim=(0.4, 60), yticks=[0.5, 1, 2, 5, 10, 20, 50])
    right.set_yticklabels([f"{value:g}" for value in right.get_yticks()])
    right.minorticks_off()
    right.set_title("TSH when a woman's gland secretes less")
