"""A diagram of work and precision a problem: error against CPU time of a run, a line a peer."""

from typing import Any

from equal_error import TARGETS, Points, frontier, good
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from peers import PEERS, TITLES

from axissim.plot.style import COLOURS, FAINT, INK, drawn

WHAT = {
    "gyn": "Menstrual cycle: 33 states, 56 days, stiff",
    "best": "Dopamine terminal: 9 states, a day, stiff",
    "rober": "Robertson: 3 states, to 1e5, stiff",
    "lorenz": "Lorenz: 3 states, to 1, not stiff",
    "axis": "Coupled axis: 110 states, ten days, stiff",
}
OTHERS = ("#8c6bb1", "#a6761d", "#4d9221", "#c51b7d", "#35978f", "#878787", "#b2182b", "#2166ac")
MARKS = "osD^v<>P"


@drawn
def draw(results: dict[str, Any], problem: str) -> Figure:
    """The diagram of one problem; pale are points that others of the same peer beat in both."""
    figure = Figure(figsize=(9.0, 5.6), facecolor="white", layout="constrained")
    axes = figure.subplots()
    points = results["problems"][problem]["points"]
    names = [name for name in dict.fromkeys(p.name for p in PEERS) if good(points.get(name, []))]
    for target in TARGETS:
        axes.axvline(target, color=FAINT, lw=0.8, ls=":")
    for name in sorted(names, key=lambda key: key.startswith("axissim")):  # ours on top
        look, line = _look(name), frontier(points[name], "tps_cpu")
        axes.plot(*_drawn(line), label=TITLES[name], **look)
        beaten = [p for p in good(points[name]) if p not in line]
        axes.plot(*_drawn(beaten), **look | {"ls": "none", "alpha": 0.35})
    _axes(axes)
    handles, labels = axes.get_legend_handles_labels()
    order = [labels.index(TITLES[name]) for name in names]
    axes.legend(
        [handles[i] for i in order], [labels[i] for i in order],
        loc="center left", bbox_to_anchor=(1.01, 0.5), handlelength=3.0,
    )  # fmt: skip
    figure.suptitle(WHAT[problem], x=0.012, ha="left", size=13, weight="bold")
    figure.supxlabel(
        f"{results['cpu']}; {results['date']}", x=0.988, ha="right", size=7, color=FAINT
    )
    return figure


def _drawn(points: Points) -> tuple[list[float], list[float]]:
    """Errors, and CPU seconds of a run."""
    return [p["emed"] for p in points], [2.0 / p["tps_cpu"] for p in points]


def _look(name: str) -> dict[str, Any]:
    """Ours thick and blue or orange, C++ dashed and dark, the others thin."""
    if name.startswith("axissim"):
        colour = COLOURS[1] if "rodas4" in name else COLOURS[0]
        return {"color": colour, "lw": 2.8, "marker": "o", "ms": 6, "zorder": 3}
    if name.startswith("cpp"):
        kinds = {"rodas4v": "o", "rodas5pv": "s", "dopri5v": "s", "rodas4": "o", "rodas5p": "s"}
        method = name.removeprefix("cpp ")
        return {
            "color": INK,
            "lw": 1.4 if method.endswith("v") else 1.0,
            "ls": "--" if method.endswith("v") else ":",
            "marker": kinds.get(method, "D" if method == "cvode" else "^"),
            "ms": 4.5,
            "mfc": INK if method.endswith("v") else "white",
        }
    rest = [n for n in TITLES if not n.startswith(("axissim", "cpp"))]
    at = rest.index(name)
    return {"color": OTHERS[at], "lw": 1.1, "marker": MARKS[at], "ms": 4, "mfc": "white"}


def _axes(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.grid(True, axis="both")
    low, high = axes.get_xlim()
    axes.set_xlim(max(low, 1e-12), min(high, 1.0))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(numticks=14))
        axis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda seconds, _: _duration(seconds)))
    axes.set_xlabel("Error of the median run (its worst moment and state)")
    axes.set_ylabel("CPU time of a run")


def _duration(seconds: float) -> str:
    sizes = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))
    unit, size = next((pair for pair in sizes if seconds >= 0.999 * pair[1]), sizes[-1])
    return f"{seconds / size:.3g} {unit}"
