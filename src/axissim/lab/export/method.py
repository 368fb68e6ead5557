"""A method's coefficients as plain values, for the page that runs without Python."""

from __future__ import annotations

from typing import Any

import numpy as np

from axissim.solve.tableaus import TABLEAUS


def coefficients(method: str) -> dict[str, Any]:
    """The tableau of a method as JSON holds it, under the names of ``static/alone/solver.js``."""
    tableau = TABLEAUS[method]
    return {
        "name": tableau.name,
        "source": tableau.source,
        "a": tableau.a,
        "c": tableau.c,
        "gamma": tableau.gamma,
        "solution": tableau.solution,
        "error": tableau.error,
        "dense": tableau.dense,
        "alpha": _clean(tableau.alpha),
        "gammas": _clean(tableau.gammas),
        "order": tableau.embedded_order + 1.0,
    }


def _clean(values: Any) -> list[float]:
    """Sums that are 0 or 1 but for rounding, made so: a stage must not look past the step."""
    whole = np.round(values)
    return [float(x) for x in np.where(np.abs(values - whole) < 1e-12, whole, values)]
