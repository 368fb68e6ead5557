"""Distributions: their quantiles, their cut-offs, and their text."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy import stats

from axissim.study.distribution import (
    Distribution,
    distribution,
    lognormal,
    loguniform,
    normal,
    uniform,
)

U = np.linspace(0.001, 0.999, 333)


@pytest.mark.parametrize(
    ("ours", "scipy"),
    [
        (uniform(-1, 3), stats.uniform(-1, 4)),
        (loguniform(0.1, 40), stats.loguniform(0.1, 40)),
        (normal(2, 0.5), stats.norm(2, 0.5)),
        (normal(2, 0.5, 1.9, 4), stats.truncnorm(-0.2, 4, 2, 0.5)),
        (lognormal(0.3, 0.7), stats.lognorm(0.7, scale=np.exp(0.3))),
    ],
    ids=lambda kind: str(kind) if isinstance(kind, Distribution) else "",
)
def test_quantiles_are_scipys(ours: Distribution, scipy: object) -> None:
    np.testing.assert_allclose(ours.quantile(U), scipy.ppf(U), rtol=1e-10)  # type: ignore[attr-defined]


def test_a_factor_multiplies_every_draw() -> None:
    plain, scaled = lognormal(0, 0.3), 8000 * lognormal(0, 0.3)
    np.testing.assert_allclose(scaled.quantile(U), 8000 * plain.quantile(U), rtol=1e-15)
    assert scaled.median == pytest.approx(8000)
    assert plain.median == pytest.approx(1)


def test_cut_offs_of_a_lognormal_are_of_the_value() -> None:
    drawn = lognormal(0, 1, 0.5, 2).quantile(U)
    assert drawn.min() > 0.5
    assert drawn.max() < 2
    whole = stats.lognorm(1)
    low, high = whole.cdf(0.5), whole.cdf(2)
    np.testing.assert_allclose(whole.cdf(drawn), low + U * (high - low), rtol=1e-10)


@pytest.mark.parametrize("kind", [uniform(0, 1), loguniform(1, 2), normal(0, 1), lognormal(0, 1)])
def test_the_ends_of_the_unit_interval_give_finite_draws(kind: Distribution) -> None:
    assert np.all(np.isfinite(kind.quantile(np.array([0.0, 1.0 - 2.0**-53]))))


def test_loguniform_keeps_to_its_ends() -> None:
    low, high = loguniform(0.1, 0.3).quantile(np.array([0.0, 1.0]))
    assert 0.1 <= low < 0.1000001
    assert 0.2999999 < high <= 0.3


@pytest.mark.parametrize(
    "text",
    [
        "uniform(0, 1)",
        "loguniform(0.5, 2)",
        "normal(1, 2)",
        "normal(1, 2, 0, 5)",
        "lognormal(-1, 0.25)",
        "8000*lognormal(0, 0.3)",
        "normal(0, 1, -inf, 3)",
    ],
)
def test_text_comes_back(text: str) -> None:
    assert str(distribution(text)) == text
    assert distribution(str(distribution(text))) == distribution(text)


def test_spaces_do_not_matter() -> None:
    assert distribution(" 2 * lognormal ( 0,0.3 ) ") == 2 * lognormal(0, 0.3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gamma(1, 2)", "'gamma(1, 2)' is not a distribution"),
        ("normal", "'normal' is not a distribution"),
        ("__import__('os')", "is not a distribution"),
        ("normal(1)", "has 1 numbers"),
        ("uniform(0, 1, 2)", "has 3 numbers"),
        ("normal(a, 1)", "'a' is not a number"),
        ("two*normal(0, 1)", "'two' is not a number"),
        ("uniform(2, 1)", "the low end must lie below"),
        ("uniform(1, 1)", "the low end must lie below"),
        ("loguniform(0, 1)", "both ends must be above 0"),
        ("normal(0, -1)", "standard deviation must be above 0"),
        ("normal(0, 1, 3, 2)", "the cut-offs must rise"),
        ("normal(0, 1, 50, 60)", "nothing is left between"),
        ("normal(nan, 1)", "must be finite"),
        ("uniform(0, inf)", "must be finite"),
        ("0*normal(0, 1)", "the factor is 0"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)) as caught:
        distribution(text)
    assert "\n" not in str(caught.value)
