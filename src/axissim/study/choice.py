"""Which method and which absolute tolerances: chosen from the model alone, never from the design.

What is chosen depends on the model's own values, the times and the tolerance, so that a run is
solved alike alone and in any sweep.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from axissim.compile.kernel import Kernel
from axissim.model.model import ModelError, suggestion
from axissim.solve.reference.runs import METHODS as SCIPY_METHODS
from axissim.solve.tableaus import TABLEAUS
from axissim.solve.threads import solve
from axissim.solve.work import OK, Runs
from axissim.study.kept import kept
from axissim.study.question import Question

_FLOOR = 1e-3  # the absolute tolerance, as a share of rtol times a state's scale
_TRIAL_RTOL = 1e-4
_TRIAL_STEPS = 20_000
_SIGNS = ("* ", "/ ", "+ ", "- ")


@dataclass(frozen=True)
class Choice:
    """How to solve: the method, the tolerances, and what to do with runs that it cannot do."""

    method: str
    rtol: float
    atol: Any
    max_steps: int
    by_scipy: bool = False
    fallback: str = ""


def choose(
    question: Question,
    method: str,
    rtol: float,
    atol: float | Mapping[str, float] | None,
    max_steps: int,
) -> Choice:
    """Settle the method and the absolute tolerance of each state.

    Raises
    ------
    ModelError
        For an unknown method or a tolerance that is not positive.
    """
    if not 0.0 < rtol < 1.0:
        raise ModelError(f"rtol = {rtol} is not between 0 and 1")
    tolerances = _tolerances(question, rtol, atol)
    if method.startswith("scipy:"):
        name = method.removeprefix("scipy:")
        _known(name, SCIPY_METHODS, "scipy:")
        return Choice(name, rtol, tolerances, max_steps, by_scipy=True)
    if method == "auto":
        return _automatic(question, rtol, tolerances, max_steps)
    _known(method, (*TABLEAUS, "auto"), "")
    return Choice(method, rtol, tolerances, max_steps)


def _known(method: str, methods: Any, prefix: str) -> None:
    if method not in methods:
        raise ModelError(
            f"unknown method '{prefix}{method}'; choose from "
            + ", ".join(prefix + known for known in methods)
            + suggestion(method, methods)
        )


def _automatic(question: Question, rtol: float, atol: Any, max_steps: int) -> Choice:
    """Tsit5 if it does the model as it is for less work than Rodas5P.

    Rodas5P then takes over any run that Tsit5 cannot do.
    """
    asked = ("tsit5", *_trials(question), rtol, atol.tobytes(), max_steps)
    if kept(question.kernel, asked, lambda: _is_cheaper(question, rtol, atol, max_steps)):
        return Choice("tsit5", rtol, atol, min(max_steps, _TRIAL_STEPS), fallback="rodas5p")
    return Choice("rodas5p", rtol, atol, max_steps)


def _is_cheaper(question: Question, rtol: float, atol: Any, max_steps: int) -> bool:
    ends = question.times[[0, -1]]
    stiff = _trial(question, "rodas5p", ends, rtol, atol, _TRIAL_STEPS)
    work = (stiff.n_steps[0] + stiff.n_rejected[0]) * _work(question.kernel, "rodas5p")
    plain_work = max(_work(question.kernel, "tsit5"), 1)
    affordable = int(work / plain_work) if stiff.status[0] == OK else max_steps
    plain = _trial(question, "tsit5", ends, rtol, atol, min(affordable, _TRIAL_STEPS))
    return bool(plain.status[0] == OK)


def _work(kernel: Kernel, method: str) -> int:
    """Arithmetic operations of one step, counted in the text of the equations."""
    size = {k: sum(map(text.count, _SIGNS)) for k, text in kernel.texts.items()}
    tableau, n = TABLEAUS[method], len(kernel.system.states)
    sums = n * tableau.stages * (tableau.stages + 1)
    if not tableau.implicit:
        return (tableau.stages - 1) * size["rhs"] + sums
    stages = tableau.stages * (size["rhs"] + size["solve"])
    return stages + 2 * sums + size["rhs_jacobian"] + size["factor"]


def _tolerances(question: Question, rtol: float, atol: float | Mapping[str, float] | None) -> Any:
    """The absolute tolerance of each state, in its unit."""
    states = question.kernel.system.states
    if atol is not None and not isinstance(atol, Mapping):
        atol = dict.fromkeys(states, atol)
    given = dict(atol or {})
    for key, number in given.items():
        if key not in states:
            raise ModelError(f"atol: '{key}' is not a state" + suggestion(key, states))
        if not 0.0 <= number < np.inf:
            raise ModelError(f"atol of '{key}' = {number} is not 0 or more")
    if len(given) == len(states):
        return np.array([float(given[state]) for state in states])
    asked = ("scales", *_trials(question))
    scale = kept(question.kernel, asked, lambda: _scales(question))
    own = rtol * _FLOOR * np.where(scale > 0.0, scale, -1.0)  # where it stays 0: by its size then
    return np.array([given.get(state, own[i]) for i, state in enumerate(states)])


def _scales(question: Question) -> Any:
    """The greatest size of each state in a trial run of the model as it is."""
    times = question.times
    span = times[-1] - times[0]
    steps = np.concatenate([np.linspace(0.0, 1.0, 65), np.geomspace(1e-9, 1.0, 64)])
    points = times[0] + span * np.unique(steps)
    points[-1] = times[-1]
    start = _trial(question, "rodas5p", points[:2], 1e-2, None)
    first = np.nanmax(np.abs(start.out[0]), axis=0, initial=0.0)
    floor = 1e-3 * _FLOOR * np.where(first > 0.0, first, 1e-3 * first.max(initial=1e-30))
    trial = _trial(question, "rodas5p", points, _TRIAL_RTOL, floor)
    return np.nanmax(np.abs(trial.out[0]), axis=0, initial=0.0)


def _trials(question: Question) -> tuple[Any, ...]:
    """What trial runs depend on besides the equations."""
    return (question.own.tobytes(), *question.times[[0, -1]])


def _trial(
    question: Question, method: str, times: Any, rtol: float, atol: Any, steps: int = _TRIAL_STEPS
) -> Runs:
    """One run of the model's own values, every state saved."""
    n = len(question.kernel.system.states)
    tolerances = np.zeros(n) if atol is None else atol
    runs = runs_of(question, np.empty((1, 0)), times, np.arange(n), rtol, tolerances, steps)
    solve(method, question.kernel.equations, runs._replace(defaults=question.own))
    return runs


def runs_of(
    question: Question,
    design: Any,
    times: Any,
    picked: Any,
    rtol: float,
    atol: Any,
    max_steps: int,
    step: float = 0.0,
) -> Runs:
    """Room for the results of `design`, filled in as not run."""
    count = len(design)
    return Runs(
        defaults=question.defaults,
        columns=question.columns if design.shape[1] else question.columns[:0],
        design=design,
        times=np.ascontiguousarray(times, float),
        picked=picked,
        rtol=float(rtol),
        atol=np.ascontiguousarray(atol, float),
        fixed_step=float(step),
        max_steps=int(max_steps),
        out=np.empty((count, len(times), len(picked))),
        status=np.zeros(count, np.int8),
        t_fail=np.full(count, np.nan),
        n_steps=np.zeros(count, np.int64),
        n_rejected=np.zeros(count, np.int64),
        counter=np.zeros(1, np.int64),
        jump_first=np.zeros(count, np.int64),
        jump_last=np.zeros(count, np.int64),
        jump_time=np.empty(0),
        jump_state=np.empty(0, np.int64),
        jump_scale=np.empty(0),
        jump_shift=np.empty(0),
        occasions=0,
    )
