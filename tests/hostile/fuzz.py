"""Put axissim to damaged models: none may kill the process, or take over 5 s.

    python tests/hostile/fuzz.py [--sbml 10000] [--antimony 2000] [--seed 1] [--jobs 2]
        [--keep FOLDER] [--out f.json]

Input number i is made from the seed and i alone. SBML comes from the test suite (see
tests/conformance/open_suite.py), Antimony from the shipped models and from seeds.py. Machine code
goes to a cache folder of its own, thrown away at the end, unless AXISSIM_CACHE_DIR says where.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "conformance"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from apart import Answer, Worker, answers
from mutations import ANTIMONY, SBML, damaged
from open_suite import cases
from seeds import TEXTS

HERE = Path(__file__).resolve().parent
SECONDS = 5.0
_ADDRESS_SPACE = 8 << 30


def sbml_texts(count: int, seed: int) -> Iterator[str]:
    """`count` damaged cases of the suite."""
    paths = [case.path for case in cases()]
    for i in range(count):
        chance = random.Random(f"sbml {seed} {i}")
        text, other = (chance.choice(paths).read_text("utf-8") for _ in range(2))
        yield damaged(text, other, SBML, chance)


def antimony_texts(count: int, seed: int) -> Iterator[str]:
    """`count` damaged Antimony texts; every other comes from a shipped model."""
    files = sorted((HERE.parents[1] / "models").glob("*/*.ant"))
    shipped = [path.read_text("utf-8") for path in files]
    for i in range(count):
        chance = random.Random(f"antimony {seed} {i}")
        text, other = (chance.choice(chance.choice((shipped, TEXTS))) for _ in range(2))
        yield damaged(text, other, ANTIMONY, chance)


def put(texts: Iterable[str], call: str, jobs: int) -> Iterator[tuple[str, Answer]]:
    """Each text and what came of it; `call` is a function of ``subject.py``."""

    def make() -> Worker:
        return Worker(f"{HERE / 'subject.py'}:{call}", SECONDS, _ADDRESS_SPACE)

    for (text,), answer in answers(make, ((text,) for text in texts), jobs):
        yield text, answer


def fault(answer: Answer) -> str:
    """What is wrong with an outcome, or ""."""
    if answer.kind in ("timeout", "crash"):
        return f"{answer.kind}: {answer.value}"
    if answer.kind == "error" and not re.match(r"(Unsupported)?ModelError: [^\n]*$", answer.value):
        return str(answer.value)
    return ""


def main() -> int:
    given = _arguments()
    with tempfile.TemporaryDirectory() as made:
        os.environ.setdefault("AXISSIM_CACHE_DIR", made)
        bad = _kind("sbml", sbml_texts(given.sbml, given.seed), "from_xml", given)
        bad += _kind("antimony", antimony_texts(given.antimony, given.seed), "from_text", given)
    if given.out:
        given.out.write_text(json.dumps(bad, indent=1) + "\n")
    return int(bool(bad))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sbml", type=int, default=10_000)
    parser.add_argument("--antimony", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="write the inputs that fail into this folder")
    parser.add_argument("--out", type=Path, help="write what failed here, as JSON")
    return parser.parse_args()


def _word(answer: Answer) -> str:
    """How it ended; a value that is missing, or infinite for a moment, is no failure of a run."""
    if answer.kind != "ok":
        return answer.kind
    status = str(answer.value["status"])
    return status if status != "ok" or answer.value["finite"] else "ok, not finite"


def _kind(
    kind: str, texts: Iterable[str], call: str, given: argparse.Namespace
) -> list[tuple[str, int, str]]:
    """Put `texts`, and tell; what failed: the kind, its number, and how."""
    counts, bad, slowest = Counter[str](), list[tuple[str, int, str]](), 0.0
    for i, (text, answer) in enumerate(put(texts, call, given.jobs)):
        counts[_word(answer)] += 1
        slowest = max(slowest, answer.seconds)
        wrong = fault(answer)
        if wrong:
            bad.append((kind, i, wrong))
            print(f"{kind} {i}: {wrong}", flush=True)
            if given.keep:
                given.keep.mkdir(parents=True, exist_ok=True)
                (given.keep / f"{kind}_{given.seed}_{i}").write_text(text, "utf-8")
    print(
        f"{kind}: {counts.total()} inputs, {len(bad)} faults, slowest {slowest:.1f} s: "
        + ", ".join(f"{number} {word}" for word, number in counts.most_common())
    )
    return bad


if __name__ == "__main__":
    sys.exit(main())
