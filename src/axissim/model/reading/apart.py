"""Translations by C libraries that run in a process apart, with limits on memory and time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from axissim.model.reading import translator


def apart(task: str, text: str, folder: Path | None = None) -> dict[str, str] | None:
    """What a function of `translator` makes of `text` in a process of its own.

    Parameters
    ----------
    task : str
        The function's name.
    folder : Path, optional
        Where the process runs.

    Returns
    -------
    dict or None
        None if the process died, or took too much memory or time.
    """
    command = [sys.executable, "-P", str(translator.__file__), task]
    try:
        done = subprocess.run(
            command,
            input=text.encode(),
            capture_output=True,
            timeout=3 * translator.MOST_SECONDS,
            cwd=folder,
        )
        made: dict[str, str] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return None
    return made
