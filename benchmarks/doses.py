"""What doses cost: a sweep whose runs each have their own, beside the same sweep without.

python benchmarks/doses.py [RUNS]: runs a second without doses, with one dose for all, and with
an amount and a time for each run; best of three, in turn.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import xarray as xr

import axissim as ax

# Model, time, outputs, the parameter varied, and a dose: state, a typical amount.
CASES = {
    "dopamine_terminal": ((0, 24, 5), ["eda", "vda"], "Vd", ("eda", 0.002)),
    "thyroid_human": ((0, 48, 3), ["T4", "TSH"], "k05", ("q10", 400 / 777)),
}


def main(runs: int) -> None:
    """Print a line a case."""
    for model_id, (t, outputs, varied, dosed) in CASES.items():
        model = ax.load(model_id)
        own = float(model.by_id[varied].value.value)
        rng = np.random.default_rng(1)
        design = xr.Dataset(
            {
                varied: ("sample", own * rng.lognormal(0.0, 0.2, runs)),
                "amount": ("sample", dosed[1] * rng.lognormal(0.0, 0.3, runs)),
                "when": ("sample", rng.uniform(0.1 * t[1], 0.9 * t[1], runs)),
            }
        )
        protocols = {
            "without": [],
            "shared": [ax.dose(*dosed, at=0.5 * t[1])],
            "own": [ax.dose(dosed[0], "amount", at="when")],
        }
        best = dict.fromkeys(protocols, np.inf)
        steps = dict.fromkeys(protocols, 0.0)
        for _ in range(3):
            for name, protocol in protocols.items():
                held = design if name == "own" else design[[varied]]
                ax.sweep(model, held.isel(sample=slice(64)), t=t, protocol=protocol)  # compiles
                begun = time.perf_counter()
                ds = ax.sweep(model, held, t=t, outputs=outputs, protocol=protocol)
                best[name] = min(best[name], time.perf_counter() - begun)
                steps[name] = float(ds["n_steps"].mean())
                assert bool((ds["status"] == 1).all())
        rates = {name: runs / seconds for name, seconds in best.items()}
        told = "; ".join(
            f"{name} {rate:,.0f} runs/s ({steps[name]:.0f} steps, {rate / rates['without']:.2f})"
            for name, rate in rates.items()
        )
        print(f"{model_id}, {runs:,} runs: {told}", flush=True)


if __name__ == "__main__":
    main(int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000)
