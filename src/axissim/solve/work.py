"""What the stepping loop works on: a model's equations, the runs asked for, a thread's memory."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from axissim.compile.calls import pointer, spread
from axissim.compile.lanes import align64

STATUS = ("not_run", "ok", "max_steps", "step_too_small", "non_finite", "event_error")
NOT_RUN, OK, MAX_STEPS, STEP_TOO_SMALL, NON_FINITE, EVENT_ERROR = range(6)
LEAST_SIZE = 1e-6  # of a state whose absolute tolerance goes by its size
_EPS = float(np.finfo(np.float64).eps)


class Runs(NamedTuple):
    """What to run and where the results go.

    Attributes
    ----------
    defaults : (inputs,) float64
    columns : (c,) int64
        The inputs that differ between runs.
    design : (runs, c) float64
    times : (t,) float64
        When to save, rising; the first is the start, the last the end.
    picked : (o,) int64
        What to save: a state's index, or the count of states plus an observable's.
    rtol : float
    atol : (states,) float64
        Below 0: times the greatest size of the state so far in the run, or `LEAST_SIZE`.
    fixed_step : float
        A step to hold, whatever the error; 0 to control the error.
    max_steps : int
    out : (runs, t, o) float64
    status : (runs,) int8
    t_fail : (runs,) float64
    n_steps, n_rejected : (runs,) int64
    counter : (1,) int64
        The next run to take; setting it to the count of runs stops all threads early.
    jump_first, jump_last : (runs,) int64
        Which of the jumps are each run's: known moments at which a state becomes
        ``scale * state + shift``; a run's are in order of time.
    jump_time, jump_scale, jump_shift : (jumps,) float64
    jump_state : (jumps,) int64
    occasions : int
        The address of what is called when more happens than equations say; 0 if that is never.
    """

    defaults: Any
    columns: Any
    design: Any
    times: Any
    picked: Any
    rtol: float
    atol: Any
    fixed_step: float
    max_steps: int
    out: Any
    status: Any
    t_fail: Any
    n_steps: Any
    n_rejected: Any
    counter: Any
    jump_first: Any
    jump_last: Any
    jump_time: Any
    jump_state: Any
    jump_scale: Any
    jump_shift: Any
    occasions: int


def least_atol(atol: Any) -> Any:
    """Absolute tolerances that are right whatever sizes the states reach."""
    return np.where(atol < 0.0, -LEAST_SIZE * atol, atol)


class Task(NamedTuple):
    """`Runs` as the loop sees them: the same names, pointers for arrays, and their sizes."""

    defaults: Any
    columns: Any
    design: Any
    times: Any
    picked: Any
    atol: Any
    out: Any
    status: Any
    t_fail: Any
    n_steps: Any
    n_rejected: Any
    counter: Any
    rtol: float
    fixed_step: float
    max_steps: int
    members: int
    varied: int
    points: int
    width: int
    start: float
    stop: float
    observed: bool
    blur: float  # how far rounding may move a switch: rates are not asked nearer to one
    eventful: bool  # whether more can happen to a run than its equations
    watchful: bool  # whether each step has to be looked through
    whole: bool  # whether the interpolants of every state are wanted
    vectors: int  # of the method's dense output


@njit
def task_of(runs: Any, m: Any, vectors: int) -> Task:
    """`runs` as pointers; the arrays must be kept alive."""
    observed = False
    for which in runs.picked:
        observed = observed or which >= m.states
    watchful = m.delayed + m.compared > 0
    whole = observed or watchful
    eventful = runs.occasions != 0
    return Task(
        pointer(runs.defaults), pointer(runs.columns), pointer(runs.design), pointer(runs.times),
        pointer(runs.picked), pointer(runs.atol), pointer(runs.out), pointer(runs.status),
        pointer(runs.t_fail), pointer(runs.n_steps), pointer(runs.n_rejected),
        pointer(runs.counter), runs.rtol, runs.fixed_step, runs.max_steps,
        runs.status.size, runs.columns.size, runs.times.size, runs.picked.size,
        runs.times[0], runs.times[-1], observed,
        8.0 * _EPS * max(abs(runs.times[0]), abs(runs.times[-1])),
        eventful, watchful, whole, vectors,
    )  # fmt: skip


class Method(NamedTuple):
    """What the loop needs to know of a method: see `axissim.solve.tableaus`.

    ``order`` is that of the error estimate plus 1.
    """

    stages: int
    vectors: int
    implicit: bool
    reuses_last: bool
    gamma: float
    order: float


class Work(NamedTuple):
    """One thread's memory, as pointers to vectors of lanes.

    Of the equations: state, new state, rates, their slopes in time, Jacobian, its LU, stages,
    where a stage stands, what is added to its rates, error, dense output, fixed quantities,
    observables, and one vector to hand over a time.  Of each lane's run: time, step to try, from
    and to where the equations may be asked (not across a switch), next landing, next save point,
    whether there is a run, whether its last step was rejected, counts, the logarithm of its last
    error, its number, and how much of it is saved.  ``group_``: eight runs made ready.
    ``rows``: each lane's interpolants, state beside state.  ``end``: up to where a lane may save.
    ``vacant``: whether a lane waits for a run; ``stale``: whether its rates are of another moment;
    ``peak``: the greatest size of each state so far, where the tolerance goes by it.
    What is handed to `axissim.solve.occasions` and back: what it is asked, and its answer; of each
    lane the least delay, whether a delayed value was asked for that is not there yet, whether its
    step is accepted, how long it is, whether a relation changes in it, and after what share of it.
    ``occasions`` is its address; it reads its ``frame`` there.
    """

    y: Any
    y1: Any
    f: Any
    ft: Any
    jac: Any
    lu: Any
    k: Any
    stage: Any
    shift: Any
    error: Any
    dense: Any
    q: Any
    v: Any
    clock: Any
    t: Any
    h: Any
    lo: Any
    hi: Any
    target: Any
    next_save: Any
    active: Any
    rejecting: Any
    steps: Any
    rejected: Any
    blind: Any
    last: Any
    run: Any
    saved: Any
    group_p: Any
    group_q: Any
    group_y: Any
    group_f: Any
    group_h: Any
    group_run: Any
    group_at: Any
    rows: Any
    end: Any
    vacant: Any
    stale: Any
    peak: Any
    ask: Any
    least: Any
    ahead: Any
    accepted: Any
    tried: Any
    found: Any
    theta: Any
    occasions: int
    frame: Any


@njit
def sizes(m: Any, method: Any, width: int) -> Any:
    """How many vectors each pointer of `Work` needs."""
    n, q = m.states, m.fixed + 2 * m.switches + 2 * m.delayed
    of_equations = (
        n, n, n, n, m.jacobian, m.lu + 1, method.stages * n, n, n, n, method.vectors * n, q,
    )  # fmt: skip
    of_lanes = (m.observables, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
    of_group = (m.inputs, q, n, n, 1, 1, 1, 8 * (2 + method.vectors) * ((width + 7) // 8), 1)
    return of_equations + of_lanes + of_group + (1, 1, n, 1, 1, 1, 1, 1, 1, 1)


@njit
def memory(count: Any) -> Any:
    """Zeros for neighbours of so many vectors, beginning where vectors load fastest."""
    total = 0
    for size in count:
        total += size
    return align64(np.zeros(8 * total + 7))


@njit
def workspace(m: Any, method: Any, width: int, room: Any, occasions: int, frame: Any) -> Work:
    """`Work` in `room` and `frame`, which must be kept alive."""
    pointers = spread(pointer(room), sizes(m, method, width))
    everything = pointers + (occasions, pointer(frame))  # noqa: RUF005, for Numba
    return Work(*everything)
