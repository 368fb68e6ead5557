"""A design from a table: a CSV file or a data frame, a row a run."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import xarray as xr


def table(source: Any) -> xr.Dataset:
    """A design from a table: a row a run, a column a quantity.

    Parameters
    ----------
    source : str, Path or pandas.DataFrame
        A CSV file with ids in its first line, or a frame.  A column ``sample`` numbers the runs.

    Returns
    -------
    xarray.Dataset
        A variable an id over ``sample``.

    Raises
    ------
    ValueError
        ``file:line: what``, for what is not a number, and for lines of another length.
    OSError
        If the file cannot be read.
    """
    import xarray as xr

    columns = _read(Path(source)) if isinstance(source, (str, Path)) else _frame(source)
    labels = columns.pop("sample", None)
    length = len(next(iter(columns.values()), ()))
    if not length:
        raise ValueError(f"{_label(source)}: the table holds no runs; give ids, then a row a run")
    index = np.arange(length) if labels is None else np.asarray(labels, np.int64)
    return xr.Dataset(
        {key: ("sample", values) for key, values in columns.items()},
        coords={"sample": index},
        attrs={"design": "table"},
    )


def _label(source: Any) -> str:
    return str(source) if isinstance(source, (str, Path)) else "table"


def _frame(frame: Any) -> dict[str, Any]:
    """A data frame's columns as numbers."""
    columns = {}
    for key in frame.columns:
        try:
            columns[str(key)] = np.asarray(frame[key], float)
        except (TypeError, ValueError):
            raise ValueError(f"table: column '{key}' holds what is not a number") from None
        if not np.all(np.isfinite(columns[str(key)])):
            raise ValueError(f"table: column '{key}' holds a number that is not finite")
    return columns


def _read(path: Path) -> dict[str, Any]:
    """A CSV file's columns as numbers."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        try:
            rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
        except (csv.Error, UnicodeDecodeError) as wrong:
            raise ValueError(f"{path}:{reader.line_num}: not a CSV table ({wrong})") from None
    if not rows:
        raise ValueError(f"{path}:1: the table is empty; give ids, then a row a run")
    heads = [cell.strip() for cell in rows[0][1]]
    if len(set(heads)) < len(heads) or "" in heads:
        raise ValueError(f"{path}:1: each column needs an id of its own")
    values = np.array([_numbers(path, line, row, heads) for line, row in rows[1:]])
    return {key: values[:, at] for at, key in enumerate(heads)} if values.size else {}


def _numbers(path: Path, line: int, row: Sequence[str], heads: Sequence[str]) -> list[float]:
    if len(row) != len(heads):
        raise ValueError(f"{path}:{line}: {len(row)} values for {len(heads)} columns")
    found = []
    for key, cell in zip(heads, row, strict=True):
        try:
            found.append(float(cell))
        except ValueError:
            raise ValueError(f"{path}:{line}: column '{key}': '{cell}' is not a number") from None
        if not np.isfinite(found[-1]):
            raise ValueError(f"{path}:{line}: column '{key}': '{cell}' is not finite")
    return found
