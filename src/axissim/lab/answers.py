"""Answers to a page's questions: arrays behind a header, or one line of what is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from axissim.lab.asked import Asked
from axissim.lab.bench import Bench
from axissim.lab.limits import FAN_POINTS, FAN_RUNS, FAN_STEPS
from axissim.lab.plane import plane
from axissim.lab.terms import changes

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_SEED = 1
_FAN_RTOL = 1e-3


def packed(header: Mapping[str, Any], arrays: Mapping[str, Any]) -> bytes:
    """A message: the header's length (4 bytes), the header as JSON, then float32 arrays.

    The header's ``arrays`` tells each one's name and shape, in order; it is filled up with blanks
    to a multiple of 4 bytes.
    """
    shapes = {key: list(np.shape(array)) for key, array in arrays.items()}
    text = json.dumps({**header, "arrays": shapes}).encode()
    text += b" " * (-len(text) % 4)
    body = [np.ascontiguousarray(array, "<f4").tobytes() for array in arrays.values()]
    return b"".join([len(text).to_bytes(4, "little"), text, *body])


def answer(bench: Bench, asked: Asked) -> bytes:
    """The answer to a question, packed; ModelError if it asks for what is not there."""
    return _ANSWERS[asked.kind](bench, asked)


def times_of(asked: Asked, most: int = 10**9) -> Any:
    return np.linspace(asked.start, asked.stop, min(asked.points, most))


def _run(bench: Bench, asked: Asked) -> bytes:
    times = times_of(asked)
    values, word = bench.run(asked.params, times, asked.outputs, asked.doses)
    header = _header(asked, status=word, outputs=asked.outputs)
    return packed(header, {"t": times, "values": values})


def _fan(bench: Bench, asked: Asked) -> bytes:
    """Quantiles over runs whose parameters are spread."""
    design = spread(bench, asked)
    times = times_of(asked, FAN_POINTS)
    out, status = bench.runs(
        design, asked.params, times, asked.outputs, asked.doses, _FAN_RTOL, FAN_STEPS
    )
    good = out[status == 1]
    shape = (len(QUANTILES), len(asked.outputs), len(times))
    bands = np.quantile(good, QUANTILES, axis=0) if len(good) else np.full(shape, np.nan)
    header = _header(
        asked,
        quantiles=QUANTILES,
        outputs=asked.outputs,
        runs=len(out),
        failed=len(out) - len(good),
    )
    return packed(header, {"t": times, "bands": bands})


def spread(bench: Bench, asked: Asked) -> Any:
    """A Latin hypercube of `FAN_RUNS` about the values of ``asked.over``, 0 upwards about 0."""
    from axissim.study import design

    values = bench.params(asked.params)
    ranges, scale = {}, {}
    for key in asked.over or tuple(bench.numbers)[:1]:
        bench.params({key: 0.0})  # that there is such a parameter
        value = values[key]
        scale[key] = "log" if value > 0.0 else "linear"
        ends = (value / asked.spread, value * asked.spread) if value else (0.0, asked.spread - 1.0)
        ranges[key] = (min(ends), max(ends))
    return design.latin_hypercube(ranges, n=FAN_RUNS, seed=_SEED, scale=scale)


def _plane(bench: Bench, asked: Asked) -> bytes:
    header, arrays = plane(bench, asked)
    return packed(_header(asked, **header), arrays)


def _why(bench: Bench, asked: Asked) -> bytes:
    return packed(_header(asked, terms=changes(bench, asked)), {})


_ANSWERS = {"run": _run, "fan": _fan, "plane": _plane, "why": _why}


def _header(asked: Asked, **more: Any) -> dict[str, Any]:
    return {"kind": asked.kind, "n": asked.number, "model": asked.model, **more}
