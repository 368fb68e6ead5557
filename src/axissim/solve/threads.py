"""Runs on several threads, with a way to watch and to stop them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import numpy as np

from axissim.solve.method import method_module
from axissim.solve.occasions import occasions
from axissim.solve.tableaus import TABLEAUS
from axissim.solve.work import Runs

_WATCH = 0.1  # seconds between looks at the counter


def solve(
    method: str,
    equations: Any,
    runs: Runs,
    threads: int = 1,
    watch: Callable[[int], None] | None = None,
) -> bool:
    """Solve `runs` in place by one of `TABLEAUS`.

    Parameters
    ----------
    watch : callable, optional
        Is told now and then how many runs have been taken.

    Returns
    -------
    bool
        False if interrupted (Ctrl-C): runs begun are finished, the others are ``not_run``.
    """
    kernel = method_module(TABLEAUS[method]).solve
    runs = _writable(runs)
    if _eventful(equations, runs):
        runs = runs._replace(occasions=occasions())
    count = runs.status.size
    if threads == 1 and watch is None and count <= 8:
        kernel(equations, runs)
        return True
    kernel(equations, _none_of(runs))  # compiled here, once, rather than by every thread at once
    complete = True
    with ThreadPoolExecutor(threads) as pool:
        waiting = {pool.submit(kernel, equations, runs) for _ in range(threads)}
        while waiting:
            try:
                done, waiting = wait(waiting, timeout=_WATCH)
                for future in done:
                    future.result()
                if watch:
                    watch(min(int(runs.counter[0]), count))
            except KeyboardInterrupt:
                complete = complete and bool(runs.counter[0] >= count)
                runs.counter[0] = count
    return complete


def _eventful(m: Any, runs: Runs) -> bool:
    """Whether more happens to a run than its equations say."""
    return bool(m.events or m.delayed or m.differential < m.states or runs.jump_time.size)


def _writable(runs: Runs) -> Runs:
    """`runs` with arrays of one type: for a read-only one the loop would be compiled again."""
    asked: dict[str, Any] = {
        key: np.require(array, requirements=("C", "W"))
        for key, array in runs._asdict().items()
        if isinstance(array, np.ndarray) and not array.flags.writeable
    }
    return runs._replace(**asked)


def _none_of(runs: Runs) -> Runs:
    """The same types, and nothing to do."""
    return runs._replace(status=runs.status[:0], counter=runs.counter.copy())
