"""A first look at SBML text as a stream, so that libSBML only meets what it survives.

libSBML segfaults on MathML some thousand elements deep, and no ``try`` catches that.  It writes a
sum of a thousand terms as one of two terms a thousand deep, so that width counts as depth.
"""

from __future__ import annotations

import re
import xml.parsers.expat as expat
from dataclasses import dataclass, field

from axissim.model.model import ModelError

MOST_BYTES = 64 * 2**20
DEEPEST = 500
_LONGEST = 10_000  # operands of a formula, one in the other or beside each other
_LONGEST_TEXT = 2_000  # operators and brackets of a Level 1 formula, which is text
_PACKED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"BZh": "bzip2"}
# libSBML insists on an encoding, which XML does not.
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_DECLARED = re.compile(r"\A<\?xml\b[^>]*\?>")

_LEVELS = {
    "http://www.sbml.org/sbml/level1": [("1", "1"), ("1", "2")],
    "http://www.sbml.org/sbml/level2": [("2", "1")],
    **{f"http://www.sbml.org/sbml/level2/version{v}": [("2", str(v))] for v in (2, 3, 4, 5)},
    **{f"http://www.sbml.org/sbml/level3/version{v}/core": [("3", str(v))] for v in (1, 2)},
}
_MATHML = "http://www.w3.org/1998/Math/MathML"
_HIERARCHY = re.compile(r"http://www\.sbml\.org/sbml/level3/version\d+/comp/version\d+")
# What these packages add to mathematics is read, or refused where a formula uses it.
_HARMLESS = re.compile(r".*/(?:l3v2extendedmath|distrib)/version\d+")


@dataclass(frozen=True)
class Scanned:
    """SBML text that libSBML survives, and what it needs beyond the core.

    Attributes
    ----------
    text : str
    required : tuple of str
        The XML namespaces of the packages that it says are required, but for harmless ones.
    hierarchical : bool
        Whether it may be made of submodels (the package `comp`).
    externals : tuple of (str, int)
        Files that it takes submodels from, and the lines that say so.
    """

    text: str
    required: tuple[str, ...]
    hierarchical: bool
    externals: tuple[tuple[str, int], ...]


@dataclass
class _Scan:
    """What the stream has shown so far."""

    label: str
    parser: expat.XMLParserType
    depth: int = 0
    elements: int = 0
    required: list[str] = field(default_factory=list)
    hierarchical: bool = False
    externals: list[tuple[str, int]] = field(default_factory=list)
    # Of each open element of a formula: how many it holds so far, and the deepest of them.
    formula: list[tuple[int, int]] = field(default_factory=list)

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
        space, _, local = tag.rpartition(" ")
        if self.formula or (local == "math" and space == _MATHML):
            self.formula.append((0, 0))
        elif local == "externalModelDefinition":
            given = [v for k, v in attributes.items() if k.rpartition(" ")[2] == "source"]
            self.externals.extend((v, self.parser.CurrentLineNumber) for v in given)
        for written in (attributes.get("formula", ""), attributes.get("stoichiometry", "")):
            if sum(not (c.isalnum() or c in "_ .") for c in written) > _LONGEST_TEXT:
                raise self.error(f"a formula of over {_LONGEST_TEXT} operators; name parts of it")

    def end(self, _tag: str) -> None:
        self.depth -= 1
        if self.formula:
            length = sum(self.formula.pop())
            if length > _LONGEST:
                raise self.error(f"a formula over {_LONGEST} deep or wide; name parts of it")
            if self.formula:
                count, deepest = self.formula[-1]
                self.formula[-1] = (count + 1, max(deepest, length + 1))

    def namespace(self, _prefix: str | None, uri: str) -> None:
        self.hierarchical = self.hierarchical or bool(_HIERARCHY.fullmatch(uri or ""))

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
        if said not in _LEVELS.get(space, []):
            raise self.error(
                f"level '{said[0]}', version '{said[1]}' and namespace '{space}' do not belong "
                "together; give those of one release of SBML"
            )
        for key, given in attributes.items():
            space, _, attribute = key.rpartition(" ")
            required = attribute == "required" and given.strip() in ("true", "1")
            known = _HIERARCHY.fullmatch(space) or _HARMLESS.fullmatch(space)
            if required and space and not known:
                self.required.append(space)


def scanned(data: bytes, label: str) -> Scanned:
    """`data` as text that libSBML survives, and what it needs.

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
    scan = _streamed(text, label)
    return Scanned(
        _DECLARATION + _DECLARED.sub("", text, count=1),
        tuple(scan.required),
        scan.hierarchical,
        tuple(scan.externals),
    )


def _streamed(text: str, label: str) -> _Scan:
    parser = expat.ParserCreate("UTF-8", namespace_separator=" ")
    scan = _Scan(label, parser)
    parser.StartElementHandler = scan.start
    parser.EndElementHandler = scan.end
    parser.StartNamespaceDeclHandler = scan.namespace
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
    return scan
