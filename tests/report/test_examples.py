"""The studies among the examples: each runs, finds what its report says, and is listed."""

from __future__ import annotations

import tomllib
from html import escape
from pathlib import Path

import pytest

from axissim.report import study
from axissim.report.verdict import AGAINST, SUPPORTED
from axissim.report.wording import verdict_words

EXAMPLES = Path(__file__).parents[2] / "examples"
STUDIES = sorted(
    path for path in EXAMPLES.glob("*.toml") if "tests" in tomllib.loads(path.read_text("utf-8"))
)

# Verdicts of the criteria, and a number by its place: that of meals is held to Best 2009, whose
# terminal swings by 2.4 % with and 14.4 % without substrate inhibition, 6.0-fold.
FOUND = {
    "meals": ([AGAINST, SUPPORTED, SUPPORTED], 1, 6.0, 0.4),
    "reuptake_hour": ([SUPPORTED, SUPPORTED], 0, 1.89, 0.05),
    "hypothyroid_drive": ([AGAINST, SUPPORTED, SUPPORTED, AGAINST], 1, 0.82, 0.01),
    "cycle_dopamine": ([SUPPORTED, SUPPORTED, SUPPORTED], 0, 5.7, 0.2),
    "stress_gonads": ([SUPPORTED, SUPPORTED, SUPPORTED], 0, 0.74, 0.02),
}


def test_there_are_five():
    assert {path.stem for path in STUDIES} == set(FOUND)


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_a_study_finds_what_its_report_says(path, tmp_path):
    verdicts, at, number, tolerance = FOUND[path.stem]
    ds = study(path, out=tmp_path / "report.html", audit=0)
    assert ds["verdict"].values.tolist() == verdicts
    assert float(ds["number"][at]) == pytest.approx(number, abs=tolerance)
    words = verdict_words(ds.attrs["verdict"])
    kept = path.with_suffix(".html").read_text("utf-8")
    assert words in kept
    assert escape(path.read_text("utf-8")) in kept  # the report is of the file as it is
    assert len(kept) < 500_000
    for page in (kept, (tmp_path / "report.html").read_text("utf-8")):
        assert "<script" not in page
        assert "http" not in page.split("</style>")[0]


def test_each_is_listed():
    told = (EXAMPLES / "README.md").read_text("utf-8")
    for path in STUDIES:
        assert f"[{path.name}]({path.name})" in told
        assert f"({path.stem}.html)" in told
