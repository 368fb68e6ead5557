"""A model as text that other tools read: SBML Level 3 Version 2, or Antimony."""

from __future__ import annotations

from dataclasses import dataclass

from axissim.model.export.antimony import antimony
from axissim.model.export.plan import planned
from axissim.model.export.sbml import sbml
from axissim.model.model import Model


@dataclass(frozen=True)
class Written:
    """A model's text, and what the language could not hold, in a few words each."""

    text: str
    lost: tuple[str, ...] = ()


def to_sbml(model: Model) -> str:
    """The model as SBML Level 3 Version 2 Core; the same model gives the same bytes.

    Every number is read back bit for bit.  A state is a parameter or a species with a rate rule,
    an observable one with an assignment rule, an implicit quantity one that an algebraic rule
    defines; reactions and function definitions have become formulas when the model was read.

    Raises
    ------
    ModelError
        A formula is too large or nested too deeply to be read back.
    """
    return sbml_of(model).text


def to_antimony(model: Model) -> str:
    """The model as Antimony; the same model gives the same bytes.

    libantimony keeps 15 digits of each number.  An id that is a word of Antimony's own gets an
    underscore after it.

    Raises
    ------
    ModelError
        A formula is too large or nested too deeply to be read back.
    """
    return antimony_of(model).text


def sbml_of(model: Model) -> Written:
    """`to_sbml`, with what was lost."""
    plan = planned(model)
    return Written(sbml(plan), plan.lost)


def antimony_of(model: Model) -> Written:
    """`to_antimony`, with what was lost."""
    plan = planned(model)
    text, lost = antimony(plan)
    return Written(text, (*plan.lost, *lost))
