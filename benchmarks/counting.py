"""Operations of the equations, counted from their text and again from what became of it.

The text runs once over values that count: a sum, a difference, a product and a division are one
floating-point operation each, an elementary function is what its code in lanes is made of, with
a multiply-add as two; comparisons, choices, signs and integers are none.  Beside the operations
the values know how long the chain is that they end.
"""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from llvmlite import binding, ir

from axissim.compile import lanes, machine
from axissim.compile.emit import FUNCTIONS
from axissim.compile.lane_ir import LANES, Operand
from axissim.model.expression import OPERATIONS

# Cycles until a result can be used: AMD, Software Optimization Guide for the Zen4
# Microarchitecture, publication 57647; `roofline.py` measures the same chains.
LATENCY = {"fma": 4, "add": 3, "mul": 3, "div": 13, "load": 7, "choice": 2}
_IN_IR = {"fadd": "add", "fsub": "add", "fmul": "mul", "fdiv": "div"}


@dataclass
class Count:
    """What a function does for eight runs, in vectors of eight.

    Attributes
    ----------
    does : Counter
        ``add`` (differences too), ``mul``, ``div``, ``fma``, ``load``, ``store``.
    calls : Counter
        Elementary functions, whose operations are in `does`.
    outside : set of str
        Functions of the C library, whose operations are not.
    cycles : float
        The longest chain from a load to a store, each operation at its `LATENCY`.
    """

    does: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    outside: set[str] = field(default_factory=set)
    cycles: float = 0.0

    @property
    def flops(self) -> int:
        """Floating-point operations of one lane."""
        return sum(self.does[key] for key in ("add", "mul", "div")) + 2 * self.does["fma"]

    @property
    def bytes(self) -> int:
        """What the text loads and stores of one lane."""
        return 8 * (self.does["load"] + self.does["store"])


