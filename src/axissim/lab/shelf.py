"""The models that a page may open: those shipped, and those named on the command line."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from axissim.model.library import Card, card, load, shipped
from axissim.model.model import Model, ModelError, suggestion

if TYPE_CHECKING:
    from axissim.lab.bench import Bench


class Shelf:
    """Models by id; each is read and compiled when it is first asked for.

    Parameters
    ----------
    named : sequence of str
        Ids of shipped models, or paths of files.

    Raises
    ------
    ModelError
        A file that is named cannot be read.
    """

    def __init__(self, named: Sequence[str] = ()) -> None:
        self._own: dict[str, Model] = {}
        self._files: dict[str, str] = {}
        self._benches: dict[str, Bench] = {}
        self._lock = threading.Lock()
        self.named = tuple(self._put(source) for source in named)

    def _put(self, source: str) -> str:
        if source in shipped():
            return source
        model = load(Path(source))
        if model.id in shipped():
            raise ModelError(f"{source}: '{model.id}' is the id of a shipped model; rename it")
        if model.id in self._own:
            other = self._files[model.id]
            raise ModelError(f"{source}: '{model.id}' is the id of the model in {other}, too")
        self._own[model.id], self._files[model.id] = model, Path(source).name
        return model.id

    @property
    def ids(self) -> tuple[str, ...]:
        return (*self._own, *shipped())

    def card(self, identifier: str) -> Card:
        """The card of a model; of a file that was named, what the model itself says."""
        self._known(identifier)
        if identifier not in self._own:
            return card(identifier)
        return card_of(self._own[identifier])

    def source(self, identifier: str) -> str:
        """What `axissim.load` reads a model from: an id, or a file's name."""
        self._known(identifier)
        return self._files.get(identifier, identifier)

    def model(self, identifier: str) -> Model:
        self._known(identifier)
        return self._own[identifier] if identifier in self._own else load(identifier)

    def bench(self, identifier: str) -> Bench:
        """A model ready to be run; ModelError if it is not on the shelf."""
        from axissim.lab.bench import Bench

        self._known(identifier)
        with self._lock:
            if identifier not in self._benches:
                self._benches[identifier] = Bench(self.model(identifier), self.card(identifier))
            return self._benches[identifier]

    def _known(self, identifier: str) -> None:
        if identifier not in self.ids:
            near = suggestion(identifier, self.ids)
            raise ModelError(f"there is no model '{identifier[:80]}' here{near}")


def card_of(model: Model) -> Card:
    """The card of a shipped model; of another one, what the model itself says."""
    if model.id in shipped():
        return card(model.id)
    return Card(
        model.id,
        title=model.name or model.id,
        axis="yours",
        time_unit=model.time_unit,
        outputs=tuple(part.id for part in model.movers[:4]),
        span=(0.0, 100.0, 401),
        note=model.note,
    )
