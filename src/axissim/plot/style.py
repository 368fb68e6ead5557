"""How every picture looks: colours, lettering, labels with units, the page around the panels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

if TYPE_CHECKING:
    import xarray as xr

# Okabe & Ito's colours, which people with any kind of colour vision tell apart, the yellow left out
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
INK, FAINT, RULE = "#222222", "#6b6b6b", "#d9d9d9"
FAILED = "#C1121F"
MAP = "viridis"

_LOOK = {
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 10.0,
    "axes.titlelocation": "left",
    "axes.titlepad": 7.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "legend.fontsize": 8.0,
    "figure.dpi": 100.0,
    "savefig.dpi": 150.0,
}

P = ParamSpec("P")
R = TypeVar("R")


def drawn(draw: Callable[P, R]) -> Callable[P, R]:
    """`draw` in the look of this house."""

    @wraps(draw)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        with mpl.rc_context(_LOOK):  # type: ignore[arg-type]
            return draw(*args, **kwargs)

    return inside


def unit(variable: xr.DataArray) -> str:
    """A variable's unit as print has it, "" if it has none."""
    said = str(variable.attrs.get("units", ""))
    micro = said.replace("umol", "µmol").replace("ug", "µg").replace("uM", "µM")
    return "" if said == "1" else micro


def label(variable: xr.DataArray, *, width: int = 0) -> str:
    """A variable's name, with its unit in brackets, broken into lines if a width is given."""
    text = str(variable.attrs.get("long_name", variable.name))
    text = f"{text} ({unit(variable)})" if unit(variable) else text
    return broken(text, width) if width else text


def broken(text: str, width: int) -> str:
    """`text` in lines of about `width` characters."""
    import textwrap

    return "\n".join(textwrap.wrap(text, width, break_long_words=False)) or text


def title(ds: xr.Dataset) -> str:
    """The model's title, for people."""
    said = str(ds.attrs.get("title", "")) or str(ds.attrs.get("model_id", ""))
    return said if " " in said else said.replace("_", " ").capitalize()


def outputs(ds: xr.Dataset, ids: Sequence[str] | None) -> list[str]:
    """The ids to draw: those asked for, or each variable that has a time."""
    timed = [str(key) for key in ds.data_vars if "time" in ds[key].dims]
    for key in ids or ():
        if key not in timed:
            raise ValueError(f"'{key}' is not in the result; it holds {', '.join(timed)}")
    if not timed:
        raise ValueError("the result holds nothing that changes with time")
    return list(ids) if ids else timed


def clock(axes: Axes, ds: xr.Dataset) -> None:
    """An axis of time, with ticks where the clock or the calendar has them."""
    times = ds["time"].values
    axes.set_xlim(float(times[0]), float(times[-1]))
    axes.set_xlabel(label(ds["time"]).capitalize() if unit(ds["time"]) else "Time")
    steps = {"h": (1, 2, 3, 6, 12, 24, 48, 168), "d": (1, 7, 14, 28, 84, 364)}
    span = float(times[-1] - times[0])
    fitting = [step for step in steps.get(unit(ds["time"]), ()) if 4 <= span / step <= 9]
    if fitting:
        axes.xaxis.set_major_locator(MultipleLocator(fitting[0]))


def spread_log(values: Any) -> bool:
    """Whether values lie more evenly on a logarithmic axis than on a plain one."""
    low, middle, high = np.quantile(values, [0.02, 0.5, 0.98])
    if low <= 0.0 or high < 3.0 * low:
        return False
    share = (middle - low) / (high - low)
    in_logarithms = np.log(middle / low) / np.log(high / low)
    return bool(abs(in_logarithms - 0.5) < abs(share - 0.5))


@contextmanager
def page(ds: xr.Dataset, size: tuple[float, float], note: str = "") -> Iterator[Figure]:
    """A figure with a title above the panels, and below them what a reader must not forget."""
    figure = Figure(figsize=size, layout="constrained", facecolor="white")
    yield figure
    inch = 1.0 / size[1]
    top = 0.62 if note else 0.42
    figure.text(0.12 / size[0], 1 - 0.12 * inch, title(ds), size=14, weight="bold", va="top")
    if note:
        figure.text(0.12 / size[0], 1 - 0.40 * inch, note, size=9, color=FAINT, va="top")
    figure.text(0.12 / size[0], 0.08 * inch, _source(ds), size=7, color=FAINT)
    warning = str(ds.attrs.get("disclaimer", "For research and teaching; not medical advice."))
    figure.text(1 - 0.12 / size[0], 0.08 * inch, warning, size=7, color=FAINT, ha="right")
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.set(rect=(0.0, 0.25 * inch, 1.0, 1.0 - (top + 0.25) * inch))  # type: ignore[call-arg]


def _source(ds: xr.Dataset) -> str:
    model = f"{ds.attrs['model_id']} {ds.attrs['model_hash']}" if "model_hash" in ds.attrs else ""
    return "   ".join(filter(None, [str(ds.attrs.get("source", "")), model]))
