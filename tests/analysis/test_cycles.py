"""Cycles against closed forms and published periods; pulses counted in courses that own them."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import axissim as ax
from axissim.analysis.cycles import cycle, pulses
from axissim.model.model import ModelError

POINCARE = (
    "model poincare; x=0.3; y=0; w=2; s=0.7; R2 := x^2+y^2;"
    "x'=s*x*(1-R2)-w*y; y'=s*y*(1-R2)+w*x; end"
)


def row(ds: xr.Dataset, key: str, name: str) -> float:
    return float(ds[f"{key}_{name}"])


def test_the_circle_of_poincares_oscillator():
    """Radius 1, period 2 pi/w, the other multiplier exp(-2 s T), y a quarter behind x."""
    ds = cycle(ax.load(POINCARE), outputs=["x", "y"])
    period = np.pi
    assert float(ds["period"]) == pytest.approx(period, rel=1e-10)
    assert int(ds["stable"]) == int(ds["exact"]) == 1
    for key in "xy":
        assert row(ds, key, "maximum") == pytest.approx(1.0, abs=1e-7)
        assert row(ds, key, "amplitude") == pytest.approx(1.0, abs=1e-7)
        assert row(ds, key, "mean") == pytest.approx(0.0, abs=1e-7)
    np.testing.assert_allclose(ds["multiplier_real"], [1.0, np.exp(-1.4 * period)], atol=1e-8)
    assert row(ds, "x", "t_max") == 0.0
    assert row(ds, "y", "t_max") == pytest.approx(period / 4, rel=1e-5)
    np.testing.assert_allclose(ds["x"], np.cos(2.0 * ds["time"]), atol=2e-4)


@pytest.mark.parametrize("mu", [0.01, 1.0, 10.0])
def test_van_der_pols_oscillator(mu):
    """Against SciPy's own integration at 1e-13, and for small mu against 2 pi (1 + mu^2/16)."""
    from scipy.integrate import solve_ivp

    m = ax.load("model pol; x=2; y=0; mu=1; x'=y; y'=mu*(1-x^2)*y-x; end")
    ds = cycle(m, params={"mu": mu}, outputs=["x", "y"])

    def top(t, z):
        return z[1]

    top.direction = -1.0
    run = solve_ivp(
        lambda t, z: [z[1], mu * (1 - z[0] ** 2) * z[1] - z[0]], (0, 2000 if mu < 0.1 else 120),
        [2.0, 0.0], method="DOP853", rtol=1e-13, atol=1e-13, events=top,
    )  # fmt: skip
    moments, states = run.t_events[0], run.y_events[0]
    assert float(ds["period"]) == pytest.approx(moments[-1] - moments[-2], rel=2e-8)
    assert row(ds, "x", "maximum") == pytest.approx(states[-1, 0], rel=1e-5)
    if mu < 0.1:
        assert float(ds["period"]) == pytest.approx(2 * np.pi * (1 + mu**2 / 16), rel=1e-9)


def test_multipliers_obey_liouville():
    """Their product is exp of the integral of the divergence, here -(mu) mean(x^2 - 1) T."""
    m = ax.load("model pol; x=2; y=0; x'=y; y'=(1-x^2)*y-x; D:=1-x^2; end")
    ds = cycle(m, outputs=["x", "y", "D"])
    product = float(np.prod(ds["multiplier_real"].values))
    expected = np.exp(row(ds, "D", "mean") * float(ds["period"]))
    assert product == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    ("model", "params", "period", "tolerance"),
    [
        ("hpa_sriram", {}, 24.08, 0.01),  # Sriram 2012
        ("hpa_kyrylov", {}, 169.3, 0.15),  # Kyrylov 2005
        ("gnrh_smith", {}, 3.555, 0.018),  # Smith 1980
        ("hpa_walker", {"p1": 20.0}, 63.5, 0.12),  # Walker 2010, a delay of 15 min
    ],
)
def test_published_periods(model, params, period, tolerance):
    m = ax.load(model)
    ds = cycle(m, params=params, outputs=[m.states[0].id])
    assert float(ds["period"]) == pytest.approx(period, abs=tolerance)


