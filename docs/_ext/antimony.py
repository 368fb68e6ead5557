"""Antimony in colours: just enough of the language to be read at a glance."""

from __future__ import annotations

from typing import ClassVar

from pygments.lexer import RegexLexer, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Whitespace
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

WORDS = (
    "model", "end", "module", "function", "import", "species", "compartment", "var", "const",
    "formula", "substanceOnly", "unit", "is", "has", "in", "at", "after", "delete",
)  # fmt: skip
FUNCTIONS = ("piecewise", "delay", "exp", "ln", "log", "sqrt", "pow", "abs", "min", "max", "time")


class AntimonyLexer(RegexLexer):
    """Comments, texts, numbers, the language's words, and what sets what."""

    name = "Antimony"
    tokens: ClassVar = {
        "root": [
            (r"\s+", Whitespace),
            (r"(//|#).*?$", Comment.Single),
            (r"/\*(.|\n)*?\*/", Comment.Multiline),
            (r"\"[^\"\n]*\"", String),
            (r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", Number),
            (words(WORDS, suffix=r"\b"), Keyword),
            (words(FUNCTIONS, suffix=r"\b"), Name.Builtin),
            (r"[A-Za-z_]\w*'?", Name),
            (r":=|->|=>|[-+*/^=<>!&|$%~]", Operator),
            (r".", Punctuation),
        ]
    }


def setup(app: Sphinx) -> ExtensionMetadata:
    """Take part in a build."""
    app.add_lexer("antimony", AntimonyLexer)
    return {"parallel_read_safe": True}
