"""What the machine can do at most: loops of one kind of instruction, eight doubles wide.

Written into LLVM as the equations are, with the same types, so that a ceiling is that of the code
it is held against. Each runs in registers, or over a buffer that fits a cache.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from llvmlite import binding, ir

from axissim.compile import machine
from axissim.compile.lanes import aligned

LANES, DOUBLE, INT = ir.VectorType(ir.DoubleType(), 8), ir.DoubleType(), ir.IntType(64)
POINTER = DOUBLE.as_pointer()
CHAINS = 20  # of 32 registers; two pipes with a latency of four are full with eight
L1, L2 = 256, 4096  # vectors of 64 bytes: 16 KB, 256 KB
BATCH = 0.002  # seconds of a round: shorter than what a scheduler gives at a time


@dataclass(frozen=True)
class Ceiling:
    """A loop: its name, how much one turn does, in what unit."""

    title: str
    amount: float
    unit: str


# Chains of each kind in one turn: a title and how many of them there are.
_MIXES: dict[str, tuple[Ceiling, dict[str, int]]] = {
    "fma": (Ceiling("multiply-adds (fma)", 16.0 * CHAINS, "flop"), {"fma": CHAINS}),
    "add": (Ceiling("additions", 8.0 * CHAINS, "flop"), {"fadd": CHAINS}),
    "mul": (Ceiling("multiplications", 8.0 * CHAINS, "flop"), {"fmul": CHAINS}),
    "mul and add": (
        Ceiling("multiplications beside additions", 8.0 * CHAINS, "flop"),
        {"fmul": CHAINS // 2, "fadd": CHAINS // 2},
    ),
    "fma and add": (
        Ceiling("multiply-adds beside additions", 12.0 * CHAINS, "flop"),
        {"fma": CHAINS // 2, "fadd": CHAINS // 2},
    ),
    "div": (Ceiling("divisions", CHAINS, "vector"), {"fdiv": CHAINS}),
    "fma chain": (Ceiling("one chain of multiply-adds", 1.0, "vector"), {"fma": 1}),
    "add chain": (Ceiling("one chain of additions", 1.0, "vector"), {"fadd": 1}),
    "mul chain": (Ceiling("one chain of multiplications", 1.0, "vector"), {"fmul": 1}),
    "div chain": (Ceiling("one chain of divisions", 1.0, "vector"), {"fdiv": 1}),
}
_MEMORY = {
    f"{cache_name} {action}": (Ceiling(f"{action}s of {cache_name}", 64.0 * size, "byte"), size)
    for cache_name, size in (("L1", L1), ("L2", L2))
    for action in ("load", "store")
}
_CLOCK = {"clock": Ceiling("cycles", 32.0, "cycle")}
CEILINGS = {key: row[0] for table in (_MIXES, _MEMORY) for key, row in table.items()} | _CLOCK


def run_of(key: str) -> Callable[[int], Any]:
    """A function that does so many turns of a ceiling's loop."""
    buffer = aligned(8 * L2)
    buffer[:] = 1.0
    buffer[8:16] = 0.5
    loop = _loops().function(key, 2)
    return lambda turns: loop(turns, buffer.ctypes.data)


def repeated(address: int, *arrays: Any) -> Callable[[int], Any]:
    """A function that calls the C function at `address` so many times with the same arrays."""
    loop = _loops().function(f"call {len(arrays)}", 2 + len(arrays))
    return lambda turns: loop(turns, address, *(array.ctypes.data for array in arrays))


def seconds(run: Callable[[int], Any], turns: int) -> float:
    """Processor seconds of one turn."""
    begun = time.thread_time_ns()
    run(turns)
    return (time.thread_time_ns() - begun) / turns * 1e-9


def fitting(run: Callable[[int], Any]) -> int:
    """How many turns make a round of `BATCH` seconds."""
    turns = 1
    while seconds(run, turns) * turns < 0.5 * BATCH:
        turns *= 2
    return max(1, round(BATCH / min(seconds(run, turns) for _ in range(3))))


class _Loops:
    """Compiled loops, which live as long as this does."""

    def __init__(self, module: Any) -> None:
        parsed, target = binding.parse_assembly(str(module)), machine._target()
        tuning = binding.create_pipeline_tuning_options(speed_level=2)
        tuning.loop_unrolling = tuning.loop_vectorization = tuning.slp_vectorization = False
        builder = binding.create_pass_builder(target, tuning)
        builder.getModulePassManager().run(parsed, builder)
        self._engine = binding.create_mcjit_compiler(parsed, target)
        self._engine.finalize_object()

    def function(self, key: str, count: int) -> Any:
        address = self._engine.get_function_address(key.replace(" ", "_"))
        return ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * count)(address)


@cache
def _loops() -> _Loops:
    module = ir.Module("ceilings")
    for key, (_, mix) in _MIXES.items():
        _registers(module, key, [op for op, count in mix.items() for _ in range(count)])
    for key, (_, size) in _MEMORY.items():
        _memory(module, key, size)
    _clock(module)
    for count in range(3, 8):
        _calls(module, count)
    return _Loops(module)


