"""Is a store whole?  Every block against its hashes in the manifest; what is not is taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axissim.study.banded import kept
from axissim.study.layout import Layout
from axissim.study.manifest import Manifest, hash_of
from axissim.study.streaming import completed, ended


@dataclass(frozen=True)
class Verdict:
    """What a store holds.

    Attributes
    ----------
    runs : int
        All that the study asks for.
    ended : dict
        How many runs ended in which way; ``not_run`` are those not computed yet.
    lost, damaged : tuple of str
        Chunks that the manifest knows and that are not there, or not as they were written.
    """

    runs: int
    ended: dict[str, int]
    lost: tuple[str, ...]
    damaged: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether all that was computed is as it was written."""
        return not self.lost and not self.damaged


def verify(path: str | Path, watch: Callable[[int], None] | None = None) -> Verdict:
    """Compare every chunk of a store with the hash that was noted when it was written.

    Parameters
    ----------
    path : str or Path
    watch : callable, optional
        Is told after each block how many have been looked at.

    Raises
    ------
    ValueError
        If the store has no manifest, or a damaged one.
    """
    manifest = _manifest(path)
    lost: list[str] = []
    damaged: list[str] = []
    for at, record in enumerate([manifest.fixed(), *manifest.done().values()]):
        gone, changed = _amiss(manifest, record)
        lost += gone
        damaged += changed
        if watch is not None:
            watch(at)
    counts = ended(manifest)
    return Verdict(sum(counts.values()), counts, tuple(lost), tuple(damaged))


def take_back(path: str | Path) -> int:
    """Take back the blocks that are lost or damaged: the same sweep then makes them anew.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    int
        How many blocks.

    Raises
    ------
    ValueError
        If the store has no manifest, or what is amiss belongs to no block.
    BlockingIOError
        If another process writes to the store.
    """
    manifest = _manifest(path)
    with manifest.place.held():
        done = manifest.done()
        wrong = [number for number, record in done.items() if any(_amiss(manifest, record))]
        bands = {name for number in done if number not in wrong for name in kept(manifest, number)}
        beside = [name for names in _amiss(manifest, manifest.fixed()) for name in names]
        if left := [name for name in beside if name.partition("/")[0] not in bands]:
            raise ValueError(
                f"{path}: {left[0]} belongs to no block; begin anew with --force (force=True)"
            )
        for number in wrong:
            manifest.forget(number)
        if wrong or beside:
            layout = Layout(manifest.place)
            config = completed(layout.attributes()["config"], False)
            layout.finish({"config": config, "audit": None})
    return len(wrong)


def _manifest(path: str | Path) -> Manifest:
    manifest = Manifest(path)
    if not manifest.exists:
        raise ValueError(f"{path} has no manifest: it was not made by a sweep into a store")
    return manifest


def _amiss(manifest: Manifest, record: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The chunks of a record that are lost, and those that are damaged."""
    lost, damaged = [], []
    for name, expected in record["chunks"].items():
        try:
            found = hash_of(manifest.place.read(name))
        except FileNotFoundError:
            lost.append(name)
        else:
            if found != expected:
                damaged.append(name)
    return lost, damaged
