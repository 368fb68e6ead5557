"""Seconds from nothing to the first result of each peer: compile time, apart from throughput."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from peers import HERE, TITLES, Peer, finished

PROBLEMS = ("gyn", "axis")  # of different size
LIMIT = 240.0
ROWS = {  # the names of environments and of what a reader calls them
    "scipy": "scipy",
    "numbalsoda": "numbalsoda",
    "roadrunner": "libroadrunner",
    "sundae": "scikit-sundae",
    "diffrax": "diffrax",
    "casadi": "casadi",
    "basico": "copasi",
    "amici": "amici",
}


def first_results(work: Path, peers: list[Peer]) -> dict[str, dict[str, float | None]]:
    """By row of the table and problem, the seconds; None where there was no result."""
    made: dict[str, dict[str, float | None]] = {}
    named = {peer.name for peer in peers}
    for problem in PROBLEMS:
        for row, seconds in _of_problem(work, problem, named):
            made.setdefault(row, {})[problem] = seconds
            said = "none" if seconds is None else f"{seconds:.1f} s"
            print(f"{problem} first {row}: {said}", file=sys.stderr, flush=True)
    return made


def _of_problem(work: Path, problem: str, named: set[str]) -> Iterator[tuple[str, float | None]]:
    scripts = str(work / "scripts")
    script = str(HERE / "first_run.py")
    if "axissim rodas5p" in named:
        ours = [sys.executable, script, "axissim", scripts, problem]
        with tempfile.TemporaryDirectory() as cache:
            yield "axissim, the first time ever", _timed(ours, {"AXISSIM_CACHE_DIR": cache})
            yield (
                "axissim, its own loop compiled before",
                _timed(ours, {"AXISSIM_CACHE_DIR": cache}),
            )
    if any(name.startswith("cpp") for name in named):
        yield "C++, all methods here", _cpp(work, problem)
    for environment, name in ROWS.items():
        if name in named:
            python = str(work / f"venv-{environment}/bin/python")
            yield TITLES[name], _timed([python, script, environment, scripts, problem], {})


def _timed(command: list[str], variables: dict[str, str]) -> float | None:
    """Wall seconds of a program; None if it failed."""
    given = {
        k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
    }
    given |= {"OPENBLAS_NUM_THREADS": "1", "CXXFLAGS": "-O3 -march=native"} | variables
    given["SWIG"] = str(Path(command[0]).with_name("swig"))  # AMICI's; nobody else reads it
    start = time.perf_counter()
    _, trouble = finished(command, given, LIMIT)
    if trouble:
        print(f"{' '.join(command[1:])}: {trouble}", file=sys.stderr, flush=True)
    return None if trouble else time.perf_counter() - start


def _cpp(work: Path, problem: str) -> float | None:
    """Compile the C++ peers for the problem, and run the first member by Rodas5P."""
    with tempfile.TemporaryDirectory() as folder:
        there, given = Path(folder), work / "scripts/problems"
        shutil.copytree(work / "scripts/cpp", there / "cpp", ignore=shutil.ignore_patterns("ens_*"))
        (there / "problems").mkdir()
        shutil.copy(given / f"{problem}.h", there / "problems")
        for key in ("params", "t", "scale"):
            np.load(given / f"{problem}_{key}.npy").astype(float).tofile(there / f"{key}.bin")
        built = _timed(["sh", str(there / "cpp/build.sh"), problem], {})
        if built is None:
            return None
        files = [str(there / f"{key}.bin") for key in ("params", "t", "scale")]
        run = [str(there / f"cpp/ens_{problem}.g"), "rodas5pv", "1e-6", "1e-3", "1"]
        solved = _timed([*run, *files, "-", "1", "1"], {})
        return None if solved is None else built + solved
