"""Runs solved by the method chosen, and again by another where it fails."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from axissim.compile.kernel import Kernel
from axissim.solve.reference.runs import solve_by_scipy
from axissim.solve.threads import solve
from axissim.solve.work import OK, Runs
from axissim.study.choice import Choice
from axissim.study.dataset import METHODS

_OF_RUNS = ("out", "status", "t_fail", "n_steps", "n_rejected")


def solved(
    kernel: Kernel,
    choice: Choice,
    runs: Runs,
    max_steps: int,
    threads: int | None = None,
    watch: Callable[[int], None] | None = None,
) -> tuple[Any, bool]:
    """Solve `runs` in place.

    Parameters
    ----------
    max_steps : int
        For the method that takes over.

    Returns
    -------
    (runs,) array, bool
        The method that made each run, as an index of `METHODS`; whether all are done.
    """
    by = np.full(len(runs.status), METHODS.index(choice.method), np.int8)
    workers = threads or os.cpu_count() or 1
    if choice.by_scipy:
        solve_by_scipy(choice.method, kernel, runs)
        return by, True
    complete = solve(choice.method, kernel.equations, runs, workers, watch)
    failed = np.flatnonzero(runs.status != OK)
    if not (complete and choice.fallback and failed.size):
        return by, complete
    again = _some(runs, failed)._replace(max_steps=int(max_steps))
    complete = solve(choice.fallback, kernel.equations, again, workers)
    for key in _OF_RUNS:
        getattr(runs, key)[failed] = getattr(again, key)
    by[failed] = METHODS.index(choice.fallback)
    return by, complete


def _some(runs: Runs, rows: Any) -> Runs:
    """Some of `runs`, not yet run."""
    fresh: dict[str, Any] = {key: getattr(runs, key)[rows] for key in _OF_RUNS}
    fresh["status"][:], fresh["t_fail"][:] = 0, np.nan
    fresh["n_steps"][:], fresh["n_rejected"][:] = 0, 0
    return runs._replace(
        design=np.ascontiguousarray(runs.design[rows]),
        jump_first=runs.jump_first[rows],
        jump_last=runs.jump_last[rows],
        counter=np.zeros(1, np.int64),
        **fresh,
    )
