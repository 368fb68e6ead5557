"""A thyroid is taken out: how much thyroxine brings TSH back, in bodies of different mass?

Each body is tuned by itself to a mean TSH of 1.5 mU/L (p-THYROSIM, convention B0, the paper's);
then 200 people of any sex and size at once, by the same dose for all and by a dose per kilogram.
Beside it stands what people needed (Ojomo 2013, J Am Coll Surg, Table 3).  A teaching example:
the model must not be used to choose a dose.
"""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import axissim as ax
from axissim.analysis.tuning import DISCLAIMER, tune
from axissim.plot.style import COLOURS, FAINT, INK

DAYS = 100
WEEK = f"over {24 * (DAYS - 7)}..{24 * DAYS}"
ASKED = {
    "t": (0, 24 * DAYS, 8 * DAYS + 1),
    "protocol": [ax.dose("q10", "umol", at=24, every=24, count=DAYS)],
    "rtol": 1e-5,
}
PEOPLE = {22.5: 1.84, 27.5: 1.63, 32.5: 1.50, 37.5: 1.39}  # body mass index: ug/kg a day

person, healthy = ax.load("thyroid_person"), ax.load("thyroid_human")
gone = {"d1": 0.0, "d3": 0.0}


def dose(model, **params):
    """The daily dose, in ug, that brings the mean TSH of the last week to 1.5 mU/L."""
    found = tune(
        model, levers={"ug": (40, 300)}, derived={"umol": "ug/777"}, n=16, rounds=8,
        targets=f"mean(TSH) in 1.49..1.51 {WEEK}", params=gone | params, **ASKED,
    )  # fmt: skip
    best = found.attrs["best"]
    assert found["share"][best] == 1
    return float(found["setting"][best, 0])


print(f"THYROSIM, the person of the paper: {dose(healthy):.0f} ug a day")
needs = {}
for sex, name, height in ((0, "women", 1.63), (1, "men", 1.78)):
    for index, published in PEOPLE.items():
        kg = index * height**2
        needs[name, kg] = dose(person, sex=sex, height=height, weight=kg, convention=1)
        per_kg = needs[name, kg] / kg
        print(
            f"{name}, {kg:.0f} kg (index {index}): {needs[name, kg]:.0f} ug a day, "
            f"{per_kg:.2f} ug/kg; people {published:.2f}"
        )

who = ax.design.population("thyroid_person", n=200, seed=1, people={"residual": 0})
rules = {
    "the same for all": ({"ug": (40, 300)}, {"umol": "ug/777"}),
    "per kilogram": ({"per_kg": (0.8, 3.0)}, {"umol": "per_kg*weight/777"}),
}
shares = {}
for rule, (levers, derived) in rules.items():
    found = tune(
        person, people=who, levers=levers, derived=derived, n=16, rounds=6, finalists=10,
        params={"convention": 1}, costs="777*umol", targets=f"mean(TSH) in 1..2 {WEEK}", **ASKED,
    )  # fmt: skip
    best = found.isel(candidate=found.attrs["best"])
    shares[rule] = [100 * float(best[key]) for key in ("share", "share_low", "share_high")]
    print(
        f"{rule}: {float(best['setting'][0]):.4g}, TSH of 1 to 2 mU/L in "
        f"{shares[rule][0]:.0f} % ({shares[rule][1]:.0f} to {shares[rule][2]:.0f})"
    )

figure = Figure(figsize=(9, 4.3), layout="constrained")
left, right = figure.subplots(1, 2, width_ratios=[2, 1])
for name, colour in (("women", COLOURS[1]), ("men", COLOURS[0])):
    pairs = np.array([(kg, ug) for (who_, kg), ug in needs.items() if who_ == name])
    left.plot(*pairs.T, "o-", color=colour, lw=1.6, label=f"{name}, tuned")
    people = [kg * ug_kg for kg, ug_kg in zip(pairs[:, 0], PEOPLE.values(), strict=True)]
    left.plot(pairs[:, 0], people, "--", color=colour, lw=1.2, label=f"{name}, as people needed")
left.axhspan(145, 165, color=FAINT, alpha=0.15, lw=0)
left.text(121, 146.5, "Eisenberg 2008", color=FAINT, size=8, ha="right")
left.set(xlabel="Body mass (kg)", ylabel="Thyroxine for TSH 1.5 mU/L (µg a day)")
left.legend(frameon=False, fontsize=8)
for at, (share, low, high) in enumerate(shares.values()):
    right.bar(at, share, color=COLOURS[2], alpha=0.8, width=0.6)
    right.errorbar(at, share, [[share - low], [high - share]], color=INK, elinewidth=1, capsize=3)
right.set_xticks(range(len(shares)), list(shares))
right.set(ylabel="People with TSH 1 to 2 mU/L (%)", ylim=(0, 100))
for axes in (left, right):
    axes.spines[["top", "right"]].set_visible(False)
figure.suptitle("Thyroxine after the thyroid is taken out", x=0.02, ha="left")
figure.supxlabel(DISCLAIMER, x=0.98, ha="right", size=7, color="#666666")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=130)
