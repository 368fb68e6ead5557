"""What an installed axissim must do, away from the sources.

``PYTHON smoke.py FOLDER`` with the Python of the environment on trial; it imports nothing but the
standard library and the axissim that is installed there. Files go into ``FOLDER``.  Extras whose
packages are there must work; those whose packages are not must say in one line what to install.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import signal
import subprocess
import sys
import sysconfig
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path

NEEDED = {
    "cluster": ("dask", "distributed"),
    "fit": ("arviz", "emcee", "petab"),
    "gsa": ("SALib",),
    "lab": ("starlette", "uvicorn", "websockets"),
    "s3": ("fsspec", "s3fs"),
}
MINE = """model mine()
  var x = 3; const k = 0.5
  x' = -k*x
end
"""
TABLE = "time,x\n0,3\n1,2.02\n2,1.35\n3,0.91\n4,0.62\n"
TYPED = """import xarray as xr

import axissim as ax

result: xr.Dataset = ax.simulate(ax.load("mine.ant"), t=(0, 1, 2))
number: int = ax.load("mine.ant")
"""
PETAB = {
    "mine.yaml": """format_version: 1
parameter_file: parameters.tsv
problems:
  - sbml_files: [mine.xml]
    condition_files: [conditions.tsv]
    observable_files: [observables.tsv]
    measurement_files: [measurements.tsv]
""",
    "parameters.tsv": (
        "parameterId\tparameterScale\tlowerBound\tupperBound\tnominalValue\testimate\n"
        "k\tlog10\t0.01\t10\t0.4\t1\n"
    ),
    "conditions.tsv": "conditionId\nusual\n",
    "observables.tsv": "observableId\tobservableFormula\tnoiseFormula\nseen\tx\t0.02\n",
    "measurements.tsv": "observableId\tsimulationConditionId\ttime\tmeasurement\n"
    + "".join(f"seen\tusual\t{t}\t{x}\n" for t, x in (row.split(",") for row in TABLE.split()[1:])),
}


def said(*arguments: str, code: int = 0) -> str:
    """What the installed command prints, stdout if all is to be well and stderr if not."""
    command = Path(sysconfig.get_path("scripts")) / "axissim"
    done = subprocess.run([command, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stderr if code else done.stdout


def imported() -> None:
    """The package is the installed one, typed, and says its version everywhere."""
    import axissim

    home = Path(axissim.__file__).resolve().parent
    assert home.is_relative_to(Path(sys.prefix).resolve()), f"{home} is not in {sys.prefix}"
    assert (home / "py.typed").is_file()
    assert said("--version") == f"axissim {version('axissim')}\n"
    module = [sys.executable, "-m", "axissim", "--version"]
    assert subprocess.check_output(module, text=True) == said("--version")


def models() -> None:
    """Every model is listed, with a card that gives its sources."""
    import axissim

    folders = [path.parent for path in Path(axissim.__file__).parent.glob("models/*/card.md")]
    listed = said("list")
    assert len(folders) > 40
    assert all(folder.name in listed for folder in folders)
    assert "doi" in said("cite", "dopamine_terminal")
    said("doctor")


def runs() -> None:
    """A run, kept and drawn; a sweep in a store, verified, drawn."""
    said("run", "dopamine_terminal", "-t", "0:24:25", "--out", "day.nc", "--plot", "day.png")
    sweep = ("sweep", "mine.ant", "-t", "0:4:5", "-p", "k~uniform(0.1,1)", "-n", "20")
    said(*sweep, "--out", "many.zarr", "--audit", "0.1")
    said("verify", "many.zarr")
    said("plot", "many.zarr", "--kind", "fan", "--out", "fan.png")
    for picture in ("day.png", "fan.png"):
        assert Path(picture).stat().st_size > 1000


def files() -> None:
    """A user's file is read and checked, goes to SBML and comes back the same."""
    said("validate", "mine.ant")
    said("convert", "mine.ant", "mine.xml")
    said("convert", "mine.xml", "back.ant")
    said("compare", "mine.ant", "back.ant")
    Path("wrong.ant").write_text(MINE.replace("-k*x", "-k*"))
    told = said("validate", "wrong.ant", code=2)
    assert told.count("\n") == 1, told


