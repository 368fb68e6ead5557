"""A store at an S3 server: the same as in a folder, held by one, damage found."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
import xarray as xr
from moto.server import ThreadedMotoServer

import axissim as ax
from axissim.study import remote, streaming
from axissim.study.manifest import Manifest
from axissim.study.store import open as open_store
from axissim.study.verify import verify
from axissim.study.where import place

MODEL = ax.load("model m()\n  var x = 3; const k = 0.5\n  x' = -k*x\n  y := 2*x\nend\n")
HOW: dict[str, Any] = {"t": (0.0, 4.0, 9), "outputs": ["x", "y"], "threads": 1}


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """An empty bucket of a server on this machine."""
    logging.getLogger("werkzeug").disabled = True
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    given = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for key, value in given.items():
            patch.setenv(key, value)
        fsspec.filesystem("s3").mkdir("sweeps")
        yield "s3://sweeps"
        server.stop()


@pytest.fixture(autouse=True)
def small_and_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "runs_in_block", lambda size: 64)
    monkeypatch.setattr(remote, "RENEWED", 0.2)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")


def design() -> xr.Dataset:
    return ax.design.sample({"k": "uniform(0.1, 2)"}, n=200, seed=4)


def here(path: Path) -> dict[str, bytes]:
    files = (file for file in path.rglob("*") if file.is_file() and file.name != "lock")
    return {str(file.relative_to(path)): file.read_bytes() for file in files}


def there(url: str) -> dict[str, bytes]:
    files = fsspec.filesystem("s3", use_listings_cache=False)
    root = url.removeprefix("s3://")
    return {name.removeprefix(f"{root}/"): files.cat_file(name) for name in files.find(root)}


def test_a_store_cut_short_is_gone_on_with_and_is_as_in_a_folder(
    tmp_path: Path, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = streaming.put

    def cut(layout: Any, manifest: Any, block: Any, part: Any) -> None:
        if block.number == 2:
            raise KeyboardInterrupt
        put(layout, manifest, block, part)

    url = f"{bucket}/a.zarr"
    monkeypatch.setattr(streaming, "put", cut)
    with pytest.raises(KeyboardInterrupt):
        ax.sweep(MODEL, design(), store=url, **HOW)
    assert verify(url).ended == {"not_run": 200 - 2 * 64, "ok": 2 * 64}
    monkeypatch.setattr(streaming, "put", put)
    stored = ax.sweep(MODEL, design(), store=url, **HOW).load()
    local = ax.sweep(MODEL, design(), store=tmp_path / "a.zarr", **HOW).load()
    xr.testing.assert_identical(stored, local)
    assert there(url) == here(tmp_path / "a.zarr")
    xr.testing.assert_identical(open_store(url).load(), stored)
    with pytest.raises(ValueError, match="holds another study: rtol is"):
        ax.sweep(MODEL, design(), store=url, **HOW, rtol=1e-7)


def test_damage_is_found(bucket: str) -> None:
    url = f"{bucket}/b.zarr"
    ax.sweep(MODEL, design(), store=url, audit=0.0, **HOW).close()
    at = place(url)
    sound = at.read("x/c/1/0")
    at.write("x/c/1/0", bytes([sound[0] ^ 1]) + sound[1:])
    at.remove("y/c/2/0")
    assert (verify(url).damaged, verify(url).lost) == (("x/c/1/0",), ("y/c/2/0",))
    ax.sweep(MODEL, design(), store=url, force=True, audit=0.0, **HOW).close()
    assert verify(url).sound


def test_one_driver_at_a_time_and_what_a_dead_one_held_is_free(bucket: str) -> None:
    url = f"{bucket}/c.zarr"
    with (
        Manifest(url).place.held(),
        pytest.raises(BlockingIOError, match=f"being written by process {os.getpid()} on"),
    ):
        ax.sweep(MODEL, design(), store=url, **HOW)
    place(url).write("manifest/lock", b"process 1 on elsewhere 1")  # no sign of life will follow
    ax.sweep(MODEL, design(), store=url, audit=0.0, **HOW).close()
    assert "lock" not in place(url).names("manifest")


def test_from_the_command_line(bucket: str) -> None:
    url = f"{bucket}/d.zarr"
    words = ["dopamine_terminal", "-p", "Vd=6000,8000", "-t", "0:1:3", "-o", "eda", "--out", url]
    command = [sys.executable, "-m", "axissim"]
    done = subprocess.run([*command, "sweep", *words], capture_output=True, text=True, check=True)
    assert done.stdout == f"{url}\n"
    done = subprocess.run([*command, "verify", url], capture_output=True, text=True, check=True)
    assert "2 runs: 2 ok" in done.stdout


def test_what_cannot_be_reached_is_told_in_a_line(bucket: str) -> None:
    with pytest.raises(ValueError, match=r"nowhere://x/a\.zarr cannot be reached"):
        ax.sweep(MODEL, design(), store="nowhere://x/a.zarr", **HOW)
    with pytest.raises(FileNotFoundError, match="no such file"):
        open_store(f"{bucket}/none.zarr")
    with pytest.raises(OSError, match="bucket does not exist"):
        ax.sweep(MODEL, design(), store="s3://no-such-bucket/a.zarr", **HOW)


def test_memory_is_a_place_too() -> None:
    """Any store of fsspec, by the same code."""
    stored = ax.sweep(MODEL, design(), store="memory://a.zarr", **HOW).load()
    kept = stored.attrs.pop("audit")
    assert '"kept": true' in kept
    xr.testing.assert_identical(stored, ax.sweep(MODEL, design(), **HOW))
    assert verify("memory://a.zarr").sound
