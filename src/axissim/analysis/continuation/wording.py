"""Names and words that the tables of a continuation share."""

from __future__ import annotations

from axissim.analysis.field.setting import Setting

OWN = (
    "branch", "stable", "unstable", "label", "eigenvalue_real", "eigenvalue_imag", "curve", "cycle",
    "point", "special", "mode",
)  # fmt: skip


def per_time(asked: Setting) -> dict[str, str]:
    """The unit of a rate."""
    unit = asked.model.time_unit
    return {"units": f"1/{unit}"} if unit else {}
