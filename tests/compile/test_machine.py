"""Machine code of equations: found again, made again when damaged, and given back."""

from __future__ import annotations

import ctypes
import gc
import weakref
from pathlib import Path

import numpy as np
import pytest

import axissim as ax
from axissim.compile.kernel import Kernel
from axissim.compile.machine import machine_of
from axissim.compile.system import system_of

TEXT = "model m{0}()\n species x; x = 1; k = {0}; x' = -k*x^2 + sin(time)\nend\n"
DOUBLES = ctypes.POINTER(ctypes.c_double)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AXISSIM_CACHE_DIR", str(tmp_path))
    return tmp_path


def kernel(number: int) -> Kernel:
    return Kernel(system_of(ax.load(TEXT.format(number))))


def rates(made: Kernel, x: np.ndarray) -> np.ndarray:
    """The rates at time 0 of eight runs, by a call through the address."""
    call = ctypes.CFUNCTYPE(None, *[DOUBLES] * 4)(made.equations.rhs)
    time, f = np.zeros(8), np.empty(8)
    q = np.repeat([float(made.system.inputs["k"])], 8)
    call(*(array.ctypes.data_as(DOUBLES) for array in (time, x, q, f)))
    return f


def test_eight_runs_through_an_address(folder: Path) -> None:
    x = np.arange(8.0)
    np.testing.assert_array_equal(rates(kernel(3), x), -3.0 * x**2)


def test_the_second_time_nothing_is_compiled(folder: Path) -> None:
    assert kernel(4).equations.rhs
    (kept,) = folder.glob("*.o")
    before = kept.stat().st_mtime_ns
    np.testing.assert_array_equal(rates(kernel(4), np.ones(8)), -4.0)
    assert kept.stat().st_mtime_ns == before


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty"])
def test_damaged_code_is_made_again(folder: Path, damage: str) -> None:
    assert kernel(5).equations.rhs
    (kept,) = folder.glob("*.o")
    whole = kept.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    kept.write_bytes({"flipped": bytes(flipped), "cut": whole[:-9], "empty": b""}[damage])
    np.testing.assert_array_equal(rates(kernel(5), np.ones(8)), -5.0)
    assert kept.read_bytes() == whole


def test_code_goes_with_its_last_use(folder: Path) -> None:
    made = machine_of(kernel(6).texts)
    watch = weakref.ref(made._engine)
    del made
    gc.collect()
    assert watch() is None