def test_a_cycle_with_delay_is_that_of_a_run():
    """Collocation against the method of steps, with what reads the past among the outputs."""
    m = ax.load("hpa_walker")
    ds = cycle(m, params={"p1": 20.0}, outputs=["o", "V_o"])
    late = ax.simulate(m, t=(0, 4000, 40001), params={"p1": 20.0}, outputs=["o", "V_o"], rtol=1e-9)
    for key in ("o", "V_o"):
        end = late[key].values[30000:]
        assert row(ds, key, "maximum") == pytest.approx(end.max(), rel=2e-5)
        assert row(ds, key, "minimum") == pytest.approx(end.min(), rel=2e-5)
    assert float(abs(ds["multiplier_real"][0] - 1.0)) < 1e-3
    assert int(ds["stable"]) == 1


def test_a_model_with_events_is_measured():
    """The impulsive Goodwin oscillator: a fixed point (0.184, 3.067, 9.0195), 96.71 min."""
    ds = cycle(ax.load("gnrh_goodwin"), outputs=["x", "y", "z"])
    assert float(ds["period"]) == pytest.approx(96.71, abs=0.01)
    assert row(ds, "x", "minimum") == pytest.approx(0.184, abs=2e-3)
    assert int(ds["exact"]) == 0
    assert np.isnan(ds["multiplier_real"]).all()


def test_a_cycle_of_a_family_is_measured():
    """x'' = -x: every circle is a cycle, of period 2 pi."""
    ds = cycle(ax.load("model centre; x=1; y=0; x'=y; y'=-x; end"))
    assert float(ds["period"]) == pytest.approx(2 * np.pi, rel=1e-6)
    assert int(ds["exact"]) == 0


def test_a_delay_longer_than_the_period_leaves_stability_open():
    """z feels x as it was 4 before: x cos(2 (t - 4)) through a filter of gain 1/sqrt(1 + w^2)."""
    late = POINCARE.replace("w=2;", "w=2; z=0;").replace("end", "z' = delay(x, 4) - z; end")
    ds = cycle(ax.load(late), outputs=["x", "z"])
    assert float(ds["period"]) == pytest.approx(np.pi, rel=1e-9)
    assert row(ds, "z", "amplitude") == pytest.approx(1 / np.sqrt(5), abs=1e-6)
    assert row(ds, "z", "t_max") == pytest.approx((4 + np.arctan(2) / 2) % np.pi, abs=1e-4)
    assert np.isnan(ds["multiplier_real"]).all()
    assert int(ds["exact"]) == 1


def test_a_phase_of_ones_own_choice():
    ds = cycle(ax.load(POINCARE), outputs=["x", "y"], phase="y")
    assert row(ds, "y", "t_max") == 0.0
    assert float(ds["y"][0]) == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model rest; x=1; x'=-x; end", "comes to rest"),
        ("model slow; x=1; y=0; x'=y; y'=-x-0.01*y; end", "comes to rest"),
        ("model clock; x=1; x'=sin(time)-x; end", "the clock's"),
        ("model grown; x=1; x'=1; end", "neither rests nor repeats"),
        ("model blown; x=1; x'=x^2; end", "failed before"),
        (
            "model lorenz; x=1; y=1; z=20; x'=10*(y-x); y'=28*x-y-x*z; z'=x*y-8*z/3; end",
            "settles on no cycle|never comes back|neither rests nor",
        ),
    ],
)
def test_no_cycle_is_told_in_one_line(text, said):
    with pytest.raises(ModelError, match=said):
        cycle(ax.load(text))
    with pytest.raises(ModelError, match="did you mean"):
        cycle(ax.load(POINCARE), phase="xx")


