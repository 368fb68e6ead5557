"""Quantiles over more runs than fit in memory: counts in buckets, which can be put together.

A bucket is a number's sign, its exponent and the first seven bits of its mantissa: 128 of equal
width between a power of two and the next.  They are read off, not computed, so that no last bit of
a logarithm decides where a number falls; counts are whole numbers, so that neither the order of
runs nor how they are cut into blocks and who counts them changes anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

ACCURACY = 0.005  # promised; half a bucket at a power of two is 1/257 of it, the worst

_BITS = 7  # of the mantissa
_SHIFT = 52 - _BITS
_SPAN = 1 << 19  # more buckets than there are, of both signs
_ZERO = _SPAN >> 1
_CHUNK = 1 << 22  # numbers sorted at once
_TINY = np.finfo(float).tiny


class Bands:
    """How often each quantity's size was met at each time, to a relative accuracy of 0.5 %.

    Memory does not grow with the number of runs: 16 bytes a bucket, at each time no more than 2 kB
    for each doubling from the least size met to the greatest.  NaN, what a run that failed has, is
    not counted; what is smaller than 2.3e-308 counts as 0.

    Parameters
    ----------
    times : int
        How many times there are.

    Examples
    --------
    >>> bands = Bands(2)
    >>> bands.add([[1.0, -5.0], [2.0, 0.0], [3.0, 7.0]])
    >>> bands.quantile(0.5).round(2)
    array([2.01, 0.  ])
    """

    def __init__(self, times: int) -> None:
        if times < 0:
            raise ValueError(f"{times} is no number of times")
        self._times = times
        self._codes = np.empty(0, np.int64)  # rising: time * _SPAN + _ZERO + bucket
        self._counts = np.empty(0, np.int64)

    @property
    def count(self) -> Any:
        """How many numbers were counted at each time, shape (t,)."""
        ends = np.searchsorted(self._codes, np.arange(self._times + 1) * _SPAN)
        return np.diff(_running(self._counts)[ends])

    def add(self, values: Any) -> None:
        """Count the values of more runs, shape (runs, t); ValueError for another shape."""
        given = np.asarray(values, float)
        if given.ndim != 2 or given.shape[1] != self._times:
            raise ValueError(f"values of shape {given.shape} are not (runs, {self._times})")
        rows = max(_CHUNK // max(self._times, 1), 1)
        for at in range(0, len(given), rows):
            codes = _codes(given[at : at + rows])
            self._join(*np.unique(codes, return_counts=True))

    def merge(self, other: Bands) -> None:
        """Count what `other` has counted; ValueError if it has other times."""
        if other._times != self._times:
            raise ValueError(f"bands of {other._times} times do not fit those of {self._times}")
        self._join(other._codes, other._counts)

    def quantile(self, q: float | Sequence[float]) -> Any:
        """The quantile at each time, as `numpy.quantile` (linear) has it of all that was counted.

        Each of the two numbers that it lies between is found to within 0.5 %, and so it is itself
        where they have one sign.

        Parameters
        ----------
        q : float or sequence
            From 0 to 1.

        Returns
        -------
        (t,) array, or (len(q), t) for a sequence
            NaN where nothing was counted.

        Raises
        ------
        ValueError
            For a `q` outside of 0 to 1.
        """
        share = np.asarray(q, float)
        if not np.all((share >= 0.0) & (share <= 1.0)):
            raise ValueError(f"a quantile is from 0 to 1, not {q}")
        count = self.count
        rank = share[..., None] * np.maximum(count - 1, 0)
        below = np.floor(rank).astype(np.int64)
        low, high = self._ranked(below), self._ranked(np.ceil(rank).astype(np.int64))
        with np.errstate(all="ignore"):  # between infinities
            return np.where(low == high, low, low + (rank - below) * (high - low))

    def arrays(self) -> dict[str, Any]:
        """All of it as plain arrays, to be saved; `from_arrays` reads them.

        Returns
        -------
        dict
            ``buckets``: how many there are at each time, (t,); ``bucket`` and ``count``: each of
            them in order, time after time.  Equal whatever the order in which runs were counted.
        """
        held = np.bincount(self._codes // _SPAN, minlength=self._times).astype(np.int64)
        bucket = (self._codes % _SPAN - _ZERO).astype(np.int32)
        return {"buckets": held, "bucket": bucket, "count": self._counts.copy()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any]) -> Bands:
        """What `arrays` gave; ValueError if it is something else."""
        if missing := {"buckets", "bucket", "count"} - arrays.keys():
            raise ValueError(f"these arrays are no bands: {min(missing)} is missing")
        held, bucket, counts = (
            np.asarray(arrays[key], np.int64) for key in ("buckets", "bucket", "count")
        )
        shaped = held.ndim == bucket.ndim == 1 and bucket.shape == counts.shape
        if not shaped or (held < 0).any() or held.sum() != len(bucket):
            raise ValueError("these arrays are no bands: their lengths do not fit")
        codes = np.repeat(np.arange(len(held)), held) * _SPAN + _ZERO + bucket
        if (np.diff(codes) <= 0).any() or (abs(bucket) >= _ZERO).any() or (counts <= 0).any():
            raise ValueError("these arrays are no bands: their buckets are not in order")
        found = cls(len(held))
        found._codes, found._counts = codes, counts.copy()
        return found

    def _join(self, codes: Any, counts: Any) -> None:
        both = np.concatenate([self._codes, codes])
        self._codes, where = np.unique(both, return_inverse=True)
        joined = np.zeros(len(self._codes), np.int64)
        np.add.at(joined, where, np.concatenate([self._counts, counts]))
        self._counts = joined

    def _ranked(self, rank: Any) -> Any:
        """The number with so many below it at each time, shape (..., t); NaN if there is none."""
        if not len(self._codes):
            return np.full(rank.shape, np.nan)
        running, count = _running(self._counts), self.count
        before = np.cumsum(count) - count
        at = np.searchsorted(running, before + rank, side="right") - 1
        bucket = self._codes[np.minimum(at, len(self._codes) - 1)] % _SPAN - _ZERO
        return np.where(count > 0, _middle(bucket), np.nan)


def _running(counts: Any) -> Any:
    """How many were counted before each bucket, and in all."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])


def _codes(values: Any) -> Any:
    """Time and bucket of each number, in no shape; without NaN."""
    size = np.abs(values, dtype=float)
    bucket = size.view(np.int64) >> _SHIFT
    bucket[size < _TINY] = 0
    np.negative(bucket, out=bucket, where=values < 0.0)
    bucket += np.arange(values.shape[1]) * _SPAN + _ZERO
    return bucket[~np.isnan(values)]


def _middle(bucket: Any) -> Any:
    """The number in a bucket that is off by the same share of either edge."""
    size = np.abs(bucket)
    edge = (size.astype(np.int64) << _SHIFT).view(float)
    width = 1.0 / ((1 << _BITS) + size % (1 << _BITS))  # of the edge
    return np.sign(bucket) * edge * (1.0 + width / (2.0 + width))
