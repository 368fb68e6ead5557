"""What tests of the lab share: a server in the test's own process, and a page of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

starlette = pytest.importorskip("starlette", reason="pip install 'axissim[lab]'")
from starlette.testclient import TestClient  # noqa: E402

from axissim.lab.server import application  # noqa: E402

PORT = 8765
HOST = f"127.0.0.1:{PORT}"
LINE = f"ws://{HOST}/ws"
OWN = {"Origin": f"http://{HOST}"}


@pytest.fixture(scope="module")
def page() -> Iterator[TestClient]:
    """A page of the lab's own."""
    with TestClient(application(port=PORT), base_url=f"http://{HOST}", headers=OWN) as client:
        yield client


def question(kind: str = "run", **more: Any) -> dict[str, Any]:
    """A question that is answered, with what a test wants otherwise."""
    asked = {
        "kind": kind,
        "n": 1,
        "model": "dopamine_terminal",
        "params": {},
        "doses": [],
        "t": [0, 24, 49],
        "outputs": ["eda", "cda"],
    }
    return asked | more


def unpacked(message: bytes) -> dict[str, Any]:
    """A binary answer: its header, with the arrays under their names."""
    length = int.from_bytes(message[:4], "little")
    header: dict[str, Any] = json.loads(message[4 : 4 + length])
    at = 4 + length
    for key, shape in header["arrays"].items():
        size = int(np.prod(shape))
        header[key] = np.frombuffer(message, "<f4", size, at).reshape(shape)
        at += 4 * size
    assert at == len(message)
    return header


def ask(page: TestClient, message: dict[str, Any]) -> dict[str, Any]:
    """The answer to one question over a socket of its own."""
    with page.websocket_connect(LINE) as line:
        line.send_text(json.dumps(message))
        said = line.receive()
        return unpacked(said["bytes"]) if said.get("bytes") else json.loads(said["text"])


@pytest.fixture
def own_model(tmp_path: Path) -> Path:
    """A model of one's own, in a file."""
    path = tmp_path / "decay.ant"
    path.write_text("model decay()\n  var x = 1; x' = -k*x\n  const k = 0.5\nend\n")
    return path
