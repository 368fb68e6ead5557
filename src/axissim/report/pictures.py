"""The pictures of a report, as SVG that takes its ink from the page, light or dark."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from axissim.plot.curves import rest
from axissim.plot.style import COLOURS, FAINT, INK, RULE, clock, drawn, label, logarithmic, wide
from axissim.report.arms import Ran
from axissim.report.stated import ReadOut, Study
from axissim.solve.work import OK
from axissim.study.summaries import within

_WIDE = 7.6  # inches, of a page of text
_POINTS = 240  # of a course, at most
_RUNS = 2_000  # whose courses a picture is made of
_DOTS = 300  # runs shown one by one


def courses(study: Study, ran: Sequence[Ran]) -> str:
    """The median course of each arm with the middle nine tenths of its runs, a panel an output."""
    return _svg(_courses(study, ran), "Courses of " + ", ".join(study.courses))


@drawn
def _courses(study: Study, ran: Sequence[Ran]) -> Figure:
    columns = 1 if len(study.courses) == 1 else 2
    rows = -(-len(study.courses) // columns)
    figure = Figure(figsize=(_WIDE, 2.35 * rows + 0.5), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True).ravel()
    for axes, key in zip(grid, study.courses, strict=False):
        _course(axes, study, ran, key)
    for at, axes in enumerate(grid):
        if at >= len(study.courses):
            axes.remove()
        elif at + columns < len(study.courses):
            axes.set_xlabel("")
        else:
            axes.xaxis.set_tick_params(labelbottom=True)
    if len(ran) > 1:
        handles, labels = grid[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=min(4, len(labels)))
    return figure


def _course(axes: Axes, study: Study, ran: Sequence[Ran], key: str) -> None:
    seen: list[Any] = []
    for at, one in enumerate(ran):
        chosen = np.flatnonzero(within(one.ds["time"].values, *study.show))
        chosen = chosen[:: max(1, len(chosen) // _POINTS)]
        some = slice(None, None, max(1, one.runs // _RUNS))
        part = one.ds[[key, "status"]].isel(time=chosen, sample=some)
        values = part[key].values[part["status"].values == OK]
        if not len(values):
            continue
        times, colour = part["time"].values, COLOURS[at % len(COLOURS)]
        if len(values) > 1:
            low, high = np.quantile(values, [0.05, 0.95], axis=0)
            axes.fill_between(times, low, high, color=colour, alpha=0.18, lw=0)
            seen += [low, high]
        middle = np.median(values, axis=0)
        axes.plot(times, middle, color=colour, lw=1.8, label=one.arm.label)
        seen.append(middle)
        clock(axes, part)
    axes.set_title(label(ran[0].ds[key], 46))
    if seen and wide(np.concatenate(seen)):
        logarithmic(axes, "y")
    elif seen:
        rest(axes, np.concatenate(seen))


def readouts(study: Study, ran: Sequence[Ran]) -> str:
    """Every read-out of every arm: runs as dots, the middle half, the median."""
    return _svg(_readouts(study, ran), "Read-outs by arm")


@drawn
def _readouts(study: Study, ran: Sequence[Ran]) -> Figure:
    columns = 1 if len(study.readouts) == 1 else 2
    rows = -(-len(study.readouts) // columns)
    tall = 0.8 + 0.36 * len(ran)
    figure = Figure(figsize=(_WIDE, tall * rows + 0.2), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
    for axes, one in zip(grid, study.readouts, strict=False):
        _readout(axes, one, ran)
    for spare in grid[len(study.readouts) :]:
        spare.remove()
    return figure


def _readout(axes: Axes, readout: ReadOut, ran: Sequence[Ran]) -> None:
    rng = np.random.default_rng(0)
    for at, one in enumerate(ran):
        values = one.values[readout.name]
        values = values[np.isfinite(values)]
        colour = COLOURS[at % len(COLOURS)]
        if not values.size:
            continue
        middle = float(np.median(values))
        if values.size > 1:
            some = values if values.size <= _DOTS else rng.choice(values, _DOTS, replace=False)
            place = at + rng.uniform(-0.28, 0.28, some.size)
            axes.plot(some, place, "o", ms=2.4, mew=0, color=colour, alpha=0.35)
            axes.plot(np.quantile(values, [0.25, 0.75]), [at, at], color=colour, lw=5, alpha=0.85,
                      solid_capstyle="butt", zorder=4)  # fmt: skip
        axes.plot([middle], [at], "o", ms=7, color=colour, mec="white", mew=1.2, zorder=5)
    said = f" ({readout.unit})" if readout.unit else ""
    title = f"{readout.label[:1].upper()}{readout.label[1:]}{said}"
    axes.set_title("\n".join(textwrap.wrap(title, 42)))
    axes.set_yticks(range(len(ran)), [one.arm.label for one in ran])
    axes.set_ylim(len(ran) - 0.5, -0.5)
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")
    axes.yaxis.set_tick_params(length=0)


def _svg(figure: Figure, words: str) -> str:
    """A figure as SVG to stand in a page: no ground, text as text, ink from the page."""
    file = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": words}):
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    text = file.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    for colour, ink in ((INK, "currentColor"), (FAINT, "var(--faint)"), (RULE, "var(--rule)")):
        text = text.replace(colour, ink)
    text = text.replace("font-family: 'DejaVu Sans'", "font-family: inherit")
    text = re.sub(r'\bd="[^"]*"', lambda path: re.sub(r"(\.\d)\d+", r"\1", path[0]), text)
    return text.replace("<svg", f'<svg role="img" aria-label="{words}"', 1)
