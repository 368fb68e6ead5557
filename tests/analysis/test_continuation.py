"""Branches against closed forms: folds, Hopf points, cycles and curves of known systems."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import axissim as ax
from axissim.analysis.continuation import continuation
from axissim.analysis.cycles import cycle
from axissim.model.model import ModelError

BRUSSELATOR = "model b; x=1; y=1; A=1.3; B=1; x'=A-(B+1)*x+x^2*y; y'=B*x-x^2*y; end"
LORENZ = (
    "model lorenz; x=1; y=1; z=20; s=10; b=8/3; r=15; x'=s*(y-x); y'=r*x-y-x*z; z'=x*y-b*z; end"
)
SUBCRITICAL = (
    "model sub; x=0; y=0; m=-0.5; R2:=x^2+y^2; x'=x*(m+R2-R2^2)-y; y'=y*(m+R2-R2^2)+x; end"
)
BOGDANOV_TAKENS = "model bt; x=-1; y=0; b1=-1; b2=-1; x'=y; y'=b1+b2*x+x^2-x*y; end"
CUSP = "model cusp; x=-1; b=-2; a=1.5; x'=b+a*x-x^3; end"


@lru_cache
def followed(text: str, ranges: tuple[tuple[str, float, float], ...], **options) -> xr.Dataset:
    return continuation(ax.load(text), {key: (a, b) for key, a, b in ranges}, **options)


def kinds(ds: xr.Dataset, name: str = "special_kind") -> list[str]:
    words = ds[name].attrs["flag_meanings"].split()
    return [words[kind] for kind in ds[name].values]


def test_the_brusselators_hopf_point():
    """At B = 1 + A^2, with omega = A, and stable cycles."""
    ds = followed(BRUSSELATOR, (("B", 0.5, 5.0),), cycles=False)
    assert kinds(ds) == ["hopf"]
    assert float(ds["special_B"][0]) == pytest.approx(1 + 1.3**2, abs=1e-9)
    assert float(ds["special_omega"][0]) == pytest.approx(1.3, abs=1e-9)
    assert float(ds["special_coefficient"][0]) < 0.0
    np.testing.assert_allclose(ds["x"], 1.3, rtol=1e-10)
    np.testing.assert_allclose(ds["y"], ds["B"] / 1.3, rtol=1e-10)
    assert np.all((ds["B"] < 2.69) <= ds["stable"])
    assert float(ds["B"][0]) == 0.5 or float(ds["B"][-1]) == 0.5
    assert {float(ds["B"].min()), float(ds["B"].max())} == {0.5, 5.0}


def test_the_brusselators_curve_of_hopf_points():
    ds = followed(BRUSSELATOR, (("B", 0.5, 5.0), ("A", 0.5, 2.0)), cycles=False)
    np.testing.assert_allclose(ds["curve_B"], 1 + ds["curve_A"] ** 2, atol=1e-9)
    np.testing.assert_allclose(ds["curve_omega"], ds["curve_A"], atol=1e-9)
    assert float(ds["curve_A"].max()) == 2.0
    assert float(ds["curve_A"].min()) == 0.5


def test_two_folds_and_the_cusp_they_meet_in():
    """x' = b + a x - x^3: folds at b = +-2 (a/3)^(3/2), a cusp at 0, 0."""
    ds = followed(CUSP, (("b", -3.0, 3.0), ("a", -1.0, 3.0)))
    assert kinds(ds) == ["fold", "fold"]
    np.testing.assert_allclose(ds["special_b"], [0.5**0.5, -(0.5**0.5)], atol=1e-9)
    np.testing.assert_allclose(np.abs(ds["special_x"]), 0.5**0.5, atol=1e-9)
    np.testing.assert_allclose(4 * ds["curve_a"] ** 3, 27 * ds["curve_b"] ** 2, atol=1e-8)
    corners = np.array(kinds(ds, "curve_corner"))
    assert list(corners[corners != "point"]) == ["cusp"]
    for key in "ab":
        assert float(ds[f"curve_{key}"][corners == "cusp"][0]) == pytest.approx(0.0, abs=1e-7)
    middle = np.abs(ds["x"]) < 0.7
    assert not ds["stable"][middle].any()
    assert ds["stable"][np.abs(ds["x"]) > 0.71].all()