def course(values: object, times: object, key: str = "LH") -> xr.Dataset:
    ds = xr.Dataset({key: ("time", values, {"units": "U/L"})}, coords={"time": times})
    ds["time"].attrs["units"] = "h"
    return ds


def test_pulses_of_a_train_of_bells():
    """Bells 3 h apart: count, interval, height, and area 2 * 0.2 * sqrt(2 pi) each."""
    t = np.linspace(0, 24, 2401)
    tops = 1.5 + 3.0 * np.arange(8)
    y = 5 + sum(2.0 * np.exp(-0.5 * ((t - top) / 0.2) ** 2) for top in tops)
    found = pulses(course(y, t), "LH")
    assert float(found["LH_count"]) == 8
    assert float(found["LH_interval"]) == pytest.approx(3.0, abs=1e-6)
    assert float(found["LH_interval_sd"]) == pytest.approx(0.0, abs=1e-6)
    assert float(found["LH_amplitude"]) == pytest.approx(2.0, rel=1e-3)
    assert float(found["LH_peak"]) == pytest.approx(7.0, rel=1e-3)
    assert float(found["LH_mass"]) == pytest.approx(0.4 * np.sqrt(2 * np.pi), rel=1e-3)
    assert float(found["LH_width"]) == pytest.approx(0.4 * np.sqrt(2 * np.log(2)), rel=1e-2)
    assert found["LH_mass"].attrs["units"] == "U/L h"
    assert found["LH_interval"].attrs["units"] == "h"
    assert "prominence 0.1 of the range" in found.attrs["pulse_rule"]


def test_the_rule_of_prominence():
    """A shoulder of 0.3 on a pulse of 2: one pulse at 0.5, two at 0.1; spacing drops the lesser."""
    t = np.linspace(0, 10, 1001)
    y = 2 * np.exp(-((t - 3) ** 2) / 0.5) + 0.3 * np.exp(-((t - 6) ** 2) / 0.1)
    assert float(pulses(course(y, t), "LH", prominence=0.5)["LH_count"]) == 1
    assert float(pulses(course(y, t), "LH", prominence=0.1)["LH_count"]) == 2
    assert float(pulses(course(y, t), "LH", prominence=0.1, spacing=4.0)["LH_count"]) == 1
    assert float(pulses(course(y, t), "LH", prominence=0.1, first=4.5)["LH_count"]) == 1


def test_no_pulses_in_what_is_flat_rises_or_failed():
    t = np.linspace(0, 10, 101)
    for y in (np.ones(101), t, -t):
        assert float(pulses(course(y, t), "LH")["LH_count"]) == 0
        assert np.isnan(float(pulses(course(y, t), "LH")["LH_interval"]))
    broken = np.sin(t)
    broken[50:] = np.nan
    assert np.isnan(float(pulses(course(broken, t), "LH")["LH_count"]))


def test_pulses_of_a_sweep():
    """Walker 2010: no pulses out of CRH's range, about one an hour inside."""
    ds = ax.sweep(
        ax.load("hpa_walker"), ax.design.grid({"p1": [5.0, 20.0]}), t=(0, 1440, 1441), outputs=["o"]
    )
    found = pulses(ds, "o", prominence=0.1, first=720.0)
    assert found["o_count"].values.tolist() == [0.0, 11.0]
    assert float(found["o_interval"][1]) == pytest.approx(63.46, abs=0.05)


def test_wrong_questions_of_pulses():
    ds = course(np.sin(np.arange(50.0)), np.arange(50.0))
    with pytest.raises(ValueError, match="there are LH"):
        pulses(ds, "FSH")
    with pytest.raises(ValueError, match="share lies"):
        pulses(ds, "LH", share=2.0)
    with pytest.raises(ValueError, match="at least five"):
        pulses(ds.isel(time=slice(0, 3)), "LH")
