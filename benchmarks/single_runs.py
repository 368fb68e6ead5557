"""One run after another: calls of `axissim.simulate` and of libRoadRunner; a sweep beside them.

    single_runs.py

CPU milliseconds a run, one thread, each run with another value of a parameter; the median of five
rounds, engine after engine in turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np
import roadrunner

import axissim as ax
from axissim.model.export import to_sbml

ROUNDS, CALLS, RTOL = 5, 200, 1e-6
CASES = {  # parameter, times, states
    "hpa_sriram": ("kstress", (0, 96, 961), ["C", "A", "F", "G"]),
    "thyroid_human": ("S4", (0, 24, 601), ["q1", "q4", "q7", "q10"]),
}


def cpu(work: Callable[[], object], runs: int) -> float:
    """Milliseconds of CPU a run."""
    begun = time.process_time()
    work()
    return (time.process_time() - begun) / runs * 1e3


def engines(name: str) -> dict[str, Callable[[], float]]:
    """What each engine takes for a run of a model."""
    key, times, states = CASES[name]
    model = ax.load(name)
    value = float(model.part(key).value.value)
    values = value * np.linspace(0.9, 1.1, CALLS)
    design = ax.design.grid({key: value * np.linspace(0.9, 1.1, 4096)})
    asked = {"t": times, "outputs": states, "rtol": RTOL}
    rival = roadrunner.RoadRunner(to_sbml(model))
    rival.integrator.relative_tolerance = RTOL
    rival.timeCourseSelections = ["time", *states]

    def calls_of_theirs() -> None:
        for one in values:
            rival.reset()
            rival[key] = one
            rival.simulate(*times)

    def calls_of_ours() -> None:
        for one in values:
            ax.simulate(model, params={key: one}, **asked)

    return {
        f"libRoadRunner {roadrunner.__version__}": lambda: cpu(calls_of_theirs, CALLS),
        "axissim.simulate": lambda: cpu(calls_of_ours, CALLS),
        "axissim.sweep": lambda: cpu(lambda: ax.sweep(model, design, threads=1, **asked), 4096),
    }


def main() -> None:
    """Print a line an engine and model."""
    for name in CASES:
        timed = engines(name)
        for work in timed.values():
            work()  # compiled and warm
        rounds = {title: [] for title in timed}
        for _ in range(ROUNDS):
            for title, work in timed.items():
                rounds[title].append(work())
        for title, found in rounds.items():
            print(f"{name:14} {title:22} {median(found):7.3f} ms a run")


if __name__ == "__main__":
    main()
