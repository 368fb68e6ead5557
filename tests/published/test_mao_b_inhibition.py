"""Monoamine oxidase B: blocked for good, made anew; the recalled half-time is never used here."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("mao_b_inhibition")
LAST = 9  # the day of the tenth dose


@lru_cache
def rasagiline(half_time: float, days: int = 100) -> dict[str, np.ndarray]:
    """1 mg a day for ten days, and what follows, four times a day."""
    ds = ax.simulate(
        MODEL,
        t=(0, days, 4 * days + 1),
        params={"half_time": half_time},
        protocol=[ax.dose("drug", 1, at=0, every=1, count=LAST + 1)],
        rtol=1e-9,
    )
    return {str(key): ds[key].values for key in (*ds.data_vars, "time")}


@pytest.mark.finding("mao_b_inhibition")
@pytest.mark.parametrize("half_time", [20.0, 30.0, 60.0, 80.0])
def test_rasagiline_blocks_all_but_completely_within_ten_days(half_time):
    """Freedman 2005."""
    path = rasagiline(half_time)
    assert path["E"][4 * (LAST + 1)] < 0.05
    assert path["MAO_B_occupancy"][4 * LAST + 2] > 0.95


@pytest.mark.finding("mao_b_inhibition")
@pytest.mark.parametrize("half_time", [10.0, 20.0, 60.0])
def test_recovery_is_gradual_and_without_overshoot(half_time):
    """Freedman 2005: gradual."""
    after = rasagiline(half_time)["E"][4 * (LAST + 4) :]  # the inhibitor is gone
    assert np.all(np.diff(after) > 0)
    assert after[-1] < 1
    assert np.diff(after).max() < 0.25 * np.log(2) / half_time


@pytest.mark.parametrize("half_time", [10.0, 20.0, 60.0])
def test_recovery_is_the_closed_form(half_time):
    path = rasagiline(half_time)
    start = 4 * (LAST + 4)
    t = path["time"][start:] - path["time"][start]
    expected = 1 - (1 - path["E"][start]) * 2 ** (-t / half_time)
    assert path["E"][start:] == pytest.approx(expected, rel=1e-6)


@pytest.mark.finding("mao_b_inhibition")
def test_near_baseline_after_4_to_6_weeks_needs_a_short_half_time():
    """Freedman 2005: 10 days do it, 20 do not."""
    weeks = [4 * (LAST + 28), 4 * (LAST + 42)]
    short, long = (rasagiline(h)["E"][weeks] for h in (10.0, 20.0))
    assert short[0] > 0.85
    assert short[1] > 0.94
    assert long[1] < 0.8


@pytest.mark.parametrize("amount", [0.2, 1.0, 3.0])
def test_a_dose_leaves_its_share_of_the_enzyme(amount):
    """Without turnover exp(-kill*D), whatever the loss of the drug."""
    for kel in (4.0, 8.0):
        ds = ax.simulate(
            MODEL,
            t=(0, 20, 2),
            params={"half_time": 1e12, "kel": kel},
            protocol=[ax.dose("drug", amount, at=0)],
            rtol=1e-10,
        )
        assert ds["E"].values[-1] == pytest.approx(np.exp(-amount), rel=1e-7)


@pytest.mark.reference("mao_b_inhibition", "dopamine")
def test_breakdown_of_dopamine_with_the_b_form_blocked(row):
    ds = ax.simulate(
        MODEL,
        t=(0, 10, 11),
        params={"half_time": 30.0, **dict(row.settings)},
        protocol=[ax.dose("drug", 3, at=0, every=1, count=10)],
        rtol=1e-8,
    )
    assert row.holds(ds[row.quantity].values[9])


def test_without_drug_nothing_happens():
    ds = ax.simulate(MODEL, t=(0, 100, 11), params={"half_time": 30.0})
    assert ds["E"].values == pytest.approx(np.ones(11), abs=1e-12)
    assert ds["MAO"].values == pytest.approx(np.ones(11), abs=1e-12)
