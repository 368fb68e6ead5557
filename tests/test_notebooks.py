"""The tutorial notebooks run from top to bottom, and every picture and table in them shows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
NOTEBOOKS = sorted((EXAMPLES / "notebooks").glob("*.ipynb"))
DISCLAIMER = "For research and teaching; not medical advice."

# What a notebook does: the cells one after the other in one namespace, the last expression of each
# shown by the methods that IPython asks for.  It counts what it showed.
NOTEBOOK = r"""
import ast, json, sys
from collections import Counter

cells = json.loads(sys.stdin.read())
space, shown = {"__name__": "__main__"}, Counter()
for number, source in enumerate(cells):
    tree, name = ast.parse(source), f"cell {number}"
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), space)
    value = eval(compile(ast.Expression(last.value), name, "eval"), space) if last else None
    if hasattr(value, "_repr_png_"):
        assert value._repr_png_().startswith(b"\x89PNG")
        shown["png"] += 1
    elif value is not None:
        assert "<" in value._repr_html_()
        shown["html"] += 1
print("shown", json.dumps(shown))
"""

# Text before a number, the number, how far it may lie from it.  Best 2009: meals hardly reach
# dopamine; Eisenberg 2008: 145 to 165 ug of T4 a day keep TSH normal without a gland.
FOUND = {
    "doses_and_people": [("150 ug a day: mean TSH in the last week", 2.0, 0.5)],
    "first_steps": [("Cytosolic dopamine: swings by", 1.3, 0.5), ("500 runs,", 0.0, 0.0)],
    "questions": [("held by", 155.0, 10.0)],
}


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def sources(path: Path, kind: str) -> list[str]:
    return ["".join(c["source"]) for c in read(path)["cells"] if c["cell_type"] == kind]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", NOTEBOOK],
        input=json.dumps(sources(path, "code")),
        capture_output=True, text=True, check=False, cwd=tmp_path, timeout=300,
        env={**os.environ, "MPLCONFIGDIR": str(tmp_path / "mpl")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    *_, last = done.stdout.splitlines()
    assert json.loads(last.removeprefix("shown "))["png"] >= 4
    for text, number, tolerance in FOUND[path.stem]:
        match = re.search(re.escape(text) + r"\s+(-?[\d.]+)", done.stdout)
        assert match, done.stdout
        assert abs(float(match[1]) - number) <= tolerance


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_one(path: Path) -> None:
    """As nbformat 4.5 has it, without outputs, and with what a reader must not forget."""
    found = read(path)
    assert (found["nbformat"], found["nbformat_minor"]) == (4, 5)
    assert found["metadata"]["kernelspec"]["name"] == "python3"
    ids = [cell["id"] for cell in found["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in found["cells"]:
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell["id"])
        keys = {"cell_type", "id", "metadata", "source"}
        code = cell["cell_type"] == "code"
        assert cell.keys() == (keys | {"execution_count", "outputs"} if code else keys)
        assert not cell.get("outputs")
    assert sum(DISCLAIMER in text for text in sources(path, "markdown")) == 2


def test_every_notebook_has_its_line() -> None:
    told = (EXAMPLES / "README.md").read_text("utf-8")
    assert len(NOTEBOOKS) == 3
    for path in NOTEBOOKS:
        assert f"[{path.name}](notebooks/{path.name})" in told
