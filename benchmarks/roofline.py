"""Where the time goes: the equations' code against what the machine can do at most.

python benchmarks/roofline.py [MODEL ...]: operations counted from the emitted text, rates of the
compiled functions and ceilings of the machine measured turn by turn on one core, and the shares
of a step inside a sweep.  Prints and writes roofline.txt and roofline.png beside this file.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ceilings
import matplotlib as mpl
import numpy as np
import within
from counting import Count, count_assembly, count_text

import axissim as ax
from axissim.compile.kernel import Kernel, kernel_of
from axissim.compile.lanes import aligned
from axissim.compile.machine import Machine, machine_of

MODELS = {  # the time that a sweep goes to, in the model's own unit
    "menstrual_cycle": 28.0,
    "dopamine_terminal": 24.0,
    "thyroid_human": 120.0,
    "motivational_axis": 7.0,
}
ARGUMENTS = {
    "rhs": "t y q f",
    "rhs_jacobian": "t y q f ft jac",
    "factor": "g jac lu",
    "solve": "lu f s k",
}
CALLS = {"rhs": 7, "rhs_jacobian": 1, "factor": 1, "solve": 8}  # of a step by Rodas5P
ROUNDS = 40
LOAD, STORE, DIVIDE = 1.0, 2.0, 9.0  # cycles of a vector; checked by the ceilings


@dataclass(frozen=True)
class Piece:
    """A function of a model: what its text and its machine code do, and calls of it."""

    model: str
    title: str
    text: Count
    code: Count
    run: Callable[[int], Any]
    undivided: Callable[[int], Any]
    machine: Machine  # which holds the code of `undivided`

    @property
    def name(self) -> str:
        """How it is called in tables."""
        return f"{self.model} {self.title}"

    def bounds(self) -> dict[str, float]:
        """Cycles that each resource needs at the least, by what the machine code does."""
        does = self.code.does
        return {
            "arithmetic": max(does["mul"] + does["fma"], does["add"]),  # which have their own pipes
            "divisions": DIVIDE * does["div"],
            "loads": LOAD * (does["load"] + does["reloaded"]),
            "stores": STORE * (does["store"] + does["spilled"]),
            "longest chain": self.text.cycles,
        }


def pieces_of(model_id: str) -> list[Piece]:
    """The four functions of a step, with the numbers of a start to work on."""
    kernel = kernel_of(ax.load(model_id))
    arrays = _arrays(kernel)
    found = []
    for title, names in ARGUMENTS.items():
        given = [arrays[name] for name in names.split()]
        text = kernel.texts[title]
        without = machine_of({title: text.replace(" / ", " * ")})
        found.append(
            Piece(
                model_id,
                title,
                count_text(text),
                count_assembly(kernel.texts, title),
                ceilings.repeated(getattr(kernel.equations, title), *given),
                ceilings.repeated(without.address(title), *given),
                without,
            )
        )
    return found


def _arrays(kernel: Kernel) -> dict[str, Any]:
    """What the functions read and write, filled by calling each once."""
    e, inputs = kernel.equations, kernel.system.inputs
    sizes = dict.fromkeys(("y", "f", "ft", "s", "k"), e.states)
    sizes |= {"p": e.inputs, "q": e.fixed + 2 * e.switches + 2 * e.delayed}
    sizes |= {"t": 1, "g": 1, "jac": e.jacobian, "lu": e.lu + 1}
    arrays = {name: aligned(8 * max(size, 1)) for name, size in sizes.items()}
    for i, value in enumerate(inputs.values()):
        arrays["p"][8 * i : 8 * i + 8] = value * (1.0 + 0.01 * np.arange(8))
    ceilings.repeated(e.prepare, arrays["p"], arrays["q"], arrays["y"])(1)
    arrays["y"][arrays["y"] == 0.0] = 0.01
    arrays["t"][:], arrays["g"][:] = 0.3, 10.0
    for title in ("rhs_jacobian", "factor", "solve"):
        given = [arrays[name] for name in ARGUMENTS[title].split()]
        ceilings.repeated(getattr(e, title), *given)(1)
    return arrays


def measured(pieces: list[Piece]) -> dict[str, Any]:
    """Seconds of a turn of each ceiling and piece, round by round."""
    runs = {key: ceilings.run_of(key) for key in ceilings.CEILINGS}
    runs |= {piece.name: piece.run for piece in pieces}
    runs |= {f"{piece.name} undivided": piece.undivided for piece in pieces}
    return ceilings.rounds_of(runs, ROUNDS)


def ceiling_lines(found: dict[str, Any]) -> list[str]:
    """A table of what the machine can do."""
    clock = 32.0 / found["clock"].min()
    lines = [f"One core at {clock / 1e9:.2f} GHz; best of {ROUNDS} rounds, and the median of it"]
    for key, ceiling in ceilings.CEILINGS.items():
        best, median = found[key].min(), np.median(found[key])
        vectors = ceiling.amount / {"flop": 8.0, "byte": 64.0}.get(ceiling.unit, 1.0)
        lines.append(
            f"{ceiling.title:34}{ceiling.amount / best / 1e9:8.2f} G{ceiling.unit + '/s':9}"
            f"{best * clock / vectors:6.2f} cycles a vector   median {median / best:.2f}"
        )
    return lines


def piece_lines(pieces: list[Piece], found: dict[str, Any]) -> list[str]:
    """A table of the pieces: what is counted, what is measured, what holds them."""
    clock, peak = 32.0 / found["clock"].min(), _peak(found)
    lines = [
        "flop, div: of a lane, from the text; bytes: what the text loads and stores, of a lane;"
        " code: the machine code's flop;",
        "loads, stores: vectors of the machine code, with those of its stack (spilled);"
        " nodiv: cycles with every division a product",
        f"{'':32}{'flop':>6}{'code':>6}{'div':>5}{'bytes':>7}{'flop/B':>7}{'loads':>6}{'stores':>7}"
        f"{'spilled':>8}{'ns':>7}{'cycles':>7}{'nodiv':>6}{'GF/s':>6}{'of peak':>8}{'median':>7}"
        "  least cycles by what holds it most",
    ]
    for piece in pieces:
        took, text, does = found[piece.name].min(), piece.text, piece.code.does
        rate = 8.0 * text.flops / took
        bounds = sorted(piece.bounds().items(), key=lambda row: -row[1])
        undivided = found[f"{piece.name} undivided"].min() * clock
        lines.append(
            f"{piece.name:32}{text.flops:6}{piece.code.flops:6.0f}{text.does['div']:5}"
            f"{text.bytes:7}{text.flops / text.bytes:7.3f}"
            f"{does['load'] + does['reloaded']:6.0f}{does['store'] + does['spilled']:7.0f}"
            f"{does['spilled']:8.0f}{took * 1e9:7.0f}{took * clock:7.0f}{undivided:6.0f}"
            f"{rate / 1e9:6.1f}{rate / peak:8.1%}{np.median(found[piece.name]) / took:7.2f}  "
            + ", ".join(f"{name} {cycles:.0f}" for name, cycles in bounds[:3])
        )
    return lines


def together_lines(pieces: list[Piece], found: dict[str, Any]) -> list[str]:
    """The right-hand sides and the LU of a step, as often as a step calls them."""
    lines = []
    for model in dict.fromkeys(piece.model for piece in pieces):
        own = [piece for piece in pieces if piece.model == model and piece.title != "rhs_jacobian"]
        flops = sum(CALLS[piece.title] * piece.text.flops for piece in own)
        took = sum(CALLS[piece.title] * found[piece.name].min() for piece in own)
        lines.append(
            f"{model}: 7 rhs, 1 factor and 8 solve of a step are {flops} flop of a lane in "
            f"{took * 1e9:.0f} ns, {8e-9 * flops / took:.1f} GFLOP/s, "
            f"{8.0 * flops / took / _peak(found):.1%} of the peak"
        )
    return lines


def _peak(found: dict[str, Any]) -> float:
    return float(ceilings.CEILINGS["fma"].amount / found["fma"].min())


def step_lines(models: list[str]) -> list[str]:
    """A table of the shares of a step inside a sweep; of three sweeps the quickest."""
    lines = [f"{'step of eight runs by Rodas5P':32}{'us':>7}  shares"]
    for model in models:
        rounds = [within.step(model, 64, MODELS.get(model, 10.0), 25) for _ in range(3)]
        parts = min(rounds, key=lambda row: sum(row.values()))
        whole = sum(parts.values())
        shares = ", ".join(f"{name} {took / whole:.0%}" for name, took in parts.items())
        lines.append(f"{model:32}{whole * 1e6:7.2f}  {shares}")
    return lines


def picture(pieces: list[Piece], found: dict[str, Any], path: Path) -> None:
    """Arithmetic intensity against rate, below the measured ceilings."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(8.0, 5.2), layout="constrained")
    x, peak = np.geomspace(0.02, 4.0, 200), _peak(found) / 1e9
    for cache_name, style in (("L1", "-"), ("L2", "--")):
        speed = ceilings.CEILINGS[f"{cache_name} load"].amount / found[f"{cache_name} load"].min()
        axes.plot(x, np.minimum(peak, x * speed / 1e9), style, color="0.3", lw=1.2)
        axes.annotate(
            f"loads of {cache_name}, {speed / 1e9:.0f} GB/s",
            (0.032, 0.026 * speed / 1e9), rotation=37.5, rotation_mode="anchor",
            fontsize=8, color="0.3",
        )  # fmt: skip
    half = ceilings.CEILINGS["add"].amount / found["add"].min() / 1e9
    for height, word in ((peak, "multiply-adds"), (half, "additions or products alone")):
        axes.axhline(height, color="0.6", lw=0.8, ls=":")
        axes.annotate(f"{word}, {height:.0f} GFLOP/s", (3.9, height * 1.04), fontsize=8,
                      ha="right", color="0.3")  # fmt: skip
    axes.axhline(0.4 * peak, color="tab:red", lw=0.8, ls=":")
    axes.annotate("40 % of the peak", (3.9, 0.415 * peak), fontsize=8, ha="right", color="tab:red")
    models = list(dict.fromkeys(piece.model for piece in pieces))
    marks = dict(zip(ARGUMENTS, "os^D", strict=True))
    for piece in pieces:
        axes.plot(
            piece.text.flops / piece.text.bytes,
            8e-9 * piece.text.flops / found[piece.name].min(),
            marks[piece.title], color=f"C{models.index(piece.model)}", ms=7,
        )  # fmt: skip
    for i, model in enumerate(models):
        axes.plot([], [], "o", color=f"C{i}", label=model)
    for title, mark in marks.items():
        axes.plot([], [], mark, color="0.4", label=title)
    axes.legend(fontsize=8, loc="lower right", ncols=2, frameon=False)
    axes.set(xscale="log", yscale="log", xlim=(0.02, 4.0), ylim=(3.0, 100.0))
    axes.set_xlabel("operations a byte that the text loads or stores")
    axes.set_ylabel("GFLOP/s on one core, eight runs side by side")
    axes.set_title("The equations' code below the ceilings of this machine", fontsize=10)
    figure.savefig(path, dpi=130)


def main(models: list[str]) -> None:
    """Measure, print, and write the table and the picture."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    pieces = [piece for model in models for piece in pieces_of(model)]
    found = measured(pieces)
    tables = (piece_lines, together_lines)
    parts = [ceiling_lines(found), *(lines(pieces, found) for lines in tables), step_lines(models)]
    text = "\n\n".join("\n".join(lines) for lines in parts) + "\n"
    folder = Path(__file__).parent
    print(text)
    (folder / "roofline.txt").write_text(text)
    picture(pieces, found, folder / "roofline.png")


if __name__ == "__main__":
    main(sys.argv[1:] or list(MODELS))
