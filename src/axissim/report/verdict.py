"""What the tests of a study find: a number, its interval, and whether it is as expected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from axissim.report.arms import Ran
from axissim.report.stated import Criterion, Expectation, Study

SUPPORTED, AGAINST, UNDECIDED = "supported", "not supported", "undecided"
_ENDS = (0.025, 0.975)
_AT_ONCE = 2_000_000  # values of resampled people held at once


@dataclass(frozen=True)
class Found:
    """A test with its outcome.

    Attributes
    ----------
    test : Criterion
    number, low, high : float
        What was measured and its 95 % interval; the ends are NaN where a single run has none.
    people : int
        Runs that it rests on: those that gave a number in each of its arms.
    verdict : str
    why : str
        What decides, in words.
    """

    test: Criterion
    number: float
    low: float
    high: float
    people: int
    verdict: str
    why: str


def judged(study: Study, ran: Sequence[Ran]) -> list[Found]:
    """Each test's outcome."""
    by_name = {one.arm.name: one for one in ran}
    rng = np.random.default_rng(study.seed)
    return [_judged(study, test, by_name, rng) for test in study.tests]


def overall(found: Sequence[Found]) -> str:
    """The study's verdict: supported if every test is, not supported if one is against it."""
    verdicts = {one.verdict for one in found}
    if AGAINST in verdicts:
        return AGAINST
    return UNDECIDED if UNDECIDED in verdicts else SUPPORTED


def _judged(
    study: Study, test: Criterion, ran: Mapping[str, Ran], rng: np.random.Generator
) -> Found:
    rows = [ran[name].values[test.readout] for name in test.arms]
    if test.compare == "correlation":
        one = ran[test.arms[0]]
        rows.append(
            one.values[test.against]
            if test.against in one.values
            else np.asarray(study.design[test.against].values, float)
        )
    values = np.stack(rows)
    good = np.isfinite(values).all(axis=0)
    people, every = int(good.sum()), values.shape[1]
    lost = f"{every - people:,} of {every:,} runs gave no number"
    if not people:
        return Found(test, np.nan, np.nan, np.nan, 0, UNDECIDED, lost)
    measure = _measure(test)
    kept = values[:, good]
    number = float(measure(kept[:, None, :])[0])
    low, high = _interval(measure, kept, study.resamples, rng) if people > 1 else (np.nan, np.nan)
    if every - people > study.tolerate * every:
        why = f"{lost}, more than {study.tolerate:.0%}"
        return Found(test, number, low, high, people, UNDECIDED, why)
    ends = (number, number) if people == 1 else (low, high)
    verdict, why = _verdict(test.expect, *ends)
    why = f"{lost} and are left out; {why}" if people < every else why
    return Found(test, number, low, high, people, verdict, why)


def _verdict(expect: Expectation, low: float, high: float) -> tuple[str, str]:
    """By the interval, of a single run its number: all, none or some of it as expected."""
    if not np.isfinite([low, high]).all():
        return UNDECIDED, "there is no such number, or none in some of the draws"
    if expect.holds(low) and expect.holds(high):
        return SUPPORTED, "the whole interval is as expected"
    below = high <= expect.low and not expect.holds(high)
    if below or (low >= expect.high and not expect.holds(low)):
        return AGAINST, "the whole interval is not as expected"
    return UNDECIDED, "the interval holds both what is expected and what is not"


def _interval(
    measure: Callable[[Any], Any], values: Any, resamples: int, rng: np.random.Generator
) -> tuple[float, float]:
    """A percentile bootstrap over people; each keeps together what it gave in every arm."""
    arms, people = values.shape
    at_once = max(1, _AT_ONCE // (arms * people))
    parts = []
    for begun in range(0, resamples, at_once):
        drawn = rng.integers(people, size=(min(at_once, resamples - begun), people))
        parts.append(measure(values[:, drawn]))
    with np.errstate(invalid="ignore"):  # between two infinite ones
        low, high = np.quantile(np.concatenate(parts), _ENDS)
    return float(low), float(high)


def _measure(test: Criterion) -> Callable[[Any], Any]:
    """From values (arms, resamples, people) to a number of each resample."""
    if test.compare == "correlation":
        return lambda values: _ranked(values[0], values[1])

    def statistics(values: Any) -> Any:
        if test.statistic == "share":
            return (values > test.level).mean(axis=-1)
        return getattr(np, test.statistic)(values, axis=-1)

    def measure(values: Any) -> Any:
        of = statistics(values)
        with np.errstate(all="ignore"):
            match test.compare:
                case "value":
                    return of[0]
                case "difference":
                    return of[0] - of[1]
                case "ratio":
                    return of[0] / of[1]
        steps = np.diff(of, axis=0)
        return (steps if test.expect.text == "rising" else -steps).min(axis=0)

    return measure


def _ranked(x: Any, y: Any) -> Any:
    """Spearman's rank correlation of each row, ties sharing their mean rank."""
    from scipy.stats import rankdata

    a, b = rankdata(x, axis=-1), rankdata(y, axis=-1)
    a = a - a.mean(axis=-1, keepdims=True)
    b = b - b.mean(axis=-1, keepdims=True)
    with np.errstate(all="ignore"):
        return (a * b).sum(axis=-1) / np.sqrt((a**2).sum(axis=-1) * (b**2).sum(axis=-1))
