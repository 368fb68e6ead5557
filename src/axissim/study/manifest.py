"""The manifest of a store: what study it holds, and which blocks are done, each with its hashes.

A block's record is written after its data, to a file of its own that appears whole or not at all:
what has no record was not computed, whatever lies in the store.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from axissim.study.place import Place
from axissim.study.where import place

FOLDER = "manifest"  # inside the store, where Zarr takes it for a group
_BLOCK = r"block-\d+\.json"


class Manifest:
    """The manifest of the store at a place, or a path."""

    def __init__(self, at: Path | str | Place) -> None:
        self.place = place(at)

    @property
    def exists(self) -> bool:
        """Whether a store with a manifest has been begun."""
        return "study.json" in self.place.names(FOLDER)

    def begin(self, facts: Mapping[str, Any], fixed: Mapping[str, str]) -> None:
        """Note which study the store is for; the last step of laying it out.

        `fixed` are the hashes of the chunks that belong to no block.
        """
        self.write("zarr.json", {"zarr_format": 3, "node_type": "group", "attributes": {}})
        self.fix(fixed)
        self.write("study.json", facts)

    def fix(self, hashes: Mapping[str, str]) -> None:
        """Note the hashes of the chunks that belong to no block."""
        self.write("fixed.json", {"chunks": dict(hashes)})

    def write(self, name: str, record: Mapping[str, Any]) -> None:
        """Write a record, durably."""
        self.place.write(f"{FOLDER}/{name}", _spelt(record))

    def facts(self) -> dict[str, Any]:
        """The study that the store is for."""
        return self._read("study.json")

    def done(self) -> dict[int, dict[str, Any]]:
        """The records of the blocks that are done, by number."""
        names = [name for name in self.place.names(FOLDER) if re.fullmatch(_BLOCK, name)]
        return {record["block"]: record for record in map(self._read, names)}

    def fixed(self) -> dict[str, Any]:
        """The record of what belongs to no block."""
        return self._read("fixed.json")

    def note(self, number: int, record: Mapping[str, Any]) -> None:
        """Record that a block is done, durably."""
        self.write(f"block-{number:07d}.json", {"block": number, **record})

    def forget(self, number: int) -> None:
        """Take back that a block is done."""
        self.place.remove(f"{FOLDER}/block-{number:07d}.json")

    def add(self, entry: Mapping[str, Any]) -> None:
        """Add to what was done to the store beside its study."""
        there = "history.json" in self.place.names(FOLDER)
        told = self._read("history.json")["entries"] if there else []
        self.write("history.json", {"entries": [*told, dict(entry)]})

    def _read(self, name: str) -> dict[str, Any]:
        try:
            return dict(json.loads(self.place.read(f"{FOLDER}/{name}")))
        except (OSError, ValueError):
            raise ValueError(
                f"{self.place}/{FOLDER}/{name}: the manifest is damaged; begin again with --force"
            ) from None


def differences(held: Mapping[str, Any], asked: Mapping[str, Any]) -> list[str]:
    """What two studies differ in, a line each; nothing said and none of it are the same."""
    found = []
    for key in dict.fromkeys([*held, *asked]):
        if (held.get(key) or None) != (asked.get(key) or None):
            there, here = _short(held.get(key)), _short(asked.get(key))
            found.append(f"{key} is {there} there and {here} here")
    return found


def same_study(manifest: Manifest, asked: Mapping[str, Any]) -> None:
    """ValueError with the difference if the store holds another study."""
    other = differences(manifest.facts(), json.loads(_spelt(asked)))
    if other:
        raise ValueError(
            f"{manifest.place} holds another study: {'; '.join(other[:3])}; "
            "give another name, or --force (force=True)"
        )


def hash_of(data: bytes) -> str:
    """The hash by which a chunk is known."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _spelt(facts: Mapping[str, Any]) -> bytes:
    return (json.dumps(facts, indent=1, sort_keys=True) + "\n").encode()


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
