"""``axissim cite``: what to cite, as BibTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from axissim.model.citation import Citation


def cite(
    model: Annotated[
        str | None, typer.Argument(help="A shipped model; without it, axissim itself.")
    ] = None,
) -> None:
    """Print the sources of a shipped model as BibTeX."""
    from axissim.model.citation import bibliography
    from axissim.model.library import card

    print(bibliography(card(model).citations if model else (_itself(),)))


def _itself() -> Citation:
    """The program as a source, in the version that is installed."""
    from importlib.metadata import metadata

    from axissim.model.citation import Citation

    about = metadata("axissim")
    return Citation(
        authors=about["Author"],
        title=f"axissim {about['Version']}: {about['Summary']}",
        journal="Python package",
    )
