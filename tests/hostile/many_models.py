"""A thousand models in one process, in random order, three times: same verdicts, same bits.

    python tests/hostile/many_models.py [--models 1000] [--rounds 3] [--seed 1]

The models are cases of the SBML Test Suite. Told at the end: whether the rounds agree, and how
much resident memory grew from the end of the first round to the end of the last.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import os
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "conformance"))

import numpy as np
from engine import lanes
from open_suite import Case, cases

MOST_GROWTH = 200  # MB


def outcome(case: Case) -> str:
    """A hash of a case's columns, bit for bit; or the words in which it ended otherwise."""
    try:
        columns = lanes(str(case.path), case.settings)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    digest = hashlib.sha256()
    for key, column in sorted(columns.items()):
        digest.update(key.encode() + np.ascontiguousarray(column, float).tobytes())
    return digest.hexdigest()


def resident() -> float:
    """MB of memory resident now."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def rounds(
    chosen: Sequence[Case], count: int, seed: int
) -> tuple[list[dict[str, str]], list[float]]:
    """Each round's outcomes by case, and the memory resident at the end of each."""
    found, sizes = [], []
    for turn in range(count):
        order = random.Random(f"{seed} {turn}").sample(list(chosen), len(chosen))
        began = time.perf_counter()
        found.append({case.number: outcome(case) for case in order})
        sizes.append(resident())
        seconds = time.perf_counter() - began
        print(f"round {turn + 1}: {seconds:.0f} s, {sizes[-1]:.0f} MB", flush=True)
    return found, sizes


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    pool = random.Random(given.seed).sample(list(cases()), min(given.models, len(cases())))
    found, sizes = rounds(pool, given.rounds, given.seed)
    differing = sorted(n for n in found[0] if any(one[n] != found[0][n] for one in found))
    for number in differing:
        print(number, *(one[number] for one in found))
    ran = sum(len(words) == 64 for words in found[0].values())
    growth = sizes[-1] - sizes[0]
    print(
        f"{len(pool)} models, {ran} of them run, {given.rounds} rounds: {len(differing)} differ; "
        f"memory grew by {growth:.0f} MB after the first round"
    )
    return int(bool(differing) or growth > MOST_GROWTH)


if __name__ == "__main__":
    sys.exit(main())
