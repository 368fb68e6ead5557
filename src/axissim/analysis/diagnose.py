"""Why runs failed: where they stood, which term led, what cures them, how to see it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.bounds import moved
from axissim.analysis.evidence import Moment, eigenvalues, suspects, terms
from axissim.analysis.finding import CAUSES, Finding
from axissim.model.model import Model, State
from axissim.solve.work import OK, STATUS
from axissim.study.audit import nearest
from axissim.study.question import times_of
from axissim.study.sweep import simulate

if TYPE_CHECKING:
    import xarray as xr

_PATIENCE = 20_000  # steps of SciPy before it is given up, too


def diagnose(model: Model, result: xr.Dataset, *, most: int = 10, **asked: Any) -> list[Finding]:
    """Look into the runs of a sweep that failed.

    Parameters
    ----------
    model : Model
    result : xarray.Dataset
        Of `axissim.sweep`, in memory or from a store.
    most : int
        So many runs at most.
    asked
        What the sweep was asked: ``t``, and, where given, ``params``, ``init``, ``protocol``,
        ``method``, ``rtol``, ``atol``, ``max_steps``.

    Returns
    -------
    list of Finding
    """
    status = result["status"].values.ravel()
    failed = np.flatnonzero((status != OK) & (status != 0))[:most]
    return [_look_into(model, result, int(run), asked) for run in failed]


def _look_into(model: Model, result: xr.Dataset, run: int, asked: dict[str, Any]) -> Finding:
    values = {key: float(column[run]) for key, column in _points(model, result).items()}
    one = {**asked, **_split(model, values, asked)}
    again = simulate(model, **one)
    word, t_fail = STATUS[int(again["status"])], float(again["t_fail"])
    start = float(times_of(one["t"])[0])
    t_good, state = _last_good(model, one, start, t_fail)
    moment = Moment(model, {**one["params"], **state}, t_good)
    fastest = _fastest(moment)
    spectrum = eigenvalues(moment) if np.isfinite(list(state.values())).all() else np.array([])
    radius = float(np.abs(spectrum).max()) if spectrum.size else float("nan")
    cause, because = _cause(again, word, one, moment, spectrum, (start, t_good, t_fail))
    return Finding(
        run=run,
        values=values,
        status=word,
        t_fail=t_fail,
        t_good=t_good,
        state=state,
        term=terms(moment, fastest)[0] if fastest else None,
        radius=radius,
        cause=cause,
        because=because,
        cures={**_cures(model, one), **_moved(model, result, run, one, values)},
        script=_script(model, one),
    )


def _points(model: Model, result: xr.Dataset) -> dict[str, Any]:
    """What the design sets in each run, by id, shape (runs,); a state's start is a state's id."""
    found, status = {}, result["status"]
    for key in result.coords:
        name = str(key).removesuffix("_0") if str(key) not in model.by_id else str(key)
        dims = result[key].dims
        if name in model.by_id and set(dims) <= set(status.dims):
            whole = result[key].broadcast_like(status).transpose(*status.dims)
            found[name] = whole.values.ravel()
    return found


def _split(model: Model, values: Mapping[str, float], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a run: parameters, and states at the start."""
    of_states = {key for key in values if isinstance(model.part(key), State)}
    params = {key: value for key, value in values.items() if key not in of_states}
    init = {key: values[key] for key in of_states}
    return {
        "params": {**(asked.get("params") or {}), **params},
        "init": {**(asked.get("init") or {}), **init},
    }


def _last_good(
    model: Model, one: dict[str, Any], start: float, t_fail: float
) -> tuple[float, dict[str, float]]:
    """The states as late before the failure as the run can be had."""
    keys = [state.id for state in model.states]
    ends = [start + (t_fail - start) * (1.0 - gap) for gap in (1e-9, 1e-6, 1e-3, 0.03, 0.3)]
    for end in [*ends, start + 1e-9 * max(abs(start), 1.0)]:
        if not end > start:
            continue
        part = simulate(model, **{**one, "t": (start, end, 2), "outputs": keys})
        if int(part["status"]) == OK:
            return end, {key: float(part[key][-1]) for key in keys}
    begun = Moment(model, {**one["params"], **one["init"]}, start)
    return start, {key: begun[key] for key in keys}


def _fastest(moment: Moment) -> str:
    """The state that changes fastest for its size."""
    speeds = {key: abs(rate) / max(abs(moment[key]), 1e-9) for key, rate in moment.rates().items()}
    order = sorted(speeds, key=lambda key: -np.nan_to_num(speeds[key], nan=np.inf))
    return order[0] if order else ""


