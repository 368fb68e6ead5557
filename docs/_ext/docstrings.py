"""Docstrings as print has them: dashes, and signatures without what only Python can read."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata


def dashed(app: Sphinx, tree: nodes.document) -> None:
    """Put an en dash where Sphinx and Napoleon write two hyphens."""
    del app
    for field in tree.findall(nodes.field_body):
        for text in [*field.findall(nodes.Text)]:
            if text.startswith(" -- "):
                text.parent.replace(text, nodes.Text(text.replace("--", "\N{EN DASH}", 1)))


def signed(*told: Any) -> tuple[str | None, str | None]:
    """A signature in which a default that is an object, such as ``<factory>``, is ``...``."""
    *_, signature, returned = told
    return signature and re.sub(r"<[^<>]*>", "...", signature), returned


def told_apart(*told: Any) -> None:
    """Join attributes that a docstring names together: Napoleon takes one name a line."""
    lines: list[str] = told[-1]
    start = lines.index("Attributes") if "Attributes" in lines else len(lines)
    for at in range(start, len(lines)):
        if re.fullmatch(r"\w+(?:, \w+)+(?: : .*)?", lines[at]):
            names, colon, kind = lines[at].partition(" : ")
            lines[at] = names.replace(", ", "/") + colon + kind


def setup(app: Sphinx) -> ExtensionMetadata:
    """Take part in a build."""
    app.connect("doctree-read", dashed)
    app.connect("autodoc-process-signature", signed)
    app.connect("autodoc-process-docstring", told_apart, priority=100)
    return {"parallel_read_safe": True}
