"""Text -> a module in the cache folder, named by its hash; addresses of a model's functions.

Numba's disk cache knows a function by its file.  A generated file whose name is the hash of all
that its machine code depends on (its text, the library code it calls, the versions) is therefore
found again by every later process, and never found stale.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.metadata import version
from types import ModuleType

from axissim.compile.intact import guard
from axissim.model.cache import cache_folder, code_hash, digest_of, write_whole
from axissim.model.expression import OPERATIONS

_ARITHMETIC = ", ".join(
    sorted(
        op
        for op, row in OPERATIONS.items()
        if row.coded and op not in ("add", "sub", "mul", "div", "neg")
    )
)


@lru_cache(maxsize=256)
def module_of(text: str, kind: str, *rooms: str) -> ModuleType:
    """The module that `text` makes, from the cache folder; `kind` begins its file's name.

    `rooms` are the folders of this package whose code is compiled into it.
    """
    guard()
    name = code_name(text, kind, *rooms)
    path = cache_folder() / f"{name}.py"
    if not path.exists() or path.read_bytes() != text.encode():
        write_whole(path, text.encode())
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def code_name(text: str, kind: str, *rooms: str) -> str:
    """What the file of the code made of a text is called, whatever its ending."""
    return f"axissim_{kind}_{digest_of([text.encode(), machine_hash(*rooms).encode()])}"


@cache
def machine_hash(*rooms: str) -> str:
    """A hash of the library code that is compiled into generated modules, and of the compiler."""
    versions = [version(name).encode() for name in ("numba", "llvmlite", "numpy")]
    return digest_of([code_hash(*rooms).encode(), *versions])


def scalar_module(title: str, texts: Mapping[str, str]) -> ModuleType:
    """The equations that `emit` wrote for one run, as compiled functions of arrays."""
    head = (
        f'"""Equations of {title}, one run."""\n\n'
        "from numba import njit\n\n"
        "from axissim.compile.scalars import broadcast, load, store\n"
        f"from axissim.compile.lanes import {_ARITHMETIC}\n\n"
        "nan, inf = float('nan'), float('inf')\n"
    )
    functions = [
        f"@njit(cache=True, error_model='numpy')\n{text}"
        for name, text in texts.items()
        if name not in ("factor", "solve")
    ]
    return module_of("\n\n".join([head, *functions]), "scalar", "compile")


def plain_module(title: str, texts: Mapping[str, str]) -> ModuleType:
    """The equations that `emit` wrote in plain Python floats, for tests and for looking inside."""
    head = (
        f'"""Equations of {title} in plain Python."""\n\n'
        "from axissim.compile.plain import *\n\n"
        "nan, inf = float('nan'), float('inf')\n"
    )
    return module_of("\n\n".join([head, *texts.values()]), "plain", "compile")
