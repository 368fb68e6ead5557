"""A run as a notebook: the same model, values and doses in Python."""

from __future__ import annotations

import json

from axissim.lab.asked import Asked
from axissim.lab.bench import Bench
from axissim.lab.described import DISCLAIMER
from axissim.study.action import Dose


def notebook(bench: Bench, asked: Asked, source: str) -> str:
    """A notebook (nbformat 4) that makes the run and draws it.

    Parameters
    ----------
    source : str
        What `axissim.load` reads the model from: an id, or a file's name.
    """
    card = bench.card
    doses = [_dose(d) for d in asked.doses]
    params = [f"    {key!r}: {value!r}," for key, value in asked.params.items()]
    run = "\n".join([
        "import axissim as ax",
        "",
        f"model = ax.load({source!r})",
        _filled("params = {", params, "}"),
        _filled("doses = [", doses, "]"),
        "ds = ax.simulate(",
        f"    model, t=({asked.start!r}, {asked.stop!r}, {asked.points}),",
        f"    params=params, protocol=doses, outputs={list(asked.outputs)!r},",
        ")",
        "ds",
    ])  # fmt: skip
    head = f"# {card.title or bench.model.id}\n\n{card.summary}\n\n*{DISCLAIMER}*"
    cells = [
        _cell("head", "markdown", head),
        _cell("run", "code", run),
        _cell("plot", "code", "ax.plot.timecourse(ds)"),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps(
        {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5},
        indent=1,
    )


def _dose(d: Dose) -> str:
    again = f", every={d.every!r}, count={int(d.count)}" if d.every else ""
    return f"    ax.dose({d.target!r}, {d.amount!r}, at={d.at!r}{again}),"


def _filled(head: str, rows: list[str], tail: str) -> str:
    return "\n".join([head, *rows, tail]) if rows else head + tail


def _cell(name: str, kind: str, text: str) -> dict[str, object]:
    cell: dict[str, object] = {
        "cell_type": kind,
        "id": name,
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
