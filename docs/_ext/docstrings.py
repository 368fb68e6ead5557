"""Docstrings as print has them: a dash between a parameter and what it is."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata


def dashed(app: Sphinx, domain: str, kind: str, content: nodes.Element) -> None:
    """Put an en dash where Sphinx writes two hyphens."""
    del app, domain, kind
    for text in [*content.findall(nodes.Text)]:
        if text == " -- ":
            text.parent.replace(text, nodes.Text(" \N{EN DASH} "))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Take part in a build."""
    app.connect("object-description-transform", dashed, priority=900)
    return {"parallel_read_safe": True}
