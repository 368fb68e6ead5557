"""Tuning: exact answers of a one-compartment model, laws of the front, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy.stats import binomtest

import axissim as ax
from axissim.analysis.tuning import Lever, Target, tune
from axissim.analysis.tuning.front import OF_EACH, Scores, best, front, wilson
from axissim.analysis.tuning.trials import Outcome, Trials

# At rest x is u/k; side is what the inflow does besides, burst what ends in finite time.
MODEL = ax.load(
    "model m()\n  var x = 0; const u = 1; const k = 0.5; const weight = 1\n"
    "  x' = u/weight - k*x; side := u^2\nend\n"
)
RISK = ax.load("model r()\n  var x = 1; const k = 1\n  x' = k*x^2\nend\n")
ASKED: dict[str, Any] = {
    "levers": {"u": (0.1, 2.0)},
    "targets": "mean(x) in 0.9..1.1 over 40..50",
    "costs": "u",
    "t": (0, 50, 51),
    "n": 32,
}


def people(**columns: Any) -> xr.Dataset:
    return xr.Dataset({key: ("sample", np.asarray(values)) for key, values in columns.items()})


def spread(count: int, seed: int = 0) -> xr.Dataset:
    return people(k=0.5 * np.exp(0.2 * np.random.default_rng(seed).standard_normal(count)))


def of_best(ds: xr.Dataset, lever: str) -> float:
    return float(ds["setting"].isel(candidate=ds.attrs["best"]).sel(lever=lever))


def test_the_least_cost_in_the_band_is_found() -> None:
    """The lower end of the band: x = u/k is 0.9 at u = 0.45."""
    ds = tune(MODEL, **ASKED)
    assert of_best(ds, "u") == pytest.approx(0.45, rel=2e-3)
    assert of_best(ds, "u") >= 0.45 * (1 - 1e-6)
    assert float(ds["share"][ds.attrs["best"]]) == 1.0


def test_a_narrow_band_without_cost() -> None:
    ds = tune(MODEL, **(ASKED | {"targets": Target("last(x)", 0.999, 1.001), "costs": ()}))
    assert of_best(ds, "u") == pytest.approx(0.5, rel=1e-3)


def test_two_levers_meet_on_a_line_and_the_cheaper_end_is_taken() -> None:
    """x = u/k within a hair of 1; of (u, k) on that line u + 4 k is least where both are low."""
    asked = ASKED | {
        "levers": {"u": (0.1, 2.0), "k": (0.2, 2.0)},
        "targets": "mean(x) in 0.99..1.01 over 40..50",
        "costs": "u + 4*k",
        "n": 256,
    }
    ds = tune(MODEL, **asked)
    assert of_best(ds, "u") / of_best(ds, "k") == pytest.approx(1.0, abs=0.0105)
    assert of_best(ds, "k") == pytest.approx(0.2, abs=0.02)


def test_levers_with_values_are_all_tried_once_and_no_other() -> None:
    ds = tune(MODEL, **(ASKED | {"levers": {"u": [0.25, 0.5, 1.0], "k": "0.5,1"}}))
    assert ds.sizes["candidate"] == 6
    assert {tuple(row) for row in ds["setting"].values} == {
        (u, k) for u in (0.25, 0.5, 1.0) for k in (0.5, 1.0)
    }
    assert of_best(ds, "u") / of_best(ds, "k") == 1.0


def test_the_share_of_a_population_is_what_the_closed_form_says() -> None:
    who = spread(400)
    ds = tune(MODEL, people=who, screen=40, finalists=6, **ASKED)
    whole = ds["people"].values == 400
    assert 6 <= whole.sum() <= 9
    for at in np.flatnonzero(whole):
        level = ds["setting"].values[at, 0] / who["k"].values
        hits = int(((level >= 0.9) & (level <= 1.1)).sum())
        assert round(float(ds["share"][at]) * 400) == hits
        interval = binomtest(hits, 400).proportion_ci(method="wilson")
        assert float(ds["share_low"][at]) == pytest.approx(interval.low, abs=1e-9)
        assert float(ds["share_high"][at]) == pytest.approx(interval.high, abs=1e-9)
    reading = ds["reading"].sel(read_out="mean_x").values
    np.testing.assert_allclose(reading, of_best(ds, "u") / who["k"].values, rtol=1e-4)


def test_a_dose_by_weight_serves_people_whom_no_single_dose_serves() -> None:
    who = people(weight=np.linspace(0.5, 2.0, 30))
    one = tune(MODEL, people=who, **ASKED)
    own = tune(
        MODEL,
        people=who,
        **(ASKED | {"levers": {"per_kg": (0.1, 2.0)}, "costs": "per_kg*weight"}),
        derived={"u": "per_kg*weight"},
    )
    assert float(one["share"][one.attrs["best"]]) < 0.3
    assert float(own["share"][own.attrs["best"]]) == 1.0
    assert of_best(own, "per_kg") == pytest.approx(0.45, rel=2e-3)


def test_elasticities_are_those_of_the_closed_form() -> None:
    """x = u/k and side = u^2: +1, -1, +2 and none, in everybody."""
    asked = ASKED | {"levers": {"u": (0.4, 0.6), "k": (0.4, 0.6)}, "costs": ["max(side)"]}
    ds = tune(MODEL, people=people(weight=[1.0, 1.1, 1.2]), **asked)
    found = ds["elasticity"]
    assert float(found.sel(lever="u", read_out="mean_x")) == pytest.approx(1.0, abs=1e-3)
    assert float(found.sel(lever="k", read_out="mean_x")) == pytest.approx(-1.0, abs=0.012)
    assert float(found.sel(lever="u", read_out="max_side")) == pytest.approx(2.0, abs=1e-2)
    assert float(found.sel(lever="k", read_out="max_side")) == 0.0
    assert float(ds["agree"].sel(lever="k", read_out="mean_x")) == 1.0


def test_doses_in_time() -> None:
    """So much into x every so often: its mean is dose/(k*every); the cost is the dose a day."""
    ds = tune(
        MODEL,
        params={"u": 0},
        levers={"mg": (0.1, 4.0), "gap": "1:6:6"},
        protocol=[ax.dose("x", "mg", at=0, every="gap", count=200)],
        targets=["mean(x) in 0.95..1.05 over 40..60", "max(x) < 1.8 over 40..60 hard"],
        costs="times: 24/gap",
        t=(0, 60, 601),
        n=64,
    )
    mg, gap = of_best(ds, "mg"), of_best(ds, "gap")
    assert mg / (0.5 * gap) == pytest.approx(1.0, abs=0.07)
    top = mg / (1.0 - np.exp(-0.5 * gap))
    assert top <= 1.8 + 1e-6
    assert gap == 2.0  # a gap of 3 peaks at 0.95*1.5/(1 - exp(-1.5)) = 1.83


def test_the_time_of_a_dose_and_how_long_an_infusion_lasts() -> None:
    """After a dose x is exp(-k (t - at)); after an infusion of T it is 1/k (1 - exp(-k T))."""
    late = tune(
        MODEL, params={"u": 0}, levers={"at": (0.0, 20.0)}, t=(0, 24, 97), n=32,
        protocol=[ax.dose("x", 1, at="at")], targets="last(x) in 0.099..0.101",
    )  # fmt: skip
    assert of_best(late, "at") == pytest.approx(24 + 2 * np.log(0.1), abs=0.03)
    longest = tune(
        MODEL, params={"u": 0}, levers={"long": (0.5, 20.0)}, t=(0, 24, 241), n=32,
        protocol=[ax.protocol.infuse("x", rate=1, at=0, duration="long")],
        targets="max(x) > 1.5", costs="long",
    )  # fmt: skip
    assert of_best(longest, "long") == pytest.approx(-2 * np.log(0.25), abs=0.11)


def test_an_elasticity_about_nothing_is_none() -> None:
    ds = tune(MODEL, **(ASKED | {"levers": {"u": [0, 1]}, "targets": "max(x) < 0.5"}))
    assert of_best(ds, "u") == 0.0
    assert np.isnan(ds["elasticity"].values).all()
    assert float(ds["slope"].sel(lever="u", read_out="max_x")) == pytest.approx(2.0, rel=1e-4)


def test_runs_that_fail_are_counted_and_never_a_success() -> None:
    """x is 1/(1 - k t), gone at 1/k; what is read before that is not believed."""
    ds = tune(
        RISK, levers={"k": (0.05, 1.0)}, targets="max(x) > 1.01 over 0..0.5", costs="k",
        t=(0, 2, 21), n=16, rounds=2,
    )  # fmt: skip
    gone = ds["setting"].values[:, 0] >= 0.5
    assert gone.any()
    np.testing.assert_array_equal(ds["failed"].values, gone.astype(int))
    assert (ds["share"].values[gone] == 0.0).all()
    assert (ds["miss"].values[gone] == 1.0).all()
    assert ds.attrs["failed_runs"] == gone.sum()
    assert not gone[ds.attrs["best"]]


def test_where_every_run_fails_that_is_told() -> None:
    ds = tune(
        RISK, levers={"k": (1.0, 2.0)}, targets="max(x) > 1", costs=["k", "max(x) < 9"],
        t=(0, 2, 21), n=8, rounds=1, people=people(x=[1.0, 2.0, 3.0]), screen=1,
    )  # fmt: skip
    assert ds.attrs["failed_runs"] == ds.attrs["runs"]
    assert (ds["share"] == 0.0).all()
    assert (ds["failed"] == ds["people"]).all()
    assert (ds["violated"] == 1.0).all()
    assert np.isnan(ds["elasticity"].sel(read_out=["max_x", "max_x_2"]).values).all()


def test_a_hard_band_that_all_break_leaves_those_that_break_it_least() -> None:
    who = people(k=np.linspace(0.3, 0.7, 41))
    asked = ASKED | {"targets": ["mean(x) > 0.8 over 40..50", "mean(x) < 1.2 over 40..50 hard"]}
    none = tune(MODEL, people=who, screen=41, **asked)
    some = tune(MODEL, people=who, screen=41, tolerate=0.25, **asked)
    kept = none["front"].values == 1
    assert (none["violated"].values[kept] == 0.0).all()
    kept = some["front"].values == 1
    assert 0.0 < some["violated"].values[kept].max() <= 0.25
    assert float(some["share"].max()) > float(none["share"][none.attrs["best"]])
    worse = asked | {"levers": {"u": (2.0, 4.0)}}
    all_bad = tune(MODEL, people=who, screen=41, **worse)
    kept = all_bad["front"].values == 1
    assert (all_bad["violated"].values[kept] == all_bad["violated"].values.min()).all()
    assert all_bad["violated"].values.min() > 0.0


def test_a_summary_without_a_value_is_outside() -> None:
    """Nothing swings here, so no period is there to be in a band."""
    ds = tune(MODEL, **(ASKED | {"targets": "period(x) in 0..100", "rounds": 1}))
    assert (ds["share"] == 0.0).all()
    assert (ds["failed"] == 0).all()
    assert (ds["miss"] == 1.0).all()


def test_what_was_found_before_an_interruption_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    run, left = Trials.outcome, [0]

    def interrupted(self: Trials, settings: Any, people: Any) -> Outcome:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return run(self, settings, people)

    monkeypatch.setattr(Trials, "outcome", interrupted)
    for calls in (1, 3, 14, 17):
        left[0] = calls
        ds = tune(MODEL, people=spread(100), **(ASKED | {"screen": 10}))
        assert not json.loads(ds.attrs["config"])["complete"]
        assert ds.sizes["candidate"] == (ds["people"] > 0).sum()
        assert ds["front"].sum() > 0
    assert ds["people"].max() == 31  # those of the level between, sqrt(10*100)
    left[0] = 0
    with pytest.raises(KeyboardInterrupt):
        tune(MODEL, **ASKED)


def test_same_seed_same_result_whatever_the_threads() -> None:
    who = spread(50)
    asked = ASKED | {"screen": 16, "people": who}
    first = tune(MODEL, **asked, seed=3, threads=1)
    assert first.equals(tune(MODEL, **asked, seed=3, threads=2))
    assert not first.equals(tune(MODEL, **asked, seed=4))


def test_the_front_is_what_no_other_beats() -> None:
    points = np.random.default_rng(1).integers(0, 12, (200, 3)).astype(float)
    scores = of(points)
    kept = set(front(scores).tolist())
    for at, point in enumerate(points):
        below = np.all(points <= point, axis=1) & np.any(points < point, axis=1)
        if at in kept:
            assert not below.any()
        else:
            assert below.any() or any((points[one] == point).all() for one in kept)


def test_the_best_is_not_cheap_at_the_price_of_the_share() -> None:
    """Of 100 people 97 to 99 cannot be told apart, 1 can: the nearest to the ideal of three."""
    scores = of(np.array([[0.9, 1.0], [0.02, 5.0], [0.01, 20.0], [0.0, 60.0]]), [1, 97, 98, 99])
    assert best(scores, front(scores)) == 2


def of(objectives: np.ndarray, hits: list[int] | None = None) -> Scores:
    """Scores with the objectives given."""
    blank = {key: np.zeros(len(objectives), int) for key in OF_EACH}
    blank |= {"miss": objectives[:, 0], "costs": objectives[:, 1:]}
    if hits is not None:
        blank["hits"] = np.array(hits)
    return Scores(**blank, people=100)


@pytest.mark.parametrize(("hits", "count"), [(0, 10), (10, 10), (3, 7), (81, 263)])
def test_wilson_is_scipys(hits: int, count: int) -> None:
    interval = binomtest(hits, count).proportion_ci(method="wilson")
    np.testing.assert_allclose(wilson(hits, count), (interval.low, interval.high), atol=1e-12)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"levers": {}}, "no lever to move"),
        ({"levers": {"w": (1, 2)}}, "lever 'w' moves nothing"),
        ({"levers": {"weigth": (1, 2)}}, "did you mean 'weight'"),
        ({"levers": {"u": (2, 1)}}, "1 is not above 2"),
        ({"levers": {"u": "1:2:three"}}, "cannot be read"),
        ({"levers": {"u": {"low": 1, "hihg": 2}}}, "did you mean 'high'"),
        ({"levers": {"u": (0.0, 1.0, "log")}}, "both bounds are above 0"),
        ({"levers": [Lever("u", 0, 1), Lever("u", 0, 1)]}, "the same name"),
        ({"targets": []}, "there is no target"),
        ({"targets": "mean(x) about 3"}, "target 'mean\\(x\\) about 3' cannot be read"),
        ({"targets": "mean(x) in 2..1"}, "2 to 1 is no band"),
        ({"targets": "mean(y) in 1..2"}, "names 'y', which is not there"),
        ({"targets": "mean(x) in 1..2 over 40..60.5 hrad"}, "'hrad' cannot be read"),
        ({"targets": "mean(x) in 1..2 over 70..80"}, "fewer than two of the times"),
        ({"targets": "bands(x) in 1..2"}, "of all runs together"),
        ({"targets": {"of": "mean(x)", "hihg": 1}}, "did you mean 'high'"),
        ({"targets": {"of": "mean(x)", "high": "1"}}, "high = '1' is not what it can be"),
        ({"targets": "u in 1..2", "costs": ()}, "no target reads the model"),
        ({"targets": ["a: max(x) > 1", "a: min(x) < 2"]}, "two read-outs are called 'a'"),
        ({"costs": "max(side) < "}, "cannot be read|names"),
        ({"derived": {"v": "u*2"}}, None),
        ({"derived": {"v": "uu*2"}}, "names 'uu', which is not there; did you mean 'u'"),
        ({"derived": {"u": "2"}}, "'u' is a lever, and set once more"),
        ({"params": {"u": 3.0}}, "'u' is a lever, and set once more"),
        ({"people": people(u=[1.0, 2.0])}, "'u' is a lever, and set once more"),
        ({"people": xr.Dataset()}, "people are a design over one dimension"),
        ({"n": 0}, "not a count of runs"),
        ({"rounds": -1}, "rounds = -1 is not a count"),
        ({"screen": 0}, "screen = 0 is not a count"),
        ({"finalists": 1.5}, "finalists = 1.5 is not a count"),
        ({"tolerate": 2}, "tolerate = 2 is no share"),
        ({"t": [1.0]}, "at least two times"),
    ],
)
def test_what_is_refused(change: dict[str, Any], said: str | None) -> None:
    if said is None:  # a quantity that nothing uses is no error
        tune(MODEL, **(ASKED | {"n": 8, "rounds": 0} | change))
        return
    with pytest.raises(ValueError, match=said):
        tune(MODEL, **(ASKED | change))
