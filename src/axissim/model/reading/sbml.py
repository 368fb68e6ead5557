"""SBML text to a model, through libSBML: all of the core that an ODE engine can run.

What a model uses beyond that is refused by name; nothing is left out in silence.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from axissim.model.model import (
    Implicit,
    Model,
    ModelError,
    Observable,
    Parameter,
    Species,
    State,
)
from axissim.model.reading import fast
from axissim.model.reading.amounts import choose_states
from axissim.model.reading.constraints import choose_unknowns, solve_constraints
from axissim.model.reading.document import Reading
from axissim.model.reading.drafts import drafted, plain
from axissim.model.reading.events import EventDraft, event_of, read_events
from axissim.model.reading.flattening import flattened
from axissim.model.reading.history import recall
from axissim.model.reading.initial import refuse_circles, settle
from axissim.model.reading.moving import resolve_rates
from axissim.model.reading.reactions import read_reactions, read_stoichiometries
from axissim.model.reading.refusal import Source, UnsupportedModelError
from axissim.model.reading.scan import scanned
from axissim.model.reading.units import Units, read_units

log = logging.getLogger("axissim")
LOCK = threading.RLock()  # libSBML is not made for several threads


def read_sbml(
    data: bytes,
    label: str = "model",
    places: Mapping[str, str] | None = None,
    path: Path | None = None,
) -> Model:
    """Read an SBML document.

    Parameters
    ----------
    data : bytes
        The text, UTF-8.
    label : str
        What errors call it: the file's name.
    places : mapping, optional
        ``file:line`` of each id in the author's own text, if that was not SBML.
    path : Path, optional
        The file of the text: submodels may be in files of its folder, and nowhere else.

    Raises
    ------
    ModelError
        ``file:line: what; the mend``.
    UnsupportedModelError
        The model uses what axissim does not simulate yet.
    """
    whole = scanned(data, label)
    if whole.hierarchical:
        whole = flattened(whole, label, path)
        places = places or {}  # the lines are no longer the author's
    source = Source(label, places)
    with LOCK:
        document = _document(whole.text, source)
        for package in whole.required:
            raise UnsupportedModelError(
                f"{label}: the model needs the SBML package {package}, which axissim does not "
                "simulate; remove what uses it"
            )
        reading = Reading(document.getModel(), source)
        units = read_units(document.getModel(), document.getLevel(), source)
        events = _read(reading, units)
        return _assembled(reading, units, events)


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
    if document.getLevel() == 1 and document.getModel() is not None:
        _modernise(document, source)
    if document.getModel() is None:
        raise ModelError(f"{source.label}: there is no <model>; add one")
    return document


def _modernise(document: Any, source: Source) -> None:
    """Convert Level 1, where formulas are text, to Level 2; ModelError for text that is none."""
    model = document.getModel()
    laws = [model.getReaction(i).getKineticLaw() for i in range(model.getNumReactions())]
    rules = [model.getRule(i) for i in range(model.getNumRules())]
    for element in (*rules, *(law for law in laws if law is not None)):
        if element.getMath() is None:
            said = " ".join(str(element.getFormula()).split())[:100]
            raise source.error(element, f"has the formula '{said}', which cannot be read; mend it")
    document.setLevelAndVersion(2, 5, False)
    if any(rule.isAlgebraic() for rule in rules):
        for i in range(model.getNumParameters()):
            model.getParameter(i).setConstant(False)  # Level 1 does not say what is constant


def _read(reading: Reading, units: Units) -> list[EventDraft]:
    """Fill the drafts with every formula resolved; the events."""
    reading.read_functions()
    reading.drafts = drafted(reading.sbml, units, reading.source)
    read_stoichiometries(reading)
    read_reactions(reading, units)
    reading.read_rules()
    reading.read_initial_assignments()
    events = read_events(reading)
    refuse_circles(reading.drafts | reading.reactions, reading.source)
    choose_unknowns(reading, events)
    groups = fast.set_apart(reading)
    choose_states(reading, units)
    fast.hold(reading, groups, events)
    refuse_circles(reading.drafts | reading.reactions, reading.source)
    fast.check_switches(reading, groups)
    recall(reading, events)
    resolve_rates(reading, events)
    solve_constraints(reading)
    fast.check(reading, groups)
    settle(
        reading.drafts | reading.reactions,
        reading.source,
        {event.id: event.formulas for event in events},
    )
    for constraint in reading.elements("Constraint"):
        log.warning(
            "%s: a constraint is not checked; it changes no trajectory",
            reading.source.place(constraint),
        )
    return events


def _assembled(reading: Reading, units: Units, events: list[EventDraft]) -> Model:
    """The model of what was read: rules in the author's order, then the reactions' rates."""
    sbml = reading.sbml
    parts = [draft.part() for draft in (*reading.drafts.values(), *reading.reactions.values())]
    ruled = [str(rule.getVariable()) for rule in reading.elements("Rule")]
    order = {key: at for at, key in enumerate((*ruled, *reading.reactions))}
    observables = [part for part in parts if isinstance(part, Observable)]
    happenings = tuple(event_of(reading, event) for event in events)
    try:
        return Model(
            id=str(sbml.getId()) or identifier(reading.source.label),
            parameters=tuple(part for part in parts if isinstance(part, Parameter)),
            states=tuple(part for part in parts if isinstance(part, State)),
            observables=tuple(sorted(observables, key=lambda part: order.get(part.id, -1))),
            implicit=tuple(part for part in parts if isinstance(part, Implicit)),
            events=happenings,
            species=_species(reading),
            units=units.definitions,
            time_unit=units.clock(),
            name=str(sbml.getName()),
            note=plain(sbml),
        )
    except ModelError as wrong:
        raise ModelError(f"{reading.source.label}: {wrong}") from None


def _species(reading: Reading) -> dict[str, Species]:
    return {
        key: Species(str(draft.element.getCompartment()), not draft.home)
        for key, draft in reading.drafts.items()
        if draft.element.getElementName() == "species" and draft.id == draft.element.getId()
    }


def identifier(label: str) -> str:
    """An id for a model that has none, from its file's name."""
    made = re.sub(r"[^A-Za-z0-9_]", "_", PurePath(label).stem)
    return made if re.match(r"[A-Za-z_]", made) else f"model_{made}"
