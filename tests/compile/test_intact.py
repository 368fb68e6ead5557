"""Numba's cache files: a damaged one is made anew, and gives the same."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

RUN = '''
from axissim.compile.build import module_of
text = """
from numba import cfunc, njit, types

@njit(cache=True)
def twice(x):
    return 2.0 * x + 1.0

@cfunc(types.float64(types.float64), cache=True)
def thrice(x):
    return 3.0 * x
"""
module = module_of(text, "test", "compile")
print(module.twice(3.5), module.thrice.ctypes(2.0), sum(module.twice.stats.cache_hits.values()))
'''


def made(folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN],
        capture_output=True, text=True, check=False,
        env={**os.environ, "AXISSIM_CACHE_DIR": str(folder)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty", "no sum"])
def test_a_damaged_cache_file_is_made_anew(tmp_path: Path, damage: str) -> None:
    assert made(tmp_path) == "8.0 6.0 0\n"
    assert made(tmp_path) == "8.0 6.0 1\n"  # found in the cache
    files = list(tmp_path.rglob("axissim_test_*.nb?"))
    assert len(files) == 4
    lots = random.Random(1)
    for file in files:
        sound = file.read_bytes()
        at = lots.randrange(len(sound))
        if damage == "no sum":
            file.with_name(f"{file.name}.sum").unlink()
        else:
            flipped = sound[:at] + bytes([sound[at] ^ 8]) + sound[at + 1 :]
            file.write_bytes({"flipped": flipped, "cut": sound[:at], "empty": b""}[damage])
    assert made(tmp_path) == "8.0 6.0 0\n"
    assert made(tmp_path) == "8.0 6.0 1\n"
