"""SimThyr in continuous time: equilibrium, day, TRH and TBG, and steps of 100 s beside it."""

from __future__ import annotations

from collections import deque
from functools import lru_cache

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("thyroid_simthyr")
LEVELS = ["TSH", "TSHz", "TT4", "FT4", "TT3", "FT3", "T3z", "T3R", "GT", "GD", "JTI", "sGD", "TTSI"]
FAR = {"TSH_0": 1.0, "TSHz_0": 3.0, "T4_0": 1e5, "T3z_0": 2e4, "T3p": 2e3}
HOUR = 36  # samples an hour, one each 100 s
NG_DL = 776.87e-4  # ng/dL of T4 in a pmol/L


@lru_cache
def rest(*params: tuple[str, float]) -> dict[str, float]:
    """Where a run of 130 days without a daily rhythm comes to rest."""
    settings = {"rhythm": 0.0} | dict(params)
    run = ax.simulate(
        MODEL, t=(0.0, 130 * 24.0, 2), init=FAR, params=settings, outputs=LEVELS, rtol=1e-9
    )
    return {name: float(run[name].values[-1]) for name in LEVELS}


@lru_cache
def days(last: int, *params: tuple[str, float]) -> dict[str, np.ndarray]:
    """A course from the equilibrium, every 100 s."""
    names = ["TSH", "FT4", "FT3"]
    times = (0.0, 24.0 * last, 24 * HOUR * last + 1)
    run = ax.simulate(MODEL, t=times, params=dict(params), outputs=names, rtol=1e-8)
    return {name: run[name].values for name in names}


@pytest.mark.reference("thyroid_simthyr", "steady_state")
def test_steady_state_from_afar(row):
    assert row.holds(rest(*row.settings)[row.quantity])


@pytest.mark.reference("thyroid_simthyr", "day")
def test_day(row):
    name, what = row.quantity.split()
    values = days(20)[name][10 * 24 * HOUR :]
    if what in ("peak", "nadir"):
        place = values.argmax() if what == "peak" else values.argmin()
        assert row.holds(place % (24 * HOUR) / HOUR)
    else:
        scale = NG_DL if name == "FT4" else 1.0
        assert row.holds(float(getattr(np, what)(values)) * scale)


def cubic(gland: float = 3.375e-12, carrier: float = 3e-7) -> float:
    """TSH at rest as the positive root of Dietrich's cubic, in SI units."""
    pituitary = 4.3e-15 * 1.3e5 / (8.3e-4 * (1 + 2e9 * 8e-6))  # k3
    hold = 1687909.66 * pituitary / (pituitary + 1e-10)  # LS*G3
    d3, k61 = 1e-9 * 1e-10 / (pituitary + 1e-10), 0.4 / 2.3e-4 / (2 * 101 * 2.6e5)
    k8, k9 = 2.6e5 * 471.854007665 * 6.9e-9 / (47e-9 + 6.9e-9), 50 * 140
    k22 = gland * 0.1 / 1.1e-6 / (1 + 2e10 * carrier + 900)
    cube = (d3 + k22 + hold * k22) / k61
    square = d3 * 2.75 / k61 + 2 * (d3 + k22) * (k9 - k8) + 2 * hold * k9 * k22
    linear = 2 * (d3 * 2.75 * (k9 - k8) - 2 * 101 * k8 * k9 * k61 * (d3 + k22))
    constant = -4 * 101 * d3 * 2.75 * k8 * k9 * k61
    roots = np.roots([cube, square, linear, constant])
    (root,) = roots[(abs(roots.imag) < 1e-9) & (roots.real > 0)].real
    return float(root)


@pytest.mark.parametrize("fold", [0.1, 0.5, 1.0, 2.0, 10.0])
def test_equilibrium_is_the_root_of_the_cubic(fold):
    found = rest(("GT_gland", 3.375 * fold))["TSH"]
    assert found == pytest.approx(cubic(gland=3.375e-12 * fold), rel=1e-5)


def test_more_carrier_by_the_cubic():
    assert rest(("TBG", 4.5e5))["TSH"] == pytest.approx(cubic(carrier=4.5e-7), rel=1e-5)


@pytest.mark.finding("thyroid_simthyr")
def test_load_of_carrier():
    """More TBG: free T4 falls at once and TSH rises; then total T4 rises."""
    run = days(30, ("rhythm", 0.0), ("TBG", 4.5e5))
    assert run["FT4"][0] == pytest.approx(17.6696 * 6901 / 9901, rel=1e-4)
    assert run["TSH"].max() > 1.1 * 1.813765
    assert run["FT4"][-1] > 1.05 * run["FT4"][0]


