"""``axissim study``: a hypothesis in a file, run, tested, and told in a report."""

from __future__ import annotations

import json
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from axissim.cli.options import Force, Json, Quiet
from axissim.cli.progress import progress

if TYPE_CHECKING:
    import xarray as xr

SOME_FAILED, AUDIT_FAILED = 3, 4


def study(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="What the study states.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE.html", help="The report.  [default: beside the file]"),
    ] = None,
    runs: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Of the runs.  [default: beside the report]"),
    ] = None,
    audit: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="Of the runs, made again by SciPy; 0 for none."),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Left out, as many as there are processors.")
    ] = None,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run a study: its arms, its read-outs, its criteria; and write a report of it.

    \b
    FILE.toml states question, hypothesis, model, runs, doses, read-outs, arms that are
    compared, and criteria with what is expected (docs/guides/studies.md).

    \b
    axissim study examples/meals.toml --out meals.html

    Whatever ends it, the same command goes on.  A report that is there is not replaced without
    --force; nor are runs of a study that has changed since.  A hypothesis that is not supported is
    a result, not an error.  For research and teaching; not medical advice.
    """
    from axissim.report import read_study
    from axissim.report import study as made

    if not file.is_file():
        raise ValueError(f"{file}: no such file; a study is a .toml file (docs/guides/studies.md)")
    if audit is not None and not 0.0 <= audit <= 1.0:
        raise ValueError(f"--audit {audit:g} is no share of the runs; give 0 to 1")
    stated = read_study(file)
    command = shlex.join(["axissim", *sys.argv[1:]])
    with progress(stated.runs, quiet) as watch:
        begun = time.perf_counter()
        ds = made(
            stated, out=out, runs=runs, force=force, audit=audit, threads=threads, watch=watch,
            command=command,
        )  # fmt: skip
        seconds = time.perf_counter() - begun
    told = _told(ds, seconds)
    print(json.dumps(told) if as_json else "\n".join(_lines(told)))
    if not quiet:
        count = sum(sum(ended.values()) for ended in told["status"].values())
        audited = " and audit" if json.loads(ds.attrs["audit"]) else ""
        print(f"{count:,} runs in {seconds:.1f} s, with compiling{audited}", file=sys.stderr)
    if not all(one["kept"] for one in told["audit"].values()):
        print("an audit found more than promised; the report says where", file=sys.stderr)
        raise typer.Exit(AUDIT_FAILED)
    if told["failed"]:
        print(f"{told['failed']:,} runs failed; none is counted as a result", file=sys.stderr)
        raise typer.Exit(SOME_FAILED)


def _told(ds: xr.Dataset, seconds: float) -> dict[str, Any]:
    status = json.loads(ds.attrs["status"])
    bad = [n for ended in status.values() for word, n in ended.items() if word != "ok"]
    return {
        "study": ds.attrs["title"],
        "verdict": ds.attrs["verdict"],
        "tests": [
            {
                "claim": str(one["test"].values),
                "verdict": str(one["verdict"].values),
                **{key: _plain(one[key].values) for key in ("number", "low", "high", "people")},
            }
            for one in (ds.isel(test=at) for at in range(ds.sizes["test"]))
        ],
        "model": ds.attrs["model_id"],
        "model_hash": ds.attrs["model_hash"],
        "status": status,
        "failed": sum(bad),
        "audit": json.loads(ds.attrs["audit"]),
        "seconds": round(seconds, 3),
        "report": ds.attrs["report"],
    }


def _plain(value: Any) -> float | None:
    return float(value) if value == value else None


def _lines(told: dict[str, Any]) -> list[str]:
    """The verdicts, each with its numbers, then the report's path."""
    lines = [f"{told['study']}: {told['verdict']}"]
    for one in told["tests"]:
        said = "none" if one["number"] is None else f"{one['number']:.4g}"
        if one["low"] is not None:
            said += f" ({one['low']:.4g} to {one['high']:.4g})"
        lines.append(f"  {one['verdict']:<14} {said:<28} {one['claim']}")
    return [*lines, told["report"]]
