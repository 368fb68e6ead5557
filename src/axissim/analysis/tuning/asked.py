"""What a tuning is asked, resolved: every name is known, or an error says which is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.tuning.levers import Lever
from axissim.analysis.tuning.readouts import formula_of, read_outs
from axissim.analysis.tuning.targets import Cost, Target, named
from axissim.analysis.tuning.trials import Trials
from axissim.model.expression import Expression, in_order
from axissim.model.model import Model, suggestion
from axissim.study.plan import variables

if TYPE_CHECKING:
    import xarray as xr


def trials_of(
    model: Model,
    levers: tuple[Lever, ...],
    asked: Sequence[Target | Cost],
    people: xr.Dataset | None,
    derived: Mapping[str, str],
    times: Any,
    options: Mapping[str, Any],
) -> Trials:
    """Put a tuning together.

    Raises
    ------
    ValueError
        For a lever that nothing reads, a name that two things have, and what `read_outs` raises.
    """
    known = {lever.name: "a lever" for lever in levers}
    columns, count = columns_of(people)
    for key in columns:
        _free(key, known)
        known[key] = "known of people"
    formulas: dict[str, Expression] = {}
    for key, text in derived.items():
        _free(key, known)
        formulas[key] = formula_of(text, known)
        known[key] = "derived"
    named_by_actions = variables(options["protocol"])
    read = {key for key in known if key in model.by_id or key in named_by_actions}
    for key in options["params"] or ():
        _free(key, {name: what for name, what in known.items() if name in read})
    _all_read(levers, formulas, read, {*model.by_id, *named_by_actions})
    return Trials(
        model=model,
        levers=levers,
        read_outs=read_outs(asked, model, known, times),
        times=times,
        people=columns,
        count=count,
        derived=formulas,
        set_names=frozenset(read),
        options=options,
    )


def with_limits(targets: Sequence[Target], costs: Sequence[Cost]) -> tuple[Target, ...]:
    """The targets, and the limits of costs as hard ones."""
    limits = [
        Target(
            of=cost.of, high=cost.limit, hard=True, start=cost.start, stop=cost.stop,
            name=f"{named(cost)}_limit",
        )
        for cost in costs
        if np.isfinite(cost.limit)
    ]  # fmt: skip
    return (*targets, *limits)


def columns_of(people: xr.Dataset | None) -> tuple[dict[str, Any], int]:
    """What a design of people sets and knows, name to (people,) array; and how many they are."""
    if people is None:
        return {}, 1
    if len(people.dims) != 1 or not next(iter(people.sizes.values())):
        raise ValueError(
            "people are a design over one dimension, as axissim.design.population makes; "
            f"not over {', '.join(map(str, people.dims)) or 'none'}"
        )
    (dim, count) = next(iter(people.sizes.items()))
    found = {}
    for key in people.variables:
        values = people[key].values
        if key != dim and people[key].dims == (dim,) and values.dtype.kind in "fiub":
            found[str(key)] = values.astype(float)
    return found, int(count)


def _free(key: str, known: Mapping[str, str]) -> None:
    if key in known:
        raise ValueError(f"'{key}' is {known[key]}, and set once more; leave one of them out")


def _all_read(
    levers: Sequence[Lever], formulas: Mapping[str, Expression], read: set[str], may: set[str]
) -> None:
    """ValueError for a lever that moves nothing."""
    used, waiting = set(read), dict(formulas)
    for key in reversed(list(waiting)):
        if key in used:
            used |= {n.value for n in in_order([waiting[key]]) if n.op == "name"}
    for lever in levers:
        if lever.name not in used:
            near = suggestion(lever.name, may)
            raise ValueError(
                f"lever '{lever.name}' moves nothing: it is no id of the model, and no action and "
                f"no derived quantity that is used names it{near}"
            )