def test_bogdanov_and_takens():
    """Folds at 4 b1 = b2^2, Hopf points at b1 = 0 with omega^2 = -b2 (Kuznetsov 2004, 8.4)."""
    ds = followed(BOGDANOV_TAKENS, (("b1", -2.0, 2.0), ("b2", -3.0, 3.0)), cycles=False)
    assert kinds(ds) == ["hopf", "fold"]
    hopf = np.array(kinds(ds, "curve_kind")) == "hopf"
    b1, b2 = ds["curve_b1"].values, ds["curve_b2"].values
    np.testing.assert_allclose(b1[hopf], 0.0, atol=1e-9)
    np.testing.assert_allclose(ds["curve_omega"][hopf] ** 2, -b2[hopf], atol=1e-7)
    np.testing.assert_allclose(4 * b1[~hopf], b2[~hopf] ** 2, atol=1e-9)
    corner = np.array(kinds(ds, "curve_corner")) == "bogdanov_takens"
    assert corner.sum() == 2  # one on each curve
    np.testing.assert_allclose(b1[corner], 0.0, atol=1e-7)
    np.testing.assert_allclose(b2[corner], 0.0, atol=1e-7)
    assert float(ds["special_coefficient"][0]) < 0.0  # Kuznetsov's s = -1


def test_a_pitchfork_and_its_branches():
    ds = followed("model pf; x=0.5; y=0; a=1; x'=a*x-x^3; y'=x-y; end", (("a", -1.0, 2.0),))
    assert set(kinds(ds)) == {"branch"}
    np.testing.assert_allclose(ds["special_a"], 0.0, atol=1e-6)
    assert np.unique(ds["branch"]).size == 2
    np.testing.assert_allclose(ds["x"] * (ds["a"] - ds["x"] ** 2), 0.0, atol=1e-9)
    straight = ds["branch"].values == int(ds["branch"][int(np.argmin(ds["a"].values))])
    np.testing.assert_allclose(ds["x"][straight], 0.0, atol=1e-9)
    assert np.all(ds["stable"][straight] == (ds["a"][straight] < 0.0))
    assert ds["stable"][~straight & (ds["a"] > 1e-6)].all()


def test_lorenzs_hopf_point_is_subcritical():
    """r = s (s + b + 3)/(s - b - 1), omega^2 = 2 b s (s + 1)/(s - b - 1) (Sparrow 1982)."""
    ds = followed(LORENZ, (("r", 0.5, 30.0),), cycles=False)
    s, b = 10.0, 8.0 / 3.0
    at = kinds(ds).index("hopf")
    assert float(ds["special_r"][at]) == pytest.approx(s * (s + b + 3) / (s - b - 1), abs=1e-8)
    omega = np.sqrt(2 * b * s * (s + 1) / (s - b - 1))
    assert float(ds["special_omega"][at]) == pytest.approx(omega, abs=1e-8)
    assert float(ds["special_coefficient"][at]) > 0.0
    branch = kinds(ds).index("branch")
    assert float(ds["special_r"][branch]) == pytest.approx(1.0, abs=1e-6)


def test_folds_on_a_level_of_what_is_conserved():
    """x' = (1/10 + x^2) y - k x = -y': folds where k(x) = (1/10 + x^2)(T - x)/x is extreme."""
    m = ax.load("model switch; x=2.5; y=0.5; k=1; v := (0.1+x^2)*y-k*x; x'=v; y'=-v; end")
    ds = continuation(m, {"k": (0.2, 4.0)})
    total = 3.0
    roots = np.roots([-2.0, total, 0.0, -0.1 * total])  # x^2 k'(x), by hand
    roots = np.sort(roots[np.isreal(roots)].real)
    roots = roots[roots > 0.0]
    expected = np.sort((0.1 + roots**2) * (total - roots) / roots)
    assert kinds(ds) == ["fold", "fold"]
    np.testing.assert_allclose(np.sort(ds["special_k"]), expected, atol=1e-8)
    np.testing.assert_allclose(ds["x"] + ds["y"], total, rtol=1e-12)
    assert ds.attrs["conserved"] == '["x + y = 3"]'
    assert ds.sizes["mode"] == 1


def test_cycles_born_unstable_and_folded():
    """r' = r (m + r^2 - r^4): cycles at r^2 = (1 +- sqrt(1 + 4 m))/2, a fold at m = -1/4."""
    ds = followed(SUBCRITICAL, (("m", -1.0, 1.0),))
    assert float(ds["special_coefficient"][0]) > 0.0
    folds = np.array(kinds(ds, "cycle_label")) == "fold"
    assert folds.sum() == 1
    assert float(ds["cycle_m"][folds][0]) == pytest.approx(-0.25, abs=1e-8)
    square, m = ds["cycle_max_x"].values ** 2, ds["cycle_m"].values
    np.testing.assert_allclose(m + square - square**2, 0.0, atol=2e-3)
    np.testing.assert_allclose(ds["cycle_period"], 2 * np.pi, rtol=1e-8)
    clear = np.abs(square - 0.5) > 0.02
    assert np.all(ds["cycle_stable"][clear] == (square > 0.5)[clear])
    outer = np.exp(2 * np.pi * (2 * square - 4 * square**2))  # r f'(r) over a period
    others = ds["multiplier_real"].values
    nearest = np.take_along_axis(others, np.abs(others - 1).argmax(axis=1)[:, None], axis=1)[:, 0]
    np.testing.assert_allclose(nearest[clear], outer[clear], rtol=0.02, atol=1e-6)


