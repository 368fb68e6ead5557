"""The oscillator of Sriram 2012: its period and ranges, and what its equations conserve."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("hpa_sriram")
STATES = ["C", "A", "F", "G"]
FLUXES = ["V_C", "V_Cdeg", "V_A", "V_Adeg", "V_F", "V_Fdeg", "V_G", "V_Gdeg", "h"]
STEP = 0.01  # h
SETTLED = 300.0  # h; the rhythm has long repeated itself by then


@lru_cache
def run(init: tuple[tuple[str, float], ...] = (), kstress: float = 10.1) -> dict[str, np.ndarray]:
    hours = STEP * np.arange(60_001)
    ds = ax.simulate(
        MODEL,
        t=hours,
        init=dict(init),
        params={"kstress": kstress},
        outputs=STATES + FLUXES,
        rtol=1e-9,
    )
    kept = hours >= SETTLED
    return {"t": hours[kept]} | {key: ds[key].values[kept] for key in STATES + FLUXES}


def peaks(found: dict[str, np.ndarray]) -> np.ndarray:
    """Hours of the cortisol peaks, by the parabola through three samples."""
    y = found["F"]
    tops = 1 + np.flatnonzero((y[1:-1] > y[:-2]) & (y[1:-1] >= y[2:]))
    slope, bend = (y[tops + 1] - y[tops - 1]) / 2, y[tops + 1] - 2 * y[tops] + y[tops - 1]
    return found["t"][tops] - STEP * slope / bend


@pytest.mark.reference("hpa_sriram", "rhythm")
def test_rhythm(row):
    found = run()
    if row.quantity == "period":
        assert row.holds(float(np.diff(peaks(found)).mean()))
        return
    name, statistic = row.quantity.split()
    assert row.holds(float(found[name].min() if statistic == "min" else found[name].max()))


@pytest.mark.finding("hpa_sriram")
def test_one_cortisol_peak_a_day_without_a_clock():
    assert np.diff(peaks(run())) == pytest.approx(24.08, abs=0.01)


def test_one_rhythm_from_far_away():
    far = run((("C", 0.1), ("A", 0.5), ("F", 30.0), ("G", 1.0)))
    for name in STATES:
        assert far[name].max() == pytest.approx(run()[name].max(), rel=1e-4)
        assert far[name].min() == pytest.approx(run()[name].min(), rel=1e-3)


@pytest.mark.parametrize("name", STATES)
def test_what_is_made_is_lost_over_a_cycle(name):
    found, tops = run(), peaks(run())
    cycle = (found["t"] >= tops[0]) & (found["t"] <= tops[6])
    made, lost = (found[f"V_{name}{end}"][cycle].mean() for end in ("", "deg"))
    assert made == pytest.approx(lost, rel=2e-4)


def test_bounds():
    found = run()
    assert min(found[name].min() for name in STATES) > 0.0
    assert found["G"].max() < 3.28
    assert 0.0 < found["h"].min() < found["h"].max() < 1.0


def test_without_stress_no_cortisol():
    """CRH comes from `kstress` alone."""
    assert run(kstress=0.0)["F"].max() < 1e-3
