"""What a run is summed up in, when its trajectory is not kept: ``max(eda)``, ``period(LH)``.

A summary is a formula of functions of trajectories, read by Python's own parser and walked node by
node: ``max(eda)/mean(eda)``, ``mean(eda*vda)``, ``time_above(TSH, 4.5)``.  Of all runs together
there are bands: ``bands(eda, 0.1, 0.5, 0.9)``, quantiles at each time.
"""

from __future__ import annotations

import ast
import keyword
import operator
import re
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from axissim.model.model import suggestion
from axissim.study.dataset import RECORD
from axissim.study.measures import KEEP, MEASURES, TIMES

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)  # of bands that name none
_LONGEST, _DEEPEST = 500, 20
_SIGNS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


@dataclass(frozen=True)
class Summary:
    """A number a run, or bands over all runs.

    Attributes
    ----------
    name : str
        What it is called in the result.
    text : str
        Its formula.
    outputs : tuple of str
        The quantities whose trajectories it needs.
    levels : tuple of float
        Of ``bands(x)`` the quantiles; empty for a number a run.
    """

    name: str
    text: str
    outputs: tuple[str, ...]
    levels: tuple[float, ...] = ()


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
    if isinstance(given, str):
        raise ValueError(f"summaries are a list: ['{given[:60]}']")
    named = given.items() if isinstance(given, Mapping) else [("", text) for text in given]
    found: dict[str, Summary] = {}
    for name, formula in named:
        reading = _Reading(formula, known)
        levels = reading.whole()
        text = reading.text
        called = str(name) or re.sub(r"\W+", "_", text).lstrip("_0123456789").rstrip("_")
        if not called.isidentifier() or keyword.iskeyword(called):
            raise ValueError(f"'{called}' is no name for '{text}'; give one: {{'name': '{text}'}}")
        if called in ("time", *RECORD):
            raise ValueError(f"every result has its own '{called}'; call '{text}' something else")
        if called in found:
            raise ValueError(f"two summaries are called '{called}'; give them names")
        found[called] = Summary(called, text, tuple(dict.fromkeys(reading.outputs)), levels)
    if len({summary.levels for summary in found.values()} - {()}) > 1:
        raise ValueError("all bands of a sweep have the same quantiles; give each the same")
    return tuple(found.values())


def courses(of: Summary, times: Any, trajectories: Mapping[str, Any]) -> Any:
    """The trajectories (runs, t) that `of` has bands of, without runs that have a NaN."""
    tree: Any = ast.parse(of.text, mode="eval").body
    with np.errstate(all="ignore"):
        values = _value(tree.args[0], times, trajectories)
    return values[~np.isnan(values).any(axis=1)]


