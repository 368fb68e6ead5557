"""Where a construct stands in its file, and the one-line errors that name it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from axissim.model.model import ModelError


class UnsupportedModelError(ModelError):
    """The model is sound SBML, but uses something that axissim does not simulate yet."""


@dataclass(frozen=True)
class Source:
    """A model's text: what to call it, and where its parts stand.

    Attributes
    ----------
    label : str
        The file's name, or what stands for it.
    places : mapping
        For a model that was written in Antimony, ``file:line`` of each id; None if the text itself
        is SBML, where libSBML knows the line.
    """

    label: str
    places: Mapping[str, str] | None = None

    def place(self, element: Any) -> str:
        """``file:line`` of a libSBML element."""
        if self.places is not None:
            return self.places.get(_key(element), self.label)
        return f"{self.label}:{element.getLine()}" if element.getLine() else self.label

    def error(self, element: Any, what: str) -> ModelError:
        """An error of the model: ``file:line: <element> what``."""
        return ModelError(f"{self.place(element)}: {described(element)} {shortened(what, 500)}")

    def refusal(self, element: Any, feature: str) -> UnsupportedModelError:
        """An error of axissim, which lacks `feature`."""
        return UnsupportedModelError(
            f"{self.place(element)}: {described(element)} uses {feature}, which axissim does not "
            "simulate yet; remove it, or run this model elsewhere"
        )


def described(element: Any) -> str:
    """What an element is, and its id: ``assignment rule 'x'``."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", element.getElementName()).lower()
    key = _key(element)
    return f"{words} '{shortened(key, 80)}'" if key else words


def shortened(text: str, most: int) -> str:
    """`text` without its middle if it is longer than `most`: ids have no end to their length."""
    half = most // 2
    return text if len(text) <= most else f"{text[:half]}...{text[-half:]}"


def _key(element: Any) -> str:
    """The id of an element, or of what it sets, or of the reaction that holds it."""
    if element.getElementName() == "speciesReference":
        return str(element.getIdAttribute() or element.getSpecies())
    for getter in ("getVariable", "getSymbol", "getIdAttribute"):
        key = getattr(element, getter, str)()
        if key:
            return str(key)
    holder = element.getParentSBMLObject()
    if holder is not None and holder.getElementName() == "reaction":
        return str(holder.getIdAttribute())
    return ""
