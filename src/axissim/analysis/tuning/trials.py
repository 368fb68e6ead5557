"""Trials: candidates times people, run as sweeps in parts that fit in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.tuning.levers import Lever
from axissim.analysis.tuning.readouts import ReadOut, needed_outputs, needed_times, read
from axissim.model.expression import Expression, value
from axissim.model.model import Model
from axissim.solve.work import OK
from axissim.study.dataset import free_names
from axissim.study.sweep import sweep

if TYPE_CHECKING:
    import xarray as xr

_ROOM = 48 << 20  # bytes of trajectories held at once


@dataclass(frozen=True)
class Outcome:
    """What came of candidates in people.

    Attributes
    ----------
    values : (candidates, people, read-outs) array
        NaN where a run failed, or has no such number.
    ok : (candidates, people) array of bool
        Whether the run came to its end.
    """

    values: Any
    ok: Any

    def joined(self, other: Outcome) -> Outcome:
        """This and the candidates of another, in the same people."""
        return Outcome(
            np.concatenate([self.values, other.values]), np.concatenate([self.ok, other.ok])
        )


def mean_of(values: Any) -> Any:
    """The mean over people, axis 1, of those who have a number; NaN where nobody has."""
    there = ~np.isnan(values)
    with np.errstate(all="ignore"):
        return np.where(there, values, 0.0).sum(axis=1) / there.sum(axis=1)


@dataclass
class Trials:
    """A model, what may be set in it, and what is read of it.

    Attributes
    ----------
    people : dict
        Of each person, name to array (people,): what the design sets and what is known.
    derived : dict
        Name to a formula of levers and of what is known of people.
    set_names : frozenset of str
        Of levers, derived quantities and people: what the model or the protocol reads.
    options : dict
        Arguments of `axissim.sweep`.
    watch : callable, optional
        Is told how many runs have been made.
    runs, failed : int
        How many have been made so far, and how many of them failed.
    """

    model: Model
    levers: tuple[Lever, ...]
    read_outs: tuple[ReadOut, ...]
    times: Any
    people: Mapping[str, Any]
    count: int
    derived: Mapping[str, Expression]
    set_names: frozenset[str]
    options: Mapping[str, Any]
    watch: Callable[[int], None] | None = None
    runs: int = 0
    failed: int = 0
    first: xr.Dataset | None = field(default=None, repr=False)

    def outcome(self, settings: Any, people: Any) -> Outcome:
        """Run candidates (candidates, levers) in some people, by their indices."""
        env = self._env(settings, people)
        shape = len(settings), len(people)
        times, outputs = needed_times(self.read_outs, self.times), needed_outputs(self.read_outs)
        part = max(64, _ROOM // (8 * len(times) * len(outputs)))
        values, ok = [], []
        for at in range(0, shape[0] * shape[1], part):
            here = {key: column[at : at + part] for key, column in env.items()}
            ds = self._swept(here, times, outputs)
            well = ds["status"].values == OK
            called = free_names(outputs, set(ds.coords) - {"time"})
            found = read(self.read_outs, times, {k: ds[called[k]].values for k in outputs}, here)
            values.append(np.where(well[:, None], found, np.nan))
            ok.append(well)
        flat, well = np.concatenate(values), np.concatenate(ok)
        self.failed += int((~well).sum())
        return Outcome(flat.reshape(*shape, -1), well.reshape(shape))

    def _env(self, settings: Any, people: Any) -> dict[str, Any]:
        """Everything that is set or known, name to (candidates * people,) array."""
        candidates = len(settings)
        found = {key: np.tile(column[people], candidates) for key, column in self.people.items()}
        for at, lever in enumerate(self.levers):
            found[lever.name] = np.repeat(settings[:, at], len(people))
        for key, formula in self.derived.items():
            found[key] = np.broadcast_to(value(formula, found), candidates * len(people))
            if not np.all(np.isfinite(found[key])):
                raise ValueError(f"'{key}' is not a finite number for every lever and person")
        return found

    def _swept(self, env: Mapping[str, Any], times: Any, outputs: Sequence[str]) -> xr.Dataset:
        import xarray as xr

        columns = {key: ("sample", env[key]) for key in sorted(self.set_names)}
        before = self.runs

        def told(done: int) -> None:
            if self.watch is not None:
                self.watch(before + done)

        ds = sweep(
            self.model, xr.Dataset(columns), t=times, outputs=outputs, watch=told, **self.options
        )
        if (ds["status"].values == 0).any():
            raise KeyboardInterrupt
        self.runs += ds.sizes["sample"]
        self.first = ds.isel(sample=slice(0, 1)) if self.first is None else self.first
        return ds
