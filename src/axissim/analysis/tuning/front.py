"""Scores of candidates, the Pareto front among them, and the best compromise on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from axissim.analysis.tuning.targets import Target
from axissim.analysis.tuning.trials import Outcome, mean_of

_Z = 1.959963984540054  # of 95 %


def wilson(hits: Any, of: Any) -> tuple[Any, Any]:
    """The 95 % interval of a share, by Wilson's score.

    Parameters
    ----------
    hits, of : int or array of int
        So many, of so many; of none, the share may be anything.

    Returns
    -------
    low, high : float or array

    Notes
    -----
    Wilson EB (1927), J Am Stat Assoc 22:209.
    """
    n = np.maximum(np.asarray(of, float), 1e-300)
    share, square = np.asarray(hits, float) / n, _Z * _Z
    middle = (share + square / (2.0 * n)) / (1.0 + square / n)
    half = _Z * np.sqrt(share * (1.0 - share) / n + square / (4.0 * n * n)) / (1.0 + square / n)
    low, high = np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)
    return np.where(np.equal(hits, 0), 0.0, low)[()], np.where(np.equal(hits, of), 1.0, high)[()]


OF_EACH = ("miss", "costs", "inside", "hits", "violated", "excess", "failed", "off_centre")


@dataclass(frozen=True)
class Scores:
    """What candidates are judged by, each over people.

    Attributes
    ----------
    miss : (candidates,) array
        Mean distance outside the bands, 0 to 1; a failed run counts 1.
    costs : (candidates, costs) array
        Means over the people whose run did not fail; inf where there is none.
    inside : (candidates, targets) array of int
        So many people are in each band.
    hits : (candidates,) array of int
        So many are in all bands.
    violated : (candidates,) array of int
        So many are outside a hard one; a failed run counts.
    excess : (candidates,) array
        Mean distance outside the hard bands, 0 to 1.
    failed : (candidates,) array of int
    off_centre : (candidates,) array
        Mean distance from the bands' middles in half widths.
    people : int
    """

    miss: Any
    costs: Any
    inside: Any
    hits: Any
    violated: Any
    excess: Any
    failed: Any
    off_centre: Any
    people: int

    @property
    def objectives(self) -> Any:
        """(candidates, 1 + costs): all to be made small."""
        return np.column_stack([self.miss, self.costs])

    def some(self, rows: Any) -> Scores:
        """Those of some candidates."""
        return Scores(**{key: getattr(self, key)[rows] for key in OF_EACH}, people=self.people)


def scored(outcome: Outcome, targets: Sequence[Target], costs: int) -> Scores:
    """Judge candidates; the first read-outs are those of the targets, then come the costs."""
    values, count = outcome.values, len(targets)
    each = [values[:, :, at] for at in range(count)]
    weights = np.array([target.weight for target in targets])
    misses = np.stack([t.miss(v) for t, v in zip(targets, each, strict=True)], axis=2)
    inside = np.stack([t.inside(v) for t, v in zip(targets, each, strict=True)], axis=2)
    inside &= outcome.ok[:, :, None]
    hard = np.array([target.hard for target in targets])
    limits = misses[:, :, hard] if hard.any() else np.zeros((*values.shape[:2], 1))
    off = np.stack([t.off_centre(v) for t, v in zip(targets, each, strict=True)], axis=2)
    return Scores(
        miss=(misses @ weights / weights.sum()).mean(axis=1),
        costs=_means(values[:, :, count : count + costs]),
        inside=inside.sum(axis=1),
        hits=inside.all(axis=2).sum(axis=1),
        violated=(~inside[:, :, hard]).any(axis=2).sum(axis=1),
        excess=limits.mean(axis=(1, 2)),
        failed=(~outcome.ok).sum(axis=1),
        off_centre=_means(off.mean(axis=2)[:, :, None])[:, 0],
        people=values.shape[1],
    )


def _means(values: Any) -> Any:
    """Over people, of what is a number; inf where nothing is."""
    return np.where(np.isnan(values).all(axis=1), np.inf, mean_of(values))


def beaten(scores: Scores, tolerate: float = 0.0) -> Any:
    """By how many candidates each is beaten, shape (candidates,).

    Who keeps the hard limits beats who does not; of those who do not, who is less far outside; of
    those who do, who is as good in all objectives and better in one.
    """
    points, over = scores.objectives, _over(scores, tolerate)
    found = np.zeros(len(points), int)
    for at, point in enumerate(points):
        if over[at]:
            found[at] = ((over == 0) | (scores.excess < scores.excess[at])).sum()
        else:
            rivals = points[over == 0]
            found[at] = ((rivals <= point).all(axis=1) & (rivals < point).any(axis=1)).sum()
    return found


def regret(scores: Scores, among: Any, tolerate: float = 0.0) -> Any:
    """Miss, and a twentieth of the costs over their range on a front; 1 more beyond hard limits.

    It is small about the place where the front reaches the bands.
    """
    finite = np.where(np.isinf(scores.costs), np.nan, scores.costs)
    low, high = (f.reduce(finite[among], axis=0) for f in (np.fmin, np.fmax))  # without NaN
    wide = np.where(high > low, high - low, 1.0)
    costs = np.nan_to_num((finite - low) / wide, nan=10.0).sum(axis=1)
    beyond = np.where(_over(scores, tolerate) > 0, 1.0 + scores.excess, 0.0)
    return scores.miss + costs / 20.0 + beyond


def _over(scores: Scores, tolerate: float) -> Any:
    """How many people too many are outside a hard band."""
    return np.maximum(scores.violated - np.floor(tolerate * scores.people + 1e-9), 0)


def front(scores: Scores, tolerate: float = 0.0) -> Any:
    """Indices of the candidates that no other one beats, the least miss first.

    Those that keep the hard limits, as far as `tolerate` (a share of people) asks, beat those that
    do not; where none does, those whom the fewest people violate are looked at.  Of candidates
    alike in all objectives the one nearest to the bands' middles stays.
    """
    over = _over(scores, tolerate)
    rows = np.flatnonzero(over == over.min())
    order = np.lexsort([scores.off_centre[rows], *scores.objectives[rows].T[::-1]])
    rows = rows[order]
    points, kept = scores.objectives[rows], list[int]()
    for at, point in enumerate(points):
        rivals = points[kept]
        if not np.all(rivals <= point, axis=1).any():
            kept.append(at)
    return rows[kept]


def best(scores: Scores, among: Any) -> int:
    """The best compromise on a front.

    Of the candidates whose share in all bands cannot be told apart from the greatest (it is in
    its Wilson interval) the nearest to the ideal point in miss and costs, each counted over its
    range among them; where nobody is in all bands, the least miss.
    """
    some = scores.some(among)
    if some.hits.max() == 0:
        return int(among[np.argmin(some.miss)])
    share = some.hits / some.people
    low, _ = wilson(some.hits.max(), some.people)
    rows = np.flatnonzero(share >= low)
    distance = np.linalg.norm(_scaled(some.objectives[rows]), axis=1)
    return int(among[rows[np.argmin(distance)]])


def spread(scores: Scores, among: Any, count: int, begin: int) -> Any:
    """`count` members of a front, `begin` first, each the farthest from those before it."""
    points = _scaled(scores.objectives[among])
    taken = [int(np.flatnonzero(among == begin)[0])]
    while len(taken) < min(count, len(among)):
        gaps = np.linalg.norm(points[:, None] - points[taken][None], axis=2).min(axis=1)
        gaps[taken] = -1.0
        taken.append(int(gaps.argmax()))
    return among[taken]


def _scaled(points: Any) -> Any:
    """Objectives over their range, 0 to 1."""
    finite = np.where(np.isinf(points), np.nan, points)
    low, high = (np.nan_to_num(f.reduce(finite, axis=0)) for f in (np.fmin, np.fmax))
    wide = np.where(high > low, high - low, 1.0)
    return np.where(np.isinf(points), 2.0, (np.where(np.isinf(points), 0.0, points) - low) / wide)
