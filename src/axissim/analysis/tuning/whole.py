"""The whole of a tuning: search, front, reasons.

Candidates are tried in people by sweeps that keep only numbers; what is found is a front between
benefit, doses and side effects, how sure it is over the population, and which lever moves what.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.tuning.asked import trials_of, with_limits
from axissim.analysis.tuning.levers import Lever, levers_of
from axissim.analysis.tuning.readouts import clock
from axissim.analysis.tuning.reasons import none, reasons
from axissim.analysis.tuning.result import result
from axissim.analysis.tuning.search import Search
from axissim.analysis.tuning.targets import costs_of, targets_of
from axissim.model.model import Model
from axissim.study.protocol import read
from axissim.study.sampling import whole

if TYPE_CHECKING:
    import xarray as xr

_AGAIN = 3  # rounds in more people


def tune(
    model: Model,
    *,
    levers: Mapping[str, Any] | Sequence[Lever],
    targets: Any,
    t: Any,
    costs: Any = (),
    people: xr.Dataset | None = None,
    derived: Mapping[str, str] | None = None,
    params: Mapping[str, float] | None = None,
    init: Mapping[str, float] | None = None,
    protocol: Any = (),
    n: int = 128,
    rounds: int = 12,
    screen: int = 32,
    finalists: int = 16,
    tolerate: float = 0.0,
    seed: int | np.random.Generator = 0,
    method: str = "auto",
    rtol: float = 1e-6,
    atol: float | Mapping[str, float] | None = None,
    max_steps: int = 100_000,
    threads: int | None = None,
    watch: Callable[[int], None] | None = None,
) -> xr.Dataset:
    """Look for settings of levers that bring read-outs into their bands at little cost.

    Parameters
    ----------
    levers : mapping
        Name to bounds, (low, high), or as `levers_of` in `axissim.analysis.tuning.levers` reads
        them.  A name is an id of the model, or one that an action of `protocol` or a formula of
        `derived` uses: ``levers={"ug": (50, 250)}, protocol=[dose("q10", "ug", at=0, ...)]``.
    targets : sequence of str, mapping or Target
        ``"mean(TSH) in 0.5..2.5 over 2000..2400 weight 2 hard"``: a summary of each run, its band,
        and, where needed, its window in time, its weight, and that it is a limit.
    t : (start, stop, points) or array
        Of each run, as in `axissim.sweep`; formulas see the times in their windows only.
    costs : sequence of str, mapping or Cost
        What shall be small: ``"ug"``, ``"total: 90*ug"``, ``"max(T4) < 120 over 2000..2400"``.
    people : xarray.Dataset, optional
        A design of persons, as `axissim.design.population` makes; left out, the model as it is.
    derived : mapping, optional
        Name to a formula of levers and of what is known of people, used like a lever:
        ``{"ug": "per_kg*weight"}``.
    params, init, protocol, method, rtol, atol, max_steps, threads
        As in `axissim.sweep`.
    n : int
        First candidates; each of `rounds` has a quarter as many.
    screen : int
        So many people, the first, are searched in.
    finalists : int
        Twice so many candidates, and new ones about them, are then tried in more people (the
        geometric mean of `screen` and all), so many in all people, and half as many about the best
        of them; the front is what is left of these.
    tolerate : float
        The share of people that may be outside a hard band.
    seed : int or numpy.random.Generator
    watch : callable, optional
        Is told how many runs have been made.

    Returns
    -------
    xarray.Dataset
        Over ``candidate``: ``setting`` of each lever, ``share`` of people in all bands with its
        Wilson interval, ``miss`` (mean distance outside, 0 to 1), ``cost_mean``, ``violated``,
        ``failed``, ``people`` it was run in, ``front``.  ``slope`` and ``elasticity`` of each
        read-out with each lever about the best, whose number is the attribute ``best``, and its
        ``reading`` in each person.  After Ctrl-C what was found by then.

    Raises
    ------
    ValueError
        One line that says what is wrong and how to mend it.

    Notes
    -----
    A run that failed is outside every band, and counted.  The best compromise is, of candidates
    on the front whose share in all bands cannot be told apart from the greatest, the nearest to
    the ideal point in miss and costs.
    """
    _check(rounds, screen, finalists, tolerate)
    wanted, paid = targets_of(targets), costs_of(costs)
    bands = with_limits(wanted, paid)
    options = {
        "params": params, "init": init, "protocol": read(protocol), "method": method,
        "rtol": rtol, "atol": atol, "max_steps": max_steps, "threads": threads,
    }  # fmt: skip
    trials = trials_of(
        model, levers_of(levers), (*bands, *paid), people, derived or {}, clock(t), options
    )
    trials.watch = watch
    some = np.arange(min(screen, trials.count))
    search = Search(trials, bands, len(paid), tolerate, np.random.default_rng(seed))
    complete, why = True, none(trials)
    try:
        _searched(search, whole(n), rounds, some, finalists)
        at = search.settings[search.level.rows[search.best]]
        why = reasons(trials, at, some)
    except KeyboardInterrupt:
        if not search.levels:
            raise
        complete = False
        search.leave_untried()
    config = {
        "n": n, "rounds": rounds, "screen": len(some), "finalists": finalists,
        "tolerate": tolerate, "derived": derived or {}, "seed": seed, "complete": complete,
    }  # fmt: skip
    return result(search, paid, search.level.rows[search.front], search.best, why, config)


def _searched(search: Search, n: int, rounds: int, some: Any, finalists: int) -> None:
    """All steps of a search: in some people, in more, in all."""
    everybody = np.arange(search.trials.count)
    search.begin(n, some)
    search.rounds(rounds, max(8, n // 4))
    middle = int(np.sqrt(len(some) * len(everybody)))
    if middle >= 2 * len(some):
        search.run(search.few(2 * finalists), np.arange(middle))
        search.rounds(_AGAIN, finalists)
    if len(everybody) > len(search.level.people):
        search.run(search.few(finalists), everybody)
        search.rounds(1, finalists // 2)


def _check(rounds: int, screen: int, finalists: int, tolerate: float) -> None:
    for key, number, least in (
        ("rounds", rounds, 0), ("screen", screen, 1), ("finalists", finalists, 1),
    ):  # fmt: skip
        if number != int(number) or number < least:
            raise ValueError(f"{key} = {number} is not a count; give {least} or more")
    if not 0.0 <= tolerate <= 1.0:
        raise ValueError(f"tolerate = {tolerate:g} is no share of people; give 0 to 1")


def most_runs(*, n: int, rounds: int, screen: int, finalists: int, levers: int, people: int) -> int:
    """How many runs `tune` makes at most; fewer where candidates come twice."""
    some = min(screen, people)
    middle = int(np.sqrt(some * people))
    runs = some * (n + 1 + rounds * max(8, n // 4) + 2 * levers + 1)
    runs += middle * (2 + _AGAIN) * finalists if middle >= 2 * some else 0
    return runs + (people * (finalists + finalists // 2) if people > some else 0)
