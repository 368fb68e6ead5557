"""Where derivatives along a direction break: events, and rates that jump, at moments that move.

At a break whose moment moves with a direction the derivatives jump.  Here breaks are found; those
that `axissim.analysis.directional.crossings` can carry derivatives across are told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from axissim.analysis.directional.along import baked, movers
from axissim.model.expression import (
    TIME,
    Expression,
    in_order,
    name,
    names,
    operation,
    value,
)
from axissim.model.model import Event, Model, Parameter
from axissim.model.passes import differentiate
from axissim.model.rates import expanded

COMPARISONS = ("lt", "le", "gt", "ge")
_OTHERS = ("eq", "ne", "floor", "ceil", "factorial")
_POINTS = 24  # at which a rate is looked at beside a break
_WIDE, _NARROW = 1e-5, 1e-8  # how far from a break, of the quantity that crosses it


def breaks_of(
    model: Model, directions: Sequence[str], held: Iterable[str], values: Mapping[str, Any]
) -> tuple[tuple[Expression, ...], tuple[str, ...], dict[str, str]]:
    """The breaks whose moments move with a direction.

    Parameters
    ----------
    held : iterable of str
        As `axissim.analysis.directional.model.directional` has it.
    values : mapping
        Id to values that runs have of it: a rate that jumps nowhere near them does not jump.

    Returns
    -------
    tuple of Expression
        The comparisons and floors in rates at which rates jump, and which can be crossed.
    tuple of str
        The directions that move them.
    dict
        The directions that move a break that cannot be, and what is said of it.
    """
    given = {*directions, *held}
    model = baked(model, given)
    crossed, moments = [], list(_of_events(model))
    for node, reads, why in _of_rates(model, values):
        if not why:
            crossed.append((node, reads))
        else:
            moments.append((reads, why))
    found: dict[str, str] = {}
    moved: dict[str, set[str]] = {}
    for key in directions if moments or crossed else ():
        moving = movers(model, [key], given)
        reasons = [why for reads, why in moments if reads & moving]
        if reasons:
            found[key] = reasons[0]
        elif any(reads & moving for _, reads in crossed):
            moved[key] = moving
    nodes = [node for node, reads in crossed if any(reads & each for each in moved.values())]
    return tuple(nodes), tuple(moved), found


def rules_of(model: Model) -> tuple[dict[str, Expression], dict[str, set[str]]]:
    """A model's rules, and what each reads."""
    rules = {part.id: part.value for part in model.observables}
    return rules, {key: names(rule) for key, rule in rules.items()}


def gap_of(node: Expression) -> Expression:
    """What is 0 where a comparison changes, or whole where a step does."""
    return node.args[0] if len(node.args) == 1 else operation("sub", *node.args)


def _of_events(model: Model) -> Iterator[tuple[set[str], str]]:
    """What the moments depend on of events that cannot be crossed when these move."""
    rules, reads = rules_of(model)
    delayed = any(node.op == "delay" for node in in_order([s.rate for s in model.states]))
    for event in model.events:
        (trigger,) = expanded([event.trigger], rules, reads)
        others = {key for e in model.events if e is not event for key, _ in e.assignments}
        simple = not (event.delay or model.implicit or delayed or names(trigger) & others)
        if not simple or any(node.op in (*_OTHERS, "delay") for node in in_order([trigger])):
            yield _timing(event), f"the moment of event '{event.id}' moves with it"


def _timing(event: Event) -> set[str]:
    return names(*(part for part in (event.trigger, event.delay, event.priority) if part))


def _of_rates(
    model: Model, values: Mapping[str, Any]
) -> Iterator[tuple[Expression, set[str], str]]:
    """Where rates jump, and the lags of delayed values: what each depends on, and "" or a reason.

    The reason why it cannot be crossed.
    """
    own = [*(s.rate for s in model.states), *(i.residual for i in model.implicit)]
    rates = expanded(own, *rules_of(model))
    shown = expanded([part.value for part in model.observables], *rules_of(model))
    for node in in_order([*rates, *shown]):
        if node.op == "delay":
            yield node, names(node.args[1]), "the lag of a delayed value moves with it"
    moving = {part.id for part in model.movers}
    points = None
    for node in in_order(rates):
        if node.op in (*COMPARISONS, *_OTHERS):
            gap = gap_of(node)
            if not _moves(gap, moving):
                continue
            points = points or _points(model, values)
            remembered = any(part.op == "delay" for part in in_order([gap]))
            steps = node.op in ("floor", "ceil", "factorial")
            if remembered or _jumps(rates, gap, steps, points, moving):
                simple = node.op in COMPARISONS or (node.op == "floor" and _rises(gap, points))
                why = f"the moment at which a rate jumps ({_said(node)}) moves with it"
                fine = simple and not remembered and not model.implicit
                yield node, names(gap), "" if fine else why


