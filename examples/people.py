"""How much of a thyroid gland can a person lose before TSH leaves the normal band?

p-THYROSIM for 2,000 virtual adults of any sex, height and weight, whose glands differ as those of
healthy people do (Pilo 1990) and of which a share, from none to all, has been lost.  A hundred days
later TSH is looked at over one day.  A teaching example, no advice.
"""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT

who = ax.design.population(
    "thyroid_person", n=2000, seed=1, people={"residual": "uniform(0.02, 1)"}, sampler="sobol"
)
ds = ax.sweep(ax.load("thyroid_person"), who, t=(0, 2400, 801), outputs=["TSH"])
assert (ds["status"] == 1).all()

tsh = ds["TSH"].isel(time=slice(-8, None)).mean("time").values
left = who["d1"].values
high = tsh > 4.5
edges = np.linspace(0, 1, 21)
bins = np.digitize(left, edges) - 1
share = np.array([high[bins == at].mean() for at in range(20)])
middle = (edges[1:] + edges[:-1]) / 2
half = np.interp(-0.5, -share, middle)
print(f"half of the people are above 4.5 mU/L when {100 * half:.0f} % of the gland is left")

figure = Figure(figsize=(9, 4.5), layout="constrained")
cloud, line = figure.subplots(1, 2)
for sex, name in ((0, "women"), (1, "men")):
    mine = ds["sex"].values == sex
    cloud.plot(100 * left[mine], tsh[mine], ".", ms=3, color=COLOURS[sex], label=name)
cloud.axhspan(0.45, 4.5, color=FAINT, alpha=0.15, lw=0)
cloud.text(99, 0.5, "normal", color=FAINT, ha="right")
cloud.set(yscale="log", xlabel="Gland that is left (%)", ylabel="TSH, mean of a day (mU/L)")
cloud.set_title("2,000 people", loc="left", size=10)
cloud.legend(frameon=False, markerscale=4)
line.plot(100 * middle, 100 * share, "o-", color="#222222", ms=4)
line.set(xlabel="Gland that is left (%)", ylabel="TSH above 4.5 mU/L (% of people)", ylim=(0, 102))
line.set_title("How many have lost too much", loc="left", size=10)
for axes in (cloud, line):
    axes.spines[["top", "right"]].set_visible(False)
figure.suptitle("How much of the thyroid gland can be lost?", x=0.02, ha="left")
note = "For research and teaching; not medical advice."
figure.supxlabel(note, x=0.98, ha="right", size=7, color="#666666")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=130)
