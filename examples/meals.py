"""How steady does dopamine stay through three meals, with and without substrate inhibition?

Best, Nijhout & Reed (2009): blood tyrosine swings thirteenfold over a day of meals.  Tyrosine
hydroxylase is inhibited by its own substrate, and so passes on hardly any of that.
"""

from pathlib import Path

from matplotlib.figure import Figure

import axissim as ax

model = ax.load("dopamine_terminal")
switch = ax.design.grid({"substrate_inhibition": [1, 0]})
outputs = ["btyr_t", "tyr", "cda", "eda"]
ds = ax.sweep(model, switch, t=(0, 24 * 11, 24 * 11 * 12 + 1), params={"meals": 1}, outputs=outputs)
day = ds.sel(time=slice(240, 264))  # the eleventh day, when the first is forgotten
day = day.assign_coords(time=day["time"] - 240)

swing = (day.max("time") - day.min("time")) / day.isel(time=0) * 100
with_it, without = (float(swing["cda"].sel(substrate_inhibition=on)) for on in (1, 0))
print(f"cytosolic dopamine swings by {with_it:.1f} % with substrate inhibition, "
      f"{without:.1f} % without")  # fmt: skip

figure = Figure(figsize=(7.5, 7), layout="constrained")
panels = figure.subplots(4, 1, sharex=True)
for axes, key in zip(panels, outputs, strict=True):
    for on, colour, label in ((0, "#D55E00", "without"), (1, "#0072B2", "with")):
        course = day[key].sel(substrate_inhibition=on)
        relative = course / course.mean() * 100
        if key != "btyr_t" or on:
            axes.plot(day["time"], relative, color=colour, lw=2, label=f"{label} inhibition")
    axes.set_title(day[key].attrs["long_name"], loc="left", size=10)
    axes.set_ylabel("% of mean", color="#666666")
    axes.spines[["top", "right"]].set_visible(False)
    for start, end in ((7, 10), (12, 15), (18, 21)):
        axes.axvspan(start, end, color="#f0ece0", lw=0, zorder=0)
panels[1].legend(frameon=False, ncols=2, loc="upper left")
panels[-1].set(xlabel="Clock time (h); meals shaded", xlim=(0, 24), xticks=range(0, 25, 3))
for axes in panels[2:]:
    axes.set_ylim(90, 110)
figure.suptitle("Meals barely reach dopamine, thanks to substrate inhibition", x=0.02, ha="left")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=130)