def test_cycles_between_two_hopf_points_are_one_branch():
    ds = followed("hpa_sriram", (("kstress", 0.01, 40.0),), outputs=("F",))
    assert kinds(ds) == ["hopf", "hopf"]
    assert np.unique(ds["cycle"]).size == 1
    assert ds["cycle_stable"].all()
    at = np.argsort(ds["cycle_kstress"].values)
    period = np.interp(10.1, ds["cycle_kstress"].values[at], ds["cycle_period"].values[at])
    top = np.interp(10.1, ds["cycle_kstress"].values[at], ds["cycle_max_F"].values[at])
    assert period == pytest.approx(24.08, abs=0.02)
    assert top == pytest.approx(22.67, abs=0.05)


def sriram(x, k):
    """The equations of Sriram 2012, written again."""
    c, a, f, g = x
    h = 1.51**5.1 / (1.51**5.1 + g**5.1)
    return [
        k * h - 3.25 * c / (1.74 + c) - 0.00379 * c,
        8.3 * c * h - 0.907 * a / (0.112 + a) - 0.00916 * a,
        0.945 * a - 0.00535 * f / (0.0768 + f) - 0.356 * f,
        0.0202 * f * (3.28 - g) + 0.0509 * g**5.43 / (0.645**5.43 + g**5.43) - 0.0854 * g,
    ]


def zhang(x, dat):
    """The equations of Zhang 2024, written again."""
    d, t, v = x
    firing = 54000 / (1 + np.exp((25 - v) / 18))
    b = 0.09 * firing - 144 * 0.2 - 9468 * dat * t
    da = (b + np.sqrt(b**2 + 4 * 144 * 0.09 * firing * 0.2)) / (2 * 144)
    return [
        10.46 * (0.1 - d) * da - 1.7 * d,
        (1 + 0.8 / (1 + np.exp(-87.5 * (d - 0.04))) - t) / 0.15,
        -3.62 * v + 0.012 * firing - 9828 * d,
    ]


@pytest.mark.parametrize(
    ("model", "key", "ends", "equations", "states", "count"),
    [
        ("hpa_sriram", "kstress", (0.01, 40.0), sriram, "CAFG", 2),
        ("dopamine_ultradian", "DAT", (0.3, 1.5), zhang, "DTV", 1),
    ],
)
def test_hopf_points_of_models(model, key, ends, equations, states, count):
    """Against SciPy on equations retyped: where the greatest real part of an eigenvalue is 0."""
    from scipy.differentiate import jacobian
    from scipy.optimize import brentq, root

    def growth(value, guess):
        rest = root(equations, guess, args=(value,), tol=1e-13).x
        slopes = jacobian(lambda x: np.array(equations(x, value)), rest).df
        return np.linalg.eigvals(slopes).real.max()

    ds = continuation(ax.load(model), {key: ends}, cycles=False)
    hopf = ds.isel(special=np.flatnonzero(np.array(kinds(ds)) == "hopf"))
    assert hopf.sizes["special"] == count
    for at, place in enumerate(hopf[f"special_{key}"].values):
        guess = [float(hopf[f"special_{state}"][at]) for state in states]
        found = brentq(growth, 0.98 * place, 1.02 * place, args=(guess,), xtol=1e-10)
        assert place == pytest.approx(found, rel=1e-6)


def test_a_rhythm_ends_in_a_fold_of_rests():
    """Zhang 2024 with more transporter: the cycle slows down to where two rests are born on it."""
    ds = followed("dopamine_ultradian", (("DAT", 0.8, 1.2),), outputs=("DA",))
    folds = ds["special_DAT"].values[np.array(kinds(ds)) == "fold"]
    assert float(ds["cycle_DAT"].max()) == pytest.approx(folds.min(), abs=1e-5)
    assert float(ds["cycle_period"].max()) > 100.0
    assert ds["cycle_stable"].all()