def _rises(gap: Expression, points: Mapping[str, Any]) -> bool:
    """Whether a formula rises with the time, of which alone it is a formula."""
    slope = differentiate([gap], [TIME])[0].get(0)
    if slope is None or not names(gap, slope) <= points.keys():
        return False
    return bool(np.all(value(slope, points, points["time"]) > 0.0))


def _moves(formula: Expression, moving: set[str]) -> bool:
    return any(
        node is TIME or (node.op == "name" and node.value in moving) for node in in_order([formula])
    )


def _said(node: Expression) -> str:
    from axissim.model.text import show

    text = show(node)
    return text if len(text) <= 60 else text[:57] + "..."


def _points(model: Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of all quantities at a few places around those of runs, the same ones each time."""
    rng = np.random.default_rng(1)
    found: dict[str, Any] = {"time": 100.0 * rng.random(_POINTS)}
    formulas = {part.id: part.value for part in model.observables}
    for part in (*model.parameters, *model.movers):
        formula = part.value if isinstance(part, Parameter) else part.initial
        given = np.ravel(values[part.id]) if part.id in values else None
        if given is None and not (formula.op == "number" and np.isfinite(formula.value)):
            formulas[part.id] = formula
            continue
        given = np.array([formula.value]) if given is None else given
        some = np.linspace(0, len(given) - 1, _POINTS).round().astype(int)
        found[part.id] = given[some].astype(float)
        if not isinstance(part, Parameter):  # it moves
            moved = rng.normal(size=_POINTS)
            own = found[part.id]
            found[part.id] = np.where(own != 0.0, own * np.exp(0.5 * moved), np.abs(moved))
    for _ in range(len(formulas)):
        for key in [key for key, formula in formulas.items() if names(formula) <= found.keys()]:
            moment = found["time"]
            found[key] = np.broadcast_to(value(formulas.pop(key), found, moment), _POINTS)
    return found


def _jumps(
    rates: Sequence[Expression],
    gap: Expression,
    steps: bool,
    points: dict[str, Any],
    moving: set[str],
) -> bool:
    """Whether a rate jumps where `gap` goes through 0 (or a whole number); True if unknown."""
    read = [rate for rate in rates if gap in _parts(rate) or _reads(rate, gap)]
    leaves = sorted(names(gap) & moving) + (["time"] if TIME in set(in_order([gap])) else [])
    for leaf in leaves:
        there = _on_break(gap, steps, leaf, points)
        if there is None:
            continue
        env, ok = there
        scale = np.maximum(np.abs(env[leaf]), 1e-3)
        wide, narrow = (
            _gaps_across(read, env, leaf, far * scale)[:, ok] for far in (_WIDE, _NARROW)
        )
        size = _sizes(read, env, leaf, _WIDE * scale)[:, ok]
        return bool(np.any((narrow > 1e-4 * size) & (narrow > 0.1 * wide)))
    return True


def _parts(rate: Expression) -> set[Expression]:
    return set(in_order([rate]))


def _reads(rate: Expression, gap: Expression) -> bool:
    """Whether a comparison in `rate` has this gap."""
    return any(
        node.op in COMPARISONS and operation("sub", *node.args) is gap for node in in_order([rate])
    )


def _on_break(
    gap: Expression, steps: bool, leaf: str, points: dict[str, Any]
) -> tuple[dict[str, Any], Any] | None:
    """`points` with `leaf` moved to where `gap` is 0, by Newton's method, and where that is so."""
    if not names(gap) <= points.keys():
        return None  # it reads what is not known at the start
    at = TIME if leaf == "time" else name(leaf)
    slope = differentiate([gap], [at])[0].get(0)
    if slope is None:
        return None
    env = dict(points)
    goal = np.round(value(gap, env, env["time"])) if steps else 0.0
    with np.errstate(all="ignore"):
        for _ in range(40):
            miss = value(gap, env, env["time"]) - goal
            env[leaf] = env[leaf] - miss / value(slope, env, env["time"])
        left = np.abs(value(gap, env, env["time"]) - goal)
        ok = np.isfinite(env[leaf]) & (left <= 1e-9 * (1.0 + np.abs(goal)))
    return (env, np.broadcast_to(ok, _POINTS)) if np.any(ok) else None


def _gaps_across(rates: Sequence[Expression], env: dict[str, Any], leaf: str, far: Any) -> Any:
    """By how much each rate differs on both sides: (rates, points)."""
    sides = [_at(rates, {**env, leaf: env[leaf] + sign * far}) for sign in (-1.0, 1.0)]
    with np.errstate(all="ignore"):
        return np.nan_to_num(np.abs(sides[1] - sides[0]), nan=np.inf)


def _sizes(rates: Sequence[Expression], env: dict[str, Any], leaf: str, far: Any) -> Any:
    sides = [np.abs(_at(rates, {**env, leaf: env[leaf] + sign * far})) for sign in (-1.0, 1.0)]
    return np.maximum(*sides)


def _at(rates: Sequence[Expression], env: dict[str, Any]) -> Any:
    return np.array([np.broadcast_to(value(r, env, env["time"]), _POINTS) for r in rates])
