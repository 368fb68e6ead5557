"""What ``axissim sensitivity`` does over ranges: importance, as a table, files and a picture."""

from __future__ import annotations

import json
import re
import shlex
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from axissim.cli import grammar
from axissim.cli.designing import drawn_around
from axissim.cli.progress import progress
from axissim.cli.question import Asked, titled

if TYPE_CHECKING:
    import xarray as xr

    from axissim.model.model import Model

_SHOWN = {  # the indices of each method that the table tells
    "sobol": ("S1", "ST"),
    "fast": ("S1", "ST"),
    "rbd_fast": ("S1",),
    "morris": ("mu_star", "sigma"),
    "dgsm": ("dgsm",),
    "pawn": ("pawn", "pawn_max"),
}


def ranges_of(model: Model, texts: Sequence[str]) -> tuple[dict[str, Any], dict[str, float]]:
    """Read ``-p``: ``k=1:20``, ``k=1:20:log``, ``'k~lognormal(0,0.3)'``; or ``k=8``, fixed."""
    from axissim.study.distribution import loguniform, uniform

    found: dict[str, Any] = {}
    fixed: dict[str, float] = {}
    for text in texts:
        match = re.fullmatch(r"\s*([A-Za-z_]\w*)\s*([=~])\s*(.*\S)\s*", text, re.ASCII)
        if match is None:
            raise ValueError(f"-p '{text}' cannot be read; write ID=LOW:HIGH, as in k=1:20")
        key, sign, said = match.groups()
        if key in found or key in fixed:
            raise ValueError(f"-p gives '{key}' twice; leave one out")
        if sign == "~":
            found[key] = drawn_around(model, key, said)
            continue
        cells = said.split(":")
        try:
            numbers = [float(cell) for cell in cells[:2]]
        except ValueError:
            raise ValueError(f"-p '{text}' holds what is no number; write {key}=1:20") from None
        if len(cells) == 1:
            fixed[key] = numbers[0]
        elif len(cells) == 2 or (len(cells) == 3 and cells[2] in ("log", "linear")):
            try:
                found[key] = (loguniform if cells[2:] == ["log"] else uniform)(*numbers)
            except ValueError as wrong:
                raise ValueError(f"-p '{text}': {wrong}") from None
        else:
            raise ValueError(f"-p '{text}' cannot be read; write {key}=1:20 or {key}=1:20:log")
    return found, fixed


def over_ranges(
    question: Asked,
    texts: Sequence[str],
    summaries: Sequence[str],
    quiet: bool,
    **options: Any,
) -> tuple[xr.Dataset, float]:
    """The indices, and the seconds they took."""
    from axissim.analysis.importance import importance

    found, fixed = ranges_of(question.model, texts)
    if not summaries:
        raise ValueError("say which numbers: --summary 'max(eda)' (or --local for one run)")
    with progress(_runs(len(found), **options), quiet) as watch:
        begun = time.perf_counter()
        ds = importance(
            question.model, found, t=question.times, params=fixed, watch=watch,
            summaries=grammar.formulas(summaries), **options,
        )  # fmt: skip
        seconds = time.perf_counter() - begun
    titled(ds, question.card, shlex.join(["axissim", *sys.argv[1:]]))
    return ds, seconds


def _runs(d: int, *, method: str, n: int, second_order: bool, **_: Any) -> int:
    each = {"sobol": (2 if second_order else 1) * d + 2, "morris": d + 1, "dgsm": d + 1, "fast": d}
    return n * each.get(method, 1)


def told(ds: xr.Dataset, seconds: float, paths: list[str]) -> dict[str, Any]:
    """The result as plain values."""
    status = json.loads(ds.attrs["status"])
    keys = [str(key) for key in ds.data_vars if ds[key].dims == ("output", "parameter")]
    outputs = {}
    for name in map(str, ds["output"].values):
        one = ds.sel(output=name)
        columns = {key: [_plain(v) for v in one[key].values] for key in keys}
        outputs[name] = columns | {
            "mean": _plain(one["mean"].values),
            "std": _plain(one["std"].values),
            "groups": int(one["groups"]),
            "groups_left_out": int(one["groups_left_out"]),
        }
    return {
        "model": ds.attrs["model_id"],
        "model_hash": ds.attrs["model_hash"],
        "method": ds.attrs["importance"],
        "runs": int(ds.attrs["asked_runs"]),
        "status": status,
        "failed": sum(count for word, count in status.items() if word != "ok"),
        "parameters": [str(key) for key in ds["parameter"].values],
        "outputs": outputs,
        "seconds": round(seconds, 3),
        "files": paths,
    }


def _plain(value: Any) -> float | None:
    return float(value) if value == value else None


def table(ds: xr.Dataset) -> list[str]:
    """The indices with their intervals, a block an output, the most important first."""
    import numpy as np

    kinds = [key for key in _SHOWN[ds.attrs["importance"]] if key in ds]
    wide = max(map(len, ["parameter", *map(str, ds["parameter"].values)]))
    lines: list[str] = []
    for name in ds["output"].values:
        one = ds.sel(output=name)
        said = str(one["formula"].values)
        unit = f" ({one['units'].values})" if str(one["units"].values) else ""
        lines += [
            *([""] if lines else []),
            f"{said}{unit}: {float(one['mean']):.5g} +- {float(one['std']):.3g} over the runs",
        ]
        if not kinds or not np.isfinite(one[kinds[0]].values).any():
            lines.append("no index: it does not vary, or too few groups of runs are whole")
            continue
        lines.append("  ".join(["parameter".ljust(wide), *(key.rjust(18) for key in kinds)]))
        lead = "ST" if "ST" in kinds else kinds[0]
        for at in np.argsort(-np.nan_to_num(one[lead].values), kind="stable"):
            cells = [_cell(one, key, at) for key in kinds]
            lines.append("  ".join([str(ds["parameter"].values[at]).ljust(wide), *cells]))
    return lines


def _cell(one: xr.Dataset, key: str, at: int) -> str:
    value = float(one[key].values[at])
    if f"{key}_conf" not in one:
        return f"{value:18.4g}"
    return f"{value:9.4g} +-{float(one[f'{key}_conf'].values[at]):7.2g}"


def tell(said: dict[str, Any], quiet: bool) -> None:
    """How many runs, how fast, and what was left out, on stderr."""
    if not quiet:
        rate = said["runs"] / said["seconds"]
        print(
            f"{said['runs']:,} runs in {said['seconds']:.2f} s with compiling and estimates: "
            f"{rate:,.0f} runs/s",
            file=sys.stderr,
        )
    for name, one in said["outputs"].items():
        if one["groups_left_out"]:
            every = one["groups"] + one["groups_left_out"]
            print(
                f"note: {name}: {one['groups_left_out']:,} of {every:,} groups of runs left out, "
                "since a run in them failed or gave no number",
                file=sys.stderr,
            )
    if said["failed"]:
        words = ", ".join(f"{n:,} {word}" for word, n in said["status"].items() if word != "ok")
        print(f"{said['failed']:,} failed: {words}", file=sys.stderr)
