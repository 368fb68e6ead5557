"""A step of a slider, from the page's message to the bytes of the answer, without a browser."""

from __future__ import annotations

import itertools
import json
from functools import cache
from typing import ClassVar

from axissim.lab.answers import answer
from axissim.lab.asked import asked, read
from axissim.lab.bench import Bench
from axissim.model.library import card
from suite.cases import model

SLIDERS = {
    "dopamine_terminal": "fire",
    "thyroid_human": "d1",
    "menstrual_cycle": "GnRH_frequency",
    "motivational_axis": "stress",
}
MOVES = itertools.count(1)


@cache
def bench(name: str) -> Bench:
    """A model on the lab's bench, its first curve drawn."""
    made = Bench(model(name), card(name))
    for kind in ("run", "fan"):
        step(made, kind)
    return made


def step(on: Bench, kind: str) -> bytes:
    """A slider moved a little; what it asks over the model's own span, and the answer."""
    name, move = on.model.id, next(MOVES)
    slider, span = SLIDERS[name], on.card.span
    message = {
        "kind": kind, "n": move, "model": name, "t": list(span), "over": [slider],
        "params": {slider: on.numbers[slider] * (1.0 + 0.001 * (move % 40))},
        "outputs": list(on.card.outputs[:4]),
    }  # fmt: skip
    return answer(on, asked(read(json.dumps(message))))


class Slider:
    """A run, and a fan of 200."""

    calibration: ClassVar = "arithmetic"
    params: ClassVar = list(SLIDERS)
    param_names: ClassVar = ["model"]
    timeout = 120

    def setup(self, name: str) -> None:
        bench(name)

    def time_run(self, name: str) -> None:
        step(bench(name), "run")

    def time_fan(self, name: str) -> None:
        step(bench(name), "fan")
