"""Problems from a simple table of measurements: a CSV file or a data frame."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from axissim.analysis.fitting.formulas import from_text
from axissim.analysis.fitting.layout import number_of
from axissim.analysis.fitting.problem import Condition, Measurement, Problem, Reading, Unknown
from axissim.model.expression import name, names, number
from axissim.model.model import Model, Parameter, State, suggestion
from axissim.model.passes import substitute

_TIDY = ("observable", "time", "value")
_NOISE = ("sigma", "sd")
Range = tuple[float, float] | tuple[float, float, str]


def table(
    model: Model,
    data: Any,
    parameters: Mapping[str, Range],
    *,
    observables: Mapping[str, str] | None = None,
    noise: float | str | Mapping[str, float | str] | None = None,
    scale: str = "lin",
    distribution: str = "normal",
    params: Mapping[str, float] | None = None,
    protocol: Any = (),
) -> Problem:
    """A problem from a table.

    Parameters
    ----------
    data : str, Path or pandas.DataFrame
        Wide: a column ``time``, and one for each observable, empty where nothing was measured;
        a column ``x_sigma`` holds the standard deviation of ``x``.  Tidy: columns
        ``observable``, ``time``, ``value`` and, if known, ``sigma``.  In both a column that is
        the id of a parameter of the model, or ``x_0`` of a state, is set in that experiment.
    parameters : mapping
        Id to (low, high), or (low, high, scale) with "lin", "log" or "log10"; left out, log10
        where both bounds are above 0.
    observables : mapping, optional
        Observable to its formula, such as ``"scale*eda + offset"``; left out, its id is that of
        a quantity of the model.
    noise : number, str, or mapping from observable to these
        Standard deviation, or its formula (in which an observable's id is its formula);
        "estimated", as where nothing is said, is one more parameter, ``sd_x``.
    scale, distribution : str
        On which scale noise is added (lin, log, log10), and normal or laplace.
    params : mapping, optional
        Values in place of the model's own.
    protocol
        Doses and more in every experiment.

    Raises
    ------
    ValueError
        One line: the column or row that is wrong, and the mend.
    """
    label, columns = _columns(data)
    tidy = all(key in columns for key in _TIDY)
    rows = _tidy(label, columns) if tidy else _wide(label, columns, model, observables or {})
    if not rows:
        raise ValueError(f"{label}: the table holds no measurements")
    experiments = _experiments(model, columns, label)
    unknowns = [_unknown(model, key, given) for key, given in parameters.items()]
    readings, extra = [], []
    measured = dict.fromkeys(row.observable for row in rows)
    if isinstance(noise, Mapping):
        for key in noise:
            if key not in measured:
                raise ValueError(
                    f"noise of '{key}', which is not measured{suggestion(key, measured)}"
                )
    for key in measured:
        own = [row for row in rows if row.observable == key]
        reading, more = _reading(model, key, own, observables or {}, noise, scale, distribution)
        readings.append(reading)
        extra += [u for u in more if u.id not in parameters]
    _check_read(model, params or {}, readings)
    conditions, measurements = _conditions(experiments, rows)
    return Problem(
        id=model.id, model=model, unknowns=(*unknowns, *extra),
        readings=tuple(readings), measurements=measurements, conditions=conditions,
        fixed=dict(params or {}), protocol=protocol,
    )  # fmt: skip


def _check_read(model: Model, given: Mapping[str, float], readings: Sequence[Reading]) -> None:
    """Refuse a value of something that neither the model nor a formula knows."""
    known = {*model.by_id, *names(*(f for r in readings for f in (r.formula, r.noise)))}
    for key in given:
        if key not in known:
            raise ValueError(
                f"'{key}': nothing reads it{suggestion(key, known) or '; leave it out'}"
            )


class _Row(NamedTuple):
    """One number of a table, before its condition has a name."""

    observable: str
    time: float
    value: float
    sigma: float
    line: int


def _columns(data: Any) -> tuple[str, dict[str, list[Any]]]:
    import pandas as pd

    label = str(data) if isinstance(data, (str, Path)) else "table"
    if isinstance(data, (str, Path)):
        if not Path(data).is_file():
            raise ValueError(f"{label}: no such file; give a CSV file of measurements")
        try:
            data = pd.read_csv(data, comment="#", skipinitialspace=True)
        except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as wrong:
            raise ValueError(f"{label}: not a CSV table: {wrong}") from None
    columns = {str(key).strip(): list(data[key]) for key in data.columns}
    if "time" not in columns:
        raise ValueError(f"{label}: no column 'time'; it has {', '.join(columns) or 'none'}")
    return label, columns


def _number(label: str, column: str, line: int, cell: Any) -> float:
    try:
        return float(cell)
    except (TypeError, ValueError):
        raise ValueError(
            f"{label}: '{cell}' in column '{column}', row {line + 1}, is no number"
        ) from None


def _tidy(label: str, columns: Mapping[str, list[Any]]) -> list[_Row]:
    noise = next((columns[key] for key in _NOISE if key in columns), None)
    found = []
    for at, key in enumerate(columns["observable"]):
        value = _number(label, "value", at, columns["value"][at])
        if not math.isnan(value):
            sigma = math.nan if noise is None else _number(label, "sigma", at, noise[at])
            time = _number(label, "time", at, columns["time"][at])
            found.append(_Row(str(key).strip(), time, value, sigma, at))
    return found


def _wide(
    label: str, columns: Mapping[str, list[Any]], model: Model, observables: Mapping[str, str]
) -> list[_Row]:
    found = []
    measured = [key for key in columns if key != "time" and not _sets(model, key)]
    sigmas = {
        f"{key}_{word}": key for key in measured for word in _NOISE if f"{key}_{word}" in columns
    }
    for key in measured:
        if key in sigmas:
            continue
        if key not in observables and key not in model.by_id:
            known = {*observables, *(p.id for p in model.parts)}
            raise ValueError(
                f"{label}: column '{key}' is no observable, and no id of '{model.id}'"
                + suggestion(key, known)
            )
        column = next((name_ for name_, of in sigmas.items() if of == key), "")
        for at, cell in enumerate(columns[key]):
            value = _number(label, key, at, cell)
            if not math.isnan(value):
                sigma = _number(label, column, at, columns[column][at]) if column else math.nan
                time = _number(label, "time", at, columns["time"][at])
                found.append(_Row(key, time, value, sigma, at))
    return found


def _sets(model: Model, column: str) -> str:
    """The id that a column sets in an experiment, or ""."""
    if isinstance(model.by_id.get(column), Parameter):
        return column
    state = column.removesuffix("_0")
    known = column not in model.by_id and state != column
    return state if known and isinstance(model.by_id.get(state), State) else ""


def _experiments(
    model: Model, columns: Mapping[str, list[Any]], label: str
) -> list[dict[str, float | str]]:
    """What each row of the table sets."""
    setting = {column: key for column in columns if (key := _sets(model, column))}
    return [
        {
            key: number_
            for column, key in setting.items()
            if not math.isnan(number_ := _number(label, column, at, columns[column][at]))
        }
        for at in range(len(columns["time"]))
    ]


def _conditions(
    experiments: Sequence[Mapping[str, float | str]], rows: Sequence[_Row]
) -> tuple[tuple[Condition, ...], tuple[Measurement, ...]]:
    names_: dict[str, Condition] = {}
    measurements = []
    for row in rows:
        values = experiments[row.line]
        said = ", ".join(f"{key} = {float(to):.15g}" for key, to in values.items()) or "all"
        names_.setdefault(said, Condition(said, values))
        filled: dict[str, float | str] = {}
        if not math.isnan(row.sigma):
            filled = {f"sigma_{row.observable}": row.sigma}
        measurements.append(Measurement(row.observable, said, row.time, row.value, filled))
    return tuple(names_.values()), tuple(measurements)


def _unknown(model: Model, key: str, given: Range) -> Unknown:
    try:
        low, high = float(given[0]), float(given[1])
        scale = given[2] if len(given) > 2 else "log10" if low > 0.0 else "lin"
    except (TypeError, ValueError, IndexError):
        raise ValueError(f"'{key}': a range is (low, high) or (low, high, scale)") from None
    part = model.by_id.get(key)
    if part is None:
        return Unknown(key, low, high, scale)
    nominal = number_of(model, key)
    return Unknown(
        key, low, high, scale, math.nan if nominal is None else nominal,
        name=part.name, unit=part.unit,
    )  # fmt: skip


def _reading(
    model: Model,
    key: str,
    rows: Sequence[_Row],
    observables: Mapping[str, str],
    noise: float | str | Mapping[str, float | str] | None,
    scale: str,
    distribution: str,
) -> tuple[Reading, list[Unknown]]:
    """An observable, and the parameter of its noise if that is to be found."""
    formula = from_text(observables.get(key, key), f"observable '{key}'")
    if key not in observables:
        model.part(key)
    part = model.by_id.get(key)
    said = noise.get(key) if isinstance(noise, Mapping) else noise
    extra: list[Unknown] = []
    told = [not math.isnan(row.sigma) for row in rows]
    if any(told) and said is None:
        if not all(told):
            raise ValueError(f"'{key}': some measurements have a sigma and some have none")
        width = name(f"sigma_{key}")
    elif said is None or said == "estimated":
        width, extra = name(f"sd_{key}"), [_width(key, [row.value for row in rows], scale)]
    elif isinstance(said, str):
        width = from_text(said, f"noise of '{key}'")
        if key in names(width):
            width = substitute([width], {key: formula})[0]
    else:
        width = number(said)
    unit = part.unit if part and key not in observables else ""
    title = part.name if part and key not in observables else ""
    return Reading(key, formula, width, scale, distribution, title, unit), extra


def _width(key: str, values: Sequence[float], scale: str) -> Unknown:
    """The standard deviation of an observable as a parameter."""
    size = 1.0
    if scale == "lin":
        size = float(np.ptp(values)) or float(np.max(np.abs(values))) or 1.0
    return Unknown(f"sd_{key}", 1e-4 * size, 1e1 * size, "log10", name=f"noise of {key}")