def test_a_delay_makes_a_hopf_point():
    """x' = -r x(t - tau)(1 + x): Hopf points at r tau = pi/2 with omega = r, supercritical."""
    m = ax.load("model hutchinson; x=0; r=1; tau=1; x'=-r*delay(x,tau)*(1+x); end")
    ds = continuation(m, {"r": (0.5, 2.5), "tau": (0.7, 2.0)}, cycles=False)
    assert kinds(ds) == ["hopf"]
    assert float(ds["special_r"][0]) == pytest.approx(np.pi / 2, abs=1e-9)
    assert float(ds["special_omega"][0]) == pytest.approx(np.pi / 2, abs=1e-9)
    assert float(ds["special_coefficient"][0]) < 0.0
    np.testing.assert_allclose(ds["curve_r"] * ds["curve_tau"], np.pi / 2, atol=1e-8)


def test_walkers_window_of_crh():
    """Pulses between two Hopf points in p1, which solve the characteristic equation by hand.

    Walker 2010: pulses at 20, 30 and 40, none where CRH is too low or too high.
    """
    from scipy.optimize import root

    lag, p2, p3, p4, p5, p6 = 15.0 * np.log(2) / 7.2, 15.0, 7.2, 0.05, 0.11, 2.9

    def conditions(z):
        p1, o, r, omega = z
        w, lam = (o * r) ** 2, 1j * omega
        a_ro = -p1 * p2 / (1 + p2 * r * o) ** 2
        hill = 2 * p4 * o * r / (p4 + w) ** 2
        matrix = np.array(
            [
                [lam + p3, -a_ro * o, -a_ro * r],
                [0.0, lam + p6 - hill * o, -hill * r],
                [-np.exp(-lam * lag), 0.0, lam + 1.0],
            ]
        )
        det = np.linalg.det(matrix)
        rest = [p1 / (1 + p2 * r * o) - p3 * o, w / (p4 + w) + p5 - p6 * r]
        return [*rest, det.real, det.imag]

    ds = continuation(ax.load("hpa_walker"), {"p1": (5.0, 60.0)}, outputs=["o", "r"], cycles=False)
    assert kinds(ds) == ["hopf", "hopf"]
    assert 5.0 < float(ds["special_p1"][0]) < 20.0
    assert 40.0 < float(ds["special_p1"][1]) < 100.0
    for at in range(2):
        guess = [float(ds[f"special_{key}"][at]) for key in ("p1", "o", "r")]
        omega = float(ds["special_omega"][at]) * 7.2 / np.log(2)
        exact = root(conditions, [*guess, omega], tol=1e-13).x
        np.testing.assert_allclose([*guess, omega], exact, rtol=1e-7)


def test_a_cycle_without_a_hopf_point_is_followed_to_its_homoclinic_end():
    """On the circle th' = m - cos th: period 2 pi/sqrt(m^2 - 1), to where a rest is born on it."""
    m = ax.load(
        "model snic; x=1; y=0; m=1.5; R2:=x^2+y^2; w:=m-x; x'=x*(1-R2)-w*y; y'=y*(1-R2)+w*x; end"
    )
    ds = continuation(m, {"m": (0.2, 3.0)})
    m = ds["cycle_m"].values
    np.testing.assert_allclose(ds["cycle_period"], 2 * np.pi / np.sqrt(m**2 - 1), rtol=1e-3)
    assert 1.0 < m.min() < 1.0001
    assert m.max() == 3.0
    assert ds["cycle_stable"].all()


def roesslers_multipliers(c, z, period):
    """Of the cycle near a point, by shooting with the variational equations and SciPy alone."""
    from scipy.integrate import solve_ivp

    def rates(t, s):
        x, y, z = s[:3]
        slopes = np.array([[0.0, -1.0, -1.0], [1.0, 0.2, 0.0], [z, 0.0, x - c]])
        own = [-y - z, x + 0.2 * y, 0.2 + z * (x - c)]
        return np.r_[own, (slopes @ s[3:].reshape(3, 3)).ravel()]

    for _ in range(12):
        begin = np.r_[z, np.eye(3).ravel()]
        end = solve_ivp(rates, (0, period), begin, "DOP853", rtol=1e-12, atol=1e-12).y[:, -1]
        total = end[3:].reshape(3, 3)
        leave, arrive = rates(0, begin)[:3], rates(0, end)[:3]
        matrix = np.block([[total - np.eye(3), arrive[:, None]], [leave[None], np.zeros((1, 1))]])
        move = np.linalg.solve(matrix, -np.r_[end[:3] - z, 0.0])
        z, period = z + move[:3], period + move[3]
    assert np.abs(move).max() < 1e-9
    return np.linalg.eigvals(total)


