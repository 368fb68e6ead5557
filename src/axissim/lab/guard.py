"""Who may speak to the server: pages that it served itself, on this machine."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NAMES = ("127.0.0.1", "localhost")
# The page's own files and nothing else; uPlot sets styles of its elements.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: "
    "blob:; font-src 'self'; connect-src 'self' ws://{host}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


class Guard:
    """Refuses what does not come from the lab's own page, whoever sends it.

    A page of another site can make a browser call a server on this machine; its Origin then tells,
    and its Host if a name was made to point here.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        self.app = app
        self.hosts = {f"{name}:{port}" for name in _NAMES}
        self.hosts |= set(_NAMES) if port == 80 else set()
        self.origins = {f"http://{host}" for host in self.hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        wrong = self.wrong(scope, headers)
        if not wrong:
            await self.app(scope, receive, self._with_policy(headers.get("host", ""), send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": wrong})
        else:
            await PlainTextResponse(f"refused: {wrong}\n", 403)(scope, receive, send)

    def wrong(self, scope: Scope, headers: Headers) -> str:
        """Why a request is refused; "" if it is not."""
        if headers.getlist("host") not in [[host] for host in self.hosts]:
            return "this server answers to 127.0.0.1 and localhost only"
        origins = headers.getlist("origin")
        asks_much = scope["type"] == "websocket" or scope.get("method") not in ("GET", "HEAD")
        if (origins or asks_much) and origins not in [[origin] for origin in self.origins]:
            return "only the lab's own page may ask"
        return ""

    def _with_policy(self, host: str, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = _POLICY.format(host=host)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
                headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        return sending
