"""A thyroid is taken out: which daily tablet of thyroxine replaces it, and how soon?

THYROSIM (Han 2016), a healthy adult whose secretion is blocked from day 5 on; tablets of T4 each
morning from day 35 on.  A teaching example: the model must not be used to choose a dose.
"""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import axissim as ax

model = ax.load("thyroid_human")
outputs = ["T4", "T3", "TSH"]
day = 24.0

design = ax.design.grid({"tablet": np.array([0, 75, 100, 125, 150, 175]) / 777})  # ug of T4 in umol
protocol = [
    ax.protocol.block("S4", 0, start=5 * day),
    ax.protocol.block("S3", 0, start=5 * day),
    ax.dose("q10", "tablet", at=35 * day, every=day, count=90),
]
ds = ax.sweep(model, design, t=(0, 125 * day, 3001), protocol=protocol, outputs=outputs)
micrograms = (ds["tablet"].values * 777).round().astype(int)

daily = ds[outputs].coarsen(time=24, boundary="trim").mean()  # the rhythm of a day left out
for at, dose in enumerate(micrograms):
    last = daily["TSH"][at, -7:].mean()
    print(f"{dose:3d} ug of T4 a day: mean TSH in the last week {float(last):6.2f} mU/L")

figure = Figure(figsize=(9, 7.5), layout="constrained")
panels = figure.subplots(3, 1, sharex=True)
colours = ["#bbbbbb", "#9ecae1", "#56B4E9", "#0072B2", "#003a63", "#D55E00"]
for axes, key in zip(panels, outputs, strict=True):
    for at, dose in enumerate(micrograms):
        label = f"{dose} µg" if dose else "no tablet"
        axes.plot(daily["time"] / day, daily[key][at], color=colours[at], lw=1.8, label=label)
    axes.axhline(float(daily[key][0, 0]), color="#222222", lw=0.8, ls="--")
    for moment, text in ((5, "thyroid out"), (35, "tablets")):
        axes.axvline(moment, color="#999999", lw=0.8, ls=":")
        if axes is panels[0]:
            axes.text(moment + 0.8, 0.92, text, color="#777777", size=8,
                      transform=axes.get_xaxis_transform())  # fmt: skip
    axes.set_title(ds[key].attrs["long_name"] + ", mean of each day", loc="left", size=10)
    axes.set_ylabel(ds[key].attrs["units"].replace("ug", "µg"))
    axes.spines[["top", "right"]].set_visible(False)
panels[2].set(yscale="log", xlabel="Time (days)", xlim=(0, 125))
panels[0].legend(frameon=False, ncols=6, loc="lower right", bbox_to_anchor=(1, 1.0), fontsize=8)
figure.suptitle("Tablets of thyroxine in the place of a thyroid", x=0.02, ha="left")
note = "For research and teaching; not medical advice.  Dashed: with a thyroid."
figure.supxlabel(note, x=0.98, ha="right", size=7, color="#666666")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=130)
