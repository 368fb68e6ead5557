"""Dosing tables: rows with NONMEM's columns, read and checked.

``ID TIME AMT RATE DUR II ADDL SS CMT EVID`` mean what they mean to NONMEM, in any case and order,
except that CMT, given as the id of a state or its number from 1, has no default, that EVID 3 and 4
set the states to their values at the start, that EVID 2 does nothing, and that TIME never goes
back within an ID.  Other columns (DV, MDV, covariates) are not used.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from axissim.model.model import ModelError

COLUMNS = ("ID", "TIME", "AMT", "RATE", "DUR", "II", "ADDL", "SS", "CMT", "EVID")
_DATES = {"DATE", "DAT1", "DAT2", "DAT3"}
_MISSING = ("", ".", "NA", "nan", "NaN")
OBSERVED, DOSED, OTHER, RESET, RESET_AND_DOSED = range(5)


@dataclass(frozen=True, eq=False)
class DosingTable:
    """The rows of a table that do something.

    Attributes
    ----------
    source : str
    lines : (rows,) array of int
        Where each row stands in the file.
    id : (rows,) array or None
        Whose row it is; None if the table has no ID.
    ids : tuple
        Every ID of the table, in its order, also those that are never dosed.
    columns : dict
        TIME, AMT, RATE, DUR, II, ADDL, SS and EVID: (rows,) arrays of float.
    cmt : (rows,) array of str
    unused : tuple of str
        Columns that mean nothing here.
    digest : str
        A hash of the whole table.
    """

    source: str
    lines: Any
    id: Any
    ids: tuple[Any, ...]
    columns: dict[str, Any]
    cmt: Any
    unused: tuple[str, ...]
    digest: str

    def error(self, rows: Any, what: str) -> None:
        """ModelError ``source:line: what`` for the first of `rows` (a mask), if there is one."""
        if np.any(rows):
            raise ModelError(f"{self.source}:{self.lines[int(np.argmax(rows))]}: {what}")

    def of_one(self, label: Any) -> DosingTable:
        """A row of each kind (which state, how) as rows of the ID `label`, in order of time."""
        if self.id is None:
            return self
        flows = (self.columns["RATE"] > 0.0) | (self.columns["DUR"] > 0.0)
        kinds = np.char.add(self.cmt, np.where(flows, " flow", " dose")) if len(flows) else self.cmt
        rows = np.unique(kinds, return_index=True)[1]
        rows = rows[np.argsort(self.columns["TIME"][rows], kind="stable")]
        columns = {key: column[rows] for key, column in self.columns.items()}
        own = np.full(len(rows), label)
        return replace(
            self, lines=self.lines[rows], id=own, ids=(label,), columns=columns, cmt=self.cmt[rows]
        )


def read(path: Path) -> DosingTable:
    """Read a file whose columns stand apart by commas, semicolons, tabs or blanks."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ModelError(f"{path}:1: is not text in UTF-8; save it so") from None
    kept = [(at, line) for at, line in enumerate(lines, 1) if line.strip() and line[0] != "#"]
    if not kept:
        raise ModelError(f"{path}:1: the table is empty; its first line names the columns")
    at, head = kept[0]
    apart = next((mark for mark in ",;\t" if mark in head), None)
    heads = _heads(f"{path}:{at}", _cells(head, apart))
    rows = [_cells(line, apart) for _, line in kept[1:]]
    for (at, _), cells in zip(kept[1:], rows, strict=True):
        if len(cells) != len(heads):
            raise ModelError(f"{path}:{at}: {len(cells)} values for {len(heads)} columns")
    columns = dict(zip(heads, map(np.array, zip(*rows, strict=True)), strict=True)) if rows else {}
    digest = hashlib.sha256("\n".join(line for _, line in kept).encode()).hexdigest()[:16]
    return _table(str(path), np.array([at for at, _ in kept[1:]], int), heads, columns, digest)


def of_frame(frame: Any) -> DosingTable:
    """The same of a data frame; its rows are counted from 1."""
    from pandas.util import hash_pandas_object

    heads = _heads("table:1", [str(key) for key in frame.columns])
    columns = {
        head: frame[key].to_numpy(object if frame[key].dtype.kind not in "fiub" else None)
        for head, key in zip(heads, frame.columns, strict=True)
    }
    digest = hashlib.sha256(hash_pandas_object(frame, index=False).to_numpy()).hexdigest()[:16]
    return _table("table", np.arange(1, len(frame) + 1), heads, columns, digest)


def _cells(line: str, apart: str | None) -> list[str]:
    if apart is None:
        return line.split()
    return [cell.strip() for cell in next(csv.reader([line], delimiter=apart))]


def _heads(where: str, cells: Sequence[str]) -> list[str]:
    heads = [cell.strip().upper() for cell in cells]
    for head in heads:
        if heads.count(head) > 1 or not head:
            raise ModelError(f"{where}: each column needs a name of its own, not '{head}' twice")
    for head in sorted(_DATES.intersection(heads)):
        raise ModelError(f"{where}: dates ({head}) are not read; give TIME in the model's unit")
    if "TIME" not in heads or not {"AMT", "EVID"} & set(heads):
        raise ModelError(f"{where}: a dosing table has columns TIME, AMT and CMT at least")
    return heads


