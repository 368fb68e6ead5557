"""Fixed pieces of work of each kind, which know nothing of axissim: what times are measured in.

A slow or busy machine takes longer for these as it does for the benchmark of the same kind.  asv
times them too, so that a jump in all of its curves can be told from a jump in the machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

import numpy as np


def arithmetic() -> None:
    """Sums, quotients and exponentials of floats that stay in the processor's first caches."""
    x = np.linspace(0.1, 1.0, 1024)
    y, z = np.ones_like(x), np.empty_like(x)
    for _ in range(8000):
        np.exp(x, out=z)
        np.multiply(y, 0.5, out=y)
        np.add(y, z, out=y)
        np.divide(z, y, out=z)


def python() -> None:
    """The interpreter: objects made, looked up, sorted, written and read."""
    for turn in range(12):
        rows = {f"row {i}": {"value": float(i * turn % 97), "at": i} for i in range(1000)}
        order = sorted(rows, key=lambda key: rows[key]["value"])
        back = json.loads(json.dumps(rows))
        assert sum(back[key]["at"] for key in order) == 499_500
        for _ in range(300):
            np.asarray([turn, 1.0, 2.0]).reshape(1, 3).sum(axis=0)


def process() -> None:
    """A new interpreter, and a package with libraries of its own imported."""
    subprocess.run([sys.executable, "-c", "import asyncio, json, numpy"], check=True)


@cache
def _function() -> str:
    """The text of a function of 600 operations, each on what came before, as equations are."""
    from llvmlite import ir

    number = ir.DoubleType()
    module = ir.Module("calibration")
    kind = ir.FunctionType(ir.VoidType(), [number.as_pointer()] * 2)
    function = ir.Function(module, kind, "work")
    builder = ir.IRBuilder(function.append_basic_block("entry"))

    def place(base: Any, at: int) -> Any:
        return builder.gep(base, [ir.Constant(ir.IntType(64), at)])

    known = [builder.load(place(function.args[0], at)) for at in range(16)]
    operations = (builder.fmul, builder.fadd, builder.fdiv, builder.fsub)
    for at in range(600):
        made = operations[at % 4](known[-1 - at % 7], known[-1 - at % 13])
        known.append(made)
        if at % 5 == 0:
            builder.store(made, place(function.args[1], at // 5))
    builder.ret_void()
    return str(module)


def compiler() -> None:
    """LLVM on a function that is always the same, optimised and made machine code of."""
    from llvmlite import binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    for _ in range(2):
        target = binding.Target.from_default_triple().create_target_machine(opt=3)
        module = binding.parse_assembly(_function())
        tuning = binding.create_pipeline_tuning_options(speed_level=3)
        builder = binding.create_pass_builder(target, tuning)
        builder.getModulePassManager().run(module, builder)
        target.emit_object(module)


def files() -> None:
    """Floats compressed, written to a file, read back."""
    numbers = np.cumsum(np.sin(np.arange(60_000) * 0.37)).tobytes()
    with tempfile.TemporaryFile() as file:
        for _ in range(2):
            file.write(zlib.compress(numbers, 1))
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        assert file.read()


PIECES: dict[str, Callable[[], None]] = {
    piece.__name__: piece for piece in (arithmetic, python, process, compiler, files)
}


class Calibration:
    """Each piece by itself."""

    params: ClassVar = list(PIECES)
    param_names: ClassVar = ["kind"]

    def time_piece(self, kind: str) -> None:
        PIECES[kind]()
