"""What more happens to a run than its equations say, compiled once a machine for every method.

The loop calls it by its address, as it calls a model's equations: put into the loop it would be
compiled with each method, and takes LLVM longer than all the rest.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from numba import njit, types

from axissim.compile.build import module_of
from axissim.compile.calls import POINTER, packing
from axissim.compile.kernel import Equations
from axissim.solve.agenda import (
    BEGIN,
    LIMIT,
    LOOK_FROM_STAGE,
    LOOK_FROM_START,
    SHORTEN,
    WATCH,
    Agenda,
    Jumps,
)
from axissim.solve.crossing import cross, shorten
from axissim.solve.happenings import begin, coming, settle
from axissim.solve.past import limit, look_back, remember
from axissim.solve.work import Task, Work


class Frame(NamedTuple):
    """What the loop knows: equations, task, a thread's memory; and behind it what it need not."""

    m: Any
    task: Any
    w: Any
    a: Any
    jumps: Any


def _named(kind: Any, **special: Any) -> Any:
    """The Numba type of one of our tuples: pointers to doubles, but for what is special."""
    plain = {"int": types.int64, "float": types.float64, "bool": types.boolean, "Any": POINTER}
    said = {key: note.__forward_arg__ for key, note in kind.__annotations__.items()}
    fields = {key: plain[word] for key, word in said.items()} | special
    return types.NamedTuple(tuple(fields.values()), kind)


_INTEGERS = types.CPointer(types.int64)
_COUNTS = ("columns", "picked", "n_steps", "n_rejected", "counter")
FRAME = types.NamedTuple(
    (
        _named(Equations),
        _named(Task, status=types.CPointer(types.int8), **dict.fromkeys(_COUNTS, _INTEGERS)),
        _named(Work),
        _named(Agenda),
        _named(Jumps, **dict.fromkeys(("first", "last", "state"), _INTEGERS)),
    ),
    Frame,
)
packed, unpacked = packing(FRAME)


@njit(error_model="numpy")
def occasion(frame: Any) -> None:
    """Do what ``w.ask`` asks of the loop whose `Frame` lies at a pointer."""
    f = unpacked(frame)
    m, task, w, a = f.m, f.task, f.w, f.a
    what, lane = int(w.ask[0]), int(w.ask[1])
    if what == LOOK_FROM_STAGE:
        look_back(m, w, a, w.clock, w.stage)
    elif what == LOOK_FROM_START:
        look_back(m, w, a, w.lo, w.y)
    elif what == LIMIT:
        limit(m, w, a)
    elif what == WATCH:
        if m.delayed:
            remember(m, w, a)
        if m.compared:
            cross(m, task.vectors, w, a)
    elif what == SHORTEN:
        shorten(m, task.vectors, w)
    else:
        status = (
            begin(m, task, w, a, f.jumps, lane)
            if what == BEGIN
            else settle(m, task, w, a, f.jumps, lane, False)
        )
        w.ask[2], w.ask[3] = float(status), coming(m, a, f.jumps, lane)


@cache
def occasions() -> int:
    """The address of `occasion`, compiled or found in the cache."""
    text = '''"""What happens to a run beside its equations."""

from numba import cfunc, types

from axissim.solve.occasions import occasion


@cfunc(types.void(types.CPointer(types.float64)), cache=True)
def call_occasion(frame):
    occasion(frame)
'''
    return int(module_of(text, "occasions", "compile", "solve").call_occasion.address)
