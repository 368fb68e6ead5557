"""Derivatives by central differences: for what the sensitivity equations cannot do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.directional.posed import Solving
from axissim.analysis.directional.runs import Derived
from axissim.model.model import Model, State
from axissim.solve.work import OK
from axissim.study.dataset import free_names
from axissim.study.sweep import sweep

if TYPE_CHECKING:
    import xarray as xr

_FINER = 1e-5  # of the tolerance asked for: what differences are taken of must be smooth
_LEAST, _STEP = 1e-11, 1.0 / 3.0  # the least tolerance; the step is this power of it


def differences(
    model: Model,
    directions: Sequence[str],
    design: xr.Dataset,
    times: Any,
    outputs: Sequence[str],
    given: Mapping[str, float],
    actions: Sequence[Any],
    solving: Solving,
    values: Mapping[str, Any],
) -> Derived:
    """Derivatives as differences of two runs, one on each side.

    The runs are solved a hundred thousand times finer than `solving` asks
    (but at 1e-11 at the finest), and the step is the third root
    of that tolerance times the value (or times 1 where that is 0), so that what is lost to
    curvature and to rounding is alike.

    Parameters
    ----------
    values : mapping
        Of each direction and each quantity that the design sweeps, (runs,).

    Returns
    -------
    Derived
        A run failed if either side did.
    """
    rtol = max(solving.rtol * _FINER, _LEAST)
    dims, shape = tuple(design.dims), tuple(design.sizes.values())
    rows = int(np.prod(shape))
    columns = {key: np.broadcast_to(v, (rows,)) for key, v in values.items()}
    kept = {key: v for key, v in design.variables.items() if str(key) not in columns}
    options = _options(model, times, outputs, given, actions, solving, rtol, columns)

    def solved(changed: Mapping[str, Any]) -> tuple[Any, Any]:
        cells = {key: (dims, v.reshape(shape)) for key, v in {**columns, **changed}.items()}
        ds = sweep(model, design.drop_vars(list(design.variables)).assign(kept).assign(cells)
                   if dims else _point(cells), **options)  # fmt: skip
        called = free_names(outputs, {*ds.coords} - {"time"})
        found = [ds[called[key]].values.reshape(rows, len(times)) for key in outputs]
        return np.stack(found, axis=-1), ds

    middle, ds = solved({})
    whole = _empty(middle, ds, rows, len(directions))
    for at, key in enumerate(directions):
        own = columns[key]
        far = rtol**_STEP * np.where(own != 0.0, np.abs(own), 1.0)
        (low, below), (high, above) = (solved({key: own + sign * far}) for sign in (-1.0, 1.0))
        exact = (own + far) - (own - far)  # what rounding has left of twice the step
        whole.jacobian[..., at] = (high - low) / exact[:, None, None]
        for title, array in ({"status": whole.status} | dict(whole.record)).items():
            sides = [side[title].values.reshape(rows) for side in (below, above)]
            bad = below["status"].values.reshape(rows) != OK
            counted = title in ("n_steps", "n_rejected")
            array[:, at] = sides[0] + sides[1] if counted else np.where(bad, *sides)
    return whole


def _options(
    model: Model,
    times: Any,
    outputs: Sequence[str],
    given: Mapping[str, float],
    actions: Sequence[Any],
    solving: Solving,
    rtol: float,
    columns: Mapping[str, Any],
) -> dict[str, Any]:
    """What a sweep is told besides its design."""
    fixed = {key: v for key, v in given.items() if key not in columns}
    starts = {key for key in fixed if isinstance(model.part(key), State)}
    return {
        "t": times,
        "params": {key: v for key, v in fixed.items() if key not in starts},
        "init": {key: v for key, v in fixed.items() if key in starts},
        "protocol": list(actions),
        "outputs": list(outputs),
        "method": solving.method,
        "rtol": rtol,
        "atol": solving.atol,
        "max_steps": solving.max_steps,
        "threads": solving.threads,
    }


def _point(cells: Mapping[str, Any]) -> xr.Dataset:
    """A design of one run."""
    import xarray as xr

    return xr.Dataset({key: ("sample", v.reshape(1)) for key, (_, v) in cells.items()})


def _empty(values: Any, ds: Any, rows: int, count: int) -> Derived:
    record = {
        "n_steps": np.zeros((rows, count), np.int64),
        "n_rejected": np.zeros((rows, count), np.int64),
        "t_fail": np.full((rows, count), np.nan),
        "method": np.zeros((rows, count), np.int8),
    }
    jacobian = np.full((*values.shape, count), np.nan)
    return Derived(values, jacobian, np.zeros((rows, count), np.int8), record, True)
