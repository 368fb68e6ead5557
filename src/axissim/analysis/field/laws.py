"""What a model conserves: sums of states whose fluxes cancel."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from axissim.analysis.field.field import Field
from axissim.analysis.field.fluxes import Form, fluxes, stoichiometry

_CANCELS = 1e-11  # of the greatest, a singular value that stands for nothing


def laws(field: Field, inputs: Any) -> Any:
    """The sums of states that never change, whatever the state.

    They are the left null space of the matrix of the fluxes' coefficients: of the stoichiometry,
    where the model is one of reactions.  A state without a rate is a law of its own.

    Parameters
    ----------
    inputs : (inputs,) array
        Of the field.

    Returns
    -------
    (laws, differential) array
        The coefficients of each sum, the least of them 1, in reduced echelon form.
    """
    if not field.d:
        return np.zeros((0, 0))
    _, used = _forms(field)
    return _laws(field, tuple(inputs[used].tolist()))


@lru_cache(maxsize=4096)
def _laws(field: Field, numbers: tuple[float, ...]) -> Any:
    """The laws where the inputs that coefficients read are `numbers`."""
    forms, used = _forms(field)
    read = dict(zip([field.inputs[at] for at in used], numbers, strict=True))
    return _cancelling(stoichiometry(forms, {**field.kernel.system.baked, **read}))


@lru_cache(maxsize=32)  # as many as there are fields
def _forms(field: Field) -> tuple[list[Form], list[int]]:
    """The rates' fluxes, and which inputs their coefficients read."""
    model = field.opened.model
    rates = [state.rate for state in model.states[: field.d]]
    forms, read = fluxes(rates, {mover.id for mover in model.movers})
    return forms, [at for at, key in enumerate(field.inputs) if key in read]


def _cancelling(matrix: Any) -> Any:
    """What is orthogonal to all columns, in echelon form."""
    matrix = np.nan_to_num(matrix, posinf=0.0, neginf=0.0)
    sizes = np.abs(matrix).max(axis=1, initial=0.0)
    still = sizes == 0.0
    held = np.eye(len(matrix))[still]
    if still.all():
        return held.reshape(-1, len(matrix))
    moving = (matrix[~still] / sizes[~still, None]).T
    lengths = np.abs(moving).max(axis=1, initial=0.0, keepdims=True)
    moving = moving[lengths[:, 0] > 0.0] / lengths[lengths[:, 0] > 0.0]
    _, values, rows = np.linalg.svd(moving, full_matrices=True)
    values = np.concatenate([values, np.zeros(len(rows) - len(values))])
    rows = _echelon(rows[values < _CANCELS * values[0]])
    found = np.zeros((len(rows), len(matrix)))
    found[:, ~still] = rows / sizes[~still]
    return np.concatenate([held, np.array([_plain(row) for row in found]).reshape(found.shape)])


def _echelon(rows: Any) -> Any:
    """Reduced echelon form."""
    done = 0
    for column in range(rows.shape[1]):
        if done == len(rows):
            break
        pivot = done + int(np.abs(rows[done:, column]).argmax())
        if abs(rows[pivot, column]) < 1e-9 * np.abs(rows[done:]).max():
            continue
        rows[[done, pivot]] = rows[[pivot, done]]
        rows[done] /= rows[done, column]
        others = np.arange(len(rows)) != done
        rows[others] -= np.outer(rows[others, column], rows[done])
        done += 1
    largest = np.abs(rows).max(axis=1, initial=0.0, keepdims=True)
    return np.where(np.abs(rows) < 1e-9 * largest, 0.0, rows)


def _plain(row: Any) -> Any:
    """A law with the least coefficient 1, and whole numbers where they are meant."""
    row = row / np.abs(row[row != 0.0]).min()
    near = np.round(row)
    return np.where(np.abs(row - near) < 1e-9 * np.abs(near), near, row)


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
