"""A store that fsspec reaches: S3 and what speaks like it, Google's and Azure's, memory.

An object there is whole or not at all, so that no file needs another name while it is written.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from axissim.study.place import LOCK, busy, oneself

RENEWED = 5.0  # s between two signs of life of a lock's holder
PATIENCE = 3.0  # times that: a lock without a sign of life was left behind by one that died


class Remote:
    """The objects below a URL.

    Credentials and the server are taken from where the protocol's own tools look for them: of S3
    ``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT_URL`` and so on.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def __str__(self) -> str:
        return self.url

    @property
    def exists(self) -> bool:
        """Whether there is anything."""
        return bool(self._files.exists(self.url))

    @property
    def empty(self) -> bool:
        """Whether there is nothing: there are no folders."""
        return not self.exists

    def zarr(self) -> Any:
        """Zarr's own way to such a store."""
        from zarr.storage import FsspecStore

        return FsspecStore.from_url(self.url, storage_options={"use_listings_cache": False})

    def read(self, name: str) -> bytes:
        """An object's content."""
        return bytes(self._files.cat_file(f"{self.url}/{name}"))

    def write(self, name: str, content: bytes) -> None:
        """Write an object."""
        self._files.pipe_file(f"{self.url}/{name}", content)

    def names(self, folder: str) -> list[str]:
        """The objects in a folder."""
        try:
            found = self._files.ls(f"{self.url}/{folder}", detail=True)
        except FileNotFoundError:
            return []
        return sorted(one["name"].rsplit("/", 1)[1] for one in found if one["type"] == "file")

    def remove(self, name: str) -> None:
        """Remove an object."""
        self._files.rm_file(f"{self.url}/{name}")

    def settle(self, names: Iterable[str]) -> None:
        """Nothing is to be done: what is written lasts."""

    def tidy(self) -> None:
        """Nothing is to be done: no object is there in part."""

    def clear(self) -> None:
        """Remove all but the lock."""
        for name in self._files.find(self.url):
            if not name.endswith(f"/{LOCK}"):
                self._files.rm_file(name)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the store by an object that is renewed; one that is not was left behind."""
        content = f"{oneself()} {time.time_ns()}".encode()
        self._take(content)
        over = threading.Event()
        life = threading.Thread(target=self._live, args=(content, over), daemon=True)
        life.start()
        try:
            yield
        finally:
            over.set()
            life.join()
            self._files.rm_file(f"{self.url}/{LOCK}")

    def _take(self, content: bytes) -> None:
        try:
            self._files.pipe_file(f"{self.url}/{LOCK}", content, mode="create")
            return
        except FileExistsError:
            first = self._sign()
        end = time.monotonic() + PATIENCE * RENEWED
        while time.monotonic() < end:
            time.sleep(RENEWED / 5.0)
            if self._sign() != first:
                raise busy(self, first.rpartition(" ")[0])
        self.write(LOCK, content)
        time.sleep(RENEWED / 5.0)
        if (now := self._sign()) != content.decode():  # another took it at the same moment
            raise busy(self, now.rpartition(" ")[0])

    def _sign(self) -> str:
        try:
            return self.read(LOCK).decode()
        except FileNotFoundError:
            return ""

    def _live(self, content: bytes, over: threading.Event) -> None:
        who = content.decode().rpartition(" ")[0]
        while not over.wait(RENEWED):
            self.write(LOCK, f"{who} {time.time_ns()}".encode())

    @property
    def _files(self) -> Any:
        protocol = self.url.partition("://")[0]
        try:
            import fsspec

            return fsspec.filesystem(protocol, use_listings_cache=False)
        except (ImportError, ValueError) as wrong:
            extra = "; pip install 'axissim[s3]'" if protocol == "s3" else ""
            raise ValueError(f"{self.url} cannot be reached ({wrong}){extra}") from None