def _cause(
    again: xr.Dataset,
    word: str,
    one: Mapping[str, Any],
    moment: Moment,
    spectrum: Any,
    span: tuple[float, float, float],
) -> tuple[str, str]:
    """The likeliest cause, and what speaks for it."""
    given = {**one["params"], **one["init"], **{s.id: moment[s.id] for s in moment.model.states}}
    for key, value in given.items():
        if not np.isfinite(value):
            return "a value that is not finite", f"{key} is {value:g}"
    if word == "event_error":
        return "events without end", "more events follow each other at one moment than are followed"
    if word == "max_steps":
        return _slow(again, one, spectrum, span)
    begun = Moment(moment.model, {**one["params"], **one["init"]}, span[0])
    near = next(suspects(moment, begun), None)
    growing = _growth(moment, span)
    if near is not None and not (growing and near[0] == "overflow of exp"):
        return near[0], f"in {near[1]}"
    if growing:
        return growing
    if word == "step_too_small":
        return CAUSES[12], f"the step falls below what the time can tell apart at {span[2]:.6g}"
    return "not known", "no term stands out"


def _slow(
    again: xr.Dataset, one: Mapping[str, Any], spectrum: Any, span: tuple[float, float, float]
) -> tuple[str, str]:
    """Why a run takes more steps than it may."""
    most = int(one.get("max_steps", 100_000))
    if not spectrum.size:
        return CAUSES[11], f"{most} steps end at {span[2]:.6g}"
    step = (span[2] - span[0]) / max(int(again["n_steps"]), 1)
    hardest = spectrum[np.abs(spectrum).argmax()]
    if abs(hardest.imag) > abs(hardest.real) and abs(hardest.imag) * step > 0.01:
        return CAUSES[10], f"a swing takes {2 * np.pi / abs(hardest.imag):.3g}, a step {step:.3g}"
    if -hardest.real * step > 1.0:
        return CAUSES[9], f"the fastest process takes {1 / abs(hardest):.3g}, a step {step:.3g}"
    return CAUSES[11], f"{most} steps of {step:.3g} end at {span[2]:.6g}"


def _growth(moment: Moment, span: tuple[float, float, float]) -> tuple[str, str] | None:
    """Whether a state runs away, and whether it arrives."""
    rates = moment.rates()
    for key, rate in rates.items():
        size = abs(moment[key])
        if size * rate * moment[key] <= 0.0 or not np.isfinite(rate):
            continue
        left = size / abs(rate)  # the time it would take to grow by as much as it is
        if left < 1e-3 * max(span[1] - span[0], 1e-300) and size > 1.0:
            return CAUSES[7], f"{key} is {moment[key]:.3g} and would double within {left:.2g}"
        if size > 1e100:
            return CAUSES[8], f"{key} is {moment[key]:.3g}"
    return None


def _cures(model: Model, one: Mapping[str, Any]) -> dict[str, str]:
    """What was tried, one thing at a time, and how the run ended."""
    rtol, most = float(one.get("rtol", 1e-6)), int(one.get("max_steps", 100_000))
    tries: dict[str, dict[str, Any]] = {
        "rtol 100 times larger": {"rtol": rtol * 100.0},
        "rtol 100 times smaller": {"rtol": rtol / 100.0},
        "method rodas5p": {"method": "rodas5p"},
        "method tsit5": {"method": "tsit5"},
        "SciPy's LSODA": {"method": "scipy:LSODA", "max_steps": min(most, _PATIENCE)},
        "max_steps 10 times larger": {"max_steps": most * 10},
    }
    return {
        what: STATUS[int(simulate(model, **{**one, **change})["status"])]
        for what, change in tries.items()
        if not (change.get("method") and change["method"] == one.get("method"))
    }


def _moved(
    model: Model, result: xr.Dataset, run: int, one: Mapping[str, Any], values: dict[str, float]
) -> dict[str, str]:
    """How far what is swept must move, if some run succeeded."""
    points = _points(model, result)
    good = np.flatnonzero(result["status"].values.ravel() == OK)
    if not good.size or not points:
        return {}
    (there,) = nearest(good, run, np.column_stack(list(points.values())), 1)
    to = {key: float(column[there]) for key, column in points.items()}
    return {"values moved": moved(model, one, values, to)}


def _script(model: Model, one: Mapping[str, Any]) -> str:
    """A program that makes a run again."""
    from axissim.model.export import to_antimony
    from axissim.model.library import shipped

    source = repr(model.id) if model.id in shipped() else f'"""\n{to_antimony(model)}"""'
    told = {key: value for key, value in one.items() if key not in ("outputs", "protocol")}
    settings = "".join(f"    {key}={value!r},\n" for key, value in told.items())
    return (
        "import axissim as ax\nfrom numpy import array, inf, nan\n\n"
        f"model = ax.load({source})\nds = ax.simulate(\n    model,\n{settings})\n"
        'print(int(ds["status"]), float(ds["t_fail"]))\n'
    )
