"""The house: imports run downwards, without circles, and the door is small and light."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import axissim

PACKAGE = Path(axissim.__file__).parent
LEVEL = (
    {"model": 0, "compile": 1, "solve": 2, "study": 3}
    | dict.fromkeys(("analysis", "plot", "lab"), 4)
    | {"report": 5, "cli": 6, "__main__": 7, "__init__": 7}
)
MODULES = sorted(PACKAGE.rglob("*.py"))


def dotted(path: Path) -> str:
    """The name of the module in a file: ``axissim.solve.loop``."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 2 else parts)


NAMES = {dotted(path) for path in MODULES}


def imports(path: Path) -> set[str]:
    """The modules of axissim that a file imports, whether at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("axissim")}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            origin = node.module or ""
            if origin.split(".")[0] == "axissim":
                inner = {f"{origin}.{alias.name}" for alias in node.names}
                found |= {name if name in NAMES else origin for name in inner}
    return found


def floor(module: str) -> str:
    """The folder, or the file at the top, that a module belongs to."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def ids(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def test_there_is_a_house():
    assert len(MODULES) > 30
    assert {floor(name) for name in NAMES} <= set(LEVEL)


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_imports_go_downwards(path):
    own = floor(dotted(path))
    for module in imports(path):
        other = floor(module)
        allowed = other == own or LEVEL[other] < LEVEL[own]
        assert allowed, f"{ids(path)} imports {module}, which is not below it"


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_nothing_inside_imports_the_door(path):
    """`import axissim` inside axissim is how circles begin; the door itself asks for its rooms."""
    if path == PACKAGE / "__init__.py":
        assert imports(path) - {"axissim"} <= NAMES
    else:
        assert "axissim" not in imports(path)


def test_no_circles():
    waiting = {dotted(path): imports(path) & NAMES for path in MODULES}
    del waiting["axissim.__init__"]
    waiting["axissim.model.expression"] -= {"axissim.model.text"}  # only to show itself, in repr
    waiting["axissim.model.model"] -= {"axissim.model.shown"}  # likewise, in a notebook
    while waiting:
        free = [name for name, needs in waiting.items() if not needs & waiting.keys()]
        assert free, f"these import each other in a circle: {sorted(waiting)}"
        for name in free:
            del waiting[name]


def test_the_door_is_small():
    assert 0 < len(axissim.__all__) <= 12
    for name in axissim.__all__:
        assert getattr(axissim, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        _ = axissim.nonsense


def test_the_door_is_light():
    """`import axissim` brings in neither the compiler nor the labelled arrays."""
    heavy = ["numba", "llvmlite", "xarray", "scipy", "matplotlib", "pandas", "antimony", "libsbml"]
    code = "import axissim, json, sys; print(json.dumps([*filter(sys.modules.get, sys.argv[1:])]))"
    environment = os.environ | {"PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run(
        [sys.executable, "-c", code, *heavy], env=environment, capture_output=True, check=True
    )
    assert json.loads(done.stdout) == []


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_a_file_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_files_and_functions_fit_on_a_screen_or_a_few(path):
    text = path.read_text()
    assert len(text.splitlines()) <= 400  # 300 is the sign to split; tables of numbers may pass it
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = (node.end_lineno or 0) - (body[0].lineno if body else node.lineno) + 1
            assert lines <= 50, f"{ids(path)}: {node.name} has {lines} lines"


def test_no_module_is_a_heap():
    heaps = {"utils", "helpers", "core", "common", "misc"}
    assert not heaps & {part for name in NAMES for part in name.split(".")[1:]}