def test_roesslers_first_period_doubling():
    """There a multiplier is -1; behind it a run settles on a cycle of twice the period."""
    m = ax.load("model r; x=1; y=1; z=0; a=0.2; b=0.2; c=2.5; x'=-y-z; y'=x+a*y; z'=b+z*(x-c); end")
    ds = continuation(m, {"c": (2.0, 3.2)}, outputs=["x"])
    at = kinds(ds, "cycle_label").index("period_doubling")
    place = float(ds["cycle_c"][at])
    near = cycle(m, params={"c": 2.6})
    start = [float(near[key][0]) for key in "xyz"]
    alone = roesslers_multipliers(place, start, float(near["period"]))
    assert alone.real.min() == pytest.approx(-1.0, abs=1e-5)
    gaps = np.abs(ds["multiplier_real"][at] + 1j * ds["multiplier_imag"][at] + 1.0)
    assert float(gaps.min()) < 1e-6
    order = np.argsort(ds["cycle_c"].values)
    c, period = ds["cycle_c"].values[order], ds["cycle_period"].values[order]
    doubled = cycle(m, params={"c": 3.0}, outputs=["x"])
    assert float(doubled["period"]) == pytest.approx(2 * np.interp(3.0, c, period), rel=0.02)
    stable = ds["cycle_stable"].values[order].astype(bool)
    assert stable[c < place - 1e-3].all()
    assert not stable[c > place + 1e-3].any()


def test_cycles_of_a_delay_in_the_delay_itself():
    """Hutchinson's equation: from r tau = pi/2 on, and the same cycle as one sought alone."""
    m = ax.load("model hutchinson; x=0.1; r=1.8; tau=1; x'=-r*delay(x,tau)*(1+x); end")
    ds = continuation(m, {"tau": (0.7, 1.3)})
    assert float(ds["special_tau"][0]) == pytest.approx(np.pi / 2 / 1.8, abs=1e-9)
    assert float(ds["cycle_tau"].min()) == pytest.approx(np.pi / 2 / 1.8, abs=1e-3)
    end = int(np.argmax(ds["cycle_tau"].values))
    alone = cycle(m, params={"tau": 1.3})
    assert float(ds["cycle_tau"][end]) == 1.3
    assert float(ds["cycle_period"][end]) == pytest.approx(float(alone["period"]), rel=1e-5)
    assert float(ds["cycle_max_x"][end]) == pytest.approx(float(alone["x_maximum"]), rel=1e-3)


def test_a_start_outside_the_range_goes_to_its_end():
    ds = continuation(ax.load(BRUSSELATOR), {"B": (2.0, 4.0)}, cycles=False, outputs=["x"])
    assert float(ds["special_B"][0]) == pytest.approx(2.69, abs=1e-9)
    assert next(iter(ds.data_vars)) == "x"


@pytest.mark.parametrize(
    ("text", "ranges", "options", "said"),
    [
        (BRUSSELATOR, {"BB": (1, 2)}, {}, "did you mean"),
        (BRUSSELATOR, {"x": (1, 2)}, {}, "vary a parameter"),
        (BRUSSELATOR, {"B": (2, 1)}, {}, "is no range"),
        (BRUSSELATOR, {}, {}, "one parameter, or in two"),
        (BRUSSELATOR, {"B": (1, 2)}, {"params": {"B": 7.0}}, "lies outside"),
        (BRUSSELATOR, {"B": (1, 4), "A": (4, 5)}, {}, "lies outside"),
        (BRUSSELATOR, {"B": (1, 2)}, {"longest": 0.0}, "between 0 and 1"),
        ("model clock; x=1; k=1; x'=sin(time)-k*x; end", {"k": (1, 2)}, {}, "with the clock"),
        ("model late; x=1; k=1; x'=-k*delay(x, 1+x^2); end", {"k": (1, 2)}, {}, "constant delays"),
        ("model grown; x=1; k=1; x'=k; end", {"k": (1, 2)}, {}, "no rest"),
        ("model static; k=1; z := 2*k; end", {"k": (1, 2)}, {}, "has no states"),
        ("gnrh_goodwin", {"h": (1, 3)}, {}, "has events"),
    ],
)
def test_wrong_questions_get_one_line(text, ranges, options, said):
    with pytest.raises(ModelError, match=said):
        continuation(ax.load(text), ranges, **options)


def test_the_python_of_the_page_runs():
    page = (Path(__file__).parents[2] / "docs" / "guides" / "continuation.md").read_text("utf-8")
    names: dict = {}
    exec("\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL)), names)
    assert float(names["found"]["o_count"]) == 11.0
    assert names["rest"]["status"].values.tolist() == [1] * 100
