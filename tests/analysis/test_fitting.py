"""Fitting: PEtab's likelihood in closed form, answers known exactly, and what is refused."""

from __future__ import annotations

import dataclasses
import importlib.util
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import axissim as ax
from axissim.analysis import fitting
from axissim.analysis.fitting.descent import STATUS, descend
from axissim.analysis.fitting.likelihood import Slopes
from axissim.analysis.fitting.priors import KINDS, Prior, negative_log
from axissim.analysis.fitting.problem import scaled
from axissim.model.expression import name
from axissim.model.model import Model
from axissim.plot import picture

DATA = Path(__file__).parent / "data" / "two_step"
DECAY = "model decay()\n  var x = 3; k = 0.5; const k\n  x' = -k*x\nend\n"
LINE = "model line()\n  var x = 1; a = 1; const a\n  x' = a\nend\n"
TIMES = np.array([0.0, 0.5, 1.0, 2.0, 4.0])


@pytest.fixture(scope="module")
def decay() -> Model:
    return ax.load(DECAY)


@pytest.fixture(scope="module")
def line() -> Model:
    return ax.load(LINE)


@pytest.fixture(scope="module")
def two_step() -> fitting.Problem:
    return fitting.petab(DATA / "two_step.yaml")


def made() -> Any:
    """The module that wrote the PEtab problem."""
    spec = importlib.util.spec_from_file_location("make_two_step", DATA / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measured(k: float, x: float, seed: int = 1, sd: float = 0.05) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    noisy = x * np.exp(-k * TIMES) * np.exp(sd * rng.normal(size=len(TIMES)))
    return pd.DataFrame({"time": TIMES, "x": noisy})


def closed_form(scale: str, distribution: str, m: Any, y: Any, sd: float) -> float:
    """The negative log-likelihood, written down anew: densities of what was measured."""
    from scipy.stats import laplace, norm

    density = norm if distribution == "normal" else laplace
    turn = {"lin": np.asarray, "log": np.log, "log10": np.log10}[scale]
    slope = {"lin": 1.0, "log": 1.0 / m, "log10": 1.0 / (m * np.log(10.0))}[scale]
    return float(-np.sum(density.logpdf(turn(m), turn(y), sd) + np.log(slope)))


@pytest.mark.parametrize("scale", ["lin", "log", "log10"])
@pytest.mark.parametrize("distribution", ["normal", "laplace"])
def test_the_likelihood_is_that_of_the_closed_form(
    decay: Model, scale: str, distribution: str
) -> None:
    data = measured(0.7, 3.0)
    ranges = {"k": (0.01, 10.0), "x": (0.1, 100.0, "lin")}
    problem = fitting.table(decay, data, ranges, noise=0.2, scale=scale, distribution=distribution)
    rng = np.random.default_rng(0)
    k, x = rng.uniform(0.1, 2.0, 5), rng.uniform(1.0, 5.0, 5)
    found = fitting.Objective(problem)(np.stack([np.log10(k), x], axis=1))
    for row in range(5):
        y = x[row] * np.exp(-k[row] * TIMES)
        wanted = closed_form(scale, distribution, data["x"].values, y, 0.2)
        assert found[row] == pytest.approx(wanted, rel=1e-6)


def test_a_petab_problem_is_what_petab_says(two_step: fitting.Problem) -> None:
    """PEtab's own package computes the likelihood from values of the closed form."""
    import petab.v1 as tables
    from petab.v1.calculate import calculate_llh

    truth = made()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = tables.Problem.from_yaml(str(DATA / "two_step.yaml"))
    simulated = read.measurement_df.rename(columns={"measurement": "simulation"})
    simulated["simulation"] = [exact(truth, row) for row in simulated.to_dict("records")]
    frames = (read.measurement_df, simulated, read.observable_df, read.parameter_df)
    wanted = -calculate_llh(*frames)
    objective = fitting.Objective(two_step)
    nominal = scaled(two_step.unknowns, two_step.nominal)[None]
    assert objective(nominal)[0] == pytest.approx(wanted, rel=1e-6)
    assert objective.simulated(nominal)[0][0] == pytest.approx(simulated["simulation"], rel=1e-5)


def exact(truth: Any, row: dict[str, Any]) -> float:
    """What a measurement of the PEtab problem is without noise."""
    start = {"low": 2.0, "high": truth.HIGH}.get(row["simulationConditionId"], 0.0)
    t = row["time"]
    if row["observableId"] == "a_level":
        return float(truth.a(t, start))
    if row["observableId"] == "b_signal":
        return float(truth.SCALE * truth.b(t, start))
    return float(truth.FEED / truth.K2 * np.exp(-truth.K2 * (0.0 if np.isinf(t) else t)))


def test_slopes_are_those_of_the_objective(two_step: fitting.Problem) -> None:
    objective = fitting.Objective(two_step)
    own = scaled(two_step.unknowns, two_step.nominal * np.array([1.1, 0.9, 1.2, 1.0, 1.1, 1.3]))
    found = objective.slopes(own[None])
    steps = 1e-5 * np.eye(len(own))
    wanted = (objective(own + steps) - objective(own - steps)) / 2e-5
    assert found.objective[0] == pytest.approx(objective(own[None])[0], rel=1e-6)
    assert found.gradient[0] == pytest.approx(wanted, rel=1e-3, abs=1e-2)
    assert np.linalg.eigvalsh(found.curvature[0]).min() > 0.0


def test_a_petab_problem_is_fitted_from_random_starts(two_step: fitting.Problem) -> None:
    ds = fitting.fit(two_step, starts=6, seed=3)
    assert ds["objective"].values[0] < float(ds["nominal_objective"]) - 1.0
    assert np.all(np.diff(ds["objective"].values) >= 0.0)
    own, truth = (
        scaled(two_step.unknowns, values) for values in (ds["best"].values, two_step.nominal)
    )
    away = (own - truth) / ds["standard_error"].values
    assert np.abs(away[:-1]).max() < 3.0  # sd_b is too small, as of ten points it is by nature
    truth = dict(zip(ds["parameter"].values, two_step.nominal, strict=True))
    for key in ("k1", "k2", "feed_on", "amount_high", "scale_b"):
        assert float(ds["best"].sel(parameter=key)) == pytest.approx(truth[key], rel=0.15)
    assert ds.sizes["measurement"] == len(two_step.measurements)
    assert set(ds["series_condition"].values) == {"low", "high", "washout", "rest"}


def test_a_line_is_fitted_as_least_squares_fit_it(line: Model) -> None:
    """Closed form: ordinary least squares, and noise that is the root mean square residual."""
    rng = np.random.default_rng(5)
    values = 2.0 + 0.7 * TIMES + 0.1 * rng.normal(size=len(TIMES))
    data = pd.DataFrame({"time": TIMES, "x": values})
    ranges = {"a": (-10.0, 10.0), "x": (-10.0, 10.0)}
    ds = fitting.fit(fitting.table(line, data, ranges), starts=4, seed=1)
    matrix = np.stack([TIMES, np.ones(len(TIMES))], axis=1)
    wanted, rest, *_ = np.linalg.lstsq(matrix, values, rcond=None)
    sd = np.sqrt(rest[0] / len(TIMES))
    assert ds["best"].values == pytest.approx([*wanted, sd], rel=1e-4)
    errors = sd * np.sqrt(np.diag(np.linalg.inv(matrix.T @ matrix)))
    assert ds["standard_error"].values[:2] == pytest.approx(errors, rel=1e-4)
    # of log10(sd) from n residuals: 1/(ln 10 sqrt(2n))
    assert ds["standard_error"].values[2] == pytest.approx(1 / (np.log(10) * np.sqrt(10)), rel=1e-4)
    assert float(ds["nllh"]) == pytest.approx(
        closed_form("lin", "normal", values, matrix @ wanted, float(sd)), rel=1e-6
    )
    assert int(ds["rank"]) == 3
    assert fitting.directions(ds) == []


def test_profiles_of_a_line_are_parabolas(line: Model) -> None:
    """With known noise the interval is the estimate and 1.96 standard errors on each side."""
    data = pd.DataFrame({"time": TIMES, "x": 2.0 + 0.7 * TIMES, "x_sigma": 0.2})
    problem = fitting.table(line, data, {"a": (-10.0, 10.0), "x": (-10.0, 10.0)})
    ds = fitting.fit(problem, starts=2, seed=1)
    limits = fitting.profiles(problem, ds)
    matrix = np.stack([TIMES, np.ones(len(TIMES))], axis=1)
    errors = 0.2 * np.sqrt(np.diag(np.linalg.inv(matrix.T @ matrix)))
    wide, best = 1.959964 * errors, np.array([0.7, 2.0])
    assert limits["confidence"].sel(side="low").values == pytest.approx(best - wide, rel=0.01)
    assert limits["confidence"].sel(side="high").values == pytest.approx(best + wide, rel=0.01)
    assert list(limits["identifiable"].values) == ["identifiable", "identifiable"]
    away = (limits["value"].values - [[0.7], [2.0]]) / errors[:, None]
    known = np.isfinite(away)
    assert limits["profile"].values[known] == pytest.approx(0.5 * away[known] ** 2, abs=1e-4)


def test_a_profile_that_is_not_done_has_no_limit_and_says_so(line: Model) -> None:
    data = pd.DataFrame({"time": TIMES, "x": 2.0 + 0.7 * TIMES, "x_sigma": 0.2})
    problem = fitting.table(line, data, {"a": (-10.0, 10.0), "x": (-10.0, 10.0)})
    ds = fitting.fit(problem, starts=2, seed=1)
    short = fitting.profiles(problem, ds, ["a"], steps=1)
    assert list(short["identifiable"].values) == ["unfinished"]
    assert np.isnan(short["confidence"].values).all()
    whole = fitting.profiles(problem, ds, ["a"], level=0.9)
    turned = fitting.profiles(problem, ds.isel(parameter=[1, 0]), ["a"], level=0.9)
    assert np.array_equal(whole["profile"], turned["profile"])
    assert whole.attrs["model_id"] == "line"
    for limits, said in ((short, "95 % below the line"), (whole, "90 % below the line")):
        assert any(said in text.get_text() for text in picture(limits, "profiles").texts)
    with pytest.raises(ValueError, match=r"level = 95 is not between 0 and 1"):
        fitting.profiles(problem, ds, level=95)
    other = fitting.table(line, data, {"a": (-10.0, 10.0)})
    for again in (fitting.profiles, fitting.sample):
        with pytest.raises(ValueError, match="the fit is of another problem"):
            again(other, ds)


def test_a_descent_that_loses_its_slopes_has_not_converged() -> None:
    def slopes(own: Any) -> Slopes:
        value = np.where(own[:, 0] == 1.0, 1.0, np.inf)
        return Slopes(value, 2.0 * own, np.full((len(own), 1, 1), 2.0))

    start, end = np.array([[1.0]]), np.array([5.0])
    found = descend(lambda own: own[:, 0] ** 2, slopes, start, -end, end)
    assert STATUS[found.status[0]] == "no_slopes"
    assert found.objective[0] < 1.0


def test_what_the_data_do_not_tell_is_said() -> None:
    """Only the product of a and b acts."""
    model = ax.load("model two()\n  var x = 3; a = 1; b = 1; const a, b\n  x' = -a*b*x\nend\n")
    ranges = {"a": (0.1, 10.0), "b": (0.1, 10.0)}
    problem = fitting.table(model, measured(0.7, 3.0), ranges, noise=0.05)
    ds = fitting.fit(problem, starts=3, seed=1)
    product = np.prod(ds["estimate"].values, axis=1)
    assert product == pytest.approx(product[0], rel=1e-4)
    assert int(ds["rank"]) == 1
    assert np.all(np.isinf(ds["standard_error"].values))
    (said,) = fitting.directions(ds)
    assert sorted(part[1:] for part in said.split()[::2]) == ["0.71", "0.71"]
    limits = fitting.profiles(problem, ds)
    assert all("no" in word for word in limits["identifiable"].values)


def test_conditions_in_a_table(decay: Model) -> None:
    """A column that is a parameter's id, or x_0, is set in that experiment."""
    rows = [
        ("x", t, x0 * np.exp(-k * t), k, x0) for k, x0 in ((0.5, 2.0), (1.5, 4.0)) for t in TIMES
    ]
    tidy = pd.DataFrame(rows, columns=["observable", "time", "value", "k", "x_0"])
    tidy["observable"] = "seen"
    problem = fitting.table(
        decay, tidy, {"gain": (0.1, 10.0)}, observables={"seen": "gain*x"}, noise={"seen": 0.1}
    )
    assert [c.id for c in problem.conditions] == ["k = 0.5, x = 2", "k = 1.5, x = 4"]
    ds = fitting.fit(problem, starts=2, seed=0)
    assert float(ds["best"][0]) == pytest.approx(1.0, abs=1e-5)
    assert np.abs(ds["residual"].values).max() < 1e-4


def test_experiments_alike_in_six_digits_are_two(line: Model) -> None:
    """x(1) = x(0) + a, at starts that differ by one in ten million."""
    data = pd.DataFrame({"time": [1.0, 1.0], "x": [1e7 + 1.0, 1e7 + 2.0], "x_0": [1e7, 1e7 + 1.0]})
    problem = fitting.table(line, data, {"a": (-5.0, 5.0)}, noise=0.1)
    assert len(problem.conditions) == 2
    found = fitting.Objective(problem).simulated(np.array([[1.0]]))[0][0]
    assert found == pytest.approx([1e7 + 1.0, 1e7 + 2.0], rel=1e-9)


@pytest.mark.parametrize("kept", [slice(0, 4), slice(0, 3)], ids=["one sets x", "none sets x"])
def test_rest_only_where_a_condition_comes_before(kept: slice) -> None:
    """x' = f - k x: from 3 alone, from f/k after rest, from what a condition sets after rest."""
    model = ax.load("model fed()\n  var x = 3; k = 0.5; f = 1; const k, f\n  x' = f - k*x\nend\n")
    conditions = (
        fitting.Condition("fed"),
        fitting.Condition("off", {"f": 0.0}),
        fitting.Condition("filled", {"f": 0.0, "x": 5.0}),
    )
    asked = [("fed", ""), ("off", "fed"), ("off", ""), ("filled", "fed")][kept]
    problem = fitting.Problem(
        "rest",
        model,
        (fitting.Unknown("k", 0.1, 10.0),),
        (fitting.Reading("seen", name("x")),),
        tuple(fitting.Measurement("seen", c, 1.0, 1.0, before=before) for c, before in asked),
        conditions,
    )
    objective, own = fitting.Objective(problem), np.log10([[0.5]])
    left = np.exp(-0.5)
    wanted = [2.0 + left, 2.0 * left, 3.0 * left, 5.0 * left][kept]
    assert objective.simulated(own)[0][0] == pytest.approx(wanted, rel=1e-7)
    # of f/k + (3 - f/k) e^-k, f/k e^-k, 3 e^-k, 5 e^-k in k
    slopes = [-4.0 + 4.0 * left - left, -4.0 * left - 2.0 * left, -3.0 * left, -5.0 * left][kept]
    wide = 0.5 * np.log(10.0) * np.dot(np.array(wanted) - 1.0, slopes)
    assert objective.slopes(own).gradient[0] == pytest.approx([wide], rel=1e-4)


def test_a_dose_in_every_experiment(line: Model) -> None:
    """A dose of 3 at time 1 lifts the line by 3 from there on."""
    data = pd.DataFrame({"time": TIMES, "x": 1.0 + 0.5 * TIMES + 3.0 * (TIMES >= 1.0)})
    problem = fitting.table(
        line, data, {"a": (-5.0, 5.0)}, noise=0.1, protocol=[ax.dose("x", 3, at=1.0)]
    )
    assert float(fitting.fit(problem, starts=2)["best"][0]) == pytest.approx(0.5, abs=1e-6)


def test_runs_that_fail_are_inf_and_spoil_nothing() -> None:
    """x' = b x^2 from 1 is infinite at 1/b: b above 0.25 cannot be run to 4."""
    model = ax.load("model boom()\n  var x = 1; b = 0.1; const b\n  x' = b*x^2\nend\n")
    data = pd.DataFrame({"time": TIMES, "x": 1.0 / (1.0 - 0.2 * TIMES)})
    problem = fitting.table(model, data, {"b": (0.01, 10.0)}, noise=0.1)
    objective = fitting.Objective(problem)
    found = objective(np.log10([[0.2], [0.3], [5.0]]))
    assert found[0] == pytest.approx(closed_form("lin", "normal", *2 * [data["x"].values], 0.1))
    assert np.all(np.isinf(found[1:]))
    ds = fitting.fit(problem, starts=5, seed=2)
    assert ds["objective"].values == pytest.approx(found[0], abs=1e-6)
    assert ds["best"].values == pytest.approx([0.2], rel=1e-6)


def test_same_seed_same_result(decay: Model) -> None:
    problem = fitting.table(decay, measured(0.7, 3.0), {"k": (0.01, 10.0), "x": (0.1, 100.0)})
    one, two, other = (
        fitting.fit(problem, starts=3, seed=seed, threads=threads)
        for seed, threads in ((1, 1), (1, 2), (2, 2))
    )
    assert np.array_equal(one["estimate"], two["estimate"])
    assert not np.array_equal(one["from"], other["from"])
    screened = fitting.fit(problem, starts=3, seed=1, screen=5)
    first = fitting.Objective(problem)(scaled(problem.unknowns, screened["from"].values))
    plain = fitting.Objective(problem)(scaled(problem.unknowns, one["from"].values))
    assert np.sort(first)[-1] <= np.sort(plain)[-1]


def test_a_sample_is_the_posterior(line: Model) -> None:
    """With known noise and wide bounds it is the normal distribution of least squares."""
    data = pd.DataFrame({"time": TIMES, "x": 2.0 + 0.7 * TIMES, "x_sigma": 0.2})
    problem = fitting.table(line, data, {"a": (-10.0, 10.0), "x": (-10.0, 10.0)})
    ds = fitting.fit(problem, starts=2, seed=1)
    drawn = fitting.sample(problem, ds, steps=600, seed=4)
    matrix = np.stack([TIMES, np.ones(len(TIMES))], axis=1)
    spread = np.linalg.inv(matrix.T @ matrix) * 0.2**2
    values = drawn["posterior"].values.reshape(-1, 2)
    assert values.mean(axis=0) == pytest.approx([0.7, 2.0], abs=0.02)
    assert np.cov(values.T) == pytest.approx(spread, rel=0.25)
    again = fitting.sample(problem, ds, steps=600, seed=4)
    assert np.array_equal(again["posterior"], drawn["posterior"])
    assert drawn.attrs["model_id"] == "line"
    with pytest.raises(ValueError, match="thin = 601"):
        fitting.sample(problem, ds, steps=600, thin=601)
    handed = fitting.inference_data(drawn)
    import arviz  # which warns of its future where it is first imported

    assert set(handed.posterior.data_vars) == {"a", "x"}
    assert float(arviz.rhat(handed)["a"]) < 1.1


def test_priors_are_densities_with_their_slopes() -> None:
    """Each is SciPy's density of what it speaks of, and slopes are those of differences."""
    from scipy.stats import laplace, lognorm, norm

    own = np.linspace(-1.0, 2.0, 301) + 1e-3  # no point on a kink
    plain, log = np.exp(own), np.log(2.0)  # a parameter on a log scale
    wanted = {
        "normal": norm(2.0, 0.3).logpdf(plain),
        "laplace": laplace(2.0, 0.3).logpdf(plain),
        "logNormal": lognorm(0.3, scale=2.0).logpdf(plain),
        "logLaplace": laplace(log, 0.3).logpdf(own) - own,
        "parameterScaleNormal": norm(log, 0.3).logpdf(own),
        "parameterScaleLaplace": laplace(log, 0.3).logpdf(own),
    }
    assert wanted.keys() == KINDS.keys()
    for kind, density in wanted.items():
        prior = Prior(kind, 2.0 if kind in ("normal", "laplace") else log, 0.3)
        assert negative_log(prior, own, plain, plain)[0] == pytest.approx(-density, abs=1e-12)
        lower, upper = (
            negative_log(prior, own + h, np.exp(own + h), np.exp(own + h))[0] for h in (-1e-6, 1e-6)
        )
        first = negative_log(prior, own, plain, plain)[1]
        assert first == pytest.approx((upper - lower) / 2e-6, rel=1e-5, abs=1e-5)


def test_a_prior_pulls_the_estimate(line: Model) -> None:
    """Normal data and a normal prior: the mean weighted by precisions."""
    data = pd.DataFrame({"time": [0.0], "x": [4.0], "x_sigma": [1.0]})
    problem = fitting.table(line, data, {"x": (-10.0, 10.0)})
    unknown = dataclasses.replace(problem.unknowns[0], prior=Prior("normal", 1.0, 2.0))
    pulled = dataclasses.replace(problem, unknowns=(unknown,))
    ds = fitting.fit(pulled, starts=2)
    assert ds["best"].values == pytest.approx([(4.0 / 1.0 + 1.0 / 4.0) / (1.0 + 1.0 / 4.0)])
    assert float(ds["nllh"]) < float(ds["objective"][0])


@pytest.mark.parametrize(
    ("columns", "ranges", "said"),
    [
        ({"t": [0, 1], "x": [1, 2]}, {"k": (0.1, 1)}, "no column 'time'; it has t, x"),
        ({"time": [0, 1], "y": [1, 2]}, {"k": (0.1, 1)}, "column 'y' is no observable"),
        (
            {"time": [0, 1], "x": [1, "a"]},
            {"k": (0.1, 1)},
            "'a' in column 'x', row 2, is no number",
        ),
        ({"time": [0, 1], "x": [1, 2]}, {"kk": (0.1, 1)}, "'kk': nothing reads it"),
        ({"time": [0, 1], "x": [1, 2]}, {"k": (1, 0.1)}, "bounds 1 to 0.1 are no range"),
        ({"time": [0, 1], "x": [1, 2]}, {"k": (0, 1, "log10")}, "needs bounds above 0"),
        ({"time": [0, 1], "x": [1, 2]}, {"k": 3}, "a range is (low, high)"),
        ({"time": [-1, 1], "x": [1, 2]}, {"k": (0.1, 1)}, "measured at time -1"),
        ({"time": [0], "x": [np.nan]}, {"k": (0.1, 1)}, "holds no measurements"),
        (
            {"time": [0, 1], "x": [1, 2], "x_sigma": [0.1, 0]},
            {"k": (0.1, 1)},
            "'x' at time 1 has a noise that is not above 0",
        ),
    ],
)
def test_what_is_wrong_is_said(
    decay: Model, columns: dict[str, Any], ranges: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=r"\w") as wrong:
        fitting.fit(fitting.table(decay, pd.DataFrame(columns), ranges), starts=1)
    assert said in str(wrong.value)


def test_what_is_given_is_not_found(decay: Model) -> None:
    with pytest.raises(ValueError, match="'k' is given and to be found as well"):
        fitting.table(decay, measured(0.7, 3.0), {"k": (0.1, 1.0)}, params={"k": 0.5})


def test_what_nothing_reads_is_told(decay: Model) -> None:
    data, ranges = measured(0.7, 3.0), {"k": (0.1, 1.0)}
    with pytest.raises(ValueError, match="'xx': nothing reads it; did you mean 'x'"):
        fitting.table(decay, data, ranges, params={"xx": 2.0})
    with pytest.raises(ValueError, match="noise of 'xx', which is not measured; did you mean 'x'"):
        fitting.table(decay, data, ranges, noise={"xx": 0.1})


def test_an_event_that_moves_with_a_parameter() -> None:
    """x rises by 1 a time unit from when it is switched on: x(4) = 4 - when."""
    model = ax.load(
        "model late()\n  var x = 0, on = 0; when = 1; const when\n  x' = on\n"
        "  at time > when: on = 1\nend\n"
    )
    data = pd.DataFrame({"time": TIMES, "x": np.maximum(TIMES - 1.4, 0.0)})
    problem = fitting.table(model, data, {"when": (1.1, 1.9)}, noise=0.1)
    objective = fitting.Objective(problem)
    wanted = 1.5 * np.log(10.0) * 2 * 0.1 / 0.1**2  # two points after it, each 0.1 too low
    for analytic in (True, False):  # by equations where they hold, and by differences
        objective.simulation.analytic = analytic
        found = objective.slopes(np.log10([[1.5]]))
        assert found.gradient[0] == pytest.approx([wanted], rel=1e-3)
    assert fitting.fit(problem, starts=2)["best"].values == pytest.approx([1.4], rel=1e-5)


def test_what_petab_problems_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such file"):
        fitting.petab(tmp_path / "none.yaml")
    other = tmp_path / "two.yaml"
    other.write_text("format_version: 2.0.0\nproblems:\n- sbml_files: [a.xml]\n")
    with pytest.raises(ValueError, match=r"PEtab 2\.0\.0 is not known here"):
        fitting.petab(other)
    other.write_text("nonsense")
    with pytest.raises(ValueError, match="not a PEtab 1 problem"):
        fitting.petab(other)


@pytest.mark.parametrize(
    ("file", "there", "instead", "said"),
    [
        (
            "parameters.tsv",
            "lowerBound",
            "low",
            "the table of parameters has no column 'lowerBound'",
        ),
        ("measurements.tsv", "\ttime", "\tt", "the table of measurements has no column 'time'"),
        ("two_step.yaml", "parameter_file", "file", "no table of parameters"),
        ("measurements.tsv", "1.52332", "much", "could not convert string to float: 'much'"),
        ("observables.tsv", "* B", "*", "observable 'b_signal': 'observableParameter1_b_signal *'"),
        ("measurements.tsv", "scale_b", "scale_c", "'scale_b': nothing reads it"),
    ],
)
def test_a_petab_problem_with_a_slip(
    tmp_path: Path, file: str, there: str, instead: str, said: str
) -> None:
    for path in DATA.iterdir():
        if path.is_file():
            text = path.read_text()
            assert path.name != file or there in text
            (tmp_path / path.name).write_text(
                text.replace(there, instead) if path.name == file else text
            )
    with pytest.raises(ValueError, match=r"two_step\.yaml: ") as wrong:
        fitting.petab(tmp_path / "two_step.yaml")
    assert said in str(wrong.value)


def test_a_model_that_runs_nowhere_between_the_bounds() -> None:
    model = ax.load("model boom()\n  var x = 1; b = 5; const b\n  x' = b*x^2\nend\n")
    data = pd.DataFrame({"time": TIMES, "x": TIMES})
    problem = fitting.table(model, data, {"b": (1.0, 10.0)}, noise=0.1)
    with pytest.raises(ValueError, match="could be run at 0 of"):
        fitting.fit(problem, starts=1)
