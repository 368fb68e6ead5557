"""The people, or parameter sets, of a study: its ``[design]`` as a Dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axissim.model.model import Model, ModelError
from axissim.study import design
from axissim.study.distribution import Distribution, distribution, uniform
from axissim.study.toml_file import Table

if TYPE_CHECKING:
    import xarray as xr

_KEYS = ("n", "sampler", "vary", "people")


def design_of(table: Table, source: str, model: Model, seed: int) -> tuple[xr.Dataset, str]:
    """The design of every arm, and what it is in words.

    Without a ``[design]`` it is one run, the model as it stands.
    """
    table.only(_KEYS)
    if not table.values:
        return alike(1), "one run: the model as it stands"
    if ("vary" in table.values) == ("people" in table.values):
        table.wrong("a design has [design.vary] or [design.people], one of the two")
    n = table.count("n", 200, 2)
    sampler = table.text("sampler", "sobol")
    try:
        if "people" in table.values:
            return _people(table.table("people"), source, n, seed, sampler)
        kinds = _kinds(table.table("vary"), model)
        words = "; ".join(f"{key} ~ {kind}" for key, kind in kinds.items())
        found = design.sample(kinds, n=n, seed=seed, sampler=sampler)
        return found, f"{n:,} sets of parameters ({sampler}, seed {seed}): {words}"
    except ModelError:
        raise
    except ValueError as wrong:
        table.wrong(str(wrong))


def alike(runs: int) -> xr.Dataset:
    """A design in which all runs are alike."""
    import xarray as xr

    return xr.Dataset(coords={"sample": range(runs)})


def _people(table: Table, source: str, n: int, seed: int, sampler: str) -> tuple[xr.Dataset, str]:
    who = dict(table.values)
    try:
        found = design.population(source, n=n, seed=seed, people=who, sampler=sampler)
    except ValueError as wrong:  # a covariate that is none, or a model that knows no people
        table.wrong(f"virtual people: {wrong}")
    known = ", ".join(f"{key} {value}" for key, value in who.items()) or "as in the population"
    return found, f"{n:,} virtual people (seed {seed}): {known}"


def _kinds(table: Table, model: Model) -> dict[str, Distribution]:
    found = {}
    for key, given in table.values.items():
        try:
            if isinstance(given, list):
                low, high = given
                found[key] = uniform(low, high)
            else:
                found[key] = _around(model, key, str(given))
        except (TypeError, ValueError) as wrong:
            table.wrong(f"{key}: {wrong}", key)
    if not found:
        table.wrong('[design.vary] varies nothing; write k = [1, 2], or k = "k*lognormal(0, 0.3)"')
    return found


def _around(model: Model, key: str, text: str) -> Distribution:
    """A distribution; ``k*`` before it is the model's own value of k."""
    head, sign, rest = text.partition("*")
    if not sign or head.strip() != key:
        return distribution(text)
    part = model.part(key)
    formula: Any = getattr(part, "initial", None) or getattr(part, "value", None)
    if formula is None or formula.op != "number":
        raise ValueError(f"the model has no number for '{key}' to draw around")
    return float(formula.value) * distribution(rest.strip())
