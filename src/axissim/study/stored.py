"""A sweep whose results go into a store, and are audited there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.model.model import Model
from axissim.solve.work import OK
from axissim.study.audit import FINER, Report
from axissim.study.audit import audit as audit_of
from axissim.study.blockwise import Part, Study
from axissim.study.dataset import model_hash
from axissim.study.layout import Layout
from axissim.study.retry import members, retry
from axissim.study.store import open as open_store
from axissim.study.streaming import stream
from axissim.study.summaries import Summary
from axissim.study.summaries import summaries as read_summaries
from axissim.study.summed import counted, distinct, needed, summed_up

if TYPE_CHECKING:
    import xarray as xr

_PATIENCE = 20_000  # steps of LSODA before Radau is asked


@dataclass(frozen=True)
class Sweeping:
    """A sweep that waits for its design; it can be sent to another process.

    `sweep` is `axissim.sweep`, and `asked` what it is asked beside model, design and times.
    """

    sweep: Callable[..., xr.Dataset]
    model: Model
    times: Any
    threads: int | None
    asked: Mapping[str, Any]

    @property
    def summed(self) -> tuple[Summary, ...]:
        """What runs are summed up in; nothing if trajectories are kept."""
        return read_summaries(self.asked["summaries"], self.model.by_id)

    @property
    def keeps_runs(self) -> bool:
        """Whether anything is kept of single runs, not bands over all of them alone."""
        return not self.summed or not all(summary.levels for summary in self.summed)

    def __call__(self, design: xr.Dataset) -> Part:
        summed = self.summed
        asked = dict(self.asked)
        if summed:
            asked |= {"outputs": needed(summed, asked["outputs"]), "summaries": ()}
        ds = self.sweep(self.model, design, t=self.times, threads=self.threads, **asked)
        if not summed:
            return Part(ds)
        dims = tuple(str(dim) for dim in ds["status"].dims)
        distinct(summed, ds.coords)
        bands = counted(ds, summed)
        return Part(summed_up(ds, summed, dims, bands), bands)

    def finer(self, design: xr.Dataset, method: str = "scipy:LSODA") -> xr.Dataset:
        """The same by SciPy, at a finer tolerance."""
        atol = self.asked["atol"]
        if isinstance(atol, Mapping):
            atol = {key: value / FINER for key, value in atol.items()}
        elif atol is not None:
            atol = atol / FINER
        asked = {
            **self.asked, "method": method, "rtol": self.asked["rtol"] / FINER,
            "atol": atol, "max_steps": 100 * self.asked["max_steps"], "step": None,
        }  # fmt: skip
        if method == "scipy:LSODA":
            asked["max_steps"] = min(asked["max_steps"], _PATIENCE)
        return self.sweep(self.model, design, t=self.times, threads=1, **asked)


def stored(
    sweeping: Sweeping,
    design: xr.Dataset,
    path: str | Path,
    dtype: str,
    force: bool,
    watch: Callable[[int], None] | None,
    cluster: str,
    again: bool,
    audit: float,
) -> xr.Dataset:
    """Sweep into the store at `path` and audit it; see `axissim.sweep`."""
    study = _study(sweeping, design, dtype)
    if again:
        ds = retry(study, path, watch)
    else:
        ds = stream(study, path, force=force, watch=watch, cluster=cluster)
    complete = json.loads(ds.attrs["config"])["complete"]
    done_before = "audit" in ds.attrs and not again
    if not audit or not complete or done_before or not sweeping.keeps_runs:
        return ds
    report = _audited(sweeping, design, ds, audit)
    ds.close()
    Layout(path).finish({"audit": json.dumps(report.told(), sort_keys=True)})
    return open_store(path)


def _audited(sweeping: Sweeping, design: xr.Dataset, ds: xr.Dataset, share: float) -> Report:
    """Some runs of a store made again by SciPy."""

    def rerun(rows: Any) -> xr.Dataset:
        runs = members(design, rows)
        truth = sweeping.finer(runs)
        left = np.flatnonzero(truth["status"].values != OK)
        if left.size:  # LSODA does not get on, beside a singularity, say, where Radau does
            again = sweeping.finer(runs.isel(sample=left), "scipy:Radau")
            for key in again.data_vars:
                if "sample" in again[key].dims:
                    truth[key].values[left] = again[key].values
        return truth

    rtol = sweeping.asked["rtol"]
    points = None if (ds["status"].values == OK).all() else _points(design)
    return audit_of(ds, rerun, rtol=rtol, points=points, share=share)


def _points(design: xr.Dataset) -> Any:
    """What the design sets in each run, for samples; of a grid neighbours are in its order."""
    if len(design.sizes) != 1 or not design.data_vars:
        return None
    (dim,) = design.sizes
    columns = [v.values for v in design.data_vars.values() if v.dims == (dim,)]
    return np.column_stack(columns) if columns else None


def _study(sweeping: Sweeping, design: xr.Dataset, dtype: str) -> Study:
    """A sweep as what a store is for."""
    model, asked = sweeping.model, sweeping.asked
    outputs = asked["outputs"]
    if sweeping.summed:
        outputs = needed(sweeping.summed, outputs)
    moving = len(outputs) if outputs is not None else len(model.states) + len(model.observables)
    facts = {
        "model": model_hash(model),
        "model_id": model.id,
        "times": [float(time) for time in sweeping.times],
        "protocol": [str(action) for action in asked["protocol"]],
        **{key: _told(value) for key, value in asked.items() if key != "protocol"},
    }
    bytes_of_run = 8 * (len(sweeping.times) + 1) * max(moving, 1)
    return Study(design, sweeping, facts, bytes_of_run, dtype)


def _told(value: Any) -> Any:
    """A setting as a plain value."""
    if isinstance(value, Mapping):
        return {
            str(key): held if isinstance(held, str) else float(held) for key, held in value.items()
        }
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
