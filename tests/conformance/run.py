"""Run the SBML Test Suite through axissim, and say how much of it passes.

    python tests/conformance/run.py                       the fast path, all cases
    python tests/conformance/run.py --engine scipy --cases 00001-00100
    python tests/conformance/run.py --engine lanes --engine plain --tight --levels \\
        --table docs/conformance.md                       what the docs hold

The suite is found by AXISSIM_SUITE (its folder or zip), or at ../shared/sbml-test-suite.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from apart import Answer, Worker, answers
from judge import distance, fault
from open_suite import Case, cases, numbered, tight
from report import Findings, Verdict, markdown, text

HERE = Path(__file__).resolve().parent
SECONDS = 20.0  # for a case, compiling its equations included


def verdict_of(case: Case, answer: Answer) -> Verdict:
    """What an engine's answer deserves."""
    if answer.kind != "ok":
        return Verdict(answer.kind, str(answer.value), round(answer.seconds, 3))
    wrong = fault(case, answer.value)
    reference = tight().get(case.number)
    away = distance(reference, answer.value) if reference else None
    return Verdict("wrong" if wrong else "pass", wrong, round(answer.seconds, 3), away)


def verdicts(
    engine: str, chosen: Sequence[Case], jobs: int = 2, seconds: float = SECONDS
) -> Iterator[tuple[str, Verdict]]:
    """The number and verdict of each of the `chosen` cases."""

    def make() -> Worker:
        return Worker(f"{HERE / 'engine.py'}:{engine}", seconds)

    calls = [(str(case.path), dict(case.settings)) for case in chosen]
    for case, (_, answer) in zip(chosen, answers(make, calls, jobs), strict=True):
        yield case.number, verdict_of(case, answer)


def level_verdicts(
    chosen: Sequence[Case], jobs: int = 2, seconds: float = SECONDS
) -> Iterator[tuple[str, dict[str, str]]]:
    """Of each case that runs: every other level it converts to, and whether it agrees."""

    def make() -> Worker:
        return Worker(f"{HERE / 'levels.py'}:agree", 5 * seconds)

    calls = [(str(case.path), dict(case.settings), case.levels) for case in chosen]
    for case, (_, answer) in zip(chosen, answers(make, calls, jobs), strict=True):
        if answer.kind == "ok":
            yield case.number, answer.value
        elif answer.kind in ("timeout", "crash"):
            yield case.number, {"all": f"{answer.kind}: {answer.value}"}


def main() -> int:
    given = _arguments()
    wanted = numbered(given.cases) if given.cases else None
    chosen = [case for case in cases() if wanted is None or case.number in wanted]
    findings = Findings(chosen)
    for engine in given.engine or ["lanes"]:
        found = findings.verdicts[engine] = {}
        for number, one in verdicts(engine, chosen, given.jobs, given.seconds):
            found[number] = one if given.tight else dataclasses.replace(one, tight=None)
            _progress(engine, len(found), len(chosen))
    if given.levels:
        findings.levels = dict(level_verdicts(chosen, given.jobs, given.seconds))
    print(text(findings))
    if given.out:
        given.out.write_text(json.dumps(_plain(findings), indent=1) + "\n")
    if given.table:
        command = "python tests/conformance/run.py " + " ".join(sys.argv[1:])
        given.table.write_text(markdown(findings, command))
    bad = [one for found in findings.verdicts.values() for one in found.values()]
    return int(any(one.verdict not in ("pass", "refused") for one in bad))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--engine", action="append", choices=["lanes", "scipy", "plain"], help="may be repeated")
    add("--cases", help="for instance 00001-00100,01500; left out, all")
    add("--jobs", type=int, default=2, help="processes at once")
    add("--seconds", type=float, default=SECONDS, help="the most that a case may take")
    add("--tight", action="store_true", help="measure against the tight reference also")
    add("--levels", action="store_true", help="compare each case in every level of SBML")
    add("--table", type=Path, help="write the page of the docs here")
    add("--out", type=Path, help="write every verdict here, as JSON")
    return parser.parse_args()


def _plain(findings: Findings) -> dict[str, object]:
    found = {
        engine: {number: dataclasses.asdict(one) for number, one in by_case.items()}
        for engine, by_case in findings.verdicts.items()
    }
    return {"verdicts": found, "levels": findings.levels}


def _progress(engine: str, done: int, of: int) -> None:
    if done % 50 == 0 or done == of:
        print(f"{engine}: {done} of {of}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
