"""Every method on one model, at every tolerance, within a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.precision.advice import advised
from axissim.analysis.precision.gathered import gathered
from axissim.analysis.precision.ladder import Point, ladder
from axissim.analysis.precision.posed import SCIPY, TIGHT, posed
from axissim.analysis.precision.truth import truth
from axissim.compile.kernel import kernel_of
from axissim.model.model import Model, ModelError, suggestion
from axissim.solve.reference.runs import METHODS as SCIPY_METHODS
from axissim.solve.tableaus import TABLEAUS
from axissim.study import design as designs
from axissim.study.protocol import read
from axissim.study.question import Times, times_of
from axissim.study.timetable import members

if TYPE_CHECKING:
    import xarray as xr

METHODS = (*TABLEAUS, *(SCIPY + name for name in SCIPY_METHODS))
RTOLS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9)
_SPREAD = 0.05
_TRUTH, _OURS = 0.25, 0.35  # shares of the time


def perturbed(model: Model, n: int = 32, *, seed: int = 0, fixed: Sequence[str] = ()) -> xr.Dataset:
    """A design of runs near the model as it is: each parameter times lognormal(0, 0.05).

    Parameters
    ----------
    model : Model
    n : int
    seed : int
    fixed : sequence of str
        Parameters left as they are, beside those that are 0 or built into the machine code
        (whole exponents).

    Returns
    -------
    xarray.Dataset
        Over ``sample``; empty, a single run, if the model has no parameter that can vary.
    """
    import xarray as xr

    inputs = kernel_of(model).system.inputs
    numbers = {p.id: inputs[p.id] for p in model.parameters if p.id in inputs}
    kinds: dict[str, Any] = {
        key: value * designs.lognormal(0.0, _SPREAD)
        for key, value in numbers.items()
        if 0.0 < value < np.inf and key not in fixed
    }
    return designs.sample(kinds, n=n, seed=seed, sampler="lhs") if kinds else xr.Dataset()


def precision(
    model: Model,
    design: xr.Dataset | None = None,
    *,
    t: Times,
    error: float = 1e-4,
    seconds: float = 20.0,
    params: Mapping[str, float] | None = None,
    init: Mapping[str, float] | None = None,
    protocol: Any = (),
    outputs: Sequence[str] | None = None,
    methods: Sequence[str] = METHODS,
    rtols: Sequence[float] = RTOLS,
    max_steps: int = 100_000,
    watch: Callable[[int], None] | None = None,
) -> xr.Dataset:
    """Measure what each method costs on a model, and how far off it is.

    Parameters
    ----------
    design : xarray.Dataset, optional
        Which runs; left out, `perturbed`; an empty one is the model as it is.
    error : float
        What a run may be off by, for the recommendation.
    seconds : float
        About how long to measure, without compiling.  A method that is too slow for its share
        makes fewer runs, and is left out from the tolerance on at which one run is too long.
    methods : sequence of str
        As `axissim.simulate` has them, without ``auto``.
    rtols : sequence of float
        Relative tolerances; the absolute ones are those that a sweep takes.
    watch : callable, optional
        Is told how many methods are done.

    The other parameters are those of `axissim.sweep`.

    Returns
    -------
    xarray.Dataset
        Over ``solver`` and ``rtol``: ``error`` and ``error_median``, the worst and the median
        over runs of a run's error (the greatest difference from the reference over outputs and
        times, of the output's greatest value in the run); ``cpu`` and ``wall``, seconds a run on
        one thread, the best of some repeats; ``runs`` made and ``failed``.  NaN where nothing was
        measured, and over ``solver`` ``left_out`` says why.  Ours solve eight runs at once, and
        are timed on the design taken several times; SciPy's solve one after another from Python,
        by compiled equations.  The attributes hold ``reference``, ``reference_apart``,
        ``compile_seconds``, ``advice``, ``best_solver`` and ``best_rtol``.

    Raises
    ------
    ModelError
        One line that says what is wrong and how to mend it.
    """
    rtols = _checked(methods, rtols, error, seconds)
    actions, times = read(protocol), times_of(t)
    if design is None:
        by_id = members(actions)
        design = by_id if by_id.sizes else perturbed(model, fixed=[*(params or {})])
    ready = posed(
        model, design, times, params or {}, init or {}, actions, outputs, methods, max_steps
    )
    begun = time.perf_counter()
    reference = truth(ready, _TRUTH * seconds)
    found: dict[str, tuple[list[Point], str]] = {}
    for at, method in enumerate(sorted(methods, key=lambda key: key.startswith(SCIPY))):
        left = begun + seconds - time.perf_counter()
        own = not method.startswith(SCIPY)
        share = _OURS * seconds / len(TABLEAUS) if own else left / (len(methods) - at)
        found[method] = ladder(ready, reference, method, rtols, max(share, 0.0))
        if watch is not None:
            watch(at + 1)
    ds = gathered(ready, reference, {key: found[key] for key in methods}, rtols)
    return advised(ds, error)


def _checked(
    methods: Sequence[str], rtols: Sequence[float], error: float, seconds: float
) -> list[float]:
    """The tolerances, the loosest first; ModelError if what is asked cannot be."""
    for method in methods:
        if method not in METHODS:
            raise ModelError(
                f"unknown method '{method}'; choose from {', '.join(METHODS)}"
                + suggestion(method, METHODS)
            )
    if not methods or len(set(methods)) < len(methods):
        raise ModelError("give each method once, and one at least")
    for rtol in rtols:
        if not TIGHT < rtol < 1.0:
            raise ModelError(f"rtol = {rtol:g} is not between {TIGHT:g}, the reference's, and 1")
    if not rtols:
        raise ModelError("give one tolerance at least")
    if not 0.0 < error < 1.0:
        raise ModelError(f"error = {error:g} is not between 0 and 1")
    if not seconds > 0.0:
        raise ModelError(f"seconds = {seconds:g} is no time to measure in")
    return sorted(set(rtols), reverse=True)
