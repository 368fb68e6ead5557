"""The models' pages: the gallery, and for each model its picture, card, equations and checks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from _ext.repository import DOCS, write
from axissim.lab.mathml import equations
from axissim.model.citation import Citation
from axissim.model.library import Card, load, models
from axissim.model.model import Model

FOLDER = DOCS / "models"
ORIGINS = {
    "published": "as published",
    "mended": "published, with defects mended that the card lists",
    "composite": "put together here from published parts",
}


CHECKED = "Tests make these again, with the published numbers."


def gallery(cards: list[Card]) -> Iterator[str]:
    """The lines of the gallery's page, by axis."""
    yield "# Models\n"
    yield f"{len(cards)} models, each with its equations, sources, units, checks and known misfits."
    yield "[The library](../library.md) has the figures in one table.\n"
    yield "*For research and teaching; not medical advice.*"
    for axis, group in groupby(sorted(cards, key=lambda c: (c.axis, c.title)), lambda c: c.axis):
        here = list(group)
        yield f"\n## {axis.capitalize()}\n"
        yield ":::::{grid} 1 1 2 2\n:gutter: 3\n"
        for card in here:
            yield f"::::{{grid-item-card}} {card.title}\n:link: {card.id}\n:link-type: doc\n"
            yield f"```{{image}} ../gallery/{card.id}.png\n:alt: {card.title}"
            yield ":loading: lazy\n```\n"
            yield f"{card.summary}\n::::"
        yield ":::::\n"
        yield f"```{{toctree}}\n:hidden:\n:caption: {axis.capitalize()}\n"
        yield from (card.id for card in here)
        yield "```"
    yield "\n```{toctree}\n:hidden:\n:caption: All together\n\n/library\n```"


def page(card: Card, model: Model, counted: dict[str, str]) -> Iterator[str]:
    """The lines of a model's page."""
    folder = f"../../models/{card.id}"
    yield f"# {card.title}\n\n{card.summary}\n"
    yield f"![{card.title}](../gallery/{card.id}.png)\n"
    yield "*For research and teaching; not medical advice.*\n"
    yield f"| `{card.id}` | |\n|---|---|"
    yield f"| origin | {ORIGINS.get(card.origin, card.origin)} |"
    yield f"| states | {len(model.states)} |"
    yield f"| time in | {card.time_unit or 'no unit'} |"
    for words, cell in counted.items():
        yield f"| {words} | {cell} |"
    yield f"| files | [text]({folder}/{card.id}.ant), [card]({folder}/card.md) |"
    yield f"| licence of the source | {card.licence} |\n"
    yield f'```python\nimport axissim as ax\n\nmodel = ax.load("{card.id}")\n```\n'
    yield f"```sh\naxissim run {card.id} --plot {card.id}.png\naxissim show {card.id}\n```\n"
    yield without_title(card.note)
    yield from listed("What is checked", card.checks, CHECKED)
    yield from listed("Known misfits", card.misfits, "Nothing is tuned to hide them.")
    yield f"\n## Equations\n\n```{{raw}} html\n{set_out(model)}\n```\n"
    yield from listed("Sources", [source(one) for one in card.citations], "")


def without_title(note: str) -> str:
    """The prose of a card, whose first heading is the page's already."""
    return re.sub(r"\A# .*\n+", "", note)


def listed(title: str, items: list[str] | tuple[str, ...], words: str) -> Iterator[str]:
    """A section that is a list; nothing if the list is empty."""
    if items:
        yield f"\n## {title}\n\n{words}\n"
        yield from (f"- {item}" for item in items)


def source(one: Citation) -> str:
    """A source with a link to it."""
    place = f"https://doi.org/{one.doi}" if one.doi else one.url
    return f"{one.text} [{one.doi or 'link'}]({place})" if place else one.text


def set_out(model: Model) -> str:
    """A model's equations as MathML, which browsers set, and its tables; both open at a click."""
    rows = "".join(row["math"] for row in equations(model))
    made = (
        f"<details class='equations'><summary>Equations ({len(equations(model))})</summary>"
        f"<div class='rows'>{rows}</div></details>{model._repr_html_()}"
    )
    return made.replace("\n", " ").replace("<div class='rows'>", "<div class='rows' tabindex='0'>")


def table() -> dict[str, dict[str, str]]:
    """What the library's table counts of each model, by its heads."""
    lines = [line for line in (DOCS / "library.md").read_text().split("\n") if line[:1] == "|"]
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    wanted = {
        "parameters": "parameters with a source, of all",
        "numbers": "published numbers made again, of those tried",
        "findings": "published findings made again, of those tried",
    }
    return {
        re.sub(r"\[(.*?)\].*", r"\1", row[0]): {
            words: dict(zip(head, row, strict=True))[key] for key, words in wanted.items()
        }
        for row in rows
    }


def make() -> None:
    """Write the pages, and take away those of models that are no more."""
    cards, counted = models(), table()
    write(FOLDER / "index.made", "\n".join(gallery(cards)) + "\n")
    for card in cards:
        text = "\n".join(page(card, load(card.id), counted.get(card.id, {})))
        write(FOLDER / f"{card.id}.made", text + "\n")
    for path in FOLDER.glob("*.made"):
        if path.stem not in ("index", *(card.id for card in cards)):
            path.unlink()


def homes() -> dict[str, str]:
    """Files of the repository whose place on the site is a page made here."""
    cards = {f"models/{card.id}/card.md": f"models/{card.id}" for card in models()}
    return cards | {"docs/gallery/README.md": "models/index", "docs/gallery": "models/index"}


def setup(app: Sphinx) -> ExtensionMetadata:
    """Take part in a build."""
    app.connect("config-inited", lambda *_: make())
    return {"parallel_read_safe": True}
