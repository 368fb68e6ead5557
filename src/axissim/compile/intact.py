"""Numba's cache files with a checksum beside each: a damaged one is made anew, never run.

Numba trusts what it finds.  A file cut short raises an error of pickle from deep inside, and a
flipped bit in machine code may do anything.  Only files of this package's own modules are looked
at; where a later Numba keeps its cache in another way, nothing is changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from axissim.model.cache import write_whole

_OURS = "axissim_"  # how the names of generated modules begin


def guard() -> None:
    """Have Numba check the files of generated modules; once a process."""
    from numba.core.caching import IndexDataCacheFile as Files

    parts = ("_load_index", "_save_index", "_load_data", "_save_data", "_data_path")
    if getattr(Files, "axissim_guards", False) or not all(hasattr(Files, part) for part in parts):
        return
    Files.axissim_guards = True
    Files._load_index = _loading(Files._load_index, lambda self: self._index_path, {})
    Files._load_data = _loading(Files._load_data, lambda self, name: self._data_path(name), None)
    Files._save_index = _saving(Files._save_index, lambda self, _: self._index_path)
    Files._save_data = _saving(Files._save_data, lambda self, name, _: self._data_path(name))


def _loading(load: Callable[..., Any], place: Callable[..., str], absent: Any) -> Any:
    """`load`, for which a damaged file is one that is not there."""

    def checked(*arguments: Any) -> Any:
        path = Path(place(*arguments))
        if not path.name.startswith(_OURS) or _whole(path):
            return load(*arguments)
        if absent is None:
            raise FileNotFoundError(str(path))  # which Numba takes for a reason to compile
        return dict(absent)

    return checked


def _saving(save: Callable[..., Any], place: Callable[..., str]) -> Any:
    """`save`, and the checksum of what it wrote."""

    def noted(*arguments: Any) -> None:
        save(*arguments)
        path = Path(place(*arguments))
        if path.name.startswith(_OURS):
            write_whole(_sum_of(path), _digest(path))

    return noted


def _whole(path: Path) -> bool:
    """Whether a file is as it was written."""
    try:
        return _sum_of(path).read_bytes() == _digest(path)
    except OSError:
        return False


def _sum_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.sum")


def _digest(path: Path) -> bytes:
    return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest().encode()
