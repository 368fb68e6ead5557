"""Names that the tables of a continuation keep for themselves."""

from __future__ import annotations

OWN = (
    "branch", "stable", "unstable", "label", "eigenvalue_real", "eigenvalue_imag", "curve", "cycle",
    "point", "special", "mode", "cycle_point", "multiplier", "curve_point",
)  # fmt: skip
