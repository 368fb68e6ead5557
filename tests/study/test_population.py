"""Virtual people: the covariates that are published, and the spread of parameters."""

from __future__ import annotations

import csv
from typing import Any

import numpy as np
import pytest

import axissim as ax
from axissim.model.library import card, folder, load, shipped
from axissim.model.model import Parameter

SPREAD = sorted(path.parent.name for path in folder().glob("*/variability.csv"))


def people(n: int = 4096, **known: Any) -> Any:
    return ax.design.population("thyroid_human", n=n, seed=1, people=known, sampler="sobol")


@pytest.mark.parametrize(
    ("sex", "inches", "spread", "pounds", "width"),
    [("female", 63.7, 2.7, 4.96, 0.20), ("male", 69.1, 2.9, 5.13, 0.17)],
)
def test_heights_and_weights_are_those_of_adults(
    sex: str, inches: float, spread: float, pounds: float, width: float
) -> None:
    """Gelman, Hill & Vehtari 2020, chapters 3 and 5."""
    drawn = people(sex=sex)
    assert set(drawn["sex"].values) == {float(sex == "male")}
    assert drawn["height"].mean() == pytest.approx(inches * 0.0254, rel=1e-3)
    assert drawn["height"].std() == pytest.approx(spread * 0.0254, rel=1e-2)
    logarithm = np.log(drawn["weight"] / 0.45359237)
    assert logarithm.mean() == pytest.approx(pounds, abs=2e-3)
    assert logarithm.std() == pytest.approx(width, rel=2e-2)
    index = drawn["weight"] / drawn["height"] ** 2
    assert abs(np.corrcoef(index, drawn["height"])[0, 1]) < 0.02


def test_half_are_men_unless_told() -> None:
    assert people()["sex"].mean() == pytest.approx(0.5, abs=1e-3)
    assert people(sex=0.2)["sex"].mean() == pytest.approx(0.2, abs=1e-3)


def test_what_is_known_is_taken() -> None:
    drawn = people(16, age=40, height=1.7, weight="uniform(60, 80)")
    assert set(drawn["age"].values) == {40.0}
    assert set(drawn["height"].values) == {1.7}
    assert float(drawn["weight"].min()) >= 60.0
    assert float(drawn["weight"].max()) <= 80.0


def test_parameters_vary_as_published() -> None:
    """Pilo 1990: the capacity of the gland by 18.4 %, of deiodinase by 18.8 %."""
    drawn = people(residual=0.25)
    own = {p.id: p.value.value for p in load("thyroid_human").parameters}
    for key, cv in (("S4", 0.184), ("deiodination", 0.188)):
        assert np.median(drawn[key]) == pytest.approx(own[key], rel=1e-3)
        assert drawn[key].std() / drawn[key].mean() == pytest.approx(cv, rel=1e-2)
    assert set(drawn["d1"].values) == {0.25 * own["d1"]}
    assert drawn.attrs["seed"] == 1


def test_a_part_of_a_gland_leaves_less_hormone() -> None:
    drawn = people(8, residual="uniform(0, 1)").sortby("residual")
    fixed = ax.design.population(
        "thyroid_human", n=8, seed=1, people={"residual": "uniform(0, 1)"}, variability=False
    )
    assert set(fixed.data_vars) == {"d1", "d3"}
    ds = ax.sweep(
        "thyroid_human" and ax.load("thyroid_human"), fixed, t=(0, 1500, 3), outputs=["T4"]
    )
    assert (ds["status"] == 1).all()
    order = np.argsort(fixed["residual"].values)
    assert np.all(np.diff(ds["T4"].isel(time=-1).values[order]) > 0.0)
    assert np.array_equal(ds["age"], fixed["age"])
    assert len(drawn["S4"]) == 8


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"hight": 1.7}, "unknown covariate 'hight'; did you mean 'height'"),
        ({"sex": "men"}, "sex is 'female', 'male' or the share of men, not 'men'"),
        ({"sex": 1.5}, "the share of men"),
        ({"age": "young"}, "age: 'young' is not a distribution"),
        ({"height": -1}, "height is -1 in somebody"),
        ({"residual": "normal(0, 1)"}, "residual is .* in somebody; cut the distribution off"),
    ],
)
def test_who_is_nobody_is_named(known: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        people(16, **known)


def test_a_model_without_people_says_so() -> None:
    with pytest.raises(ValueError, match="no covariates and no published variability"):
        ax.design.population("gnrh_smith", n=4)


@pytest.mark.parametrize("model", SPREAD)
def test_published_variability_names_parameters_and_sources(model: str) -> None:
    read = load(model)
    with (folder() / model / "variability.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            assert list(row) == ["parameter", "cv", "source"]
            assert isinstance(read.part(row["parameter"]), Parameter)
            assert 0.0 < float(row["cv"]) < 2.0
            assert row["source"]


@pytest.mark.parametrize("model", shipped())
def test_covariates_set_parameters(model: str) -> None:
    known = {"sex", "age", "height", "weight", "residual"}
    made, read = card(model), load(model)
    assert set(made.covariates) <= known
    for keys in made.covariates.values():
        assert all(isinstance(read.part(key), Parameter) for key in keys)
    assert set(made.parts.values()) <= set(shipped())
