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

# What would take long, and what is run in its place: a page, its words, what they become, why.
SMALLER = [
    ("README.md", "n=10_000", "n=500", "3 s"),
    ("README.md", "-n 1000000", "-n 2000", "a minute"),
    ("README.md", "axissim bench", "axissim bench --seconds 1", "20 s"),
    ("README.md", "meals.toml --out", "meals.toml --audit 0 --out", "20 s"),
    ("docs/guides/bench.md", "axissim bench", "axissim bench --seconds 1", "20 s"),
    ("docs/guides/bench.md", "seconds=3", "seconds=1", "3 s"),
    ("docs/guides/importance.md", "-n 8192", "-n 256", "10 s"),
    ("docs/guides/studies.md", "meals.toml --out", "meals.toml --audit 0 --out", "20 s"),
    ("docs/guides/studies.md", "force=True)", "force=True, audit=0)", "20 s"),
    ("docs/guides/sweeps.md", "n=100_000", "n=2_000", "10 s"),
    ("docs/guides/sweeps.md", "-n 100000", "-n 2000", "10 s"),
    ("docs/guides/tuning.md", "n=200,", "n=8,", "a minute"),
    ("docs/guides/tuning.md", "--persons 200", "--persons 8", "a minute"),
]  # fmt: skip

# Commands of which only the arguments are read, by how they begin, and why.
READ = [
    ("axissim tune examples/tuning/axis.toml", "two minutes"),
]

# Commands that are not run, by how they begin, and why.
LEFT = [
    ("make ", "it runs the tests, or makes an environment"),
    ("pip install ", "it needs the network"),
    (".venv/bin/pytest ", "it is run with all tests"),
    ("python examples/", "tests/test_examples.py runs them"),
    ("python benchmarks/", "minutes, on a machine with nothing else to do"),
    ("asv ", "minutes, and builds other commits"),
    ("cd benchmarks", "it goes with asv"),
    ("git worktree ", "it makes a release"),
    ("cd out/release ", "it makes a release"),
]

# What is shown and not compared, by how it begins, and why.
SHOWN = [
    ("error of the worst run ", "what is left out and what is best is a matter of speed"),
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
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
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
        elif block.kind == "text" and block.close:
            compared(block.text, came, place)


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
    """Run a command line, and compare what the page shows below it; what a terminal shows."""
    place, text = f"{page}:{command.line}: {command.text}", smaller(page, command.text)
    if begins(text, LEFT):
        gone = [at for at in re.findall(r"[\w./-]+\.(?:py|sh)\b", text) if not (ROOT / at).exists()]
        assert not gone, f"{place}\nthere is no {gone}"
        return ""
    words = [] if re.search(r"[;|<>&]\s|\$\(", text) else shlex.split(text, comments=True)
    if words[:2] == ["axissim", "lab"]:
        return answers(words[2:])
    if words[:1] != ["axissim"]:
        code, said = by_shell(text)
    elif begins(text, READ):
        code, said = read(words[1:])
    else:
        code, said = by_itself(words[1:])
    assert code == command.exit, f"{place}\nended with {code} and said\n{said}"
    compared(command.shown or "", said, place)
    return said


def compared(shown: str, came: str, place: str) -> None:
    wrong = "" if not shown or begins(shown, SHOWN) else unlike(shown, came)
    if wrong:
        pytest.fail(f"{place}: {wrong}; the page shows\n{shown}\nand what comes is\n{came}")


def smaller(page: str, text: str) -> str:
    for at, words, instead, _ in SMALLER:
        text = text.replace(words, instead) if at == page else text
    return text


def begins(text: str, table: list[tuple[str, str]]) -> bool:
    return text.startswith(tuple(start for start, _ in table))


def by_itself(words: list[str]) -> tuple[int, str]:
    """A command of axissim in this process: its exit code, and what a terminal shows."""
    said = io.StringIO()
    with (
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
        pytest.raises(SystemExit) as left,
    ):
        main(words)
    assert isinstance(left.value.code, int)
    return left.value.code, said.getvalue()


def by_shell(text: str) -> tuple[int, str]:
    """Any other line as bash takes it; Python's warnings are errors in it."""
    done = subprocess.run(
        ["bash", "-euc", text],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=300,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )  # fmt: skip
    return done.returncode, done.stdout


def read(words: list[str]) -> tuple[int, str]:
    """A command of axissim of which only the arguments are read; a wrong one is an exception."""
    group: Any = typer.main.get_command(app)
    with group.make_context("axissim", list(words)) as context:
        name, command, rest = group.resolve_command(context, list(words))
        command.make_context(name, rest, parent=context)
    return 0, ""


def answers(words: list[str]) -> str:
    """Start the lab at a free port, ask it for its page, and stop it."""
    at = words.index("--port") if "--port" in words else len(words)
    wanted = [word for word in (*words[:at], *words[at + 2 :]) if word != "--no-browser"]
    with served(*wanted) as address:
        host = urlsplit(address)
        with contextlib.closing(http.client.HTTPConnection(host.hostname or "", host.port)) as line:
            line.request("GET", "/")
            assert line.getresponse().status == 200
    return ""


@pytest.mark.parametrize(("page", "words"), [row[:2] for row in SMALLER])
def test_what_is_made_smaller_is_there(page: str, words: str) -> None:
    assert words in (ROOT / page).read_text("utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_no_command_hides_in_a_block_that_is_not_run(page: str) -> None:
    """A block without a language, or of text, holds no command line of ours."""
    for block in blocks((ROOT / page).read_text("utf-8")):
        if block.kind not in SHELL:
            assert not re.search(r"^(?:\$ )?axissim ", block.text, re.MULTILINE), block.line


@pytest.mark.parametrize("words", [words for words, _ in (*READ, *LEFT, *SHOWN)])
def test_what_is_left_is_there(words: str) -> None:
    found = [block for page in PAGES for block in blocks((ROOT / page).read_text("utf-8"))]
    lines = [command.text for block in found if block.kind in SHELL for command in commands(block)]
    assert any(text.startswith(words) for text in (*lines, *(block.text for block in found)))


@pytest.mark.parametrize(
    ("shown", "came", "same"),
    [
        ("0 failed", "0 failed\n", True),
        ("0 failed", "1 failed\n", False),
        ("0 failed", "10 failed\n", False),
        ("a 28.17 d", "a  28.1733 d", True),
        ("a 28.17 d", "a 28.19 d", False),
        ("1.5e-05 at q10", "1.512e-05 at q10", True),
        ("1.5e-05 at q10", "1.512e-05 at q11", False),
        ("1,000 runs in ... for all", "1,000 runs in no time for all", True),
        ("1,000 runs in 2 s: 500 runs/s", "a.nc\n1,000 runs in 4 s: 250 runs/s\n0 failed", True),
        ("first\n...\nlast", "first\n1\n2\nlast", True),
        ("first\nlast", "first\nand more\nlast", False),
    ],
)
def test_what_is_shown_is_compared(shown: str, came: str, same: bool) -> None:
    assert bool(unlike(shown, came)) != same
