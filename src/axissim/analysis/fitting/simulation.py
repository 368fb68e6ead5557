"""All experiments at many sets of parameters, and their slopes: one sweep a stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from axissim.analysis.fitting.lanes import BreakError, DerivedLanes, Lanes, Solving
from axissim.analysis.fitting.layout import Layout, Stage, rest
from axissim.analysis.fitting.problem import Problem

_STEP = 1e-4  # of central differences, as a share of the parameter
_SETTLED = 1e-6  # a state at rest moves less than this share in the second half of its time


@dataclass(frozen=True)
class Begun:
    """States that begin where a condition before left them, and their slopes in the unknowns.

    ``values`` (N, experiments), ``slopes`` (N, experiments, P), by id.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    slopes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Simulation:
    """The experiments of a problem as a function of plain parameters.

    Attributes
    ----------
    runs, failed : int
        How many have been made, and how many of them failed; one with slopes counts once.
    analytic : bool
        Whether slopes are those of the sensitivity equations; else central differences, because
        the equations do not hold for a parameter (see `axissim.analysis.sensitivity`).
    """

    problem: Problem
    layout: Layout
    solving: Solving
    runs: int = 0
    failed: int = 0
    analytic: bool = True
    _prepared: dict[Any, Any] = field(default_factory=dict)

    def values(self, theta: Any, times: Any = None) -> Any:
        """What moves, at plain parameters of shape (N, P).

        Returns
        -------
        (N, experiments, times, quantities) array
            NaN where a run failed.
        """
        lay, times = self.layout, self.layout.times if times is None else times
        shape = (len(theta), len(lay.experiments), len(times), len(lay.quantities))
        out = np.full(shape, np.nan)
        begun = self._rested(theta, False)
        for stage in lay.stages:
            out[:, stage.experiments] = self._run(theta, stage, times, lay.quantities, begun)[0]
        return out

    def slopes(self, theta: Any) -> tuple[Any, Any]:
        """`values`, and their slopes in the parameters along one more axis at the end."""
        if not self.analytic:
            return self._differences(theta)
        out = self.values(theta)
        try:
            slopes = self._derived(theta)
        except BreakError:
            self.analytic = False
            return self._differences(theta)
        # differences for sets that can be run, but not with their sensitivities
        lost = ~np.isfinite(slopes).all(axis=(1, 2, 3, 4)) & np.isfinite(out).all(axis=(1, 2, 3))
        if lost.any():
            slopes[lost] = self._differences(theta[lost])[1]
        return out, slopes

    def _derived(self, theta: Any) -> Any:
        """By the sensitivity equations, at a tolerance that is good enough for slopes."""
        lay = self.layout
        shape = (len(theta), len(lay.experiments), len(lay.times), len(lay.quantities))
        slopes = np.full((*shape, theta.shape[1]), np.nan)
        begun = self._rested(theta, True)
        for stage in lay.stages:
            at = stage.experiments
            slopes[:, at] = self._run(theta, stage, lay.times, lay.quantities, begun, True)[1]
        return slopes

    def _differences(self, theta: Any) -> tuple[Any, Any]:
        """By central differences, all of them in one sweep."""
        count, unknowns = theta.shape
        steps = _STEP * np.where(theta != 0.0, np.abs(theta), 1.0)
        shifted = np.repeat(theta[:, None], 2 * unknowns + 1, axis=1)
        for at in range(unknowns):
            shifted[:, 1 + 2 * at, at] += steps[:, at]
            shifted[:, 2 + 2 * at, at] -= steps[:, at]
        found = self.values(shifted.reshape(-1, unknowns))
        found = found.reshape(count, 2 * unknowns + 1, *found.shape[1:])
        rise = found[:, 1::2] - found[:, 2::2]
        run = (shifted[:, 1::2] - shifted[:, 2::2]).sum(axis=2)[..., None, None, None]
        return found[:, 0], np.moveaxis(rise / run, 1, -1)

    def _rested(self, theta: Any, slopes: bool) -> Begun:
        """Each state at rest in the conditions before, NaN without one; none if there are none."""
        lay = self.layout
        if not lay.earlier:
            return Begun()
        end = rest(lay.times)
        states = tuple(state.id for state in self.problem.model.states)
        found = np.full((len(theta), len(lay.experiments), len(states)), np.nan)
        turned = np.full((*found.shape, theta.shape[1]), np.nan)
        for stage in lay.earlier:
            times, at = np.array([0.0, 0.5 * end, end]), stage.experiments
            out, sloped = self._run(theta, stage, times, states, Begun(), slopes)
            half, full = out[:, :, 1], out[:, :, 2]
            size = np.abs(full) + 1e-9 * np.max(np.abs(full), axis=2, keepdims=True, initial=0.0)
            moved = np.any(~(np.abs(full - half) <= _SETTLED * size + 1e-300), axis=2)
            found[:, at] = np.where(moved[..., None], np.nan, full)
            if slopes:
                turned[:, at] = sloped[:, :, 2]
        return Begun(
            {key: found[..., i] for i, key in enumerate(states)},
            {key: turned[..., i, :] for i, key in enumerate(states)} if slopes else {},
        )

    def _run(
        self,
        theta: Any,
        stage: Stage,
        times: Any,
        outputs: tuple[str, ...],
        begun: Begun,
        slopes: bool = False,
    ) -> tuple[Any, Any]:
        """All sets of parameters by all experiments of a stage: values, and slopes if wanted."""
        own = stage.experiments
        columns = {key: source.values(theta) for key, source in stage.sets.items()}
        left = [key for key in begun.values if stage.rested and key not in columns]
        columns |= {key: begun.values[key][:, own] for key in left}
        shape, size = (len(theta), len(own)), len(theta) * len(own)
        matrix = np.empty((size, len(columns)))
        for at, column in enumerate(columns.values()):
            matrix[:, at] = np.broadcast_to(column, shape).ravel()
        good = np.flatnonzero(np.isfinite(matrix).all(axis=1))
        moving = [key for key, source in stage.sets.items() if np.any(source.unknowns >= 0)] + left
        out: Any = np.full((size, len(times), len(outputs)), np.nan)
        turned = np.full((*out.shape, len(moving)), np.nan) if slopes else None
        if good.size:
            ready = self._ready(stage, tuple(columns), moving, matrix[good[0]], times, outputs,
                                slopes)  # fmt: skip
            if slopes and moving:
                assert turned is not None
                out[good], turned[good], well = ready(matrix[good])
            else:
                out[good], well = ready(matrix[good])
            self.failed += int((~well).sum())
        self.runs += size
        out = out.reshape(*shape, len(times), len(outputs))
        if turned is None:
            return out, None
        turned = turned.reshape(*out.shape, len(moving))
        return out, self._chained(theta, stage, turned, moving, begun)

    def _ready(
        self,
        stage: Stage,
        keys: tuple[str, ...],
        moving: list[str],
        row: Any,
        times: Any,
        outputs: tuple[str, ...],
        slopes: bool,
    ) -> Any:
        """What can be kept of a stage's runs between calls."""
        known = (id(stage), keys, outputs, slopes, times.tobytes())
        if known not in self._prepared:
            finite = np.where(np.isfinite(times), times, rest(times))
            model, protocol = self.problem.model, self.problem.protocol
            if slopes and moving:
                self._prepared[known] = DerivedLanes(
                    model, keys, moving, row, finite, outputs, protocol, self.solving
                )
            else:
                self._prepared[known] = Lanes(
                    model, keys, row, finite, outputs, protocol, self.solving
                )
        return self._prepared[known]

    def _chained(
        self, theta: Any, stage: Stage, turned: Any, moving: list[str], begun: Begun
    ) -> Any:
        """Slopes in the unknowns from those in what is set and in where states begin."""
        total = np.zeros((*turned.shape[:-1], theta.shape[1]))
        for at, key in enumerate(moving):
            if key in stage.sets:
                places = stage.sets[key].unknowns
                for row, place in enumerate(places):
                    if place >= 0:
                        total[:, row, :, :, place] += turned[:, row, ..., at]
            else:
                inner = begun.slopes[key][:, stage.experiments]
                total += turned[..., at, None] * inner[:, :, None, None, :]
        return total


__all__ = ["Simulation", "Solving"]