def reduced(of: Sequence[Summary], times: Any, trajectories: Mapping[str, Any]) -> dict[str, Any]:
    """Each summary of each run; bands are not among them.

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
    failed = {key: np.isnan(trajectories[key]).any(axis=1) for one in of for key in one.outputs}
    found = {}
    with np.errstate(all="ignore"):
        for one in of:
            if one.levels:
                continue
            values = _value(ast.parse(one.text, mode="eval").body, times, trajectories)
            missing = np.any([failed[key] for key in one.outputs], axis=0)
            found[one.name] = np.where(missing, np.nan, values[:, 0])
    return found


def within(times: Any, start: float, stop: float) -> Any:
    """Which of the times are in a window, its ends with them, whatever rounding did to these."""
    slack = 1e-9 * max(abs(times[0]), abs(times[-1]))
    return (times >= start - slack) & (times <= stop + slack)


class _Reading:
    """A formula being read: ValueError where it is not one number a run."""

    def __init__(self, formula: str, known: Collection[str]) -> None:
        self.text, self.known, self.outputs = " ".join(str(formula).split()), known, list[str]()
        try:
            if len(self.text) > _LONGEST:
                raise SyntaxError
            with warnings.catch_warnings():  # of Python, about what is refused here anyway
                warnings.simplefilter("ignore")
                self.tree = ast.parse(self.text, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise self._wrong("cannot be read; write max(eda), say") from None

    def whole(self) -> tuple[float, ...]:
        """Check that the formula is a number a run, of some output, or bands; their quantiles."""
        match self.tree:
            case ast.Call(func=ast.Name(id="bands"), args=[]):
                raise self._wrong("does not say of what; write bands(eda)")
            case ast.Call(func=ast.Name(id="bands"), args=[course, *rest], keywords=[]):
                self.course(course, 1)
                levels = tuple(map(self._level, rest)) or LEVELS
                if sorted(set(levels)) != list(levels):
                    raise self._wrong("has quantiles that do not rise; write bands(eda, 0.1, 0.9)")
            case _:
                self.number(self.tree, 0)
                levels = ()
        if not self.outputs:
            raise self._wrong("is the same for every run; write max(eda), say")
        return levels

    def _level(self, node: ast.expr) -> float:
        match node:
            case ast.Constant(value=int() | float() as value) if 0.0 <= value <= 1.0:
                return float(value)
        raise self._wrong("has a quantile that is no number from 0 to 1")

    def number(self, node: ast.expr, depth: int) -> None:
        """Check that a node is a number a run."""
        self._deep(depth)
        match node:
            case ast.Constant(value=bool() | complex() | str() | bytes() | None):
                raise self._wrong("holds what is no number")
            case ast.Constant(value=int() | float() as value):
                self._finite(value)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                self.number(operand, depth + 1)
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SIGNS:
                self.number(left, depth + 1)
                self.number(right, depth + 1)
            case ast.Call(func=ast.Name(id=name)):
                self._call(name, node, depth)
            case ast.Name(id=name):
                self._there(name)
                raise self._wrong(f"keeps the trajectory of {name}; say which number: max({name})")
            case _:
                raise self._wrong("holds more than + - * / **, numbers and functions of outputs")

    def course(self, node: ast.expr, depth: int) -> None:
        """Check that a node is a trajectory, or a number that a trajectory may be combined with."""
        self._deep(depth)
        match node:
            case ast.Name(id=name):
                self._there(name)
                self.outputs.append(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                self.course(operand, depth + 1)
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SIGNS:
                self.course(left, depth + 1)
                self.course(right, depth + 1)
            case _:
                self.number(node, depth)

    def _call(self, name: str, call: ast.Call, depth: int) -> None:
        if name == "bands":
            raise self._wrong("has bands within a formula; they stand alone: bands(eda)")
        if name not in MEASURES:
            raise self._wrong(f"calls '{name}', which is no summary" + suggestion(name, MEASURES))
        wanted = MEASURES[name][1]
        if call.keywords or len(call.args) != 1 + wanted:
            form = f"{name}({', '.join(['x'] + ['number'] * wanted)})"
            raise self._wrong(f"does not give {name} what it needs; write {form}")
        before = len(self.outputs)
        self.course(call.args[0], depth + 1)
        if len(self.outputs) == before:
            raise self._wrong(f"gives {name} no trajectory")
        for node in call.args[1:]:
            self.number(node, depth + 1)

    def _there(self, name: str) -> None:
        if name in self.known:
            return
        if name in MEASURES:
            raise self._wrong(f"does not say of what; write {name}(x)")
        raise self._wrong(f"names '{name}', which is not there" + suggestion(name, self.known))

    def _finite(self, value: float) -> None:
        try:
            fine = np.isfinite(float(value))
        except OverflowError:
            fine = False
        if not fine:
            raise self._wrong("holds a number that is too large")

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
                return np.float64(value)  # with 1/0 and (-1)**0.5 as arrays have them
            case ast.Name(id=name):
                return courses[name]
            case ast.UnaryOp(operand=operand):
                return -of(operand)
            case ast.BinOp(left=left, op=sign, right=right):
                return _SIGNS[type(sign)](of(left), of(right))
            case ast.Call(func=ast.Name(id=name), args=[first, *rest]):
                course = of(first)
                found = MEASURES[name][0](times, course, *map(of, rest))
                return np.where(np.isnan(course).any(axis=1), np.nan, found)[:, None]
        raise AssertionError(ast.dump(node))

    return of(node)


def unit_of(summary: Summary, units: Mapping[str, str], time_unit: str) -> str:
    """The unit of a summary where it is one function of one quantity, "" where it is more."""
    match ast.parse(summary.text, mode="eval").body:
        case ast.Call(func=ast.Name(id=name)) if name in TIMES:
            return time_unit
        case ast.Call(func=ast.Name(id=name), args=[ast.Name(id=of), *_]) if name in KEEP:
            return units.get(of, "")
        case ast.Call(func=ast.Name(id="auc"), args=[ast.Name(id=of)]):
            unit = units.get(of, "")
            return f"{unit}*{time_unit}" if unit and time_unit and unit != "1" else ""
    return ""
