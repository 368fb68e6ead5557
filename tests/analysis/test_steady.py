"""Where models rest: closed forms, conserved sums, several rests, and no rest at all."""

from __future__ import annotations

import json

import numpy as np
import pytest

import axissim as ax
from axissim.analysis.steady import steady_state
from axissim.model.model import Model, ModelError

# Best 2009 with its mended equations: the attractor from four very different starts.
TERMINAL = {
    "bh2": 40.85519,
    "bh4": 319.1448,
    "tyr": 125.7027,
    "ldopa": 0.3558610,
    "cda": 2.646950,
    "vda": 80.96621,
    "eda": 0.002023684,
    "hva": 7.678180,
    "tyrpool": 942.7703,
}
BRUSSELATOR = "model b; x=1.2; y=3; A=1; B=3; x'=A-(B+1)*x+x^2*y; y'=B*x-x^2*y; end"


def model(text: str) -> Model:
    return ax.load(text)


def word(ds, at=()) -> str:
    return ds["status"].attrs["flag_meanings"].split()[int(ds["status"].values[at])]


def test_a_chain_rests_where_its_equations_say():
    """S' = k - a S, P' = a S - b P: S = k/a, P = k/b, eigenvalues -a and -b."""
    m = model("model chain; S=1; P=2; k=3; a=0.5; b=4; S'=k-a*S; P'=a*S-b*P; end")
    ds = steady_state(m)
    assert word(ds) == "steady"
    assert float(ds["S"]) == pytest.approx(6.0, rel=1e-14)
    assert float(ds["P"]) == pytest.approx(0.75, rel=1e-14)
    np.testing.assert_allclose(ds["eigenvalue_real"], [-0.5, -4.0], rtol=1e-12)
    assert float(ds["time_constant"]) == pytest.approx(2.0)


def test_a_conserved_sum_keeps_its_value_at_the_start():
    """A <-> B: (kr, kf) T/(kf + kr), whatever the start; one eigenvalue, the law's zero aside."""
    m = model("model pair; A=3; B=1; kf=2; kr=0.5; A'=kr*B-kf*A; B'=kf*A-kr*B; end")
    for start in ({}, {"A": 10.0}, {"B": 0.0, "A": 0.1}):
        ds = steady_state(m, init=start)
        total = start.get("A", 3.0) + start.get("B", 1.0)
        assert float(ds["A"]) == pytest.approx(0.5 * total / 2.5, rel=1e-13)
        assert float(ds["A"] + ds["B"]) == pytest.approx(total, rel=1e-14)
        np.testing.assert_allclose(ds["eigenvalue_real"], [-2.5], rtol=1e-12)
    assert json.loads(ds.attrs["conserved"]) == ["A + B = 0.1"]


def test_laws_with_coefficients():
    """2 A <-> C, B + C <-> D: A + 2 C + 2 D and B + D are kept."""
    m = model(
        "model dimers; A=4; B=1; C=0; D=0; v := A^2 - 0.3*C; w := B*C - 0.1*D;"
        "A' = -2*v; C' = v - w; B' = -w; D' = w; end"
    )
    ds = steady_state(m)
    assert word(ds) == "steady"
    a, b, c, d = (float(ds[key]) for key in "ABCD")
    assert a + 2 * c + 2 * d == pytest.approx(4.0, rel=1e-13)
    assert b + d == pytest.approx(1.0, rel=1e-13)
    assert a**2 == pytest.approx(0.3 * c, rel=1e-10)
    assert b * c == pytest.approx(0.1 * d, rel=1e-10)
    assert ds.sizes["mode"] == 2
    assert len(json.loads(ds.attrs["conserved"])) == 2


