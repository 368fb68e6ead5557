"""A model beside its derivatives along directions, as a model: the forward sensitivity equations.

For x' = f(x, p, t) the quantities s = dx/dp move by s' = (df/dx) s + df/dp.  Directions are dealt
to groups; a run follows one of each group, and which one is a parameter of the new model: N sets
of values and P directions are N*P/groups runs of one kernel.  Each s is multiplied by a step (of
the size of p, say) so that it is of the size of x.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from axissim.analysis.directional.along import Along, baked, movers
from axissim.analysis.directional.crossings import with_crossings
from axissim.model.expression import ZERO, Expression, name, number, operation
from axissim.model.model import Implicit, Model, Observable, Parameter, State


@dataclass(frozen=True)
class Directional:
    """A model beside its derivatives along directions.

    Attributes
    ----------
    model : Model
    groups : tuple of tuple of str
        The directions that share quantities, of which a run follows one of each group.
    turn : str
        The parameter that says which of each group: its position.
    steps : tuple of str
        For each group the parameter by which its derivatives are multiplied.
    slopes : tuple of mapping
        For each group: id of a quantity that may move to that of its derivative times the step.
    outputs : tuple of str
        For each output asked for, the id of its value.
    derivatives : tuple of tuple of str
        For each group and each output the id of its derivative times the step.
    """

    model: Model
    groups: tuple[tuple[str, ...], ...]
    turn: str
    steps: tuple[str, ...]
    slopes: tuple[Mapping[str, str], ...]
    outputs: tuple[str, ...]
    derivatives: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=64)  # the same model, so that what is compiled of it is found again
def directional(
    model: Model,
    groups: tuple[tuple[str, ...], ...],
    held: frozenset[str],
    outputs: tuple[str, ...],
    breaks: tuple[Expression, ...] = (),
) -> Directional:
    """`model` with the derivatives of all that moves along one direction of each group.

    Parameters
    ----------
    groups : tuple of tuple of str
        Ids of parameters, and of states, whose value at the start is meant.
    held : frozenset of str
        Other ids that are numbers in every run, whatever formula the model has for them.
    outputs : tuple of str
    breaks : tuple of Expression
        Comparisons and floors at which rates jump, and which may be at other moments along them.
    """
    given = {key for group in groups for key in group} | held
    fresh = _Names({*model.by_id, *(event.id for event in model.events)})
    turn = fresh.new("direction")
    values = tuple(fresh.new(f"of_{at}") for at in range(len(outputs)))
    plain = baked(model, given)
    found = [_Group(plain, group, given, turn, fresh) for group in groups]
    derivatives = [
        [fresh.new(f"d_of_{at}_{which}") for at in range(len(outputs))]
        for which in range(len(groups))
    ]
    read = [Observable(own, value=name(key)) for own, key in zip(values, outputs, strict=True)]
    for ids, group in zip(derivatives, found, strict=True):
        slopes = group.along.of([name(key) for key in outputs])
        read += [Observable(own, value=slope) for own, slope in zip(ids, slopes, strict=True)]
    whole = replace(
        model,
        parameters=(
            *model.parameters,
            Parameter(turn, value=ZERO),
            *(part for group in found for part in group.parameters()),
        ),
        states=(*model.states, *(part for group in found for part in group.states())),
        implicit=(*model.implicit, *(part for group in found for part in group.implicit())),
        observables=(*model.observables, *read),
        tangent=True,
    )
    whole = with_crossings(whole, breaks, [group.along for group in found], fresh.new)
    return Directional(
        whole, groups, turn, tuple(group.step for group in found),
        tuple(group.along.slopes for group in found), values, tuple(map(tuple, derivatives)),
    )  # fmt: skip


class _Group:
    """The derivatives along one direction of a group, whose turn it is."""

    def __init__(
        self, model: Model, group: Sequence[str], given: set[str], turn: str, fresh: _Names
    ) -> None:
        moving = movers(model, group, given)
        slopes = {
            part.id: fresh.new(f"d_{part.id}")
            for part in model.parts
            if part.id in moving and not isinstance(part, Observable)
        }
        self.along, self.given, self.step = Along(model, slopes), given, fresh.new("step")
        self.own = {
            key: operation("where", operation("eq", name(turn), number(at)), name(self.step), ZERO)
            for at, key in enumerate(group)
        }

    def parameters(self) -> Iterable[Parameter]:
        """The step, and each parameter's derivative."""
        slopes = self.along.slopes
        moving = [p for p in self.along.model.parameters if p.id in slopes]
        begun = self._given(moving, [p.value for p in moving])
        yield Parameter(self.step, value=number(1.0))
        for parameter, slope in zip(moving, begun, strict=True):
            yield Parameter(slopes[parameter.id], value=slope)

    def states(self) -> Iterable[State]:
        slopes = self.along.slopes
        moving = [s for s in self.along.model.states if s.id in slopes]
        rates = self.along.of([s.rate for s in moving])
        begun = self._given(moving, [s.initial for s in moving])
        for state, rate, start in zip(moving, rates, begun, strict=True):
            yield State(slopes[state.id], unit=state.unit, initial=start, rate=rate)

    def implicit(self) -> Iterable[Implicit]:
        slopes = self.along.slopes
        moving = [i for i in self.along.model.implicit if i.id in slopes]
        residuals = self.along.of([i.residual for i in moving])
        for quantity, residual in zip(moving, residuals, strict=True):
            yield Implicit(slopes[quantity.id], initial=ZERO, residual=residual)

    def _given(
        self, parts: Sequence[Parameter | State], formulas: Sequence[Expression]
    ) -> list[Expression]:
        """The derivatives of values at the start; of what is a number there, its own step."""
        return [
            self.own.get(part.id, ZERO) if part.id in self.given else slope
            for part, slope in zip(parts, self.along.of(formulas), strict=True)
        ]


class _Names:
    """Ids that are not taken."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = set(taken)

    def new(self, wanted: str) -> str:
        found = wanted
        while found in self.taken:
            found += "_"
        self.taken.add(found)
        return found
