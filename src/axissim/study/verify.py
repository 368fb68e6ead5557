"""Is a store whole?  Every block against the hashes in its manifest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from axissim.study.manifest import Manifest, hash_of
from axissim.study.streaming import ended


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
    manifest = Manifest(path)
    if not manifest.exists:
        raise ValueError(f"{path} has no manifest: it was not made by a sweep into a store")
    lost, damaged = [], []
    for at, record in enumerate([manifest.fixed(), *manifest.done().values()]):
        for name, expected in record["chunks"].items():
            try:
                found = hash_of(manifest.place.read(name))
            except FileNotFoundError:
                lost.append(name)
            else:
                if found != expected:
                    damaged.append(name)
        if watch is not None:
            watch(at)
    counts = ended(manifest)
    return Verdict(sum(counts.values()), counts, tuple(lost), tuple(damaged))
