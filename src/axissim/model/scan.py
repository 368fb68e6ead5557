"""A first look at SBML text as a stream, so that libSBML only meets what it survives.

libSBML segfaults on MathML some thousand elements deep, and no ``try`` catches that.
"""

from __future__ import annotations

import re
import xml.parsers.expat as expat
from dataclasses import dataclass, field

from axissim.model.model import ModelError
from axissim.model.refusal import UnsupportedModelError

MOST_BYTES = 64 * 2**20
DEEPEST = 500
_PACKED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"BZh": "bzip2"}
# libSBML insists on an encoding, which XML does not.
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_DECLARED = re.compile(r"\A<\?xml\b[^>]*\?>")

_LEVEL_1 = "http://www.sbml.org/sbml/level1"
_LEVELS = {
    "http://www.sbml.org/sbml/level2": ("2", "1"),
    **{f"http://www.sbml.org/sbml/level2/version{v}": ("2", str(v)) for v in (2, 3, 4, 5)},
    **{f"http://www.sbml.org/sbml/level3/version{v}/core": ("3", str(v)) for v in (1, 2)},
}


@dataclass
class _Scan:
    """What the stream has shown so far."""

    label: str
    parser: expat.XMLParserType
    depth: int = 0
    elements: int = 0
    required: list[str] = field(default_factory=list)

    def error(self, what: str) -> ModelError:
        return ModelError(f"{self.label}:{self.parser.CurrentLineNumber}: {what}")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.elements == 0:
            self._root(tag, attributes)
        self.elements += 1
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error(
                f"elements are nested over {DEEPEST} deep; name the parts of the formula"
            )

    def end(self, _tag: str) -> None:
        self.depth -= 1

    def doctype(self, *_what: object) -> None:
        raise self.error("a DOCTYPE or entity is refused; remove it")

    def declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "us-ascii", "ascii"):
            raise self.error(f"the encoding is {encoding}; save the file as UTF-8")

    def _root(self, tag: str, attributes: dict[str, str]) -> None:
        """Check what libSBML aborts on: level and version that do not belong together."""
        if tag.rpartition(" ")[2] != "sbml":
            raise self.error(
                f"the root element is <{tag.rpartition(' ')[2]}>; SBML starts with <sbml>"
            )
        space = tag.rpartition(" ")[0]
        said = (attributes.get("level", ""), attributes.get("version", ""))
        if space == _LEVEL_1:
            raise UnsupportedModelError(
                f"{self.label}:{self.parser.CurrentLineNumber}: SBML Level 1 is not read; "
                "convert it to Level 3"
            )
        if said != _LEVELS.get(space):
            raise self.error(
                f"level '{said[0]}', version '{said[1]}' and namespace '{space}' do not belong "
                "together; give those of one release of SBML"
            )
        for key, given in attributes.items():
            space, _, attribute = key.rpartition(" ")
            if attribute == "required" and space and given.strip() in ("true", "1"):
                self.required.append(space)


def scanned(data: bytes, label: str) -> tuple[str, list[str]]:
    """`data` as text, and the XML namespaces of the packages that it says are required.

    Raises
    ------
    ModelError
        Packed, too large, not UTF-8, not well-formed, with a DOCTYPE or entities, too deep, or
        not SBML.
    """
    for magic, kind in _PACKED.items():
        if data.startswith(magic):
            raise ModelError(f"{label}:1: this is a {kind} file; unpack it first")
    if len(data) > MOST_BYTES:
        raise ModelError(f"{label}:1: over {MOST_BYTES >> 20} MB of text; split the model")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        raise ModelError(f"{label}:{line}: not UTF-8 text; save it as UTF-8") from None
    required = _streamed(text, label)
    return _DECLARATION + _DECLARED.sub("", text, count=1), required


def _streamed(text: str, label: str) -> list[str]:
    parser = expat.ParserCreate("UTF-8", namespace_separator=" ")
    scan = _Scan(label, parser)
    parser.StartElementHandler = scan.start
    parser.EndElementHandler = scan.end
    parser.XmlDeclHandler = scan.declared
    parser.StartDoctypeDeclHandler = scan.doctype
    parser.EntityDeclHandler = scan.doctype
    try:
        parser.Parse(text.encode("utf-8"), True)
    except expat.ExpatError as wrong:
        what = expat.ErrorString(wrong.code)
        raise ModelError(
            f"{label}:{wrong.lineno}: not well-formed XML ({what}); mend the file"
        ) from None
    return scan.required
