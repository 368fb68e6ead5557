"""The model: its parts as frozen values, with every name resolved."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from axissim.model.expression import Expression, names, number

_SID = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_READ_OUT = re.compile(r"(?:amount|concentration|rate)\([A-Za-z_][A-Za-z0-9_]*\)", re.ASCII)


class ModelError(ValueError):
    """A model, or what is asked of it, is wrong; the message is one line: what, and the mend."""


@dataclass(frozen=True)
class UnitFactor:
    """(multiplier * 10^scale * kind)^exponent, as in an SBML unit definition."""

    kind: str
    exponent: float = 1.0
    scale: int = 0
    multiplier: float = 1.0


@dataclass(frozen=True)
class Quantity:
    """What every named part of a model has.

    Attributes
    ----------
    id : str
    unit : str
        A key of `Model.units` or an SBML base unit; "" if undeclared.
    name : str
        For display.
    note : str
        Plain text; for a parameter, its source.
    """

    id: str
    unit: str = ""
    name: str = ""
    note: str = ""


@dataclass(frozen=True)
class Parameter(Quantity):
    """A quantity fixed for a run: a number, or a formula of other parameters and initial values."""

    value: Expression = field(default_factory=lambda: number(float("nan")))


@dataclass(frozen=True)
class State(Quantity):
    """A quantity that moves: its value at the start and its rate of change per time unit."""

    initial: Expression = field(default_factory=lambda: number(float("nan")))
    rate: Expression = field(default_factory=lambda: number(0.0))


@dataclass(frozen=True)
class Observable(Quantity):
    """A quantity given at every moment by a formula of the others (a rule, a flux, a read-out)."""

    value: Expression = field(default_factory=lambda: number(float("nan")))


@dataclass(frozen=True)
class Implicit(Quantity):
    """A quantity that at every moment makes `residual` zero (an algebraic rule)."""

    initial: Expression = field(default_factory=lambda: number(float("nan")))
    residual: Expression = field(default_factory=lambda: number(0.0))


@dataclass(frozen=True)
class Event(Quantity):
    """Assignments to states, made when `trigger` turns from false to true (SBML L3V2, 4.11).

    Attributes
    ----------
    trigger : Expression
        True where it is not 0.
    assignments : tuple of (str, Expression)
        Ids of states and their new values.
    delay, priority : Expression or None
        Time from trigger to execution; of events due at one moment the highest priority goes first.
    initially : bool
        What the trigger is taken to have been before the start.
    persistent : bool
        Whether a delayed execution stands even if the trigger turns false before it.
    at_trigger : bool
        Whether the new values are computed when the trigger fires, or when they are assigned.
    """

    trigger: Expression = field(default_factory=lambda: number(0.0))
    assignments: tuple[tuple[str, Expression], ...] = ()
    delay: Expression | None = None
    priority: Expression | None = None
    initially: bool = True
    persistent: bool = True
    at_trigger: bool = True

    @property
    def formulas(self) -> tuple[Expression, ...]:
        timing = (self.trigger, self.delay, self.priority, *(f for _, f in self.assignments))
        return tuple(formula for formula in timing if formula is not None)


@dataclass(frozen=True)
class Species:
    """Where a species is, and whether its id means its amount (or its concentration)."""

    compartment: str
    is_amount: bool


@dataclass(frozen=True, eq=False)
class Model:
    """An ODE model, frozen and symbolic; compared by identity.

    Attributes
    ----------
    id, name, note : str
        As the author gave them.
    time_unit : str
        "s", "min", "h", "d", or "" if the model does not say.
    parameters, states, observables : tuple
        In the author's order.  A formula names them by id; in a formula for an initial value or a
        parameter, a state's id means its value at the start.
    units : mapping
        Unit id to its factors.
    implicit : tuple of Implicit
        Quantities that algebraic constraints define.
    events : tuple of Event
    species : mapping
        Which quantities are species, for `amount(S)` and `concentration(S)`.
    tangent : bool
        Whether the last of its states are derivatives of the others: the Jacobian then has equal
        blocks, which are factorised once.
    """

    id: str
    parameters: tuple[Parameter, ...]
    states: tuple[State, ...]
    observables: tuple[Observable, ...] = ()
    units: Mapping[str, tuple[UnitFactor, ...]] = field(default_factory=dict)
    time_unit: str = ""
    name: str = ""
    note: str = ""
    implicit: tuple[Implicit, ...] = ()
    events: tuple[Event, ...] = ()
    species: Mapping[str, Species] = field(default_factory=dict)
    tangent: bool = False

    def __post_init__(self) -> None:
        if not _SID.fullmatch(self.id):
            raise ModelError(f"'{self.id}' is not an SBML id; name the model in letters and digits")
        known: set[str] = set()
        for part in self.parts:
            if not (_SID.fullmatch(part.id) or _READ_OUT.fullmatch(part.id)):
                raise ModelError(f"'{part.id}' is not an SBML id; use letters, digits and _ only")
            if part.id in known:
                raise ModelError(f"'{part.id}' is defined twice; rename one of the two")
            known.add(part.id)
        states = {state.id for state in self.states}
        for event in self.events:
            for target in sorted({key for key, _ in event.assignments} - states):
                raise ModelError(f"event '{event.id}' sets '{target}', which is not a state")
        for reader in (*self.parts, *self.events):
            for formula in formulas_of(reader):
                for missing in sorted(names(formula) - known):
                    raise ModelError(
                        f"'{missing}', read by '{reader.id}', is not defined"
                        + suggestion(missing, known)
                    )

    @property
    def parts(self) -> tuple[Part, ...]:
        return (*self.parameters, *self.states, *self.implicit, *self.observables)

    @property
    def movers(self) -> tuple[State | Implicit, ...]:
        """What has a value of its own at every moment: the states, then the implicit quantities."""
        return (*self.states, *self.implicit)

    @cached_property
    def by_id(self) -> dict[str, Part]:
        return {part.id: part for part in self.parts}

    def part(self, identifier: str) -> Part:
        """The part called `identifier`; ModelError with a suggestion if there is none."""
        if identifier not in self.by_id:
            raise ModelError(
                f"model '{self.id}' has no '{identifier}'" + suggestion(identifier, self.by_id)
            )
        return self.by_id[identifier]

    def with_values(self, values: Mapping[str, float]) -> Model:
        """The same model with other numbers for parameters and for states' initial values."""
        for identifier in values:
            if isinstance(self.part(identifier), (Observable, Implicit)):
                raise ModelError(
                    f"'{identifier}' is computed by a rule and cannot be set; set what it reads"
                )
        fixed = {key: number(v) for key, v in values.items()}
        return dataclasses.replace(
            self,
            parameters=tuple(
                dataclasses.replace(p, value=fixed.get(p.id, p.value)) for p in self.parameters
            ),
            states=tuple(
                dataclasses.replace(s, initial=fixed.get(s.id, s.initial)) for s in self.states
            ),
        )

    def _repr_html_(self) -> str:
        """What a notebook shows: tables of states, parameters, observables and events."""
        from axissim.model.shown import html

        return html(self)


Part = Parameter | State | Implicit | Observable


def formulas_of(part: Part | Event) -> tuple[Expression, ...]:
    """Every formula of a part or an event."""
    if isinstance(part, State):
        return (part.initial, part.rate)
    if isinstance(part, Implicit):
        return (part.initial, part.residual)
    return part.formulas if isinstance(part, Event) else (part.value,)


def suggestion(wrong: str, known: Iterable[str]) -> str:
    """The words ``; did you mean 'x'?`` for the nearest of `known`, or nothing."""
    folded = {word.lower(): word for word in sorted(known)}
    near = difflib.get_close_matches(wrong.lower(), folded, n=1, cutoff=0.6)
    return f"; did you mean '{folded[near[0]]}'?" if near else ""
