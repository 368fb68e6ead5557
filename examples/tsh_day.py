"""What does one dose of thyroxine do to the daily rhythm of TSH?

THYROSIM (Han 2016), a healthy adult; 400 ug of T4 by mouth after one day, as in the published
example.  A teaching example: the model must not be used to choose a dose.
"""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import axissim as ax

model = ax.load("thyroid_human")
outputs = ["T4", "FT4", "T3", "TSH"]
micrograms = np.array([0, 200, 400, 600])

# A dose is T4 added to the pill's compartment, in umol.
pills = ax.design.grid({"pill": micrograms / 777})
after = ax.sweep(
    model, pills, t=(0, 144, 577), protocol=[ax.dose("q10", "pill", at=24)], outputs=outputs
)

last = after["TSH"].sel(time=slice(120, 144)).mean("time")
for dose, mean in zip(micrograms, last.values, strict=True):
    print(f"{dose:4d} ug of T4: mean TSH on the fifth day after it {mean:.2f} mU/L")

figure = Figure(figsize=(8, 6.4), layout="constrained")
panels = figure.subplots(4, 1, sharex=True)
colours = ["#222222", "#56B4E9", "#0072B2", "#003a63"]
for axes, key in zip(panels, outputs, strict=True):
    for at, dose in enumerate(micrograms):
        label = f"{dose} µg of T4" if dose else "no dose"
        axes.plot(after["time"] / 24, after[key][at], color=colours[at], lw=1.6, label=label)
    axes.set_title(after[key].attrs["long_name"], loc="left", size=10)
    axes.set_ylabel(after[key].attrs["units"].replace("ug", "µg"))
    axes.axvline(1, color="#999999", lw=0.8, ls=":")
    axes.spines[["top", "right"]].set_visible(False)
panels[0].legend(frameon=False, ncols=4, loc="upper right")
panels[-1].set(xlabel="Time (days; 0 is about 9 in the morning)", xlim=(0, 6))
figure.suptitle("One dose of thyroxine, and the rhythm of TSH", x=0.02, ha="left")
note = "For research and teaching; not medical advice."
figure.supxlabel(note, x=0.98, ha="right", size=7, color="#666666")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=130)
