"""What each part of a model is in SBML, decided once for every format that it is written in."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from axissim.model.dimensions import DIMENSIONLESS, KINDS, Unit, UnitDefinition, read, unit
from axissim.model.expression import Expression, in_order, names
from axissim.model.model import (
    Event,
    Implicit,
    Model,
    ModelError,
    Observable,
    Parameter,
    Part,
    State,
    UnitFactor,
    formulas_of,
)
from axissim.model.passes import substitute

MOST_NODES = 1_000_000
Some = TypeVar("Some", Parameter, State, Implicit, Observable, Event)
_BASE = {"liter": "litre", "meter": "metre", "celsius": "kelvin", "Celsius": "kelvin"}
_AMOUNTS = [DIMENSIONLESS, *(unit([UnitFactor(kind)]) for kind in ("mole", "item", "gram"))]
_LENGTH = unit([UnitFactor("metre")])


@dataclass(frozen=True)
class Home:
    """Where a species is, whether its id means its amount, and the unit of that amount."""

    compartment: str
    is_amount: bool
    substance: str


@dataclass(frozen=True)
class Plan:
    """A model as SBML has it.

    Attributes
    ----------
    model : Model
        Without the read-outs that every tool makes itself, with the ids and units of SBML.
    time : str
        The id of the unit of time, "" if the model has none.
    dimensions : mapping
        Each compartment's number of spatial dimensions, 0 where its unit does not tell.
    homes : mapping
        Each species' place.
    lost : tuple of str
        What SBML cannot hold.
    """

    model: Model
    time: str = ""
    dimensions: Mapping[str, int] = field(default_factory=dict)
    homes: Mapping[str, Home] = field(default_factory=dict)
    lost: tuple[str, ...] = ()

    @cached_property
    def compartments(self) -> tuple[Part, ...]:
        return tuple(part for part in self.model.parts if part.id in self.dimensions)

    @cached_property
    def species(self) -> tuple[Part, ...]:
        return tuple(part for part in self.model.parts if part.id in self.homes)

    @cached_property
    def plain(self) -> tuple[Part, ...]:
        """The parts that are neither compartments nor species."""
        taken = {*self.dimensions, *self.homes}
        return tuple(part for part in self.model.parts if part.id not in taken)

    @cached_property
    def read(self) -> set[str]:
        """The ids that some formula reads."""
        parts = (*self.model.parts, *self.model.events)
        return names(*(formula for part in parts for formula in formulas_of(part)))

    def start(self, part: Part) -> Expression | None:
        """What gives a part's value at the start; None if nothing does, or a rule does always.

        NaN is taken for no value, but where something reads it, and so waits for one.
        """
        if isinstance(part, Observable):
            return None
        given = part.value if isinstance(part, Parameter) else part.initial
        missing = given.op == "number" and math.isnan(given.value)
        waited_for = isinstance(part, State) or (part.id in self.read and is_constant(part))
        return None if missing and not waited_for else given


def planned(model: Model) -> Plan:
    """The plan of a model; ModelError if its formulas are too large to write out."""
    _refuse_large(model)
    lost: list[str] = []
    shown = _without_read_outs(model)
    shown = dataclasses.replace(shown, id=_free(model.id, set(shown.by_id)))
    if shown.id != model.id:
        lost.append(f"the model's id, which a quantity has too, is now '{shown.id}'")
    units = _base_units(model.units, lost)
    time = _clock(model.time_unit, units)
    homes = _homes(shown, units, lost)
    sizes = {home.compartment for home in homes.values()}
    return Plan(
        dataclasses.replace(shown, units=units, events=_named_apart(shown)),
        time,
        {key: _dimensions(_unit(shown.by_id[key].unit, units)) for key in sizes},
        homes,
        tuple(lost),
    )


def _refuse_large(model: Model) -> None:
    """ModelError if the formulas, written without sharing, have too many nodes."""
    roots = [f for part in (*model.parts, *model.events) for f in formulas_of(part)]
    sizes: dict[Expression, int] = {}
    for node in in_order(roots):
        sizes[node] = 1 + sum(sizes[arg] for arg in node.args)
    if sum(sizes[root] for root in roots) > MOST_NODES:
        raise ModelError(
            f"model '{model.id}': its formulas, written out, have over {MOST_NODES:,} parts; "
            "name the repeated ones by assignment rules"
        )


def _without_read_outs(model: Model) -> Model:
    """The model without ``amount(S)`` and its like; a formula that reads one holds its formula."""
    outs = {o.id: o.value for o in model.observables if "(" in o.id}
    if not outs:
        return model
    for key, formula in outs.items():
        outs[key] = substitute([formula], outs)[0]

    species = {key: home for key, home in model.species.items() if key not in outs}
    return dataclasses.replace(
        model,
        parameters=tuple(_substituted(part, outs) for part in model.parameters),
        states=tuple(_substituted(part, outs) for part in model.states),
        implicit=tuple(_substituted(part, outs) for part in model.implicit),
        observables=tuple(_substituted(o, outs) for o in model.observables if o.id not in outs),
        events=tuple(_substituted(event, outs) for event in model.events),
        species=species,
    )


def _substituted(part: Some, by_name: Mapping[str, Expression]) -> Some:
    """A part or an event with names in its formulas replaced."""
    given = {f.name: getattr(part, f.name) for f in dataclasses.fields(part)}
    changed: dict[str, Any] = {
        key: substitute([formula], by_name)[0]
        for key, formula in given.items()
        if isinstance(formula, Expression)
    }
    if isinstance(part, Event):
        changed["assignments"] = tuple(
            (key, substitute([formula], by_name)[0]) for key, formula in part.assignments
        )
    return dataclasses.replace(part, **changed)


def _free(wanted: str, taken: set[str]) -> str:
    while wanted in taken:
        wanted += "_"
    return wanted


def _named_apart(model: Model) -> tuple[Event, ...]:
    """The events, renamed where a quantity or the model has the same id."""
    taken, events = {model.id, *model.by_id}, []
    for event in model.events:
        events.append(dataclasses.replace(event, id=_free(event.id, taken)))
        taken.add(events[-1].id)
    return tuple(events)


def _base_units(
    units: Mapping[str, tuple[UnitFactor, ...]], lost: list[str]
) -> dict[str, tuple[UnitFactor, ...]]:
    """The definitions in the kinds of SBML Level 3."""
    made: dict[str, tuple[UnitFactor, ...]] = {}
    for key, factors in units.items():
        if any(factor.kind in ("celsius", "Celsius") for factor in factors):
            lost.append(f"unit '{key}' is now in kelvin: SBML Level 3 has no degree Celsius")
        kinds = (dataclasses.replace(f, kind=_BASE.get(f.kind, f.kind)) for f in factors)
        made[key] = UnitDefinition(kinds, getattr(factors, "name", ""))
    return made


def base(unit_id: str) -> str:
    """A unit id as Level 3 spells it."""
    return _BASE.get(unit_id, unit_id)


def _unit(key: str, units: Mapping[str, tuple[UnitFactor, ...]]) -> Unit | None:
    if key in units:
        return unit(units[key])
    return unit([UnitFactor(key)]) if key in KINDS else None


def _clock(spelt: str, units: dict[str, tuple[UnitFactor, ...]]) -> str:
    """The id of the unit of time, added to `units` if none there is equal to it."""
    wanted = read(spelt) if spelt else None
    if wanted is None:
        return ""
    for key in ("time_unit", *units):  # libantimony's own name for it comes first
        if key in units and unit(units[key]).equals(wanted):
            return key
    if spelt == "s":
        return "second"
    key = _free("time_unit", set(units))
    units[key] = UnitDefinition(wanted.factors)
    return key


def _dimensions(of: Unit | None) -> int:
    """Spatial dimensions of a compartment, by its unit; 3 if it has none, 0 if it is no size."""
    for count in (3, 2, 1):
        if of is None or of.dimension == (_LENGTH ** float(count)).dimension:
            return count
    return 3 if of is not None and of.dimension == () else 0


def _homes(
    model: Model, units: dict[str, tuple[UnitFactor, ...]], lost: list[str]
) -> dict[str, Home]:
    """The species that can be written as such; the others become parameters."""
    homes: dict[str, Home] = {}
    leaping = _leaping(model)
    for key, species in model.species.items():
        if key not in model.by_id or species.compartment not in model.by_id:
            continue
        own, size = model.by_id[key].unit, model.by_id[species.compartment].unit
        substance = own if species.is_amount else _substance(own, size, units)
        if not species.is_amount and _is_held(model, key, species.compartment, leaping):
            lost.append(f"species '{key}' is a parameter: SBML would hold its amount instead")
        elif substance is None or not _counts(_unit(substance, units)):
            lost.append(f"species '{key}' is a parameter: its unit is not one of amounts")
        elif species.compartment not in model.species:
            homes[key] = Home(species.compartment, species.is_amount, substance)
    return homes


def _leaping(model: Model) -> set[str]:
    """What events set, and what rules make of that."""
    found = {key for event in model.events for key, _ in event.assignments}
    reads = {o.id: names(o.value) for o in model.observables}
    while new := {key for key, read in reads.items() if read & found} - found:
        found |= new
    return found


def _is_held(model: Model, key: str, compartment: str, leaping: set[str]) -> bool:
    """Whether a concentration stays as it is while its compartment's size changes.

    SBML keeps the amount of a species then, unless a rule gives the concentration.
    """
    if isinstance(model.by_id[key], State):
        return compartment in leaping
    return is_constant(model.by_id[key]) and not is_constant(model.by_id[compartment])


def _substance(own: str, size: str, units: dict[str, tuple[UnitFactor, ...]]) -> str | None:
    """The id of the unit of amount, of a concentration in `own`; None if there is none."""
    per_size, of_size = _unit(own, units), _unit(size, units)
    if per_size is None:
        return ""
    if of_size is None:
        return None
    wanted = per_size * of_size
    for key in (*units, "mole", "item", "gram", "kilogram", "dimensionless"):
        found = _unit(key, units)
        if found is not None and found.equals(wanted):
            return key
    key = _free(f"{own}_times_{size}", set(units))
    units[key] = UnitDefinition(wanted.factors)
    return key


def _counts(of: Unit | None) -> bool:
    """Whether a unit is one of amounts, or not declared."""
    return of is None or any(of.dimension == amount.dimension for amount in _AMOUNTS)


def is_constant(part: Part) -> bool:
    return not isinstance(part, (State, Observable, Implicit))
