"""Work against precision: what a run costs beside how far off it is, a line a method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from axissim.plot.style import COLOURS, FAINT, INK, RULE, drawn, page

if TYPE_CHECKING:
    import xarray as xr

_MARKS = "osD^v<>P"
_SIZES = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))


@drawn
def precision(ds: xr.Dataset, ids: str | Sequence[str] | None = None) -> Figure:
    """Processor time of a run against the error of the worst run; both axes logarithmic.

    Parameters
    ----------
    ds : xarray.Dataset
        Of `axissim.analysis.precision.precision`.
    ids : str or sequence of str, optional
        Methods to draw; left out, all.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the result is of something else, has no such method, or none that was measured.
    """
    if "precision" not in ds.attrs:
        raise ValueError("the result holds no work and precision; make it by axissim bench")
    known = [str(key) for key in ds["solver"].values]
    keys = [ids] if isinstance(ids, str) else list(ids or known)
    for key in keys:
        if key not in known:
            raise ValueError(f"'{key}' is no method of the result; it holds {', '.join(known)}")
    shown = {key: line for key in keys if (line := _line(ds.sel(solver=key)))[0].size}
    if not shown:
        raise ValueError("no run of these methods ended, so that there is nothing to draw")
    with page(ds, (8.6, 5.4), _words(ds)) as figure:
        axes = figure.subplots()
        order = sorted(known, key=lambda key: str(ds["by"].sel(solver=key).values) == "SciPy")
        for key, line in shown.items():
            _draw(axes, ds, key, line, order.index(key))
        _axes(axes)
        _marks(axes, ds, shown)
        axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), handlelength=2.6)
    return figure


def _line(one: xr.Dataset) -> tuple[Any, Any]:
    """The errors and times of a method's points in which no run failed, the loosest first."""
    error, cpu = one["error"].values, one["cpu"].values
    good = (one["runs"].values > 0) & (one["failed"].values == 0)
    good &= np.isfinite(error) & np.isfinite(cpu) & (error > 0.0) & (cpu > 0.0)
    return error[good], cpu[good]


def _draw(axes: Axes, ds: xr.Dataset, key: str, line: tuple[Any, Any], at: int) -> None:
    scipy = str(ds["by"].sel(solver=key).values) == "SciPy"
    colour = [*COLOURS, FAINT, INK][at % 8]
    said = f"SciPy {key}" if scipy else key
    axes.plot(
        *line, color=colour, marker=_MARKS[at % 8], ms=5, lw=1.4, ls="--" if scipy else "-",
        mfc="white" if scipy else colour, label=said,
    )  # fmt: skip


def _axes(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.grid(True, axis="both")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(numticks=12))
        axis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda seconds, _: _duration(seconds)))
    axes.set_xlabel("Error of the worst run, of each output's greatest value")
    axes.set_ylabel("Processor time of a run")


def _duration(seconds: float) -> str:
    unit, size = next((pair for pair in _SIZES if seconds >= 0.999 * pair[1]), _SIZES[-1])
    return f"{seconds / size:.3g} {unit}"


def _marks(axes: Axes, ds: xr.Dataset, shown: dict[str, Any]) -> None:
    """The error asked for, what the reference is sure of, and the point to take."""
    low, high = axes.get_xlim()
    asked, apart = float(ds.attrs["error_asked"]), float(ds.attrs["reference_apart"])
    if low < asked < high:
        axes.axvline(asked, color=INK, lw=0.9, ls=":", label="error asked for")
    if apart > low:
        axes.axvspan(low, apart, color=RULE, alpha=0.6, lw=0, label="reference not surer")
    best = str(ds.attrs["best_solver"])
    if best in shown:
        at = ds.sel(solver=best, rtol=float(ds.attrs["best_rtol"]))
        axes.plot(
            float(at["error"]), float(at["cpu"]), "o", ms=13, mfc="none", mec=INK, mew=1.6,
            ls="none", label="to take",
        )  # fmt: skip
    axes.set_xlim(low, high)


def _words(ds: xr.Dataset) -> str:
    """The recommendation, in a line."""
    asked = _power(float(ds.attrs["error_asked"]))
    if not ds.attrs["best_solver"]:
        return f"No method came within an error of {asked}"
    best, rtol = str(ds.attrs["best_solver"]), float(ds.attrs["best_rtol"])
    cost = _duration(float(ds["cpu"].sel(solver=best, rtol=rtol)))
    return (
        f"For an error of {asked}: {best} at rtol {_power(rtol)}, {cost} a run.  "
        "Ours solve eight runs at once, SciPy's one by one from Python"
    )


def _power(number: float) -> str:
    head, _, power = f"{number:.2e}".partition("e")
    return f"{head.rstrip('0').rstrip('.')}e{int(power)}"
