"""Every page is true: its Python runs, its commands do, and what it shows below them comes out.

A page is walked from top to bottom in an empty folder that has `examples/` and `models/`, all its
Python in one namespace, warnings being errors. What is not run as it stands is in a table here.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import typer

from axissim.cli.app import app, main
from tests.lab.browser import served
from tests.pages import PYTHON, ROOT, SHELL, Block, Command, blocks, commands, unlike

# What a page asks of a reader's machine, and what is done here in its place: a page (or "*", any),
# the words, what they become, why.
SMALLER = [
    ("README.md", "n=10_000", "n=500", "seconds"),
    ("README.md", "-n 1000000", "-n 2000", "a minute"),
    ("README.md", "meals.toml --out", "meals.toml --audit 0 --out", "SciPy takes 20 s"),
    (
        "docs/guides/bench.md",
        "bench dopamine_terminal",
        "bench dopamine_terminal --seconds 1",
        "10 s",
    ),
    ("docs/guides/bench.md", "seconds=3", "seconds=1", "3 s"),
    ("docs/guides/importance.md", "-n 8192", "-n 256", "10 s"),
    (
        "docs/guides/studies.md",
        "meals.toml --out",
        "meals.toml --audit 0 --out",
        "SciPy takes 20 s",
    ),
    ("docs/guides/sweeps.md", "n=100_000", "n=2_000", "10 s"),
    ("docs/guides/sweeps.md", "-n 100000", "-n 2000", "10 s"),
    ("docs/guides/tuning.md", "n=200,", "n=8,", "a minute"),
    ("docs/guides/tuning.md", "--persons 200", "--persons 8", "a minute"),
]

# Commands of which only the arguments are read, by how they begin, and why.
READ = [
    ("axissim tune examples/tuning/axis.toml", "two minutes"),
]

# Commands that are not run, by how they begin, and why.
LEFT = [
    ("python examples/", "tests/test_examples.py runs them"),
    ("make ", "this is what runs the tests, or makes an environment"),
    ("pip install ", "needs the network"),
    (".venv/bin/pytest ", "is run by itself"),
]

PAGES = [
    page.relative_to(ROOT).as_posix()
    for page in [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
    if any(block.kind in (*SHELL, *PYTHON) for block in blocks(page.read_text("utf-8")))
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in, with the repository's examples and models."""
    for name in ("examples", "models"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path / "mpl"))
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setenv(
        "PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    )
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_true(page: str, folder: Path) -> None:
    space: dict[str, Any] = {"__name__": "__main__"}
    came = ""
    for number, block in enumerate(blocks((ROOT / page).read_text("utf-8")), 1):
        place = f"{page}:{block.line}, block {number}"
        if block.file:
            (folder / block.file).write_text(block.text)
        elif block.kind in PYTHON:
            came = python(page, block, space, place)
        elif block.kind in SHELL:
            came = "".join(walked(page, command) for command in commands(block))
        elif block.kind == "text" and block.close and (wrong := unlike(block.text, came)):
            pytest.fail(
                f"{place}: {wrong}; the page shows\n{block.text}\nand what comes is\n{came}"
            )


def python(page: str, block: Block, space: dict[str, Any], place: str) -> str:
    """Run a block of Python in what those before it left; what it printed."""
    text = "\n" * (block.line - 1) + smaller(page, block.text)  # so that a traceback has its lines
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            exec(compile(text, ROOT / page, "exec"), space)
    except Exception as wrong:
        wrong.add_note(place)
        raise
    return said.getvalue()


def walked(page: str, command: Command) -> str:
    """Run a command line; what it printed, which is what the page shows if it shows anything."""
    place, text = f"{page}:{command.line}: {command.text}", smaller(page, command.text)
    if begins(text, LEFT):
        return ""
    words = [] if re.search(r"[;|<>&]\s|\$\(", text) else shlex.split(text, comments=True)
    if words[:2] == ["axissim", "lab"]:
        return answers(words[2:])
    if words[:1] != ["axissim"]:
        code, out, err = by_shell(text)
    elif begins(text, READ):
        code, out, err = read(words[1:])
    else:
        code, out, err = by_itself(words[1:])
    assert code == command.exit, f"{place}\nended with {code} and said\n{out}{err}"
    if command.shown and (wrong := unlike(command.shown, out)):
        pytest.fail(f"{place}: {wrong}; the page shows\n{command.shown}\nand what comes is\n{out}")
    return out


def smaller(page: str, text: str) -> str:
    for at, words, instead, _ in SMALLER:
        text = text.replace(words, instead) if at == page else text
    return text


def begins(text: str, table: list[tuple[str, str]]) -> bool:
    return text.startswith(tuple(start for start, _ in table))


def by_itself(words: list[str]) -> tuple[int, str, str]:
    """A command of axissim in this process: exit code, stdout, stderr."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as left,
    ):
        main(words)
    assert isinstance(left.value.code, int)
    return left.value.code, out.getvalue(), err.getvalue()


def by_shell(text: str) -> tuple[int, str, str]:
    """Any other line as bash takes it; Python's warnings are errors in it."""
    done = subprocess.run(
        ["bash", "-euc", text],
        capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def read(words: list[str]) -> tuple[int, str, str]:
    """A command of axissim of which only the arguments are read; a wrong one is an exception."""
    commands_of: Any = typer.main.get_command(app)
    with commands_of.make_context("axissim", list(words)) as context:
        name, command, rest = commands_of.resolve_command(context, list(words))
        command.make_context(name, rest, parent=context)
    return 0, "", ""


def answers(words: list[str]) -> str:
    """Start the lab, ask it for its page, and stop it."""
    wanted = [
        word for word in words if word not in ("--no-browser", "--port") and not word.isdigit()
    ]
    with served(*wanted) as address:
        at = urlsplit(address)
        with contextlib.closing(http.client.HTTPConnection(at.hostname or "", at.port)) as line:
            line.request("GET", "/")
            assert line.getresponse().status == 200
    return ""


@pytest.mark.parametrize(("page", "words"), [row[:2] for row in SMALLER])
def test_what_is_made_smaller_is_there(page: str, words: str) -> None:
    assert words in (ROOT / page).read_text("utf-8")


@pytest.mark.parametrize(
    ("shown", "came", "same"),
    [
        ("0 failed", "0 failed\n", True),
        ("0 failed", "1 failed\n", False),
        ("a 28.17 d", "a  28.1733 d", True),
        ("a 28.17 d", "a 28.19 d", False),
        ("1.5e-05 at q10", "1.512e-05 at q10", True),
        ("1,000 runs in ... s", "1,000 runs in 3.4 s", True),
        ("first\n...\nlast", "first\n1\n2\nlast", True),
        ("first\nlast", "first\nand more\nlast", False),
    ],
)
def test_what_is_shown_is_compared(shown: str, came: str, same: bool) -> None:
    assert bool(unlike(shown, came)) != same
