"""How every picture looks: colours, lettering, labels with units, the page around the panels."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, LogLocator, MultipleLocator, NullFormatter, NullLocator

if TYPE_CHECKING:
    import xarray as xr

# Okabe & Ito's colours, which people with any kind of colour vision tell apart, the yellow left out
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
INK, FAINT, RULE = "#222222", "#6b6b6b", "#d9d9d9"
FAILED = "#C1121F"
MAP = "viridis"

_LOOK: dict[Any, Any] = {
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
        with mpl.rc_context(_LOOK):
            return draw(*args, **kwargs)

    return inside


def unit(variable: xr.DataArray) -> str:
    """A variable's unit as print has it, "" if it has none."""
    said = str(variable.attrs.get("units", ""))
    micro = said.replace("umol", "µmol").replace("ug", "µg").replace("uM", "µM")
    return "" if said == "1" else micro


def name(variable: xr.DataArray, width: int = 0) -> str:
    """A variable's name, V_max and K_m as print has them, in lines of a width if one is given."""
    text = str(variable.attrs.get("long_name", variable.name)).replace("$", r"\$")
    text = "\n".join(textwrap.wrap(text, width, break_long_words=False)) if width else text
    return re.sub(r"\b([VKk])_(max|m|i|d)\b", r"$\1_\\mathrm{\2}$", text)


def label(variable: xr.DataArray, width: int = 0) -> str:
    """A variable's `name` with its unit in brackets."""
    said = name(variable, width)
    if not unit(variable):
        return said
    apart = width and len(said.split("\n")[-1]) + len(unit(variable)) + 3 > width
    return f"{said}{chr(10) if apart else ' '}({unit(variable)})"


def title(ds: xr.Dataset) -> str:
    """The model's title, for people."""
    said = str(ds.attrs.get("title", "")) or str(ds.attrs.get("model_id", ""))
    return said if " " in said else said.replace("_", " ").capitalize()


def outputs(ds: xr.Dataset, ids: str | Sequence[str] | None) -> list[str]:
    """The ids to draw: those asked for (one may stand alone), or each variable that has a time."""
    ids = [ids] if isinstance(ids, str) else ids
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


def logarithmic(axes: Axes, which: str) -> None:
    """Make an axis ("x" or "y") logarithmic, with plain numbers at 1, 2 and 5."""
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    axis = axes.xaxis if which == "x" else axes.yaxis
    low, high = axis.get_view_interval()
    few = high > 300.0 * low
    axis.set_major_locator(LogLocator(subs=(1.0,) if few else (1.0, 2.0, 5.0)))
    axis.set_minor_locator(LogLocator(subs="all") if few else NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda number, _: plain(number)))
    axis.set_minor_formatter(NullFormatter())


def key_to_bands(figure: Figure, axes: Axes) -> None:
    """What the bands of a fan mean, in the page's corner, where no curve can lie under it."""
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        corner = (1 - 0.10 / figure.get_figwidth(), 1 - 0.06 / figure.get_figheight())
        figure.legend(handles, labels, loc="upper right", bbox_to_anchor=corner, ncols=3)


def plain(number: float) -> str:
    """A number as people write it on an axis."""
    if number == 0.0 or 1e-4 <= abs(number) < 1e6:
        return f"{number:,.12g}"
    exponent = int(np.floor(np.log10(abs(number))))
    return rf"${number / 10.0**exponent:.3g}\times10^{{{exponent}}}$"


def wide(values: Any) -> bool:
    """Whether values cover so much that only a logarithmic axis shows them all."""
    low, high = np.quantile(values, [0.01, 0.99])
    return spread_log(values) and bool(high > 5.0 * low)


def spread_log(values: Any) -> bool:
    """Whether values lie more evenly on a logarithmic axis than on a plain one."""
    low, middle, high = np.quantile(values, [0.02, 0.5, 0.98])
    if low <= 0.0 or high < 3.0 * low:
        return False
    share = (middle - low) / (high - low)
    in_logarithms = np.log(middle / low) / np.log(high / low)
    return bool(abs(in_logarithms - 0.5) < abs(share - 0.5))


class Page(Figure):
    """A figure that a notebook shows by itself: pyplot, which else sees to that, is not needed."""

    def _repr_png_(self) -> bytes:
        stream = io.BytesIO()
        self.savefig(stream, format="png", dpi=100.0)
        return stream.getvalue()


@contextmanager
def page(ds: xr.Dataset, size: tuple[float, float], note: str = "") -> Iterator[Figure]:
    """A figure with a title above the panels, and below them what a reader must not forget."""
    wide_, high = size
    figure = Page(figsize=size, facecolor="white")
    edge, top = 0.15 / wide_, 0.66 if note else 0.46
    engine = ConstrainedLayoutEngine(
        w_pad=0.07, h_pad=0.06, rect=(0.01, 0.25 / high, 0.98, 1.0 - (top + 0.25) / high)
    )
    figure.set_layout_engine(engine)
    yield figure
    figure.text(edge, 1 - 0.12 / high, title(ds), size=14, weight="bold", va="top")
    if note:
        figure.text(edge, 1 - 0.42 / high, note, size=9, color=FAINT, va="top")
    figure.text(edge, 0.09 / high, _source(ds), size=7, color=FAINT)
    warning = str(ds.attrs.get("disclaimer", "For research and teaching; not medical advice."))
    figure.text(1 - edge, 0.09 / high, warning, size=7, color=FAINT, ha="right")


def _source(ds: xr.Dataset) -> str:
    model = f"{ds.attrs['model_id']} {ds.attrs['model_hash']}" if "model_hash" in ds.attrs else ""
    return "   ".join(filter(None, [str(ds.attrs.get("source", "")), model]))
