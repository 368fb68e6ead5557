"""How often must levodopa be taken, by who keeps its effect long and who forgets it fast?

Tablets are taken by day and night; amount and interval are tuned so that the effect never falls
below a quarter of the greatest, for as little levodopa a day, as few tablets and as low a peak in
plasma as can be.  Patients' parameters of ModelDB 261624: group G1 keeps an effect long, group G2
lets go of it fast.  A teaching example: the model must not be used to choose a dose.
"""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import axissim as ax
from axissim.analysis.tuning import DISCLAIMER, tune
from axissim.plot.style import COLOURS

LEAST = 0.25
model = ax.load("levodopa")
gaps = np.array([60.0, 90, 120, 180, 240, 360, 480])  # minutes

figure = Figure(figsize=(9, 4.3), layout="constrained")
amounts, course = figure.subplots(1, 2)
for group, colour in (("G1", COLOURS[1]), ("G2", COLOURS[2])):
    asked = {
        "targets": f"min(E_{group}) > {LEAST} over 1440..2880 hard",
        "t": (0, 2880, 1441),
    }
    least = []
    for gap in gaps:
        every = [ax.dose("tablet", "mg", at=0, every=gap, count=100)]
        one = tune(
            model, levers={"mg": (1, 1000, "log")}, protocol=every, costs="mg", n=16, rounds=10,
            **asked,
        )  # fmt: skip
        enough = bool(one["share"][one.attrs["best"]] == 1)
        least.append(float(one["setting"][one.attrs["best"], 0]) if enough else np.nan)
    daily = 1440 * np.array(least) / gaps
    amounts.plot(gaps / 60, daily, "o-", color=colour, lw=1.6, label=f"group {group}")
    whole = tune(
        model, levers={"mg": (1, 600, "log"), "gap": list(gaps)}, n=128,
        protocol=[ax.dose("tablet", "mg", at=0, every="gap", count=100)],
        costs=["daily: 1440*mg/gap", "tablets: 1440/gap", "max(C1) over 1440..2880"], **asked,
    )  # fmt: skip
    best = whole.isel(candidate=whole.attrs["best"])
    mg, gap = (float(value) for value in best["setting"])
    peak = float(best["cost_mean"].sel(cost="max_C1"))
    print(
        f"group {group}: {mg:.0f} mg every {gap / 60:g} h, {1440 * mg / gap:.0f} mg a day, peak "
        f"{peak:.2g} mg/L; with tablets of 1000 mg at most every "
        f"{gaps[np.isfinite(daily)].max() / 60:g} h is often enough"
    )
    amounts.plot(gap / 60, 1440 * mg / gap, "*", ms=13, color=colour)
    day = ax.simulate(
        model, t=(0, 2880, 2881), protocol=[ax.dose("tablet", mg, at=0, every=gap, count=100)]
    )
    course.plot(day["time"] / 60 - 24, 100 * day[f"E_{group}"], color=colour, lw=1.4)
amounts.set(xlabel="Hours between tablets", ylabel="Least levodopa (mg a day)", yscale="log")
amounts.legend(frameon=False, fontsize=8)
amounts.set_title("The star is the compromise with peak and tablets", loc="left", size=10)
course.axhline(100 * LEAST, color="#222222", lw=0.8, ls="--")
course.set(xlabel="Hour", ylabel="Effect (% of the greatest)", xlim=(0, 24), ylim=(0, 100))
course.set_xticks(range(0, 25, 4))
course.set_title("A day of each compromise", loc="left", size=10)
for axes in (amounts, course):
    axes.spines[["top", "right"]].set_visible(False)
figure.suptitle("Levodopa that must last", x=0.02, ha="left")
figure.supxlabel(DISCLAIMER, x=0.98, ha="right", size=7, color="#666666")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=130)
