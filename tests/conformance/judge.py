"""How far results lie from what is expected: by the suite's rule, and by a tighter one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

VERDICTS = ("pass", "wrong", "refused", "error", "timeout", "crash")
TIGHT = 1e-6


def fault(case: Any, columns: Mapping[str, Any]) -> str:
    """What is wrong by the suite's rule |C - U| <= absolute + relative |C|, or ""."""
    absolute, relative = case.settings["absolute"], case.settings["relative"]
    for key in case.settings["variables"]:
        wanted = np.asarray(case.expected[key], float)
        if key not in columns:
            return f"no column {key}"
        found = np.asarray(columns[key], float)
        if found.shape != wanted.shape:
            return f"{key} has {found.size} rows, not {wanted.size}"
        with np.errstate(invalid="ignore"):
            near = np.abs(wanted - found) <= absolute + relative * np.abs(wanted)
        good = _alike(wanted, found) | (near & np.isfinite(wanted))
        if not np.all(good):
            at = int(np.argmin(good))
            return f"{key}[{at}] is {found[at]:.9g}, not {wanted[at]:.9g}"
    return ""


def _alike(wanted: Any, found: Any) -> Any:
    """Where both are NaN, or the same infinity."""
    return (np.isnan(wanted) & np.isnan(found)) | (np.isinf(wanted) & (wanted == found))


def distance(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> float:
    """The largest |a - b| / (|a| + 1e-3 max|column|); infinite where they differ in kind."""
    most = 0.0
    for key, column in wanted.items():
        a, b = np.asarray(column, float), np.asarray(found.get(key, ()), float)
        if a.shape != b.shape:
            return np.inf
        same = _alike(a, b) | (a == b)
        if not np.all(same | (np.isfinite(a) & np.isfinite(b))):
            return np.inf
        if np.all(same):
            continue
        scale = np.abs(a) + 1e-3 * np.max(np.abs(a[np.isfinite(a)]), initial=0.0)
        with np.errstate(divide="ignore"):
            most = max(most, float(np.max(np.abs(a - b)[~same] / scale[~same])))
    return most
