"""Fitting a problem from many starts, and the Dataset of what was found."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.fitting.curves import curves
from axissim.analysis.fitting.descent import STATUS, Descent, Effort, descend
from axissim.analysis.fitting.identifiability import information
from axissim.analysis.fitting.likelihood import Objective
from axissim.analysis.fitting.problem import Problem, plain, scaled
from axissim.analysis.fitting.provenance import flags, provenance
from axissim.analysis.fitting.simulation import Solving

if TYPE_CHECKING:
    import xarray as xr

_TRIES = 50  # draws of starts for each one that is wanted, before it is given up


def fit(
    problem: Problem,
    *,
    starts: int = 20,
    seed: int | np.random.Generator = 0,
    screen: int = 1,
    iterations: int = 300,
    method: str = "rodas5p",
    rtol: float = 1e-8,
    atol: Any = None,
    max_steps: int = 20_000,
    threads: int | None = None,
    watch: Callable[[int], None] | None = None,
) -> xr.Dataset:
    """Find the parameters that fit best, from many random starts at once.

    Parameters
    ----------
    problem : Problem
        Of `petab` or `table`.
    starts : int
        From so many points, spread evenly between the bounds on each parameter's scale; points
        at which the model cannot be run are drawn anew.
    seed : int or numpy.random.Generator
    screen : int
        Draw so many points for each start and go from the best of them.
    iterations : int
        At most so many steps from each start.
    method, rtol, atol, max_steps, threads
        As `axissim.sweep` takes them.
    watch : callable, optional
        Is told how many starts have ended.

    Returns
    -------
    xarray.Dataset
        Over ``start``, the best first: ``objective`` (PEtab's negative log-likelihood, with
        priors where there are any), ``estimate``, ``from`` and ``status``; ``best``,
        ``standard_error`` and ``at_bound`` of each ``parameter``; ``measured``, ``simulated``,
        ``noise`` and ``residual`` of each ``measurement``; ``curve`` over ``series`` and
        ``moment`` to draw; and what the data tell, as `information` gives it.

    Raises
    ------
    ValueError
        For a problem that cannot be fitted, such as one that cannot be run anywhere.

    Notes
    -----
    Slopes on each parameter's scale, curvature by Fisher's scoring; see `descent`.
    """
    if starts < 1 or screen < 1 or iterations < 1:
        raise ValueError("starts, screen and iterations are counts of 1 or more")
    objective = Objective(problem, Solving(method, rtol, atol, max_steps, threads))
    begun = starts_of(objective, starts, seed, screen)
    effort = Effort(iterations=iterations)
    found = descend(
        objective, objective.slopes, begun, problem.low, problem.high, effort=effort, watch=watch
    )
    config = {
        "starts": starts, "screen": screen, "iterations": iterations,
        "seed": int(seed) if isinstance(seed, (int, np.integer)) else None,
        **objective.solving.told,
    }  # fmt: skip
    return _dataset(objective, begun, found, config)


def starts_of(
    objective: Objective, starts: int, seed: int | np.random.Generator, screen: int = 1
) -> Any:
    """Points between the bounds at which the objective is a number, shape (starts, P)."""
    problem, rng = objective.problem, np.random.default_rng(seed)
    low, high = problem.low, problem.high
    kept, values, tries = np.empty((0, len(low))), np.empty(0), 0
    wanted = starts * screen
    while len(kept) < wanted and tries < _TRIES * wanted:
        drawn = low + (high - low) * rng.random((wanted, len(low)))
        tries += wanted
        reached = objective(drawn)
        good = np.isfinite(reached)
        kept, values = np.vstack([kept, drawn[good]]), np.append(values, reached[good])
    if len(kept) < starts:
        raise ValueError(
            f"the model could be run at {len(kept)} of {tries:,} points between the bounds; "
            "narrow them"
        )
    kept, values = kept[:wanted], values[:wanted]
    return kept[np.sort(np.argsort(values, kind="stable")[:starts])] if screen > 1 else kept


def _dataset(
    objective: Objective, begun: Any, found: Descent, config: dict[str, Any]
) -> xr.Dataset:
    """What was found, the best start first."""
    import xarray as xr

    problem = objective.problem
    order = np.argsort(found.objective, kind="stable")
    best = found.own[order[0]]
    if not np.isfinite(found.objective[order[0]]):
        raise ValueError("no start could be followed; narrow the bounds")
    config |= {"runs": objective.simulation.runs, "failed_runs": objective.simulation.failed}
    ds = xr.Dataset(
        {
            "objective": ("start", found.objective[order], {"long_name": "objective"}),
            "estimate": (("start", "parameter"), plain(problem.unknowns, found.own[order])[0]),
            "from": (("start", "parameter"), plain(problem.unknowns, begun[order])[0]),
            "status": ("start", found.status[order], flags("how the descent ended", STATUS)),
            "iterations": ("start", found.iterations[order]),
        },
        coords={"start": np.arange(len(order))},
        attrs=provenance(problem, config),
    )
    return ds.merge(described(objective, best), combine_attrs="override")


def described(objective: Objective, best: Any) -> xr.Dataset:
    """Everything about one set of parameters, on their own scales."""
    problem = objective.problem
    own = best[None]
    told = measurements(objective, own)
    told = told.merge(information(objective, best)).merge(curves(objective, best))
    wide = problem.high - problem.low
    bound = np.where(best <= problem.low + 1e-6 * wide, -1, 0)
    bound = np.where(best >= problem.high - 1e-6 * wide, 1, bound).astype(np.int8)
    told["best"] = ("parameter", plain(problem.unknowns, own)[0][0])
    told["at_bound"] = ("parameter", bound, {"long_name": "-1 at the lower bound, 1 at the upper"})
    return told.assign(
        nominal=("parameter", problem.nominal),
        nominal_objective=nominal_objective(objective),
        nllh=float(objective.likelihood(own)[0]),
        scale=("parameter", [u.scale for u in problem.unknowns]),
        low=("parameter", [u.low for u in problem.unknowns]),
        high=("parameter", [u.high for u in problem.unknowns]),
    ).assign_coords(parameter=[u.id for u in problem.unknowns])


def nominal_objective(objective: Objective) -> float:
    """The objective at the nominal values; NaN where one is missing."""
    problem = objective.problem
    if not np.all(np.isfinite(problem.nominal)):
        return float("nan")
    return float(objective(scaled(problem.unknowns, problem.nominal)[None])[0])


def measurements(objective: Objective, own: Any) -> xr.Dataset:
    """What was measured beside what the model says, over ``measurement``."""
    import xarray as xr

    measured = objective.problem.measurements
    expected, noise = (found[0] for found in objective.simulated(own))
    value = np.array([m.value for m in measured])
    residual = np.empty(len(value))
    for group in objective.groups:
        rows, scale = group.group.rows, group.group.reading.scale
        pair = np.array([value[rows], expected[rows]])
        if scale != "lin":
            pair = np.log10(pair) if scale == "log10" else np.log(pair)
        residual[rows] = (pair[0] - pair[1]) / noise[rows]
    unit = {"units": objective.problem.model.time_unit} if objective.problem.model.time_unit else {}
    return xr.Dataset(
        {
            "measured": ("measurement", value),
            "simulated": ("measurement", expected),
            "noise": (
                "measurement",
                noise,
                {"long_name": "standard deviation, or Laplace's scale"},
            ),
            "residual": ("measurement", residual, {"long_name": "residual in noises"}),
        },
        coords={
            "measurement": np.arange(len(value)),
            "observable": ("measurement", [m.observable for m in measured]),
            "condition": ("measurement", [m.condition for m in measured]),
            "time": ("measurement", [m.time for m in measured], {"long_name": "time", **unit}),
        },
    )
