"""A study from its file to its report."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.report.arms import Ran, run_arms
from axissim.report.page import page
from axissim.report.reading import read_study
from axissim.report.stated import Study
from axissim.report.verdict import Found, judged, overall
from axissim.study.store import unwritten

if TYPE_CHECKING:
    import xarray as xr


def study(
    path: str | Path | Study,
    *,
    out: str | Path | None = None,
    runs: str | Path | None = None,
    force: bool = False,
    audit: float | None = None,
    threads: int | None = None,
    watch: Callable[[int], None] | None = None,
    command: str = "",
) -> xr.Dataset:
    """Run a study that a TOML file states, and write its report.

    Parameters
    ----------
    path : str, Path or Study
        The file (docs/guides/studies.md), or what `read_study` read from it.
    out : str or Path, optional
        The report; left out, beside the file, ending in ``.html``.
    runs : str or Path, optional
        The folder of the runs, a ``.zarr`` store an arm; left out, beside the report, ending in
        ``.runs``.  Whatever ends the study, the same call goes on there.
    force : bool
        Replace a report that is there, and runs there of a study that has changed since.
    audit : float, optional
        In place of the file's: the share of runs that SciPy makes again, 0 for none.
    threads, watch
        As in `axissim.sweep`.
    command : str
        What the report says to run it again.

    Returns
    -------
    xarray.Dataset
        Each read-out over ``arm`` and ``sample``, NaN where a run failed; over ``test`` its
        ``number``, ``low`` and ``high`` (95 %) and ``verdict``; attributes ``verdict``, ``report``.

    Raises
    ------
    ModelError
        ``file:line: what is wrong; the mend``.
    FileExistsError
        If the report is there, without `force`.
    KeyboardInterrupt
        If it was interrupted; what is done stays.
    """
    stated = path if isinstance(path, Study) else read_study(path)
    if audit is not None:
        stated = replace(stated, audit=audit)
    report = Path(out) if out is not None else stated.path.with_suffix(".html")
    if report.suffix not in (".html", ".htm"):
        raise ValueError(f"{report}: a report is an .html file")
    unwritten(report, force=force)
    folder = Path(runs) if runs is not None else report.with_suffix(".runs")
    ran = run_arms(stated, folder, force=force, threads=threads, watch=watch)
    found = judged(stated, ran)
    said = command or f"axissim study {shlex.quote(str(stated.path))}"
    _write(report, page(stated, ran, found, said))
    return _dataset(stated, ran, found).assign_attrs(report=str(report))


def _write(report: Path, text: str) -> None:
    """Write a file that appears whole or not at all."""
    report.parent.mkdir(parents=True, exist_ok=True)
    part = report.with_name(f".{report.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        os.replace(part, report)
    finally:
        part.unlink(missing_ok=True)


def _dataset(stated: Study, ran: Sequence[Ran], found: Sequence[Found]) -> xr.Dataset:
    import xarray as xr

    numbers: dict[str, Any] = {}
    for one in stated.readouts:
        values = np.stack([arm.values[one.name] for arm in ran])
        about = {"long_name": one.label, **({"units": one.unit} if one.unit else {})}
        numbers[one.name] = (("arm", "sample"), values, about)
    tests = {
        "number": [one.number for one in found],
        "low": [one.low for one in found],
        "high": [one.high for one in found],
        "people": [one.people for one in found],
    }
    first = ran[0].ds.attrs
    kept = ("title", "model_id", "model_hash", "source", "versions", "created", "disclaimer")
    status = {one.arm.name: dict(one.status) for one in ran}
    audits = {one.arm.name: dict(one.audit) for one in ran if one.audit}
    return xr.Dataset(
        numbers | {key: ("test", values) for key, values in tests.items()},
        coords={
            "arm": [one.arm.name for one in ran],
            "test": [one.test.claim for one in found],
            "verdict": ("test", [one.verdict for one in found]),
        },
        attrs={key: first[key] for key in kept}
        | {
            "title": stated.title,
            "verdict": overall(found),
            "status": json.dumps(status),
            "audit": json.dumps(audits),
            "seed": stated.seed,
        },
    )
