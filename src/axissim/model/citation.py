"""Sources: what a card cites, as a line of text and as BibTeX."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from axissim.model.model import ModelError, suggestion


@dataclass(frozen=True)
class Citation:
    """A source.

    Attributes
    ----------
    authors : str
        Family names and initials, as medical journals print them: ``"Best JA, Nijhout HF"``.
    year, title, journal, volume, pages : str
        Empty where unknown; `journal` is also the publisher, or where a program or a data set lies.
    doi, url : str
    note : str
        What the source gives.
    """

    authors: str = ""
    year: str = ""
    title: str = ""
    journal: str = ""
    volume: str = ""
    pages: str = ""
    doi: str = ""
    url: str = ""
    note: str = ""

    @property
    def text(self) -> str:
        """One line, without the DOI."""
        where = " ".join(part for part in (self.journal, self.volume) if part)
        where += f":{self.pages}" if self.pages else ""
        when = f"{self.authors} ({self.year})".strip() if self.year else self.authors
        parts = [part.rstrip(".") for part in (when, self.title, where) if part]
        return ". ".join(parts) + "." + (f" ({self.note})" if self.note else "")

    @property
    def key(self) -> str:
        """First author and year, as BibTeX entries are called: ``Best2009``."""
        first = _inverted(self._authors()[0]).split(",")[0]
        plain = unicodedata.normalize("NFKD", first).encode("ascii", "ignore").decode()
        return re.sub(r"[^A-Za-z]", "", plain) + self.year

    def _authors(self) -> list[str]:
        """Each author; ``others`` for et al."""
        return re.sub(r",? et al\.?$", ", others", self.authors).split(", ")

    def bibtex(self, key: str) -> str:
        """The source as an entry called `key`."""
        entry = {
            "author": " and ".join(_inverted(author) for author in self._authors()),
            "title": f"{{{self.title}}}" if self.title else "",
            "journal" if self.volume or self.doi else "howpublished": self.journal,
            "year": self.year,
            "volume": self.volume,
            "pages": re.sub(r"(?<=\w)-(?=\w)", "--", self.pages),
            "doi": self.doi,
            "url": self.url,
            "note": self.note,
        }
        kind = "article" if "journal" in entry else "misc"
        lines = [f"  {name} = {{{_escaped(name, text)}}}" for name, text in entry.items() if text]
        return f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}"


def _inverted(author: str) -> str:
    """``Best JA`` as ``Best, J. A.``; a name without initials in braces, as a body has it."""
    match = re.fullmatch(r"(.+) ((?:[A-Z]-?)+)", author.strip())
    if match is None:
        return f"{{{author}}}" if author and author != "others" else author
    initials = re.sub(r"([A-Z])(-?)", r"\1.\2 ", match[2]).replace("- ", "-").strip()
    return f"{match[1]}, {initials}"


def _escaped(field: str, text: str) -> str:
    return text if field in ("doi", "url") else re.sub(r"([&%#_])", r"\\\1", text)


def citation(given: Any, label: str) -> Citation:
    """A citation from a card: a mapping of the fields of `Citation`; ModelError for any other."""
    if not isinstance(given, Mapping):
        raise ModelError(f"{label}:2: a citation is written as `authors: ...`, `year: ...`, ...")
    known = [field.name for field in fields(Citation)]
    for key in given:
        if key not in known:
            raise ModelError(f"{label}:2: unknown key '{key}'" + suggestion(str(key), known))
    said = {key: "" if value is None else str(value) for key, value in given.items()}
    return Citation(**{key: " ".join(value.split()) for key, value in said.items()})


def bibliography(citations: tuple[Citation, ...]) -> str:
    """All as BibTeX; entries of the same author and year get a letter."""
    taken: dict[str, int] = {}
    entries = []
    for source in citations:
        taken[source.key] = taken.get(source.key, 0) + 1
        letter = (
            "abcdefghijklmnopqrstuvwxyz"[taken[source.key] - 1] if taken[source.key] > 1 else ""
        )
        entries.append(source.bibtex(source.key + letter))
    return "\n\n".join(entries)
