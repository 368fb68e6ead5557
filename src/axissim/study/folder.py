"""A store that is a folder of this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from axissim.study.place import LOCK, busy, oneself


class Folder:
    """A folder of this machine."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __str__(self) -> str:
        return str(self.path)

    @property
    def exists(self) -> bool:
        """Whether there is anything; a file in its place is."""
        return self.path.exists()

    @property
    def empty(self) -> bool:
        """Whether nothing is there, or a folder with nothing in it."""
        return not self.exists or (self.path.is_dir() and not any(self.path.iterdir()))

    def zarr(self) -> Path:
        """The folder itself."""
        return self.path

    def read(self, name: str) -> bytes:
        """A file's content."""
        return (self.path / name).read_bytes()

    def write(self, name: str, content: bytes) -> None:
        """Write under another name, bring it to the disk, give it its own name."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with open(part, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
        _sync(path.parent)

    def names(self, folder: str) -> list[str]:
        """The files in a folder."""
        inside = self.path / folder
        found = sorted(path.name for path in inside.iterdir()) if inside.is_dir() else []
        return [name for name in found if (inside / name).is_file()]

    def remove(self, name: str) -> None:
        """Remove a file."""
        (self.path / name).unlink()
        _sync((self.path / name).parent)

    def settle(self, names: Iterable[str]) -> None:
        """Bring files and their folders to the disk."""
        paths = [self.path / name for name in names]
        for path in (*paths, *dict.fromkeys(path.parent for path in paths)):
            _sync(path)

    def tidy(self) -> None:
        """Remove files that zarr, or `write`, had not given their names yet."""
        for pattern in ("*.partial", ".*.part"):
            for left in self.path.rglob(pattern):
                left.unlink()

    def clear(self) -> None:
        """Remove all but the lock."""
        lock = self.path / LOCK
        for inside in (*self.path.iterdir(), *lock.parent.iterdir()):
            if inside.is_dir() and inside != lock.parent:
                shutil.rmtree(inside)
            elif inside.is_file() and inside != lock:
                inside.unlink()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder; released even by kill -9."""
        import fcntl

        lock = self.path / LOCK
        lock.parent.mkdir(parents=True, exist_ok=True)
        with open(lock, "a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.seek(0)
                raise busy(self, file.read().strip()) from None
            file.truncate(0)
            file.write(oneself())
            file.flush()
            yield
            file.truncate(0)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
