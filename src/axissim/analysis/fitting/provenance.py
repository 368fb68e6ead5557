"""What every Dataset of a fit says about where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from axissim.analysis.fitting.problem import Problem
from axissim.study.dataset import labelled


def provenance(problem: Problem, config: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of a result: those of a sweep that keeps nothing, and the problem."""
    known = labelled(problem.model, [0.0], {}, (), {}, {}, config)
    return known.attrs | {"problem": problem.id}


def flags(title: str, words: tuple[str, ...]) -> dict[str, Any]:
    """CF's way to say what small numbers mean."""
    return {
        "long_name": title,
        "flag_values": np.arange(len(words), dtype=np.int8),
        "flag_meanings": " ".join(words),
    }
