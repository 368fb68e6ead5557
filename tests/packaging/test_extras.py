"""Extras: each named, used, and told in one line where it is missing; what is used is declared."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from axissim.cli import main
from tests.packaging import contents
from tests.packaging.smoke import MINE, NEEDED, PETAB, TABLE

PROJECT = tomllib.loads((contents.ROOT / "pyproject.toml").read_text())["project"]
BY_NAME = {"h5netcdf", "h5py", "s3fs", "websockets"}  # xarray, fsspec and uvicorn ask for them
COME_WITH = {"llvmlite": "numba", "dask": "distributed", "fsspec": "s3fs"}
SWEEP = ("sweep", "mine.ant", "-t", "0:4:5", "-p")
SAMPLE = ("fit", "--model", "mine.ant", "--data", "x.csv", "-p", "k=0.01:10", "--sample", "10")
ASKED = (
    "sensitivity",
    "mine.ant",
    "-t",
    "0:4:5",
    "-p",
    "k=0.1:1",
    "-p",
    "x=1:2",
    "--summary",
    "last(x)",
)


def plain(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported() -> set[str]:
    """The distributions that the package imports, at the top of a file or in a function."""
    named = packages_distributions()
    found = set()
    for path in (contents.ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add((node.module or "").partition(".")[0])
    others = found - set(sys.stdlib_module_names) - {"axissim"}
    return {plain(named.get(name, [name])[0]) for name in others}


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    declared = {plain(name) for name in contents.lowest()}
    used = {COME_WITH.get(name, name) for name in imported()}
    assert used - declared == set()
    assert declared - used - BY_NAME == set()


def test_all_is_every_extra_of_users() -> None:
    assert PROJECT["optional-dependencies"]["all"] == [f"axissim[{','.join(contents.extras())}]"]
    assert set(contents.extras()) == set(NEEDED)


@pytest.mark.parametrize(
    ("extra", "arguments"),
    [
        ("cluster", (*SWEEP, "k=0.1,0.2", "--cluster", "local:1", "--out", "out.zarr")),
        ("fit", ("fit", "mine.yaml")),
        ("fit", SAMPLE),
        ("gsa", ASKED),
        ("lab", ("lab", "--no-browser")),
        ("s3", ("verify", "s3://nobody/none.zarr")),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_what_is_missing_is_told(
    extra: str,
    arguments: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    files: dict[str, str] = {"mine.ant": MINE, "x.csv": TABLE, "mine.xml": "", **PETAB}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    for package in NEEDED[extra]:
        for name in [name for name in sys.modules if f"{name}.".startswith(f"{package}.")]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(SystemExit) as left:
        main([*arguments])
    said = capsys.readouterr()
    assert (left.value.code, said.out) == (2, "")
    lines = [line for line in said.err.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1
    assert f"pip install 'axissim[{extra}]'" in lines[0]
