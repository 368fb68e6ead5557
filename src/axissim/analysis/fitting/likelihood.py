"""The negative log-likelihood, as PEtab defines it, with slopes and Fisher's matrix."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from axissim.analysis.fitting.layout import Group, Source, layout_of
from axissim.analysis.fitting.priors import negative_log
from axissim.analysis.fitting.problem import Problem, plain
from axissim.analysis.fitting.simulation import Simulation, Solving
from axissim.model.expression import Expression, name, names, value
from axissim.model.passes import differentiate

_LN10 = math.log(10.0)
_KINK = 1e-6  # in noises: nearer to the tip of a Laplace distribution is on it


class Slopes(NamedTuple):
    """An objective with its slope and the curvature of Fisher's scoring, a row a set.

    ``objective`` (N,), ``gradient`` (N, P), ``curvature`` (N, P, P).
    """

    objective: Any
    gradient: Any
    curvature: Any


@dataclass(eq=False)
class Objective:
    """The objective of a problem, as a function of many sets of parameters at once.

    Parameters are given on their own scales, shape (N, P).  Where a run failed, or the noise is
    not above 0, the objective is inf.
    """

    problem: Problem
    solving: Solving = field(default_factory=Solving)

    @cached_property
    def simulation(self) -> Simulation:
        return Simulation(self.problem, layout_of(self.problem), self.solving)

    @cached_property
    def groups(self) -> tuple[_Formulas, ...]:
        return tuple(_Formulas(group) for group in self.simulation.layout.groups)

    def __call__(self, own: Any) -> Any:
        """The negative log-posterior of each set, shape (N,); without priors the likelihood's."""
        theta, slope = plain(self.problem.unknowns, np.atleast_2d(own))
        moved = self.simulation.values(theta)
        total = np.zeros(len(theta))
        for group in self.groups:
            total += group.objective(self, theta, moved)
        return _or_inf(total + self._priors(np.atleast_2d(own), theta, slope)[0])

    def likelihood(self, own: Any) -> Any:
        """The negative log-likelihood alone, without priors."""
        theta, slope = plain(self.problem.unknowns, np.atleast_2d(own))
        return self(own) - self._priors(np.atleast_2d(own), theta, slope)[0]

    def slopes(self, own: Any, *, expected: bool = False) -> Slopes:
        """The objective with its slopes on the parameters' own scales.

        The curvature is for a descent: for Laplace noise that of the parabola which touches the
        objective and lies above it; with `expected`, Fisher's information, which is the same for
        normal noise.
        """
        theta, turn = plain(self.problem.unknowns, np.atleast_2d(own))
        count, unknowns = theta.shape
        moved, moved_slopes = self.simulation.slopes(theta)
        total = np.zeros(count)
        gradient = np.zeros((count, unknowns))
        curvature = np.zeros((count, unknowns, unknowns))
        for group in self.groups:
            part = group.slopes(self, theta, moved, moved_slopes, turn, expected)
            total += part.objective
            gradient += part.gradient
            curvature += part.curvature
        prior, first, second = self._priors(np.atleast_2d(own), theta, turn)
        every = np.arange(unknowns)
        curvature[:, every, every] += second
        total = _or_inf(total + prior)
        lost = ~np.isfinite(gradient).all(axis=1) | ~np.isfinite(curvature).all(axis=(1, 2))
        total[lost] = np.inf
        return Slopes(total, gradient + first, curvature)

    def simulated(self, own: Any) -> tuple[Any, Any]:
        """What each measurement should have been, and its noise: (N, measurements) each."""
        theta, _ = plain(self.problem.unknowns, np.atleast_2d(own))
        moved = self.simulation.values(theta)
        shape = (len(theta), len(self.problem.measurements))
        expected, noise = np.empty(shape), np.empty(shape)
        for group in self.groups:
            env = group.env(self, theta, moved)
            for into, formula in ((expected, group.formula), (noise, group.noise)):
                found = value(formula, env, group.group.time)
                into[:, group.group.rows] = np.broadcast_to(found, (len(theta), group.count))
        return expected, noise

    def _priors(self, own: Any, theta: Any, turn: Any) -> tuple[Any, Any, Any]:
        total, first, second = np.zeros(len(own)), np.zeros_like(own), np.zeros_like(own)
        for at, unknown in enumerate(self.problem.unknowns):
            if unknown.prior is not None:
                columns = own[:, at], theta[:, at], turn[:, at]
                part, first[:, at], second[:, at] = negative_log(unknown.prior, *columns)
                total += part
        return total, first, second


def _or_inf(values: Any) -> Any:
    return np.where(np.isfinite(values), values, np.inf)


