"""A question about derivatives, resolved: which runs of which model give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from axissim.analysis.directional.breaks import breaks_of
from axissim.analysis.directional.model import Directional, directional
from axissim.analysis.directional.values import is_state, spread_around, values_of
from axissim.model.expression import Expression
from axissim.model.model import Model, ModelError, Parameter
from axissim.study.choice import Choice, choose
from axissim.study.plan import Plan, planned
from axissim.study.question import Question, question_of
from axissim.study.timeline import Timeline

if TYPE_CHECKING:
    import xarray as xr

_MOST_STATES = 210  # of a model with its derivatives: beyond, compiling takes longer than it saves
_MOST_GROUPS = 8


@dataclass(frozen=True)
class Solving:
    """How to solve: see `axissim.simulate`."""

    method: str = "auto"
    rtol: float = 1e-6
    atol: float | Mapping[str, float] | None = None
    max_steps: int = 100_000
    threads: int | None = None


@dataclass(frozen=True)
class Posed:
    """Runs of a model with its derivatives.

    Attributes
    ----------
    question : Question
        Its design has a row for each set of values and each turn, the turns of a set together.
    turns : int
        How many runs a set of values takes.
    directions : tuple of str
    columns : tuple of str
        What stands in the design's columns.
    floors : dict
        What to multiply a direction's derivatives by where its value is 0.
    """

    made: Directional
    plan: Plan
    question: Question
    choice: Choice
    turns: int
    directions: tuple[str, ...]
    columns: tuple[str, ...]
    floors: Mapping[str, float]


def groups_of(model: Model, directions: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Directions dealt to groups, of which a run follows one of each."""
    fit = _MOST_STATES // max(len(model.movers), 1) - 1
    most = max(1, min(fit, _MOST_GROUPS, len(directions)))
    turns = -(-len(directions) // most)
    count = -(-len(directions) // turns)  # no more than these turns need
    return tuple(tuple(directions[at::count]) for at in range(count))


def pose(
    model: Model,
    directions: Sequence[str],
    design: xr.Dataset,
    times: Any,
    outputs: Sequence[str],
    given: Mapping[str, float],
    actions: Sequence[Any],
    solving: Solving,
    spread: float = 0.0,
) -> Posed:
    """Resolve what is asked.

    Parameters
    ----------
    directions : sequence of str
        Ids of parameters, and of states, whose value at the start is meant.
    given : mapping
        Values in place of the model's own, of both.
    spread : float
        How far values will be from those of the design: exp(spread) times as much.

    Raises
    ------
    BreakError
        The equations do not give the derivatives along some of the directions.
    """
    looked = _looked_at(model, directions, design, times, outputs, given, actions, spread)
    plan, values, groups = looked.plan, looked.values, groups_of(model, directions)
    made = directional(plan.model, groups, looked.held, tuple(outputs), looked.breaks)
    turns = max(map(len, made.groups))
    rows = int(np.prod([design.sizes[dim] for dim in design.dims]))
    plan = _in_turns(plan, made, rows, turns)
    template = _template(made, values, rows, turns)
    asked = [*made.outputs, *(key for group in made.derivatives for key in group)]
    kinds = {kind: {key: v for key, v in given.items() if is_state(model, key) == kind}
             for kind in (False, True)}  # fmt: skip
    question = question_of(plan, template, times, kinds[False], kinds[True], asked)
    floors = {key: float(abs(np.ravel(values[key])[0])) for key in directions}
    columns = tuple(map(str, template.data_vars))
    question = replace(question, own=_own(made, question, floors))
    choice = choose(question, solving.method, solving.rtol, _atol(made, solving), solving.max_steps)
    atol = _as_of_states(made, question, choice.atol)
    choice = replace(choice, atol=atol)
    sizes = dict(zip(question.kernel.system.states, atol / (1e-3 * choice.rtol), strict=True))
    floors = {key: floors[key] or max(sizes.get(key, 0.0), 0.0) or 1.0 for key in directions}
    posed = Posed(made, plan, question, choice, turns, tuple(directions), columns, floors)
    return replace(posed, question=replace(question, design=stepped(posed, question.design)))


def parts_of(
    model: Model,
    directions: Sequence[str],
    design: xr.Dataset,
    times: Any,
    outputs: Sequence[str],
    given: Mapping[str, float],
    actions: Sequence[Any],
    spread: float = 0.0,
) -> list[tuple[str, ...]]:
    """Directions that are better posed apart: those that move jumps of rates, and the others.

    A jump that is looked out for costs every run.  Arguments and errors are those of `pose`.
    """
    looked = _looked_at(model, directions, design, times, outputs, given, actions, spread)
    smooth = tuple(key for key in directions if key not in looked.crossing)
    return [part for part in (smooth, looked.crossing) if part]


class _Looked(NamedTuple):
    """A plan, what its runs have of the directions, what else is a number, and the breaks."""

    plan: Plan
    values: dict[str, Any]
    held: frozenset[str]
    breaks: tuple[Expression, ...]
    crossing: tuple[str, ...]


def _looked_at(
    model: Model,
    directions: Sequence[str],
    design: xr.Dataset,
    times: Any,
    outputs: Sequence[str],
    given: Mapping[str, float],
    actions: Sequence[Any],
    spread: float,
) -> _Looked:
    """Where runs break along the directions; BreakError where that cannot be crossed."""
    plan = planned(model, design, actions, times).with_outputs(tuple(outputs))
    values = values_of(plan.model, directions, design, given, float(times[0]))
    held = frozenset([*given, *values, *plan.numbers, *plan.arrays]) - set(directions)
    near = spread_around({**given, **values}, spread)
    breaks, crossing, why = breaks_of(plan.model, directions, held, near)
    if why:
        raise BreakError(why)
    return _Looked(plan, values, held, breaks, crossing)


class BreakError(ModelError):
    """Directions along which the equations do not give derivatives.

    Attributes
    ----------
    why : dict
        Id of a direction to the reason.
    """

    def __init__(self, why: Mapping[str, str]) -> None:
        key, reason = next(iter(why.items()))
        others = f" (and {len(why) - 1} others)" if len(why) > 1 else ""
        super().__init__(
            f"the equations do not give derivatives in '{key}'{others}: {reason}; "
            "use method='differences'"
        )
        self.why = dict(why)


def stepped(posed: Posed, matrix: Any) -> Any:
    """`matrix`, a row a run as in the question's design, with each run's steps put in."""
    at = {key: i for i, key in enumerate(posed.columns)}
    matrix = np.array(matrix, float)
    for group, step in zip(posed.made.groups, posed.made.steps, strict=True):
        for turn, key in enumerate(group):
            own = np.abs(matrix[turn :: posed.turns, at[key]])
            own = np.where(own > 0.0, own, posed.floors[key])
            matrix[turn :: posed.turns, at[step]] = own
    return matrix


def _template(made: Directional, values: Mapping[str, Any], rows: int, turns: int) -> xr.Dataset:
    """Every run as the model's quantities: values, the turn, and steps still 1."""
    import xarray as xr

    found = {key: np.repeat(np.broadcast_to(v, (rows,)), turns) for key, v in values.items()}
    found[made.turn] = np.tile(np.arange(float(turns)), rows)
    found |= {step: np.ones(rows * turns) for step in made.steps}
    return xr.Dataset({key: ("run", array) for key, array in found.items()})


def _in_turns(plan: Plan, made: Directional, rows: int, turns: int) -> Plan:
    """A plan for the model with its derivatives: each run in so many turns."""

    def again(array: Any) -> Any:
        """Each row so many times, where rows are runs."""
        return np.repeat(array, turns, axis=0) if array.shape[0] == rows > 1 else array

    def repeated(part: Any) -> Any:
        if isinstance(part, np.ndarray):
            return again(part)
        arrays = {k: again(v) for k, v in vars(part).items() if isinstance(v, np.ndarray)}
        return replace(part, **arrays)

    line = {key: [*map(repeated, parts)] for key, parts in vars(plan.timeline).items()}
    inputs = [state for state in plan.model.states if state.id in plan.inputs.added]
    asked = replace(  # the same quantities, but for the inputs, which no reset sets
        made.model,
        states=tuple(s for s in made.model.states if s.id not in plan.inputs.added),
        parameters=(*made.model.parameters, *(Parameter(s.id, value=s.initial) for s in inputs)),
    )
    return replace(
        plan,
        asked=asked,
        inputs=replace(plan.inputs, model=made.model),
        timeline=Timeline(**line),
        arrays={key: np.repeat(array, turns) for key, array in plan.arrays.items()},
        variables=frozenset(),
    )


def _own(made: Directional, question: Question, floors: Mapping[str, float]) -> Any:
    """The inputs of trial runs: the model's own, which follow the first of each group."""
    own, keys = question.own.copy(), list(question.kernel.system.inputs)
    for group, step in zip(made.groups, made.steps, strict=True):
        own[keys.index(step)] = floors[group[0]] or 1.0
    return own


def _atol(made: Directional, solving: Solving) -> Any:
    """The tolerances asked for, of derivatives as of what they are of."""
    if not isinstance(solving.atol, Mapping):
        return solving.atol
    given = dict(solving.atol)
    for slopes in made.slopes:
        given |= {slopes[key]: number for key, number in solving.atol.items() if key in slopes}
    return given


def _as_of_states(made: Directional, question: Question, atol: Any) -> Any:
    """Tolerances, where those of derivatives are those of what they are of."""
    atol, at = atol.copy(), {key: i for i, key in enumerate(question.kernel.system.states)}
    for slopes in made.slopes:
        for key, own in slopes.items():
            if own in at:
                atol[at[own]] = atol[at[key]]
    return atol
