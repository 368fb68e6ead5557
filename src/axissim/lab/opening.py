"""How a model is set when the page opens it."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "openings.toml"


@cache
def _openings() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))


def opening(identifier: str) -> dict[str, Any]:
    """Parameters (``params``) and ``doses`` with which a shipped model opens; empty for most."""
    found = _openings().get(identifier, {})
    return {"params": found.get("params", {}), "doses": found.get("doses", [])}