def test_the_terminals_unique_attractor():
    """From far away, with the same bh2 + bh4 = 360: the published digits."""
    m = ax.load("dopamine_terminal")
    starts = ({}, {"bh2": 300.0, "bh4": 60.0, "vda": 1.0}, {"tyr": 500.0, "cda": 30.0, "hva": 0.0})
    for start in starts:
        total = {"bh2": 41.0, "bh4": 319.0} | start
        ds = steady_state(m, init=total)
        assert word(ds) == "steady"
        for key, value in TERMINAL.items():
            assert float(ds[key]) == pytest.approx(value, rel=2e-6)
    assert json.loads(ds.attrs["conserved"]) == ["bh2 + bh4 = 360"]
    alone = steady_state(m, init={"bh2": 41.0, "bh4": 319.0}, several=True, starts=20)
    assert alone.sizes["rest"] == 1


def test_two_stable_rests_and_the_one_between():
    """x' = x - x^3: 0 is unstable with eigenvalue 1, -1 and 1 stable with -2."""
    m = model("model pitchfork; x = 0.1; y = 1; x' = x - x^3; y' = x - y; end")
    ds = steady_state(m, init={"y": -1.0}, several=True)
    np.testing.assert_allclose(ds["x"], [1.0, -1.0, 0.0], atol=1e-12)
    assert [word(ds, (i,)) for i in range(3)] == ["steady", "steady", "unstable"]
    np.testing.assert_allclose(ds["eigenvalue_real"][2], [1.0, -1.0], atol=1e-12)


def test_states_below_zero_are_no_rest_of_a_model_without_them():
    m = model("model positive; x = 0.1; x' = x - x^3; end")
    np.testing.assert_allclose(steady_state(m, several=True)["x"], [1.0, 0.0], atol=1e-12)


def test_a_start_on_an_unstable_rest_is_told_so():
    m = model("model hill; x = 0; x' = x - x^3; end")
    ds = steady_state(m)
    assert word(ds) == "unstable"
    assert float(ds["x"]) == 0.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "model brusselator; x=1.2; y=3; A=1; B=3; x'=A-(B+1)*x+x^2*y; y'=B*x-x^2*y; end",
            "periodic",
        ),
        ("model centre; x=1; y=0; x'=y; y'=-x; end", "periodic"),
        ("model driven; x=1; x' = 1 + sin(time) - x; end", "driven"),
        ("model growing; x=1; y=1; x' = 1; y' = 1-y; end", "none"),
        ("model blown; x=1; x' = x^2; end", "failed"),
    ],
)
def test_what_never_rests_is_never_called_steady(text, said):
    ds = steady_state(model(text))
    assert word(ds) == said
    assert np.isnan(ds["x"].values).all()


def test_what_a_clock_drives_has_no_rest_among_several_either():
    """At any one moment x = 1 + sin(time) is still; at the next it is not."""
    ds = steady_state(model("model driven; x=1; x' = 1 + sin(time) - x; end"), several=True)
    assert ds["x"].sizes == {"rest": 1}
    assert word(ds, (0,)) == "driven"
    assert np.isnan(ds["x"].values).all()


def test_states_are_told_apart_whatever_they_are_called():
    """x and x_ of one model; states of the names that the result's dimensions have."""
    ds = steady_state(model("model two; x=1; x_=5; x' = 2 - x; x_' = 7 - x_; end"))
    assert word(ds) == "steady"
    assert (float(ds["x"]), float(ds["x_"])) == (2.0, 7.0)
    m = model("model named; mode=1; rest=5; mode' = 2 - mode; rest' = 7 - rest; end")
    ds = steady_state(m, several=True)
    assert (float(ds["mode_"][0]), float(ds["rest_"][0])) == (2.0, 7.0)


def test_an_input_that_ends_leaves_a_rest():
    """A clock that stops: 2 until time 5, 1 after it."""
    m = model("model step; x = 0; x' = piecewise(2, time < 5, 1) - x; end")
    ds = steady_state(m)
    assert word(ds) == "steady"
    assert float(ds["x"]) == pytest.approx(1.0, rel=1e-12)


def test_what_a_gain_of_zero_switches_off_rests_where_it_is():
    """z is moved by a gate that is shut: no law, yet nothing that could be solved for."""
    m = model(
        "model gate; x=1; z=0.7; open=0; x' = 2 - x; z' = piecewise(1, open > 0.5, 0)*(x - z); end"
    )
    ds = steady_state(m)
    assert word(ds) == "steady"
    assert (float(ds["x"]), float(ds["z"])) == (2.0, 0.7)
    assert float(steady_state(m, params={"open": 1.0})["z"]) == pytest.approx(2.0, rel=1e-12)


