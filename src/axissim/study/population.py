"""Virtual people: covariates and published variability as a design."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.model.library import Card, card, folder, load
from axissim.model.model import Model, Parameter, suggestion
from axissim.study.distribution import Distribution, distribution, lognormal, normal, uniform
from axissim.study.sampling import cube, whole

if TYPE_CHECKING:
    import xarray as xr

Given = float | str | Distribution

SEXES = {"female": 0.0, "male": 1.0}
_ABOUT = {
    "sex": {"long_name": "Sex, 0 female, 1 male", "units": "1"},
    "age": {"long_name": "Age", "units": "year"},
    "height": {"long_name": "Height", "units": "m"},
    "weight": {"long_name": "Weight", "units": "kg"},
    "residual": {"long_name": "Residual gland function, fraction", "units": "1"},
}

# Adults of the United States: Gelman A, Hill J, Vehtari A (2020), Regression and Other Stories,
# chapters 3 and 5.  Heights in inches are normal with mean 63.7 and sd 2.7 (women), 69.1 and 2.9
# (men); logarithms of weights in pounds with mean 4.96 and sd 0.20, 5.13 and 0.17.
_INCH, _POUND = 0.0254, 0.45359237
_HEIGHT = ((63.7, 2.7), (69.1, 2.9))
_LOG_POUNDS = ((4.96, 0.20), (5.13, 0.17))


def population(
    model: str,
    *,
    n: int,
    seed: int | np.random.Generator = 0,
    people: Mapping[str, Given] | None = None,
    variability: bool = True,
    sampler: str = "random",
) -> xr.Dataset:
    """`n` virtual people: covariates and published variability become a model's parameters.

    Parameters
    ----------
    model : str
        A shipped model whose card names covariates, or which has published variability.
    n : int
    seed : int or numpy.random.Generator
    people : mapping, optional
        What is known of them, else drawn: ``sex`` (``"female"``, ``"male"``, or the share of men,
        by default 0.5), ``age`` (years, 20 to 70), ``height`` (m) and ``weight`` (kg) of adults of
        the United States, ``residual`` (gland function that remains, 1).  Each a number, a
        distribution, or its text.
    variability : bool
        Whether parameters vary as published beyond the covariates: the rows of the model's
        ``variability.csv``, each a lognormal about the model's own value.
    sampler : "random", "sobol" or "lhs"

    Returns
    -------
    xarray.Dataset
        A variable a parameter over ``sample``; the covariates as coordinates.

    Raises
    ------
    ValueError
        For a covariate that is none, and for a model of which nothing of the kind is published.

    Notes
    -----
    The body mass index is drawn independently of height, so that height and weight each have the
    moments above.  Parameters vary independently of each other: correlations are not published.

    Examples
    --------
    >>> people = population("thyroid_human", n=100, people={"residual": "uniform(0, 1)"})
    >>> sorted(people.data_vars)
    ['S4', 'd1', 'd3', 'deiodination']
    """
    import xarray as xr

    made, parts, count = card(model), load(model), whole(n)
    spread = dict(_spread(made, parts)) if variability else {}
    if not spread and not made.covariates:
        raise ValueError(
            f"'{model}' has no covariates and no published variability; "
            "draw its parameters by design.sample"
        )
    points = cube(sampler, count, len(_ABOUT) + len(spread), np.random.default_rng(seed))
    persons = _persons(points.T, dict(people or {}))
    columns = dict(_set_by_covariates(made, parts, persons))
    for at, (key, kind) in enumerate(spread.items(), len(_ABOUT)):
        columns[key] = columns.get(key, _own(parts, key)) * kind.quantile(points[:, at])
    known = {key: ("sample", persons[key], _ABOUT[key]) for key in persons if key not in columns}
    ds = xr.Dataset(
        {key: ("sample", values) for key, values in columns.items()},
        coords={"sample": np.arange(count), **known},
        attrs={"design": "population", "population_of": model},
    )
    if isinstance(seed, (int, np.integer)):
        ds.attrs["seed"] = int(seed)
    return ds


def _set_by_covariates(
    made: Card, model: Model, persons: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Each parameter that a covariate sets, or scales: a gland's remaining function does."""
    for covariate, keys in made.covariates.items():
        for key in keys:
            scale = _own(model, key) if covariate == "residual" else 1.0
            yield key, scale * persons[covariate]


