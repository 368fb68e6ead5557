"""SBML text to a model, through libSBML: Level 2 and Level 3, as far as axissim simulates them.

What a model uses beyond that is refused by name; nothing is left out in silence.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from axissim.model.drafts import plain
from axissim.model.model import Model, ModelError, Observable, Parameter, State
from axissim.model.reading import Reading
from axissim.model.refusal import Source, UnsupportedModelError
from axissim.model.sbml_units import Units, read_units
from axissim.model.scan import scanned

log = logging.getLogger("axissim")
LOCK = threading.RLock()  # libantimony keeps global state; libSBML is read under the same lock


def read_sbml(data: bytes, label: str = "model", places: Mapping[str, str] | None = None) -> Model:
    """Read an SBML document.

    Parameters
    ----------
    data : bytes
        The text, UTF-8.
    label : str
        What errors call it: the file's name.
    places : mapping, optional
        ``file:line`` of each id in the author's own text, if that was not SBML.

    Raises
    ------
    ModelError
        ``file:line: what; the mend``.
    UnsupportedModelError
        The model uses what axissim does not simulate yet.
    """
    text, required = scanned(data, label)
    source = Source(label, places)
    with LOCK:
        document = _document(text, source)
        for package in required:
            raise UnsupportedModelError(
                f"{label}: the model needs the SBML package {package}, which axissim does not "
                "simulate yet; flatten it or remove the package"
            )
        reading = Reading(document.getModel(), source)
        _refuse(reading)
        units = read_units(document.getModel(), document.getLevel(), source)
        reading.read(units)
        return _assembled(reading, units)


def _document(text: str, source: Source) -> Any:
    import libsbml

    document = libsbml.readSBMLFromString(text)
    for i in range(document.getNumErrors()):
        found = document.getError(i)
        if found.getSeverity() >= libsbml.LIBSBML_SEV_ERROR:
            line = f":{found.getLine()}" if source.places is None and found.getLine() else ""
            detail = " ".join(found.getMessage().split())[:200]
            raise ModelError(
                f"{source.label}{line}: {found.getShortMessage()}: {detail}; mend the element"
            )
    if document.getModel() is None:
        raise ModelError(f"{source.label}: there is no <model>; add one")
    return document


def _refuse(reading: Reading) -> None:
    """Refuse what no other part of the reading would look at."""
    for event in reading.elements("Event"):
        raise reading.source.refusal(event, "events")
    model = reading.sbml
    for element in (model, *(model.getSpecies(i) for i in range(model.getNumSpecies()))):
        if element.isSetConversionFactor():
            raise reading.source.refusal(element, "a conversion factor")
    for constraint in reading.elements("Constraint"):
        log.warning(
            "%s: a constraint is not checked; it changes no trajectory",
            reading.source.place(constraint),
        )


def _assembled(reading: Reading, units: Units) -> Model:
    """The model of what was read: rules in the author's order, then the reactions' rates."""
    sbml = reading.sbml
    parts = [draft.part() for draft in (*reading.drafts.values(), *reading.reactions.values())]
    ruled = [str(rule.getVariable()) for rule in reading.elements("Rule")]
    order = {key: at for at, key in enumerate((*ruled, *reading.reactions))}
    observables = [part for part in parts if isinstance(part, Observable)]
    try:
        return Model(
            id=str(sbml.getId()) or identifier(reading.source.label),
            parameters=tuple(part for part in parts if isinstance(part, Parameter)),
            states=tuple(part for part in parts if isinstance(part, State)),
            observables=tuple(sorted(observables, key=lambda part: order[part.id])),
            units=units.definitions,
            time_unit=units.clock(),
            name=str(sbml.getName()),
            note=plain(sbml),
        )
    except ModelError as wrong:
        raise ModelError(f"{reading.source.label}: {wrong}") from None


def identifier(label: str) -> str:
    """An id for a model that has none, from its file's name."""
    made = re.sub(r"[^A-Za-z0-9_]", "_", PurePath(label).stem)
    return made if re.match(r"[A-Za-z_]", made) else f"model_{made}"
