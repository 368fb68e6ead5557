"""What was measured as a Dataset over solvers and tolerances, with where it comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.precision.ladder import Point
from axissim.analysis.precision.posed import SCIPY, Posed
from axissim.analysis.precision.truth import Truth
from axissim.study.choice import choose
from axissim.study.dataset import labelled

if TYPE_CHECKING:
    import xarray as xr

_USUAL = 1e-6  # the tolerance of a sweep that is not told one
_NOTES = {
    "error": ("greatest error of a run", "1"),
    "error_median": ("median error of a run", "1"),
    "cpu": ("processor time of a run", "s"),
    "wall": ("time of a run", "s"),
    "runs": ("runs made", ""),
    "failed": ("runs that failed", ""),
}


def gathered(
    ready: Posed,
    truth: Truth,
    found: Mapping[str, tuple[list[Point], str]],
    rtols: Sequence[float],
) -> xr.Dataset:
    """The Dataset of `axissim.analysis.precision.precision`, without the recommendation."""
    import xarray as xr

    shape = (len(found), len(rtols))
    cells: dict[str, Any] = {key: np.full(shape, np.nan) for key in _NOTES}
    cells["runs"], cells["failed"] = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for row, (points, _) in enumerate(found.values()):
        for point in points:
            at = row, list(rtols).index(point.rtol)
            if point.errors.size:
                cells["error"][at] = point.errors.max()
                cells["error_median"][at] = np.median(point.errors)
            cells["cpu"][at], cells["wall"][at] = point.cpu, point.wall
            cells["runs"][at], cells["failed"][at] = point.runs, point.failed
    over = ("solver", "rtol")
    names = [method.removeprefix(SCIPY) for method in found]
    return xr.Dataset(
        {
            **{key: (over, cells[key], _attributes(key)) for key in _NOTES},
            "left_out": ("solver", np.array([why for _, why in found.values()], object)),
        },
        coords={
            "solver": ("solver", np.array(names, object)),
            "by": ("solver", np.array([_maker(method) for method in found], object)),
            "rtol": ("rtol", list(rtols), {"long_name": "relative tolerance", "units": "1"}),
        },
        attrs=_attrs(ready, truth),
    )


def _attributes(key: str) -> dict[str, str]:
    title, unit = _NOTES[key]
    return {"long_name": title, **({"units": unit} if unit else {})}


def _maker(method: str) -> str:
    return "SciPy" if method.startswith(SCIPY) else "axissim"


def _attrs(ready: Posed, truth: Truth) -> dict[str, Any]:
    question = ready.question
    config = {
        "max_steps": ready.max_steps,
        "set": question.changed,
        "protocol": list(ready.plan.told),
        "outputs": list(question.saved),
        "times": [float(question.times[0]), float(question.times[-1]), len(question.times)],
    }
    known = labelled(question.model, question.times, {}, (), {}, {}, config).attrs
    auto = choose(question, "auto", _USUAL, None, ready.max_steps).method
    return {
        **known,
        "precision": "work against precision",
        "design_runs": ready.count,
        "design_unknown": int((~truth.known).sum()),
        "scipy_by": "solve_ivp" if ready.plainly else "our loop around SciPy's steps",
        "reference": truth.words,
        "reference_apart": truth.apart,
        "compile_seconds": json.dumps({k: round(v, 3) for k, v in ready.compiled.items()}),
        "auto": auto,
    }
