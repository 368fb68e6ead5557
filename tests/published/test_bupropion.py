"""Bupropion: the steady occupancy that was measured, flat between doses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("bupropion")


def after_the_last_dose(amount: float = 150.0, **params: float) -> Any:
    """Two days from a dose in the steady state of one every 12 hours, hour by hour."""
    last = ax.dose("load", amount, at=0, every=12, count=1, steady_state=True)
    return ax.simulate(MODEL, t=(0, 48, 49), params=params, protocol=[last], rtol=1e-9)


@pytest.mark.finding("bupropion")
@pytest.mark.reference("bupropion", "steady_state")
def test_steady_occupancy(row):
    hour = int(row.condition.split()[-1])
    assert row.holds(after_the_last_dose()[row.quantity].values[hour])


@pytest.mark.finding("bupropion")
def test_flat_from_3_to_24_hours():
    """Learned-Coughlin 2003, abstract; less than a tenth of it is lost."""
    occupied = after_the_last_dose()["DAT_occupancy"].values
    assert 0.9 < occupied[24] / occupied[3] < 1.0


@pytest.mark.finding("bupropion")
def test_a_single_dose_is_not_seen():
    """150 mg once did not change raclopride binding; here it occupies less than 2 %."""
    ds = ax.simulate(MODEL, t=(0, 24, 25), protocol=[ax.dose("load", 150, at=0)])
    assert 0.0 < ds["DAT_occupancy"].values.max() < 0.02


@pytest.mark.parametrize("half_time", [84.0, 168.0, 336.0])
@pytest.mark.parametrize("amount", [75.0, 150.0, 300.0])
def test_mean_occupancy_rests_on_the_dose_not_on_the_half_time(half_time, amount):
    """At the mean load: dose/(dose + 150*(1 - 0.26)/0.26)."""
    ds = after_the_last_dose(amount, half_time=half_time)
    k = np.log(2) / half_time
    load = ds["load"].values[0] * (1 - np.exp(-12 * k)) / (12 * k)  # mean over an interval
    mean = load / (load + float(ds["half_load"].values[0]))
    assert mean == pytest.approx(amount / (amount + 150 * 0.74 / 0.26), rel=1e-6)


def test_what_is_measured_can_be_set():
    """Meyer 2002: 14 %."""
    occupied = after_the_last_dose(scan_occupancy=0.14)["DAT_occupancy"].values
    assert occupied[6] == pytest.approx(0.14, abs=0.002)


def test_the_load_decays_and_the_transporter_comes_back():
    ds = ax.simulate(MODEL, t=(0, 336, 3), protocol=[ax.dose("load", 100, at=0)], rtol=1e-9)
    assert ds["load"].values == pytest.approx([100, 50, 25], rel=1e-7)
    assert np.all(np.diff(ds["DAT"].values) > 0)
