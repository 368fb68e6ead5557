"""What a run of the suite found, as lines for a terminal and as Markdown for the docs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from judge import TIGHT, VERDICTS
from open_suite import Case, classes

_SHOWN = (1e-9, 1e-8, 1e-7, TIGHT, 1e-5, 1e-4, 1e-3)
_ENGINES = {
    "lanes": "the fast path",
    "scipy": "the reference",
    "plain": "the reference, its equations in plain Python",
}


@dataclass(frozen=True)
class Verdict:
    """One case's outcome: a word of `VERDICTS`, words, seconds, the tight distance if any."""

    verdict: str
    words: str = ""
    seconds: float = 0.0
    tight: float | None = None


@dataclass
class Findings:
    """All that a run found: engine to case number to verdict; case number to level to words."""

    cases: Sequence[Case]
    verdicts: dict[str, dict[str, Verdict]] = field(default_factory=dict)
    levels: dict[str, dict[str, str]] = field(default_factory=dict)


def tags(cases: Iterable[Case]) -> dict[str, set[str]]:
    """Tag to the numbers of its cases, in the tags' alphabet."""
    found: dict[str, set[str]] = {}
    for case in cases:
        for tag in case.tags:
            found.setdefault(tag, set()).add(case.number)
    return dict(sorted(found.items(), key=lambda pair: pair[0].lower()))


def text(findings: Findings) -> str:
    """The report for a terminal."""
    lines = [f"{len(findings.cases)} cases"]
    for engine, verdicts in findings.verdicts.items():
        lines += ["", f"by {_ENGINES[engine]}:"]
        lines += [f"  {row}" for row in _aligned(_rows(findings, verdicts))]
        if any(one.tight is not None for one in verdicts.values()):
            lines.append(f"  tight: {_tightness(verdicts)}")
    if findings.levels:
        lines += ["", f"levels: {_level_line(findings)}"]
    lines += ["", *_misses(findings)]
    return "\n".join(lines)


def markdown(findings: Findings, command: str) -> str:
    """The page of the docs."""
    lines = [
        "# Conformance",
        "",
        "The open part of the [SBML Test Suite](https://github.com/sbmlteam/sbml-test-suite), "
        f"{len(findings.cases)} time courses, judged by the suite's own rule. Made by",
        "",
        f"    {command}",
        "",
        "A case *passes*, is *wrong*, is *refused* by the name of what it needs, or ends in an "
        "*error*, a *timeout* or a *crash*. Numbers are cases.",
    ]
    for engine, verdicts in findings.verdicts.items():
        lines += ["", f"## By {_ENGINES[engine]}", "", *_table(_rows(findings, verdicts))]
        if any(one.tight is not None for one in verdicts.values()):
            lines += ["", f"Against results on which independent engines agree to 1e-7, at a "
                      f"relative tolerance of 1e-9: {_tightness(verdicts)}."]  # fmt: skip
    if findings.levels:
        lines += ["", "## Levels and versions", "", _level_line(findings) + "."]
    lines += ["", "## By tag", "", *_table(_tag_rows(findings))]
    misses = _misses(findings)
    if misses:
        lines += ["", "## Not passed", "", *(f"- {line}" for line in misses)]
    return "\n".join(lines) + "\n"


def _rows(findings: Findings, verdicts: Mapping[str, Verdict]) -> list[list[str]]:
    """A heading, a row for all cases and one a class."""
    groups = {"all": frozenset(verdicts), **classes()}
    rows = [["", "cases", *VERDICTS]]
    for title, numbers in groups.items():
        counted = Counter(verdicts[n].verdict for n in numbers if n in verdicts)
        if counted:
            rows.append([title, str(counted.total()), *(str(counted[v]) for v in VERDICTS)])
    return rows


def _tag_rows(findings: Findings) -> list[list[str]]:
    """A heading, and a row a tag: cases, then what each engine passed, and refused."""
    engines = list(findings.verdicts)
    heads = [f"{engine} {word}" for engine in engines for word in ("pass", "refused", "other")]
    rows = [["tag", "cases", *heads]]
    for tag, numbers in tags(findings.cases).items():
        row = [f"`{tag}`", str(len(numbers))]
        for engine in engines:
            found = [findings.verdicts[engine][n].verdict for n in numbers]
            passed, refused = found.count("pass"), found.count("refused")
            row += [str(passed), str(refused), str(len(found) - passed - refused)]
        rows.append(row)
    return rows


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    ruler = ["---", *["---:"] * (len(rows[0]) - 1)]
    return [f"| {' | '.join(row)} |" for row in (rows[0], ruler, *rows[1:])]


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for row in rows:
        yield f"{row[0]:<18}" + "".join(f"{word:>9}" for word in row[1:])


def _tightness(verdicts: Mapping[str, Verdict]) -> str:
    known = [one.tight for one in verdicts.values() if one.tight is not None]
    within = sum(away <= TIGHT for away in known)
    counts = ", ".join(f"{sum(away <= limit for away in known)} at {limit:g}" for limit in _SHOWN)
    return f"{within} of {len(known)} ({within / len(known):.1%}) within {TIGHT:g} ({counts})"


def _level_line(findings: Findings) -> str:
    """How many of the files in other levels agree with their newest."""
    pairs = [pair for found in findings.levels.values() for pair in found.items()]
    made = Counter(level for level, _ in pairs)
    same = Counter(level for level, words in pairs if words == "same")
    refused = sum(words.startswith("refused") for _, words in pairs)
    counts = ", ".join(f"{same[level]} of {made[level]} in {level}" for level in sorted(made))
    return (
        f"Of {made.total()} files that libSBML converts strictly to another level or version in "
        "which the suite has the case, "
        f"{same.total()} give the trajectory of the newest and {refused} are refused: {counts}"
    )


def _misses(findings: Findings) -> list[str]:
    """One line a case that did not pass, or whose levels do not agree."""
    lines = []
    for engine, verdicts in findings.verdicts.items():
        for number, one in verdicts.items():
            if one.verdict != "pass":
                lines.append(f"{number} {engine} {one.verdict}: {_placeless(one.words)}")
    for engine, verdicts in findings.verdicts.items():
        for number, one in verdicts.items():
            if one.verdict == "pass" and one.tight is not None and one.tight > TIGHT:
                lines.append(f"{number} {engine} passes, and is {one.tight:.2g} from the tight")
    for number, found in findings.levels.items():
        differing = {level: words for level, words in found.items() if words != "same"}
        for words in dict.fromkeys(differing.values()):
            levels = ", ".join(level for level in differing if differing[level] == words)
            if not words.startswith("refused"):
                lines.append(f"{number} {levels}: {_placeless(words)}")
    return lines


def _placeless(words: str) -> str:
    """A message without the folder of the file that it names."""
    return re.sub(r"/[^\s:]*/", "", words)