def _begun(module: Any, key: str, count: int) -> tuple[Any, Any, Any]:
    function = ir.Function(
        module, ir.FunctionType(ir.VoidType(), [INT] * count), key.replace(" ", "_")
    )
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    return function, builder, function.args


def _looped(builder: Any, turns: Any, carried: list[Any], body: Any, step: int = 1) -> list[Any]:
    """Append a loop of `turns` turns over values that each turn makes anew."""
    before, block = builder.block, builder.append_basic_block("loop")
    builder.branch(block)
    builder.position_at_end(block)
    at = builder.phi(INT)
    values = [builder.phi(value.type) for value in carried]
    made = body(builder, at, values)
    following = builder.add(at, INT(step))
    at.add_incoming(INT(0), before)
    at.add_incoming(following, builder.block)
    for phi, first, last in zip(values, carried, made, strict=True):
        phi.add_incoming(first, before)
        phi.add_incoming(last, builder.block)
    after = builder.append_basic_block("after")
    builder.cbranch(builder.icmp_signed("<", following, turns), block, after)
    builder.position_at_end(after)
    return made


def _vector(builder: Any, buffer: Any, index: Any) -> Any:
    place = builder.add(buffer, builder.shl(index, INT(6)))
    return builder.inttoptr(place, LANES.as_pointer())


def _registers(module: Any, key: str, operations: list[str]) -> None:
    _, builder, (turns, buffer) = _begun(module, key, 2)
    one, half = (
        builder.load(_vector(builder, buffer, INT(i)), align=64, typ=LANES) for i in range(2)
    )
    starts = [
        builder.load(_vector(builder, buffer, INT(2 + i)), align=64, typ=LANES)
        for i in range(len(operations))
    ]
    fma = module.globals.get("llvm.fma.v8f64") or ir.Function(
        module, ir.FunctionType(LANES, [LANES] * 3), "llvm.fma.v8f64"
    )

    def body(builder: Any, _: Any, values: list[Any]) -> list[Any]:
        return [
            builder.call(fma, [value, half, half])
            if operation == "fma"
            else getattr(builder, operation)(value, half if operation == "fadd" else one)
            for operation, value in zip(operations, values, strict=True)
        ]

    for i, value in enumerate(_looped(builder, turns, starts, body)):
        builder.store(value, _vector(builder, buffer, INT(64 + i)), align=64)
    builder.ret_void()


def _memory(module: Any, key: str, size: int) -> None:
    """One turn goes once through `size` vectors; what is loaded is summed up as integers."""
    _, builder, (turns, buffer) = _begun(module, key, 2)
    value = builder.load(_vector(builder, buffer, INT(1)), align=64, typ=LANES)
    whole = ir.VectorType(INT, 8)

    def touch(builder: Any, at: Any, values: list[Any]) -> list[Any]:
        values = list(values)
        for i in range(16):
            place = _vector(builder, buffer, builder.add(at, INT(i)))
            if values:
                loaded = builder.load(place, align=64, typ=LANES)
                values[i % 8] = builder.add(values[i % 8], builder.bitcast(loaded, whole))
            else:
                builder.store(value, place, align=64)
        return values

    def through(builder: Any, at: Any, values: list[Any]) -> list[Any]:
        return _looped(builder, INT(size), values, touch, 16)

    sums = [builder.bitcast(value, whole)] * 8 if "load" in key else []
    for i, value in enumerate(_looped(builder, turns, sums, through)):
        builder.store(builder.bitcast(value, LANES), _vector(builder, buffer, INT(i)), align=64)
    builder.ret_void()


def _clock(module: Any) -> None:
    """A chain of sums and exclusive ors, each of one cycle."""
    _, builder, (turns, buffer) = _begun(module, "clock", 2)

    def body(builder: Any, at: Any, values: list[Any]) -> list[Any]:
        value = values[0]
        for _ in range(16):
            value = builder.xor(builder.add(value, turns), buffer)
        return [value]

    (last,) = _looped(builder, turns, [INT(1)], body)
    builder.store(last, builder.inttoptr(buffer, INT.as_pointer()))
    builder.ret_void()


def _calls(module: Any, count: int) -> None:
    """Turns that call a function of `count` pointers."""
    _, builder, (turns, address, *arguments) = _begun(module, f"call {count}", 2 + count)
    kind = ir.FunctionType(ir.VoidType(), [POINTER] * count)
    function = builder.inttoptr(address, kind.as_pointer())
    pointers = [builder.inttoptr(argument, POINTER) for argument in arguments]

    def body(builder: Any, _: Any, values: list[Any]) -> list[Any]:
        builder.call(function, pointers)
        return values

    _looped(builder, turns, [], body)
    builder.ret_void()


def rounds_of(
    runs: dict[str, Callable[[int], Any]], rounds: int
) -> dict[str, np.ndarray[Any, Any]]:
    """Seconds of a turn of each, round by round, one after the other in each round."""
    turns = {key: fitting(run) for key, run in runs.items()}
    found = [[seconds(run, turns[key]) for key, run in runs.items()] for _ in range(rounds)]
    return dict(zip(runs, np.array(found).T, strict=True))
