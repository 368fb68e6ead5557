"""The examples run as they stand, in a copy, and print and draw what they promise."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
SCRIPTS = sorted(EXAMPLES.glob("*.py"))

# What a script must find, as (text before a number, the number, how far it may lie from it): the
# first from the abstract of Best 2009, 2.4 and 14.4 %; doses from Eisenberg 2008, whose 145 to 165
# ug of T4 a day keep TSH normal, and so does the dose of thyroxine.py; the surge from the settled
# cycle's period; the least estrogen from the card of the contraception model, 37 to 38 pg/mL, and a
# course of it that takes 16 % of that, as its misfits say.
FOUND = {
    "contraception": [("all the time", 37.4, 0.4), ("of the follicular phase:", 165.0, 8.0)],
    "doses": [("150 ug of T4 a day: mean TSH in the last week", 2.0, 0.5)],
    "meals": [("swings by", 2.4, 0.05), ("inhibition,", 14.4, 0.05)],
    "menstrual_cycle": [("surge comes on day", 28.17, 0.1)],
    "thyroxine": [("THYROSIM, the person of the paper:", 155.0, 10.0)],
}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_an_example_runs(script: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copy(script, tmp_path))
    done = subprocess.run(
        [sys.executable, "-W", "error", str(copy)],
        capture_output=True, text=True, check=False, cwd=tmp_path, timeout=300,
        env={**os.environ, "MPLCONFIGDIR": str(tmp_path / "mpl")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert copy.with_suffix(".png").read_bytes().startswith(b"\x89PNG")
    for text, number, tolerance in FOUND.get(script.stem, ()):
        match = re.search(re.escape(text) + r"\s+(-?[\d.]+)", done.stdout)
        assert match, done.stdout
        assert abs(float(match[1]) - number) <= tolerance


def test_every_example_has_its_picture_and_its_line() -> None:
    told = (EXAMPLES / "README.md").read_text("utf-8")
    assert SCRIPTS
    for script in SCRIPTS:
        assert f"[{script.name}]({script.name})" in told
        assert script.with_suffix(".png").exists()
