"""Derivatives by central differences: for what the sensitivity equations cannot do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.directional.asked import Asked
from axissim.analysis.directional.runs import Derived, nothing
from axissim.analysis.directional.values import is_state
from axissim.solve.work import NOT_RUN, OK
from axissim.study.dataset import free_names
from axissim.study.sweep import sweep

if TYPE_CHECKING:
    import xarray as xr

_FINER = 1e-5  # of the tolerance asked for: what differences are taken of must be smooth
_LEAST, _STEP = 1e-11, 1.0 / 3.0  # the least tolerance; the step is this power of it


def differences(asked: Asked) -> Derived:
    """Derivatives as differences of two runs, one on each side.

    The runs are solved a hundred thousand times finer than is asked (but at 1e-11 at the finest),
    and the step is the third root of that tolerance times the value (or times 1 where that is 0),
    so that what is lost to curvature and to rounding is alike.

    Returns
    -------
    Derived
        A run failed if either side did.
    """
    model, design, outputs = asked.model, asked.design, asked.outputs
    rtol = max(asked.solving.rtol * _FINER, _LEAST)
    dims, shape = tuple(design.dims), tuple(design.sizes.values())
    rows = int(np.prod(shape))
    columns = {key: np.broadcast_to(v, (rows,)) for key, v in asked.values.items()}
    kept = {key: v for key, v in design.variables.items() if str(key) not in columns}
    options = _options(asked, rtol, columns)

    def solved(changed: Mapping[str, Any]) -> tuple[Any, Any]:
        cells = {key: (dims, v.reshape(shape)) for key, v in {**columns, **changed}.items()}
        ds = sweep(model, design.drop_vars(list(design.variables)).assign(kept).assign(cells)
                   if dims else _point(cells), **options)  # fmt: skip
        called = free_names(outputs, {*ds.coords} - {"time"})
        found = [ds[called[key]].values.reshape(rows, len(asked.times)) for key in outputs]
        return np.stack(found, axis=-1), ds

    middle, ds = solved({})
    whole = nothing(middle, len(asked.directions))
    for at, key in enumerate(asked.directions if _complete(ds) else ()):
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
        if not (_complete(below) and _complete(above)):
            return whole._replace(complete=False)
    return whole._replace(complete=_complete(ds))


def _complete(ds: xr.Dataset) -> bool:
    """Whether a sweep was not interrupted."""
    return bool(np.all(ds["status"] != NOT_RUN))


def _options(asked: Asked, rtol: float, columns: Mapping[str, Any]) -> dict[str, Any]:
    """What a sweep is told besides its design."""
    fixed = {key: v for key, v in asked.given.items() if key not in columns}
    starts = {key for key in fixed if is_state(asked.model, key)}
    return {
        "t": asked.times,
        "params": {key: v for key, v in fixed.items() if key not in starts},
        "init": {key: v for key, v in fixed.items() if key in starts},
        "protocol": list(asked.actions),
        "outputs": list(asked.outputs),
        "method": asked.solving.method,
        "rtol": rtol,
        "atol": asked.solving.atol,
        "max_steps": asked.solving.max_steps,
        "threads": asked.solving.threads,
    }


def _point(cells: Mapping[str, Any]) -> xr.Dataset:
    """A design of one run."""
    import xarray as xr

    return xr.Dataset({key: ("sample", v.reshape(1)) for key, (_, v) in cells.items()})
