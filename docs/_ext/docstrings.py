"""Docstrings as print has them: a dash between a parameter and what it is."""

from __future__ import annotations

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


def setup(app: Sphinx) -> ExtensionMetadata:
    """Take part in a build."""
    app.connect("doctree-read", dashed)
    return {"parallel_read_safe": True}
