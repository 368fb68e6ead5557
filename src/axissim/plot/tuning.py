"""A tuning: the front between benefit and cost, how sure it is, and which lever moves what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure

from axissim.plot.style import COLOURS, FAILED, FAINT, INK, drawn, page, plain

if TYPE_CHECKING:
    import xarray as xr

_LEAST = 5e-4  # of an elasticity that is told
_COLUMN, _LETTERS = 0.85, 12  # of the map: how wide, in inches, and how many letters a line


@drawn
def tuning(ds: xr.Dataset, ids: str | Sequence[str] | None = None) -> Figure:
    """Three panels: miss over a cost; share in all bands (of one person, a read-out); reasons.

    Parameters
    ----------
    ds : xarray.Dataset
        Of `axissim.analysis.tuning.tune`.
    ids : str or sequence of str, optional
        A cost or a lever to draw over; left out, the first cost, or else the first lever.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the result is of no tuning, or has no such cost or lever.
    """
    if "candidate" not in ds.dims or "elasticity" not in ds:
        raise ValueError("the result is of no tuning; make one by axissim tune")
    key, x = _across(ds, [ids] if isinstance(ids, str) else list(ids or ()))
    beside = 1.4 + _COLUMN * max(int(ds["of_run"].sum()), 2)
    with page(ds, (7.6 + beside, max(4.3, 2.4 + 0.45 * ds.sizes["lever"])), _words(ds)) as figure:
        left, middle, right = figure.subplots(1, 3, width_ratios=[3.8, 3.8, beside])
        _benefit(left, ds, x)
        (_share if ds.sizes["person"] > 1 else _reading)(middle, ds, x)
        for axes in (left, middle):
            axes.set_xlabel(key)
        _reasons(right, ds)
    return figure


def _across(ds: xr.Dataset, ids: Sequence[str]) -> tuple[str, Any]:
    """What is drawn over: its label, and its value for each candidate."""
    costs, levers = ds["cost"].values.tolist(), ds["lever"].values.tolist()
    key = ids[0] if ids else (costs or levers)[0]
    if key in costs:
        return _named(ds, key), ds["cost_mean"].sel(cost=key).values
    if key in levers:
        at = levers.index(key)
        unit = str(ds["lever_units"].values[at])
        return f"{key} ({unit})" if unit else key, ds["setting"].values[:, at]
    raise ValueError(f"'{key}' is no cost and no lever; there are {', '.join([*costs, *levers])}")


def _named(ds: xr.Dataset, key: str) -> str:
    at = ds["read_out"].values.tolist().index(key)
    unit, text = str(ds["read_out_units"].values[at]), str(ds["read_out_text"].values[at])
    said = text if len(text) <= 24 else key
    return f"{said} ({unit})" if unit and unit != "1" else said


def _words(ds: xr.Dataset) -> str:
    """The best compromise in words."""
    best = ds.isel(candidate=int(ds.attrs["best"]))
    pairs = zip(best["lever"].values, best["setting"].values, strict=True)
    said = ", ".join(f"{name} {value:.4g}" for name, value in pairs)
    people = int(best["people"])
    if people == 1:
        return f"best: {said}; {'in' if float(best['share']) == 1.0 else 'not in'} all bands"
    low, high = 100 * float(best["share_low"]), 100 * float(best["share_high"])
    share = 100 * float(best["share"])
    return (
        f"best: {said}; {share:.0f} % of {people:,} people in all bands ({low:.0f} to {high:.0f})"
    )


def _benefit(axes: Axes, ds: xr.Dataset, x: Any) -> None:
    miss, front = ds["miss"].values, _front(ds, x)
    rest = np.flatnonzero((ds["front"].values == 0) & np.isfinite(x))
    axes.plot(x[rest], miss[rest], ".", ms=4, color=FAINT, alpha=0.5, label="tried")
    line = "-" if ds.sizes["cost"] == 1 else ""
    axes.plot(x[front], miss[front], "o" + line, ms=4, lw=1.2, color=COLOURS[0], label="front")
    best = int(ds.attrs["best"])
    axes.plot(x[best], miss[best], "*", ms=13, color=COLOURS[1], label="best", zorder=5)
    axes.set_title("Distance outside the bands")
    top = max(float(np.nanmax(miss)), 1e-3)
    axes.set_ylim(-0.04 * top, 1.06 * top)
    axes.set_ylabel("Mean distance (0 in, 1 far)")
    axes.legend(loc="best")


def _front(ds: xr.Dataset, x: Any) -> Any:
    rows = np.flatnonzero((ds["front"].values == 1) & np.isfinite(x))
    return rows[np.argsort(x[rows])]


def _share(axes: Axes, ds: xr.Dataset, x: Any) -> None:
    front, best = _front(ds, x), int(ds.attrs["best"])
    for rows, colour, size in ((front, COLOURS[0], 4), (np.array([best]), COLOURS[1], 6)):
        share = 100 * ds["share"].values[rows]
        spread = np.abs([100 * ds[f"share_{end}"].values[rows] - share for end in ("low", "high")])
        axes.errorbar(x[rows], share, spread, fmt="o", ms=size, color=colour, elinewidth=1)
    violated = 100 * ds["violated"].values[front]
    if ds["hard"].values.any():
        axes.plot(x[front], violated, "x", ms=5, color=FAILED, label="outside a hard band")
        axes.legend(loc="best")
    axes.set_title("People in all bands, with 95 % interval")
    axes.set_ylim(-3, 103)
    axes.set_ylabel(f"Share of {ds.sizes['person']:,} people (%)")


def _reading(axes: Axes, ds: xr.Dataset, x: Any) -> None:
    """Of one person: the first read-out of every candidate, and its band."""
    key = str(ds["target"].values[0])
    values, best = ds["value"].sel(read_out=key).values, int(ds.attrs["best"])
    low, high = float(ds["low"].values[0]), float(ds["high"].values[0])
    axes.plot(x, values, ".", ms=4, color=FAINT, alpha=0.6)
    axes.plot(x[best], values[best], "*", ms=13, color=COLOURS[1], zorder=5)
    bottom, top = axes.get_ylim()
    axes.axhspan(max(low, bottom), min(high, top), color=COLOURS[2], alpha=0.18, lw=0)
    axes.set_ylim(bottom, top)
    axes.set_title("The band, and what was reached")
    axes.set_ylabel(_named(ds, key))


def _reasons(axes: Axes, ds: xr.Dataset) -> None:
    """Elasticities as a map, with their numbers."""
    of_runs = ds["of_run"].values == 1
    values = ds["elasticity"].transpose("lever", "read_out").values[:, of_runs]
    size = float(np.nanmax(np.abs(values))) if np.isfinite(values).any() else 1.0
    norm = TwoSlopeNorm(0.0, -(size or 1.0), size or 1.0)
    axes.grid(False)
    axes.imshow(values, cmap="RdBu_r", norm=norm, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        dark = np.isfinite(value) and abs(value) > 0.6 * size
        said = (f"{value:+.2g}" if abs(value) >= _LEAST else "0") if np.isfinite(value) else "n/a"
        axes.text(
            column, row, said, ha="center", va="center", size=8, color="white" if dark else INK
        )
    names = [_broken(str(key)) for key in ds["read_out"].values[of_runs]]
    axes.set_xticks(range(len(names)), names, size=7)
    settings = ds["setting"].values[int(ds.attrs["best"])]
    levers = zip(ds["lever"].values, settings, strict=True)
    rows = [f"{_broken(str(key))}\n{plain(_short(at))}" for key, at in levers]
    axes.set_yticks(range(len(values)), rows, size=7)
    axes.set_title("Per cent for 1 % of a lever")
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)


def _broken(name: str) -> str:
    """A name in lines that are short, broken after underscores."""
    lines = [""]
    for part in re.findall(r"[^_]+_*|_+", name):
        if lines[-1] and len(lines[-1]) + len(part) > _LETTERS:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def _short(number: float) -> float:
    return float(f"{number:.4g}")
