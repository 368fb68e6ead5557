"""The manifest of a store: what study it holds, and which blocks are done, each with its hashes.

A block's record is written after its data, to a file of its own that appears whole or not at all:
what has no record was not computed, whatever lies in the store.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FOLDER = "manifest"  # inside the store, where Zarr takes it for a group


class Manifest:
    """The manifest of the store at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path / FOLDER

    @property
    def exists(self) -> bool:
        """Whether a store with a manifest has been begun."""
        return (self.folder / "study.json").is_file()

    def begin(self, facts: Mapping[str, Any], fixed: Mapping[str, str]) -> None:
        """Note which study the store is for; the last step of laying it out.

        `fixed` are the hashes of the chunks that belong to no block.
        """
        group = {"zarr_format": 3, "node_type": "group", "attributes": {}}
        write_durably(self.folder / "zarr.json", json.dumps(group).encode())
        self.fix(fixed)
        write_durably(self.folder / "study.json", _spelt(facts))

    def fix(self, hashes: Mapping[str, str]) -> None:
        """Note the hashes of the chunks that belong to no block."""
        write_durably(self.folder / "fixed.json", _spelt({"chunks": dict(hashes)}))

    def write(self, name: str, content: bytes) -> None:
        """Write a file beside the records, durably."""
        write_durably(self.folder / name, content)

    def read(self, name: str) -> bytes | None:
        """The content of a file beside the records; None if there is none."""
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def facts(self) -> dict[str, Any]:
        """The study that the store is for."""
        return _read(self.folder / "study.json")

    def done(self) -> dict[int, dict[str, Any]]:
        """The records of the blocks that are done, by number."""
        found = (_read(path) for path in sorted(self.folder.glob("block-*.json")))
        return {record["block"]: record for record in found}

    def fixed(self) -> dict[str, Any]:
        """The record of what belongs to no block."""
        return _read(self.folder / "fixed.json")

    def note(self, number: int, record: Mapping[str, Any]) -> None:
        """Record that a block is done, durably."""
        path = self.folder / f"block-{number:07d}.json"
        write_durably(path, _spelt({"block": number, **record}))

    def forget(self, number: int) -> None:
        """Take back that a block is done."""
        (self.folder / f"block-{number:07d}.json").unlink()
        sync(self.folder)

    def add(self, entry: Mapping[str, Any]) -> None:
        """Add to what was done to the store beside its study."""
        path = self.folder / "history.json"
        told = _read(path)["entries"] if path.exists() else []
        write_durably(path, _spelt({"entries": [*told, dict(entry)]}))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the store, so that nobody else writes to it; released even by kill -9."""
        import fcntl

        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "lock", "a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.seek(0)
                who = file.read().strip() or "another process"
                raise BlockingIOError(
                    f"{self.path} is being written by {who}; wait for it, or give another name"
                ) from None
            file.truncate(0)
            file.write(f"process {os.getpid()} on {socket.gethostname()}")
            file.flush()
            yield
            file.truncate(0)


def differences(held: Mapping[str, Any], asked: Mapping[str, Any]) -> list[str]:
    """What two studies differ in, a line each."""
    found = []
    for key in dict.fromkeys([*held, *asked]):
        if held.get(key) != asked.get(key):
            there, here = _short(held.get(key)), _short(asked.get(key))
            found.append(f"{key} is {there} there and {here} here")
    return found


def same_study(manifest: Manifest, asked: Mapping[str, Any]) -> None:
    """ValueError with the difference if the store holds another study."""
    other = differences(manifest.facts(), json.loads(_spelt(asked)))
    if other:
        raise ValueError(
            f"{manifest.path} holds another study: {'; '.join(other[:3])}; "
            "give another name, or --force (force=True)"
        )


def hash_of(data: bytes) -> str:
    """The hash by which a chunk is known."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def write_durably(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all, even if the power fails."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(part, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    sync(path.parent)


def sync(path: Path) -> None:
    """Bring a file or a folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _spelt(facts: Mapping[str, Any]) -> bytes:
    return (json.dumps(facts, indent=1, sort_keys=True) + "\n").encode()


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        raise ValueError(f"{path}: the manifest is damaged; begin again with --force") from None
    return dict(found)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
