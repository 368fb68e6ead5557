"""Where a store lies, as those see it who write and read it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from typing import Any, Protocol

LOCK = "manifest/lock"


class Place(Protocol):
    """The files of one store, by names with ``/`` in them."""

    @property
    def exists(self) -> bool:
        """Whether there is anything, an empty folder too."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it."""

    def zarr(self) -> Any:
        """What zarr opens."""

    def read(self, name: str) -> bytes:
        """A file's content; FileNotFoundError if there is none."""

    def write(self, name: str, content: bytes) -> None:
        """Write a file that is there whole or not at all, even if the power fails."""

    def names(self, folder: str) -> list[str]:
        """The files in a folder, in order; without their folder's name."""

    def remove(self, name: str) -> None:
        """Remove a file, for good."""

    def settle(self, names: Iterable[str]) -> None:
        """Have files that zarr has written last."""

    def tidy(self) -> None:
        """Remove what a writer that was killed had not finished."""

    def clear(self) -> None:
        """Remove all but the lock."""

    def held(self) -> Any:
        """A context that nobody else is in: BlockingIOError, with who is."""


def busy(where: object, who: str) -> BlockingIOError:
    """What to raise if somebody else writes to a store."""
    return BlockingIOError(
        f"{where} is being written by {who or 'another process'}; wait for it, or give another name"
    )


def oneself() -> str:
    """Who holds a lock: this process."""
    return f"process {os.getpid()} on {socket.gethostname()}"
