"""A model with sliders inside a notebook, or as a file: the page that needs no Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from axissim.lab.asked import Asked
from axissim.lab.bench import Bench
from axissim.lab.export.page import page
from axissim.lab.limits import POINTS
from axissim.lab.shelf import card_of
from axissim.model.model import Model, ModelError
from axissim.study.action import Dose


@dataclass(frozen=True)
class Page:
    """A page with sliders; a notebook shows it, `save` writes it.

    Attributes
    ----------
    html : str
        The whole page.
    title : str
    height : int
        In a notebook, in pixels.
    """

    html: str
    title: str
    height: int = 760

    def _repr_html_(self) -> str:
        look = f"width: 100%; height: {self.height}px; border: 0"
        inside = escape(self.html, quote=True)
        return f'<iframe title="{escape(self.title)}" style="{look}" srcdoc="{inside}"></iframe>'

    def save(self, path: str | Path, *, force: bool = False) -> Path:
        """Write the page; FileExistsError if there is such a file, unless `force`."""
        target = Path(path)
        with target.open("w" if force else "x", encoding="utf-8") as file:
            file.write(self.html)
        return target


def sliders(
    model: Model,
    *,
    t: tuple[float, float, int] | None = None,
    params: Mapping[str, float] | None = None,
    doses: Sequence[Dose] = (),
    outputs: Sequence[str] | None = None,
    height: int = 760,
) -> Page:
    """A model with sliders, doses and curves, solved in the browser.

    Parameters
    ----------
    t : (start, stop, points), optional
        Left out, as the model's card has it.
    params : mapping, optional
        Where the sliders stand, by id.
    doses : sequence of `axissim.dose`
    outputs : sequence of str, optional
        States and observables to draw; left out, those of the card.
    height : int
        In a notebook, in pixels.

    Raises
    ------
    ModelError
        The model has events, delays or constraints; or an id is none of the model's.
    """
    about = card_of(model)
    bench = Bench(model, about)
    start, stop, points = t or about.span
    if not (start < stop and 2 <= points <= POINTS):
        raise ModelError(f"t is (start, stop, points), rising, with 2 to {POINTS} points")
    shown = tuple(outputs) if outputs is not None else about.outputs[:4]
    for key in (*shown, *(dose.target for dose in doses)):
        model.part(key)
    bench.params(params or {})
    asked = Asked(
        kind="page", number=0, model=model.id, params=dict(params or {}), doses=tuple(doses),
        start=float(start), stop=float(stop), points=int(points), outputs=shown,
    )  # fmt: skip
    return Page(page(bench, asked), about.title or model.id, height)
