"""`axissim lab`: a page on this machine, or one line of what is wrong."""

from __future__ import annotations

import http.client
import importlib.util
import json
import socket
from contextlib import closing, suppress
from urllib.parse import urlsplit

import pytest

pytest.importorskip("uvicorn", reason="pip install 'axissim[lab]'")

from axissim.lab.serving import ADDRESS, listening
from axissim.model.model import ModelError
from tests.lab.browser import served


def fetched(address: str, path: str, **headers: str) -> tuple[int, bytes]:
    at = urlsplit(address)
    with closing(http.client.HTTPConnection(at.hostname or "", at.port, timeout=20)) as line:
        line.request("GET", path, headers=headers)
        said = line.getresponse()
        return said.status, said.read()


def test_it_serves_until_it_is_stopped(tmp_path) -> None:
    path = tmp_path / "decay.ant"
    path.write_text("model decay()\n  var x = 1; x' = -k*x\n  const k = 0.5\nend\n")
    with served(str(path)) as address:
        assert address.startswith("http://127.0.0.1:")
        assert address.endswith("/#/model/decay")
        status, page = fetched(address, "/")
        assert status == 200
        assert b"not medical advice" in page
        assert fetched(address, "/api/model/decay")[0] == 200
        assert fetched(address, "/", Host="evil.example")[0] == 403
        assert fetched(address, "/", Origin="http://evil.example")[0] == 403


def test_an_oversized_message_ends_its_line_and_no_more() -> None:
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect

    question = {"kind": "run", "model": "gnrh_smith", "t": [0, 24, 11], "outputs": ["T"]}
    with served() as address:
        at, own = f"ws://{urlsplit(address).netloc}/ws", address.rstrip("/")
        with connect(at, origin=own, max_size=None) as line:
            with suppress(ConnectionClosed):
                line.send("x" * 10_000_000)
            with pytest.raises(ConnectionClosed) as left:
                line.recv()
            assert left.value.rcvd is None or left.value.rcvd.code == 1009
        with connect(at, origin=own) as line:
            line.send(json.dumps(question))
            assert len(line.recv()) > 100


def test_only_this_machine_hears_it() -> None:
    with listening(0) as door:
        assert door.getsockname()[0] == ADDRESS == "127.0.0.1"


def test_a_port_that_is_taken_is_told() -> None:
    with listening(0) as door:
        taken = door.getsockname()[1]
        with pytest.raises(ModelError, match=f"port {taken} is taken"):
            listening(taken)
    for wrong in (-1, 70_000):
        with pytest.raises(ModelError, match="not allowed"):
            listening(wrong)
    with listening(None) as door:  # 8765, or any that is free
        assert isinstance(door, socket.socket)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["nonsense"], "neither a shipped model nor a file"),
        (["no/such.ant"], "no such file"),
        (["--port", "x"], "port"),
    ],
)
def test_a_mistake_gets_one_line(axissim, arguments, word) -> None:
    code, out, err = axissim("lab", "--no-browser", *arguments)
    assert (code, out) == (2, "")
    assert word in err
    assert err.count("\n") == 1


def test_without_its_packages_it_says_what_to_install(axissim, monkeypatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: None if name == "uvicorn" else found(name)
    )
    code, _, err = axissim("lab")
    assert code == 2
    assert "pip install 'axissim[lab]'" in err
