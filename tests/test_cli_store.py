"""``axissim sweep --out X.zarr`` and ``axissim verify``: going on, refusing, finding damage."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import axissim as ax
from axissim.study import streaming

Call = Callable[..., tuple[int, str, str]]
DECAY = "model decay()\n  var x = 3; const k = 0.5\n  x' = -k*x\nend\n"


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    monkeypatch.setattr(streaming, "runs_in_block", lambda size: 64)
    model = tmp_path / "decay.ant"
    model.write_text(DECAY)
    return [
        "sweep", model, "-p", "k~uniform(0.1,2)", "-n", 200, "-t", "0:4:5",
        "--out", tmp_path / "a.zarr",
    ]  # fmt: skip


def test_the_same_command_goes_on(
    axissim: Call, command: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = streaming.put

    def full(layout: Any, manifest: Any, block: Any, result: Any) -> None:
        if block.number == 2:
            raise OSError(28, "No space left on device")
        put(layout, manifest, block, result)

    with monkeypatch.context() as patch:
        patch.setattr(streaming, "put", full)
        code, out, err = axissim(*command)
    assert (code, out) == (1, "")
    assert "No space left on device; what is done is kept, and the same call goes on" in err
    code, out, err = axissim("verify", tmp_path / "a.zarr")
    assert code == 0
    assert "200 runs: 72 not_run, 128 ok" in out
    code, out, err = axissim(*command, "--json")
    told = json.loads(out)
    assert (code, told["done"], told["done_before"], told["failed"]) == (0, 200, 128, 0)
    code, out, err = axissim(*command)
    assert code == 0
    assert "200 runs (200 before)" in err


def test_the_command_goes_on_with_what_python_began(axissim: Call, tmp_path: Path) -> None:
    grid, path = ax.design.grid({"k": [0.5, 1.0]}), tmp_path / "a.zarr"
    ax.sweep(ax.load(DECAY), grid, t=(0, 4, 5), store=path, audit=0.0).close()
    (tmp_path / "decay.ant").write_text(DECAY)
    more = ("-p", "k=0.5,1", "-t", "0:4:5", "--out", path, "--audit", "0")
    code, _, err = axissim("sweep", tmp_path / "decay.ant", *more)
    assert (code, "2 runs (2 before)" in err) == (0, True)


def test_another_study_in_the_same_place(axissim: Call, command: list[Any]) -> None:
    assert axissim(*command)[0] == 0
    code, out, err = axissim(*command, "--rtol", "1e-8")
    assert (code, out) == (2, "")
    assert "holds another study: rtol is 1e-06 there and 1e-08 here; give another name, or" in err
    assert axissim(*command, "--rtol", "1e-8", "--force")[0] == 0


def test_verify_names_what_is_damaged(axissim: Call, command: list[Any], tmp_path: Path) -> None:
    assert axissim(*command)[0] == 0
    store = tmp_path / "a.zarr"
    chunk = store / "x" / "c" / "1" / "0"
    sound = chunk.read_bytes()
    chunk.write_bytes(sound[:-1] + bytes([sound[-1] ^ 4]))
    (store / "status" / "c" / "0").unlink()
    code, out, err = axissim("verify", store)
    assert code == 1
    assert f"axissim verify {store} --mend, then the same sweep, makes it whole" in err
    assert f"lost: {store}/status/c/0" in out
    assert f"damaged: {store}/x/c/1/0" in out
    assert json.loads(axissim("verify", store, "--json")[1])["lost"] == ["status/c/0"]
    code, _, err = axissim("verify", store, "--mend")
    assert (code, "blocks taken back; the same sweep makes them anew" in err) == (1, True)
    assert axissim(*command)[0] == 0
    assert axissim("verify", store)[0] == 0
    assert chunk.read_bytes() == sound


def test_verify_of_something_else(axissim: Call, tmp_path: Path) -> None:
    code, _, err = axissim("verify", tmp_path)
    assert code == 2
    assert "has no manifest" in err


def test_half_the_digits_and_a_cluster_are_for_stores(axissim: Call, command: list[Any]) -> None:
    into_file = [*command[:-1], command[-1].with_suffix(".nc")]
    for option in (["--float32"], ["--cluster", "local:2"], ["--retry", "failed"]):
        code, _, err = axissim(*into_file, *option)
        assert code == 2
        assert "are for stores; give --out STORE.zarr" in err
    assert axissim(*command, "--float32")[0] == 0


def test_status_and_retry(axissim: Call, command: list[Any], tmp_path: Path) -> None:
    options = ["--method", "tsit5", "--rtol", "1e-9"]
    code, _, err = axissim(*command, *options, "--max-steps", 40)
    assert code == 3
    assert "max_steps" in err
    state = axissim(*command, "--status")
    assert state[0] == 0
    assert "200 runs: " in state[1]
    assert "max_steps" in state[1]
    assert axissim(*command, *options, "--max-steps", 4000, "--retry", "failed")[0] == 0
    assert json.loads(axissim(*command, "--status", "--json")[1])["status"]["ok"] == 200
    code, _, err = axissim(*command, "--retry", "all")
    assert code == 2
    assert "--retry failed" in err


def test_summaries(axissim: Call, command: list[Any], tmp_path: Path) -> None:
    import xarray as xr

    assert axissim(*command, "--summary", "top=max(x)", "--summary", "area=auc(x)")[0] == 0
    with xr.open_zarr(tmp_path / "a.zarr", consolidated=False) as ds:
        assert set(ds["top"].values) == {3.0}
        assert "time" not in ds.variables
    code, _, err = axissim(*command, "--force", "--summary", "max(x)", "-o", "x")
    assert code == 2
    assert "leave -o or --summary out" in err
    code, _, err = axissim(*command, "--force", "--summary", "max(y)")
    assert code == 2
    assert "names 'y', which is not there" in err


def test_diagnose_tells_why_runs_failed(axissim: Call, tmp_path: Path) -> None:
    model = tmp_path / "blows.ant"
    model.write_text("model blows()\n  var x = 1; const k = 1\n  x' = k*x^2\nend\n")
    store = tmp_path / "b.zarr"
    assert axissim("sweep", model, "-p", "k=0.1,5", "-t", "0:2:3", "--out", store)[0] == 3
    code, out, _ = axissim("diagnose", store, "--model", model, "--scripts", tmp_path / "again")
    assert code == 0
    assert out.startswith("run 1 (k = 5): step_too_small at t = 0.2")
    assert "blow-up in finite time: x is" in out
    assert (tmp_path / "again" / "run_1.py").read_text().startswith("import axissim as ax")
    told = json.loads(axissim("diagnose", store, "--model", model, "--json")[1])
    assert told[0]["values"] == {"k": 5.0}
    model.write_text("model blows()\n  var x = 1; const k = 1\n  x' = k*x^3\nend\n")
    code, _, err = axissim("diagnose", store, "--model", model)
    assert code == 2
    assert "made by another version of 'blows'" in err


def test_nothing_to_diagnose(axissim: Call, command: list[Any], tmp_path: Path) -> None:
    assert axissim(*command)[0] == 0
    code, out, _ = axissim("diagnose", tmp_path / "a.zarr", "--model", command[1])
    assert (code, out) == (0, "no run failed\n")