def _own(model: Model, key: str) -> float:
    """The model's own value of a parameter."""
    part = model.part(key)
    if not isinstance(part, Parameter) or part.value.op != "number":
        raise ValueError(f"'{key}' is no parameter with a value; it cannot vary between people")
    return float(part.value.value)


def _spread(made: Card, model: Model) -> Iterator[tuple[str, Distribution]]:
    """What each parameter is multiplied by, in a model and in the models it is made of."""
    for prefix, name in (("", made.id), *((f"{k}__", v) for k, v in made.parts.items())):
        path = folder() / name / "variability.csv"
        if not path.is_file():
            continue
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                key = prefix + row["parameter"]
                if key in model.by_id:
                    yield key, lognormal(0.0, float(np.sqrt(np.log1p(float(row["cv"]) ** 2))))


def _persons(points: Any, people: Mapping[str, Given]) -> dict[str, Any]:
    """Each covariate of each person, from a row of evenly spread numbers for each."""
    for key in people:
        if key not in _ABOUT:
            raise ValueError(f"unknown covariate '{key}'" + suggestion(key, _ABOUT))

    def known(key: str, otherwise: Callable[[Any], Any]) -> Any:
        u = points[list(_ABOUT).index(key)]
        return _drawn(key, people[key], u) if key in people else otherwise(u)

    sex = _sexes(people.get("sex", 0.5), points[0])
    age = known("age", uniform(20.0, 70.0).quantile)
    height = known("height", lambda u: _heights(sex, u))
    weight = known("weight", lambda u: _body_mass_indices(sex, u) * height**2)
    residual = known("residual", np.ones_like)
    return dict(zip(_ABOUT, (sex, age, height, weight, residual), strict=True))


def _sexes(given: Given, u: Any) -> Any:
    """0 or 1 for each person, from a word or the share of men."""
    if given in SEXES:
        return np.full_like(u, SEXES[str(given)])
    try:
        share = float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        share = np.nan
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"sex is 'female', 'male' or the share of men, not '{given}'")
    return np.where(u < share, SEXES["male"], SEXES["female"])


def _drawn(key: str, given: Given, u: Any) -> Any:
    """A covariate that is given: a number, or a distribution."""
    if isinstance(given, (int, float)):
        values = np.full_like(u, given)
    else:
        try:
            values = distribution(given).quantile(u)
        except ValueError as wrong:
            raise ValueError(f"{key}: {wrong}") from None
    least = 0.0 if key == "residual" else np.nextafter(0.0, 1.0)
    if not np.all(np.isfinite(values) & (values >= least)):
        raise ValueError(f"{key} is {values.min():g} in somebody; cut the distribution off")
    return values


def _heights(sex: Any, u: Any) -> Any:
    mean, sd = _by_sex(_HEIGHT, sex)
    return _INCH * (mean + sd * normal(0.0, 1.0).quantile(u))


def _body_mass_indices(sex: Any, u: Any) -> Any:
    """In kg/m^2, of the spread that, independent of height, gives the weights theirs."""
    (mean, sd), (inches, spread) = _by_sex(_LOG_POUNDS, sex), _by_sex(_HEIGHT, sex)
    relative = spread / inches  # the sd of the logarithm of height
    middle = mean + np.log(_POUND) - 2.0 * (np.log(_INCH * inches) - relative**2 / 2.0)
    width = np.sqrt(sd**2 - 4.0 * relative**2)
    return np.exp(middle + width * normal(0.0, 1.0).quantile(u))


def _by_sex(table: Any, sex: Any) -> Any:
    """Mean and sd for each person."""
    return np.asarray(table)[sex.astype(int)].T
