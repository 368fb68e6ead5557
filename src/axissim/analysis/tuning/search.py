"""The search: Sobol' points over all levers, then about the front; few people first, then more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from axissim.analysis.tuning.front import Scores, beaten, best, front, regret, scored, spread
from axissim.analysis.tuning.levers import every_setting, settings
from axissim.analysis.tuning.targets import Target
from axissim.analysis.tuning.trials import Outcome, Trials
from axissim.study.sampling import cube

_MOST = 8  # boxes about others than the best at once
_CROSS = 0.9  # of the levers move at once
_WIDEST = 0.25  # of a box to either side, as a share of the range


@dataclass
class Level:
    """Candidates and what came of them in some of the people.

    Attributes
    ----------
    people : (k,) array of int
    rows : (c,) array of int
        Which candidates.
    outcome : Outcome
    scores : Scores
    """

    people: Any
    rows: Any
    outcome: Outcome
    scores: Scores


@dataclass
class Search:
    """A search as far as it is.

    Attributes
    ----------
    costs : int
        How many there are.
    tolerate : float
        The share of people that may be outside a hard band.
    places : (candidates, levers) array
        In the unit cube.
    stage : (candidates,) array of int
        The round that brought each; 0 the first points.
    levels : list of Level
        In few people first.
    width : float
        Of the boxes, to either side.
    """

    trials: Trials
    targets: Sequence[Target]
    costs: int
    tolerate: float
    rng: np.random.Generator
    places: Any = None
    stage: Any = None
    levels: list[Level] = field(default_factory=list)
    width: float = _WIDEST
    round: int = 0
    tried: set[bytes] = field(default_factory=set)

    @property
    def settings(self) -> Any:
        """Of all candidates (candidates, levers)."""
        return settings(self.trials.levers, self.places)

    @property
    def level(self) -> Level:
        """The last."""
        return self.levels[-1]

    @property
    def front(self) -> Any:
        """Of the last level, as places in its rows."""
        return front(self.level.scores, self.tolerate)

    @property
    def best(self) -> int:
        """Of the last level, as a place in its rows."""
        return best(self.level.scores, self.front)

    def begin(self, n: int, people: Any) -> None:
        """Try the first candidates in some people.

        All combinations of the levers' values where these are few, else `n` Sobol' points and the
        corner where every lever is low.
        """
        levers = self.trials.levers
        places = every_setting(levers, n)
        if places is None:
            places = np.vstack([np.zeros(len(levers)), cube("sobol", n, len(levers), self.rng)])
        self.places, self.stage = np.empty((0, len(levers))), np.empty(0, int)
        rows = self._enter(places)
        self.run(rows, people)
        self.width = min(_WIDEST, len(rows) ** (-1.0 / len(levers)))

    def run(self, rows: Any, people: Any) -> None:
        """Try candidates in other people: a level of its own."""
        outcome = self.trials.outcome(self.settings[rows], people)
        self.levels.append(Level(people, rows, outcome, self._scored(outcome)))
        self.width = _WIDEST / 2.0

    def rounds(self, count: int, batch: int) -> None:
        """So many rounds of `batch` new candidates at the last level.

        A quarter of them are in a box about the best compromise, a quarter in boxes about others
        of the front; the other half is made by differential evolution of those least beaten, and
        of those least regretted.  Boxes are made twice as wide after a round that brought a better
        compromise, and half as wide after one that did not.
        """
        for _ in range(count):
            self.round += 1
            rows, level = self._enter(self._next(batch)), self.level
            if len(rows):
                more = self.trials.outcome(self.settings[rows], level.people)
                level.outcome = level.outcome.joined(more)
                level.rows = np.concatenate([level.rows, rows])
                level.scores = self._scored(level.outcome)
            elif all(lever.values for lever in self.trials.levers):
                return
            better = self.stage[level.rows[self.best]] == self.round
            self.width = min(2.0 * self.width, _WIDEST) if better else self.width / 2.0

    def leave_untried(self) -> None:
        """Forget candidates that were to be tried when the search was interrupted."""
        count = 1 + max(int(level.rows.max()) for level in self.levels)
        self.places, self.stage = self.places[:count], self.stage[:count]

    def few(self, count: int) -> Any:
        """`count` candidates of the last level for more people.

        The best, that of the least miss, those least regretted, others evenly over the front.
        """
        scores, among = self.level.scores, self.front
        liked = _least(regret(scores, among, self.tolerate), count // 2)
        picked = [self.best, among[0], *liked, *spread(scores, among, count, self.best)]
        return self.level.rows[list(dict.fromkeys(int(row) for row in picked))[:count]]

    def _scored(self, outcome: Outcome) -> Scores:
        return scored(outcome, self.targets, self.costs)

    def _enter(self, places: Any) -> Any:
        """Note candidates that have not been tried; their numbers."""
        keep = []
        for at, row in enumerate(np.ascontiguousarray(settings(self.trials.levers, places))):
            if row.tobytes() not in self.tried:
                self.tried.add(row.tobytes())
                keep.append(at)
        first = len(self.places)
        self.places = np.vstack([self.places, places[keep]])
        self.stage = np.concatenate([self.stage, np.full(len(keep), self.round)])
        return np.arange(first, len(self.places))

    def _next(self, batch: int) -> Any:
        """The places of a round."""
        scores, places, among = self.level.scores, self.places[self.level.rows], self.front
        begin, size = self.best, 1 + places.shape[1]
        count = min(_MOST, batch // 8)
        boxes = spread(scores, among, 1 + (count + 1) // 2, begin)
        others = self.rng.permutation(np.setdiff1d(among, boxes))[: count // 2]
        boxes = np.concatenate([boxes, others])
        reach = [lever.reach(self.width) for lever in self.trials.levers]
        fit = places[_least(beaten(scores, self.tolerate), 8 * size)]
        liked = places[_least(regret(scores, among, self.tolerate), 4 * size)]
        return np.vstack(
            [
                _near(places[boxes], batch - batch // 2, reach, self.rng),
                _crossed(fit, self.rng, batch // 4),
                _crossed(liked, self.rng, batch // 4, places[begin]),
            ]
        )


def _least(order: Any, count: int) -> Any:
    return np.argsort(order, kind="stable")[:count]


def _near(boxes: Any, count: int, reach: Sequence[float], rng: np.random.Generator) -> Any:
    """Points in boxes about places (boxes, levers), half of all about the first."""
    others = len(boxes) - 1
    counts = [count - count // 2, *[max(count // 2 // others, 1)] * others] if others else [count]
    found = []
    for box, points in zip(boxes, counts, strict=True):
        aside = 2.0 * cube("sobol", points, len(reach), rng) - 1.0
        found.append(np.clip(box + aside * np.array(reach), 0.0, 1.0))
    return np.vstack(found)


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
