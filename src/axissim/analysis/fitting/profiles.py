"""Profiles of the likelihood: how far each parameter can go while all others follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.fitting.descent import Effort, descend
from axissim.analysis.fitting.likelihood import Objective
from axissim.analysis.fitting.problem import Problem, best_of, plain
from axissim.analysis.fitting.provenance import provenance
from axissim.analysis.fitting.simulation import Solving

if TYPE_CHECKING:
    import xarray as xr

WORDS = ("identifiable", "no upper limit", "no lower limit", "not identifiable")
UNFINISHED = "unfinished"  # steps ran out, or no run was possible, before a limit or a bound
_PARTS = 8  # a profile rises to its limit in about so many steps


@dataclass
class _Walk:
    """A profile in one direction.

    Attributes
    ----------
    at : int
        The parameter.
    sign : float
        1 for upwards.
    step : float
        On the parameter's own scale.
    own : (P,) array
        Where it stands.
    points : list of (float, float)
        The parameter on its own scale, and the objective above the best.
    bounded : bool
        Whether it came to the parameter's bound.
    crossed : float
        Where it came to the limit.
    """

    at: int
    sign: float
    step: float
    own: Any
    points: list[tuple[float, float]] = field(default_factory=list)
    ended: bool = False
    bounded: bool = False
    crossed: float = float("nan")


def profiles(
    problem: Problem,
    found: xr.Dataset,
    parameters: Sequence[str] | None = None,
    *,
    level: float = 0.95,
    steps: int = 60,
    iterations: int = 60,
    method: str = "rodas5p",
    rtol: float = 1e-8,
    atol: Any = None,
    max_steps: int = 20_000,
    threads: int | None = None,
    watch: Callable[[int], None] | None = None,
) -> xr.Dataset:
    """Profile the likelihood over parameters, all of them and both ways at once.

    Parameters
    ----------
    problem : Problem
    found : xarray.Dataset
        Of `fit`; profiles go out from its ``best``.
    parameters : sequence of str, optional
        Left out, all.
    level : float
        Of the confidence intervals: twice the objective rises by the quantile of chi-square with
        one degree of freedom (3.84 for 0.95).
    steps, iterations : int
        At most so many points each way, and steps of the descent at each.
    method, rtol, atol, max_steps, threads
        As `fit` takes them.

    Returns
    -------
    xarray.Dataset
        Over ``profiled`` (a parameter) and ``point``: ``value``, plain, and ``profile``, the
        objective above the best; ``confidence`` (profiled, side), inf or -inf (0 on logarithmic
        scales) where there is no limit between the bounds; ``identifiable`` in words.  Where
        steps ran out first, or no run was possible, the end is NaN and the word ``unfinished``.
        ``better`` is how far below the best of the fit a profile came: not 0 where the fit was
        not the best.

    Raises
    ------
    ValueError
        For a parameter that was not fitted, a fit of another problem, or a level that is none.

    References
    ----------
    Raue et al. 2009, Bioinformatics 25, 1923: structural and practical identifiability.
    """
    from scipy.stats import chi2

    if not 0.0 < level < 1.0:
        raise ValueError(f"level = {level:g} is not between 0 and 1; give 0.95, say")
    keys = [u.id for u in problem.unknowns]
    wanted = list(parameters) if parameters is not None else keys
    for key in wanted:
        if key not in keys:
            raise ValueError(f"'{key}' was not fitted; fitted are {', '.join(keys)}")
    objective = Objective(problem, Solving(method, rtol, atol, max_steps, threads))
    best = best_of(problem, found)
    limit = 0.5 * float(chi2.ppf(level, 1))
    floor = float(objective(best[None])[0])
    walks = _walks(objective, best, [keys.index(key) for key in wanted])
    for _ in range(steps):
        going = [walk for walk in walks if not walk.ended]
        if not going:
            break
        _advance(objective, going, floor, limit, iterations)
        if watch is not None:
            watch(sum(walk.ended for walk in walks))
    config = {"level": level, "steps": steps, "iterations": iterations, **objective.solving.told}
    ds = _dataset(problem, best, walks, limit, level)
    return ds.assign_attrs(provenance(problem, config))


def _walks(objective: Objective, best: Any, places: Sequence[int]) -> list[_Walk]:
    """Both directions of each parameter; the first step by the curvature."""
    problem = objective.problem
    matrix = objective.slopes(best[None], expected=True).curvature[0]
    wide = problem.high - problem.low
    found = []
    for at in places:
        slope = max(matrix[at, at], 1e-300)  # the others held: never longer than the true width
        step = float(np.clip(0.5 / np.sqrt(slope), 1e-5 * wide[at], 0.1 * wide[at]))
        for sign in (-1.0, 1.0):
            walk = _Walk(at, sign, step, best.copy(), [(float(best[at]), 0.0)])
            end = problem.high[at] if sign > 0.0 else problem.low[at]
            walk.ended = walk.bounded = bool(abs(end - best[at]) <= 1e-9 * wide[at])
            found.append(walk)
    return found


def _advance(
    objective: Objective, walks: Sequence[_Walk], floor: float, limit: float, iterations: int
) -> None:
    """One step of every walk: move the parameter, let the others follow."""
    problem = objective.problem
    start = np.array([walk.own for walk in walks])
    held = np.zeros(start.shape, bool)
    for row, walk in enumerate(walks):
        aim = start[row, walk.at] + walk.sign * walk.step
        start[row, walk.at] = np.clip(aim, problem.low[walk.at], problem.high[walk.at])
        held[row, walk.at] = True
    effort = Effort(iterations=iterations, first_radius=0.3, decrease=1e-7)
    found = descend(
        objective, objective.slopes, start, problem.low, problem.high, held=held, effort=effort
    )
    for row, walk in enumerate(walks):
        _took(walk, found.own[row], float(found.objective[row]) - floor, limit, problem)


def _took(walk: _Walk, own: Any, rise: float, limit: float, problem: Problem) -> None:
    """What a walk makes of its next point: keep it, or come back and go less far."""
    before, wide = walk.points[-1], problem.high[walk.at] - problem.low[walk.at]
    climbed = rise - before[1]
    if (not np.isfinite(rise) or climbed > 0.5 * limit) and walk.step > 1e-6 * wide:
        walk.step *= 0.3 if np.isfinite(rise) else 0.2
        return
    if not np.isfinite(rise):
        walk.ended = True
        return
    here = float(own[walk.at])
    walk.points.append((here, rise))
    walk.own = own
    if rise >= limit:
        share = (limit - before[1]) / max(rise - before[1], 1e-300)
        walk.crossed = before[0] + share * (here - before[0])
        walk.ended = True
    end = problem.high[walk.at] if walk.sign > 0.0 else problem.low[walk.at]
    walk.bounded = bool(abs(here - end) <= 1e-12 * wide)
    walk.ended |= walk.bounded
    if climbed < limit / _PARTS:
        walk.step = min(walk.step * (2.0 if climbed < 0.3 * limit / _PARTS else 1.4), 0.1 * wide)


def _dataset(
    problem: Problem, best: Any, walks: Sequence[_Walk], limit: float, level: float
) -> xr.Dataset:
    import xarray as xr

    pairs = list(zip(walks[::2], walks[1::2], strict=True))
    most = max(len(down.points) + len(up.points) - 1 for down, up in pairs)
    value = np.full((len(pairs), most), np.nan)
    rise, ends = np.full_like(value, np.nan), np.empty((len(pairs), 2))
    for row, (down, up) in enumerate(pairs):
        points = [*reversed(down.points), *up.points[1:]]
        value[row, : len(points)] = _plain(problem, down.at, [x for x, _ in points])
        rise[row, : len(points)] = [y for _, y in points]
        open_ends = [0.0 if problem.unknowns[down.at].scale != "lin" else -np.inf, np.inf]
        crossed = _plain(problem, down.at, [down.crossed, up.crossed])
        ends[row] = np.where([down.bounded, up.bounded] & np.isnan(crossed), open_ends, crossed)
    profiled = [problem.unknowns[down.at] for down, _ in pairs]
    best_plain = plain(problem.unknowns, best[None])[0][0]
    return xr.Dataset(
        {
            "value": (("profiled", "point"), value),
            "profile": (("profiled", "point"), rise, {"long_name": "objective above the best"}),
            "confidence": (("profiled", "side"), ends, {"long_name": f"{100 * level:g} %"}),
            "identifiable": ("profiled", [_word(down, up) for down, up in pairs]),
            "threshold": limit,
            "better": float(max(0.0, -np.nanmin(rise))),
            "profile_best": ("profiled", [best_plain[down.at] for down, _ in pairs]),
            "profile_scale": ("profiled", [unknown.scale for unknown in profiled]),
        },
        coords={"profiled": [unknown.id for unknown in profiled], "side": ["low", "high"]},
    )


def _plain(problem: Problem, at: int, own: Sequence[float]) -> Any:
    """Plain values of one parameter."""
    return plain([problem.unknowns[at]], np.array(own)[:, None])[0][:, 0]


def _word(down: _Walk, up: _Walk) -> str:
    open_low, open_high = (bool(np.isnan(walk.crossed)) for walk in (down, up))
    if (open_low and not down.bounded) or (open_high and not up.bounded):
        return UNFINISHED
    return WORDS[2 * open_low + open_high]
