"""How little estrogen and progestin keep a model of the cycle from ovulating, and when?

Gavina 2023 (PLoS Comput Biol 19:e1010073): constant doses alone and together, then one course of
estrogen or of progestin in one cycle, whose amount, start and length are tuned.  The paper's
optimal control, free to change from moment to moment, spares 92 % of the estrogen and 43 % of the
progestin.  A teaching example of one model, and no word on any contraceptive.
"""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import axissim as ax
from axissim.analysis.tuning import DISCLAIMER, tune
from axissim.plot.style import COLOURS, FAINT

CYCLE, SURGE = 28.05, 41.24  # days, without any dose
model = ax.load("menstrual_contraception")
lasting = {"targets": "max(P4_own) < 3 over 400..600 hard", "t": (0, 600, 2401)}


def best(ds):
    return dict(zip(ds["lever"].values, ds["setting"].values[ds.attrs["best"]], strict=True))


levels = {"uE": (0.0, 60.0), "uP": (0.0, 3.0)}
units = {"uE": "pg/mL of estrogen", "uP": "ng/mL of progestin"}
alone = {
    key: best(tune(model, levers={key: bounds}, costs=key, n=16, rounds=8, **lasting))[key]
    for key, bounds in levels.items()
}
together = tune(model, levers=levels, costs=["uE", "uP"], n=128, rounds=12, **lasting)
for key, level in alone.items():
    print(f"all the time {level:.2f} {units[key]} alone: {level * CYCLE:.0f} in a cycle")

courses = {}
for key, (least, most) in {"uE": (5.0, 250.0), "uP": (0.5, 12.0)}.items():
    courses[key] = tune(
        model,
        levers={key: (least, most, "log"), "begin": (42.0, 66.0), "length": (0.5, 20.0)},
        derived={"end": "begin + length"},
        protocol=[
            ax.protocol.block(key, 0, start=0, stop="begin"),
            ax.protocol.block(key, 0, start="end", stop=130),
        ],
        targets="max(P4_own) < 3 over 60..88 hard",
        costs=f"total: {key}*length",
        t=(0, 88, 353),
        n=512,
        rounds=16,
    )
    found = best(courses[key])
    total = float(courses[key]["cost_mean"][courses[key].attrs["best"], 0])
    middle = (found["begin"] + found["length"] / 2 - SURGE - CYCLE / 2) / (CYCLE / 2)
    print(
        f"one course: {found[key]:.3g} {units[key]} for {found['length']:.1f} days, its middle at "
        f"{middle:.2f} of the follicular phase: {total:.0f}, "
        f"{100 * total / (alone[key] * CYCLE):.0f} % of the constant dose"
    )

figure = Figure(figsize=(9, 4.3), layout="constrained")
left, right = figure.subplots(1, 2)
kept = together["violated"].values == 0
for rows, colour, label in ((~kept, FAINT, "ovulates"), (kept, COLOURS[2], "does not")):
    left.plot(*together["setting"].values[rows].T, ".", ms=4, color=colour, label=label)
front = together["setting"].values[together["front"].values == 1]
front = front[np.argsort(front[:, 0])]
left.plot(*front.T, "o-", color=COLOURS[0], ms=4, lw=1.2, label="least doses")
left.plot(
    [0, alone["uE"]], [alone["uP"], 0], "--", color=COLOURS[1], lw=1, label="if they added up"
)
left.set(xlabel="Estrogen, all the time (pg/mL)", ylabel="Progestin, all the time (ng/mL)")
left.set(xlim=(0, 60), ylim=(0, 3))
left.legend(loc="upper right", framealpha=0.9, edgecolor="none", fontsize=8)
course = courses["uE"]
total, kept = course["cost_mean"].values[:, 0], course["violated"].values == 0
begin, length = course["setting"].values[:, 1:].T
middle = (begin + length / 2 - SURGE - CYCLE / 2) / (CYCLE / 2)
for rows, colour in ((~kept, FAINT), (kept, COLOURS[2])):
    right.plot(middle[rows], total[rows], ".", ms=4, color=colour)
right.axhline(alone["uE"] * CYCLE, color=COLOURS[1], lw=1, ls="--")
right.text(0.02, alone["uE"] * CYCLE * 1.08, "all the time, alone", color=COLOURS[1], size=8)
right.plot(middle[course.attrs["best"]], total[course.attrs["best"]], "*", ms=13, color=COLOURS[0])
right.set(xlabel="Middle of the course (share of the follicular phase)", xlim=(0, 1.2))
right.set(ylabel="Estrogen in all (pg/mL times days)", yscale="log", ylim=(30, 5000))
for axes, title in ((left, "Doses all the time"), (right, "One course of estrogen")):
    axes.set_title(title, loc="left", size=10)
    axes.spines[["top", "right"]].set_visible(False)
figure.suptitle("What keeps a model of the cycle from ovulating", x=0.02, ha="left")
figure.supxlabel(DISCLAIMER, x=0.98, ha="right", size=7, color="#666666")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=130)
