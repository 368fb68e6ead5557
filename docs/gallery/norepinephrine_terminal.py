"""Clearance by the transporter, and dopamine in norepinephrine's stead when its enzyme fails."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, INK, logarithmic

DATA = "norepinephrine_terminal"


def draw(figure: Figure) -> None:
    model = ax.load(DATA)
    figure.suptitle(
        "Norepinephrine outside: the transporter clears it, copper and ascorbate make it",
        x=0.01,
        ha="left",
        size=13,
        weight="bold",
        color=INK,
    )
    pulse, swap = figure.subplots(1, 2)
    states = [state.id for state in model.states]
    for net, at, colour in (
        (1.0, (1.0, 0.25), COLOURS[0]),
        (0.5, (6.2, 0.44), COLOURS[4]),
        (0.1, (11.6, 0.50), COLOURS[5]),
        (0.0, (17.6, 0.53), COLOURS[1]),
    ):
        given = {"NET": net}
        rest = ax.simulate(model, t=(0, 1500, 2), params=given, outputs=states).isel(time=-1)
        init = {key: float(rest[key]) for key in states}
        init["ene"] += 1e-3
        run = ax.simulate(model, t=(0, 20 / 3600, 401), params=given, init=init)
        left = 1e3 * (run["ene"].values - float(rest["ene"]))
        pulse.plot(3600 * run["time"], left, color=colour, lw=2)
        pulse.annotate(f"{100 * net:.0f} %", at, color=colour)
    pulse.set(xlabel="Time (s)", ylabel="What is left of a pulse of 1 nmol/L", xlim=(0, 20))
    pulse.set(ylim=(0, 1), xticks=range(0, 21, 5), title="Cleared, by how much transporter is left")

    copper = ax.design.grid({"Cu": np.geomspace(0.01, 1, 25)})
    ends = ax.sweep(model, copper, t=(0, 1500, 2), outputs=["ene", "eda"]).isel(time=-1)
    for key, word, at, colour in (
        ("ene", "norepinephrine", (0.24, 1.55), COLOURS[0]),
        ("eda", "dopamine", (0.012, 1.6), COLOURS[1]),
    ):
        swap.plot(ends["Cu"], 1e3 * ends[key], color=colour, lw=2)
        swap.annotate(word, at, color=colour)
    swap.set(xlabel="Dopamine beta-hydroxylase (fold of rest)", ylabel="Outside (nmol/L)")
    swap.set(ylim=(0.05, 3), xlim=(0.01, 1), title="Made, by how much of its enzyme is left")
    logarithmic(swap, "x")
    logarithmic(swap, "y")
