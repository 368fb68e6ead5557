"""What every Dataset of a fit says about where it comes from."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import numpy as np

from axissim.analysis.fitting.problem import Problem
from axissim.study.dataset import model_hash


def provenance(problem: Problem, config: Mapping[str, Any]) -> dict[str, str]:
    """Attributes of a result: model, problem, configuration, versions."""
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    versions = {key: version(key) for key in ("axissim", "numpy", "scipy", "numba", "xarray")}
    return {
        "title": problem.model.name or problem.model.id,
        "problem": problem.id,
        "source": f"axissim {versions['axissim']}",
        "model_id": problem.model.id,
        "model_hash": model_hash(problem.model),
        "config": json.dumps(dict(config), sort_keys=True),
        "versions": json.dumps(versions),
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds)),
        "disclaimer": "For research and teaching; not medical advice.",
    }


def flags(title: str, words: tuple[str, ...]) -> dict[str, Any]:
    """CF's way to say what small numbers mean."""
    return {
        "long_name": title,
        "flag_values": np.arange(len(words), dtype=np.int8),
        "flag_meanings": " ".join(words),
    }
