"""Start the lab's server, on this machine only, and the browser before it."""

from __future__ import annotations

import socket
import threading
import time
import webbrowser
from collections.abc import Callable, Sequence

from axissim.lab.limits import CONNECTIONS, MESSAGE_BYTES
from axissim.lab.server import application
from axissim.model.model import ModelError

ADDRESS = "127.0.0.1"
PORT = 8765


def listening(port: int | None) -> socket.socket:
    """A socket at `port`; left out, at 8765 or, where that is taken, at any that is free."""
    for wanted in (port,) if port is not None else (PORT, 0):
        found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((ADDRESS, wanted))
            found.listen()
            return found
        except (OSError, OverflowError):
            found.close()
    raise ModelError(f"port {port} is taken or not allowed; give another one, or leave it out")


def serve(
    named: Sequence[str] = (),
    *,
    port: int | None = None,
    browser: bool = True,
    told: Callable[[str], None] = print,
) -> None:
    """Serve the lab until Ctrl-C.

    Parameters
    ----------
    named : sequence of str
        Ids of shipped models or paths; the first one is opened.
    browser : bool
        Whether to open the page in the browser.
    told : callable
        Is told the page's address.
    """
    import uvicorn

    with listening(port) as door:
        at = int(door.getsockname()[1])
        app = application(named, port=at)
        first = app.state.shelf.named[:1]
        address = f"http://{ADDRESS}:{at}/" + "".join(f"#/model/{key}" for key in first)
        told(address)
        config = uvicorn.Config(
            app,
            ws="websockets-sansio",
            ws_max_size=MESSAGE_BYTES,
            limit_concurrency=4 * CONNECTIONS,
            log_level="error",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        if browser:
            threading.Thread(target=_show, args=(server, address), daemon=True).start()
        server.run(sockets=[door])


def _show(server: object, address: str) -> None:
    """Open the page as soon as the server answers."""
    for _ in range(200):
        if getattr(server, "started", False):
            webbrowser.open(address)
            return
        time.sleep(0.05)
