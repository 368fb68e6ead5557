"""``axissim convert``: a model from one language to another."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from axissim.cli.options import Force, ModelName, Quiet

if TYPE_CHECKING:
    from axissim.model.export import Written

_SBML, _ANTIMONY = (".xml", ".sbml"), ".ant"
# What becomes something else, or nothing, when a model is read.
_TURNED = {
    "reactions (#) are rules and rates of change now": r"<(?:\w+:)?reaction\b",
    "functions (#) are put in where they were called": r"<(?:\w+:)?functionDefinition\b",
}
_GONE = {
    "annotations": r"<(?:\w+:)?annotation\b",
    "constraints": r"<(?:\w+:)?constraint\b",
}
_ARROW = re.compile(r"->|=>")
_ASIDE = re.compile(r'```.*?```|"[^"\n]*"|//[^\n]*|#[^\n]*|/\*.*?\*/', re.DOTALL)


def convert(
    source: ModelName,
    target: Annotated[
        Path, typer.Argument(metavar="FILE", help="Where to: .xml or .sbml, or .ant.")
    ],
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Write a model as SBML Level 3 Version 2, or as Antimony, by the ending of FILE.

    axissim convert thyroid_human thyroid.xml
    """
    from axissim.model.library import load
    from axissim.study.store import unwritten

    suffix = target.suffix.lower()
    if suffix not in (*_SBML, _ANTIMONY):
        raise ValueError(f"{target}: models are written to {', '.join(_SBML)} or {_ANTIMONY} files")
    if target.is_dir():
        raise FileExistsError(f"{target} is a folder; give another name")
    unwritten(target, force=force)
    from axissim.model import export

    read = load(source)
    told = _told(source)
    made: Written = export.antimony_of(read) if suffix == _ANTIMONY else export.sbml_of(read)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(made.text.encode())
    print(target)
    if (told or made.lost) and not quiet:
        print(f"note: {'; '.join([*told, *made.lost])}", file=sys.stderr)


def _told(source: str) -> list[str]:
    """What of a file's text is not in the model that is read from it."""
    path = Path(source)
    if not path.is_file():
        return []
    text = path.read_text("utf-8", errors="replace")
    if path.suffix.lower() == _ANTIMONY:
        arrows = len(_ARROW.findall(_ASIDE.sub("", text)))
        return [f"reactions ({arrows}) are rules and rates of change now"] if arrows else []
    counts = {what: len(re.findall(tag, text)) for what, tag in (_TURNED | _GONE).items()}
    turned = [what.replace("#", str(counts[what])) for what in _TURNED if counts[what]]
    gone = [f"{what} ({counts[what]})" for what in _GONE if counts[what]]
    return [*turned, *([f"left out: {', '.join(gone)}"] if gone else [])]
