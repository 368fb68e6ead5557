"""What a model's equations say at one moment: values, rates, the terms of a rate, its stiffness."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from axissim.model.expression import Expression, in_order, value
from axissim.model.model import Model
from axissim.model.text import show


@dataclass(frozen=True)
class Term:
    """A term of a state's rate: its formula, and its value at a moment."""

    state: str
    text: str
    value: float


class Moment(dict[str, Any]):
    """Every quantity of a model at a moment, worked out when it is first asked for.

    Parameters
    ----------
    model : Model
    given : mapping
        Parameters that differ from the model's own, and every state.
    time : float
    """

    def __init__(self, model: Model, given: Mapping[str, float], time: float) -> None:
        super().__init__(given)
        self.model, self.time = model, time

    def __missing__(self, key: str) -> float:
        part = self.model.part(key)
        formula = getattr(part, "value", None) or getattr(part, "initial", None)
        found = float("nan") if formula is None else self.of(formula)
        self[key] = found
        return found

    def of(self, formula: Expression) -> float:
        """A formula's value; delayed values count as present ones."""
        return float(value(formula, self, self.time))

    def rates(self) -> dict[str, float]:
        """The rate of each state."""
        return {state.id: self.of(state.rate) for state in self.model.states}


def terms(moment: Moment, state: str) -> list[Term]:
    """The terms that make up the rate of a state, greatest first, what is no number before all."""
    rate = next(part.rate for part in moment.model.states if part.id == state)
    found = [Term(state, show(node), sign * moment.of(node)) for sign, node in _summed(rate, 1.0)]
    return sorted(found, key=lambda term: -np.nan_to_num(abs(term.value), nan=np.inf))


def _summed(node: Expression, sign: float) -> Iterator[tuple[float, Expression]]:
    """Each term of a sum, with its sign."""
    if node.op == "add":
        for arg in node.args:
            yield from _summed(arg, sign)
    elif node.op == "sub":
        yield from _summed(node.args[0], sign)
        yield from _summed(node.args[1], -sign)
    elif node.op == "neg":
        yield from _summed(node.args[0], -sign)
    else:
        yield sign, node


def eigenvalues(moment: Moment) -> Any:
    """Those of the Jacobian of the rates, by differences; empty where it is not finite."""
    states = [state.id for state in moment.model.states]
    base = np.array(list(moment.rates().values()))
    if not np.isfinite(base).all():
        return np.array([])
    jacobian = np.zeros((len(states), len(states)))
    given = {key: moment[key] for key in [*states, *(p.id for p in moment.model.parameters)]}
    for at, key in enumerate(states):
        step = 1e-7 * max(abs(given[key]), 1e-6)
        moved = Moment(moment.model, {**given, key: given[key] + step}, moment.time)
        jacobian[:, at] = (np.array(list(moved.rates().values())) - base) / step
    return np.linalg.eigvals(jacobian) if np.isfinite(jacobian).all() else np.array([])


def suspects(moment: Moment, before: Moment) -> Iterator[tuple[str, str]]:
    """What is no number, or has come near to being none since a moment before: word, formula."""
    formulas = [state.rate for state in moment.model.states]
    formulas += [part.value for part in moment.model.observables]
    for node in in_order(formulas):
        if node.op not in _DANGERS:
            continue
        word, dangerous = _DANGERS[node.op]
        now, then = ([at.of(arg) for arg in node.args] for at in (moment, before))
        if dangerous(*now) and (not dangerous(*then) or not np.isfinite(moment.of(node))):
            yield word, show(node)


def _near(x: float, of: float) -> bool:
    return abs(x) < 1e-2 * max(abs(of), 1e-3)


_DANGERS: dict[str, tuple[str, Any]] = {
    "div": ("division by zero", lambda x, y: _near(y, x)),
    "log": ("logarithm of what is not above 0", lambda x: x < 1e-6),
    "log10": ("logarithm of what is not above 0", lambda x: x < 1e-6),
    "sqrt": ("root of what is below 0", lambda x: x < 1e-6),
    "power": (
        "power of what is below 0",
        lambda x, y: x < 1e-6 and y % 1.0 != 0.0,
    ),
    "exp": ("overflow of exp", lambda x: x > 500.0),
}
