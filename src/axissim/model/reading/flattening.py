"""Hierarchical models made flat by libSBML, which meets no file but those that may be read.

libSBML follows any path or address that a model gives for a submodel.  The files that may be read
are therefore copied to a folder of their own, and the process that flattens runs there.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from axissim.model.model import ModelError
from axissim.model.reading import translator
from axissim.model.reading.apart import apart
from axissim.model.reading.scan import MOST_BYTES, Scanned, scanned

_MOST_FILES = 100
_PLAIN = re.compile(r"[A-Za-z0-9_.+ -]+(?:/[A-Za-z0-9_.+ -]+)*", re.ASCII)


def flattened(whole: Scanned, label: str, path: Path | None) -> Scanned:
    """The text of a hierarchical model as that of one without submodels.

    Parameters
    ----------
    whole : Scanned
    label : str
        What errors call the model.
    path : Path, optional
        The model's file: submodels may be in files of its folder, and nowhere else.

    Raises
    ------
    ModelError
        ``file:line: what; the mend``.
    """
    with tempfile.TemporaryDirectory(prefix="axissim-") as made:
        folder = Path(made)
        if whole.externals:
            found: dict[Path, str] = {}
            _gather(whole, label, path.resolve() if path is not None else None, path, found)
            for kept, text in found.items():
                target = folder / kept
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, "utf-8")
        flat = apart("flattened", whole.text, folder)
    if flat is None:
        raise ModelError(
            f"{label}: takes libSBML over {translator.MOST_SECONDS} s or "
            f"{translator.MOST_MEMORY >> 30} GB to flatten; make the model smaller"
        )
    if "error" in flat:
        what = " ".join(flat["error"].split())[:300].rstrip(".")
        raise ModelError(f"{label}: cannot be flattened: {what}; mend its submodels")
    return scanned(flat["sbml"].encode(), label)


def _gather(
    whole: Scanned, label: str, path: Path | None, root: Path | None, found: dict[Path, str]
) -> None:
    """Add the files that a model takes submodels from to `found`, by their path from the root."""
    for wanted, line in whole.externals:
        place = f"{label}:{line}"
        if path is None or root is None:
            raise ModelError(f"{place}: text cannot use '{wanted}'; put the model in a file")
        if not _PLAIN.fullmatch(wanted) or ".." in wanted.split("/"):
            raise ModelError(f"{place}: '{wanted}' leaves the model's folder; copy it there")
        top = root.resolve().parent
        file = (path.parent / wanted).resolve()
        if not file.is_relative_to(top):
            raise ModelError(f"{place}: '{wanted}' leaves the model's folder; copy it there")
        kept = (path.parent / wanted).relative_to(top)
        if kept in found:
            continue
        if len(found) >= _MOST_FILES:
            raise ModelError(f"{place}: over {_MOST_FILES} files of submodels; join some of them")
        inner = scanned(_bytes(file, wanted, place), wanted)
        found[kept] = inner.text
        _gather(inner, wanted, top / kept, root, found)


def _bytes(file: Path, wanted: str, place: str) -> bytes:
    try:
        if file.is_file() and file.stat().st_size <= MOST_BYTES:
            return file.read_bytes()
    except OSError:
        pass
    raise ModelError(f"{place}: cannot read '{wanted}' in the model's folder; copy it there")
