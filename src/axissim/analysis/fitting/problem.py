"""What is fitted: a model, what is not known of it, and what was measured, as frozen values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from axissim.analysis.fitting.priors import Prior
from axissim.model.expression import Expression, names, number, value
from axissim.model.model import Implicit, Model, Observable, suggestion

SCALES = ("lin", "log", "log10")
DISTRIBUTIONS = ("normal", "laplace")


@dataclass(frozen=True)
class Unknown:
    """A parameter to be found.

    Attributes
    ----------
    id : str
        Of a parameter or a state (its value at the start) of the model, or a name that
        conditions, observables or noise formulas read.
    low, high : float
        Its bounds, as plain values.
    scale : "lin", "log" or "log10"
        On which it is searched for, and on which starts are spread evenly.
    nominal : float
        A value to compare with; NaN if there is none.
    prior : Prior, optional
        Left out, even between the bounds on its scale.
    """

    id: str
    low: float
    high: float
    scale: str = "log10"
    nominal: float = math.nan
    prior: Prior | None = None
    name: str = ""
    unit: str = ""

    def __post_init__(self) -> None:
        if self.scale not in SCALES:
            raise ValueError(f"'{self.id}': scale '{self.scale}' is not {', '.join(SCALES)}")
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"'{self.id}': bounds {self.low:g} to {self.high:g} are no range")
        if self.scale != "lin" and self.low <= 0.0:
            raise ValueError(
                f"'{self.id}': a {self.scale} scale needs bounds above 0, not {self.low:g}; raise "
                "the lower bound or take the scale lin"
            )


@dataclass(frozen=True)
class Reading:
    """An observable: the formula of what was measured, and that of its noise.

    Attributes
    ----------
    formula, noise : Expression
        They read ids of the model, unknowns, and placeholders that each measurement fills.
    scale : "lin", "log" or "log10"
        On which the noise is added.
    distribution : "normal" or "laplace"
    """

    id: str
    formula: Expression
    noise: Expression = field(default_factory=lambda: number(1.0))
    scale: str = "lin"
    distribution: str = "normal"
    name: str = ""
    unit: str = ""

    def __post_init__(self) -> None:
        if self.scale not in SCALES:
            raise ValueError(f"'{self.id}': scale '{self.scale}' is not {', '.join(SCALES)}")
        if self.distribution not in DISTRIBUTIONS:
            raise ValueError(f"'{self.id}': noise '{self.distribution}' is not normal or laplace")


@dataclass(frozen=True)
class Condition:
    """What an experiment sets: ids of the model to a number or the id of an unknown."""

    id: str
    values: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Measurement:
    """One number that was measured.

    Attributes
    ----------
    condition, before : str
        In which condition, and in which the system came to rest before it ("" for none).
    filled : mapping
        Placeholders of its observable's formulas to a number or the id of an unknown.
    time : float
        In the model's unit; inf means at rest.
    """

    observable: str
    condition: str
    time: float
    value: float
    filled: Mapping[str, float | str] = field(default_factory=dict)
    before: str = ""


@dataclass(frozen=True, eq=False)
class Problem:
    """All that a fit needs.

    Attributes
    ----------
    fixed : mapping
        Parameters that are given: ids of the model, or names that formulas read.
    protocol
        Doses and more in every condition, as `axissim.sweep` takes them.
    """

    id: str
    model: Model
    unknowns: tuple[Unknown, ...]
    readings: tuple[Reading, ...]
    measurements: tuple[Measurement, ...]
    conditions: tuple[Condition, ...] = (Condition("all"),)
    fixed: Mapping[str, float] = field(default_factory=dict)
    protocol: Any = ()

    def __post_init__(self) -> None:
        _distinct("parameter", [u.id for u in self.unknowns])
        for key in sorted({u.id for u in self.unknowns} & self.fixed.keys()):
            raise ValueError(f"'{key}' is given and to be found as well; leave one out")
        _distinct("observable", [r.id for r in self.readings])
        _distinct("condition", [c.id for c in self.conditions])
        if not self.unknowns:
            raise ValueError("nothing is to be found; give a parameter with its bounds")
        if not self.measurements:
            raise ValueError("nothing was measured; the table of measurements is empty")
        self._check_conditions()
        self._check_measurements()

    @property
    def low(self) -> Any:
        """Lower bounds on the parameters' scales."""
        return scaled(self.unknowns, np.array([u.low for u in self.unknowns]))

    @property
    def high(self) -> Any:
        """Upper bounds on the parameters' scales."""
        return scaled(self.unknowns, np.array([u.high for u in self.unknowns]))

    @property
    def nominal(self) -> Any:
        """The nominal values, NaN where there is none."""
        return np.array([u.nominal for u in self.unknowns])

    def _check_conditions(self) -> None:
        given = {u.id for u in self.unknowns} | self.fixed.keys()
        for condition in self.conditions:
            for key, to in condition.values.items():
                settable(self.model, key, f"condition '{condition.id}'")
                if isinstance(to, str) and to not in given:
                    near = suggestion(to, given)
                    raise ValueError(
                        f"condition '{condition.id}' sets '{key}' to '{to}', which is not a "
                        f"parameter of the problem{near}"
                    )
        for key in sorted(given):
            if key in self.model.by_id:
                settable(self.model, key, "the problem")

    def _check_measurements(self) -> None:
        readings = {r.id: r for r in self.readings}
        conditions = {c.id for c in self.conditions} | {""}
        given = {u.id for u in self.unknowns} | self.fixed.keys() | self.model.by_id.keys()
        for m in self.measurements:
            if m.observable not in readings:
                near = suggestion(m.observable, readings)
                raise ValueError(f"'{m.observable}' is measured and no observable{near}")
            for key in sorted({m.condition, m.before} - conditions):
                raise ValueError(f"no condition '{key}'{suggestion(key, conditions)}")
            if not math.isfinite(m.value) or math.isnan(m.time):
                raise ValueError(
                    f"'{m.observable}' at time {m.time:g} is {m.value:g}; leave it out"
                )
            noise = readings[m.observable].noise
            told = {key: to for key, to in m.filled.items() if not isinstance(to, str)}
            if names(noise) <= told.keys() and not value(noise, told, m.time) > 0.0:
                raise ValueError(
                    f"'{m.observable}' at time {m.time:g} has a noise that is not above 0; give one"
                )
            if readings[m.observable].scale != "lin" and m.value <= 0.0:
                raise ValueError(
                    f"'{m.observable}' at time {m.time:g} is {m.value:g}, and its noise is "
                    f"{readings[m.observable].scale}; leave it out or take the scale lin"
                )
        read = {u.id for u in self.unknowns} - self.model.by_id.keys()
        for condition in self.conditions:
            read -= {to for to in condition.values.values() if isinstance(to, str)}
        for reading in self.readings:
            read -= names(reading.formula, reading.noise)
        for m in self.measurements:
            read -= {to for to in m.filled.values() if isinstance(to, str)}
        for key in sorted(read):
            near = suggestion(key, self.model.by_id)
            raise ValueError(f"'{key}': nothing reads it{near or '; leave it out'}")
        for reading in self.readings:
            rows = [m for m in self.measurements if m.observable == reading.id]
            for key in sorted(names(reading.formula, reading.noise) - given):
                if any(key not in m.filled for m in rows):
                    near = suggestion(key, given)
                    raise ValueError(f"observable '{reading.id}' reads '{key}', not known{near}")


