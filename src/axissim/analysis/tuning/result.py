"""The Dataset of a tuning: candidates, how they score, the front, and the reasons."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.tuning.front import OF_EACH, wilson
from axissim.analysis.tuning.search import Level, Search
from axissim.analysis.tuning.targets import Cost, Target
from axissim.analysis.tuning.trials import Trials, mean_of
from axissim.model.model import Model
from axissim.model.units import spelled

if TYPE_CHECKING:
    import xarray as xr

DISCLAIMER = "What it finds is a hypothesis for study; not medical advice."
_QUANTILES = (0.05, 0.95)


def result(
    search: Search,
    costs: Sequence[Cost],
    kept: Any,
    best: int,
    why: tuple[Any, Any, Any],
    config: Mapping[str, Any],
) -> xr.Dataset:
    """Label it all.

    Parameters
    ----------
    kept : array of int
        The front, as candidates.
    best : int
        As a row of the last level.
    why : tuple of arrays
        Of `reasons`.
    """
    import xarray as xr

    trials, targets = search.trials, search.targets
    reading = np.full((trials.count, len(trials.read_outs)), np.nan)
    reading[search.level.people] = search.level.outcome.values[best]
    names = [one.name for one in trials.read_outs]
    slope, elasticity, agree = why
    per = ("lever", "read_out")
    ds = xr.Dataset(
        {
            "setting": (("candidate", "lever"), search.settings, {"long_name": "Setting"}),
            "stage": ("candidate", search.stage, {"long_name": "Round of the search, 0 the first"}),
            **_scores(search.levels, len(search.places)),
            **_over_people(search.levels, len(search.places)),
            "reading": (("person", "read_out"), reading, _about("Of the best")),
            "slope": (per, slope, _about("Change of the mean per unit of the lever")),
            "elasticity": (per, elasticity, _about("Per cent for one per cent of the lever")),
            "agree": (per, agree, _about("Share of people in whom the change has that sign")),
            **_people(trials),
        },
        coords=_coordinates(trials, targets, names),
    )  # fmt: skip
    flag = np.zeros(len(search.places), np.int8)
    flag[kept] = 1
    ds["front"] = ("candidate", flag, {"long_name": "On the front of those run in most people"})
    chosen = int(search.level.rows[best])
    return ds.assign_attrs(_provenance(trials, targets, costs, chosen, config))


def _coordinates(trials: Trials, targets: Sequence[Target], names: Sequence[str]) -> dict[str, Any]:
    return {
        "lever": [lever.name for lever in trials.levers],
        "target": names[: len(targets)],
        "cost": names[len(targets) :],
        "read_out": names,
        "lever_units": ("lever", [_unit(trials.model, lever.name) for lever in trials.levers]),
        "read_out_units": ("read_out", [one.unit for one in trials.read_outs]),
        "of_run": (
            "read_out",
            np.array([one.summary is not None for one in trials.read_outs], np.int8),
            _about("1 read of the run, 0 of what is set"),
        ),
        "read_out_text": ("read_out", [one.text for one in trials.read_outs]),
        "low": ("target", [target.low for target in targets]),
        "high": ("target", [target.high for target in targets]),
        "hard": ("target", np.array([target.hard for target in targets], np.int8)),
    }


def _about(name: str) -> dict[str, str]:
    return {"long_name": name}


def _scores(levels: Sequence[Level], candidates: int) -> dict[str, Any]:
    """Of each candidate, in as many people as it was run in."""
    first = levels[0].scores
    parts = {key: _blank(getattr(first, key), candidates) for key in OF_EACH}
    people = np.zeros(candidates, int)
    for level in levels:
        people[level.rows] = level.scores.people
        for key, part in parts.items():
            part[level.rows] = getattr(level.scores, key)
    low, high = wilson(parts["hits"], people)
    inside_low, inside_high = wilson(parts["inside"], people[:, None])
    over_low, over_high = wilson(parts["violated"], people)
    violated = parts["violated"] / people
    one, each = "candidate", ("candidate", "target")
    return {
        "miss": (one, parts["miss"], _about("Mean distance outside the bands, 0 to 1")),
        "cost_mean": (("candidate", "cost"), parts["costs"], _about("Mean over people")),
        "share": (one, parts["hits"] / people, _about("Share of people in all bands")),
        "share_low": (one, low, _about("Lower end of its 95 % interval (Wilson)")),
        "share_high": (one, high, _about("Upper end of its 95 % interval (Wilson)")),
        "inside": (each, parts["inside"] / people[:, None], _about("Share of people in each band")),
        "inside_low": (each, inside_low, _about("Lower end of its 95 % interval (Wilson)")),
        "inside_high": (each, inside_high, _about("Upper end of its 95 % interval (Wilson)")),
        "violated": (one, violated, _about("Share of people outside a hard band")),
        "violated_low": (one, over_low, _about("Lower end of its 95 % interval (Wilson)")),
        "violated_high": (one, over_high, _about("Upper end of its 95 % interval (Wilson)")),
        "failed": (one, parts["failed"], _about("Runs that failed")),
        "people": (one, people, _about("People the candidate was run in")),
    }


def _blank(like: Any, count: int) -> Any:
    return np.zeros((count, *like.shape[1:]), like.dtype)


def _over_people(levels: Sequence[Level], candidates: int) -> dict[str, Any]:
    """Mean and quantiles of each read-out of each candidate."""
    found = {}
    for name, words, of in (
        ("value", "Mean over people", mean_of),
        ("value_low", "5 % quantile over people", lambda x: _quantile(x, _QUANTILES[0])),
        ("value_high", "95 % quantile over people", lambda x: _quantile(x, _QUANTILES[1])),
    ):
        numbers = np.full((candidates, levels[0].outcome.values.shape[2]), np.nan)
        for level in levels:
            numbers[level.rows] = of(level.outcome.values)
        found[name] = (("candidate", "read_out"), numbers, _about(words))
    return found


def _quantile(values: Any, share: float) -> Any:
    """Over people, of those who have a number; NaN where nobody has."""
    order = np.sort(values, axis=1)  # NaN last
    count = (~np.isnan(values)).sum(axis=1)
    place = share * np.maximum(count - 1, 0)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, np.maximum(count - 1, 0))
    low, high = (np.take_along_axis(order, at[:, None], axis=1)[:, 0] for at in (below, above))
    return low + (place - below) * (high - low)


def _people(trials: Trials) -> dict[str, Any]:
    return {f"person_{key}": ("person", column) for key, column in trials.people.items()}


def _unit(model: Model, key: str) -> str:
    part = model.by_id.get(key)
    return spelled(model, part.unit) if part is not None else ""


def _provenance(
    trials: Trials,
    targets: Sequence[Target],
    costs: Sequence[Cost],
    best: int,
    config: Mapping[str, Any],
) -> dict[str, Any]:
    first, seed = trials.first, config["seed"]
    assert first is not None
    of_runs = json.loads(first.attrs["config"])
    told = {
        "levers": [asdict(lever) for lever in trials.levers],
        "targets": [_plain(asdict(target)) for target in targets],
        "costs": [_plain(asdict(cost)) for cost in costs],
        "derived": dict(config["derived"]),
        "complete": config["complete"],
        "search": {key: config[key] for key in ("n", "rounds", "screen", "finalists", "tolerate")},
        **{key: of_runs[key] for key in ("method", "rtol", "max_steps", "set", "protocol")},
    }
    kept = ("Conventions", "title", "source", "model_id", "model_hash", "versions", "created")
    return {
        **{key: first.attrs[key] for key in kept},
        "kind": "tuning",
        "best": best,
        "runs": trials.runs,
        "failed_runs": trials.failed,
        **({"seed": int(seed)} if isinstance(seed, (int, np.integer)) else {}),
        "config": json.dumps(told, sort_keys=True),
        "disclaimer": DISCLAIMER,
    }


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    """Without what is infinite, which JSON has not, or left out."""
    return {
        k: v
        for k, v in told.items()
        if v not in (None, "") and not (isinstance(v, float) and np.isinf(v))
    }
