"""The folder of what is made once and found again: generated code, machine code, parsed models."""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]


def cache_folder() -> Path:
    """Where things made once are kept.

    ``AXISSIM_CACHE_DIR`` if set, else a folder of the user's cache, else a temporary one.
    """
    given = os.environ.get("AXISSIM_CACHE_DIR")
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(given) if given else home / "axissim"
    if _writable(folder):
        return folder
    if given:
        raise OSError(
            f"cannot write to {given}; set AXISSIM_CACHE_DIR to a folder that can be written"
        )
    return _temporary()


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


@cache
def _temporary() -> Path:
    """A folder that goes when this process does."""
    folder = Path(tempfile.mkdtemp(prefix="axissim-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def write_whole(path: Path, content: bytes) -> None:
    """Write so that no other process ever sees half a file."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
        file.write(content)
    os.replace(file.name, path)


@cache
def code_hash(*rooms: str) -> str:
    """A hash of the code of some of this package's folders, and so of what that code makes."""
    return digest_of(path.read_bytes() for room in rooms for path in _files(room))


def _files(room: str) -> list[Path]:
    return sorted((PACKAGE / room).glob("*.py"))


def digest_of(parts: Iterable[bytes]) -> str:
    """One short hash of several contents."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:20]
