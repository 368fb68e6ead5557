"""What a store costs and survives: python benchmarks/stores.py WHAT FOLDER.

WHAT is one of
  throughput   trajectories into a store, beside the same sweep in memory, in turn
  workers      the same into a store by one and by two processes of a cluster
  kills        one sweep killed at 50 random moments; its store beside an undisturbed one
  bits         500 bits flipped one after another, each looked for by `verify`
  millions     summaries of 10^7 dopamine terminals and 10^6 menstrual cycles
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import axissim as ax
from axissim.study.verify import verify

RANGES = {"Vd": (4000, 16000), "fire": (0.5, 2)}
HOW: dict[str, Any] = {"t": (0, 24, 97), "outputs": ["eda"]}


def terminals(runs: int) -> Any:
    """Dopamine terminals drawn over the transporter and firing."""
    return ax.design.sobol(RANGES, n=runs, seed=1, scale="log")


def timed(folder: Path, runs: int, **options: Any) -> float:
    """Seconds of a sweep, in memory or into a new store."""
    if "store" in options:
        shutil.rmtree(options["store"], ignore_errors=True)
    begun = time.perf_counter()
    options = {"audit": 0.0, **options}
    ds = ax.sweep(ax.load("dopamine_terminal"), terminals(runs), **HOW, **options)
    seconds = time.perf_counter() - begun
    assert bool((ds["status"] == 1).all())
    ds.close()
    return seconds


def throughput(folder: Path) -> None:
    """A million trajectories in memory and in a store, best of three."""
    timed(folder, 1000)
    pairs = [
        (timed(folder, 10**6), timed(folder, 10**6, store=folder / "a.zarr")) for _ in range(3)
    ]
    memory, store = (min(column) for column in zip(*pairs, strict=True))
    print(f"memory {memory:.2f} s, store {store:.2f} s: {memory / store:.2f} of the throughput")


def workers(folder: Path) -> None:
    """Two sizes a count of workers: their difference is without what starting a cluster takes."""
    small, large = 500_000, 2_000_000
    took = {}
    for count in (1, 2, 1, 2):
        options = {"store": folder / "a.zarr", "cluster": f"local:{count}"}
        first, second = (timed(folder, runs, **options) for runs in (small, large))
        took[count] = min(second - first, took.get(count, float("inf")))
        print(f"{count} worker(s): {first:.1f} s for {small:,}, {second:.1f} s for {large:,}")
    print(f"two workers are {took[1] / took[2]:.2f} times as fast as one")


def sweep_until_killed(path: str) -> None:
    """The sweep that `kills` kills, in a process of its own."""
    ds = ax.sweep(ax.load("dopamine_terminal"), terminals(1_500_000), **HOW, store=path)
    assert bool((ds["status"] == 1).all())


def kills(folder: Path) -> None:
    """Kill 50 times, letting blocks be done in between; then let it end."""
    lots, done, killed = random.Random(1), folder / "killed.zarr", 0
    shutil.rmtree(done, ignore_errors=True)
    command = [sys.executable, __file__, "once", str(done)]
    environment = {"SOURCE_DATE_EPOCH": "0", **os.environ}
    while True:
        child = subprocess.Popen(command, env=environment)
        if killed < 50:
            try:
                child.wait(lots.uniform(1.2, 2.2))
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
                killed += 1
        if child.wait() == 0:
            break
    whole = folder / "whole.zarr"
    shutil.rmtree(whole, ignore_errors=True)
    subprocess.run([sys.executable, __file__, "once", str(whole)], env=environment, check=True)
    first, second = (
        {
            str(file.relative_to(path)): file.read_bytes()
            for file in path.rglob("*")
            if file.is_file() and file.name != "lock"
        }
        for path in (done, whole)
    )
    print(f"{killed} kills; {len(first)} files, all the same: {first == second}")


def bits(folder: Path) -> None:
    """Flip a bit, look, flip it back."""
    path = folder / "a.zarr"
    timed(folder, 100_000, store=path)
    chunks = sorted(file for file in path.glob("*/c/**/*") if file.is_file())
    lots, found = random.Random(1), 0
    for _ in range(500):
        file = lots.choice(chunks)
        with file.open("r+b") as data:
            at, bit = lots.randrange(file.stat().st_size), 1 << lots.randrange(8)
            data.seek(at)
            (byte,) = data.read(1)
            data.seek(at)
            data.write(bytes([byte ^ bit]))
            data.flush()
            found += verify(path).damaged == (str(file.relative_to(path)),)
            data.seek(at)
            data.write(bytes([byte]))
    print(f"{found} of 500 flipped bits found and named; sound again: {verify(path).sound}")


CASES: dict[str, tuple[Any, int, Any, list[str]]] = {
    "dopamine_terminal": (RANGES, 10**7, (0, 24, 97), ["max(eda)", "auc(eda)", "last(hva)"]),
    "menstrual_cycle": (
        {"a_0": (0.0045, 0.0065), "k_AF1": (3.0, 4.4)},
        10**6,
        (0, 56, 225),
        ["max(LH)", "period(E2)", "auc(P4)", "max(E2)"],
    ),
}


def millions(folder: Path) -> None:
    """The largest sweeps, each in a process of its own."""
    for model in CASES:
        subprocess.run([sys.executable, __file__, model, str(folder)], check=True)


def largest(model: str, folder: Path) -> None:
    """Time, memory, size and audit of one of them."""
    ranges, runs, t, summaries = CASES[model]
    path, read = folder / f"{model}.zarr", ax.load(model)
    asked: dict[str, Any] = {"t": t, "summaries": summaries, "store": path}
    few = ax.design.sobol(ranges, n=64, seed=1, scale="log")
    ax.sweep(read, few, **asked, force=True).close()  # imports all, and compiles
    shutil.rmtree(path)
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    design = ax.design.sobol(ranges, n=runs, seed=1, scale="log")
    begun = time.perf_counter()
    ax.sweep(read, design, **asked, audit=0.0).close()
    seconds = time.perf_counter() - begun
    swept = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base) / 1e6
    begun = time.perf_counter()
    ds = ax.sweep(read, design, **asked)  # all is there; audits it
    audited = time.perf_counter() - begun
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base) / 1e6
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) / 1e6
    print(
        f"{model}: {runs:,} runs in {seconds:.0f} s ({runs / seconds:,.0f}/s), audit "
        f"{audited:.0f} s more: {ds.attrs['audit']}; peak {swept:.2f} GB over the "
        f"imports, {peak:.2f} with the audit; store "
        f"{size:.0f} MB, {int((ds['status'] != 1).sum())} failed",
        flush=True,
    )


if __name__ == "__main__":
    what, place = sys.argv[1], Path(sys.argv[2])
    if what == "once":
        sweep_until_killed(str(place))
    else:
        place.mkdir(parents=True, exist_ok=True)
        tasks: dict[str, Any] = {
            "throughput": throughput,
            "workers": workers,
            "kills": kills,
            "bits": bits,
            "millions": millions,
            **{model: partial(largest, model) for model in CASES},
        }
        tasks[what](place)
