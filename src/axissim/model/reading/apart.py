"""C libraries in a process apart, with limits on memory and time: some texts kill them.

The process that translates is kept for the next text; it starts in a seventh of a second, and a
text then takes a thousandth.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from axissim.model.reading import translator

_LOCK = threading.Lock()
_kept: dict[int, _Process] = {}  # by the process that asks: a fork must not share pipes


class _Process:
    """A running `translator`, in a folder."""

    def __init__(self, folder: Path | None = None) -> None:
        self.pipes = subprocess.Popen(
            [sys.executable, "-P", str(translator.__file__)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
        )

    def ask(self, task: str, text: str) -> dict[str, str] | None:
        """The answer; None if the process died or had to be killed."""
        watch = threading.Timer(3.0 * translator.MOST_SECONDS, self.pipes.kill)
        watch.start()
        try:
            assert self.pipes.stdin is not None
            assert self.pipes.stdout is not None
            self.pipes.stdin.write(json.dumps([task, text]).encode() + b"\n")
            self.pipes.stdin.flush()
            made: Any = json.loads(self.pipes.stdout.readline())
        except (OSError, ValueError):
            return None
        finally:
            watch.cancel()
        return dict(made)

    def end(self) -> None:
        """Stop the process, which may be dead already."""
        self.pipes.kill()
        self.pipes.communicate()


def apart(task: str, text: str, folder: Path | None = None) -> dict[str, str] | None:
    """What a function of `translator` makes of `text`, in another process.

    Parameters
    ----------
    task : str
        The function's name.
    folder : Path, optional
        Where the process runs; it is then of this text alone.

    Returns
    -------
    dict or None
        None if the process died, or took too much memory or time.
    """
    if folder is not None:
        alone = _Process(folder)
        try:
            return alone.ask(task, text)
        finally:
            alone.end()
    with _LOCK:
        process = _kept.get(os.getpid()) or _Process()
        _kept[os.getpid()] = process
        made = process.ask(task, text)
        if made is None:
            _end()
        return made


def _end() -> None:
    """Let go of the process that is kept."""
    process = _kept.pop(os.getpid(), None)
    if process is not None:
        process.end()


atexit.register(_end)
