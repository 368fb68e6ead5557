"""Put axissim to the hostile files and texts, each in a fresh process.

    python tests/hostile/run_hostile.py [--jobs 2] [--only NAME] [--out h.json]

Each may end in an error of one line or in a result, as it deserves; none may crash, take over
10 s, take 2 GiB, run code, or read or write a file. The corpus is found by AXISSIM_HOSTILE, or at
../shared/hostile.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from apart import Answer, Worker
from corpus import PWNED, Hostile, fault, inputs

HERE = Path(__file__).resolve().parent
SECONDS = 10.0
_ADDRESS_SPACE = 8 << 30  # so that a bomb ends in an error, not in the machine's memory


class Outcome(NamedTuple):
    """What came of one input, and what is wrong with it ("" if nothing)."""

    name: str
    want: str
    answer: Answer
    fault: str


class _Place:
    """An empty folder, a log, and the process that works there."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.log = tempfile.TemporaryDirectory()
        self.workers: dict[str, Worker] = {}

    def outcome(self, one: Hostile) -> Outcome:
        """Put one input to the process."""
        worker = self.workers.get(one.call) or Worker(
            f"{HERE / 'subject.py'}:{one.call}",
            SECONDS,
            _ADDRESS_SPACE,
            self.folder.name,
            f"{self.log.name}/words",
        )
        self.workers[one.call] = worker
        answer = worker(one.given)
        words = Path(self.log.name, "words").read_text("utf-8", "replace")
        left = sorted(path.name for path in Path(self.folder.name).iterdir())
        wrong = f"wrote {left}" if left or Path(PWNED).exists() else fault(one, answer, words)
        return Outcome(one.name, one.want, answer, wrong)

    def end(self) -> None:
        for worker in self.workers.values():
            worker.end()
        self.log.cleanup()
        self.folder.cleanup()


def outcomes(chosen: Sequence[Hostile], jobs: int = 2, fresh: bool = True) -> Iterator[Outcome]:
    """Each input's outcome, in order; `fresh`: each in a process of its own."""
    kept = threading.local()
    places: list[_Place] = []

    def one(given: Hostile) -> Outcome:
        if fresh or not hasattr(kept, "place"):
            kept.place = _Place()
            places.append(kept.place)
        try:
            return kept.place.outcome(given)
        finally:
            if fresh:
                kept.place.end()

    try:
        with ThreadPoolExecutor(jobs) as pool:
            yield from pool.map(one, chosen)
    finally:
        for place in [] if fresh else places:
            place.end()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="inputs whose name holds this")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        chosen = [one for one in inputs(Path(folder)) if given.only in one.name]
        found = []
        for one in outcomes(chosen, given.jobs):
            found.append(one)
            print(_line(one), flush=True)
    bad = [one for one in found if one.fault]
    slowest = max(found, key=lambda one: one.answer.seconds)
    largest = max(found, key=lambda one: one.answer.megabytes)
    print(
        f"{len(found)} inputs, {len(bad)} not as they deserve; slowest {slowest.name} "
        f"{slowest.answer.seconds:.1f} s, largest {largest.name} {largest.answer.megabytes} MB"
    )
    if given.out:
        given.out.write_text(json.dumps([[*one[:2], *one.answer, one.fault] for one in found]))
    return int(bool(bad))


def _line(one: Outcome) -> str:
    answer = one.answer
    said = answer.value["status"] if answer.kind == "ok" else str(answer.value)
    head = f"{one.name:<36} {one.want:<7} {answer.kind:<8} {answer.seconds:5.1f} s"
    return f"{head} {answer.megabytes:5d} MB  {'!! ' + one.fault if one.fault else said}"[:200]


if __name__ == "__main__":
    sys.exit(main())
