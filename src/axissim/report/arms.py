"""The runs of a study: each arm swept into a store of its own, and read off."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.report.population import alike
from axissim.report.stated import Arm, Study
from axissim.solve.work import OK
from axissim.study.plan import variables
from axissim.study.summaries import reduced, within
from axissim.study.sweep import sweep

if TYPE_CHECKING:
    import xarray as xr

_PART = 2_000  # runs that are read off at once


@dataclass(frozen=True)
class Ran:
    """An arm that has run.

    Attributes
    ----------
    arm : Arm
    ds : xarray.Dataset
        Its store, read when asked.
    values : dict
        Read-out to (runs,) array, NaN where a run failed.
    status : dict
        How many runs ended how.
    audit : dict
        What SciPy found, or empty.
    """

    arm: Arm
    ds: xr.Dataset
    values: Mapping[str, Any]
    status: Mapping[str, int]
    audit: Mapping[str, Any]

    @property
    def failed(self) -> int:
        return sum(count for word, count in self.status.items() if word != "ok")

    @property
    def runs(self) -> int:
        return sum(self.status.values())


def run_arms(
    study: Study,
    folder: Path,
    *,
    force: bool,
    threads: int | None = None,
    watch: Callable[[int], None] | None = None,
) -> list[Ran]:
    """Run every arm into ``folder/NAME.zarr``, or go on where an earlier call ended.

    Raises
    ------
    KeyboardInterrupt
        If it was interrupted; what is done stays, and the same call goes on.
    ValueError
        If a store there is of another study, without `force`.
    """
    found = []
    each = study.people
    for at, arm in enumerate(study.arms):
        hears = (lambda done, before=at * each: watch(before + done)) if watch else None
        ds = _run(study, arm, folder / f"{arm.name}.zarr", force, threads, hears)
        if not json.loads(ds.attrs["config"])["complete"]:
            raise KeyboardInterrupt
        found.append(_read(study, arm, ds))
    return found


def _run(
    study: Study,
    arm: Arm,
    store: Path,
    force: bool,
    threads: int | None,
    watch: Callable[[int], None] | None,
) -> xr.Dataset:
    needed = [key for one in study.readouts for key in one.summary.outputs]
    asked: dict[str, Any] = {
        "t": study.times,
        "params": {**study.params, **arm.params},
        "init": {**study.init, **arm.init},
        "protocol": list(arm.protocol),
        "outputs": list(dict.fromkeys([*needed, *study.courses])),
        "threads": threads,
        "audit": study.audit,
        "watch": watch,
        **study.options,
    }
    store.parent.mkdir(parents=True, exist_ok=True)
    design = _design(study, arm)
    try:
        return sweep(study.model, design, store=store, **asked)
    except ValueError:
        if not (force and store.exists()):
            raise
        return sweep(study.model, design, store=store, force=True, **asked)


def _design(study: Study, arm: Arm) -> xr.Dataset:
    """The study's design, without names that only the protocols of other arms read."""
    known = {*study.model.by_id, *variables(arm.protocol), *study.design.coords}
    left = study.design.drop_vars([key for key in study.design.variables if key not in known])
    return left if left.data_vars else alike(study.people)


def _read(study: Study, arm: Arm, ds: xr.Dataset) -> Ran:
    """The numbers of an arm's runs."""
    times, runs = ds["time"].values, ds.sizes["sample"]
    status = ds["status"].values
    parts: dict[str, list[Any]] = {one.name: [] for one in study.readouts}
    for begun in range(0, runs, _PART):
        part = ds.isel(sample=slice(begun, begun + _PART))
        courses = {str(key): part[key].values for key in part.data_vars if "time" in part[key].dims}
        for one in study.readouts:
            seen = within(times, *one.over)
            cut = {key: courses[key][:, seen] for key in one.summary.outputs}
            parts[one.name].append(reduced([one.summary], times[seen], cut)[one.name])
    values = {key: np.where(status == OK, np.concatenate(v), np.nan) for key, v in parts.items()}
    words = str(ds["status"].attrs["flag_meanings"]).split()
    counts = np.bincount(status, minlength=len(words))
    ended = {word: int(n) for word, n in zip(words, counts, strict=True) if n}
    return Ran(arm, ds, values, ended, json.loads(ds.attrs.get("audit", "{}")))
