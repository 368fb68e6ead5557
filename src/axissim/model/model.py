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
    """

    id: str
    parameters: tuple[Parameter, ...]
    states: tuple[State, ...]
    observables: tuple[Observable, ...] = ()
    units: Mapping[str, tuple[UnitFactor, ...]] = field(default_factory=dict)
    time_unit: str = ""
    name: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if not _SID.fullmatch(self.id):
            raise ModelError(f"'{self.id}' is not an SBML id; name the model in letters and digits")
        known: set[str] = set()
        for part in self.parts:
            if not _SID.fullmatch(part.id):
                raise ModelError(f"'{part.id}' is not an SBML id; use letters, digits and _ only")
            if part.id in known:
                raise ModelError(f"'{part.id}' is defined twice; rename one of the two")
            known.add(part.id)
        for part in self.parts:
            for formula in _formulas(part):
                for missing in sorted(names(formula) - known):
                    raise ModelError(
                        f"'{missing}', read by '{part.id}', is not defined"
                        + suggestion(missing, known)
                    )

    @property
    def parts(self) -> tuple[Parameter | State | Observable, ...]:
        return (*self.parameters, *self.states, *self.observables)

    @cached_property
    def by_id(self) -> dict[str, Parameter | State | Observable]:
        return {part.id: part for part in self.parts}

    def part(self, identifier: str) -> Parameter | State | Observable:
        """The part called `identifier`; ModelError with a suggestion if there is none."""
        if identifier not in self.by_id:
            raise ModelError(
                f"model '{self.id}' has no '{identifier}'" + suggestion(identifier, self.by_id)
            )
        return self.by_id[identifier]

    def with_values(self, values: Mapping[str, float]) -> Model:
        """The same model with other numbers for parameters and for states' initial values."""
        for identifier in values:
            if isinstance(self.part(identifier), Observable):
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


def _formulas(part: Parameter | State | Observable) -> tuple[Expression, ...]:
    return (part.initial, part.rate) if isinstance(part, State) else (part.value,)


def suggestion(wrong: str, known: Iterable[str]) -> str:
    """The words ``; did you mean 'x'?`` for the nearest of `known`, or nothing."""
    folded = {word.lower(): word for word in sorted(known)}
    near = difflib.get_close_matches(wrong.lower(), folded, n=1, cutoff=0.6)
    return f"; did you mean '{folded[near[0]]}'?" if near else ""
