"""Packages: what is used is declared, what is declared is used, each extra has its own."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Callable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.packaging import contents
from tests.packaging.smoke import MINE, NEEDED, TABLE

PROJECT = tomllib.loads((contents.ROOT / "pyproject.toml").read_text())["project"]
BY_NAME = {"h5netcdf", "h5py", "s3fs", "websockets"}  # xarray, fsspec and uvicorn ask for them
COME_WITH = {"llvmlite": "numba", "dask": "distributed", "fsspec": "s3fs"}
SAMPLE = ("fit", "--model", "mine.ant", "--data", "x.csv", "-p", "k=0.01:10", "--sample", "10")


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


def test_a_sample_says_what_it_misses(
    axissim: Callable[..., tuple[int, str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other extras are in tests/test_extras.py."""
    monkeypatch.chdir(tmp_path)
    Path("mine.ant").write_text(MINE)
    Path("x.csv").write_text(TABLE)
    for name in [name for name in sys.modules if name.partition(".")[0] == "emcee"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "emcee", None)
    code, out, err = axissim(*SAMPLE, "--quiet")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "pip install 'axissim[fit]'" in err