def _table(
    source: str, lines: Any, heads: Sequence[str], given: dict[str, Any], digest: str
) -> DosingTable:
    rows = len(lines)
    if not rows:
        raise ModelError(f"{source}:1: the table has no rows; give a dose a row")
    columns = {
        key: _numbers(source, lines, key, given[key]) if key in given else np.zeros(rows)
        for key in COLUMNS
        if key not in ("ID", "CMT")
    }
    if "EVID" not in given:
        columns["EVID"] = (columns["AMT"] != 0.0).astype(float)
    cmt = np.array([_word(cell) for cell in given["CMT"]] if "CMT" in given else [""] * rows)
    own = _labels(source, lines, given["ID"]) if "ID" in given else None
    unused = tuple(head for head in heads if head not in COLUMNS)
    ids = tuple(dict.fromkeys(own.tolist())) if own is not None else ()
    whole = DosingTable(source, lines, own, ids, columns, cmt, unused, digest)
    _check(whole)
    acts = np.isin(columns["EVID"], (DOSED, RESET, RESET_AND_DOSED))
    return DosingTable(
        source, lines[acts], own[acts] if own is not None else None, ids,
        {key: column[acts] for key, column in columns.items()}, cmt[acts], unused, digest,
    )  # fmt: skip


def _numbers(source: str, lines: Any, key: str, cells: Any) -> Any:
    """A column as numbers; a missing one is 0, but a time is never missing."""
    if cells.dtype.kind in "fiub":
        values = cells.astype(float)
        missing = np.isnan(values)
    else:
        texts = np.array([_word(cell) for cell in cells])
        missing = np.isin(texts, _MISSING)
        try:
            values = np.where(missing, "0", texts).astype(float)
        except ValueError:
            at = next(at for at, text in enumerate(texts) if not (missing[at] or _is_number(text)))
            raise ModelError(
                f"{source}:{lines[at]}: {key} '{texts[at]}' is not a number; give one"
            ) from None
    bad = ~np.isfinite(values) & ~missing if key != "TIME" else ~np.isfinite(values) | missing
    if np.any(bad):
        raise ModelError(
            f"{source}:{lines[int(np.argmax(bad))]}: {key} is not finite; give a number"
        )
    return np.where(missing, 0.0, values)


def _word(cell: Any) -> str:
    """A cell as text; a whole number without its point."""
    if isinstance(cell, (float, np.floating)):
        return "" if np.isnan(cell) else f"{cell:.0f}" if cell % 1 == 0 else repr(float(cell))
    return "" if cell is None else str(cell).strip()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _labels(source: str, lines: Any, cells: Any) -> Any:
    """IDs: whole numbers where all are, else text."""
    words = np.array([_word(cell) for cell in cells])
    missing = np.isin(words, _MISSING)
    if np.any(missing):
        raise ModelError(f"{source}:{lines[int(np.argmax(missing))]}: ID is missing; give one")
    try:
        numbers = words.astype(float)
    except ValueError:
        return words
    return numbers.astype(np.int64) if np.all(numbers % 1 == 0) else words


def _check(table: DosingTable) -> None:
    """Refuse, with the line, what means nothing here and what is not done."""
    c, error = table.columns, table.error
    evid, amt, rate, dur, ss = (c[key] for key in ("EVID", "AMT", "RATE", "DUR", "SS"))
    doses = np.isin(evid, (DOSED, RESET_AND_DOSED))
    error(~np.isin(evid, range(5)), "EVID is 0, 1, 2, 3 or 4")
    error(~doses & (amt != 0.0), "AMT of a row that is no dose; give it EVID 1, or AMT 0")
    error(doses & (rate == -1.0), "RATE -1 (a modelled rate) is not done; give RATE or DUR")
    error(doses & (rate == -2.0), "RATE -2 (a modelled duration) is not done; give RATE or DUR")
    error((rate < 0.0) | (dur < 0.0), "RATE and DUR are 0 or more")
    error(doses & (rate > 0.0) & (dur > 0.0), "both RATE and DUR; give one of the two")
    error(doses & (ss == 2.0), "SS 2 (onto what is there) is not done; give SS 1 or the doses")
    error(~np.isin(ss, (0.0, 1.0)), "SS is 0 or 1")
    endless = doses & (amt == 0.0) & (rate > 0.0) & (ss == 1.0)
    error(endless, "an infusion without end (AMT 0, SS 1) is not done; give AMT and II")
    error(doses & (amt <= 0.0), "AMT of a dose is above 0; give it, or EVID 0")
    error((c["ADDL"] < 0.0) | (c["ADDL"] % 1 != 0), "ADDL is a whole number, 0 or more")
    repeats = doses & ((c["ADDL"] > 0.0) | (ss == 1.0))
    error(repeats & (c["II"] <= 0.0), "ADDL and SS need II, the time between doses, above 0")
    error(doses & np.isin(table.cmt, _MISSING), "CMT is missing; give the id of the state dosed")
    order = np.arange(len(evid)) if table.id is None else np.argsort(table.id, kind="stable")
    back = np.zeros(len(evid), bool)
    back[order[1:]] = np.diff(c["TIME"][order]) < 0.0
    if table.id is not None:
        back[order[1:]] &= table.id[order][1:] == table.id[order][:-1]
    error(back, "TIME goes back; put the rows of each ID in order, with time running on")
