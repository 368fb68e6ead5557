"""How far does extracellular dopamine rise as its transporter is blocked?

And what do the autoreceptors, which slow synthesis when dopamine rises, save?  A grid of 61 degrees
of block, with and without autoreceptors, each run for five days to its steady state.
"""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import axissim as ax

model = ax.load("dopamine_terminal")
blocked = np.linspace(0, 0.95, 61)
design = ax.design.grid({"Vd": 8000 * (1 - blocked), "autoreceptor": [1, 0]})
outputs = ["eda", "vda", "cda", "V_TH"]
ds = ax.sweep(model, design, t=[0, 120], outputs=outputs)
fold = ds.isel(time=-1) / ds.sel(Vd=8000, autoreceptor=1).isel(time=-1)

half = float(fold["eda"].sel(autoreceptor=1).interp(Vd=4000))
print(f"with half of the transporters blocked, extracellular dopamine is {half:.2f} times as high")

figure = Figure(figsize=(8, 5.6), layout="constrained")
panels = figure.subplots(2, 2, sharex=True).ravel()
for axes, key in zip(panels, outputs, strict=True):
    for on, colour, label in ((0, "#D55E00", "without"), (1, "#0072B2", "with")):
        line = fold[key].sel(autoreceptor=on)
        axes.plot(blocked * 100, line, color=colour, lw=2, label=f"{label} autoreceptors")
    axes.axhline(1, color="#999999", lw=0.8, zorder=0)
    axes.set_title(ds[key].attrs["long_name"], loc="left", size=10)
    axes.spines[["top", "right"]].set_visible(False)
panels[0].set_ylabel("fold of normal")
panels[2].set_ylabel("fold of normal")
panels[0].legend(frameon=False)
for axes in panels[2:]:
    axes.set(xlabel="Transporter blocked (%)", xlim=(0, 95))
figure.suptitle("Blocking reuptake: dopamine gathers outside and is lost inside", x=0.02, ha="left")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=130)
