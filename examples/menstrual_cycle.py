"""How does one dose of a GnRH agonist move the next cycle, given early or late in this one?

GynCycle (Roeblitz 2013), run until its cycle has settled; then one dose of nafarelin (100, in the
unit of the published file) so many days after an LH surge.  A teaching example, no advice.
"""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import axissim as ax

model = ax.load("menstrual_cycle")
outputs = ["LH", "E2", "P4"]
states = [state.id for state in model.states]

settled = ax.simulate(model, t=(0, 240, 2401))
surge = float(settled["LH"].sel(time=slice(140, 200)).idxmax("time"))


def from_dose(day, dose=100):
    """The course over 84 days from the surge, with a dose on one of them."""
    before = settled.sel(time=surge + day, method="nearest")
    start = {key: float(before[key]) for key in states}
    start["Ago_d"] += dose
    after = ax.simulate(model, t=(0, 84 - day, 841), init=start, outputs=outputs)
    return after.assign_coords(time=after["time"] + day)


def next_surge(course, day):
    """When LH is next at a peak, past the flare that the dose itself makes."""
    times, lh = course["time"].values, course["LH"].values
    peaks = (lh[1:-1] > lh[:-2]) & (lh[1:-1] >= lh[2:]) & (lh[1:-1] > 20) & (times[1:-1] > day + 3)
    return times[1:-1][peaks][0]


days = np.arange(1, 28)
moved = np.array([next_surge(from_dose(day), day) for day in days])
usual = next_surge(from_dose(1, dose=0), 1)
print(f"without a dose the next LH surge comes on day {usual:.1f}")
for day in (2, 12, 22):
    print(f"with a dose on day {day:2d}, it comes on day {moved[day - 1]:.1f}")

figure = Figure(figsize=(9, 8), layout="constrained")
panels = figure.subplots(4, 1, height_ratios=(1, 1, 1, 1.5))
for day, colour, width in ((0, "#bbbbbb", 3.5), (7, "#0072B2", 1.8), (20, "#D55E00", 1.8)):
    course = from_dose(day, dose=100 if day else 0)
    label = f"agonist on day {day}" if day else "no dose"
    for axes, key in zip(panels, outputs, strict=False):
        axes.plot(course["time"], course[key], color=colour, lw=width, label=label)
        if day:
            axes.axvline(day, color=colour, lw=0.8, ls=":")
for axes, key in zip(panels, outputs, strict=False):
    axes.set_title(settled[key].attrs["long_name"], loc="left", size=10)
    axes.set(ylabel=settled[key].attrs["units"], xlim=(0, 84), xticks=range(0, 85, 7))
panels[0].legend(frameon=False, ncols=3, loc="upper right", bbox_to_anchor=(1, 1.35))
panels[2].set_xlabel("Days since an LH surge")

panels[3].axhline(usual, color="#bbbbbb", lw=3.5)
panels[3].text(0.3, usual + 0.6, "without a dose", color="#888888", size=9)
panels[3].plot(days, moved, "o-", color="#222222", ms=4, lw=1)
panels[3].set_title("When the next surge comes", loc="left", size=10)
panels[3].set(xlabel="Day of the dose", ylabel="day", xlim=(0, 28), xticks=range(0, 29, 7))
for axes in panels:
    axes.spines[["top", "right"]].set_visible(False)
figure.suptitle("One dose of a GnRH agonist, and the cycle after it", x=0.02, ha="left")
note = "For research and teaching; not medical advice."
figure.supxlabel(note, x=0.98, ha="right", size=7, color="#666666")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=130)