def test_a_stable_rest_inside_a_cycle_is_not_where_the_run_goes():
    """r' = r (r - 1/2)(1 - r): between a stable rest and a stable cycle the start decides."""
    m = model(
        "model both; x=1.3; y=0; r := sqrt(x^2+y^2); g := (r - 0.5)*(1 - r);"
        "x' = g*x - y; y' = g*y + x; end"
    )
    assert word(steady_state(m)) == "periodic"
    inside = steady_state(m, init={"x": 0.3})
    assert word(inside) == "steady"
    assert float(inside["x"]) == pytest.approx(0.0, abs=1e-9)


def test_a_peak_on_the_way_does_not_blur_which_rest_is_reached():
    """x' = x - x^3 behind a start of a million: 1, not one of the others, and to every digit."""
    m = model("model peak; x=1e6; z=-0.5; x' = -x; z' = z - z^3 - 1e-9*x; end")
    ds = steady_state(m)
    assert word(ds) == "steady"
    assert float(ds["z"]) == pytest.approx(-1.0, rel=1e-12)
    assert float(ds["x"]) == pytest.approx(0.0, abs=1e-9)


def test_a_delay_decides_stability():
    """x' = -k x(t - 1): stable to k = pi/2; at k = 1 the rightmost root is W(-1)."""
    m = model("model lag; x=1; k=1; x' = -k*delay(x, 1); end")
    from scipy.special import lambertw

    ds = steady_state(m)
    assert word(ds) == "steady"
    root = lambertw(-1.0)
    assert float(ds["eigenvalue_real"][0]) == pytest.approx(root.real, rel=1e-10)
    assert word(steady_state(m, params={"k": 1.8})) != "steady"


def test_an_algebraic_rule_is_part_of_the_rest():
    m = model("model held; S=1; z=1; k=2; S' = k - z; 0 = z^3 + z - S; end")
    ds = steady_state(m)
    assert float(ds["z"]) == pytest.approx(2.0, rel=1e-12)
    assert float(ds["S"]) == pytest.approx(10.0, rel=1e-12)
    np.testing.assert_allclose(ds["eigenvalue_real"], [-1 / 13.0], rtol=1e-10)


def test_many_parameter_sets_are_each_its_own():
    m = ax.load("dopamine_terminal")
    design = ax.design.sobol({"Vd": (4000, 16000), "fire": (0.5, 2)}, n=8, seed=1)
    ds = steady_state(m, design, outputs=["eda", "V_DAT"])
    assert ds["eda"].dims == ("sample",)
    assert ds["eda"].attrs["units"] == "umol/L"
    for run in (0, 5):
        one = steady_state(m, params={k: float(design[k][run]) for k in ("Vd", "fire")})
        assert float(ds["eda"][run]) == pytest.approx(float(one["eda"]), rel=1e-10)
    end = ax.sweep(m, design, t=(0, 2000, 2), outputs=["eda"], rtol=1e-9)
    np.testing.assert_allclose(ds["eda"], end["eda"][:, -1], rtol=1e-6)


def test_one_run_without_rest_does_not_spoil_the_others():
    m = model(BRUSSELATOR)
    ds = steady_state(m, ax.design.grid({"B": [1.5, 3.0, 1.0]}))
    assert [word(ds, (i,)) for i in range(3)] == ["steady", "periodic", "steady"]
    np.testing.assert_allclose(ds["y"], [1.5, np.nan, 1.0], rtol=1e-12)


def test_wrong_questions_get_one_line():
    m = model("model chain; S=1; k=3; a=0.5; S'=k-a*S; end")
    with pytest.raises(ModelError, match="did you mean"):
        steady_state(m, params={"kk": 1.0})
    with pytest.raises(ModelError, match="above 0"):
        steady_state(m, tol=0.0)
    with pytest.raises(ModelError, match="at least one start"):
        steady_state(m, several=True, starts=0)
