"""One text of equations, three arithmetics: plain Python, compiled for one run, and in lanes."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

import axissim as ax
from axissim.compile import plain
from axissim.compile.emit import FUNCTIONS
from axissim.compile.kernel import kernel_of

LANES = 8
MODELS = ("dopamine_terminal", "thyroid_human", "menstrual_cycle")


class Memory:
    """Arrays of every argument of the equations, eight runs side by side.

    Attributes
    ----------
    arrays : dict
        Argument to array, shape (size, 8).
    """

    def __init__(self, kernel, inputs, times):
        e = kernel.equations
        q, n = e.fixed + 2 * e.switches, e.states
        sizes = {"p": e.inputs, "q": q, "y": n, "t": 1, "f": n, "ft": n, "jac": e.jacobian}
        sizes |= {"v": e.observables, "g": 1, "lu": e.lu + 1, "s": n, "k": n}
        self.kernel = kernel
        self.arrays = {key: np.zeros((max(size, 1), LANES)) for key, size in sizes.items()}
        self["p"][:], self["t"][:], self["g"][:] = inputs, times, 3.0

    def __getitem__(self, key):
        return self.arrays[key]

    def arguments(self, title):
        return [self.arrays[key] for key in FUNCTIONS[title].split(", ")]


class InLanes(Memory):
    def call(self, title):
        arguments = self.arguments(title)
        kind = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * len(arguments))
        kind(getattr(self.kernel.equations, title))(*(a.ctypes.data for a in arguments))


class InPython(Memory):
    def __init__(self, *given):
        super().__init__(*given)
        self.names = vars(plain) | {"nan": np.nan, "inf": np.inf}
        for text in self.kernel.texts.values():
            exec(text, self.names)

    def call(self, title):
        with np.errstate(all="ignore"):
            self.names[title](*self.arguments(title))


class ForOneRun(Memory):
    def call(self, title):
        for lane in range(LANES):
            columns = [np.ascontiguousarray(array[:, lane]) for array in self.arguments(title)]
            getattr(self.kernel.scalar, title)(*columns)
            for array, column in zip(self.arguments(title), columns, strict=True):
                array[:, lane] = column


@pytest.fixture(scope="module", params=[(m, s) for m in MODELS for s in (1, 2)], ids=str)
def three(request):
    """The three after every function has run, at random inputs, states and times."""
    name, seed = request.param
    rng = np.random.default_rng(seed)
    kernel = kernel_of(ax.load(name))
    own = np.array(list(kernel.system.inputs.values()))[:, None]
    inputs = own * np.exp(rng.normal(0.0, 0.05, (own.size, LANES)))
    times = rng.uniform(0.0, 48.0, LANES)
    found = [kind(kernel, inputs, times) for kind in (InPython, ForOneRun, InLanes)]
    for one in found:
        one.call("prepare")
    states = found[0]["y"] * np.exp(rng.normal(0.0, 0.5, found[0]["y"].shape))
    for one in found:
        one["y"][:] = states
        for title in ("rhs", "rhs_jacobian", "observe"):
            one.call(title)
    return found


def dense(memory):
    """The Jacobian, shape (n, n, 8)."""
    n = memory["y"].shape[0]
    full = np.zeros((n, n, LANES))
    for at, (row, column) in enumerate(memory.kernel.system.jacobian):
        full[row, column] = memory["jac"][at]
    return full


def agree(one, other, floor):
    assert np.all(np.abs(one - other) <= 1e-13 * (np.abs(other) + floor))


def test_fixed_quantities_and_starts(three):
    for one in three[1:]:
        agree(one["q"], three[0]["q"], 0.0)


def test_rates(three):
    """To 1e-13 of a rate and of what a change of the states by one part would do to it."""
    python = three[0]
    floor = np.abs(dense(python) * python["y"]).sum(axis=1)
    for one in three[1:]:
        agree(one["f"], python["f"], floor)
    assert np.all(np.isfinite(python["f"]))


def test_slopes_in_time(three):
    for one in three[1:]:
        agree(one["ft"], three[0]["ft"], np.abs(three[0]["ft"]).max(axis=0))


def test_jacobians(three):
    """To 1e-13 of the greatest entry of a row."""
    for one in three[1:]:
        agree(dense(one), dense(three[0]), np.abs(dense(three[0])).max(axis=1, keepdims=True))


def test_read_outs(three):
    for one in three[1:]:
        agree(one["v"], three[0]["v"], 0.0)


def test_rates_are_the_same_with_and_without_the_jacobian(three):
    """In lanes the two texts are compiled apart, so they agree to rounding only."""
    for one in three:
        floor = np.abs(dense(one) * one["y"]).sum(axis=1)
        together = one["f"].copy()
        one.call("rhs")
        agree(one["f"], together, floor)


def test_linear_systems(three):
    """factor and solve against a dense solver with row exchanges."""
    for one in (three[0], three[2]):
        n = one["y"].shape[0]
        one["s"][:] = np.random.default_rng(3).normal(size=(n, LANES))
        one.call("factor")
        one.call("solve")
        matrix = 3.0 * np.eye(n)[:, :, None] - dense(one)
        for lane in range(LANES):
            expected = np.linalg.solve(matrix[:, :, lane], (one["f"] + one["s"])[:, lane])
            largest = np.abs(expected).max()
            np.testing.assert_allclose(one["k"][:, lane], expected, rtol=0, atol=1e-11 * largest)


def test_the_jacobian_is_the_slope_of_the_rates(three):
    """Central differences, in plain Python."""
    memory = three[0]
    matrix, states = dense(memory), memory["y"].copy()
    for column in range(states.shape[0]):
        size = np.abs(states[column]) + 1e-3 * (states[column] == 0.0)
        step = 1e-6 * size
        sides = []
        for sign in (1.0, -1.0):
            memory["y"][:] = states
            memory["y"][column] += sign * step
            memory.call("rhs")
            sides.append(memory["f"].copy())
        slopes = (sides[0] - sides[1]) / (2.0 * step)
        scale = np.abs(matrix).max(axis=1) + np.abs(memory["f"]) / size
        assert np.all(np.abs(slopes - matrix[:, column]) <= 1e-6 * scale)
    memory["y"][:] = states
    memory.call("rhs")
