"""What a model conserves: sums of states whose rates cancel wherever one looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from axissim.analysis.field.field import Field

_CANCELS = 1e-9  # of the greatest, a singular value that stands for nothing
_SPREAD = 1.0  # how far, in natural logarithms, states are looked for from where a run is


def laws(field: Field, q: Any, x: Any, scale: Any, free: Any, seed: int = 0) -> Any:
    """The sums of states that never change, whatever the state.

    The rates are asked at random states around `x`, with delayed values, times and free
    parameters drawn as well.  A combination of rates that vanishes at all of them is the rate of
    a conserved sum; a state without a rate is a law of its own.

    Parameters
    ----------
    q : (1, fixed) array
    x, scale : (n,) array
        A state, and each mover's size, above 0.
    free : (2, f) array
        The ranges of the free parameters.

    Returns
    -------
    (laws, differential) array
        The coefficients of each sum, the least of them 1, in reduced echelon form.
    """
    count, d = 4 * field.d + 16, field.d
    if not d:
        return np.zeros((0, 0))
    rng = np.random.default_rng(seed)
    around = np.where(x != 0.0, x, scale)
    points = around * np.exp(_SPREAD * rng.standard_normal((count, field.n)))
    between = free[0] + (free[1] - free[0]) * rng.random((count, free.shape[1]))
    whole = field.whole(points, between)
    behind = field.places[field.n : field.n + field.lags]
    whole[:, behind] *= np.exp(_SPREAD * rng.standard_normal((count, field.lags)))
    times = field.start + np.exp(rng.uniform(-3.0, 8.0, count))
    rates = field.rates(whole, q, times)[:, :d]
    rates = rates[np.isfinite(rates).all(axis=1)]
    return _cancelling(rates) if len(rates) >= 2 * d else np.zeros((0, d))


def _cancelling(rates: Any) -> Any:
    """What is orthogonal to all `rates`, in echelon form."""
    sizes = np.abs(rates).max(axis=0)
    still = sizes == 0.0
    held = np.eye(rates.shape[1])[still]
    if still.all():
        return held
    moving = rates[:, ~still] / sizes[~still]
    lengths = np.linalg.norm(moving, axis=1, keepdims=True)
    moving = moving[lengths[:, 0] > 0.0] / lengths[lengths[:, 0] > 0.0]
    _, values, rows = np.linalg.svd(moving, full_matrices=True)
    values = np.concatenate([values, np.zeros(len(rows) - len(values))])
    rows = _echelon(rows[values < _CANCELS * values[0]])  # of rates of like size: digits count
    found = np.zeros((len(rows), rates.shape[1]))
    found[:, ~still] = rows / sizes[~still]
    return np.concatenate([held, np.array([_plain(row) for row in found]).reshape(found.shape)])


def _echelon(rows: Any) -> Any:
    """Reduced echelon form."""
    rows = rows / np.abs(rows).max(axis=1, initial=1e-300, keepdims=True)
    done = 0
    for column in range(rows.shape[1]):
        if done == len(rows):
            break
        pivot = done + int(np.abs(rows[done:, column]).argmax())
        if abs(rows[pivot, column]) < 1e-7 * np.abs(rows[done:]).max():
            continue
        rows[[done, pivot]] = rows[[pivot, done]]
        rows[done] /= rows[done, column]
        others = np.arange(len(rows)) != done
        rows[others] -= np.outer(rows[others, column], rows[done])
        done += 1
    largest = np.abs(rows).max(axis=1, initial=0.0, keepdims=True)
    return np.where(np.abs(rows) < 1e-7 * largest, 0.0, rows)


def _plain(row: Any) -> Any:
    """A law with the least coefficient 1, and whole numbers where they are meant."""
    row = row / np.abs(row[row != 0.0]).min()
    near = np.round(row)
    return np.where(np.abs(row - near) < 1e-6 * np.abs(near), near, row)


def told(rows: Any, states: Sequence[str], x: Any) -> list[str]:
    """Each law of more than one state in words: ``bh2 + bh4 = 360``."""
    found = []
    for row in rows:
        used = np.flatnonzero(row)
        if used.size > 1:
            text = " ".join(
                f"{'-' if row[i] < 0 else '+'} {_times(abs(row[i]))}{states[int(i)]}" for i in used
            )
            found.append(f"{text.removeprefix('+ ')} = {float(row @ x[: len(row)]):.9g}")
    return found


def _times(factor: float) -> str:
    return "" if factor == 1.0 else f"{factor:.6g} "
