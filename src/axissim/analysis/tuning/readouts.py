"""Read-outs of runs: formulas of summaries over a window, or of what was set."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from axissim.analysis.tuning.targets import Cost, Target, named
from axissim.model.expression import Expression, in_order, value
from axissim.model.model import Model, suggestion
from axissim.model.text import parse
from axissim.model.units import spelled
from axissim.study.measures import MEASURES
from axissim.study.summaries import Summary, reduced, summaries, unit_of, within

_NAME = re.compile(r"[A-Za-z_]\w*\b(?!\s*\()", re.ASCII)  # what is not called
_CALLED = re.compile(r"([A-Za-z_]\w*)\s*\(", re.ASCII)


@dataclass(frozen=True)
class ReadOut:
    """A number of each run.

    Attributes
    ----------
    name, text, unit : str
    summary : Summary, optional
        Of trajectories between `start` and `stop`; or else
    formula : Expression, optional
        Of what was set.
    start, stop : float
    """

    name: str
    text: str
    unit: str = ""
    summary: Summary | None = None
    formula: Expression | None = None
    start: float = -np.inf
    stop: float = np.inf

    def within(self, times: Any) -> Any:
        """Which of the times are in the window."""
        return within(times, self.start, self.stop)


def clock(t: Any) -> Any:
    """The times that (start, stop, points) or an array means; `axissim.sweep` checks them."""
    if isinstance(t, tuple) and len(t) == 3 and isinstance(t[2], (int, np.integer)):
        return np.linspace(float(t[0]), float(t[1]), max(int(t[2]), 2))
    times = np.asarray(t, float)
    if times.ndim != 1 or times.size < 2:
        raise ValueError("t needs at least two times: (start, stop, points) or an array")
    return times


def read_outs(
    asked: Sequence[Target | Cost], model: Model, known: Collection[str], times: Any
) -> tuple[ReadOut, ...]:
    """Resolve the formulas of targets and costs.

    Parameters
    ----------
    known : collection of str
        Levers, derived quantities and what is known of people.

    Raises
    ------
    ValueError
        For a formula that cannot be read, a window without two times, and for two read-outs that
        are given the same name; where a name is made of the formula, a second gets a number.
    """
    found: dict[str, ReadOut] = {}
    for one in asked:
        name, number = named(one), 2
        if one.name in found:
            raise ValueError(f"two read-outs are called '{name}'; give one another name")
        while name in found:
            name, number = f"{named(one)}_{number}", number + 1
        if _of_what_is_set(one.of, known):
            found[name] = ReadOut(name, one.of, formula=formula_of(one.of, known))
        else:
            found[name] = _of_run(one, name, model, times)
    return tuple(found.values())


def _of_what_is_set(text: str, known: Collection[str]) -> bool:
    """Whether a formula calls no summary, and names nothing but what is set or known."""
    names = set(_NAME.findall(re.sub(r"(\d\.?)[eE][-+]?\d", r"\1", text)))
    return bool(names) and names <= set(known) and not set(_CALLED.findall(text)) & set(MEASURES)


def _of_run(one: Target | Cost, name: str, model: Model, times: Any) -> ReadOut:
    (summary,) = summaries({name: one.of}, model.by_id)
    if summary.levels:
        raise ValueError(f"'{one.of}' is of all runs together; a read-out is a number of each run")
    units = {key: spelled(model, model.part(key).unit) for key in summary.outputs}
    start = -np.inf if one.start is None else one.start
    stop = np.inf if one.stop is None else one.stop
    unit = unit_of(summary, units, model.time_unit or "")
    made = ReadOut(name, one.of, unit, summary, start=start, stop=stop)
    if made.within(times).sum() < 2:
        raise ValueError(
            f"'{one.of}' over {start:g}..{stop:g} has fewer than two of the times "
            f"{times[0]:g} to {times[-1]:g}; keep more of them, or widen the window"
        )
    return made


def formula_of(text: str, known: Collection[str]) -> Expression:
    """Read a formula of what is set; ValueError if it names something else."""
    try:
        read = parse(str(text))
    except ValueError as wrong:
        raise ValueError(f"'{str(text)[:60]}': {wrong}") from None
    for node in in_order([read]):
        if node.op == "time" or (node.op == "name" and node.value not in known):
            key = node.value or "time"
            near = suggestion(str(key), known) or f"; there is {', '.join(sorted(known))}"
            raise ValueError(f"'{str(text)[:60]}' names '{key}', which is not there{near}")
    return read


def needed_times(of: Sequence[ReadOut], times: Any) -> Any:
    """The times that the read-outs look at, the start and the end."""
    wanted = np.isin(np.arange(len(times)), (0, len(times) - 1))
    for one in of:
        if one.summary is not None:
            wanted |= one.within(times)
    return times[wanted]


def needed_outputs(of: Sequence[ReadOut]) -> list[str]:
    """The trajectories that the read-outs are made of."""
    keys = [key for one in of if one.summary for key in one.summary.outputs]
    if not keys:
        raise ValueError("no target reads the model; give one as 'mean(x) in 1..2'")
    return list(dict.fromkeys(keys))


def read(of: Sequence[ReadOut], times: Any, runs: Mapping[str, Any], env: Mapping[str, Any]) -> Any:
    """Each read-out of each run, shape (runs, read-outs).

    Parameters
    ----------
    runs : mapping
        Id to trajectories (runs, times).
    env : mapping
        What was set, name to (runs,) array.
    """
    columns = []
    for one in of:
        if one.summary is not None:
            here = one.within(times)
            some = {key: runs[key][:, here] for key in one.summary.outputs}
            columns.append(reduced([one.summary], times[here], some)[one.name])
        elif one.formula is not None:
            count = len(next(iter(runs.values())))
            columns.append(np.broadcast_to(value(one.formula, env), count))
    return np.stack(columns, axis=1)
