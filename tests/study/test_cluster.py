"""A sweep on dask.distributed: the same store, whichever worker dies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import axissim as ax
from axissim.study.verify import verify

SWEEP = """
import os, random, signal, sys, threading, time
import psutil
import axissim as ax
from axissim.study import streaming


begun = threading.Event()


def kill(times):
    lots = random.Random(3)
    begun.wait()
    while times:
        time.sleep(lots.uniform(0.1, 0.3))
        below = psutil.Process().children(recursive=True)
        spawned = [child for child in below if "spawn_main" in " ".join(child.cmdline())]
        if spawned:
            lots.choice(spawned).send_signal(signal.SIGKILL)
            times -= 1
            print("killed", flush=True)


if __name__ == "__main__":
    path, cluster, kills = sys.argv[1], sys.argv[2], int(sys.argv[3])
    streaming.runs_in_block = lambda size: 256
    model = ax.load("model decay()\\n  var x = 3; const k = 0.5\\n  x' = -k*x\\nend\\n")
    design = ax.design.sample({"k": "uniform(0.1, 2)"}, n=20_000, seed=4)
    if kills:
        threading.Thread(target=kill, args=(kills,), daemon=True).start()
    ds = ax.sweep(model, design, store=path, t=(0.0, 4.0, 9), cluster=cluster,
                  watch=lambda runs: begun.set())
    assert (ds["status"] == 1).all()
"""


def content(path: Path) -> dict[str, bytes]:
    files = (file for file in path.rglob("*") if file.is_file() and file.name != "lock")
    return {str(file.relative_to(path)): file.read_bytes() for file in files}


def swept(tmp_path: Path, name: str, cluster: str, kills: int = 0) -> str:
    script = tmp_path / "sweep.py"
    script.write_text(SWEEP)
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / name), cluster, str(kills)],
        capture_output=True, text=True, check=False, timeout=240,
        env={**os.environ, "SOURCE_DATE_EPOCH": "0"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_workers_killed_at_random(tmp_path: Path) -> None:
    killed = swept(tmp_path, "a.zarr", "local:2", kills=3)
    assert killed.count("killed") == 3
    swept(tmp_path, "b.zarr", "")
    assert verify(tmp_path / "a.zarr").sound
    assert sorted(content(tmp_path / "a.zarr")) == sorted(content(tmp_path / "b.zarr"))
    assert content(tmp_path / "a.zarr") == content(tmp_path / "b.zarr")


def test_so_many_workers_as_asked_for(tmp_path: Path) -> None:
    script = tmp_path / "count.py"
    script.write_text(
        "from axissim.study.cluster import _client, _workers\n"
        "if __name__ == '__main__':\n"
        "    with _client('local:1') as client:\n"
        "        print(_workers(client))\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, check=True)
    assert done.stdout == b"1\n"


@pytest.mark.parametrize(
    ("cluster", "said"),
    [
        ("local:none", "'local:none' is no cluster; write local:4, or an address"),
        ("nonsense", "nonsense: no scheduler answers"),
    ],
)
def test_what_is_no_cluster(tmp_path: Path, cluster: str, said: str) -> None:
    model = ax.load("model m()\n  var x = 1; const k = 1\n  x' = -k*x\nend\n")
    grid = ax.design.grid({"k": [1.0, 2.0]})
    with pytest.raises(ValueError, match=said):
        ax.sweep(model, grid, t=(0, 1, 2), store=tmp_path / "a.zarr", cluster=cluster)
