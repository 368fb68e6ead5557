"""Methylphenidate: occupancy of the transporters two hours after a dose, and its course in time."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("methylphenidate")


@lru_cache
def dosed(amount: float, weight: float = 70.0) -> dict[str, np.ndarray]:
    """A day after one dose, every hundredth of an hour."""
    ds = ax.simulate(
        MODEL,
        t=(0, 24, 2401),
        params={"weight": weight},
        protocol=[ax.dose("gut", amount, at=0)],
        rtol=1e-9,
    )
    return {str(key): ds[key].values for key in (*ds.data_vars, "time")}


@pytest.mark.finding("methylphenidate")
@pytest.mark.reference("methylphenidate", "scans")
def test_scans_two_hours_after_a_dose(row):
    assert row.holds(dosed(dict(row.settings)["gut"])[row.quantity][200])


@pytest.mark.reference("methylphenidate", "law")
def test_law_of_the_dose(row):
    assert row.holds(dosed(dict(row.settings)["gut"])[row.quantity][200])


@pytest.mark.parametrize("weight", [50.0, 70.0, 100.0])
def test_half_occupancy_is_per_kg(weight):
    assert dosed(0.25 * weight, weight)["DAT_occupancy"][200] == pytest.approx(0.5, rel=1e-7)
    assert dosed(0.14 * weight, weight)["NET_occupancy"][200] == pytest.approx(0.5, rel=1e-7)


def test_course_in_time_is_the_closed_form():
    path = dosed(20.0)
    t = path["time"]

    def bateman(time):
        return 1.6 / (1.6 - 0.25) * (np.exp(-0.25 * time) - np.exp(-1.6 * time))

    assert path["body"] == pytest.approx(20 * bateman(t), rel=1e-6, abs=1e-8)
    occupied = 20 * bateman(t) / (20 * bateman(t) + 17.5 * bateman(2.0))
    assert path["DAT_occupancy"] == pytest.approx(occupied, rel=1e-6, abs=1e-9)
    assert t[path["DAT_occupancy"].argmax()] == pytest.approx(1.4, abs=0.03)


def test_more_norepinephrine_than_dopamine_transporter_at_any_dose_and_never_all():
    for amount in (5.0, 20.0, 60.0, 500.0):
        path = dosed(amount)
        inside = slice(1, None)
        assert np.all(path["NET_occupancy"][inside] > path["DAT_occupancy"][inside])
        assert path["NET_occupancy"].max() < 1.0
        assert path["DAT"] == pytest.approx(1 - path["DAT_occupancy"], abs=1e-12)


def test_doses_add_up_in_the_body():
    """Two tablets of 10 mg, four hours apart."""
    ds = ax.simulate(
        MODEL, t=(0, 24, 2401), protocol=[ax.dose("gut", 10, at=0, every=4, count=2)], rtol=1e-9
    )
    one = dosed(10.0)["body"]
    late = np.concatenate((np.zeros(400), one[:-400]))
    assert ds["body"].values == pytest.approx(one + late, rel=1e-6, abs=1e-7)
