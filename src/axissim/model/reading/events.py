"""An SBML document's events, as they stand and as what they do to the states of the model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from axissim.model.expression import Expression, name, names
from axissim.model.linear import weighted
from axissim.model.model import Event
from axissim.model.passes import substitute
from axissim.model.reading.amounts import times
from axissim.model.reading.document import Reading
from axissim.model.reading.drafts import plain
from axissim.model.reading.operators import truth


@dataclass
class EventDraft:
    """An event on its way to an `Event`: its element, its formulas by what they are for.

    Attributes
    ----------
    assignments : dict
        Id of what is set, in the document's meaning, to the formula of its new value.
    """

    id: str
    element: Any
    trigger: Expression
    delay: Expression | None
    priority: Expression | None
    assignments: dict[str, Expression] = field(default_factory=dict)

    @property
    def keeps_values(self) -> bool:
        """Whether it assigns, after a delay, what it computed before it."""
        return self.delay is not None and bool(self.element.getUseValuesFromTriggerTime())

    def change(self, formulas: list[Expression]) -> None:
        """Put other formulas in place of `formulas`, in their order."""
        waiting = iter(formulas)
        self.trigger = next(waiting)
        self.delay = next(waiting) if self.delay is not None else None
        self.priority = next(waiting) if self.priority is not None else None
        self.assignments = {key: next(waiting) for key in self.assignments}

    @property
    def formulas(self) -> list[Expression]:
        timing = [self.trigger, self.delay, self.priority]
        return [f for f in [*timing, *self.assignments.values()] if f is not None]


def read_events(reading: Reading) -> list[EventDraft]:
    """The events; what they set is marked.

    Level 3 Version 2 lets any formula be missing: an event without a trigger never happens.
    """
    found: list[EventDraft] = []
    taken = {str(event.getIdAttribute()) for event in reading.elements("Event")}
    for count, event in enumerate(reading.elements("Event"), start=1):
        key = str(event.getIdAttribute()) or f"event{count}"
        while not event.getIdAttribute() and (key in taken or _is_taken(reading, key)):
            key += "_"
        trigger = reading.formula(event.getTrigger()) if event.isSetTrigger() else None
        if trigger is None:
            continue
        draft = EventDraft(
            key,
            event,
            truth(trigger),
            reading.formula(event.getDelay()) if event.isSetDelay() else None,
            reading.formula(event.getPriority()) if event.isSetPriority() else None,
        )
        _read_assignments(reading, event, draft)
        if draft.assignments:
            found.append(draft)
    return found


def _is_taken(reading: Reading, key: str) -> bool:
    return key in reading.drafts or key in reading.reactions


def _read_assignments(reading: Reading, event: Any, draft: EventDraft) -> None:
    for i in range(event.getNumEventAssignments()):
        assignment = event.getEventAssignment(i)
        key = str(assignment.getVariable())
        target = reading.drafts.get(key)
        if target is None:
            raise reading.source.error(assignment, reading.undefined(key))
        if target.constant:
            raise reading.source.error(assignment, "sets a constant; declare it as variable")
        if target.rule is not None:
            what = f"sets '{key}', which a rule gives; set what the rule reads"
            raise reading.source.error(assignment, what)
        if key in draft.assignments:
            raise reading.source.error(assignment, "sets its variable twice; keep one")
        formula = reading.formula(assignment)
        if formula is not None:
            draft.assignments[key] = formula
            target.jumps = True
            target.late = target.late or draft.keeps_values


def event_of(reading: Reading, draft: EventDraft) -> Event:
    """The event, its assignments on states."""
    event, modern = draft.element, draft.element.getLevel() >= 3
    trigger = event.getTrigger()
    return Event(
        id=draft.id,
        name=str(event.getName()),
        note=plain(event),
        trigger=draft.trigger,
        assignments=tuple(_settings(reading, draft)),
        delay=draft.delay,
        priority=draft.priority,
        initially=bool(trigger.getInitialValue()) if modern else True,
        persistent=bool(trigger.getPersistent()) if modern else True,
        at_trigger=bool(event.getUseValuesFromTriggerTime()),
    )


def _settings(reading: Reading, draft: EventDraft) -> list[tuple[str, Expression]]:
    """Ids of states and their new values.

    A concentration whose amount is the state sets that, by the size that the compartment has
    before the event, whatever the event makes of the size (case 01779 of the SBML Test Suite).
    """
    found = []
    for key, formula in draft.assignments.items():
        target = reading.drafts[key]
        if not target.carrier:
            found.append((key, formula))
            continue
        if target.late and reading.drafts[target.home].varies:
            raise reading.source.refusal(
                draft.element,
                f"a delay before it sets the concentration '{key}' in a compartment that events "
                "set too",
            )
        found.append((target.carrier, times(formula, name(target.home))))
    return _conserved(reading, draft, dict(found))


def _conserved(
    reading: Reading, draft: EventDraft, assigned: dict[str, Expression]
) -> list[tuple[str, Expression]]:
    """What is assigned, with what fast reactions conserve in place of the amounts they change."""
    found = [(key, f) for key, f in assigned.items() if not reading.drafts[key].equilibrates]
    for combined, terms in reading.combinations.items():
        if not assigned.keys() & (terms.keys() | names(*terms.values())):
            continue
        if draft.keeps_values:
            raise reading.source.refusal(
                draft.element, "a delay before it sets an amount in a fast reaction"
            )
        coefficients = dict(zip(terms, substitute(list(terms.values()), assigned), strict=True))
        values = {key: assigned.get(key, name(key)) for key in terms}
        found.append((combined, weighted(coefficients, values)))
    return found
