"""Equations as machine code of their own: one LLVM module a model, kept as an object file, freed.

Numba never gives back the code it has loaded, some 3 MB a model; here it goes with the last use.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any

from llvmlite import binding, ir

from axissim.compile import written
from axissim.compile.build import code_name
from axissim.compile.emit import FUNCTIONS
from axissim.model.cache import cache_folder, write_whole
from axissim.model.expression import OPERATIONS

_DIGEST = 32  # bytes before the object code: its hash, since damaged code would end the process
_LOCK = threading.RLock()


class Machine:
    """Loaded machine code; its functions may be called for as long as this lives."""

    def __init__(self, code: bytes) -> None:
        with _LOCK:
            self._engine = binding.create_mcjit_compiler(binding.parse_assembly(""), _target())
            self._engine.add_object_file(binding.ObjectFileRef.from_data(code))
            self._engine.finalize_object()

    def address(self, function: str) -> int:
        """Where a function begins."""
        return int(self._engine.get_function_address(function))


def machine_of(texts: Mapping[str, str]) -> Machine:
    """The equations that `emit` wrote, in lanes, compiled or found in the cache.

    Each function takes pointers to double, as many as `FUNCTIONS` says, and returns nothing.
    """
    whole = "\n".join(texts.values())
    path = cache_folder() / f"{code_name(whole, 'lanes', 'compile')}.o"
    try:
        kept = path.read_bytes()
    except OSError:
        kept = b""
    digest, code = kept[:_DIGEST], kept[_DIGEST:]
    if not code or hashlib.sha256(code).digest() != digest:
        code = _compiled(texts)
        write_whole(path, hashlib.sha256(code).digest() + code)
    return Machine(code)


def _compiled(texts: Mapping[str, str]) -> bytes:
    """Object code of the equations."""
    module = ir.Module("equations")
    for title, text in texts.items():
        _write(module, title, text)
    with _LOCK:
        parsed, target = binding.parse_assembly(str(module)), _target()
        tuning = binding.create_pipeline_tuning_options(speed_level=3)
        builder = binding.create_pass_builder(target, tuning)
        builder.getModulePassManager().run(parsed, builder)
        return bytes(target.emit_object(parsed))


def _write(module: Any, title: str, text: str) -> None:
    """Add one function: its text runs once over values that record themselves."""
    count = FUNCTIONS[title].count(",") + 1
    kind = ir.FunctionType(ir.VoidType(), [ir.DoubleType().as_pointer()] * count)
    function = ir.Function(module, kind, title)
    function.attributes.add("nounwind")
    function.attributes.alignstack = 64  # else vectors on the stack lie across cache lines
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    names = dict(_arithmetic())
    exec(compile(text, title, "exec"), names)
    names[title](*(written.Pointer(builder, argument) for argument in function.args))
    builder.ret_void()


@cache
def _arithmetic() -> dict[str, Any]:
    """What the names in the equations' text mean."""
    infix = ("add", "sub", "mul", "div", "neg")
    coded = [op for op, row in OPERATIONS.items() if row.coded and op not in infix]
    named = {op: getattr(written, op) for op in (*coded, "broadcast", "load", "store")}
    return named | {"nan": float("nan"), "inf": float("inf")}


def _target() -> Any:
    """The machine we run on, anew each time: what loads code takes it over."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    return binding.Target.from_default_triple().create_target_machine(
        cpu=binding.get_host_cpu_name(),
        features=binding.get_host_cpu_features().flatten(),
        opt=3,
        reloc="static" if binding.get_default_triple().startswith("x86") else "default",
        codemodel="jitdefault",
        jit=True,
    )
