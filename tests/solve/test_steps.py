"""One step: the unrolled text against a loop over the tableau, the engine against the textbook."""

from __future__ import annotations

import numpy as np
import pytest

import axissim as ax
from axissim.compile import plain
from axissim.solve.steps import step_text
from axissim.solve.tableaus import TABLEAUS

N, H = 3, 0.37


@pytest.fixture
def tableau(method):
    return TABLEAUS[method]


@pytest.fixture
def text(tableau):
    """The functions of `step_text`, in plain Python."""
    module = {"njit": lambda **_: lambda function: function} | vars(plain)
    exec(compile(step_text(tableau), tableau.name, "exec"), module)
    return module


@pytest.fixture
def k(tableau):
    """Stages, shape (stages, N)."""
    return np.random.default_rng(5).normal(size=(tableau.stages, N))


def test_stages_are_combined_as_the_tableau_says(tableau, text, k):
    y, at, shift = np.array([1.0, -2.0, 0.5]), np.zeros(N), np.zeros(N)
    scale = 1.0 if tableau.implicit else H
    for stage in range(1, tableau.stages):
        text["combine"](stage, N, H, 1.0 / H, y, k.ravel(), at, shift)
        expected = y + scale * sum(a * k[j] for j, a in enumerate(tableau.a[stage]))
        np.testing.assert_allclose(at, expected, rtol=1e-13)
        if tableau.implicit:
            expected = sum(c * k[j] for j, c in enumerate(tableau.c[stage])) / H
            np.testing.assert_allclose(shift, expected, rtol=1e-13)


def test_the_step_is_finished_as_the_tableau_says(tableau, text, k):
    y, at, shift, y1, error = np.array([1.0, -2.0, 0.5]), *np.zeros((4, N))
    for stage in range(1, tableau.stages):  # the last stage's place is part of the new value
        text["combine"](stage, N, H, 1.0 / H, y, k.ravel(), at, shift)
    text["finish"](N, H, y, k.ravel(), at, y1, error)
    scale = 1.0 if tableau.implicit else H
    np.testing.assert_allclose(y1, y + scale * np.array(tableau.solution) @ k, rtol=1e-13)
    np.testing.assert_allclose(error, scale * np.array(tableau.error) @ k, rtol=1e-12)


def test_interpolants_are_as_the_tableau_says(tableau, text, k):
    vectors = np.zeros((len(tableau.dense), N))
    flat = vectors.ravel()
    text["interpolants"](N, H, k.ravel(), flat)
    scale = 1.0 if tableau.implicit else H
    np.testing.assert_allclose(vectors, scale * np.array(tableau.dense) @ k, rtol=1e-12)


def test_where_stages_stand(tableau, text):
    for stage in range(tableau.stages):
        assert text["offset"](stage) == pytest.approx(tableau.alpha[stage], abs=1e-12)
        assert text["slope"](stage) == pytest.approx(tableau.gammas[stage], abs=1e-12)
    assert text["offset"](tableau.stages - 1) == 1.0  # exactly: a stage must not look past the end


MODEL = """model forced()
  x' = -x^2 + y*sin(2*time) + 0.3
  y' = x*exp(-time) - 2*y
  x = 1; y = 0.4
end"""


def rates(t, z):
    x, y = z
    return np.array([-x * x + y * np.sin(2 * t) + 0.3, x * np.exp(-t) - 2 * y])


def jacobian(t, z):
    x, _ = z
    return np.array([[-2 * x, np.sin(2 * t)], [np.exp(-t), -2.0]])


def slope_in_time(t, z):
    x, y = z
    return np.array([2 * y * np.cos(2 * t), -x * np.exp(-t)])


def textbook_step(tableau, t, y, h):
    """One step in the classical form: Hairer & Wanner, Solving ODEs II, eq. IV.7.4 and 7.5."""
    alpha, gamma = tableau.classical, tableau.coupling
    jac, ft = jacobian(t, y), slope_in_time(t, y)
    k = np.zeros((tableau.stages, y.size))
    for i in range(tableau.stages):
        right = h * rates(t + tableau.alpha[i] * h, y + alpha[i] @ k)
        if tableau.implicit:
            right += h * jac @ (gamma[i, :i] @ k[:i]) + h * h * tableau.gammas[i] * ft
        k[i] = np.linalg.solve(np.eye(y.size) - h * tableau.gamma * jac, right)
    return y + tableau.weights @ k


@pytest.mark.parametrize("start", [0.0, 0.8])
def test_one_step_of_the_engine_is_one_step_of_the_textbook(tableau, start):
    """Also where the rates depend on the time, which takes the slope in time."""
    result = ax.simulate(
        ax.load(MODEL), t=[start, start + 0.25], step=0.25, method=tableau.name, atol=1e-9
    )
    expected = textbook_step(tableau, start, np.array([1.0, 0.4]), 0.25)
    assert int(result.n_steps) == 1
    np.testing.assert_allclose([result.x[-1], result.y[-1]], expected, rtol=1e-13)
