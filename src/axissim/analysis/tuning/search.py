"""The search: Sobol' points over all levers, then smaller and smaller boxes about the front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from axissim.analysis.tuning.front import Scores, beaten, best, front, regret, scored, spread
from axissim.analysis.tuning.levers import every_setting, settings
from axissim.analysis.tuning.targets import Target
from axissim.analysis.tuning.trials import Outcome, Trials
from axissim.study.sampling import cube

_MOST = 8  # boxes at once
_WIDEST = 0.25  # of a box to either side, as a share of the range
_CROSS = 0.9  # of the levers move at once


@dataclass(frozen=True)
class Found:
    """Candidates and what came of them in the people of the search.

    Attributes
    ----------
    settings : (candidates, levers) array
    stage : (candidates,) array of int
        0 of the first points, then the round.
    outcome : Outcome
    scores : Scores
    """

    settings: Any
    stage: Any
    outcome: Outcome
    scores: Scores


@dataclass(frozen=True)
class Plan:
    """How to search.

    Attributes
    ----------
    n : int
        First candidates; each round has a quarter as many.
    rounds : int
    tolerate : float
        The share of people that may be outside a hard band.
    """

    n: int
    rounds: int
    tolerate: float


def search(
    trials: Trials,
    targets: Sequence[Target],
    costs: int,
    plan: Plan,
    people: Any,
    rng: np.random.Generator,
) -> Found:
    """Look for the front in some people (indices).

    The first candidates are all combinations of the levers' values where these are few, else
    Sobol' points and the corner where every lever is low.  Each round puts a quarter of its points
    in a box about the best compromise, a quarter in boxes about others of the front, and makes the
    other half by differential evolution of those least beaten, and of those least regretted.  A box
    begins as wide as the first points lie apart; it is doubled after a round that brought a better
    compromise, and halved after one that did not.
    """
    levers = trials.levers
    places = every_setting(levers, plan.n)
    if places is None:
        places = np.vstack([np.zeros(len(levers)), cube("sobol", plan.n, len(levers), rng)])
    tried, places = _new({}, settings(levers, places), places)
    stage = np.zeros(len(places), int)
    outcome = trials.outcome(settings(levers, places), people)
    scores = scored(outcome, targets, costs)
    width = min(_WIDEST, len(places) ** (-1.0 / len(levers)))
    for number in range(1, plan.rounds + 1):
        reach = [lever.reach(width) for lever in levers]
        near = _next(places, scores, plan, reach, rng)
        tried, near = _new(tried, settings(levers, near), near)
        if len(near):
            outcome = outcome.joined(trials.outcome(settings(levers, near), people))
            places = np.vstack([places, near])
            stage = np.concatenate([stage, np.full(len(near), number)])
            scores = scored(outcome, targets, costs)
        elif all(lever.values for lever in levers):
            break
        better = stage[best(scores, front(scores, plan.tolerate))] == number
        width = min(2.0 * width, _WIDEST) if better else width / 2.0
    return Found(settings(levers, places), stage, outcome, scores)


def _next(
    places: Any, scores: Scores, plan: Plan, reach: Sequence[float], rng: np.random.Generator
) -> Any:
    """The places of a round: in boxes, and crossed."""
    among = front(scores, plan.tolerate)
    begin = best(scores, among)
    batch, size = max(8, plan.n // 4), 1 + len(reach)
    boxes = spread(scores, among, max(1, min(_MOST, batch // 8)), begin)
    near = [_near(places[boxes], batch - batch // 2, reach, rng)]
    near.append(_crossed(places[_least(beaten(scores, plan.tolerate), 8 * size)], rng, batch // 4))
    liked = places[_least(regret(scores, among, plan.tolerate), 4 * size)]
    near.append(_crossed(liked, rng, batch // 4, places[begin]))
    return np.vstack(near)


def _near(boxes: Any, count: int, reach: Sequence[float], rng: np.random.Generator) -> Any:
    """Points in boxes about places (boxes, levers), half of all about the first."""
    others = len(boxes) - 1
    counts = [count - count // 2, *[max(count // 2 // others, 1)] * others] if others else [count]
    found = []
    for box, points in zip(boxes, counts, strict=True):
        aside = 2.0 * cube("sobol", points, len(reach), rng) - 1.0
        found.append(np.clip(box + aside * np.array(reach), 0.0, 1.0))
    return np.vstack(found)


def _least(order: Any, count: int) -> Any:
    return np.argsort(order, kind="stable")[:count]


def _crossed(pool: Any, rng: np.random.Generator, count: int, about: Any = None) -> Any:
    """Places a share of the way between two of a pool aside of one of it, or of a place.

    Storn R, Price K (1997), J Global Optim 11:341; some levers stay those of the one.
    """
    size, levers = pool.shape
    one, first, second = (rng.integers(size, size=count) for _ in range(3))
    share = rng.uniform(0.2, 1.2, (count, 1))
    moved = rng.random((count, levers)) < _CROSS
    moved[np.arange(count), rng.integers(levers, size=count)] = True
    aside = np.where(moved, share * (pool[first] - pool[second]), 0.0)
    return np.clip((pool[one] if about is None else about) + aside, 0.0, 1.0)


def _new(tried: dict[bytes, None], made: Any, places: Any) -> tuple[dict[bytes, None], Any]:
    """Leave out candidates that have been tried."""
    keep, after = [], dict(tried)
    for at, row in enumerate(np.ascontiguousarray(made)):
        if row.tobytes() not in after:
            after[row.tobytes()] = None
            keep.append(at)
    return after, places[keep]
