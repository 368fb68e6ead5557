"""Where a step's time goes in a sweep: each call of the equations between two looks at a clock.

In the loop a model's numbers lie in the second cache as often as in the first, so that a piece
takes longer there than alone.  What takes longer than `LONGEST` was interrupted and is left out.
"""

from __future__ import annotations

import ctypes
import time
from typing import Any

import numpy as np
import xarray as xr
from ceilings import INT, POINTER
from llvmlite import binding, ir

import axissim as ax
from axissim.compile import machine
from axissim.compile.emit import FUNCTIONS
from axissim.compile.kernel import kernel_of

PIECES = ("rhs", "rhs_jacobian", "factor", "solve")
LONGEST = 10e-6  # seconds
_N = len(PIECES)
# In the notes: the last end and piece; of each piece ticks and calls, of each pair of pieces the
# ticks between them and their count.
_OWN, _OWN_COUNT, _GAPS, _GAP_COUNT = 2, 2 + _N, 2 + 2 * _N, 2 + 2 * _N + _N * _N
_SIZE = _GAP_COUNT + _N * _N


def tick() -> float:
    """Seconds of a tick of the processor's counter."""
    engine = _engine_of(_module({}, np.zeros(_SIZE, np.int64), 0))
    read = ctypes.CFUNCTYPE(ctypes.c_int64)(engine.get_function_address("now"))
    begun, first = time.perf_counter(), read()
    time.sleep(0.05)
    return (time.perf_counter() - begun) / (read() - first)


def step(model_id: str, runs: int, end: float, points: int) -> dict[str, float]:
    """Seconds of a step of eight lanes in each of its pieces, by Rodas5P on one thread.

    ``sums`` is what lies between the calls within a step, ``end`` what lies between steps: the
    new state, its error, the next step's length, what is saved.
    """
    model = ax.load(model_id)
    varied = next(
        p.id for p in model.parameters if p.value.op == "number" and p.value.value % 1.0 > 0.0
    )
    own = float(model.by_id[varied].value.value)
    design = xr.Dataset({varied: ("sample", own * np.linspace(0.95, 1.05, runs))})
    kernel, notes, second = kernel_of(model, [varied]), np.zeros(_SIZE, np.int64), tick()
    equations = kernel.equations
    addresses = {title: getattr(equations, title) for title in PIECES}
    engine = _engine_of(_module(addresses, notes, round(LONGEST / second)))
    watched = {title: engine.get_function_address(title) for title in PIECES}
    options: dict[str, Any] = {"t": (0, end, points), "method": "rodas5p", "threads": 1}
    options["outputs"] = list(kernel.system.states)
    ax.sweep(model, design.isel(sample=slice(8)), **options)
    try:
        kernel.__dict__["equations"] = equations._replace(**watched)
        ax.sweep(model, design, **options)
    finally:
        kernel.__dict__["equations"] = equations
    return _told(notes, second)


def _told(notes: Any, second: float) -> dict[str, float]:
    steps = notes[_OWN_COUNT + PIECES.index("factor")]
    if not steps:
        raise RuntimeError("the sweep did not come by the functions that were put in")
    found = {}
    for i, title in enumerate(PIECES):
        found[title] = notes[_OWN + i] * second / steps
    gaps = notes[_GAPS:_GAP_COUNT].reshape(_N, _N) * second / steps
    last, first = PIECES.index("solve"), PIECES.index("rhs_jacobian")
    return found | {"sums": float(gaps.sum() - gaps[last, first]), "end": float(gaps[last, first])}


def _engine_of(module: Any) -> Any:
    engine = binding.create_mcjit_compiler(binding.parse_assembly(str(module)), machine._target())
    engine.finalize_object()
    return engine


def _module(addresses: dict[str, int], notes: Any, longest: int) -> Any:
    """Functions that note how long those at `addresses` take, and what lies before them."""
    module = ir.Module("within")
    clock = ir.Function(module, ir.FunctionType(INT, []), "llvm.readcyclecounter")
    now = ir.IRBuilder(ir.Function(module, ir.FunctionType(INT, []), "now").append_basic_block())
    now.ret(now.call(clock, []))
    for title, address in addresses.items():
        kind = ir.FunctionType(ir.VoidType(), [POINTER] * (FUNCTIONS[title].count(",") + 1))
        function = ir.Function(module, kind, title)
        builder = ir.IRBuilder(function.append_basic_block())
        own = PIECES.index(title)

        def place(at: Any, builder: Any = builder) -> Any:
            address = builder.add(INT(notes.ctypes.data), builder.mul(at, INT(8)))
            return builder.inttoptr(address, INT.as_pointer())

        def note(
            first: int, count: int, at: Any, ticks: Any, b: Any = builder, to: Any = place
        ) -> None:
            usual = b.zext(b.icmp_unsigned("<", ticks, INT(longest)), INT)
            for start, amount in ((first, b.mul(ticks, usual)), (count, usual)):
                slot = to(b.add(INT(start), at))
                b.store(b.add(b.load(slot, typ=INT), amount), slot)

        begun = builder.call(clock, [])
        before = builder.mul(builder.load(place(INT(1)), typ=INT), INT(_N))
        gap = builder.sub(begun, builder.load(place(INT(0)), typ=INT))
        note(_GAPS, _GAP_COUNT, builder.add(before, INT(own)), gap)
        begun = builder.call(clock, [])
        builder.call(builder.inttoptr(INT(address), kind.as_pointer()), function.args)
        ended = builder.call(clock, [])
        note(_OWN, _OWN_COUNT, INT(own), builder.sub(ended, begun))
        builder.store(INT(own), place(INT(1)))
        builder.store(builder.call(clock, []), place(INT(0)))
        builder.ret_void()
    return module
