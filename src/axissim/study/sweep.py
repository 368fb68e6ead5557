"""Design in, Dataset out: one run or a million."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.model.model import Model
from axissim.solve.work import NOT_RUN, Runs
from axissim.study.choice import Choice, choose, runs_of
from axissim.study.dataset import labelled
from axissim.study.plan import Plan, planned
from axissim.study.protocol import read
from axissim.study.question import Question, Times, question_of, times_of
from axissim.study.solving import solved
from axissim.study.steady_doses import protocol_jumps
from axissim.study.stored import Sweeping, stored
from axissim.study.summaries import summaries as read_summaries
from axissim.study.summed import counted, distinct, needed, summed_up
from axissim.study.timetable import members

if TYPE_CHECKING:
    import xarray as xr

_MAX_STEPS = 100_000


def simulate(
    model: Model,
    *,
    t: Times,
    params: Mapping[str, float] | None = None,
    init: Mapping[str, float] | None = None,
    protocol: Any = (),
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
    protocol : sequence, str, Path or pandas.DataFrame
        What is done to the model from outside: a list of actions (`axissim.protocol`), the path
        of a TOML file, or a dosing table.
    outputs : sequence of str, optional
        Ids to keep; left out, all that moves.  Also ``amount(S)`` and ``concentration(S)`` of a
        species, and ``rate(X)`` of anything.  A quantity called ``time`` or ``status`` is
        ``time_`` or ``status_`` in the result.
    method : str
        ``auto``, ``rodas4``, ``rodas5p`` (stiff), ``tsit5`` (not stiff), or ``scipy:`` with
        LSODA, Radau, BDF, DOP853, RK45.
    rtol : float
        Relative tolerance.
    atol : float or mapping, optional
        Absolute tolerance, in each state's unit, for all or by id; left out, a thousandth of
        `rtol` times the greatest value of each state in a trial run of the model as it is, or,
        where that is 0, of its greatest value so far in each run.
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
        protocol=protocol,
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
    design: xr.Dataset | None = None,
    *,
    t: Times,
    params: Mapping[str, float] | None = None,
    init: Mapping[str, float] | None = None,
    protocol: Any = (),
    outputs: Sequence[str] | None = None,
    summaries: Sequence[str] | Mapping[str, str] = (),
    method: str = "auto",
    rtol: float = 1e-6,
    atol: float | Mapping[str, float] | None = None,
    max_steps: int = _MAX_STEPS,
    step: float | None = None,
    threads: int | None = None,
    watch: Callable[[int], None] | None = None,
    store: str | Path | None = None,
    dtype: str = "float64",
    force: bool = False,
    cluster: str = "",
    retry: bool = False,
    audit: float = 1e-3,
) -> xr.Dataset:
    """Run `model` once for every member of `design`.

    Parameters
    ----------
    design : xarray.Dataset, optional
        Ids of parameters or states (their value at the start) over a dimension ``sample``, or
        each over a dimension of its own (a grid); see `axissim.design`.  Variables of other
        names are for actions of the protocol that name them.  Left out, a run for each ID of the
        protocol's tables.
    summaries : sequence of str, or mapping, optional
        Keep these numbers of each run in place of trajectories: formulas such as
        ``max(eda)``, ``time_above(TSH, 4.5)``, ``max(eda)/mean(eda)`` of what is between the
        times `t`; or names to formulas.  ``bands(eda)`` keeps quantiles over all runs that did
        not fail at each time, to 0.5 %; ``bands(eda, 0.1, 0.9)`` names them.
    threads : int, optional
        Left out, as many as the processors this process may use.
    watch : callable, optional
        Is told now and then how many runs have been taken; with `store`, how many it holds.
    store : str or Path, optional
        A ``.zarr`` folder into which results go block by block as they are done, so that memory
        does not grow; the same call goes on where an earlier one ended, whatever ended it.
    dtype : "float64" or "float32"
        How a store keeps trajectories.
    force : bool
        Begin a store anew that holds another study.
    cluster : str
        With `store`: ``local:4`` for so many processes here, or the address of a
        dask.distributed scheduler whose workers see the same folder.
    retry : bool
        With `store`: run only what failed there again, by another method, tolerance or
        `max_steps`.
    audit : float
        With `store`: the share of runs, at least 16, that SciPy makes again at a hundred times
        finer tolerance, with the hardest ones and those beside failures; what it finds is the
        attribute ``audit``.  0 for none.

    The other parameters, and errors, are those of `simulate`.

    Returns
    -------
    xarray.Dataset
        Variables over the design's dimensions and ``time``; the design's coordinates and
        attributes are kept, a state's value at the start as ``x_0``.  Each run's result is the
        same bits alone, in any order and with any number of threads.  A run that failed has
        ``status`` other than 1 and NaN from there on; Ctrl-C leaves what is done, the rest
        ``not_run``.  From a store numbers are read when they are first asked for.
    """
    actions, times = read(protocol), times_of(t)
    design = members(actions) if design is None else design
    if store is not None:
        asked: dict[str, Any] = {
            "params": params, "init": init, "protocol": actions, "outputs": outputs,
            "summaries": summaries, "method": method, "rtol": rtol, "atol": atol,
            "max_steps": max_steps, "step": step,
        }  # fmt: skip
        sweeping = Sweeping(sweep, model, times, 1 if cluster else threads, asked)
        return stored(sweeping, design, store, dtype, force, watch, cluster, retry, audit)
    summed = read_summaries(summaries, model.by_id)
    if summed:
        outputs = needed(summed, outputs)
    plan = planned(model, design, actions, times).with_outputs(tuple(outputs or ()))
    question = question_of(plan, design, times, params or {}, init or {}, outputs)
    distinct(summed, {*question.dims, *question.coords})
    choice = choose(question, method, rtol, atol, max_steps)
    runs = runs_of(
        question, question.design, question.times, question.picked, choice.rtol, choice.atol,
        choice.max_steps, step or 0.0,
    )  # fmt: skip
    if actions:
        runs = runs._replace(**protocol_jumps(plan, question, choice)._asdict())
    by, complete = solved(question.kernel, choice, runs, max_steps, threads, watch)
    _blank_unrun(runs)
    ds = _dataset(question, choice, runs, by, complete, plan).assign_attrs(design.attrs)
    return summed_up(ds, summed, question.dims, counted(ds, summed)) if summed else ds


def _blank_unrun(runs: Runs) -> None:
    runs.out[runs.status == NOT_RUN] = np.nan


def _dataset(
    question: Question, choice: Choice, runs: Runs, by: Any, complete: bool, plan: Plan
) -> xr.Dataset:
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
        "atol": {
            key: float(number) if number >= 0.0 else None  # by the state's size in each run
            for key, number in zip(question.kernel.system.states, choice.atol, strict=True)
            if key in plan.asked.by_id
        },
        "max_steps": choice.max_steps,
        "step": runs.fixed_step,
        "set": question.changed,
        "protocol": list(plan.told),
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
