"""What a run is summed up in, when its trajectory is not kept: ``max(eda)``, ``period(LH)``.

A summary is a formula of functions of trajectories, read by Python's own parser and walked node by
node: ``max(eda)/mean(eda)``, ``mean(eda*vda)``, ``time_above(TSH, 4.5)``.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from axissim.model.model import suggestion

_LONGEST, _DEEPEST = 500, 20
_SIGNS: dict[type, tuple[str, Callable[..., Any]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.Pow: ("**", operator.pow),
}


@dataclass(frozen=True)
class Summary:
    """A number a run.

    Attributes
    ----------
    name : str
        What it is called in the result.
    text : str
        Its formula.
    outputs : tuple of str
        The quantities whose trajectories it needs.
    """

    name: str
    text: str
    outputs: tuple[str, ...]


def summaries(
    given: Sequence[str] | Mapping[str, str], known: Collection[str]
) -> tuple[Summary, ...]:
    """Read formulas of summaries.

    Parameters
    ----------
    given : sequence of str, or mapping
        Formulas, or names to formulas; ``max(eda)`` alone is called ``max_eda``.
    known : collection of str
        The ids that a formula may name.

    Raises
    ------
    ValueError
        For a formula that cannot be read, or is not one number a run.
    """
    named = given.items() if isinstance(given, Mapping) else [("", text) for text in given]
    found: dict[str, Summary] = {}
    for name, text in named:
        reading = _Reading(text, known)
        reading.number(reading.tree, 0)
        called = name or re.sub(r"\W+", "_", text).lstrip("_0123456789").rstrip("_")
        if not called.isidentifier():
            raise ValueError(f"'{called}' is no name for '{text}'; give one: {{'name': '{text}'}}")
        if called in found:
            raise ValueError(f"two summaries are called '{called}'; give them names")
        found[called] = Summary(called, text, tuple(dict.fromkeys(reading.outputs)))
    return tuple(found.values())


def reduced(of: Sequence[Summary], times: Any, trajectories: Mapping[str, Any]) -> dict[str, Any]:
    """Each summary of each run.

    Parameters
    ----------
    times : (t,) array
    trajectories : mapping
        Id to an array (runs, t).

    Returns
    -------
    dict
        Name to (runs,) array; NaN for a run that has a NaN in what is summed up.
    """
    with np.errstate(all="ignore"):
        return {
            summary.name: _value(ast.parse(summary.text, mode="eval").body, times, trajectories)
            for summary in of
        }


class _Reading:
    """A formula being read: ValueError where it is not one number a run."""

    def __init__(self, text: str, known: Collection[str]) -> None:
        self.text, self.known, self.outputs = text, known, list[str]()
        try:
            if len(text) > _LONGEST:
                raise SyntaxError
            self.tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise self._wrong("cannot be read; write max(eda), say") from None

    def number(self, node: ast.expr, depth: int) -> None:
        """Check that a node is a number a run."""
        self._deep(depth)
        match node:
            case ast.Constant(value=bool() | complex() | str() | bytes() | None):
                raise self._wrong("holds what is no number")
            case ast.Constant(value=int() | float()):
                return
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                self.number(operand, depth + 1)
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SIGNS:
                self.number(left, depth + 1)
                self.number(right, depth + 1)
            case ast.Call(func=ast.Name(id=name), args=[first, *rest], keywords=[]):
                self._call(name, first, rest, depth)
            case ast.Name(id=name):
                raise self._wrong(f"keeps the trajectory of {name}; say which number: max({name})")
            case _:
                raise self._wrong("holds more than + - * / **, numbers and functions of outputs")

    def course(self, node: ast.expr, depth: int) -> None:
        """Check that a node is a trajectory, or a number that a trajectory may be combined with."""
        self._deep(depth)
        match node:
            case ast.Name(id=name):
                if name not in self.known:
                    raise self._wrong(
                        f"names '{name}', which is not there" + suggestion(name, self.known)
                    )
                self.outputs.append(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                self.course(operand, depth + 1)
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SIGNS:
                self.course(left, depth + 1)
                self.course(right, depth + 1)
            case _:
                self.number(node, depth)

    def _call(self, name: str, first: ast.expr, rest: list[ast.expr], depth: int) -> None:
        if name not in _FUNCTIONS:
            raise self._wrong(f"calls '{name}', which is no summary" + suggestion(name, _FUNCTIONS))
        wanted = _FUNCTIONS[name][1]
        if len(rest) != wanted:
            form = f"{name}(x, {', '.join(['number'] * wanted)})" if wanted else f"{name}(x)"
            raise self._wrong(f"does not give {name} what it needs; write {form}")
        before = len(self.outputs)
        self.course(first, depth + 1)
        if len(self.outputs) == before:
            raise self._wrong(f"gives {name} no trajectory")
        for node in rest:
            self.number(node, depth + 1)

    def _deep(self, depth: int) -> None:
        if depth > _DEEPEST:
            raise self._wrong(f"is nested over {_DEEPEST} deep")

    def _wrong(self, what: str) -> ValueError:
        return ValueError(f"the summary '{self.text[:60]}' {what}")


def _value(node: Any, times: Any, courses: Mapping[str, Any]) -> Any:
    """A node's value: (runs, t) of a trajectory, (runs, 1) or a number else."""

    def of(node: Any) -> Any:
        match node:
            case ast.Constant(value=int() | float() as value):
                return float(value)
            case ast.Name(id=name):
                return courses[name]
            case ast.UnaryOp(operand=operand):
                return -of(operand)
            case ast.BinOp(left=left, op=sign, right=right):
                return _SIGNS[type(sign)][1](of(left), of(right))
            case ast.Call(func=ast.Name(id=name), args=[first, *rest]):
                course = of(first)
                found = _FUNCTIONS[name][0](times, course, *map(of, rest))
                return np.where(np.isnan(course).any(axis=1), np.nan, found)[:, None]
        raise AssertionError(ast.dump(node))

    runs = len(next(iter(courses.values())))
    return np.broadcast_to(of(node), (runs, 1))[:, 0]