def settable(model: Model, key: str, who: str) -> None:
    """Refuse an id that cannot be set: one that is not there, or that a rule computes."""
    if key not in model.by_id:
        raise ValueError(f"{who} sets '{key}': no such id{suggestion(key, model.by_id)}")
    if isinstance(model.part(key), (Observable, Implicit)):
        raise ValueError(f"{who} sets '{key}', which a rule computes; set what it reads")


def _distinct(kind: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in ids:
        if key in seen:
            raise ValueError(f"{kind} '{key}' is given twice; leave one out")
        seen.add(key)


def best_of(problem: Problem, found: Any) -> Any:
    """The best of a fit on the scales of a problem's unknowns; ValueError if it is of another."""
    keys = [u.id for u in problem.unknowns]
    there = [str(key) for key in found["parameter"].values]
    if sorted(keys) != sorted(there):
        raise ValueError(
            f"the fit is of another problem: it found {', '.join(there)}, and not {', '.join(keys)}"
        )
    best = scaled(problem.unknowns, found["best"].sel(parameter=keys).values)
    return np.clip(best, problem.low, problem.high)


def scaled(unknowns: Iterable[Unknown], values: Any) -> Any:
    """Plain values on the scales of the unknowns, along the last axis."""
    turned = np.array(values, float)
    with np.errstate(all="ignore"):
        for at, unknown in enumerate(unknowns):
            if unknown.scale != "lin":
                turn = np.log10 if unknown.scale == "log10" else np.log
                turned[..., at] = turn(turned[..., at])
    return turned


def plain(unknowns: Iterable[Unknown], values: Any) -> tuple[Any, Any]:
    """Plain values of what is on the scales of the unknowns, and their slopes in it."""
    turned, slopes = np.array(values, float), np.ones_like(np.asarray(values, float))
    for at, unknown in enumerate(unknowns):
        if unknown.scale != "lin":
            base = math.log(10.0) if unknown.scale == "log10" else 1.0
            turned[..., at] = np.exp(base * turned[..., at])
            slopes[..., at] = base * turned[..., at]
    return turned, slopes
