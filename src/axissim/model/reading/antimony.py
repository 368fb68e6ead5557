"""Antimony text to a model, through libantimony and SBML.

libantimony's `import` opens any file and repeats its words in the error, so it never sees one:
imported text is put in here, and only from the folder of the model itself, or that of the library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from axissim.model.model import Model, ModelError
from axissim.model.reading import translator
from axissim.model.reading.apart import apart
from axissim.model.reading.sbml import identifier, read_sbml
from axissim.model.reading.scan import MOST_BYTES

DEEPEST_BRACKETS = 200
LONGEST_FORMULA = 5_000  # operators; libantimony takes seconds beyond
_OPERATORS = frozenset("+-*/^&|<>=,!")
_PIECE = re.compile(
    r'(?P<notes>```.*?```)|(?P<quoted>"[^"\n]*")|(?P<comment>//[^\n]*|#[^\n]*|/\*.*?\*/)'
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<bracket>[()])|(?P<line>\n)|(?P<other>.)",
    re.DOTALL | re.ASCII,
)
_MESSAGE = re.compile(r"Error in model string, line (\d+):\s*(.*)", re.DOTALL)


@dataclass
class _Text:
    """The text that libantimony is given, and where each of its lines comes from.

    What is imported lies in the folder `root`.
    """

    root: Path | None = None
    lines: list[str] = field(default_factory=list)
    places: list[tuple[str, int]] = field(default_factory=list)
    read: set[Path] = field(default_factory=set)

    def place(self, line: int) -> str:
        """``file:line`` of a line of the whole."""
        label, own = self.places[min(max(line, 1), len(self.places)) - 1]
        return f"{label}:{own}"


def read_antimony(
    text: str, label: str = "model", path: Path | None = None, root: Path | None = None
) -> Model:
    """Read a model in Antimony: the last module of the text, or the one marked with a star.

    Parameters
    ----------
    text : str
    label : str
        What errors call the text: the file's name.
    path : Path, optional
        The file of the text: `import` may read what is in its folder, and nothing without it.
    root : Path, optional
        A folder above that of the file, in which `import` may read too.

    Raises
    ------
    ModelError
        ``file:line: what; the mend``.
    """
    folder = path.resolve().parent if path is not None else None
    whole = _Text(root.resolve() if root is not None else folder)
    if path is not None:
        whole.read.add(path.resolve())
    _gather(text, label, folder, whole)
    main, sbml = _translated(whole, label)
    places = _defining_places(whole)
    if main == "__main":  # what stands outside any module
        sbml = sbml.replace(' id="__main"', f' id="{identifier(label)}"', 1)
    return read_sbml(sbml.encode(), label, places)


def _translated(whole: _Text, label: str) -> tuple[str, str]:
    """The name of the main module, and it as SBML.

    By another process: a module that holds itself kills libantimony, and twenty short ones can ask
    for a million parts.
    """
    made = apart("translated", "\n".join(whole.lines) + "\n")
    if made is None:
        raise ModelError(
            f"{label}: takes libantimony over {translator.MOST_SECONDS} s or "
            f"{translator.MOST_MEMORY >> 30} GB, or has a module within itself; make it smaller"
        )
    if "error" in made:
        raise ModelError(_error(made["error"], whole, label))
    return made["main"], made["sbml"]


def _error(message: str, whole: _Text, label: str) -> str:
    """libantimony's message as one line with the place in the author's own file."""
    match = _MESSAGE.match(message)
    place, what = (whole.place(int(match[1])), match[2]) if match else (label, message)
    formulas = [line.strip() for line in what.splitlines() if line.startswith(" The formula")]
    what = what.rpartition("Error message(s) from libSBML:")[2]
    what = " ".join((formulas[0] if formulas else what).split()).removesuffix(".")
    return f"{place}: {what[:300] or 'Antimony cannot read this'}; mend the line"


def _gather(text: str, label: str, folder: Path | None, whole: _Text) -> None:
    """Add the lines of `text` to `whole`, those of a file it imports in place of the import."""
    if len(text) > MOST_BYTES:
        raise ModelError(f"{label}:1: over {MOST_BYTES >> 20} MB of text; split the model")
    if "\0" in text:
        at = text.count("\n", 0, text.index("\0")) + 1
        raise ModelError(f"{label}:{at}: a NUL byte; this is not text")
    imports = dict(_imports(text, label))
    for number, line in enumerate(text.split("\n"), start=1):
        if number in imports:
            start, end, wanted = imports[number]
            _include(wanted, f"{label}:{number}", folder, whole)
            line = line[:start] + line[end:]
        whole.lines.append(line)
        whole.places.append((label, number))


def _imports(text: str, label: str) -> Iterator[tuple[int, tuple[int, int, str]]]:
    """Each line with an import: where the import starts and ends in it, and the file it names."""
    line, begins, depth, length = 1, 0, 0, 0
    pending: tuple[int, int] | None = None  # an `import` that waits for its file: line and column
    for piece in _PIECE.finditer(text):
        kind = piece.lastgroup
        if kind == "other" and not piece[0].isascii():
            raise ModelError(f"{label}:{line}: '{piece[0]}' is not ASCII; use plain letters")
        length = 0 if kind == "line" or piece[0] == ";" else length + (piece[0] in _OPERATORS)
        if length > LONGEST_FORMULA:
            raise ModelError(
                f"{label}:{line}: a formula of over {LONGEST_FORMULA:,} operators; name its parts"
            )
        if kind == "bracket":
            depth += 1 if piece[0] == "(" else -1
            if depth > DEEPEST_BRACKETS:
                raise ModelError(
                    f"{label}:{line}: brackets are nested over {DEEPEST_BRACKETS} deep; name parts"
                )
        if pending and kind == "quoted":
            yield line, (pending[1], piece.end() - begins, piece[0][1:-1])
            pending = None
        elif pending and not (kind == "other" and piece[0] in " \t"):
            raise ModelError(f'{label}:{pending[0]}: write import "FILE" on one line')
        elif kind == "word" and piece[0] == "import":
            pending = (line, piece.start() - begins)
        breaks = piece[0].count("\n")
        if breaks:
            line += breaks
            begins = piece.start() + piece[0].rindex("\n") + 1
    if pending:
        raise ModelError(f'{label}:{pending[0]}: write import "FILE" on one line')


def _include(wanted: str, place: str, folder: Path | None, whole: _Text) -> None:
    if folder is None:
        raise ModelError(f"{place}: text cannot import '{wanted}'; put the model in a file")
    path = (folder / wanted).resolve()
    if Path(wanted).is_absolute() or not path.is_relative_to(whole.root or folder):
        raise ModelError(f"{place}: import of '{wanted}' leaves the model's folder; copy it there")
    if path.suffix not in (".ant", ".txt"):
        raise ModelError(f"{place}: only Antimony (.ant) can be imported; convert '{wanted}'")
    if path in whole.read:
        return
    whole.read.add(path)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise ModelError(f"{place}: cannot read '{wanted}' in the model's folder") from None
    _gather(text, wanted, path.parent, whole)


_DEFINED = re.compile(
    r"(?:^|;)\s*(?:(?:const|var|species|compartment|function|\$)\s*)*"
    r"([A-Za-z_][A-Za-z0-9_]*)\s*(?:'\s*=|:=|=|:|\bin\b)",
    re.MULTILINE | re.ASCII,
)


def _defining_places(whole: _Text) -> dict[str, str]:
    """``file:line`` where each id is first given something, or first mentioned."""
    text, places = "\n".join(whole.lines), dict[str, str]()
    line, at = 1, 0
    for match in _DEFINED.finditer(text):
        line += text.count("\n", at, match.start(1))
        at = match.start(1)
        places.setdefault(match[1], whole.place(line))
    line, events = 1, 0
    for piece in _PIECE.finditer(text):  # what is only mentioned; events are _E0, _E1, ...
        if piece.lastgroup == "word":
            places.setdefault(piece[0], whole.place(line))
            if piece[0] == "at":
                places.setdefault(f"_E{events}", whole.place(line))
                events += 1
        line += piece[0].count("\n")
    return places
