"""The gate on the engine's own times and memory: is any benchmark over its budget?

    python benchmarks/budgets.py [--only TEXT] [--rounds 5] [--update]

A time is told as a ratio: the processor time of a benchmark of `suite`, this process's and its
children's, over that of a calibration of the same kind done right before and after it.  A slow or
busy machine takes longer for both.  Rounds go through all benchmarks in turn, so that a bad moment
touches one round of each; the median counts.  What is over its budget is measured once more, and
the better of the two counts.  Waiting (for a lock, a disk, a sleep) takes no processor time: the
least ratio of wall times may be `WAITING` budgets.

A peak is in MB, over that of the same process after imports and set-up.

Exits with 1 if a budget is broken.  ``--update`` writes budgets.toml anew, for what `--only` picks.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from measuring import MEMORY, Benchmark, Measured, benchmarks, measure

BUDGETS = Path(__file__).with_suffix(".toml")
ROOM = 1.5  # of a new budget, over what was measured
WAITING = 2.0  # budgets that wall time may take
HEAD = """\
# What each benchmark of suite/ may take; `make budgets` fails where one takes more.  Times are in
# calibrations (suite/calibration.py) of the kind that heads the table, peaks in MB over imports and
# set-up.  Written by `python benchmarks/budgets.py --update`: 1.5 times what it measured.
"""

Budgets = Mapping[str, Mapping[str, float]]  # by calibration and benchmark


def read(path: Path = BUDGETS) -> Budgets:
    """Budgets as they are written down."""
    return tomllib.loads(path.read_text()) if path.exists() else {}


def budget_of(budgets: Budgets, benchmark: Benchmark) -> float | None:
    """None if there is none."""
    return budgets.get(benchmark.calibration, {}).get(benchmark.name)


def verdict(found: Measured, budget: float | None) -> str:
    """``kept``, or what is wrong."""
    if budget is None:
        return "no budget"
    if found.ratio > budget:
        return "BROKEN"
    return "BROKEN: it waits" if found.waited > WAITING * budget else "kept"


def better(first: Measured, second: Measured) -> Measured:
    """Of two measurements of the same, the one that other work has disturbed less."""
    return min(first, second, key=lambda found: max(found.ratio, found.waited / WAITING))


def written(budgets: Budgets, every: Sequence[Benchmark], found: Mapping[str, Measured]) -> str:
    """budgets.toml: new budgets for what was measured, the old ones for all else there is."""
    tables: dict[str, list[str]] = {}
    for benchmark in every:
        budget = budget_of(budgets, benchmark)
        if benchmark.name in found:
            budget = float(f"{ROOM * max(found[benchmark.name].ratio, 1e-3):.2g}")
        if budget is not None:
            lines = tables.setdefault(benchmark.calibration, [])
            lines.append(f'"{benchmark.name}" = {budget:g}\n')
    return HEAD + "".join(f"\n[{key}]\n{''.join(tables[key])}" for key in sorted(tables))


def row(benchmark: Benchmark, found: Measured, budget: float | None) -> str:
    """A line of the table."""
    if benchmark.calibration == MEMORY:
        cells = f"{found.ratio:9.1f} {'MB':>9} {'':>8}"
    else:
        own, one = (1e3 * statistics.median(column) for column in (found.own, found.calibration))
        cells = f"{own:9.2f} {one:9.2f} {found.ratio:8.3f}"
    told = "-" if budget is None else f"{budget:g}"
    return f"{benchmark.name:58} {cells} {told:>8}  {verdict(found, budget)}"


def judged(picked: Sequence[Benchmark], budgets: Budgets, found: Mapping[str, Measured]) -> list:
    """The benchmarks that do not keep their budgets."""
    return [b for b in picked if verdict(found[b.name], budget_of(budgets, b)) != "kept"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, then print and judge, or write."""
    parser = argparse.ArgumentParser(description="Are the engine's own times within budgets.toml?")
    parser.add_argument("--only", default="", help="benchmarks whose name has this in it")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--update", action="store_true", help="write budgets anew")
    asked = parser.parse_args(arguments)
    every = benchmarks()
    picked = [benchmark for benchmark in every if asked.only in benchmark.name]
    if not picked:
        parser.error(f"no benchmark has '{asked.only}' in its name")
    found = measure(picked, asked.rounds)
    if asked.update:
        BUDGETS.write_text(written(read(), every, found))
    budgets = read()
    for name, second in measure(judged(picked, budgets, found), asked.rounds).items():
        found[name] = better(found[name], second)
    print(f"{'benchmark':58} {'ms':>9} {'calib. ms':>9} {'ratio':>8} {'budget':>8}")
    for benchmark in picked:
        print(row(benchmark, found[benchmark.name], budget_of(budgets, benchmark)))
    lost = judged(picked, budgets, found)
    print(f"{len(picked)} benchmarks, {len(lost)} not within budget")
    return int(bool(lost))


if __name__ == "__main__":
    sys.exit(main())
