"""Every level of SBML that the suite says a case in gives the trajectory of the newest.

libSBML converts; what it cannot say in another level it may lose in silence, so that only levels
in which the suite has the case are looked at.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import engine
from engine import columns, loaded
from judge import TIGHT, distance

RELEASES = ((1, 2), (2, 1), (2, 2), (2, 3), (2, 4), (2, 5), (3, 1), (3, 2))


def converted(path: str, levels: Sequence[str]) -> dict[str, str]:
    """The file in other `levels`, as far as libSBML converts it strictly.

    Returns
    -------
    dict
        ``l2v4`` to its text.
    """
    import libsbml

    text = Path(path).read_text("utf-8")
    found = {}
    for level, version in RELEASES:
        document = libsbml.readSBMLFromString(text)
        if (document.getLevel(), document.getVersion()) == (level, version):
            continue
        if f"l{level}v{version}" not in levels:
            continue
        if document.setLevelAndVersion(level, version, True):  # True: strictly, or not at all
            found[f"l{level}v{version}"] = libsbml.writeSBMLToString(document)
    return found


def agree(path: str, settings: Mapping[str, Any], levels: Sequence[str]) -> dict[str, str]:
    """Each level's verdict: ``same``, ``refused: ...``, or how it differs."""
    newest = columns(loaded(path), settings)
    verdicts = {}
    with tempfile.TemporaryDirectory() as folder:
        for level, text in converted(path, levels).items():
            file = Path(folder) / f"{level}.xml"
            file.write_text(text, "utf-8")
            verdicts[level] = _verdict(file, settings, newest)
    return verdicts


def warm(_: str) -> None:
    """As the engine's."""
    engine.warm("lanes")


def _verdict(file: Path, settings: Mapping[str, Any], newest: Mapping[str, Any]) -> str:
    try:
        away = distance(newest, columns(loaded(str(file)), settings))
    except NotImplementedError as refusal:
        return f"refused: {refusal}"[:200]
    except (RuntimeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"[:200]
    return "same" if away <= TIGHT else f"differs by {away:.2g}"
