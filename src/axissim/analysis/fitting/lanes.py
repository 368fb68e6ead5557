"""Sweeps and their derivatives for callers that ask often: all that does not vary is done once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from axissim.analysis.directional.posed import BreakError, pose, stepped
from axissim.analysis.directional.posed import Solving as Directed
from axissim.analysis.directional.runs import derived, jumps
from axissim.model.model import Model
from axissim.solve.work import OK
from axissim.study.choice import choose, runs_of
from axissim.study.plan import planned
from axissim.study.protocol import read
from axissim.study.question import question_of
from axissim.study.solving import solved
from axissim.study.steady_doses import protocol_jumps

_FEW = 32  # runs that are done before a second thread has begun

_SLOPES = 1e-6  # the tolerance of runs with derivatives: a slope need not be finer
_PATIENCE = 3_000  # steps of a run with derivatives, after which differences are cheaper


@dataclass(frozen=True)
class Solving:
    """How runs are solved: as `axissim.sweep` takes it.

    A tolerance of 1e-8 keeps an objective smooth enough for its slopes.
    """

    method: str = "rodas5p"
    rtol: float = 1e-8
    atol: float | Mapping[str, float] | None = None
    max_steps: int = 20_000
    threads: int | None = None

    @property
    def told(self) -> dict[str, Any]:
        """What decides a result, for its attributes."""
        atol = dict(self.atol) if isinstance(self.atol, Mapping) else self.atol
        return {"method": self.method, "rtol": self.rtol, "atol": atol, "max_steps": self.max_steps}


class Lanes:
    """Runs of a model that differ in some quantities, as arrays.

    Parameters
    ----------
    keys : sequence of str
        Ids of parameters, and of states, whose value at the start is meant.
    row : sequence of float
        Values of these, of any run.
    times : (T,) array
    outputs : sequence of str
        Ids that move.
    protocol : optional
        As `axissim.sweep` has it, alike for all runs.
    """

    def __init__(
        self,
        model: Model,
        keys: Sequence[str],
        row: Sequence[float],
        times: Any,
        outputs: Sequence[str],
        protocol: Any,
        solving: Solving,
    ) -> None:
        self.solving = solving
        design, actions = _one_run(keys, row), read(protocol)
        self.plan = planned(model, design, actions, times).with_outputs(tuple(outputs))
        self.question = question_of(self.plan, design, np.asarray(times), {}, {}, list(outputs))
        self.choice = choose(
            self.question, solving.method, solving.rtol, solving.atol, solving.max_steps
        )
        self.acted = bool(actions)

    def __call__(self, matrix: Any) -> tuple[Any, Any]:
        """Solve the runs of a matrix, a row a run.

        Returns
        -------
        (N, T, outputs), (N,) arrays
            Values, NaN from where a run failed, and which went well.
        """
        choice = self.choice
        question = replace(self.question, design=np.ascontiguousarray(matrix, float))
        runs = runs_of(
            question, question.design, question.times, question.picked, choice.rtol, choice.atol,
            choice.max_steps,
        )  # fmt: skip
        if self.acted:
            runs = runs._replace(**protocol_jumps(self.plan, question, choice)._asdict())
        threads = 1 if len(matrix) <= _FEW else self.solving.threads
        _, complete = solved(question.kernel, choice, runs, self.solving.max_steps, threads)
        if not complete:
            raise KeyboardInterrupt
        return runs.out, runs.status == OK


class DerivedLanes:
    """The same runs with the derivatives along some of the quantities.

    Raises
    ------
    BreakError
        Where the sensitivity equations do not hold.
    """

    def __init__(
        self,
        model: Model,
        keys: Sequence[str],
        directions: Sequence[str],
        row: Sequence[float],
        times: Any,
        outputs: Sequence[str],
        protocol: Any,
        solving: Solving,
    ) -> None:
        rtol, most = max(solving.rtol, _SLOPES), min(solving.max_steps, _PATIENCE)
        how = Directed(solving.method, rtol, solving.atol, most, solving.threads)
        self.solving = how
        self.posed = pose(
            model, tuple(directions), _one_run(keys, row), np.asarray(times), tuple(outputs), {},
            read(protocol), how, spread=0.01,
        )  # fmt: skip
        self.row = self.posed.question.design[: self.posed.turns]
        at = {key: i for i, key in enumerate(self.posed.columns)}
        self.columns = [at[key] for key in keys]
        line = self.posed.plan.timeline
        moves = bool(line.resets or line.steadies)  # jumps that depend on the values
        self.jumps = None if moves else jumps(self.posed, 1)

    def __call__(self, matrix: Any) -> tuple[Any, Any, Any]:
        """Solve the runs of a matrix, a row a run, a column a key.

        Returns
        -------
        (N, T, outputs), (N, T, outputs, directions), (N,) arrays
        """
        turns = self.posed.turns
        whole = np.tile(self.row, (len(matrix), 1))
        whole[:, self.columns] = np.repeat(matrix, turns, axis=0)
        whole = stepped(self.posed, whole)
        question = replace(self.posed.question, design=whole)
        threads = 1 if len(whole) <= _FEW else self.solving.threads
        how = replace(self.solving, threads=threads)
        found = derived(replace(self.posed, question=question), how, self.jumps)
        if not found.complete:
            raise KeyboardInterrupt
        return found.values, found.jacobian, np.all(found.status == OK, axis=1)


def _one_run(keys: Sequence[str], row: Sequence[float]) -> Any:
    """A design of one run."""
    import xarray as xr

    pairs = zip(keys, row, strict=True)
    return xr.Dataset({key: ("sample", np.array([value], float)) for key, value in pairs})


__all__ = ["BreakError", "DerivedLanes", "Lanes", "Solving"]
