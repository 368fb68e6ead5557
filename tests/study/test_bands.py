"""Bands: quantiles as NumPy's to 0.5 %, the same whatever the order in which runs are counted."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from axissim.study.bands import ACCURACY, Bands

Q = [0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0]


def of(values: Any) -> Bands:
    bands = Bands(np.shape(values)[1])
    bands.add(values)
    return bands


def same(one: Bands, other: Bands) -> None:
    for key, array in one.arrays().items():
        np.testing.assert_array_equal(array, other.arrays()[key])


def allowed(values: Any, q: float) -> Any:
    """What the promise leaves: 0.5 % of the numbers that a quantile lies between, as mixed."""
    low = np.quantile(values, q, axis=0, method="lower")
    high = np.quantile(values, q, axis=0, method="higher")
    share = q * (len(values) - 1) % 1.0
    return ACCURACY * ((1.0 - share) * abs(low) + share * abs(high))


@pytest.mark.parametrize(
    "values",
    [
        np.random.default_rng(1).lognormal(0.0, 3.0, size=(5000, 7)),
        -np.random.default_rng(2).lognormal(40.0, 1.0, size=(5000, 7)),
        np.random.default_rng(3).normal(size=(4999, 7)),
        np.random.default_rng(4).poisson(0.7, size=(5000, 7)) * 1e-200,
        np.full((3, 2), 5.0),
        np.array([[1.0, -2.0, 0.0]]),
        np.linspace(1.0, 2.0, 999)[:, None],  # every width of bucket
    ],
    ids=["wide", "negative", "signed", "zeros", "constant", "one run", "an octave"],
)
def test_quantiles_are_numpys_within_the_promise(values: Any) -> None:
    bands = of(values)
    for q, row in zip(Q, bands.quantile(Q), strict=True):
        exact = np.quantile(values, q, axis=0)
        assert (abs(row - exact) <= allowed(values, q) * (1 + 1e-9)).all()
        np.testing.assert_array_equal(bands.quantile(q), row)
        if (values > 0).all():
            np.testing.assert_allclose(row, exact, rtol=ACCURACY)


@given(st.floats(allow_nan=False, allow_infinity=True), st.floats(0, 1))
def test_any_one_number_is_found(value: float, q: float) -> None:
    found = of([[value]]).quantile(q)[0]
    if abs(value) < np.finfo(float).tiny:
        assert found == 0.0
    else:
        assert found == pytest.approx(value, rel=ACCURACY)
        assert np.sign(found) == np.sign(value)


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20),
    st.integers(0, 20),
    st.randoms(use_true_random=False),
)
def test_order_and_cuts_change_nothing(values: list[float], cut: int, chance: Any) -> None:
    shuffled = list(values)
    chance.shuffle(shuffled)
    straight, mixed = np.array([values]).T, np.array([shuffled]).T
    whole, first, last, one_by_one = of(straight), of(mixed[:cut]), of(mixed[cut:]), Bands(1)
    first.merge(last)
    last.merge(of(mixed[:cut]))
    for row in mixed:
        one_by_one.add(row[None])
    for made in (first, last, one_by_one):
        same(made, whole)


def test_however_an_array_lies_in_memory_its_counts_are_the_same() -> None:
    values = np.exp(np.random.default_rng(5).normal(size=(301, 9)))
    spread = np.zeros((602, 18))
    spread[::2, ::2] = values
    same(of(values), of(np.asfortranarray(values)))
    same(of(values), of(spread[::2, ::2]))


def test_merging_in_any_way_is_the_whole() -> None:
    values = np.random.default_rng(6).normal(size=(900, 5))
    whole, (a, b, c) = of(values), map(of, np.split(values, 3))
    b.merge(c)
    a.merge(b)
    same(a, whole)
    same(of(values[np.random.default_rng(7).permutation(900)]), whole)
    a.merge(a)  # itself: everything twice
    np.testing.assert_array_equal(a.arrays()["count"], 2 * whole.arrays()["count"])


def test_failed_runs_are_not_counted() -> None:
    values = np.random.default_rng(8).lognormal(size=(400, 3))
    values[::4, 1], values[:, 2] = np.nan, np.nan
    bands = of(values)
    np.testing.assert_array_equal(bands.count, [400, 300, 0])
    found = bands.quantile(0.9)
    np.testing.assert_allclose(found[:2], np.nanquantile(values[:, :2], 0.9, axis=0), rtol=ACCURACY)
    assert np.isnan(found[2])
    assert np.isnan(Bands(4).quantile([0.1, 0.9])).all()
    assert of(np.empty((0, 3))).count.tolist() == [0, 0, 0]


def test_infinities_lie_at_the_ends() -> None:
    found = of([[-np.inf], [1.0], [np.inf]]).quantile([0.0, 0.5, 1.0])[:, 0]
    np.testing.assert_allclose(found, [-np.inf, 1.0, np.inf], rtol=ACCURACY)


def test_what_is_smaller_than_any_normal_number_counts_as_zero() -> None:
    tiny = float(np.finfo(float).tiny)
    assert of([[0.99 * tiny, -0.4 * tiny, -0.0]]).quantile(0.5).tolist() == [0.0, 0.0, 0.0]
    np.testing.assert_allclose(of([[tiny, -tiny]]).quantile(0.5), [tiny, -tiny], rtol=ACCURACY)


def test_saved_and_read_it_is_the_same_and_goes_on(tmp_path: Any) -> None:
    values = np.random.default_rng(9).normal(size=(200, 4))
    values[:, 2] = np.nan  # a time without a bucket
    np.savez(tmp_path / "bands.npz", **of(values[:120]).arrays())
    with np.load(tmp_path / "bands.npz") as saved:
        bands = Bands.from_arrays(saved)
    same(bands, of(values[:120]))
    bands.add(values[120:])
    same(bands, of(values))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"buckets": [1, 1]}, "lengths do not fit"),
        ({"buckets": [4, -1]}, "lengths do not fit"),
        ({"count": [1, 1]}, "lengths do not fit"),
        ({"bucket": [9, 5, 7]}, "not in order"),
        ({"bucket": [5, 5, 7]}, "not in order"),
        ({"bucket": [5, 1 << 30, 7]}, "not in order"),
        ({"count": [1, 0, 1]}, "not in order"),
    ],
)
def test_arrays_that_are_no_bands_are_refused(change: Any, said: str) -> None:
    sound = {"buckets": [2, 1], "bucket": [5, 9, 7], "count": [1, 4, 1]}
    assert Bands.from_arrays(sound).count.tolist() == [5, 1]
    with pytest.raises(ValueError, match=said):
        Bands.from_arrays(sound | change)
    with pytest.raises(ValueError, match="count is missing"):
        Bands.from_arrays({"buckets": [1], "bucket": [1]})


def test_what_does_not_fit_is_named() -> None:
    bands = Bands(3)
    with pytest.raises(ValueError, match=r"shape \(2, 4\) are not \(runs, 3\)"):
        bands.add(np.ones((2, 4)))
    with pytest.raises(ValueError, match="bands of 4 times do not fit those of 3"):
        bands.merge(Bands(4))
    for q in (-0.1, 1.1, np.nan):
        with pytest.raises(ValueError, match="from 0 to 1"):
            bands.quantile(q)
    with pytest.raises(ValueError, match="no number of times"):
        Bands(-1)


def test_many_runs_take_little_time_and_room() -> None:
    values = np.random.default_rng(10).lognormal(size=(100_000, 25))
    start = time.perf_counter()
    bands = of(values)
    found = bands.quantile([0.05, 0.5, 0.95])
    assert time.perf_counter() - start < 5.0
    np.testing.assert_allclose(found, np.quantile(values, [0.05, 0.5, 0.95], axis=0), rtol=ACCURACY)
    assert sum(array.nbytes for array in bands.arrays().values()) < values.nbytes / 10
