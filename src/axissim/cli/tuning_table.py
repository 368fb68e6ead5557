"""A tuning as a table for people, and as one JSON object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

_MOST = 12  # rows of the front
_LEAST = 5e-4  # of an elasticity that is told


def lines(ds: Any) -> Iterator[str]:
    """The front, the best compromise, the reasons, and what it all is."""
    yield from _front(ds)
    yield ""
    yield from _best(ds)
    yield ""
    yield from _reasons(ds)
    yield ""
    yield str(ds.attrs["disclaimer"])


def _front(ds: Any) -> Iterator[str]:
    rows = np.flatnonzero(ds["front"].values == 1)
    rows = rows[np.argsort(ds["miss"].values[rows], kind="stable")]
    shown = _some(rows, int(ds.attrs["best"]))
    people = int(ds["people"].values[rows[0]])
    costs = [str(key) for key in ds["cost"].values]
    levers = [str(key) for key in ds["lever"].values]
    told = f", {len(shown)} of {len(rows)} shown" if len(shown) < len(rows) else ""
    who = f"{people:,} people" if people > 1 else "one person"
    yield f"Front: {len(rows)} of {ds.sizes['candidate']} candidates, in {who}{told}"
    extra = [key for key in costs if key not in levers]
    head = ["", *levers, "miss", *(["in all bands"] if people > 1 else []), *extra]
    hard, failed = bool(ds["hard"].values.any()), bool(ds["failed"].values.any())
    head += ["outside hard"] * hard + ["failed"] * failed
    table = [head]
    for row in shown:
        one = ds.isel(candidate=int(row))
        cells = ["*" if row == ds.attrs["best"] else ""]
        cells += [_number(value) for value in one["setting"].values]
        cells += [f"{float(one['miss']):.3f}"]
        cells += [_share(one)] if people > 1 else []
        cells += [_number(float(one["cost_mean"].sel(cost=key))) for key in extra]
        cells += [f"{100 * float(one['violated']):.1f} %"] * hard
        cells += [f"{int(one['failed'])}"] * failed
        table.append(cells)
    yield from _aligned(table)


def _some(rows: Any, best: int) -> list[int]:
    """The best and others evenly over the front, in its order."""
    picked = {
        int(rows[at])
        for at in np.linspace(0, len(rows) - 1, min(len(rows), _MOST)).round().astype(int)
    }
    return [int(row) for row in rows if int(row) in picked | {best}]


def _best(ds: Any) -> Iterator[str]:
    """Each read-out of the best compromise."""
    one = ds.isel(candidate=int(ds.attrs["best"]))
    people = int(one["people"])
    targets = [str(key) for key in ds["target"].values]
    yield "Best compromise (*)"
    head = ["", "read-out", "mean", *(["5 to 95 %"] if people > 1 else []), "band", "inside"]
    table = [head]
    for at, key in enumerate(str(key) for key in ds["read_out"].values):
        unit, text = (str(ds[f"read_out_{what}"].values[at]) for what in ("units", "text"))
        cells = ["", f"{text} ({unit})" if unit and unit != "1" else text]
        cells.append(_number(float(one["value"].values[at])))
        if people > 1:
            ends = (float(one[f"value_{end}"].values[at]) for end in ("low", "high"))
            cells.append(" to ".join(map(_number, ends)))
        if key in targets:
            place = targets.index(key)
            cells += [_band(one, place), _inside(one, place, people)]
        table.append(cells + [""] * (len(head) - len(cells)))
    yield from _aligned(table)


def _band(one: Any, at: int) -> str:
    low, high = (float(one[key].values[at]) for key in ("low", "high"))
    said = f"{low:g} to {high:g}"
    said = f"< {high:g}" if np.isinf(low) else f"> {low:g}" if np.isinf(high) else said
    return f"{said}, hard" if one["hard"].values[at] else said


def _inside(one: Any, at: int, people: int) -> str:
    share, low, high = (float(one[f"inside{end}"].values[at]) for end in ("", "_low", "_high"))
    if people == 1:
        return "yes" if share == 1.0 else "no"
    return f"{100 * share:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def _share(one: Any) -> str:
    share, low, high = (100 * float(one[f"share{end}"]) for end in ("", "_low", "_high"))
    return f"{share:.1f} % ({low:.1f} to {high:.1f})"


def _reasons(ds: Any) -> Iterator[str]:
    yield "Why: per cent of the read-out for one per cent of the lever, about the best"
    of_runs = ds["of_run"].values == 1
    table = [["", *map(str, ds["read_out"].values[of_runs])]]
    for key, row in zip(ds["lever"].values, ds["elasticity"].values[:, of_runs], strict=True):
        table.append([str(key), *map(_elasticity, row)])
    yield from _aligned(table)


def _elasticity(value: float) -> str:
    if not np.isfinite(value):
        return "-"
    return f"{value:+.2g}" if abs(value) >= _LEAST else "0"


def _number(value: float) -> str:
    return f"{value:.4g}"


def _aligned(table: Sequence[Sequence[str]]) -> Iterator[str]:
    wide = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        row = [cell.ljust(size) for cell, size in zip(cells, wide, strict=True)]
        yield "  ".join(row).rstrip()


def summary(ds: Any) -> dict[str, Any]:
    """What a script wants to know."""
    best = int(ds.attrs["best"])
    rows = np.flatnonzero(ds["front"].values == 1)
    return {
        "model": ds.attrs["model_id"],
        "model_hash": ds.attrs["model_hash"],
        "runs": ds.attrs["runs"],
        "failed": ds.attrs["failed_runs"],
        "candidates": ds.sizes["candidate"],
        "best": _candidate(ds, best),
        "front": [_candidate(ds, int(row)) for row in rows],
        "elasticity": _by_lever(ds, "elasticity"),
        "disclaimer": ds.attrs["disclaimer"],
    }


def _candidate(ds: Any, at: int) -> dict[str, Any]:
    one = ds.isel(candidate=at)
    return {
        "levers": _pairs(ds["lever"], one["setting"]),
        "miss": float(one["miss"]),
        "share": float(one["share"]),
        "share_interval": [float(one["share_low"]), float(one["share_high"])],
        "violated": float(one["violated"]),
        "failed": int(one["failed"]),
        "people": int(one["people"]),
        "read_outs": _pairs(ds["read_out"], one["value"]),
    }


def _pairs(names: Any, values: Any) -> dict[str, float | None]:
    pairs = zip(names.values, values.values, strict=True)
    return {str(key): float(value) if np.isfinite(value) else None for key, value in pairs}


def _by_lever(ds: Any, key: str) -> dict[str, Any]:
    levers = enumerate(str(name) for name in ds["lever"].values)
    return {name: _pairs(ds["read_out"], ds[key].isel(lever=at)) for at, name in levers}
