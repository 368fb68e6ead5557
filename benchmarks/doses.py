"""What doses cost: a sweep whose runs each have their own, beside the same sweep without.

python benchmarks/doses.py [RUNS]: runs a second (of the clock, and of a processor's time) without
doses, with one dose for all, and with an amount and a time for each run; best of three, in turn.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np
import xarray as xr

import axissim as ax

# Model, time, outputs, the parameter varied, and a dose: state, a typical amount.
CASES = (
    ("dopamine_terminal", (0, 24, 5), ["eda", "vda"], "Vd", ("eda", 0.002)),
    ("thyroid_human", (0, 48, 3), ["T4", "TSH"], "k05", ("q10", 400 / 777)),
    ("thyroid_human", (0, 120, 6), ["T4", "TSH"], "k05", ("q10", 400 / 777)),
)


def designed(model: Any, varied: str, amount: float, end: float, runs: int) -> xr.Dataset:
    """A parameter, a dose's amount and its time, drawn for each run."""
    own = float(model.by_id[varied].value.value)
    rng = np.random.default_rng(1)
    return xr.Dataset(
        {
            varied: ("sample", own * rng.lognormal(0.0, 0.2, runs)),
            "amount": ("sample", amount * rng.lognormal(0.0, 0.3, runs)),
            "when": ("sample", rng.uniform(0.1 * end, 0.9 * end, runs)),
        }
    )


def timed(model: Any, design: xr.Dataset, **options: Any) -> tuple[float, float, float]:
    """Seconds of the clock, of processors, and mean steps of a sweep."""
    ax.sweep(model, design.isel(sample=slice(64)), **options)  # compiles
    begun, used = time.perf_counter(), time.process_time()
    ds = ax.sweep(model, design, **options)
    seconds = time.perf_counter() - begun, time.process_time() - used
    assert bool((ds["status"] == 1).all())
    return (*seconds, float((ds["n_steps"] + ds["n_rejected"]).mean()))


def main(runs: int) -> None:
    """Print a line a case and protocol."""
    for model_id, t, outputs, varied, (state, amount) in CASES:
        model = ax.load(model_id)
        design = designed(model, varied, amount, t[1], runs)
        protocols = {
            "without": [],
            "shared": [ax.dose(state, amount, at=0.5 * t[1])],
            "own": [ax.dose(state, "amount", at="when")],
        }
        best = {}
        for _ in range(3):
            for name, protocol in protocols.items():
                held = design if name == "own" else design[[varied]]
                found = timed(model, held, t=t, outputs=outputs, protocol=protocol)
                best[name] = np.minimum(found, best.get(name, found))
        for name, (clock, used, steps) in best.items():
            print(
                f"{model_id} to {t[1]}, {name}: {runs / clock:,.0f} runs/s, {runs / used:,.0f} "
                f"by CPU ({best['without'][1] / used:.2f} of those without), {steps:.0f} steps",
                flush=True,
            )


if __name__ == "__main__":
    main(int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000)
