"""Testosterone over the day: Gonzalez-Sales 2016, evaluated."""

from __future__ import annotations

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("testosterone_circadian")


def level(name: str, times, **params: float) -> np.ndarray:
    """A read-out at some hours."""
    return ax.simulate(MODEL, t=times, params=params, outputs=[name])[name].values


@pytest.mark.reference("testosterone_circadian", "day")
def test_day(row):
    settings = dict(row.settings)
    if "t" in settings:
        assert row.holds(level("T", [settings["t"], 24.0])[0])
        return
    found = level("Base", [0.0, 1.0], **settings)[0]
    base = level("Base", [0.0, 1.0])[0]
    assert row.holds(100 * (found / base - 1) if "change" in row.quantity else found)


def test_mean_of_a_day_is_the_base():
    """Both halves of the cosine are even about the base, whatever their length."""
    day = level("T", (0.0, 24.0, 24001), age=70.0, winter_spring=1.0)
    base = level("Base", [0.0, 1.0], age=70.0, winter_spring=1.0)[0]
    assert np.trapezoid(day, dx=0.001) / 24 == pytest.approx(base, rel=1e-6)


def test_days_are_alike_and_without_jumps():
    days = level("T", (0.0, 48.0, 4801))
    np.testing.assert_allclose(days[2400:], days[:2401], rtol=1e-12)
    steepest = np.pi * 32.1 / (14 + 2 / 60 - 9 - 22 / 60)  # ng/dL/h, on the way down
    assert np.abs(np.diff(days)).max() <= 0.01 * steepest


@pytest.mark.finding("testosterone_circadian")
def test_afternoon_is_a_fifth_to_a_quarter_below_the_morning():
    """Brambilla 2009: men of 30 to 40 years, 16 h against 8 h."""
    morning, afternoon = level("T", [8.0, 16.0], age=35.0)
    assert 0.20 <= 1 - afternoon / morning <= 0.25