class _Formulas:
    """One observable's formulas with their derivatives, over its measurements."""

    def __init__(self, group: Group) -> None:
        self.group, self.count = group, len(group.rows)
        self.formula, self.noise = group.reading.formula, group.reading.noise
        self.leaves = sorted(names(self.formula, self.noise))
        by_leaf = differentiate([self.formula, self.noise], [name(leaf) for leaf in self.leaves])
        self.derivatives: tuple[Mapping[int, Expression], ...] = tuple(by_leaf)

    @property
    def read_by_formula(self) -> dict[str, Source]:
        """What the formula, not the noise, reads and does not move."""
        read = names(self.formula)
        return {key: source for key, source in self.group.given.items() if key in read}

    def env(self, objective: Objective, theta: Any, moved: Any) -> dict[str, Any]:
        """Every name's value, shape (N, m)."""
        group, quantities = self.group, objective.simulation.layout.quantities
        env = {key: source.values(theta) for key, source in group.given.items()}
        for leaf in self.leaves:
            if leaf not in env:
                at = quantities.index(leaf)
                env[leaf] = moved[:, group.experiment, group.moment, at]
        return env

    def objective(self, objective: Objective, theta: Any, moved: Any) -> Any:
        """The sum over its measurements, shape (N,)."""
        env = self.env(objective, theta, moved)
        expected = value(self.formula, env, self.group.time)
        noise = value(self.noise, env, self.group.time)
        with np.errstate(all="ignore"):
            residual, _, extra = self._residual(expected, noise)
            return np.broadcast_to(extra + self._cost(residual), (len(theta), self.count)).sum(1)

    def _residual(self, expected: Any, noise: Any) -> tuple[Any, Any, Any]:
        """Residuals in noises, their slope in what is expected, and the noise's own term."""
        measured, scale = self.group.value, self.group.reading.scale
        noise = np.where(noise > 0.0, noise, np.nan)
        turned, slope, jacobian = expected - measured, 1.0, 1.0
        if scale != "lin":
            base = _LN10 if scale == "log10" else 1.0
            turned = (np.log(expected) - np.log(measured)) / base
            slope, jacobian = 1.0 / (base * expected), base * measured
        width = math.sqrt(2.0 * math.pi) if self.group.reading.distribution == "normal" else 2.0
        return turned / noise, slope / noise, np.log(width * noise * jacobian)

    def _cost(self, residual: Any) -> Any:
        normal = self.group.reading.distribution == "normal"
        return 0.5 * residual**2 if normal else np.abs(residual)

    def slopes(
        self,
        objective: Objective,
        theta: Any,
        moved: Any,
        moved_slopes: Any,
        turn: Any,
        expected_curvature: bool,
    ) -> Slopes:
        """The sum with its slopes, on the parameters' own scales."""
        env, group = self.env(objective, theta, moved), self.group
        expected = value(self.formula, env, group.time)
        noise = value(self.noise, env, group.time)
        shape = (len(theta), self.count)
        with np.errstate(all="ignore"):
            residual, in_expected, extra = self._residual(expected, noise)
            normal = group.reading.distribution == "normal"
            first = residual if normal else np.sign(residual)
            in_noise = np.broadcast_to(1.0 / noise, shape)
            d_expected, d_noise = (
                self._chained(objective, env, derivatives, theta, moved_slopes, turn)
                for derivatives in self.derivatives
            )
            rows = np.broadcast_to(in_expected, shape)[..., None] * d_expected
            wide = in_noise[..., None] * d_noise
            total = np.broadcast_to(extra + self._cost(residual), shape).sum(axis=1)
            push = np.broadcast_to(first, shape)[..., None]
            pull = np.broadcast_to(1.0 - first * residual, shape)[..., None]
            gradient = (push * rows + pull * wide).sum(axis=1)
            weights = np.ones(shape)
            if not (normal or expected_curvature):
                weights = 1.0 / np.maximum(np.broadcast_to(np.abs(residual), shape), _KINK)
            curvature = np.swapaxes(rows * weights[..., None], 1, 2) @ rows
            curvature += (2.0 if normal else 1.0) * (np.swapaxes(wide, 1, 2) @ wide)
        return Slopes(total, gradient, curvature)

    def _chained(
        self,
        objective: Objective,
        env: Mapping[str, Any],
        derivatives: Mapping[int, Expression],
        theta: Any,
        moved_slopes: Any,
        turn: Any,
    ) -> Any:
        """A formula's slopes in the unknowns on their own scales, shape (N, m, P)."""
        group, quantities = self.group, objective.simulation.layout.quantities
        total = np.zeros((len(theta), self.count, theta.shape[1]))
        for at, formula in derivatives.items():
            outer = np.broadcast_to(value(formula, env, group.time), total.shape[:2])
            leaf = self.leaves[at]
            if leaf in group.given:
                places = group.given[leaf].unknowns
                rows = np.flatnonzero(places >= 0)
                total[:, rows, places[rows]] += outer[:, rows]
            else:
                inner = moved_slopes[:, group.experiment, group.moment, quantities.index(leaf)]
                total += outer[..., None] * inner
        return total * turn[:, None, :]
