"""Rates, slopes and observables at many points at once, by the lanes' machine code."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from axissim.analysis.field.opened import Opened, opened
from axissim.compile.definitions import START_TIME
from axissim.compile.kernel import Kernel, kernel_of
from axissim.model.model import Model

_LANES = 8


class Field:
    """A model's rates as a function of movers, delayed values and free parameters.

    Attributes
    ----------
    opened : Opened
    n : int
        Movers; the `differential` first have rates, the others residuals.
    inputs : list of str
        The parameters that are not free, and values at the start, by position.
    """

    def __init__(self, model: Model, free: Sequence[str], varied: Iterable[str], start: float):
        self.opened: Opened = opened(model, free, start)
        self.kernel: Kernel = kernel_of(self.opened.model, frozenset(varied))
        system, e = self.kernel.system, self.kernel.equations
        self.n, self.d = len(self.opened.movers), self.opened.differential
        self.inputs = list(system.inputs)
        self.defaults = np.array(list(system.inputs.values()), float)
        self.defaults[self.inputs.index(START_TIME)] = start
        self.start = start
        kind = ctypes.CFUNCTYPE
        pointers = {"prepare": 3, "rhs": 4, "rhs_jacobian": 6, "observe": 4}
        self._code = {
            title: kind(None, *[ctypes.c_void_p] * count)(getattr(e, title))
            for title, count in pointers.items()
        }
        self._width = max(e.fixed + 2 * e.switches, 1)
        # where the compiled system keeps: movers, delayed values, free parameters
        order = {key: at for at, key in enumerate(system.states)}
        extra = [s.id for s in self.opened.model.states[self.d :]]
        self.places = np.array([order[key] for key in (*self.opened.movers, *extra)], np.int64)
        self.entries = np.array([*system.jacobian] or [(0, 0)]).T
        self.observables = list(system.observables)
        self.switches = e.switches

    @property
    def lags(self) -> int:
        return len(self.opened.delayed)

    def prepared(self, inputs: Any) -> tuple[Any, Any]:
        """What is fixed for runs of `inputs` (m, inputs), and the movers at their start (m, n)."""
        e = self.kernel.equations
        inputs = np.atleast_2d(inputs)
        q, y = self._called("prepare", len(inputs), [inputs], [self._width, e.states])
        return q, y[:, self.places[: self.n]]

    def whole(self, x: Any, free: Any, past: Any = None) -> Any:
        """Movers (m, n) and free parameters (m, f) as the system has them.

        Delayed values are `past` (m, lags), or those of the present.
        """
        past = x[:, list(self.opened.delayed)] if past is None else past
        parts = [
            x,
            past,
            np.broadcast_to(free, (len(x), free.shape[-1])),
        ]
        whole = np.empty((len(x), len(self.places)))
        whole[:, self.places] = np.concatenate(parts, axis=1)
        return whole

    def rates(self, whole: Any, q: Any, t: Any = None) -> Any:
        """Rates and residuals (m, n) at points of `whole`."""
        (f,) = self._called("rhs", len(whole), self._given(whole, q, t), [len(self.places)])
        return f[:, self.places[: self.n]]

    def slopes(self, whole: Any, q: Any, t: Any = None) -> tuple[Any, Any]:
        """Rates (m, n), and their slopes (m, n, n + lags + free): movers, delayed values, free."""
        size, count = len(self.places), max(len(self.kernel.system.jacobian), 1)
        given = self._given(whole, q, t)
        f, _, jac = self._called("rhs_jacobian", len(whole), given, [size, size, count])
        full = np.zeros((len(whole), size, size))
        if self.kernel.system.jacobian:
            full[:, self.entries[0], self.entries[1]] = jac
        inside = self.places[: self.n]
        return f[:, inside], full[:, inside][:, :, self.places]

    def observed(self, whole: Any, q: Any, t: Any = None) -> Any:
        """Every observable (m, o), in the order of `observables`."""
        count = len(self.observables)
        (v,) = self._called("observe", len(whole), self._given(whole, q, t), [max(count, 1)])
        return v[:, :count]

    def ago(self, whole: Any, q: Any) -> Any:
        """How long ago each delayed value is from, (m, lags)."""
        where = [self.observables.index(key) for key in self.opened.lags]
        return self.observed(whole, q)[:, where] if where else np.empty((len(whole), 0))

    def moments(self, q: Any) -> Any:
        """The first moments, and periods, at which formulas change branch: (m, switches, 2)."""
        fixed = self._width - 2 * self.switches
        return q[:, fixed : fixed + 2 * self.switches].reshape(len(q), -1, 2)

    def _given(self, whole: Any, q: Any, t: Any) -> list[Any]:
        """What an equation reads: the time, what moves, what is fixed."""
        count = len(whole)
        moment = np.broadcast_to(self.start if t is None else t, (count,))
        return [moment[:, None], whole, np.broadcast_to(q, (count, self._width))]

    def _called(self, title: str, count: int, given: list[Any], sizes: list[int]) -> list[Any]:
        """Call a function of the equations for `count` points, eight a call.

        Parameters
        ----------
        given : list of (count, k) arrays
        sizes : list of int
            How many numbers of a point each result holds.
        """
        code, groups = self._code[title], -(-count // _LANES)
        arrays = [_lanes(rows, groups) for rows in given]
        results = [np.zeros((groups, size, _LANES)) for size in sizes]
        begins = [(array.ctypes.data, array[0].nbytes) for array in (*arrays, *results)]
        for group in range(groups):
            code(*(begin + group * size for begin, size in begins))
        return [r.transpose(0, 2, 1).reshape(-1, r.shape[1])[:count] for r in results]


def _lanes(rows: Any, groups: int) -> Any:
    """Rows (m, k) as vectors (groups, k, 8); lanes left over repeat the last row."""
    full = np.empty((groups * _LANES, rows.shape[1]))
    full[: len(rows)], full[len(rows) :] = rows, rows[-1:]
    return np.ascontiguousarray(full.reshape(groups, _LANES, -1).transpose(0, 2, 1))


@lru_cache(maxsize=32)
def _field(model: Model, free: tuple[str, ...], varied: frozenset[str], start: float) -> Field:
    return Field(model, free, varied, start)


def field_of(
    model: Model, free: Sequence[str] = (), varied: Iterable[str] = (), start: float = 0.0
) -> Field:
    """Compile the rates of `model` with `free` parameters among what they are a function of."""
    return _field(model, tuple(free), frozenset(varied), start)
