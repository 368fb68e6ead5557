"""Local sensitivities: how much each output would change, at each moment, with each parameter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from axissim.analysis.directional.asked import Asked, asked_of
from axissim.analysis.directional.differences import differences
from axissim.analysis.directional.labels import labelled_derivatives
from axissim.analysis.directional.posed import BreakError, Solving, parts_of, pose
from axissim.analysis.directional.runs import Derived, Sensitivities, derived, joined
from axissim.model.model import Model, ModelError
from axissim.study.question import Times

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Sensitivities", "sensitivity"]

_METHODS = ("auto", "forward", "differences")


def sensitivity(
    model: Model,
    parameters: Sequence[str] | None = None,
    *,
    t: Times,
    design: xr.Dataset | None = None,
    params: Mapping[str, float] | None = None,
    init: Mapping[str, float] | None = None,
    protocol: Any = (),
    outputs: Sequence[str] | None = None,
    method: str = "auto",
    relative: bool = False,
    solver: str = "auto",
    rtol: float = 1e-6,
    atol: float | Mapping[str, float] | None = None,
    max_steps: int = 100_000,
    threads: int | None = None,
    watch: Callable[[int], None] | None = None,
) -> xr.Dataset:
    """The derivatives of outputs in parameters, along the runs of a model.

    Forward sensitivity equations, s' = (df/dx) s + df/dp, derived symbolically and solved with
    the model in one kernel; their error is controlled as that of the states is.

    Parameters
    ----------
    parameters : sequence of str, optional
        Ids of parameters, and of states, whose value at the start is meant; left out, every
        parameter that the model gives a number.
    design : xarray.Dataset, optional
        Sets of values, as `axissim.sweep` has them, at each of which derivatives are taken; left
        out, the model's own.
    method : "auto", "forward" or "differences"
        ``auto`` takes differences (two runs a parameter, at a tolerance of 1e-11) for those
        parameters only that move the moment of an event, of a jump in a rate, or a delay: there
        the equations do not hold.  ``forward`` refuses them.
    relative : bool
        d ln(output) / d ln(parameter), the per cent of change for one per cent; NaN where the
        output is 0.
    solver, rtol, atol, max_steps
        As `method`, ... of `axissim.simulate`; `atol` of a derivative times its parameter is that
        of the state.

    The other parameters are those of `axissim.sweep`.

    Returns
    -------
    xarray.Dataset
        Each output over the design's dimensions and ``time``; ``d_<output>`` over these,
        ``parameter`` and ``time``, in the output's unit by that of the parameter (the coordinate
        ``unit``); ``status`` and the rest of the record over the design's dimensions
        and ``parameter``.  The coordinate ``value`` is that of the parameter, ``derived`` says by
        which method.

    Raises
    ------
    ModelError
        One line that says what is wrong and how to mend it.

    Examples
    --------
    >>> import axissim as ax
    >>> m = ax.load("model decay; x = 2; k = 0.5; x' = -k*x; end")
    >>> ds = sensitivity(m, ["k"], t=[0, 1, 2], outputs=["x"])
    >>> [round(float(v), 4) for v in ds["d_x"].sel(parameter="k")]  # -2 t exp(-k t)
    [0.0, -1.2131, -1.4715]
    """
    if method not in _METHODS:
        raise ModelError(f"unknown method '{method}'; choose from {', '.join(_METHODS)}")
    solving = Solving(solver, rtol, atol, max_steps, threads)
    asked = asked_of(model, parameters, t, design, params, init, protocol, outputs, solving)
    found, why = _derive(asked, method, watch)
    return labelled_derivatives(asked, found, why, relative)


def _derive(
    asked: Asked, method: str, watch: Callable[[int], None] | None
) -> tuple[Derived, dict[str, str]]:
    """The derivatives; along which directions by differences, and why."""
    if method == "differences":
        return differences(asked), dict.fromkeys(asked.directions, "asked for")
    try:
        return _forward(asked, watch), {}
    except BreakError as broken:
        if method == "forward":
            raise
        why = broken.why
    rest = [key for key in asked.directions if key not in why]
    parts = [_forward(asked.along(rest), watch)] if rest else []
    parts.append(differences(asked.along(list(why))))
    return joined(parts, [asked.directions.index(key) for key in (*rest, *why)]), why


def _forward(asked: Asked, watch: Callable[[int], None] | None) -> Derived:
    """By the equations; BreakError where these do not hold."""
    parts = parts_of(*asked.told)
    order = [asked.directions.index(key) for part in parts for key in part]
    found = []
    for part in map(asked.along, parts):
        posed = pose(*part.told, part.solving)
        found.append(derived(posed, part.solving, watch=watch))
    return joined(found, order)