def _auc(t: Any, x: Any) -> Any:
    return _sum((x[:, 1:] + x[:, :-1]) * (np.diff(t) / 2.0))


def _at(t: Any, x: Any, moment: Any) -> Any:
    """By the straight line between the times kept; NaN outside of them."""
    moments = np.broadcast_to(np.asarray(moment, float).reshape(-1, 1), (len(x), 1))[:, 0]
    after = np.clip(np.searchsorted(t, moments, side="left"), 1, len(t) - 1)
    rows = np.arange(len(x))
    share = (moments - t[after - 1]) / (t[after] - t[after - 1])
    found = x[rows, after - 1] + share * (x[rows, after] - x[rows, after - 1])
    return np.where((moments < t[0]) | (moments > t[-1]), np.nan, found)


def _time_above(t: Any, x: Any, level: Any) -> Any:
    """How long the straight lines between the times kept lie above a level."""
    d = x - np.asarray(level, float).reshape(-1, 1)
    left, right = d[:, :-1], d[:, 1:]
    high, low = np.maximum(left, right), np.minimum(left, right)
    share = np.where(low >= 0.0, high > 0.0, np.where(high > 0.0, high / (high - low), 0.0))
    return _sum(share * np.diff(t))


def _sum(x: Any) -> Any:
    """Of each row, in the same order whatever rows there are beside it, as a product has it not."""
    return np.ascontiguousarray(x).sum(axis=1)


def _rises(t: Any, x: Any) -> tuple[Any, Any, Any]:
    """Where a trajectory rises through the middle of its range: first, last, and how often."""
    middle = (x.max(axis=1) + x.min(axis=1))[:, None] / 2.0
    d = x - middle
    up = (d[:, :-1] < 0.0) & (d[:, 1:] >= 0.0)
    moments = t[:-1] + np.diff(t) * d[:, :-1] / (d[:, :-1] - d[:, 1:])
    first = np.where(up, moments, np.inf).min(axis=1)
    last = np.where(up, moments, -np.inf).max(axis=1)
    return first, last, up.sum(axis=1)


def _period(t: Any, x: Any) -> Any:
    """Mean time between rises through the middle of the range; NaN with fewer than two."""
    first, last, count = _rises(t, x)
    return np.where(count > 1, (last - first) / np.maximum(count - 1, 1), np.nan)


def _peaks(t: Any, x: Any) -> Any:
    """How many values lie above the one before and not below the one after."""
    return ((x[:, 1:-1] > x[:, :-2]) & (x[:, 1:-1] >= x[:, 2:])).sum(axis=1).astype(float)


# Each function of (times, trajectory, numbers ...), and how many numbers it takes.
_FUNCTIONS: dict[str, tuple[Callable[..., Any], int]] = {
    "max": (lambda t, x: x.max(axis=1), 0),
    "min": (lambda t, x: x.min(axis=1), 0),
    "range": (lambda t, x: np.ptp(x, axis=1), 0),
    "mean": (lambda t, x: _auc(t, x) / (t[-1] - t[0]), 0),
    "auc": (_auc, 0),
    "first": (lambda t, x: x[:, 0], 0),
    "last": (lambda t, x: x[:, -1], 0),
    "at": (_at, 1),
    "t_max": (lambda t, x: t[x.argmax(axis=1)], 0),
    "t_min": (lambda t, x: t[x.argmin(axis=1)], 0),
    "time_above": (_time_above, 1),
    "time_below": (lambda t, x, level: _time_above(t, -x, -np.asarray(level, float)), 1),
    "peaks": (_peaks, 0),
    "period": (_period, 0),
}

_KEEP = ("max", "min", "range", "mean", "first", "last", "at")
_TIMES = ("t_max", "t_min", "time_above", "time_below", "period")


def unit_of(summary: Summary, units: Mapping[str, str], time_unit: str) -> str:
    """The unit of a summary where it is one function of one quantity, "" where it is more."""
    match ast.parse(summary.text, mode="eval").body:
        case ast.Call(func=ast.Name(id=name)) if name in _TIMES:
            return time_unit
        case ast.Call(func=ast.Name(id=name), args=[ast.Name(id=of), *_]) if name in _KEEP:
            return units.get(of, "")
        case ast.Call(func=ast.Name(id="auc"), args=[ast.Name(id=of)]):
            unit = units.get(of, "")
            return f"{unit}*{time_unit}" if unit and time_unit and unit != "1" else ""
    return ""