class Value:
    """A value that was counted when it was made, and when it is ready at the earliest.

    ``factors`` of a product is when those are ready: its sum may become a multiply-add.
    """

    __slots__ = ("count", "factors", "ready")

    def __init__(self, count: Count, ready: float, factors: float | None = None) -> None:
        self.count, self.ready, self.factors = count, ready, factors

    def _made(self, kind: str, other: Any) -> Value:
        self.count.does[kind] += 1
        begun = max(self.ready, getattr(other, "ready", 0.0))
        factors = begun if kind == "mul" else None
        return Value(self.count, begun + LATENCY[kind], factors)

    def _sum(self, other: Any) -> Value:
        """A product that is added becomes a multiply-add, which waits for its factors only."""
        whole = self._made("add", other)
        for product, addend in ((self, other), (other, self)):
            factors = getattr(product, "factors", None)
            if factors is not None:
                fused = max(factors, getattr(addend, "ready", 0.0)) + LATENCY["fma"]
                whole.ready = min(whole.ready, fused)
        return whole

    def __add__(self, other: Any) -> Value:
        return self._sum(other)

    __radd__ = __sub__ = __rsub__ = __add__

    def __mul__(self, other: Any) -> Value:
        return self._made("mul", other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Value:
        return self._made("div", other)

    __rtruediv__ = __truediv__

    def __neg__(self) -> Value:
        return self


def count_text(text: str) -> Count:
    """What a function does whose text `axissim.compile.emit.emit` wrote."""
    count = Count()
    title = text.split("(")[0].removeprefix("def ").strip()

    def load(*_: Any) -> Value:
        count.does["load"] += 1
        return Value(count, LATENCY["load"])

    def store(_: Any, __: int, value: Any) -> None:
        count.does["store"] += 1
        count.cycles = max(count.cycles, getattr(value, "ready", 0.0))

    coded = [op for op, row in OPERATIONS.items() if row.coded]
    names: dict[str, Any] = {op: _elementary(op, count) for op in coded}
    names |= {"load": load, "store": store, "broadcast": lambda number: number}
    names |= {"nan": float("nan"), "inf": float("inf")}
    exec(compile(text, title, "exec"), names)
    names[title](*[None] * (FUNCTIONS[title].count(",") + 1))
    return count


def _elementary(op: str, count: Count) -> Any:
    """A function of counted values that does what the code in lanes does."""

    def apply(*arguments: Any) -> Value:
        inside = count_lanes(op)
        count.does.update(inside.does)
        count.outside |= inside.outside
        if inside.does or inside.outside:
            count.calls[op] += 1
        begun = max((getattr(argument, "ready", 0.0) for argument in arguments), default=0.0)
        return Value(count, begun + (inside.cycles or LATENCY["choice"]))

    return apply


@cache
def count_lanes(op: str) -> Count:
    """What a function of the lanes does, counted in the LLVM code that it writes.

    What is called for rare arguments only is left out.
    """
    function = getattr(lanes, op, None)
    emit = getattr(function, "emit", None)
    if emit is None:
        return Count()
    arity = len(inspect.signature(function).parameters)
    module = ir.Module(op)
    written = ir.Function(module, ir.FunctionType(LANES, [LANES] * arity), "counted")
    builder = ir.IRBuilder(written.append_basic_block("entry"))
    builder.ret(emit(*(Operand(builder, value) for value in written.args)).value)
    count = Count()
    count.cycles = _walk(written, [0.0] * arity, count)
    return count


def _walk(function: Any, begun: list[float], count: Count) -> float:
    """Count a function's instructions into `count`; when its result is ready."""
    ready: dict[Any, float] = dict(zip(function.args, begun, strict=True))
    result = 0.0
    for block in function.blocks:
        for line in block.instructions:
            values = [ready.get(operand, 0.0) for operand in line.operands]
            values += [ready.get(value, 0.0) for value, _ in getattr(line, "incomings", ())]
            at = max(values, default=0.0)
            kind = _IN_IR.get(line.opname)
            if kind:
                count.does[kind] += 1
                at += LATENCY[kind]
            elif line.opname == "call":
                at = _called(line, values, at, count)
            elif line.opname in ("and", "or", "shl", "lshr", "add", "sub"):
                at += 1.0
            elif line.opname in ("fcmp", "icmp", "select"):
                at += LATENCY["choice"]
            ready[line] = at
            result = at if line.opname == "ret" else result
    return result


def _called(line: Any, values: list[float], at: float, count: Count) -> float:
    callee = line.callee
    if callee.name.startswith("llvm.fma"):
        count.does["fma"] += 1
        return at + LATENCY["fma"]
    if callee.name.startswith("llvm.sqrt"):
        count.does["div"] += 1  # by the same unit, and as slow
        return at + LATENCY["div"]
    if callee.blocks and not callee.name.endswith(".rare"):
        return _walk(callee, list(values[-len(callee.args) :]), count)
    if not callee.blocks and not callee.name.startswith("llvm."):
        count.outside.add(callee.name)
    return at


# ---- what became of it ------------------------------------------------------------------------

_NAMES = {"vadd": "add", "vsub": "add", "vmul": "mul", "vdiv": "div", "vsqrt": "div"}


def assembly(texts: Mapping[str, str]) -> str:
    """The machine code of equations, to be read."""
    module = ir.Module("equations")
    for title, text in texts.items():
        machine._write(module, title, text)
    parsed, target = binding.parse_assembly(str(module)), machine._target()
    tuning = binding.create_pipeline_tuning_options(speed_level=3)
    builder = binding.create_pass_builder(target, tuning)
    builder.getModulePassManager().run(parsed, builder)
    return str(target.emit_assembly(parsed))


def bodies(text: str) -> dict[str, list[str]]:
    """Instructions of each function of an assembly."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        label = re.match(r'"?([\w.]+)"?:', line)
        if label and not label[1].startswith(".L"):
            lines = found.setdefault(label[1], [])
        elif line.startswith("\t") and not line.startswith("\t."):
            lines.append(line.strip())
    return found


def count_assembly(texts: Mapping[str, str], title: str) -> Count:
    """What the machine code of a function does, of x86 with vectors; ``spill`` is its stack's."""
    functions = bodies(assembly(texts))
    count = Count()
    _instructions(functions, title, count)
    return count


def _instructions(functions: Mapping[str, list[str]], title: str, count: Count) -> None:
    held: dict[str, str] = {}  # registers, and the functions whose addresses are in them
    for line in functions[title]:
        name, _, rest = line.partition("\t")
        address = re.match(r'\$"?([\w.]+)"?, (%\w+)', rest) if name == "movabsq" else None
        if address:
            held[address[2]] = address[1]
        if name == "callq":
            target = rest.strip('"')
            called = held.get(target.removeprefix("*"), target)
            if called in functions and not called.endswith(".rare"):
                count.calls[called] += 1
                _instructions(functions, called, count)
        count.does.update(_vectors(name, rest))


def _vectors(name: str, rest: str) -> dict[str, float]:
    """What an instruction does, in vectors of eight."""
    register = re.search(r"[zyx]mm", rest)
    if not register or not name.startswith("v"):
        return {}
    width = {"zmm": 1.0, "ymm": 0.5, "xmm": 0.25}[register[0]]
    share = {_kind(name): width} if _kind(name) else {}
    if "(" in rest and "rip" not in rest and "bcast" not in name and "broadcast" not in name:
        written, stack = rest.rstrip().endswith(")"), "(%rsp" in rest or "(%rbp" in rest
        key = ("spilled" if written else "reloaded") if stack else ("store" if written else "load")
        share[key] = width
    return share


def _kind(name: str) -> str:
    if re.match(r"vfn?m(add|sub)\d+pd", name):
        return "fma"
    return _NAMES.get(name.removesuffix("pd"), "") if name.endswith("pd") else ""
