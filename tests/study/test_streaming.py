"""A sweep into a store: the same bits as in memory, whatever ends it, and damage is found."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import axissim as ax
from axissim.study import blocks, streaming
from axissim.study.manifest import Manifest
from axissim.study.verify import take_back, verify

DECAY = "model decay()\n  var x = 3; const k = 0.5; const s = 1\n  x' = -k*x*s\n  y := 2*x\nend\n"
MODEL = ax.load(DECAY)
HOW: dict[str, Any] = {"t": (0.0, 4.0, 9), "outputs": ["x", "y"], "threads": 1, "audit": 0.0}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 64 runs, so that a small sweep has many; a date that stands still."""
    monkeypatch.setattr(streaming, "runs_in_block", lambda size: 64)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")


def design(n: int = 400) -> xr.Dataset:
    return ax.design.sample({"k": "uniform(0.1, 2)", "s": "uniform(0.5, 2)"}, n=n, seed=4)


def content(path: Path) -> dict[str, bytes]:
    """Every file of a store, but for the lock."""
    files = (file for file in path.rglob("*") if file.is_file() and file.name != "lock")
    return {str(file.relative_to(path)): file.read_bytes() for file in files}


def test_a_store_holds_what_memory_does(tmp_path: Path) -> None:
    stored = ax.sweep(MODEL, design(), store=tmp_path / "a.zarr", **HOW)
    memory = ax.sweep(MODEL, design(), **HOW)
    xr.testing.assert_identical(stored.load(), memory)
    assert json.loads(stored.attrs["config"])["complete"]


@pytest.mark.parametrize("axes", [(5, 3, 7), (200, 1, 2), (1, 3, 150)])
def test_a_grid_in_a_store(tmp_path: Path, axes: tuple[int, int, int]) -> None:
    sizes = dict(zip(("k", "s", "x"), axes, strict=True))
    grid = ax.design.grid({key: np.linspace(0.5, 2.0, n) for key, n in sizes.items()})
    stored = ax.sweep(MODEL, grid, store=tmp_path / "a.zarr", **HOW)
    xr.testing.assert_identical(stored.load(), ax.sweep(MODEL, grid, **HOW))


@pytest.mark.parametrize(
    ("shape", "most", "size"),
    [((10,), 4, (4,)), ((3, 10), 4, (1, 4)), ((3, 10), 25, (2, 10)), ((4, 5, 6), 1, (1, 1, 1))],
)
def test_blocks_tile_the_design(shape: tuple[int, ...], most: int, size: tuple[int, ...]) -> None:
    assert blocks.box(shape, most) == size
    seen = np.zeros(shape, int)
    for block in blocks.blocks(shape, size):
        assert np.prod(block.shape) <= most
        seen[block.region] += 1
    assert (seen == 1).all()


def test_half_precision_is_kept_for_results_alone(tmp_path: Path) -> None:
    stored = ax.sweep(MODEL, design(), store=tmp_path / "a.zarr", dtype="float32", **HOW)
    assert stored["x"].dtype == np.float32
    assert stored["k"].dtype == np.float64
    memory = ax.sweep(MODEL, design(), **HOW)
    np.testing.assert_array_equal(stored["x"], memory["x"].astype(np.float32))


# ---- going on -----------------------------------------------------------------------------------


def interrupted(monkeypatch: pytest.MonkeyPatch, path: Path, after: int, error: Any) -> None:
    """Sweep into a store; the block numbered `after` does not come to be written."""
    put = streaming.put

    def failing(layout: Any, manifest: Any, block: Any, result: Any) -> None:
        if block.number == after:
            raise error
        put(layout, manifest, block, result)

    with monkeypatch.context() as patch:
        patch.setattr(streaming, "put", failing)
        with pytest.raises(type(error)):
            ax.sweep(MODEL, design(), store=path, **HOW)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
@pytest.mark.parametrize("after", [1, 4])
def test_the_same_call_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Any, after: int
) -> None:
    interrupted(monkeypatch, tmp_path / "a.zarr", after, error)
    partly = verify(tmp_path / "a.zarr")
    assert partly.sound
    assert partly.ended["not_run"] == 400 - 64 * after
    with ax.sweep(MODEL, design(), store=tmp_path / "a.zarr", **HOW) as stored:
        assert (stored["status"] == 1).all()
    ax.sweep(MODEL, design(), store=tmp_path / "b.zarr", **HOW)
    assert content(tmp_path / "a.zarr") == content(tmp_path / "b.zarr")


