"""Questions that need more than a run: a rest, derivatives, shares of the variance."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

import axissim as ax
from axissim.analysis.importance import importance
from suite.cases import RANGES, model


def rest() -> None:
    """Where the terminal rests."""
    ax.steady_state(model("dopamine_terminal"), threads=1)


def derivatives() -> None:
    """Of the dopamine outside in two parameters, along a day."""
    ax.sensitivity(
        model("dopamine_terminal"), ["Vd", "fire"], t=(0, 24, 97), outputs=["eda"], threads=1
    )


def shares() -> None:
    """Sobol' indices of two parameters, from 1,536 runs."""
    importance(
        model("dopamine_terminal"), RANGES["dopamine_terminal"], t=(0, 24, 97),
        summaries=["max(eda)"], n=256, threads=1,
    )  # fmt: skip


@cache
def warm_questions() -> None:
    """Compile what they need."""
    rest(), derivatives(), shares()


class Analysis:
    """Of the dopamine terminal."""

    calibration: ClassVar = "python"

    def setup(self) -> None:
        warm_questions()

    def time_steady_state(self) -> None:
        rest()

    def time_sensitivity(self) -> None:
        derivatives()

    def time_sobol(self) -> None:
        shares()
