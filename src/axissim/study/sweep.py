"""Design in, Dataset out: one run or a million."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.model.model import Model, ModelError
from axissim.solve.reference import solve_by_scipy
from axissim.solve.threads import solve
from axissim.solve.work import NOT_RUN, OK, Runs
from axissim.study.choice import Choice, choose, runs_of
from axissim.study.dataset import METHODS, labelled
from axissim.study.question import Question, question_of

if TYPE_CHECKING:
    import xarray as xr

Times = Sequence[float] | tuple[float, float, int]
_MAX_STEPS = 100_000


def simulate(
    model: Model,
    *,
    t: Times,
    params: Mapping[str, float] | None = None,
    init: Mapping[str, float] | None = None,
    outputs: Sequence[str] | None = None,
    method: str = "auto",
    rtol: float = 1e-6,
    atol: float | Mapping[str, float] | None = None,
    max_steps: int = _MAX_STEPS,
    step: float | None = None,
) -> xr.Dataset:
    """Run `model` once.

    Parameters
    ----------
    t : (start, stop, points) or array
        When to save, in the model's time unit; the first is where the run starts.  A tuple whose
        third element is an int means that many points from start to stop.
    params, init : mapping, optional
        Values in place of the model's own, by id; of parameters, and of states at the start.
    outputs : sequence of str, optional
        Ids to keep; left out, all states and observables.
    method : str
        ``auto``, ``rodas4``, ``rodas5p`` (stiff), ``tsit5`` (not stiff), or ``scipy:`` with
        LSODA, Radau, BDF, DOP853, RK45.
    rtol : float
        Relative tolerance.
    atol : float or mapping, optional
        Absolute tolerance, in each state's unit, for all or by id; left out, a thousandth of
        `rtol` times the greatest value of each state in a trial run of the model as it is.
    max_steps : int
        After so many steps a run is given up.
    step : float, optional
        Hold this step whatever the error.

    Returns
    -------
    xarray.Dataset
        Variables over ``time``, and ``status`` (0 not run, 1 ok, ...), ``n_steps``,
        ``n_rejected``, ``t_fail``, ``method``.

    Raises
    ------
    ModelError
        One line that says what is wrong and how to mend it.
    """
    import xarray as xr

    return sweep(
        model,
        xr.Dataset(),
        t=t,
        params=params,
        init=init,
        outputs=outputs,
        method=method,
        rtol=rtol,
        atol=atol,
        max_steps=max_steps,
        step=step,
        threads=1,
    )


def sweep(
    model: Model,
    design: xr.Dataset,
    *,
    t: Times,
    params: Mapping[str, float] | None = None,
    init: Mapping[str, float] | None = None,
    outputs: Sequence[str] | None = None,
    method: str = "auto",
    rtol: float = 1e-6,
    atol: float | Mapping[str, float] | None = None,
    max_steps: int = _MAX_STEPS,
    step: float | None = None,
    threads: int | None = None,
    watch: Callable[[int], None] | None = None,
) -> xr.Dataset:
    """Run `model` once for every member of `design`.

    Parameters
    ----------
    design : xarray.Dataset
        Ids of parameters or states (their value at the start) over a dimension ``sample``, or
        each over a dimension of its own (a grid); see `axissim.design`.
    threads : int, optional
        Left out, as many as the processors this process may use.
    watch : callable, optional
        Is told now and then how many runs have been taken.

    The other parameters, and errors, are those of `simulate`.

    Returns
    -------
    xarray.Dataset
        Variables over the design's dimensions and ``time``; the design's coordinates and
        attributes are kept, a state's value at the start as ``x_0``.  Each run's result is the
        same bits alone, in any order and with any number of threads.  A run that failed has
        ``status`` other than 1 and NaN from there on; Ctrl-C leaves what is done, the rest
        ``not_run``.
    """
    question = question_of(model, design, _times(t), params or {}, init or {}, outputs)
    choice = choose(question, method, rtol, atol, max_steps)
    rtol = choice.rtol
    runs = runs_of(
        question, question.design, question.times, question.picked, rtol, choice.atol,
        choice.max_steps, step or 0.0,
    )  # fmt: skip
    by = np.full(len(question.design), METHODS.index(choice.method), np.int8)
    workers = threads or os.cpu_count() or 1
    complete = True
    if choice.by_scipy:
        solve_by_scipy(choice.method, question.kernel, runs)
    else:
        complete = solve(choice.method, question.kernel.equations, runs, workers, watch)
    if complete and choice.fallback:
        complete = _again(question, choice, runs, by, max_steps, workers)
    _blank_unrun(runs)
    return _dataset(question, choice, runs, by, complete).assign_attrs(design.attrs)


def _times(t: Times) -> Any:
    """The times to save at; ModelError if they do not rise."""
    if isinstance(t, tuple) and len(t) == 3 and isinstance(t[2], (int, np.integer)):
        times = np.linspace(float(t[0]), float(t[1]), max(int(t[2]), 2))
    else:
        times = np.asarray(t, float)
    if times.ndim != 1 or times.size < 2 or not np.all(np.diff(times) > 0.0):
        raise ModelError("t needs at least two times, rising: (start, stop, points) or an array")
    if not np.all(np.isfinite(times)):
        raise ModelError("t holds a time that is not finite")
    return times


def _again(
    question: Question, choice: Choice, runs: Runs, by: Any, max_steps: int, workers: int
) -> bool:
    """Solve by the fallback method what the first could not do."""
    failed = np.flatnonzero(runs.status != OK)
    if not failed.size:
        return True
    again = runs_of(
        question, np.ascontiguousarray(question.design[failed]), question.times, question.picked,
        choice.rtol, choice.atol, max_steps, runs.fixed_step,
    )  # fmt: skip
    complete = solve(choice.fallback, question.kernel.equations, again, workers)
    for kept, new in zip(runs, again, strict=True):
        if isinstance(kept, np.ndarray) and len(kept) == len(runs.status) and kept is not new:
            kept[failed] = new
    by[failed] = METHODS.index(choice.fallback)
    return complete


def _blank_unrun(runs: Runs) -> None:
    runs.out[runs.status == NOT_RUN] = np.nan


def _dataset(question: Question, choice: Choice, runs: Runs, by: Any, complete: bool) -> xr.Dataset:
    shape, points = question.shape, len(question.times)
    moving = {
        key: runs.out[:, :, at].reshape(*shape, points) for at, key in enumerate(question.saved)
    }
    values = {
        key: moving[key]
        if key in moving
        else np.repeat(question.parameter(key)[:, None], points, axis=1).reshape(*shape, points)
        for key in question.outputs
    }
    record = {
        "status": runs.status,
        "n_steps": runs.n_steps,
        "n_rejected": runs.n_rejected,
        "t_fail": runs.t_fail,
        "method": by,
    }
    config = {
        "method": choice.method,
        "rtol": choice.rtol,
        "atol": dict(zip(question.kernel.system.states, map(float, choice.atol), strict=True)),
        "max_steps": choice.max_steps,
        "step": runs.fixed_step,
        "set": question.changed,
        "outputs": list(question.outputs),
        "complete": complete,
    }
    return labelled(
        question.model,
        question.times,
        values,
        question.dims,
        question.coords,
        {key: array.reshape(shape) for key, array in record.items()},
        config,
    )
