"""The files that a page can take away, by name."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from axissim.lab.answers import times_of
from axissim.lab.asked import Asked
from axissim.lab.bench import Bench
from axissim.lab.described import DISCLAIMER
from axissim.lab.export.notebook import notebook
from axissim.lab.export.page import page
from axissim.model.export import antimony_of, sbml_of
from axissim.model.model import Model, ModelError

_RTOL = 1e-6


@dataclass(frozen=True)
class File:
    """A file: what it is called, what it is, what is in it."""

    name: str
    media: str
    text: str


def file_of(bench: Bench, asked: Asked, source: str) -> File:
    """The file that ``asked.kind`` names, of the model as it is set.

    Raises
    ------
    ModelError
        It cannot be made of this model, or the run failed.
    """
    name = bench.model.id
    if asked.kind == "csv":
        return File(f"{name}.csv", "text/csv", _table(bench, asked))
    if asked.kind == "notebook":
        return File(f"{name}.ipynb", "application/x-ipynb+json", notebook(bench, asked, source))
    if asked.kind == "page":
        return File(f"{name}.html", "text/html", page(bench, asked))
    model = _set(bench, asked)
    if asked.kind == "sbml":
        return File(f"{name}.xml", "application/sbml+xml", sbml_of(model).text)
    return File(f"{name}.ant", "text/plain", antimony_of(model).text)


def _set(bench: Bench, asked: Asked) -> Model:
    """The model with the values of the sliders, and a note of where they are from."""
    bench.params(asked.params)
    said = ", ".join(f"{key} = {value:g}" for key, value in asked.params.items())
    note = f"Set in axissim lab: {said}." if said else ""
    model = bench.model.with_values(asked.params)
    return dataclasses.replace(model, note=f"{model.note}\n{note}\n{DISCLAIMER}".strip())


def _table(bench: Bench, asked: Asked) -> str:
    """Time courses as CSV, every digit."""
    times = times_of(asked)
    values, word = bench.run(asked.params, times, asked.outputs, asked.doses, rtol=_RTOL)
    if word != "ok":
        raise ModelError(f"the run failed ({word}); there are no whole curves to take away")
    lines = [",".join(["time", *asked.outputs])]
    lines += [",".join(map(repr, map(float, row))) for row in np.column_stack([times, *values])]
    return "\n".join(lines) + "\n"
