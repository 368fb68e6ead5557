"""A method, compiled: its tableau's sums and the loop in one module, made once a machine."""

from __future__ import annotations

from functools import cache
from types import ModuleType

from axissim.compile.build import module_of
from axissim.solve.steps import step_text
from axissim.solve.tableaus import Tableau


@cache
def method_module(tableau: Tableau) -> ModuleType:
    """A module whose ``solve(equations, runs)`` takes runs until none is left.

    It holds no lock of Python's, so several threads may call it with the same `runs`.
    """
    constants = (
        tableau.stages,
        len(tableau.dense),
        tableau.implicit,
        tableau.first_same_as_last,
        tableau.gamma,
        tableau.embedded_order + 1.0,
    )
    text = f'''"""The method {tableau.name}, unrolled; {tableau.source}."""

from numba import njit

from axissim.compile.calls import moved
from axissim.compile.lanes import load, store
from axissim.solve.loop import drive_of
from axissim.solve.stages import add_slope, constrain, factorise, look, rates, solve_stage
from axissim.solve.work import Method


{step_text(tableau)}

METHOD = Method{constants!r}
drive = drive_of(METHOD, take_step, interpolants)


@njit(nogil=True, cache=True, error_model="numpy")
def solve(m, runs):
    drive(m, runs)
'''
    return module_of(text, tableau.name, "compile", "solve")
