"""Where a store lies: a folder here, or any store that fsspec reaches (``s3://bucket/a.zarr``)."""

from __future__ import annotations

import re
from pathlib import Path

from axissim.study.folder import Folder
from axissim.study.place import Place
from axissim.study.remote import Remote


def place(path: str | Path | Place) -> Place:
    """The place that a path or a URL means."""
    if not isinstance(path, (str, Path)):
        return path
    url = re.sub(r"^([a-z][a-z0-9+]+):/+", r"\1://", str(path))  # a Path has made one stroke of two
    if "://" in url:
        return Remote(url)
    return Folder(Path(path))
