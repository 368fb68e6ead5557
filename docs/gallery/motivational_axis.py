"""Forty days of stress in a woman and a man: which axes follow, and how they come back."""

import numpy as np
from matplotlib.figure import Figure

import axissim as ax
from axissim.plot.style import COLOURS, FAINT

DAYS = 150
START, LENGTH = 50, 40
PANELS = {
    "cortisol": "Cortisol (µg/dL)",
    "TSH": "TSH (mU/L)",
    "FT4": "Free T4 (ng/L)",
    "LH_women": "LH, woman (IU/L)",
    "T_ng": "Testosterone, man (ng/dL)",
    "beta": "Beta-adrenoceptors (fold)",
}


def course(sex: float, stressed: bool):
    """Each hour of the whole time."""
    stress = ax.protocol.infuse("adrenal__x1", rate=100, at=24 * START, duration=24 * LENGTH)
    return ax.simulate(
        ax.load("motivational_axis"),
        t=(0, 24 * DAYS, 24 * DAYS + 1),
        params={"sex": sex},
        protocol=[stress] if stressed else [],
        outputs=list(PANELS),
        max_steps=10**6,
    )


def daily(values: np.ndarray) -> np.ndarray:
    """Means of each day."""
    return values[:-1].reshape(-1, 24).mean(1)


def draw(figure: Figure) -> None:
    """Daily means, stressed and not; LH of the woman as it is."""
    people = {sex: (course(sex, False), course(sex, True)) for sex in (0.0, 1.0)}
    days = np.arange(DAYS) + 0.5
    for axes, (key, name) in zip(
        figure.subplots(2, 3, sharex=True).flat, PANELS.items(), strict=True
    ):
        calm, stressed = people[1.0 if key == "T_ng" else 0.0]
        axes.axvspan(START, START + LENGTH, color=FAINT, alpha=0.12, lw=0)
        for run, colour in ((calm, FAINT), (stressed, COLOURS[1])):
            if key == "LH_women":
                axes.plot(run["time"] / 24, run[key], color=colour, lw=1.4)
            else:
                axes.plot(days, daily(run[key].values), color=colour, lw=1.8)
        axes.set_title(name)
        axes.set_xlim(0, DAYS)
    first = figure.axes[0]
    first.text(START + LENGTH / 2, 13.6, "stress", color=COLOURS[1], ha="center", va="top")
    for axes in figure.axes[3:]:
        axes.set_xlabel("Day")
    figure.suptitle("Forty days of stress, felt by the other axes: daily means", x=0.01, ha="left")
