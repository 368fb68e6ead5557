"""A page's connection: the newest question of each kind is answered, older ones are let go."""

from __future__ import annotations

import asyncio
import json
import logging
from concurrent.futures import Executor
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from axissim.lab.asked import KINDS, Asked, MalformedError, asked, number_of, read
from axissim.lab.limits import CONNECTIONS, MESSAGE_BYTES, SECONDS
from axissim.lab.shelf import Shelf

_log = logging.getLogger("axissim")


class Talk:
    """All connections of a server."""

    def __init__(self, shelf: Shelf, pool: Executor) -> None:
        self.shelf, self.pool = shelf, pool
        self.open = 0

    async def serve(self, socket: WebSocket) -> None:
        """Talk with one page until it goes."""
        if self.open >= CONNECTIONS:
            await socket.close(1013, "too many pages are open; close some")
            return
        self.open += 1
        try:
            await socket.accept()
            await _Line(self, socket).talk()
        finally:
            self.open -= 1

    async def answered(self, question: Asked) -> bytes | str:
        """The answer to a question, or an error in one line; never raises."""
        try:
            work = asyncio.get_running_loop().run_in_executor(self.pool, self._work, question)
            return await asyncio.wait_for(work, SECONDS)
        except ValueError as wrong:  # of the model, or of the message
            return error(str(wrong), question.number, question.kind)
        except TimeoutError:
            return error("this takes too long; ask for less", question.number, question.kind)
        except Exception as wrong:
            _log.exception("a question of the lab's page could not be answered")
            kind = type(wrong).__name__
            return error(f"this could not be computed ({kind})", question.number, question.kind)

    def _work(self, question: Asked) -> bytes:
        from axissim.lab.answers import answer

        return answer(self.shelf.bench(question.model), question)


class _Queue:
    """Questions that wait, the newest of each kind, in the order in which they were first asked."""

    def __init__(self) -> None:
        self.waiting: dict[str, Asked] = {}
        self.news = asyncio.Event()

    def put(self, question: Asked) -> None:
        self.waiting.pop(question.kind, None)
        self.waiting[question.kind] = question
        self.news.set()

    async def take(self) -> Asked:
        while not self.waiting:
            self.news.clear()
            await self.news.wait()
        return self.waiting.pop(next(iter(self.waiting)))


class _Line:
    """One connection: runs are answered beside all else, so that no fan holds a slider up."""

    def __init__(self, talk: Talk, socket: WebSocket) -> None:
        self.talk_of, self.socket = talk, socket
        self.runs, self.others = _Queue(), _Queue()

    async def talk(self) -> None:
        answering = [asyncio.create_task(self._answer(q)) for q in (self.runs, self.others)]
        try:
            while True:
                await self._take(await self.socket.receive())
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            for task in answering:
                task.cancel()
            await asyncio.gather(*answering, return_exceptions=True)

    async def _take(self, message: Any) -> None:
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1000))
        text = message.get("text") or ""
        if message.get("bytes") or len(text.encode("utf-8", "replace")) > MESSAGE_BYTES:
            await self.socket.close(1009, "the message is too long")
            raise WebSocketDisconnect(1009)
        found: dict[str, Any] = {}
        try:
            found = read(text)
            question = asked(found)
        except MalformedError as wrong:
            # the page waits for an answer to this kind, and asks no other before it has one
            kind = found.get("kind") if found.get("kind") in KINDS else ""
            await self.socket.send_text(error(str(wrong), number_of(found), str(kind)))
            return
        (self.runs if question.kind == "run" else self.others).put(question)

    async def _answer(self, queue: _Queue) -> None:
        while True:
            said = await self.talk_of.answered(await queue.take())
            if isinstance(said, str):
                await self.socket.send_text(said)
            else:
                await self.socket.send_bytes(said)


def error(text: str, number: int = 0, kind: str = "") -> str:
    """What is wrong, as a message."""
    return json.dumps({"kind": "error", "of": kind, "n": number, "text": " ".join(text.split())})
