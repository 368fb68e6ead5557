"""The lab's server: a page, its files, a socket that answers, and files to take away."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from axissim.lab.asked import FILES, Asked, MalformedError, asked, read
from axissim.lab.described import DISCLAIMER, described, shown
from axissim.lab.guard import Guard
from axissim.lab.lessons import lessons
from axissim.lab.limits import BODY_BYTES
from axissim.lab.shelf import Shelf
from axissim.lab.talk import Talk
from axissim.model.model import ModelError

if TYPE_CHECKING:
    from axissim.lab.export.files import File

STATIC = Path(__file__).parent / "static"
_WORKERS = 2
_FIRST_PICTURE = 1.5  # seconds in which nothing but the first picture is worked on
_FIRST = "dopamine_terminal"  # run at the start where no model was named


class Pages:
    """What is answered over HTTP."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._first = cache(self._start)

    async def page(self, _: Request) -> Response:
        return FileResponse(STATIC / "index.html")

    async def start(self, _: Request) -> Response:
        """What a page needs first: the gallery, the lessons, the languages."""
        return JSONResponse(await run_in_threadpool(self._first))

    def _start(self) -> dict[str, Any]:
        known = json.loads((STATIC / "thumbnails.json").read_text("utf-8"))
        cards = [
            {"id": key, **(known.get(key) or shown(self.shelf.card(key)))} for key in self.shelf.ids
        ]
        languages = sorted(path.stem for path in (STATIC / "texts").glob("*.json"))
        return {
            "models": cards,
            "named": list(self.shelf.named),
            "lessons": lessons(),
            "languages": languages,
            "disclaimer": DISCLAIMER,
        }

    async def model(self, request: Request) -> Response:
        try:
            return JSONResponse(await run_in_threadpool(self._model, request.path_params["id"]))
        except ModelError as wrong:
            return PlainTextResponse(str(wrong), 404)

    async def export(self, request: Request) -> Response:
        """A file to take away; one line of what is wrong where it cannot be made."""
        try:
            question = asked(read(await _body(request)), FILES)
            if request.path_params["kind"] != question.kind:
                raise MalformedError("the address and the question name different files")
            made = await run_in_threadpool(self._file, question)
        except ValueError as wrong:
            return PlainTextResponse(" ".join(str(wrong).split()), 400)
        attached = {"Content-Disposition": f'attachment; filename="{made.name}"'}
        return Response(made.text.encode(), media_type=made.media, headers=attached)

    def _file(self, question: Asked) -> File:
        from axissim.lab.export import files

        bench = self.shelf.bench(question.model)
        return files.file_of(bench, question, self.shelf.source(question.model))

    def _model(self, identifier: str) -> dict[str, Any]:
        return described(self.shelf.model(identifier), self.shelf.card(identifier))


async def _body(request: Request) -> bytes:
    """A request's body, refused before it is all there if it is too long."""
    found = b""
    async for part in request.stream():
        found += part
        if len(found) > BODY_BYTES:
            raise MalformedError("the request is too long")
    return found


def _warmed(shelf: Shelf) -> None:
    """Do while the browser opens what the first questions would wait for: imports, mostly."""
    from axissim.lab.answers import answer

    key = next(iter(shelf.named), _FIRST)
    start, stop, _ = shelf.card(key).span
    first = {"model": key, "t": [start, stop, 2]}
    with suppress(ModelError):
        bench = shelf.bench(key)
        answer(bench, asked({"kind": "run", **first}))
        time.sleep(_FIRST_PICTURE)
        answer(bench, asked({"kind": "fan", **first}))


def application(named: Sequence[str] = (), *, port: int) -> Starlette:
    """The lab as an ASGI application.

    Parameters
    ----------
    named : sequence of str
        Models that the page may open beside the shipped ones: paths of files.
    port : int
        At which it will be reached; the Host and Origin of requests must name it.
    """
    shelf, pool = Shelf(named), ThreadPoolExecutor(_WORKERS, "axissim-lab")
    pages, talk = Pages(shelf), Talk(shelf, pool)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        threading.Thread(target=_warmed, args=(shelf,), daemon=True).start()
        yield
        pool.shutdown(wait=False, cancel_futures=True)

    app = Starlette(
        routes=[
            Route("/", pages.page),
            Route("/api/start", pages.start),
            Route("/api/model/{id}", pages.model),
            Route("/export/{kind}", pages.export, methods=["POST"]),
            WebSocketRoute("/ws", talk.serve),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(Guard, port=port)],
        lifespan=lifespan,
    )
    app.state.shelf = shelf
    return app