def fitted() -> None:
    """A table is fitted, which needs no extra."""
    fit = ("fit", "--model", "mine.ant", "--data", "x.csv", "-p", "k=0.01:10", "-n", "2", "--json")
    assert abs(json.loads(said(*fit, "--noise", "x=0.02"))["best"]["k"] - 0.394) < 0.01


def types() -> None:
    """A type checker finds the types, and so the one mistake."""
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", "types", "typed.py"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    errors = [line for line in checked.stdout.splitlines() if ": error: " in line]
    assert len(errors) == 1, checked.stdout + checked.stderr
    assert errors[0].startswith("typed.py:6: ")
    assert '"Model"' in errors[0]


def cluster(code: int) -> str:
    """A sweep on a cluster of one."""
    sweep = ("sweep", "mine.ant", "-t", "0:4:5", "-p", "k=0.1,0.2", "--cluster", "local:1")
    return said(*sweep, "--out", "cluster.zarr", code=code)


def fit(code: int) -> str:
    """A PEtab problem, and a sample."""
    told = said("fit", "mine.yaml", "--starts", "2", "--sample", "10", "--out", "fit.nc", code=code)
    table = ("fit", "--model", "mine.ant", "--data", "x.csv", "-p", "k=0.01:10", "-n", "2")
    return told + said(*table, "--sample", "10", code=code)


def gsa(code: int) -> str:
    """Sobol' indices."""
    asked = ("sensitivity", "mine.ant", "-t", "0:4:5", "-p", "k=0.1:1", "-p", "x=1:3")
    return said(*asked, "--summary", "last(x)", "-n", "16", code=code)


def lab(code: int) -> str:
    """The lab's page and its answer about a model."""
    if code:
        return said("lab", "--no-browser", code=code)
    command = [sys.executable, "-m", "axissim", "lab", "--no-browser", "--port", "0", "mine.ant"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = next(word for word in server.stdout.readline().split() if "://" in word)
        address = address.partition("#")[0]
        for path in ("", "static/thumbnails.json", "api/model/mine", "api/model/thyroid_human"):
            with urllib.request.urlopen(address + path, timeout=60) as page:
                assert page.status == 200, path
        server.send_signal(signal.SIGINT)
    return ""


def s3(code: int) -> str:
    """A store at S3; with the packages there, an address where nobody is."""
    os.environ |= {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    os.environ |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    told = said("verify", "s3://nobody/none.zarr", code=2 if code else 1)
    assert told.count("\n") == 1, told
    return told


EXTRAS = {"cluster": cluster, "fit": fit, "gsa": gsa, "lab": lab, "s3": s3}


def missing(extra: str) -> list[str]:
    """The packages of an extra that are not there."""
    return [package for package in NEEDED[extra] if importlib.util.find_spec(package) is None]


def tried(extra: str) -> None:
    """An extra that is there works; one that is not is named, in one line a command."""
    lines = EXTRAS[extra](2 if missing(extra) else 0).splitlines()
    if missing(extra):
        assert lines, extra
        assert all(f"pip install 'axissim[{extra}]'" in line for line in lines), lines


def timed(name: str, step: Callable[[], None]) -> None:
    """Do it, and say how long it took."""
    began = time.perf_counter()
    step()
    print(f"ok {name:<10} {time.perf_counter() - began:5.1f} s", flush=True)


def main() -> None:
    """Lay out the files, and do all that is asked for."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--types", action="store_true", help="mypy is installed, too")
    arguments.add_argument("--extras", choices=("all", "none"), help="which are installed")
    arguments.add_argument("--brief", action="store_true", help="of the extras the lab alone")
    given = arguments.parse_args()
    os.chdir(given.folder)
    for path, text in {"mine.ant": MINE, "x.csv": TABLE, "typed.py": TYPED, **PETAB}.items():
        Path(path).write_text(text)
    for step in (imported, models, runs, files):
        timed(step.__name__, step)
    if given.types:
        timed("types", types)
    if not given.brief:
        timed("fitted", fitted)
    for extra in ["lab"] if given.brief else EXTRAS:
        there = not missing(extra)
        assert given.extras in (None, "all" if there else "none"), (extra, missing(extra))
        timed(f"[{extra}]" if there else f"no {extra}", partial(tried, extra))


if __name__ == "__main__":
    main()
