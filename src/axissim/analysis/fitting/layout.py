"""Where each measurement finds its numbers: experiments, what each sets, times, quantities."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from axissim.analysis.fitting.problem import Measurement, Problem, Reading
from axissim.model.expression import Expression, names
from axissim.model.model import Model, Parameter, State
from axissim.model.passes import substitute

_AT_REST = 1e4  # of the span measured; how long a system is given to come to rest


@dataclass(frozen=True)
class Source:
    """Where a quantity's value comes from, an entry an experiment or a measurement.

    Attributes
    ----------
    numbers : (n,) array
        Its value where it is a number.
    unknowns : (n,) array of int
        The place of the unknown that it is, -1 where it is a number.
    """

    numbers: Any
    unknowns: Any

    def values(self, theta: Any) -> Any:
        """The values, shape (N, n), of plain parameters of shape (N, P)."""
        return np.where(self.unknowns >= 0, theta[:, np.maximum(self.unknowns, 0)], self.numbers)

    def at(self, rows: Any) -> Source:
        """The entries at `rows`."""
        return Source(self.numbers[rows], self.unknowns[rows])


@dataclass(frozen=True)
class Stage:
    """Runs that set the same ids: some experiments, in their own or their condition before.

    Attributes
    ----------
    experiments : (e,) array of int
    sets : mapping
        Id of the model -> where its value in each of the experiments comes from.
    rested : bool
        Whether states that are not set begin where a condition before left them.
    """

    experiments: Any
    sets: Mapping[str, Source]
    rested: bool = False


@dataclass(frozen=True)
class Layout:
    """A problem, arranged for computing.

    Attributes
    ----------
    experiments : tuple of (str, str)
        Condition and the condition before it, "" for none.
    stages, earlier : tuple of Stage
        Runs, and those to rest before them.
    times : (t,) array
        At which any experiment is looked at, from 0.
    quantities : tuple of str
        Ids that move and that formulas of observables read.
    groups : tuple of Group
        The measurements of each observable.
    """

    experiments: tuple[tuple[str, str], ...]
    stages: tuple[Stage, ...]
    earlier: tuple[Stage, ...]
    times: Any
    quantities: tuple[str, ...]
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Group:
    """The measurements of one observable.

    Attributes
    ----------
    reading : Reading
        With formulas of what moves, of unknowns, of fixed quantities and of placeholders only.
    rows : (m,) array of int
        Places in the problem's measurements.
    value, time : (m,) arrays
    experiment, moment : (m,) arrays of int
        Places in the layout's experiments and times.
    given : mapping
        What the formulas read and does not move -> where it comes from.
    """

    reading: Reading
    rows: Any
    value: Any
    time: Any
    experiment: Any
    moment: Any
    given: Mapping[str, Source]


def layout_of(problem: Problem) -> Layout:
    """Arrange a problem; ValueError for what cannot be."""
    measured = problem.measurements
    experiments = tuple(dict.fromkeys((m.condition, m.before) for m in measured))
    times = _times([m.time for m in measured])
    moments = {time: at for at, time in enumerate(times)}
    setting = _Setting(problem, experiments)
    groups = []
    for reading in problem.readings:
        rows = [at for at, m in enumerate(measured) if m.observable == reading.id]
        if rows:
            groups.append(_group(setting, reading, rows, moments))
    moving = dict.fromkeys(
        key
        for group in groups
        for key in sorted(names(group.reading.formula, group.reading.noise))
        if key not in group.given
    )
    alone = {at: c for at, (c, before) in enumerate(experiments) if not before}
    after = {at: c for at, (c, before) in enumerate(experiments) if before}
    earlier = {at: before for at, (_, before) in enumerate(experiments) if before}
    return Layout(
        experiments,
        (*setting.stages(alone), *setting.stages(after, rested=True)),
        setting.stages(earlier),
        np.array(times),
        tuple(moving) or _any(problem.model),
        tuple(groups),
    )


def _any(model: Model) -> tuple[str, ...]:
    return (model.movers[0].id,) if model.movers else ()


def _times(asked: Sequence[float]) -> list[float]:
    """The times to look at, from 0; inf becomes a time at which all is at rest."""
    finite = sorted({0.0, *(time for time in asked if math.isfinite(time))})
    if finite[0] < 0.0:
        raise ValueError(f"measured at time {finite[0]:g}; an experiment starts at 0")
    if any(math.isinf(time) for time in asked):
        finite.append(math.inf)
    return finite if len(finite) > 1 else [*finite, 1.0]


def rest(times: Any) -> float:
    """When a system measured at `times` is taken to be at rest."""
    finite = times[np.isfinite(times)]
    return _AT_REST * max(float(finite[-1]), 1.0)


class _Setting:
    """What each experiment sets."""

    def __init__(self, problem: Problem, experiments: Sequence[tuple[str, str]]) -> None:
        self.problem, self.experiments = problem, experiments
        self.places = {u.id: at for at, u in enumerate(problem.unknowns)}
        self.common: dict[str, float | str] = dict(problem.fixed)
        self.common |= {u.id: u.id for u in problem.unknowns}
        self.conditions = {c.id: dict(c.values) for c in problem.conditions}

    def of(self, condition: str) -> dict[str, float | str]:
        """Ids of the model that a condition sets, and to what."""
        own = {k: v for k, v in self.common.items() if k in self.problem.model.by_id}
        return own | self.conditions.get(condition, {})

    def source(self, given: Sequence[float | str]) -> Source:
        numbers, places = np.full(len(given), np.nan), np.full(len(given), -1)
        for at, what in enumerate(given):
            if isinstance(what, str) and what in self.places:
                places[at] = self.places[what]
            else:
                numbers[at] = self.problem.fixed[what] if isinstance(what, str) else what
        return Source(numbers, places)

    def stages(self, conditions: Mapping[int, str], rested: bool = False) -> tuple[Stage, ...]:
        """Experiments, each in its condition, together where they set the same ids.

        What has a number in the model is filled; not so a state that begins where it came to rest.
        """
        model = self.problem.model
        sets = {at: self.of(condition) for at, condition in conditions.items()}
        for key in dict.fromkeys(key for one in sets.values() for key in one):
            own = number_of(model, key)
            if own is not None and not (rested and isinstance(model.part(key), State)):
                for one in sets.values():
                    one.setdefault(key, own)
        alike: dict[frozenset[str], list[int]] = {}
        for at, one in sets.items():
            alike.setdefault(frozenset(one), []).append(at)
        return tuple(
            Stage(
                np.array(rows),
                {key: self.source([sets[at][key] for at in rows]) for key in sets[rows[0]]},
                rested,
            )
            for rows in alike.values()
        )

    def given(self, key: str, rows: Sequence[Measurement]) -> Source | None:
        """Where what formulas read comes from in each measurement; None if it moves."""
        model = self.problem.model
        what: list[float | str] = []
        for m in rows:
            own = self.of(m.condition)
            if key in m.filled:
                what.append(m.filled[key])
            elif key in model.by_id and not isinstance(model.part(key), Parameter):
                return None
            elif key in own:
                what.append(own[key])
            elif key in self.common:
                what.append(self.common[key])
            else:
                own_number = number_of(model, key)
                what.append(math.nan if own_number is None else own_number)
        return self.source(what)


def number_of(model: Model, key: str) -> float | None:
    """The number that a model gives a quantity (a state's at the start), if it is one."""
    part = model.part(key)
    formula = part.initial if isinstance(part, State) else getattr(part, "value", None)
    return float(formula.value) if formula is not None and formula.op == "number" else None


def _group(
    setting: _Setting, reading: Reading, rows: Sequence[int], moments: Mapping[float, int]
) -> Group:
    measured = [setting.problem.measurements[at] for at in rows]
    set_here = {key for m in measured for key in setting.of(m.condition)}
    formula, noise = _without_formulas(setting.problem.model, set_here, reading)
    given = {}
    for key in sorted(names(formula, noise)):
        source = setting.given(key, measured)
        if source is not None:
            given[key] = source
    places = {experiment: at for at, experiment in enumerate(setting.experiments)}
    return Group(
        reading=replace(reading, formula=formula, noise=noise),
        rows=np.array(rows),
        value=np.array([m.value for m in measured]),
        time=np.array([m.time for m in measured]),
        experiment=np.array([places[m.condition, m.before] for m in measured]),
        moment=np.array([moments[m.time] for m in measured]),
        given=given,
    )


def _without_formulas(
    model: Model, set_here: set[str], reading: Reading
) -> tuple[Expression, Expression]:
    """Formulas of a reading with the formulas of the parameters that they read put in."""
    formulas = {
        p.id: p.value for p in model.parameters if p.value.op != "number" and p.id not in set_here
    }
    pair = [reading.formula, reading.noise]
    while read := names(*pair) & formulas.keys():
        for key in sorted(read):
            for other in sorted(names(formulas[key])):
                if not isinstance(model.part(other), Parameter):
                    raise ValueError(
                        f"observable '{reading.id}' reads '{key}', which depends on '{other}' at "
                        "the start; write its formula with parameters only"
                    )
        pair = substitute(pair, {key: formulas[key] for key in read})
    return pair[0], pair[1]
