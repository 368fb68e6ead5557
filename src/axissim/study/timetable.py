"""A dosing table as a timeline: the rows of each ID become a run's doses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.model.model import Model, ModelError
from axissim.study.dosing_table import DOSED, RESET, RESET_AND_DOSED, DosingTable
from axissim.study.inputs import target_state
from axissim.study.timeline import Instants, Spans, Steady, Timeline

if TYPE_CHECKING:
    import xarray as xr

NUMBERED = {"sample", "replicate", "id", "subject"}  # dimensions that number runs


def members(actions: Sequence[Any]) -> xr.Dataset:
    """The runs that the IDs of tables name; one run where there are none."""
    import xarray as xr

    tables = [a for a in actions if isinstance(a, DosingTable) and a.id is not None]
    ids = list(dict.fromkeys(label for table in tables for label in table.ids))
    return xr.Dataset(coords={"sample": np.array(ids)} if ids else {}, attrs={"design": "table"})


def for_one(actions: Sequence[Any], design: xr.Dataset) -> list[Any]:
    """Actions that ask the same of the model, for the first run of a design alone."""
    first = {dim: design[dim].values[0] for dim in design.dims if dim in design.coords}
    label = first.get(next(iter(design.dims), ""), 0)
    return [a.of_one(label) if isinstance(a, DosingTable) else a for a in actions]


def target_of(table: DosingTable, model: Model, cmt: str, line: int) -> str:
    """The state that a CMT means."""
    label = f"{table.source}:{line}: CMT"
    if not cmt.lstrip("+-").isdigit():
        return target_state(model, cmt, label)
    if not 1 <= int(cmt) <= len(model.states):
        raise ModelError(f"{label} {cmt}: the states are numbered 1 to {len(model.states)}")
    return model.states[int(cmt) - 1].id


def add(table: DosingTable, model: Model, design: xr.Dataset, span: Any, into: Timeline) -> None:
    """Put the rows of `table` into a timeline; ModelError is ``file:line: what; mend``."""
    start, end = span
    c = table.columns
    table.error(c["TIME"] < start, f"TIME is before the start of the run, {start:g}; begin earlier")
    runs, member = _members(table, design)
    order = np.argsort(member, kind="stable")
    doses = np.isin(c["EVID"], (DOSED, RESET_AND_DOSED))
    duration = c["DUR"].copy()
    flowing = c["RATE"] > 0.0
    duration[flowing] = c["AMT"][flowing] / c["RATE"][flowing]
    resets = order[np.isin(c["EVID"], (RESET, RESET_AND_DOSED))[order]]
    if resets.size:
        into.resets.append(_dense(runs, member[resets], c["TIME"][resets])[0])
    _add_steady(table, model, duration, (runs, member, order), into)
    for cmt in dict.fromkeys(table.cmt[doses].tolist()):
        of = doses & (table.cmt == cmt)
        line = int(table.lines[np.argmax(of)])
        target = target_of(table, model, cmt, line)
        label = f"{table.source}:{line}: dose of '{target}'"
        for instant in (True, False):
            rows = order[(of & ((duration == 0.0) == instant))[order]]
            if not rows.size:
                continue
            rows, at = _again(table, rows, end)
            time, amount, lasting = _dense(runs, member[rows], at, c["AMT"][rows], duration[rows])
            if instant:
                into.doses.append(Instants(target, time, np.nan_to_num(amount), label))
            else:
                level = np.nan_to_num(amount / lasting)
                into.flows.append(Spans(target, time, time + lasting, level, label))


def _add_steady(
    table: DosingTable, model: Model, duration: Any, runs: tuple[int, Any, Any], into: Timeline
) -> None:
    count, member, order = runs
    c = table.columns
    steady = (c["SS"] == 1.0) & np.isin(c["EVID"], (DOSED, RESET_AND_DOSED))
    table.error(
        steady & (duration > c["II"]), "an infusion longer than II has no SS here; give ADDL"
    )
    for cmt in dict.fromkeys(table.cmt[steady].tolist()):
        rows = order[(steady & (table.cmt == cmt))[order]]
        line = int(table.lines[rows[0]])
        target = target_of(table, model, cmt, line)
        columns = (c["TIME"], c["II"], c["AMT"], duration)
        time, every, amount, lasting = _dense(
            count, member[rows], *(column[rows] for column in columns)
        )
        label = f"{table.source}:{line}: SS"
        into.steadies.append(Steady(target, time, every, amount, lasting, label))


def _again(table: DosingTable, rows: Any, end: float) -> tuple[Any, Any]:
    """Each of `rows` as often as ADDL says, and when."""
    c = table.columns
    time, every, more = c["TIME"][rows], c["II"][rows], c["ADDL"][rows]
    every = np.where(more > 0.0, every, 1.0)
    times = np.minimum(more, np.floor(np.maximum(end - time, 0.0) / every) + 1.0).astype(int) + 1
    step = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    return np.repeat(rows, times), np.repeat(time, times) + step * np.repeat(every, times)


def _dense(runs: int, member: Any, *columns: Any) -> list[Any]:
    """Columns whose rows are in order of `member`, as (runs, most rows of one), NaN elsewhere."""
    counts = np.bincount(member, minlength=runs)
    slot = np.arange(len(member)) - np.repeat(np.cumsum(counts) - counts, counts)
    found = []
    for column in columns:
        wide = np.full((runs, int(counts.max(initial=0))), np.nan)
        wide[member, slot] = column
        found.append(wide)
    return found


def _members(table: DosingTable, design: xr.Dataset) -> tuple[int, Any]:
    """How many runs the table tells apart, and which each of its rows is of."""
    rows = len(table.lines)
    if table.id is None or (len(table.ids) == 1 and not design.dims):
        return 1, np.zeros(rows, int)
    dims = [str(dim) for dim in design.dims]
    if not dims:
        raise ModelError(
            f"{table.source}: has {len(table.ids)} IDs; sweep over them, or keep the rows of one"
        )
    if len(dims) != 1 or dims[0] not in NUMBERED:
        raise ModelError(
            f"{table.source}: IDs are those of runs along 'sample', not of {', '.join(dims)}; "
            "leave ID out to dose all alike"
        )
    size = design.sizes[dims[0]]
    labels = design[dims[0]].values if dims[0] in design.coords else np.arange(size)
    place = {label: at for at, label in enumerate(labels.tolist())}
    if len(table.ids) == 1 and size > 1:
        raise ModelError(
            f"{table.source}: has one ID, {table.ids[0]}, for {size:,} runs; "
            "leave ID out to dose all alike"
        )
    if table.id.dtype.kind == "i" and labels.dtype.kind in "iu" and rows:
        return size, _placed(table, labels)
    table.error(
        np.array([label not in place for label in table.id.tolist()], bool),
        f"ID is no run of the design, whose {dims[0]} is {labels[0]} to {labels[-1]}",
    )
    return size, np.array([place[label] for label in table.id.tolist()], int)


def _placed(table: DosingTable, labels: Any) -> Any:
    """Where each row's ID is among `labels`."""
    order = np.argsort(labels, kind="stable")
    found = order[np.minimum(np.searchsorted(labels, table.id, sorter=order), len(labels) - 1)]
    table.error(
        labels[found] != table.id,
        f"ID is no run of the design, whose runs are {labels.min()} to {labels.max()}",
    )
    return found
