"""Written as SBML and as Antimony and read back, a case of the SBML Test Suite runs as before.

python tests/conformance/exported.py                            all cases, their equations
python tests/conformance/exported.py --runs --cases 00001-00400  their trajectories, too
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from apart import Answer, Worker, answers
from engine import columns, loaded
from judge import TIGHT, distance
from open_suite import Case, cases, numbered

from axissim.model.difference import differences
from axissim.model.export import Written, antimony_of, sbml_of
from axissim.model.library import load
from axissim.model.model import Model

HERE = Path(__file__).resolve().parent
SECONDS = 60.0


def agree(path: str, settings: Mapping[str, Any], engine: str = "") -> dict[str, str]:
    """Of each language: ``same``, or how the model that comes back differs.

    Parameters
    ----------
    engine : str
        By which the two are run; "" to look at the equations only.
    """
    model = loaded(path)
    before = columns(model, settings, engine) if engine else {}
    return {
        language: _verdict(model, write(model), settings, engine, before)
        for language, write in (("SBML", sbml_of), ("Antimony", antimony_of))
    }


def _verdict(
    model: Model, written: Written, settings: Mapping[str, Any], engine: str, before: Any
) -> str:
    again = load(written.text)
    renamed = any("is now" in line for line in written.lost)
    if not renamed:
        for difference in differences(model, again):
            return f"equations: {difference}"[:300]
    if not engine or (renamed and not set(settings["variables"]) <= again.by_id.keys()):
        return "same"
    away = distance(before, columns(again, settings, engine))
    return "same" if away <= TIGHT else f"trajectories differ by {away:.2g}"


def agreements(
    chosen: Sequence[Case], engine: str = "", jobs: int = 2, seconds: float = SECONDS
) -> Iterator[tuple[str, Answer]]:
    """The number of each case and what `agree` says of it."""

    def make() -> Worker:
        return Worker(f"{HERE / 'exported.py'}:agree", seconds)

    calls = [(str(case.path), dict(case.settings), engine) for case in chosen]
    for case, (_, answer) in zip(chosen, answers(make, calls, jobs), strict=True):
        yield case.number, answer


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", help="for instance 00001-00100,01500; left out, all")
    parser.add_argument("--runs", action="store_true", help="run the models, too")
    parser.add_argument("--engine", default="lanes", choices=["lanes", "scipy", "plain"])
    parser.add_argument("--jobs", type=int, default=2, help="processes at once")
    given = parser.parse_args()
    wanted = numbered(given.cases) if given.cases else None
    chosen = [case for case in cases() if wanted is None or case.number in wanted]
    counts: Counter[str] = Counter()
    bad = 0
    for number, answer in agreements(chosen, given.engine if given.runs else "", given.jobs):
        if answer.kind != "ok":
            counts[answer.kind] += 1
            bad += answer.kind != "refused"
            if answer.kind != "refused":
                print(f"{number}: {answer.kind}: {answer.value}")
            continue
        for language, word in answer.value.items():
            counts[f"{language} {'same' if word == 'same' else 'differs'}"] += 1
            if word != "same":
                bad += 1
                print(f"{number} {language}: {word}")
    print(f"{len(chosen)} cases: " + ", ".join(f"{counts[key]} {key}" for key in sorted(counts)))
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
