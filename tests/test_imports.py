"""What comes with an import or a command: no package that it does not need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

DECAY = "model decay()\n  var x = 1; const k = 0.5\n  x' = -k*x\nend\n"
COMMAND = (
    "from axissim.cli import main\ntry: main({})\nexcept SystemExit as left: assert not left.code"
)


def brought(code: str) -> set[str]:
    """The top packages that a fresh Python has after `code`, the standard library's left out."""
    ask = (
        "import sys\nbefore = {*sys.modules}\n" + code + "\n"
        "new = {name.partition('.')[0] for name in {*sys.modules} - before}\n"
        "print(*new - sys.stdlib_module_names)"
    )
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_the_import_brings_in_nothing_but_itself() -> None:
    assert brought("import axissim") == {"axissim"}


def test_a_shipped_model_read_once_needs_numpy_alone() -> None:
    code = "import axissim as ax\nax.load('thyroid_human')"
    brought(code)
    assert brought(code) == {"axissim", "numpy"}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["sweep", "--help"]])
def test_what_a_light_command_brings_in(arguments: list[str]) -> None:
    heavy = {"numpy", "scipy", "xarray", "pandas", "numba", "matplotlib", "antimony", "yaml"}
    found = brought(COMMAND.format(arguments))
    assert {"axissim", "typer"} <= found
    assert found & heavy == set()


def test_the_list_reads_cards_and_no_model() -> None:
    found = brought(COMMAND.format(["list"]))
    assert found & {"scipy", "xarray", "pandas", "numba", "matplotlib", "antimony", "pint"} == set()


def test_a_run_draws_nothing_and_asks_no_extra(tmp_path: Path) -> None:
    """But for dask, which xarray looks for by itself."""
    (tmp_path / "decay.ant").write_text(DECAY)
    out = str(tmp_path / "x.csv")
    run = ["run", str(tmp_path / "decay.ant"), "-t", "0:1:3", "--out", out, "--quiet"]
    found = brought(COMMAND.format(run))
    unwanted = {
        "matplotlib", "zarr", "h5netcdf", "h5py", "SALib", "arviz", "emcee", "petab", "sympy",
        "distributed", "fsspec", "s3fs", "starlette", "uvicorn", "websockets", "IPython",
    }  # fmt: skip
    assert found & unwanted == set()