@pytest.mark.finding("thyroid_simthyr")
def test_trh_test():
    """200 ug of TRH at 24 h: TSH peaks after 20 to 40 min and is back within hours."""
    times, dose = (23.0, 36.0, 13 * HOUR + 1), [ax.dose("TRH_iv", 200, at=24)]
    still = {"rhythm": 0.0}
    tsh = ax.simulate(MODEL, t=times, params=still, protocol=dose, rtol=1e-8)["TSH"].values
    minutes = (tsh.argmax() - HOUR) * 100 / 60
    assert 20 <= minutes <= 40
    assert tsh[: HOUR + 1] == pytest.approx(1.813765, rel=1e-5)
    assert 1.5 < tsh.max() / tsh[0] < 5
    assert tsh[-1] == pytest.approx(tsh[0], rel=0.1)


def test_trh_injected_is_lost_by_its_half_life():
    run = ax.simulate(MODEL, t=(0.0, 0.25, 4), init={"TRH_iv": 200.0}, rtol=1e-9)
    np.testing.assert_allclose(run["TRH_iv"].values, [200, 100, 50, 25], rtol=1e-6)


def test_spina_finds_what_was_put_in():
    """At rest, for a small gland with active deiodinases."""
    found = rest(("GT_gland", 2.0), ("GD1", 35000.0))
    assert found["GT"] == pytest.approx(2.0, rel=1e-5)
    assert found["GD"] == pytest.approx(35.0, rel=1e-5)
    assert found["sGD"] == pytest.approx(1.0, abs=1e-4)
    assert found["TTSI"] == pytest.approx(100 * found["TSH"] * found["FT4"] / 18, rel=1e-12)


def stepped(last: int, step: float = 100.0) -> dict[str, np.ndarray]:
    """The published simulator without its noise: lags of first order and dead times in steps."""
    start = rest()
    gains = {
        "Z": (2.6e5 / 140, 140, 3240, start["TSHz"]),
        "S": (0.4 / 2.3e-4, 2.3e-4, 120, start["TSH"]),
        "T4": (0.1 / 1.1e-6, 1.1e-6, 300, start["TT4"] * 1e-9),
        "C": (1.3e5 / 8.3e-4, 8.3e-4, 3600, start["T3z"] * 1e-12),
        "P": (0.026 / 8e-6, 8e-6, 0, start["TT3"] * 1e-9),
    }
    held = {key: value for key, (_, _, _, value) in gains.items()}
    lines = {
        key: deque([value] * (round(dead / step) + 1)) for key, (_, _, dead, value) in gains.items()
    }

    def pass_on(key: str, drive: float) -> float:
        gain, rate, _, _ = gains[key]
        keep = np.exp(-rate * step)
        held[key] = keep * held[key] + (1 - keep) * gain * drive
        lines[key].append(held[key])
        lines[key].popleft()
        return lines[key][0]

    z, t3z, found = start["TSHz"], start["T3z"] * 1e-12, []
    for k in range(round(last * 86400 / step)):
        trh = 6.9e-9 * (1 + 0.6 * np.cos(2 * np.pi * (k * step / 86400 - 5 / 24)))
        inner = t3z / (1 + 2e9 * 8e-6)
        brake = (1 + 1687909.66 * inner / (1e-10 + inner)) * (1 + 100 * z / (50 + z))
        drive = 471.854007665 * trh / ((47e-9 + trh) * brake)
        z, tsh = pass_on("Z", drive), pass_on("S", drive)
        free = pass_on("T4", 3.375e-12 * tsh / (2.75 + tsh)) / 6901
        t3z = pass_on("C", 4.3e-15 * free / (1e-9 + free))
        t3 = pass_on("P", 2.8e-8 * free / (5e-7 + free)) / 601
        found.append((tsh, free * 1e12, t3 * 1e12))
    return dict(zip(("TSH", "FT4", "FT3"), np.array(found).T, strict=True))


def test_steps_of_100_s_make_little_difference():
    """TSH of the stepped simulator is within 0.2 % of that in continuous time, T4 and T3 closer."""
    smooth, steps = days(20), stepped(20)
    for name, bound in (("TSH", 2e-3), ("FT4", 2e-5), ("FT3", 1e-5)):
        assert np.abs(steps[name] / smooth[name][1:] - 1).max() < bound
