"""The search: Sobol' points over all levers, then smaller and smaller boxes about the front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from axissim.analysis.tuning.front import Scores, best, front, scored, spread
from axissim.analysis.tuning.levers import every_setting, settings
from axissim.analysis.tuning.targets import Target
from axissim.analysis.tuning.trials import Outcome, Trials
from axissim.study.sampling import cube

_MOST = 8  # boxes at once
_AGREE = 0.2  # a round that brings more than this share onto the front is not zoomed after


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
    Sobol' points and the corner where every lever is low.  Each round puts half of its points in
    a box about the best compromise and half about others of the front.  A box begins as wide as
    the points lie apart, and is halved after a round of which little came onto the front.
    """
    levers = trials.levers
    places = every_setting(levers, plan.n)
    if places is None:
        places = np.vstack([np.zeros(len(levers)), cube("sobol", plan.n, len(levers), rng)])
    tried, places = _new({}, settings(levers, places), places)
    stage = np.zeros(len(places), int)
    outcome = trials.outcome(settings(levers, places), people)
    width = min(0.25, len(places) ** (-1.0 / len(levers)))
    for number in range(1, plan.rounds + 1):
        scores = scored(outcome, targets, costs)
        among = front(scores, plan.tolerate)
        batch = max(8, plan.n // 4)
        begin = best(scores, among)
        boxes = spread(scores, among, max(1, min(_MOST, batch // (2 * len(levers) + 2))), begin)
        near = _near(places, boxes, batch, [lever.reach(width) for lever in levers], rng)
        tried, near = _new(tried, settings(levers, near), near)
        if not len(near):
            if all(lever.values for lever in levers):
                break
            width /= 2.0
            continue
        outcome = outcome.joined(trials.outcome(settings(levers, near), people))
        places = np.vstack([places, near])
        stage = np.concatenate([stage, np.full(len(near), number)])
        after = front(scored(outcome, targets, costs), plan.tolerate)
        if (stage[after] == number).sum() <= _AGREE * len(near):
            width /= 2.0
    return Found(settings(levers, places), stage, outcome, scored(outcome, targets, costs))


def _near(
    places: Any, boxes: Any, batch: int, reach: Sequence[float], rng: np.random.Generator
) -> Any:
    """Points in boxes about members of the front, half of all about the first."""
    others = len(boxes) - 1
    counts = [batch - batch // 2 if others else batch, *[batch // 2 // max(others, 1)] * others]
    found = []
    for box, count in zip(boxes, counts, strict=True):
        points = 2.0 * cube("sobol", max(count, 1), len(reach), rng) - 1.0
        found.append(np.clip(places[box] + points * np.array(reach), 0.0, 1.0))
    return np.vstack(found)


def _new(tried: dict[bytes, None], made: Any, places: Any) -> tuple[dict[bytes, None], Any]:
    """Leave out candidates that have been tried."""
    keep, after = [], dict(tried)
    for at, row in enumerate(np.ascontiguousarray(made)):
        if row.tobytes() not in after:
            after[row.tobytes()] = None
            keep.append(at)
    return after, places[keep]