def test_a_store_that_is_whole_is_not_computed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ax.sweep(MODEL, design(), store=tmp_path / "a.zarr", **HOW)
    monkeypatch.setattr(streaming, "put", None)
    with ax.sweep(MODEL, design(), store=tmp_path / "a.zarr", **HOW) as stored:
        assert stored.sizes["sample"] == 400


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rtol": 1e-7}, "rtol is 1e-06 there and 1e-07 here"),
        ({"params": {"s": 2.0}}, 'params is null there and {"s": 2.0} here'),
        ({"t": (0.0, 4.0, 17)}, "times is"),
        ({"dtype": "float32"}, "dtype is float64 there and float32 here"),
    ],
)
def test_another_study_is_refused(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    d = design().drop_vars("s")
    ax.sweep(MODEL, d, store=tmp_path / "a.zarr", **HOW)
    before = content(tmp_path / "a.zarr")
    with pytest.raises(ValueError, match="holds another study") as wrong:
        ax.sweep(MODEL, d, store=tmp_path / "a.zarr", **{**HOW, **change})
    assert said in str(wrong.value)
    assert content(tmp_path / "a.zarr") == before
    ax.sweep(MODEL, d, store=tmp_path / "a.zarr", force=True, **{**HOW, **change})
    assert verify(tmp_path / "a.zarr").sound


def test_another_design_or_model_is_refused(tmp_path: Path) -> None:
    ax.sweep(MODEL, design(), store=tmp_path / "a.zarr", **HOW)
    with pytest.raises(ValueError, match="design is"):
        ax.sweep(MODEL, design() * 1.5, store=tmp_path / "a.zarr", **HOW)
    with pytest.raises(ValueError, match="model is"):
        ax.sweep(ax.load(DECAY.replace("3", "4")), design(), store=tmp_path / "a.zarr", **HOW)


def test_what_is_no_store_stays(tmp_path: Path) -> None:
    (tmp_path / "a.zarr").mkdir()
    (tmp_path / "a.zarr" / "mine.txt").write_text("keep")
    with pytest.raises(FileExistsError, match="exists; give another name"):
        ax.sweep(MODEL, design(), store=tmp_path / "a.zarr", **HOW)
    with pytest.raises(ValueError, match=r"a sweep runs into a \.zarr store"):
        ax.sweep(MODEL, design(), store=tmp_path / "a.nc", **HOW)
    with pytest.raises(ValueError, match="dtype is float64 or float32"):
        ax.sweep(MODEL, design(), store=tmp_path / "b.zarr", dtype="float16", **HOW)
    assert (tmp_path / "a.zarr" / "mine.txt").read_text() == "keep"


def test_a_second_driver_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zarr"
    with (
        Manifest(path).place.held(),
        pytest.raises(BlockingIOError, match=f"being written by process {os.getpid()} on"),
    ):
        ax.sweep(MODEL, design(), store=path, **HOW)
    ax.sweep(MODEL, design(), store=path, **HOW)


KILLED = """
import sys, axissim as ax
from axissim.study import streaming
streaming.runs_in_block = lambda size: 64
model = ax.load({model!r})
design = ax.design.sample({{"k": "uniform(0.1, 2)", "s": "uniform(0.5, 2)"}}, n=4000, seed=4)
print("ready", flush=True)
ax.sweep(model, design, store={path!r}, t=(0.0, 4.0, 9), outputs=["x", "y"], threads=1)
print("done", flush=True)
"""


def test_killed_at_random_moments(tmp_path: Path) -> None:
    """kill -9, again and again, until the sweep is through: the store is as if undisturbed."""
    script = KILLED.format(model=DECAY, path=str(tmp_path / "a.zarr"))
    lots, kills = random.Random(5), 0
    for _ in range(40):
        child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        if kills < 3:
            time.sleep(lots.uniform(0.05, 0.4))
            child.send_signal(signal.SIGKILL)
        ended = child.stdout.read()
        child.stdout.close()
        child.wait()
        kills += not ended
        if ended:
            break
    assert ended == "done\n"
    assert verify(tmp_path / "a.zarr").sound
    whole = KILLED.format(model=DECAY, path=str(tmp_path / "b.zarr"))
    subprocess.run([sys.executable, "-c", whole], check=True, capture_output=True)
    assert content(tmp_path / "a.zarr") == content(tmp_path / "b.zarr")


# ---- damage -------------------------------------------------------------------------------------


def test_every_flipped_bit_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.zarr"
    ax.sweep(MODEL, design(), store=path, **HOW)
    chunks = sorted(file for file in path.glob("*/c/**/*") if file.is_file())
    lots = random.Random(2)
    for _ in range(100):
        file = lots.choice(chunks)
        sound = file.read_bytes()
        at, bit = lots.randrange(len(sound)), 1 << lots.randrange(8)
        file.write_bytes(sound[:at] + bytes([sound[at] ^ bit]) + sound[at + 1 :])
        assert verify(path).damaged == (str(file.relative_to(path)),)
        file.write_bytes(sound)
    assert verify(path).sound


def test_a_lost_chunk_is_named_and_told_from_what_was_not_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.zarr"
    interrupted(monkeypatch, path, 3, KeyboardInterrupt())
    shutil.rmtree(path / "x" / "c" / "1")
    found = verify(path)
    assert found.lost == ("x/c/1/0",)
    assert found.ended == {"not_run": 400 - 3 * 64, "ok": 3 * 64}


def test_what_is_lost_or_damaged_is_taken_back_and_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.zarr"
    ax.sweep(MODEL, design(), store=path, **HOW | {"audit": 0.1}).close()
    sound = content(path)
    shutil.rmtree(path / "x" / "c" / "1")
    damaged = path / "y" / "c" / "4" / "0"
    damaged.write_bytes(damaged.read_bytes()[:-1])
    assert take_back(path) == 2
    assert verify(path).ended == {"not_run": 128, "ok": 272}
    with xr.open_zarr(path, consolidated=False) as partly:
        assert not json.loads(partly.attrs["config"])["complete"]
    ax.sweep(MODEL, design(), store=path, **HOW | {"audit": 0.1}).close()
    assert content(path) == sound
    assert take_back(path) == 0
    assert content(path) == sound


def test_damage_that_belongs_to_no_block_is_not_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "a.zarr"
    ax.sweep(MODEL, design(), store=path, **HOW).close()
    (path / "time" / "c" / "0").write_bytes(b"")
    before = content(path)
    with pytest.raises(ValueError, match="time/c/0 belongs to no block; begin anew with --force"):
        take_back(path)
    assert content(path) == before


def test_runs_that_failed_are_told_apart(tmp_path: Path) -> None:
    blows_up = ax.load("model m()\n  var x = 1; const k = 1\n  x' = k*x^2\nend\n")
    grid = ax.design.grid({"k": [0.1, 0.2, 5.0]})
    ax.sweep(blows_up, grid, store=tmp_path / "a.zarr", t=(0.0, 2.0, 3))
    counts = verify(tmp_path / "a.zarr").ended
    assert counts["ok"] == 2
    assert counts["not_run"] == 0
    assert sum(counts.values()) == 3


def test_a_damaged_manifest_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.zarr"
    ax.sweep(MODEL, design(), store=path, **HOW)
    (path / "manifest" / "block-0000001.json").write_text("{")
    with pytest.raises(ValueError, match="the manifest is damaged; begin again with --force"):
        verify(path)
    with pytest.raises(ValueError, match="has no manifest"):
        verify(tmp_path)


# ---- once more ----------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["sample", "grid"])
def test_failed_runs_are_tried_again_in_another_way(tmp_path: Path, shape: str) -> None:
    path = tmp_path / "a.zarr"
    d = design(200)
    if shape == "grid":
        d = ax.design.grid({"k": (0.1, 2.0, 10), "s": (0.5, 2.0, 12)})
    how = {**HOW, "method": "tsit5"}
    ax.sweep(MODEL, d, store=path, max_steps=14, **how).close()
    first = verify(path).ended
    assert first["max_steps"] > 3
    assert first["ok"] > 3
    again = ax.sweep(MODEL, d, store=path, max_steps=1000, retry=True, **how)
    assert (again["status"] == 1).all()
    found = verify(path)
    assert found.sound
    assert found.ended == {"not_run": 0, "ok": sum(first.values())}
    memory = ax.sweep(MODEL, d, max_steps=1000, **how)
    for key in ("x", "y", "status", "n_steps"):
        np.testing.assert_array_equal(again[key], memory[key])
    told = json.loads((path / "manifest" / "history.json").read_text())["entries"]
    assert told[0]["runs"] == first["max_steps"]
    assert told[0]["retried"]["max_steps"] == 1000


def test_another_study_is_not_tried_again(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no sweep whose failed runs"):
        ax.sweep(MODEL, design(), store=tmp_path / "a.zarr", retry=True, **HOW)
    ax.sweep(MODEL, design(), store=tmp_path / "a.zarr", **HOW).close()
    with pytest.raises(ValueError, match="times is"):
        ax.sweep(
            MODEL, design(), store=tmp_path / "a.zarr", retry=True, **{**HOW, "t": (0.0, 5.0, 9)}
        )
