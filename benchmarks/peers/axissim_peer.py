"""axissim as one of the peers: a JSON line a tolerance, in the protocol of their common.py.

    axissim_peer.py SCRIPTS PROBLEM METHOD...

SCRIPTS is the folder with common.py and problems/. `RT=1e-3,1e-6` sets the tolerances, `TSEC` about
how many seconds one timed sweep may take: members are thinned to that, as for the C++ peers.
"""

import importlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import xarray as xr

import axissim as ax

THREADS = 2
LADDER = "1e-1,1e-2,1e-3,1e-4,1e-5,1e-6,1e-7,1e-8"


def solver(
    model: Any, problem: dict[str, Any], method: str, rtol: float
) -> Callable[..., xr.Dataset]:
    """The sweep as a function of the members' parameters (members, parameters) alone."""
    atol = {
        s: 1e-3 * rtol * float(x) for s, x in zip(problem["states"], problem["scale"], strict=True)
    }

    def sweep(values: np.ndarray) -> xr.Dataset:
        design = xr.Dataset({p: ("sample", values[:, i]) for i, p in enumerate(problem["params"])})
        dataset: xr.Dataset = ax.sweep(
            model,
            design,
            t=problem["t"],
            outputs=problem["states"],
            method=method,
            rtol=rtol,
            atol=atol,
            threads=THREADS,
        )
        return dataset

    return sweep


def clocked(
    sweep: Callable[..., xr.Dataset], values: np.ndarray
) -> tuple[float, float, xr.Dataset]:
    """Wall seconds, CPU seconds of all threads, and the Dataset of one sweep."""
    wall, cpu = time.perf_counter(), time.process_time()
    dataset = sweep(values)
    return time.perf_counter() - wall, time.process_time() - cpu, dataset


def spaced(size: int, count: int) -> np.ndarray:
    """Indices of `count` members, evenly spaced; all where that is most of them."""
    return np.linspace(0, size - 1, size if count > 0.6 * size else count).astype(int)


def point(
    model: Any, problem: dict[str, Any], method: str, rtol: float, common: Any
) -> dict[str, Any]:
    """Error against the reference on the subsample, then the throughput over the members."""
    sweep = solver(model, problem, method, rtol)
    sample = problem["P"][problem["sub"]]
    cold, _, dataset = clocked(sweep, sample)
    shown = [dataset[s].transpose("sample", "time").values for s in problem["states"]]
    error = common.err(np.stack(shown, axis=-1), problem["ref"])
    # What a sweep costs however small is no part of the estimate: where the subsample takes little,
    # the probe is larger.
    probe = sample
    warm, _, _ = clocked(sweep, probe)
    if warm < 0.1:
        probe = problem["P"][spaced(problem["N"], 500)]
        warm, _, _ = clocked(sweep, probe)
    seconds = float(os.environ.get("TSEC", "1.5"))
    chosen = spaced(problem["N"], max(200, int(len(probe) * seconds / warm)))
    walls, cpus = [], []
    dataset = sweep(problem["P"][chosen])  # so that the process has its memory, as the C++ peers do
    for _ in range(3):
        del dataset  # or the next sweep would need fresh memory beside it
        wall, cpu, dataset = clocked(sweep, problem["P"][chosen])
        walls.append(wall)
        cpus.append(cpu)
    count = len(chosen)
    return {
        "rtol": rtol,
        "N": count,
        "trajps": count / median(walls),
        "tps_cpu": THREADS * count / median(cpus),
        "t": median(walls),
        "tmin": min(walls),
        "tmax": max(walls),
        "cold_s": cold,
        # Attempts, as the C++ peers count them.
        "steps": float(dataset["n_steps"].mean() + dataset["n_rejected"].mean()),
        "rejected": float(dataset["n_rejected"].mean()),
        "fail": int((dataset["status"] != 1).sum()),
        "rss_mb": common.rss(),
        **error,
    }


def main() -> None:
    """Print the work-precision points of each method on the problem."""
    scripts, name, *methods = sys.argv[1:]
    sys.path.insert(0, scripts)
    common = importlib.import_module("common")
    problem = common.load(name)
    model = ax.load(Path(scripts) / "problems" / f"{name}.ant")
    for method in methods:
        for rtol in os.environ.get("RT", LADDER).split(","):
            line = point(model, problem, method, float(rtol), common)
            common.emit(peer=f"axissim_{method}", prob=name, **line)


if __name__ == "__main__":
    main()
