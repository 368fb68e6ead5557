"""PEtab problems, version 1, as problems."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

from axissim.analysis.fitting.formulas import from_petab
from axissim.analysis.fitting.priors import Prior
from axissim.analysis.fitting.problem import Condition, Measurement, Problem, Reading, Unknown
from axissim.model.library import load
from axissim.model.passes import substitute

_NEEDED = "PEtab problems need the package petab: pip install 'axissim[fit]'"
_COLUMNS = {
    "parameter": ("lowerBound", "upperBound", "estimate"),
    "condition": (),
    "observable": ("observableFormula", "noiseFormula"),
    "measurement": ("observableId", "simulationConditionId", "time", "measurement"),
}  # without which a problem is none


def petab(path: str | Path) -> Problem:
    """Read a PEtab problem.

    Parameters
    ----------
    path : str or Path
        Its YAML file.

    Raises
    ------
    ValueError
        One line: what is wrong, or which of PEtab's features is not known here.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"{path}: no such file; give the YAML file of a PEtab problem")
    tables, model_file = _read(path)
    try:
        _check_columns(tables)
        fixed, unknowns = _parameters(tables.parameter_df)
        return Problem(
            id=path.stem,
            model=load(model_file),
            unknowns=tuple(unknowns),
            readings=tuple(_readings(tables.observable_df)),
            measurements=tuple(_measurements(tables.measurement_df, fixed)),
            conditions=tuple(_conditions(tables.condition_df, fixed)),
            fixed=fixed,
        )
    except ValueError as wrong:
        raise ValueError(f"{path}: {wrong}") from None


def _check_columns(tables: Any) -> None:
    for kind, columns in _COLUMNS.items():
        frame = getattr(tables, f"{kind}_df")
        if frame is None:
            raise ValueError(f"no table of {kind}s")
        for column in columns:
            if column not in frame.columns:
                raise ValueError(f"the table of {kind}s has no column '{column}'")


def _read(path: Path) -> tuple[Any, Path]:
    """The tables of a problem, and the path of its model."""
    import yaml

    try:
        said = yaml.safe_load(path.read_text("utf-8"))
        version = str(said["format_version"])
        models = [file for part in said["problems"] for file in part["sbml_files"]]
    except (yaml.YAMLError, KeyError, TypeError):
        raise ValueError(f"{path}: not a PEtab 1 problem with an SBML model") from None
    if not version.startswith("1"):
        raise ValueError(f"{path}: PEtab {version} is not known here, version 1 is")
    if len(said["problems"]) != 1 or len(models) != 1:
        raise ValueError(f"{path}: holds {len(models)} models; give one problem with one model")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from petab.v1 import Problem as Tables
        except ImportError:
            raise ValueError(_NEEDED) from None
        try:
            tables = Tables.from_yaml(str(path))
        except (OSError, KeyError, ValueError, TypeError) as wrong:
            raise ValueError(f"{path}: {wrong}") from None
    return tables, path.parent / models[0]


def _parameters(frame: Any) -> tuple[dict[str, float], list[Unknown]]:
    """What the table of parameters gives, and what it leaves to be found."""
    fixed, unknowns = {}, []
    for key, row in frame.iterrows():
        nominal = float(row.get("nominalValue", math.nan))
        if not int(row["estimate"]):
            fixed[str(key)] = nominal
            continue
        unknowns.append(
            Unknown(
                id=str(key),
                low=float(row["lowerBound"]),
                high=float(row["upperBound"]),
                scale=_said(row, "parameterScale") or "lin",
                nominal=nominal,
                prior=_prior(row, str(key)),
            )
        )
    return fixed, unknowns


def _prior(row: Any, key: str) -> Prior | None:
    kind = _said(row, "objectivePriorType")
    if not kind or kind in ("uniform", "parameterScaleUniform"):
        return None
    try:
        first, second = (float(part) for part in _said(row, "objectivePriorParameters").split(";"))
    except ValueError:
        raise ValueError(f"'{key}': its objectivePriorParameters are not two numbers") from None
    return Prior(kind, first, second)


def _readings(frame: Any) -> list[Reading]:
    formulas = {
        str(key): from_petab(row["observableFormula"], f"observable '{key}'")
        for key, row in frame.iterrows()
    }
    found = []
    for key, row in frame.iterrows():
        noise = from_petab(row["noiseFormula"], f"noise of '{key}'")
        distribution = _said(row, "noiseDistribution") or "normal"
        found.append(
            Reading(
                id=str(key),
                formula=formulas[str(key)],
                noise=substitute([noise], formulas)[0],
                scale=_said(row, "observableTransformation") or "lin",
                distribution=distribution,
                name=_said(row, "observableName"),
            )
        )
    return found


def _conditions(frame: Any, fixed: dict[str, float]) -> list[Condition]:
    found = []
    for key, row in frame.iterrows():
        values = {
            str(column): _value(cell, fixed)
            for column, cell in row.items()
            if column != "conditionName" and not _empty(cell)
        }
        found.append(Condition(str(key), values))
    return found


def _measurements(frame: Any, fixed: dict[str, float]) -> list[Measurement]:
    found = []
    for row in frame.to_dict("records"):
        key = str(row["observableId"])
        filled = {}
        for kind in ("observable", "noise"):
            for at, cell in enumerate(_cells(row.get(f"{kind}Parameters")), 1):
                filled[f"{kind}Parameter{at}_{key}"] = _value(cell, fixed)
        found.append(
            Measurement(
                observable=key,
                condition=str(row["simulationConditionId"]),
                time=float(row["time"]),
                value=float(row["measurement"]),
                filled=filled,
                before=_said(row, "preequilibrationConditionId"),
            )
        )
    return found


def _cells(cell: Any) -> list[str]:
    return [] if _empty(cell) else [part.strip() for part in str(cell).split(";")]


def _value(cell: Any, fixed: dict[str, float]) -> float | str:
    """A number, or the id of an unknown; a given parameter is its number."""
    try:
        return float(cell)
    except ValueError:
        return fixed.get(str(cell).strip(), str(cell).strip())


def _empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, float) and math.isnan(cell)) or not str(cell).strip()


def _said(row: Any, key: str) -> str:
    cell = row.get(key)
    return "" if _empty(cell) else str(cell).strip()
